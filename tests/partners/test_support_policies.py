from datetime import date, datetime, timedelta

import pytest

from partners.enums.support import MentoringStatus, ReviewStatus, TalkStatus
from partners.policies import support as policies
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

AT = datetime(2026, 11, 24, 10, 0, tzinfo=LONDON)
TODAY = AT.date()


def talk(**change):
    said = {"starts_at": AT, "minutes": 60, "place": "Room 2", "link": "", "at": AT}
    policies.check_talk(**said | change)


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": AT - timedelta(days=90)}, {"starts_at": AT + timedelta(days=550)}, {"minutes": 5},
        {"minutes": 480}, {"place": " ", "link": "https://a.example"},
    ],
)  # fmt: skip
def test_a_talk_that_can_be_is_taken(change):
    talk(**change)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": AT - timedelta(days=91)}, "starts_on"), ({"starts_at": AT + timedelta(days=551)}, "starts_on"),
        ({"minutes": 4}, "minutes"), ({"minutes": 481}, "minutes"), ({"place": " "}, "place"),
    ],
)  # fmt: skip
def test_a_talk_that_cannot_be_is_refused(change, field):
    with pytest.raises(RuleBroken) as refusal:
        talk(**change)
    assert refusal.value.field == field


@pytest.mark.parametrize("target", [TalkStatus.HELD, TalkStatus.CANCELLED])
def test_a_talk_is_held_or_cancelled_once(target):
    policies.check_talk_move(TalkStatus.PLANNED, target)
    with pytest.raises(TransitionNotAllowed, match="cancelled"):
        policies.check_talk_move(TalkStatus.CANCELLED, target)
    with pytest.raises(TransitionNotAllowed, match="took place"):
        policies.check_talk_move(TalkStatus.HELD, target)


def test_the_moves_as_the_database_has_them():
    assert policies.transitions(policies.TALK_MOVES) == [("planned", "cancelled"), ("planned", "held")]


def test_a_talk_takes_place_once_it_has_begun():
    policies.check_has_begun(AT, at=AT)
    with pytest.raises(RuleBroken, match="not begun"):
        policies.check_has_begun(AT + timedelta(minutes=1), at=AT)


def test_notes_are_of_talks_that_were_not_cancelled():
    policies.check_can_write_notes(TalkStatus.PLANNED)
    with pytest.raises(TransitionNotAllowed):
        policies.check_can_write_notes(TalkStatus.CANCELLED)


def test_nobody_agrees_to_what_they_have_not_read():
    policies.check_revision(2, 2)
    with pytest.raises(RuleBroken, match="have changed"):
        policies.check_revision(1, 2)


def test_a_reason_is_a_reason():
    policies.check_reason("Ill")
    with pytest.raises(RuleBroken):
        policies.check_reason(" ")


def test_a_mentor_is_a_third_person():
    policies.check_mentor(partner_user=1, mentor=2, lead=3)
    with pytest.raises(RuleBroken, match="their own mentor"):
        policies.check_mentor(partner_user=1, mentor=1, lead=3)
    with pytest.raises(RuleBroken, match="lead decides"):
        policies.check_mentor(partner_user=1, mentor=3, lead=3)


@pytest.mark.parametrize(
    ("partner", "mentor", "status"),
    [
        (None, None, MentoringStatus.PROPOSED), (True, None, MentoringStatus.PROPOSED),
        (None, True, MentoringStatus.PROPOSED), (True, True, MentoringStatus.RUNNING),
        (False, None, MentoringStatus.DECLINED), (True, False, MentoringStatus.DECLINED),
    ],
)  # fmt: skip
def test_a_pairing_begins_with_two_yeses(partner, mentor, status):
    assert policies.mentoring_status(partner, mentor) == status


def test_what_has_ended_is_not_answered():
    policies.check_mentoring_is(MentoringStatus.PROPOSED, [MentoringStatus.PROPOSED])
    with pytest.raises(TransitionNotAllowed):
        policies.check_mentoring_is(MentoringStatus.ENDED, [MentoringStatus.PROPOSED])


def test_reviews_are_due_after_so_many_months():
    assert policies.review_due_on(date(2025, 11, 24), None, every_months=12) == date(2026, 11, 24)
    assert policies.review_due_on(date(2020, 1, 1), date(2026, 8, 31), every_months=6) == date(2027, 2, 28)


def test_a_review_is_where_it_is():
    policies.check_review_is(ReviewStatus.OPEN, ReviewStatus.OPEN)
    for status, words in (
        (ReviewStatus.OPEN, "must send"), (ReviewStatus.TALKING, "have sent"), (ReviewStatus.CLOSED, "closed"),
    ):  # fmt: skip
        other = ReviewStatus.TALKING if status == ReviewStatus.OPEN else ReviewStatus.OPEN
        with pytest.raises(TransitionNotAllowed, match=words):
            policies.check_review_is(status, other)


def test_answers_are_sent_once_and_say_something():
    policies.check_not_sent(None)
    with pytest.raises(TransitionNotAllowed):
        policies.check_not_sent(AT)
    policies.check_has_answers({1: "", 2: "A"})
    with pytest.raises(RuleBroken):
        policies.check_has_answers({1: " "})
    policies.check_points("A")
    with pytest.raises(RuleBroken):
        policies.check_points(" ")


def test_the_quiet_question_comes_some_days_later():
    assert policies.ask_on(TODAY, after_days=3) == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("days", "months", "field"),
    [(-1, 12, "ask_after_days"), (31, 12, "ask_after_days"), (3, 0, "review_months"), (3, 37, "review_months")],
)
def test_settings_out_of_reason_are_refused(days, months, field):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_settings(ask_after_days=days, review_months=months)
    assert refusal.value.field == field


def test_settings_at_their_limits_are_taken():
    policies.check_settings(ask_after_days=0, review_months=1)
    policies.check_settings(ask_after_days=30, review_months=36)


def test_what_was_hard_has_happened_and_not_long_ago():
    policies.check_happened(TODAY, today=TODAY)
    policies.check_happened(TODAY - timedelta(days=90), today=TODAY)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=91)):
        with pytest.raises(RuleBroken) as refusal:
            policies.check_happened(day, today=TODAY)
        assert refusal.value.field == "happened_on"
