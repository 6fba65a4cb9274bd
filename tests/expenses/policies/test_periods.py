"""The stretches of time that reports are about."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import ReportPeriod
from expenses.policies import periods
from psp_portal.exceptions import RuleBroken

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("period", "today", "first", "last"),
    [
        (ReportPeriod.THIS_MONTH, date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28)),
        (ReportPeriod.THIS_MONTH, date(2028, 2, 1), date(2028, 2, 1), date(2028, 2, 29)),
        (ReportPeriod.LAST_MONTH, date(2026, 1, 15), date(2025, 12, 1), date(2025, 12, 31)),
        (ReportPeriod.THIS_QUARTER, date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        (ReportPeriod.THIS_QUARTER, date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30)),
        (ReportPeriod.THIS_QUARTER, date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        (ReportPeriod.THIS_YEAR, date(2026, 3, 31), date(2025, 4, 1), date(2026, 3, 31)),
        (ReportPeriod.THIS_YEAR, date(2026, 4, 1), date(2026, 4, 1), date(2027, 3, 31)),
        (ReportPeriod.LAST_YEAR, date(2026, 4, 1), date(2025, 4, 1), date(2026, 3, 31)),
    ],
)
def test_a_named_period(period, today, first, last):
    found = periods.period_of(period, today)
    assert (found.first, found.last) == (first, last)


@given(st.sampled_from(ReportPeriod), DAYS)
def test_a_period_begins_on_a_first_and_ends_on_a_last_day(period, today):
    found = periods.period_of(period, today)
    assert found.first.day == 1
    assert (found.last + timedelta(days=1)).day == 1
    assert (found.first <= today <= found.last) == (period not in (ReportPeriod.LAST_MONTH, ReportPeriod.LAST_YEAR))


def test_days_that_are_typed():
    period = periods.check_period(date(2026, 8, 1), date(2026, 8, 1))
    assert period.label == "1 August 2026 to 1 August 2026"
    assert periods.check_period(date(2016, 1, 1), date(2016, 1, 1) + timedelta(days=3660)).first == date(2016, 1, 1)
    for first, last, words in (
        (date(2026, 8, 2), date(2026, 8, 1), "^The last day must be the first day or later$"),
        (date(2016, 1, 1), date(2016, 1, 1) + timedelta(days=3661), "^The period must be ten years or less$"),
    ):
        with pytest.raises(RuleBroken, match=words) as broken:
            periods.check_period(first, last)
        assert broken.value.field == "last"


@pytest.mark.parametrize(
    ("today", "end"),
    [
        (date(2026, 3, 31), date(2025, 3, 31)),
        (date(2026, 4, 1), date(2026, 3, 31)),
        (date(2026, 12, 31), date(2026, 3, 31)),
    ],
)
def test_a_year_has_ended_the_day_after_its_last(today, end):
    assert periods.last_year_end(today) == end


def test_the_year_ends_that_can_be_chosen():
    today = date(2026, 11, 22)
    assert periods.year_ends(today, date(2024, 3, 31)) == [date(2026, 3, 31), date(2025, 3, 31), date(2024, 3, 31)]
    assert periods.year_ends(today, date(2024, 4, 1)) == [date(2026, 3, 31), date(2025, 3, 31)]
    assert periods.year_ends(today, date(2026, 5, 1)) == [date(2026, 3, 31)]


@given(DAYS)
def test_a_year_that_ends_on_a_day_begins_the_day_after_the_last_one_ended(today):
    end = periods.last_year_end(today)
    assert periods.year_to(end) == periods.Period(date(end.year - 1, 4, 1), end)
