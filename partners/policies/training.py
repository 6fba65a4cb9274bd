"""Rules of training and development, pure: values in, a value or RuleBroken out."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from partners.enums.training import RequestMove as M
from partners.enums.training import RequestStatus as S
from partners.enums.training import TrainingState
from psp_portal.dates import add_months, format_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

# The days before the end at which people are warned (issue: 90, 60, 30); from the first on a training runs out soon.
WARNED_AT = (90, 60, 30)
# A claim line holds the time of one day.
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Standing:
    """How a partner stands with a course: the state, and the day by which to do something, where there is one."""

    state: TrainingState
    by: date | None


def expires_on(done_on: date, renewal_months: int | None) -> date | None:
    """Return the last day on which a training counts, or None when it never has to be done again."""
    return None if renewal_months is None else add_months(done_on, renewal_months)


def standing(
    *, is_required: bool, has_done: bool, expires: date | None, starts_on: date, first_due_days: int, today: date
) -> Standing | None:
    """Return how a partner stands with a course today; None for one that is neither asked of them nor done.

    ``expires`` is the last day of their latest training in it. A required one that was never done is due
    ``first_due_days`` after the first day of the role.
    """
    if not has_done:
        if not is_required:
            return None
        return Standing(TrainingState.DUE, starts_on + timedelta(days=first_due_days))
    if expires is None:
        return Standing(TrainingState.DONE, None)
    if expires < today:
        return Standing(TrainingState.EXPIRED, expires)
    soon = expires <= today + timedelta(days=WARNED_AT[0])
    return Standing(TrainingState.ENDING if soon else TrainingState.DONE, expires)


def check_course(*, title: str, minutes: int | None, renewal_months: int | None) -> None:
    """Refuse a course without a title, longer than a day, or with a renewal that is no time."""
    if not title.strip():
        raise RuleBroken("Enter the name of the course", field="title")
    check_minutes(minutes)
    if renewal_months is not None and not 1 <= renewal_months <= 120:
        raise RuleBroken("Months must be from 1 to 120", field="renewal_months")


def check_minutes(minutes: int | None) -> None:
    """Refuse a length that is none, or more than a day has."""
    if minutes is not None and not 1 <= minutes <= DAY_MINUTES:
        raise RuleBroken("Minutes must be from 1 to 1,440, which is 24 hours", field="minutes")


def check_times(*, first_due_days: int, answer_working_days: int) -> None:
    """Refuse an organisation's own times that are out of reason."""
    if not 0 <= first_due_days <= 730:
        raise RuleBroken("Days must be from 0 to 730, which is two years", field="first_due_days")
    if not 1 <= answer_working_days <= 60:
        raise RuleBroken("Working days must be from 1 to 60", field="answer_working_days")


def check_done_on(done_on: date, *, today: date) -> None:
    """Refuse a day that is still to come: what is planned has not been done."""
    if done_on > today:
        raise RuleBroken("The day must be today or in the past", field="done_on")


def check_can_have_been_there(done_on: date, *, left_on: date | None, name: str) -> None:
    """Refuse a day after somebody has left. Training from before the role counts: people bring it with them."""
    if left_on is not None and done_on > left_on:
        raise RuleBroken(f"{name} left on {format_date(left_on)}. Untick them, or choose another day", field="done_on")


def check_is_open(closed_on: date | None, *, done_on: date) -> None:
    """Refuse a training in a course that had been closed by then."""
    if closed_on is not None and done_on > closed_on:
        raise RuleBroken(f"This course was closed on {format_date(closed_on)}", field="done_on")


# --- requests for development ---------------------------------------------------------------
_MOVES: dict[M, tuple[frozenset[S], S]] = {
    M.AGREE: (frozenset({S.ASKED}), S.AGREED),
    M.REFUSE: (frozenset({S.ASKED}), S.NOT_AGREED),
    M.FINISH: (frozenset({S.AGREED}), S.DONE),
    M.WITHDRAW: (frozenset({S.ASKED, S.AGREED}), S.WITHDRAWN),
}

_NOT_NOW = {
    S.ASKED: "This request has not been answered yet.",
    S.AGREED: "This request has been agreed already.",
    S.NOT_AGREED: "This request has been answered: it was not agreed. The partner can ask again.",
    S.DONE: "This has been done already.",
    S.WITHDRAWN: "The partner has withdrawn this request.",
}


def next_status(status: str, move: M) -> S:
    """Return the status to which a move leads. Raises TransitionNotAllowed when it cannot be made from here."""
    sources, target = _MOVES[move]
    if status not in sources:
        raise TransitionNotAllowed(_NOT_NOW[S(status)])
    return target


def can_move(status: str, move: M) -> bool:
    """Say whether a move can be made from a status."""
    return status in _MOVES[move][0]


def moves() -> list[tuple[str, str]]:
    """Return every (from, to) that the database lets pass, in a fixed order."""
    return sorted({(source.value, target.value) for sources, target in _MOVES.values() for source in sources})


def check_request(*, what: str, why: str, cost: Decimal | None, hours: int | None) -> None:
    """Refuse a request that does not say what or why, or with a cost in pounds or hours that cannot be."""
    if not what.strip():
        raise RuleBroken("Enter what you would like to do", field="what")
    if not why.strip():
        raise RuleBroken("Enter how it would help you in your role", field="why")
    if cost is not None and cost < 0:
        raise RuleBroken("The cost must be £0 or more", field="cost")
    if hours is not None and not 1 <= hours <= 500:
        raise RuleBroken("Hours must be from 1 to 500", field="hours")


def check_refusal(reason: str) -> None:
    """Refuse to say no without saying why."""
    if not reason.strip():
        raise RuleBroken("Enter why it is not agreed. The partner reads it", field="reason")
