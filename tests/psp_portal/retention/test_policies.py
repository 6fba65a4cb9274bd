"""How long something is kept, to the day."""

from datetime import date

import pytest

from psp_portal.exceptions import RuleBroken
from psp_portal.retention import policies
from psp_portal.retention.enums import PeriodUnit
from psp_portal.retention.policies import Period

DAYS, MONTHS = PeriodUnit.DAYS, PeriodUnit.MONTHS


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (Period(1, DAYS), "1 day"), (Period(90, DAYS), "90 days"), (Period(1, MONTHS), "1 month"),
        (Period(11, MONTHS), "11 months"), (Period(12, MONTHS), "1 year"), (Period(13, MONTHS), "13 months"),
        (Period(72, MONTHS), "6 years"),
    ],
)  # fmt: skip
def test_period_is_written_in_words(period, words):
    assert str(period) == words


@pytest.mark.parametrize(
    ("today", "period", "first"),
    [
        (date(2026, 11, 26), Period(90, DAYS), date(2026, 8, 28)),
        (date(2026, 11, 26), Period(12, MONTHS), date(2025, 11, 26)),
        # What began on 31 August is kept through 28 February, and goes on 1 March.
        (date(2027, 2, 28), Period(6, MONTHS), date(2026, 8, 28)),
        (date(2027, 3, 1), Period(6, MONTHS), date(2026, 9, 1)),
        (date(2028, 2, 29), Period(12, MONTHS), date(2027, 2, 28)),
    ],
)
def test_first_day_kept(today, period, first):
    assert policies.first_day_kept(today, period) == first


@pytest.mark.parametrize(
    ("today", "first"),
    [
        # Settled in the financial year 2026/27: kept until 31 March 2033, six years from its end.
        (date(2033, 3, 31), date(2026, 4, 1)),
        (date(2033, 4, 1), date(2027, 4, 1)),
    ],
)
def test_years_are_counted_from_the_end_of_the_financial_year(today, first):
    assert policies.first_day_kept_by_year(today, Period(72, MONTHS)) == first


@pytest.mark.parametrize(("length", "unit"), [(1, DAYS), (36_500, DAYS), (1, MONTHS), (1_200, MONTHS)])
def test_possible_periods(length, unit):
    policies.check_period(Period(length, unit))


@pytest.mark.parametrize(
    ("length", "unit", "most"), [(0, DAYS, "36,500"), (36_501, DAYS, "36,500"), (1_201, MONTHS, "1,200")]
)
def test_impossible_periods(length, unit, most):
    with pytest.raises(RuleBroken, match=f"between 1 and {most}") as refused:
        policies.check_period(Period(length, unit))
    assert refused.value.field == "length"


@pytest.mark.parametrize("days", [1, 30])
def test_possible_notice(days):
    policies.check_notice(days)


@pytest.mark.parametrize("days", [0, 31])
def test_impossible_notice(days):
    with pytest.raises(RuleBroken, match="between 1 and 30") as refused:
        policies.check_notice(days)
    assert refused.value.field == "notice_days"


def test_nothing_is_removed_that_was_not_shown():
    policies.check_nothing_unseen(0, seen=0)
    policies.check_nothing_unseen(3, seen=3)
    policies.check_nothing_unseen(2, seen=3)
    with pytest.raises(RuleBroken, match="4 records would be removed next"):
        policies.check_nothing_unseen(4, seen=3)
    with pytest.raises(RuleBroken, match="1 record would be removed next"):
        policies.check_nothing_unseen(1, seen=0)


def test_reason_is_needed_and_trimmed():
    assert policies.check_reason("  A complaint ", field="reason") == "A complaint"
    with pytest.raises(RuleBroken, match="Enter the reason") as refused:
        policies.check_reason(" ", field="source")
    assert refused.value.field == "source"
