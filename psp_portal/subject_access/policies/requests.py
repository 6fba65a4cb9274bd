"""By when a request must be answered, and what may be done with it (UK GDPR, article 12(3)). Pure."""

from datetime import date, timedelta

from psp_portal.dates import add_months, format_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.subject_access.enums import RequestStatus as S

# UK GDPR, article 12(3): one month of receipt, and two further months for a complex request, told within the first.
MONTHS = 1
MONTHS_EXTENDED = 3
# No law says so: for so many days somebody can collect the file before they must ask again.
COLLECT_DAYS = 30

MOVES = {(S.RECEIVED, S.READY), (S.RECEIVED, S.CLOSED), (S.READY, S.ANSWERED), (S.READY, S.CLOSED)}
OPEN = frozenset({S.RECEIVED, S.READY})
COLLECTABLE = frozenset({S.READY, S.ANSWERED})


def due_on(received_on: date) -> date:
    """Return the last day for an answer: the same day of the next month, or that month's last day.

    The days that the ICO allows more when it is at a week-end are not used: an earlier day is never late.
    """
    return add_months(received_on, MONTHS)


def extended_due_on(received_on: date) -> date:
    """Return the last day for an answer once the time has been extended."""
    return add_months(received_on, MONTHS_EXTENDED)


def available_until(due: date, *, today: date) -> date:
    """Return the last day on which the file can be collected when it becomes ready today."""
    return max(due, today + timedelta(days=COLLECT_DAYS))


def days_left(due: date, *, today: date) -> int:
    """Return how many days are left; below nought when it is late."""
    return (due - today).days


def is_collectable(status: str, until: date | None, *, today: date) -> bool:
    """Say whether the file can be had today."""
    return status in COLLECTABLE and until is not None and today <= until


def check_received(received_on: date, *, today: date) -> None:
    """Refuse a day that is to come, or so long ago that even an extended answer would be late."""
    if received_on > today:
        raise RuleBroken("The day it came in must be today or in the past", field="received_on")
    if extended_due_on(received_on) < today:
        raise RuleBroken("The day it came in must be within the last 3 months", field="received_on")


def check_words(text: str, *, field: str, what: str, longest: int) -> str:
    """Return some words without spaces around them; refuse none, or too many."""
    text = text.strip()
    if not text:
        raise RuleBroken(f"Enter {what}", field=field)
    if len(text) > longest:
        raise RuleBroken(f"Your answer must be {longest} characters or fewer", field=field)
    return text


def check_move(status: str, to: S) -> None:
    """Refuse a step that a request in this status cannot take."""
    if (status, to) not in MOVES:
        raise TransitionNotAllowed(f"This request is already: {S(status).label.lower()}.")


def check_can_extend(status: str, *, received_on: date, is_extended: bool, today: date) -> None:
    """Refuse more time for a request that is over, has had it, or is past its first month."""
    if status not in OPEN:
        raise TransitionNotAllowed("This request is over.")
    if is_extended:
        raise RuleBroken("The time has been extended already. It cannot be extended twice.")
    if today > due_on(received_on):
        raise RuleBroken(
            f"It is too late to extend the time: they had to be told by {format_date(due_on(received_on))}."
        )


def check_collectable(status: str, until: date | None, *, today: date) -> None:
    """Refuse a file that is not ready, or not to be had any more."""
    if status not in COLLECTABLE:
        raise TransitionNotAllowed("The file is not ready.")
    if not is_collectable(status, until, today=today):
        raise RuleBroken("This file could be collected for a time, which is over. Ask for it again.")
