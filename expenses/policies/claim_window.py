"""When a partner is reminded of a meeting they have not claimed for, before its claim window closes. Pure."""

from datetime import date, timedelta

from expenses.policies.deadlines import claim_window_ends

# No paper says when: four weeks leave time to find receipts and ask, one week is the last that a post takes.
REMINDER_DAYS = (28, 7)


def reminded_on(activity_on: date, *, known_on: date, months: int, today: date) -> date | None:
    """Return the day the latest reminder of an unclaimed activity fell due; None before the first, or too late.

    What was recorded late (``known_on``) is reminded of from then on. The day stays the same until the next reminder
    falls due, so that a job which was away sends the one it missed, and one that runs twice knows it has.
    """
    ends = claim_window_ends(activity_on, months)
    due = [day for days in REMINDER_DAYS if (day := ends - timedelta(days=days)) <= today <= ends]
    return max(max(due), known_on) if due else None
