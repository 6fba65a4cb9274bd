"""The clock of a claim and the window in which it can be made."""

from datetime import date

import pytest

from expenses.policies.card import Clock
from expenses.policies.deadlines import claim_clock, claim_window_ends, is_outside_claim_window
from psp_portal.calendar_england import bank_holidays

CLOCK = Clock(decision_working_days=10, payment_days=30, steps_days=(20, 31, 45, 60, 90))
HOLIDAYS = bank_holidays(range(2026, 2030))


def test_the_clock_of_the_formats_example():
    clock = claim_clock(date(2026, 9, 16), CLOCK, HOLIDAYS)
    assert clock.decision_due == date(2026, 9, 30)
    assert clock.payment_due == date(2026, 10, 16)
    assert [step.isoformat() for step in clock.steps] == [
        "2026-10-06",
        "2026-10-17",
        "2026-10-31",
        "2026-11-15",
        "2026-12-15",
    ]


@pytest.mark.parametrize(
    ("submitted_on", "due"),
    [
        (date(2026, 12, 18), date(2027, 1, 6)),  # over 25 and 28 December and New Year's Day
        (date(2027, 12, 17), date(2028, 1, 5)),  # over 27 and 28 December and Monday 3 January
        (date(2026, 4, 1), date(2026, 4, 17)),  # over Good Friday and Easter Monday
        (date(2026, 9, 19), date(2026, 10, 2)),  # sent on a Saturday
        (date(2026, 8, 28), date(2026, 9, 14)),  # sent the Friday before the August bank holiday, day 1 is Tuesday
    ],
)
def test_a_decision_is_due_after_working_days_only(submitted_on, due):
    assert claim_clock(submitted_on, CLOCK, HOLIDAYS).decision_due == due


def test_no_days_to_decide_means_the_day_of_submission():
    clock = claim_clock(date(2026, 9, 19), Clock(0, 0, ()), HOLIDAYS)
    assert (clock.decision_due, clock.payment_due, clock.steps) == (date(2026, 9, 19), date(2026, 9, 19), ())


@pytest.mark.parametrize(
    ("activity_on", "months", "last_day"),
    [
        (date(2026, 9, 15), 3, date(2026, 12, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 2, 28), 3, date(2026, 5, 28)),
        (date(2026, 10, 31), 2, date(2026, 12, 31)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_the_window_ends_on_the_same_day_of_the_month_or_its_last_day(activity_on, months, last_day):
    assert claim_window_ends(activity_on, months) == last_day


@pytest.mark.parametrize(("day", "is_outside"), [(14, False), (15, False), (16, True)])
def test_the_last_day_of_the_window_is_in_time(day, is_outside):
    assert is_outside_claim_window(date(2026, 6, 15), date(2026, 9, day), 3) is is_outside
