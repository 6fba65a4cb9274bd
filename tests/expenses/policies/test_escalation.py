"""The ladder: which steps are due, and when the next one is."""

from datetime import date, datetime, timedelta

import pytest

from expenses.enums import StepKind
from expenses.policies import escalation
from psp_portal.dates import LONDON

SENT = date(2026, 9, 16)
LADDER = [SENT + timedelta(days=days) for days in (20, 31, 45, 60, 90)]


def test_steps_bear_the_ladder_s_dates_and_kinds():
    steps = [escalation.step(LADDER, number) for number in range(1, 6)]
    assert [step.kind for step in steps] == list(StepKind)
    assert [step.due_on for step in steps] == [
        date(2026, 10, 6), date(2026, 10, 17), date(2026, 10, 31), date(2026, 11, 15), date(2026, 12, 15),
    ]  # fmt: skip


def test_after_the_last_step_the_board_hears_of_it_every_thirty_days():
    assert escalation.step(LADDER, 6) == escalation.Step(6, StepKind.BOARD, date(2027, 1, 14))
    assert escalation.step(LADDER, 8) == escalation.Step(8, StepKind.BOARD, date(2027, 3, 15))


def test_a_ladder_longer_than_the_kinds_stays_with_the_board():
    longer = [*LADDER, date(2026, 12, 20)]
    assert escalation.step(longer, 6) == escalation.Step(6, StepKind.BOARD, date(2026, 12, 20))


@pytest.mark.parametrize(("ladder", "number"), [([], 1), (LADDER, 0)])
def test_there_is_no_step_without_a_ladder_or_below_the_first(ladder, number):
    with pytest.raises(ValueError, match="numbered from 1"):
        escalation.step(ladder, number)


@pytest.mark.parametrize(
    ("written", "today", "numbers"),
    [
        (0, date(2026, 10, 5), []),
        (0, date(2026, 10, 6), [1]),
        (1, date(2026, 10, 16), []),
        (0, date(2026, 10, 31), [1, 2, 3]),
        (3, date(2026, 12, 15), [4, 5]),
        (5, date(2027, 2, 13), [6, 7]),
    ],
)
def test_every_step_that_is_due_is_due_in_order(written, today, numbers):
    assert [step.number for step in escalation.steps_due(LADDER, written, today)] == numbers


def test_the_next_step_is_at_the_start_of_its_day_in_london():
    assert escalation.next_step_at(LADDER, 0) == datetime(2026, 10, 6, tzinfo=LONDON)
    assert escalation.next_step_at(LADDER, 5) == datetime(2027, 1, 14, tzinfo=LONDON)


@pytest.mark.parametrize(("written", "shown"), [(0, 5), (4, 5), (5, 6), (7, 8)])
def test_the_whole_ladder_is_shown_and_one_step_to_come(written, shown):
    assert [step.number for step in escalation.steps_to_show(LADDER, written)] == list(range(1, shown + 1))
