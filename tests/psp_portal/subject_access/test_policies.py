"""By when an answer is owed, and what can be done with a request."""

from datetime import date

import pytest

from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.subject_access.enums import RequestStatus as S
from psp_portal.subject_access.policies import requests as policies

DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("received", "due", "extended"),
    [
        (date(2026, 9, 3), date(2026, 10, 3), date(2026, 12, 3)),
        (date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30)),
        (date(2028, 1, 31), date(2028, 2, 29), date(2028, 4, 30)),
        (date(2026, 12, 15), date(2027, 1, 15), date(2027, 3, 15)),
    ],
)
def test_answer_is_owed_in_a_month_or_three(received, due, extended):
    assert policies.due_on(received) == due
    assert policies.extended_due_on(received) == extended


def test_days_left_go_below_nought():
    assert policies.days_left(date(2026, 2, 12), today=DAY) == 12
    assert policies.days_left(date(2026, 1, 30), today=DAY) == -1


def test_file_can_be_collected_for_a_month_at_least():
    assert policies.available_until(date(2026, 2, 2), today=DAY) == date(2026, 3, 2)
    assert policies.available_until(date(2026, 4, 2), today=DAY) == date(2026, 4, 2)
    assert policies.is_collectable(S.READY, DAY, today=DAY)
    assert policies.is_collectable(S.ANSWERED, DAY, today=DAY)
    assert not policies.is_collectable(S.READY, date(2026, 1, 30), today=DAY)
    assert not policies.is_collectable(S.RECEIVED, None, today=DAY)
    assert not policies.is_collectable(S.READY, None, today=DAY)


@pytest.mark.parametrize("received", [date(2026, 2, 1), date(2025, 10, 30)])
def test_day_of_receipt_that_cannot_be_is_refused(received):
    with pytest.raises(RuleBroken) as refused:
        policies.check_received(received, today=DAY)
    assert refused.value.field == "received_on"


def test_days_of_receipt_that_can_be():
    policies.check_received(DAY, today=DAY)
    policies.check_received(date(2025, 10, 31), today=DAY)


@pytest.mark.parametrize("words", ["", "   ", "x" * 11])
def test_words_must_be_some_and_not_too_many(words):
    with pytest.raises(RuleBroken):
        policies.check_words(words, field="reason", what="the reason", longest=10)
    assert policies.check_words(" passport ", field="how", what="how", longest=10) == "passport"


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_moves(before, after):
    if (before, after) in policies.MOVES:
        policies.check_move(before, after)
    else:
        with pytest.raises(TransitionNotAllowed):
            policies.check_move(before, after)


def test_time_is_extended_once_and_within_the_first_month():
    policies.check_can_extend(S.READY, received_on=DAY, is_extended=False, today=date(2026, 2, 28))
    for status, is_extended, today in (
        (S.ANSWERED, False, DAY),
        (S.RECEIVED, True, DAY),
        (S.RECEIVED, False, date(2026, 3, 1)),
    ):
        with pytest.raises(RuleBroken):
            policies.check_can_extend(status, received_on=DAY, is_extended=is_extended, today=today)


def test_what_cannot_be_collected_says_why():
    policies.check_collectable(S.READY, DAY, today=DAY)
    with pytest.raises(TransitionNotAllowed):
        policies.check_collectable(S.RECEIVED, None, today=DAY)
    with pytest.raises(RuleBroken, match="Ask for it again"):
        policies.check_collectable(S.ANSWERED, DAY, today=date(2026, 2, 1))
