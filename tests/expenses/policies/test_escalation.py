"""The ladder: which steps are due, and when the next one is."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import StepKind
from expenses.policies import escalation
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken

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
    with pytest.raises(ValueError, match=r"^A ladder has at least one date, and its steps are numbered from 1\.$"):
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


# --- promises -----------------------------------------------------------------------------
def numbers_and_days(steps):
    return [(step.number, step.due_on, step.missed) for step in steps]


@pytest.mark.parametrize(
    ("promised", "today", "due"),
    [
        # The promised day itself is still in time.
        (date(2026, 10, 20), date(2026, 10, 20), []),
        # The day after, step 3 is due although its own date is 31 October.
        (date(2026, 10, 20), date(2026, 10, 21), [(3, date(2026, 10, 21), date(2026, 10, 20))]),
        # After that the ladder's own dates stand.
        (date(2026, 10, 20), date(2026, 11, 14), [(3, date(2026, 10, 21), date(2026, 10, 20))]),
        (date(2026, 10, 20), date(2026, 11, 15),
         [(3, date(2026, 10, 21), date(2026, 10, 20)), (4, date(2026, 11, 15), None)]),
        # A promise for later than the next step's date puts nothing off.
        (date(2026, 11, 5), date(2026, 10, 31), [(3, date(2026, 10, 31), None)]),
        (date(2026, 11, 5), date(2026, 11, 6),
         [(3, date(2026, 10, 31), None), (4, date(2026, 11, 6), date(2026, 11, 5))]),
        # Missed on the very day of the step: one step, not two.
        (date(2026, 10, 30), date(2026, 10, 31), [(3, date(2026, 10, 31), date(2026, 10, 30))]),
    ],
)  # fmt: skip
def test_a_missed_promise_is_the_next_step_the_day_after(promised, today, due):
    assert numbers_and_days(escalation.steps_due(LADDER, 2, today, [promised])) == due


def test_each_missed_day_brings_one_step_however_many_promised_it():
    promises = [date(2026, 10, 20), date(2026, 10, 18), date(2026, 10, 20)]
    assert numbers_and_days(escalation.steps_due(LADDER, 2, date(2026, 10, 30), promises)) == [
        (3, date(2026, 10, 19), date(2026, 10, 18)), (4, date(2026, 10, 21), date(2026, 10, 20)),
    ]  # fmt: skip


def test_a_promise_missed_after_the_last_step_brings_the_board_s_next_one():
    assert numbers_and_days(escalation.steps_due(LADDER, 5, date(2026, 12, 24), [date(2026, 12, 23)])) == [
        (6, date(2026, 12, 24), date(2026, 12, 23)),
    ]


@pytest.mark.parametrize(
    ("promised", "at"),
    [
        (None, datetime(2026, 10, 31, tzinfo=LONDON)),
        (date(2026, 10, 20), datetime(2026, 10, 21, tzinfo=LONDON)),
        (date(2026, 10, 30), datetime(2026, 10, 31, tzinfo=LONDON)),
        (date(2026, 10, 31), datetime(2026, 10, 31, tzinfo=LONDON)),
        (date(2026, 11, 20), datetime(2026, 10, 31, tzinfo=LONDON)),
    ],
)
def test_the_next_step_is_at_the_earlier_of_its_date_and_the_day_after_the_promise(promised, at):
    assert escalation.next_step_at(LADDER, 2, promised) == at


def test_the_step_to_come_is_shown_on_the_day_after_the_promise():
    shown = escalation.steps_to_show(LADDER, 2, date(2026, 10, 20))
    assert shown[2] == escalation.Step(3, StepKind.EXECUTIVE, date(2026, 10, 21), date(2026, 10, 20))
    assert [step.due_on for step in shown] == [*LADDER[:2], date(2026, 10, 21), *LADDER[3:]]


days = st.dates(SENT, SENT + timedelta(days=400))


@given(st.integers(0, 8), days, st.lists(days, max_size=6))
def test_steps_are_never_skipped_never_late_and_never_put_off_by_promises(written, today, promises):
    due = escalation.steps_due(LADDER, written, today, promises)
    plain = escalation.steps_due(LADDER, written, today)
    assert [step.number for step in due] == list(range(written + 1, written + 1 + len(due)))
    assert len(plain) <= len(due) <= len(plain) + len(set(promises))
    assert all(step.due_on <= escalation.step(LADDER, step.number).due_on for step in due)
    # Every day that has passed is spent, and no other.
    assert {step.missed for step in due} - {None} == {promised for promised in promises if promised < today}
    # A step at a time comes to the same as all at once, and afterwards nothing is due.
    left = sorted({promised for promised in promises if promised >= today})
    assert escalation.steps_due(LADDER, written + len(due), today, left) == []
    following = escalation.next_step_at(LADDER, written + len(due), left[0] if left else None)
    assert following.date() > today


@pytest.mark.parametrize(
    ("promised", "words"),
    [
        (date(2026, 10, 5), "The day you promise must be today or later"),
        (date(2026, 11, 6), "The day you promise must be on or before 5 November 2026"),
    ],
)
def test_a_promise_is_a_day_from_today_on_and_not_too_far_ahead(promised, words):
    with pytest.raises(RuleBroken) as refused:
        escalation.check_promise(promised, today=date(2026, 10, 6), most_days=30)
    assert (refused.value.field, refused.value.message) == ("promised_on", words)


@pytest.mark.parametrize("promised", [date(2026, 10, 6), date(2026, 11, 5)])
def test_the_first_and_the_last_day_can_be_promised(promised):
    escalation.check_promise(promised, today=date(2026, 10, 6), most_days=30)


def test_a_promise_that_was_not_kept_in_words():
    assert escalation.missed_in_words("Sam Osei", date(2026, 10, 6)) == (
        "Sam Osei promised 6 October 2026; it was not kept"
    )
