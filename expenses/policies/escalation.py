"""The ladder that an unpaid claim climbs. Pure: dates and what has been written so far come in.

Steps are numbered from 1. A claim's ladder is the list of dates fixed when it was sent; after its last step the claim
is put before the board again every ``REPEAT_DAYS`` until it is paid, so an open claim always has a next step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from expenses.enums import StepKind
from psp_portal.dates import start_of_day

STEP_KINDS = (
    StepKind.LEAD,
    StepKind.LEAD_AND_FINANCE,
    StepKind.EXECUTIVE,
    StepKind.CHIEF_EXECUTIVE,
    StepKind.BOARD,
)
# A board meets monthly: what it has heard once and is still unpaid, it hears again (product.md E6).
REPEAT_DAYS = 30


@dataclass(frozen=True)
class Step:
    """One step of a claim's ladder: its number from 1, what it does, and the day it falls due."""

    number: int
    kind: StepKind
    due_on: date


def step(ladder: Sequence[date], number: int) -> Step:
    """Return step ``number`` of a ladder of dates. Raises ValueError for an empty ladder or a number below 1."""
    if not ladder or number < 1:
        raise ValueError("A ladder has at least one date, and its steps are numbered from 1.")
    if number <= len(ladder):
        return Step(number, STEP_KINDS[min(number, len(STEP_KINDS)) - 1], ladder[number - 1])
    repeats = number - len(ladder)
    return Step(number, StepKind.BOARD, ladder[-1] + timedelta(days=REPEAT_DAYS * repeats))


def steps_due(ladder: Sequence[date], written: int, today: date) -> list[Step]:
    """Return the steps after the first ``written`` that are due by ``today``, lowest first: none is ever skipped."""
    due = []
    number = written + 1
    while (following := step(ladder, number)).due_on <= today:
        due.append(following)
        number += 1
    return due


def next_step_at(ladder: Sequence[date], written: int) -> datetime:
    """Return the moment at which the step after the first ``written`` falls due: the start of its day in London."""
    return start_of_day(step(ladder, written + 1).due_on)


def steps_to_show(ladder: Sequence[date], written: int) -> list[Step]:
    """Return every step a person is shown: all of the ladder, and as many repeats as are written, and one to come."""
    return [step(ladder, number) for number in range(1, max(len(ladder), written + 1) + 1)]
