"""The ladder that an unpaid claim climbs. Pure: dates and what has been written so far come in.

Steps are numbered from 1. A claim's ladder is the list of dates fixed when it was sent; after its last step the claim
is put before the board again every ``REPEAT_DAYS`` until it is paid, so an open claim always has a next step.

Whoever replies to a step promises a day. A promise that is not kept is the next step: it is written as the day after
begins, even if its own date is later. After that the promise is spent, and the ladder's later dates stand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from expenses.enums import StepKind
from psp_portal.dates import format_date, start_of_day
from psp_portal.exceptions import RuleBroken

STEP_KINDS = (
    StepKind.LEAD,
    StepKind.LEAD_AND_FINANCE,
    StepKind.EXECUTIVE,
    StepKind.CHIEF_EXECUTIVE,
    StepKind.BOARD,
)
# From here on a step is answered at the top, not by those below who have been late.
EXECUTIVE_STEPS = frozenset({StepKind.EXECUTIVE, StepKind.CHIEF_EXECUTIVE, StepKind.BOARD})
# Of a claim whose ladder has no fifth step the board hears from this day on all the same (domain.md 11.4).
BOARD_DAYS = 90
# A board meets monthly: what it has heard once and is still unpaid, it hears again (product.md E6).
REPEAT_DAYS = 30
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One step of a claim's ladder: its number from 1, what it does, and the day it falls due.

    ``missed`` is the promised day whose passing brings it before its own date.
    """

    number: int
    kind: StepKind
    due_on: date
    missed: date | None = None


def step(ladder: Sequence[date], number: int) -> Step:
    """Return step ``number`` of a ladder of dates. Raises ValueError for an empty ladder or a number below 1."""
    if not ladder or number < 1:
        raise ValueError("A ladder has at least one date, and its steps are numbered from 1.")
    if number <= len(ladder):
        return Step(number, STEP_KINDS[min(number, len(STEP_KINDS)) - 1], ladder[number - 1])
    repeats = number - len(ladder)
    return Step(number, StepKind.BOARD, ladder[-1] + timedelta(days=REPEAT_DAYS * repeats))


def next_step(ladder: Sequence[date], written: int, promised_on: date | None = None) -> Step:
    """Return the step after the first ``written``: on its own date, or on the day after a promise if that is sooner."""
    own = step(ladder, written + 1)
    if promised_on is None or own.due_on <= promised_on:
        return own
    return Step(own.number, own.kind, promised_on + ONE_DAY, promised_on)


def steps_due(ladder: Sequence[date], written: int, today: date, promises: Iterable[date] = ()) -> list[Step]:
    """Return the steps after the first ``written`` that are due by ``today``, lowest first: none is ever skipped.

    ``promises`` are the promised days in force. Each day that has passed is spent, and brings one step.
    """
    waiting = sorted(set(promises))
    due: list[Step] = []
    while (following := next_step(ladder, written + len(due), waiting[0] if waiting else None)).due_on <= today:
        if following.missed:
            waiting.pop(0)
        due.append(following)
    return due


def next_step_at(ladder: Sequence[date], written: int, promised_on: date | None = None) -> datetime:
    """Return the moment at which the step after the first ``written`` falls due: the start of its day in London.

    ``promised_on`` is the earliest promised day in force.
    """
    return start_of_day(next_step(ladder, written, promised_on).due_on)


def steps_to_show(ladder: Sequence[date], written: int, promised_on: date | None = None) -> list[Step]:
    """Return every step a person is shown: all of the ladder, and as many repeats as are written, and one to come."""
    shown = [step(ladder, number) for number in range(1, max(len(ladder), written + 1) + 1)]
    shown[written] = next_step(ladder, written, promised_on)
    return shown


def latest_promise(today: date, *, most_days: int) -> date:
    """Return the last day that a reply may promise."""
    return today + timedelta(days=most_days)


def check_promise(promised_on: date, *, today: date, most_days: int) -> None:
    """Raise RuleBroken (field ``promised_on``) for a promised day before today or too far ahead to be a promise.

    ``most_days`` is the time in which the payer pays a whole claim: to promise more than that once more is to put off.
    """
    latest = latest_promise(today, most_days=most_days)
    if promised_on < today:
        raise RuleBroken("The day you promise must be today or later", field="promised_on")
    if promised_on > latest:
        raise RuleBroken(f"The day you promise must be on or before {format_date(latest)}", field="promised_on")


def missed_in_words(who: str, promised_on: date) -> str:
    """Return what everybody reads of a promise that was not kept."""
    return f"{who} promised {format_date(promised_on)}; it was not kept"
