"""Lists that a trust keeps for itself: which days their cells name."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psp_portal import tables


# --- dates --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "31/12/2025", "31/12/25", "31-12-2025", "31.12.2025", "31 12 2025", "31 Dec 2025", "31 December 2025",
        "31-Dec-25", "31st December 2025", "Wednesday 31 December 2025", "Wed, 31 dec. 2025", "2025-12-31",
        "2025-12-31 00:00:00", "2025-12-31T09:30", "31/12/2025 09:30", "31st of December 2025",
        "31.12.25", "46022", " 31  Dec  2025 ",
    ],
)  # fmt: skip
def test_dates_are_read_in_british_order(text):
    assert tables.read_date(text) == date(2025, 12, 31)


def test_a_date_that_could_be_read_two_ways_is_read_in_british_order():
    assert tables.read_date("3/4/2026") == date(2026, 4, 3)
    assert tables.read_date("1 Sept 2026") == date(2026, 9, 1)


def test_the_days_of_this_century_are_read_as_a_spreadsheet_s_numbers():
    assert tables.read_date("36526") == date(2000, 1, 1)
    assert tables.read_date("73050") == date(2099, 12, 31)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("12/31/2025", "There is no such day. Write the day first, like 31/12/2025"),
        ("31/02/2026", "There is no such day. Write the day first, like 31/12/2025"),
        ("31 Foo 2025", "There is no such day. Write the day first, like 31/12/2025"),
        ("2025-13-01", "There is no such day. Write the day first, like 31/12/2025"),
        ("last week", "This is not a date. Write it like 31/12/2025"),
        ("December 2025", "This is not a date. Write it like 31/12/2025"),
        ("12345", "This is not a date. Write it like 31/12/2025"),
        ("36525", "This is not a date. Write it like 31/12/2025"),
        ("73051", "This is not a date. Write it like 31/12/2025"),
        ("99999", "This is not a date. Write it like 31/12/2025"),
        ("31/12/202", "This is not a date. Write it like 31/12/2025"),
    ],
)
def test_what_is_no_date_says_so(text, words):
    with pytest.raises(tables.CellBroken) as broken:
        tables.read_date(text)
    assert str(broken.value) == words


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_however_it_is_written(day):
    days = (day - date(1899, 12, 30)).days
    for text in (f"{day:%d/%m/%Y}", f"{day.day} {day:%B} {day.year}", f"{day:%d-%b-%Y}", day.isoformat(), str(days)):
        assert tables.read_date(text) == day
