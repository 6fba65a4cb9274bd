"""Dates as the NHS works with them: working days, months, years, London time, and how dates are written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import (
    add_months,
    add_working_days,
    format_date,
    format_minutes,
    is_working_day,
    local_date,
    start_of_day,
    year_starting,
)

HOLIDAYS = bank_holidays([2026, 2027, 2028])
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def test_englands_bank_holidays_are_those_that_the_government_lists():
    # The lists of 2026 and 2027 for England and Wales (domain.md section 10), week-end dates left out.
    listed = {
        "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28",
        "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28",
    }  # fmt: skip
    assert {day.isoformat() for day in bank_holidays([2026, 2027]) if day.weekday() < 5} == listed


def test_bank_holidays_know_one_off_days_and_only_the_years_asked_for():
    assert date(2023, 5, 8) in bank_holidays([2023])  # the Coronation
    assert {day.year for day in bank_holidays([2026])} == {2026}
    assert bank_holidays([]) == frozenset()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 12, 25), False),
        (date(2026, 12, 28), False),
        (date(2026, 12, 29), True),
    ],
)
def test_a_working_day_is_no_week_end_and_no_bank_holiday(day, works):
    assert is_working_day(day, HOLIDAYS) is works


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 16), 0, date(2026, 9, 16)),
        (date(2026, 9, 16), 1, date(2026, 9, 17)),
        (date(2026, 9, 18), 1, date(2026, 9, 21)),
        (date(2026, 9, 19), 1, date(2026, 9, 21)),
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_working_days_are_counted_from_day_nought(start, count, end):
    assert add_working_days(start, count, HOLIDAYS) == end


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="count must not be negative"):
        add_working_days(date(2026, 9, 16), -1, HOLIDAYS)


@given(start=days, count=st.integers(1, 30))
def test_exactly_so_many_working_days_lie_between(start, count):
    end = add_working_days(start, count, HOLIDAYS)
    passed = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert is_working_day(end, HOLIDAYS)
    assert sum(is_working_day(day, HOLIDAYS) for day in passed) == count


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        (date(2026, 9, 15), 3, date(2026, 12, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 31), 12, date(2027, 1, 31)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_are_calendar_months_cut_to_the_last_day(day, count, result):
    assert add_months(day, count) == result


@pytest.mark.parametrize(
    ("day", "starts", "first"),
    [
        (date(2026, 4, 5), (4, 6), date(2025, 4, 6)),
        (date(2026, 4, 6), (4, 6), date(2026, 4, 6)),
        (date(2027, 1, 1), (4, 6), date(2026, 4, 6)),
        (date(2026, 12, 31), (1, 1), date(2026, 1, 1)),
    ],
)
def test_a_year_starts_on_the_day_it_is_told_to(day, starts, first):
    assert year_starting(day, starts) == first


def test_the_date_in_london_is_not_that_of_utc_on_a_summer_night():
    assert local_date(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)
    assert local_date(datetime(2026, 12, 1, 23, 30, tzinfo=UTC)) == date(2026, 12, 1)


@given(days)
def test_a_day_starts_at_midnight_in_london_and_is_that_day(day):
    start = start_of_day(day)
    assert local_date(start) == day
    assert local_date(start - timedelta(seconds=1)) == day - timedelta(days=1)


def test_a_summer_day_starts_an_hour_before_utc():
    assert start_of_day(date(2026, 7, 1)) == datetime(2026, 6, 30, 23, 0, tzinfo=UTC)


def test_dates_are_written_as_the_nhs_does():
    assert format_date(date(2026, 8, 6)) == "6 August 2026"


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (210, "3 h 30 min"), (1440, "24 h")]
)
def test_lengths_of_time_are_written_short(minutes, text):
    assert format_minutes(minutes) == text
