"""The days by which things about a claim must happen. Pure: the bank holidays are passed in."""

from collections.abc import Collection
from datetime import date, timedelta

from expenses.policies.card import ClaimClock, Clock
from psp_portal.dates import add_months, add_working_days


def claim_clock(submitted_on: date, clock: Clock, holidays: Collection[date]) -> ClaimClock:
    """Return the days due of a claim; the day of submission is day 0 (domain.md 11.4).

    ``holidays`` are England's bank holidays for as long as the clock runs. Overdue begins the day after
    ``payment_due``.
    """
    return ClaimClock(
        decision_due=add_working_days(submitted_on, clock.decision_working_days, holidays),
        payment_due=submitted_on + timedelta(days=clock.payment_days),
        steps=tuple(submitted_on + timedelta(days=days) for days in clock.steps_days),
    )


def claim_window_ends(activity_on: date, months: int) -> date:
    """Return the last day on which an activity can be claimed in time: the same day ``months`` calendar months on,
    or that month's last day (domain.md 11.3). The day itself is still in time."""
    return add_months(activity_on, months)


def is_outside_claim_window(activity_on: date, submitted_on: date, months: int) -> bool:
    """Say whether a claim comes after the last day for its activity. It is then flagged for a decision, not refused."""
    return submitted_on > claim_window_ends(activity_on, months)
