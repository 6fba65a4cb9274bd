from datetime import date, timedelta
from decimal import Decimal

import pytest

from partners.enums.training import RequestMove, RequestStatus, TrainingState
from partners.policies import training as policies
from partners.policies.expiry import warning_due
from partners.policies.training import Standing
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

TODAY = date(2026, 11, 24)


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


# --- warnings -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "told", "due"),
    [
        (91, [], None), (90, [], 90), (90, [90], None), (61, [90], None), (60, [90], 60), (60, [], 60),
        (31, [60], None),
        (30, [90, 60], 30), (5, [], 30), (5, [90], 30), (5, [30], None), (0, [60], 30), (-1, [], None),
        # Done late for another step, then the clock was put back: nobody is warned of more time than they have.
        (80, [30], None),
    ],
)  # fmt: skip
def test_only_the_nearest_step_is_due_and_each_once(days, told, due):
    assert warning_due(in_days(days), today=TODAY, told=told) == due


def test_other_steps_can_be_given():
    assert warning_due(in_days(10), today=TODAY, told=[], at=(14, 7)) == 14


def test_a_day_at_a_time_each_step_comes_once_and_after_days_down_one_is_left_out():
    told: list[int] = []
    for today in (in_days(day) for day in range(100)):
        step = warning_due(in_days(95), today=today, told=told)
        told += [step] if step else []
    assert told == [90, 60, 30]
    assert warning_due(in_days(20), today=TODAY, told=[90]) == 30


# --- standing -----------------------------------------------------------------------------
def standing(**change):
    said = {
        "is_required": True, "has_done": True, "expires": None, "starts_on": date(2026, 1, 1), "first_due_days": 90,
        "today": TODAY,
    }  # fmt: skip
    return policies.standing(**said | change)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"has_done": False}, Standing(TrainingState.DUE, date(2026, 4, 1))),
        ({"has_done": False, "is_required": False}, None),
        ({}, Standing(TrainingState.DONE, None)),
        ({"expires": in_days(91)}, Standing(TrainingState.DONE, in_days(91))),
        ({"expires": in_days(90)}, Standing(TrainingState.ENDING, in_days(90))),
        ({"expires": TODAY}, Standing(TrainingState.ENDING, TODAY)),
        ({"expires": in_days(-1)}, Standing(TrainingState.EXPIRED, in_days(-1))),
    ],
)
def test_how_a_partner_stands_with_a_course(change, expected):
    assert standing(**change) == expected


def test_the_last_day_of_a_training_is_whole_months_on():
    assert policies.expires_on(date(2024, 2, 29), 36) == date(2027, 2, 28)
    assert policies.expires_on(date(2024, 2, 29), None) is None


# --- courses and records ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"), ({"minutes": 0}, "minutes"), ({"minutes": 1441}, "minutes"),
        ({"renewal_months": 0}, "renewal_months"), ({"renewal_months": 121}, "renewal_months"),
    ],
)  # fmt: skip
def test_a_course_that_cannot_be_is_refused(change, field):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_course(**{"title": "Essentials", "minutes": 30, "renewal_months": 36} | change)
    assert refusal.value.field == field


@pytest.mark.parametrize(("minutes", "months"), [(None, None), (1, 1), (1440, 120)])
def test_a_course_at_its_limits_is_taken(minutes, months):
    policies.check_course(title="E", minutes=minutes, renewal_months=months)


@pytest.mark.parametrize(
    ("days", "working_days", "field"),
    [
        (-1, 10, "first_due_days"), (731, 10, "first_due_days"), (90, 0, "answer_working_days"),
        (90, 61, "answer_working_days"),
    ],
)  # fmt: skip
def test_times_out_of_reason_are_refused(days, working_days, field):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_times(first_due_days=days, answer_working_days=working_days)
    assert refusal.value.field == field


def test_times_at_their_limits_are_taken():
    policies.check_times(first_due_days=0, answer_working_days=1)
    policies.check_times(first_due_days=730, answer_working_days=60)


def test_what_is_to_come_has_not_been_done():
    policies.check_done_on(TODAY, today=TODAY)
    with pytest.raises(RuleBroken, match="today or in the past"):
        policies.check_done_on(in_days(1), today=TODAY)


def test_nobody_is_at_a_session_after_they_left():
    policies.check_can_have_been_there(TODAY, left_on=None, name="Pat")
    policies.check_can_have_been_there(TODAY, left_on=TODAY, name="Pat")
    with pytest.raises(RuleBroken, match="Pat left on 23 November 2026"):
        policies.check_can_have_been_there(TODAY, left_on=in_days(-1), name="Pat")


def test_a_closed_course_takes_what_was_done_before():
    policies.check_is_open(None, done_on=TODAY)
    policies.check_is_open(TODAY, done_on=TODAY)
    with pytest.raises(RuleBroken, match="closed on 23 November 2026"):
        policies.check_is_open(in_days(-1), done_on=TODAY)


# --- requests -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("move", "source", "target"),
    [
        (RequestMove.AGREE, RequestStatus.ASKED, RequestStatus.AGREED),
        (RequestMove.REFUSE, RequestStatus.ASKED, RequestStatus.NOT_AGREED),
        (RequestMove.FINISH, RequestStatus.AGREED, RequestStatus.DONE),
        (RequestMove.WITHDRAW, RequestStatus.ASKED, RequestStatus.WITHDRAWN),
        (RequestMove.WITHDRAW, RequestStatus.AGREED, RequestStatus.WITHDRAWN),
    ],
)
def test_a_request_moves(move, source, target):
    assert policies.next_status(source, move) == target
    assert (source.value, target.value) in policies.moves()


def test_every_other_move_is_refused_with_words():
    allowed = {(RequestStatus(source), RequestStatus(target)) for source, target in policies.moves()}
    assert len(allowed) == 5
    for status in RequestStatus:
        for move in RequestMove:
            if policies.can_move(status, move):
                assert (status, policies.next_status(status, move)) in allowed
            else:
                with pytest.raises(TransitionNotAllowed, match="request|done"):
                    policies.next_status(status, move)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"what": " "}, "what"), ({"why": ""}, "why"), ({"cost": Decimal("-0.01")}, "cost"), ({"hours": 0}, "hours"),
        ({"hours": 501}, "hours"),
    ],
)  # fmt: skip
def test_a_request_that_says_too_little_is_refused(change, field):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_request(**{"what": "A", "why": "B", "cost": None, "hours": None} | change)
    assert refusal.value.field == field


def test_a_request_at_its_limits_is_taken():
    policies.check_request(what="A", why="B", cost=Decimal(0), hours=500)


def test_no_needs_a_reason():
    policies.check_refusal("No money")
    with pytest.raises(RuleBroken) as refusal:
        policies.check_refusal(" ")
    assert refusal.value.field == "reason"
