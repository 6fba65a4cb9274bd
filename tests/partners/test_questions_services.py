from datetime import date, timedelta
from statistics import median

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from partners import services as partner_services
from partners.enums.questions import AskedRole, EntryKind, QuestionAction, QuestionStatus
from partners.enums.questions import QuestionStepKind as K
from partners.models.questions import Question, QuestionEntry, QuestionSettings, QuestionStep
from partners.permissions import questions as permissions
from partners.policies import questions as policies
from partners.queries import questions as queries
from partners.services import disposal
from partners.services import questions as services
from partners.tasks import questions as tasks
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import Membership
from psp_portal.audit.context import acting_as
from psp_portal.audit.erasing import ERASED
from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import is_working_day, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from psp_portal.people import services as people
from tests import factories
from tests.partners.questions_samples import NOW, TODAY, ask, later, make_elsewhere, reply

S = QuestionStatus


@pytest.fixture
def house(trust):
    """Return the trust with a finance officer, a colleague of the lead, and everybody above."""
    # One after the other: of those with equally many questions, whoever came first gets the next.
    may = [date(2025, 5, day) for day in range(1, 5)]
    trust.colleague = factories.make_member(Role.PROGRAMME_LEAD, trust.organisation, starts_on=may[0])
    trust.finance = factories.make_member(Role.FINANCE, trust.organisation, starts_on=may[1])
    trust.executive = factories.make_post(Post.EXECUTIVE_LEAD, trust.organisation, starts_on=may[2]).user
    trust.chief = factories.make_post(Post.CHIEF_EXECUTIVE, trust.organisation, starts_on=may[3]).user
    return trust


def told(what: str) -> list[str]:
    """Return who was told something, by name."""
    kind = f"partners.question.{what}"
    return sorted(Message.objects.filter(kind=kind).values_list("recipient__name", flat=True))


def names(*people) -> list[str]:
    return sorted(person.name for person in people)


def role_of(person, organisation) -> Membership:
    return Membership.objects.get(user=person, organisation=organisation)


def end_role(person, house, ends_on: date | None = None, *, at=NOW):
    return people.end_role(
        membership_id=role_of(person, house.organisation).pk,
        ends_on=ends_on or local_date(at) - timedelta(days=1),
        by=factories.TESTS,
        at=at,
    )


def away(person, house, *, deputy=None, days: int = 10, at=NOW):
    return people.record_absence(
        organisation_id=house.organisation.pk,
        user_id=person.pk,
        deputy_id=deputy.pk if deputy else None,
        starts_on=local_date(at),
        ends_on=local_date(at) + timedelta(days=days),
        by=factories.TESTS,
        at=at,
    )


# --- asking ---------------------------------------------------------------------------------
def test_a_question_has_an_owner_a_deputy_and_a_day_at_once(house):
    question = ask(house.partner, subject=" Parking ", text=" Why? ")
    question.refresh_from_db()
    assert (question.owner, question.deputy, question.owned_since) == (house.lead, house.colleague, NOW)
    assert (question.subject, question.status, question.due_on) == ("Parking", S.WAITING, date(2026, 6, 8))
    assert question.ladder == [date(2026, 6, 4), date(2026, 6, 8), date(2026, 6, 11), date(2026, 6, 22)]
    assert question.next_step_on == question.ladder[0]
    entry = question.entries.get()
    assert (entry.kind, entry.by, entry.text) == (EntryKind.ASKED, house.partner.user, "Why?")
    assert told("asked") == names(house.lead, house.colleague, house.partner.user)
    assert "Why?" not in "".join(Message.objects.values_list("body", flat=True))


def test_it_goes_to_whoever_holds_the_role_and_has_the_fewest(house):
    second = factories.make_member(Role.FINANCE, house.organisation, starts_on=date(2025, 6, 1))
    assert [ask(house.partner, AskedRole.FINANCE).owner for _ in range(3)] == [house.finance, second, house.finance]


def test_whoever_is_away_is_passed_over(house):
    away(house.lead, house)
    assert ask(house.partner).owner == house.colleague


def test_a_partner_who_is_also_in_finance_does_not_get_their_own_question(house):
    own = factories.make_partner(house.organisation, user=house.finance, lead=house.lead)
    with pytest.raises(RuleBroken) as refusal:
        ask(own, AskedRole.FINANCE)
    assert refusal.value.field == "to_role"
    second = factories.make_member(Role.FINANCE, house.organisation, starts_on=date(2025, 6, 1))
    question = ask(own, AskedRole.FINANCE)
    assert (question.owner, question.deputy) == (second, house.lead)


def test_what_is_asked_of_an_executive_is_kept_from_the_lead(house):
    question = ask(house.partner, AskedRole.EXECUTIVE)
    assert (question.owner, question.deputy) == (house.executive, house.chief)
    for days in range(30):
        services.follow_questions(at=later(days))
    assert not queries.questions_visible_to(house.lead, today=TODAY).exists()


def test_roles_to_ask_are_those_that_somebody_else_holds(house):
    def offered(asker_id):
        return [value for value, _label in queries.roles_to_ask(house.organisation.pk, asker_id=asker_id, today=TODAY)]

    assert offered(house.partner.user_id) == ["programme_lead", "finance", "executive"]
    assert offered(house.finance.pk) == ["programme_lead", "executive"]


def test_a_question_needs_words_and_somebody_there(house):
    for change, field in (({"subject": " "}, "subject"), ({"text": " "}, "text")):
        with pytest.raises(RuleBroken) as refusal:
            ask(house.partner, **change)
        assert refusal.value.field == field
    with pytest.raises(RuleBroken) as refusal:
        ask(house.partner, AskedRole.REQUESTER)
    assert refusal.value.field == "to_role"
    assert not Question.objects.exists()


def test_only_the_partner_asks_and_a_leaver_while_a_question_is_open(house):
    for by in (house.lead, house.stranger.user):
        with pytest.raises(PermissionDenied):
            services.ask_question(
                partner_id=house.partner.pk, to_role=AskedRole.FINANCE, subject="x", text="x", by=by, at=NOW
            )
    question = ask(house.partner)
    partner_services.end_appointment(partner_id=house.partner.pk, left_on=TODAY, by=house.lead, at=NOW)
    ask(house.partner, subject="And another")
    for each in (question, Question.objects.exclude(pk=question.pk).get()):
        services.close_question(question_id=each.pk, by=house.partner.user, at=NOW)
    with pytest.raises(PermissionDenied):
        ask(house.partner)
    assert queries.appointments_to_ask(house.partner.user) == []


def test_where_somebody_can_ask(house):
    user = house.partner.user
    elsewhere = factories.make_partner(factories.make_organisation("Ash Trust"), user=user)
    assert [each.pk for each in queries.appointments_to_ask(user)] == [elsewhere.pk, house.partner.pk]
    ask(house.partner)
    partner_services.end_appointment(partner_id=house.partner.pk, left_on=TODAY, by=house.lead, at=NOW)
    assert {each.pk for each in queries.appointments_to_ask(user)} == {elsewhere.pk, house.partner.pk}


def test_more_can_be_written_while_it_waits_and_the_clock_runs_on(house):
    question = ask(house.partner)
    services.add_to_question(question_id=question.pk, text="It is urgent.", by=house.partner.user, at=later(1))
    question.refresh_from_db()
    assert (question.due_on, question.entries.count(), told("added")) == (date(2026, 6, 8), 2, names(house.lead))
    with pytest.raises(RuleBroken):
        services.add_to_question(question_id=question.pk, text=" ", by=house.partner.user, at=later(1))
    with pytest.raises(PermissionDenied):
        services.add_to_question(question_id=question.pk, text="x", by=house.lead, at=later(1))
    reply(question)
    with pytest.raises(RuleBroken, match="does not wait"):
        services.add_to_question(question_id=question.pk, text="x", by=house.partner.user, at=later(1))


# --- answering ------------------------------------------------------------------------------
def test_an_answer_stops_the_ladder_and_how_it_stands_does_not(house):
    question = ask(house.partner)
    waits = reply(question, answers=False, text="I have asked the car park.", at=later(2))
    assert (waits.status, waits.next_step_on, waits.first_answered_at) == (S.WAITING, date(2026, 6, 4), None)
    done = reply(question, at=later(3))
    assert (done.status, done.answered_at, done.first_answer_days) == (S.ANSWERED, later(3), 3)
    assert done.next_step_on == date(2026, 6, 11)
    assert told("replied") == names(house.partner.user) * 2
    services.follow_questions(at=later(8))
    assert not QuestionStep.objects.exists()
    again = reply(question, text="And one more thing.", at=later(9))
    assert (again.answered_at, again.first_answered_at) == (later(9), later(3))


def test_who_may_answer(house):
    question = ask(house.partner)
    reply(question, by=house.colleague, answers=False)
    for by in (house.finance, house.executive, house.partner.user, house.stranger.lead):
        with pytest.raises(PermissionDenied):
            reply(question, by=by)
    services.follow_questions(at=later(10))
    reply(question, by=house.executive)
    with pytest.raises(RuleBroken, match="Enter your reply"):
        reply(question, text=" ")
    services.close_question(question_id=question.pk, by=house.partner.user, at=NOW)
    with pytest.raises(TransitionNotAllowed):
        reply(question)


def test_only_the_asker_closes_and_what_does_not_answer_goes_back(house):
    question = reply(ask(house.partner), at=later(1))
    for act in (services.close_question, lambda **more: services.reopen_question(text="No", **more)):
        with pytest.raises(PermissionDenied):
            act(question_id=question.pk, by=house.lead, at=later(2))
    with pytest.raises(RuleBroken, match="what you still need"):
        services.reopen_question(question_id=question.pk, text=" ", by=house.partner.user, at=later(2))
    back = services.reopen_question(question_id=question.pk, text="Which day?", by=house.partner.user, at=later(7))
    assert (back.status, back.round, back.steps_written, back.answered_at) == (S.WAITING, 2, 0, None)
    assert (back.due_on, back.ladder[0]) == (date(2026, 6, 15), date(2026, 6, 11))
    # The first answer there was stays on record.
    assert (back.first_answered_at, back.first_answer_days) == (later(1), 1)
    assert told("reopened") == names(house.lead, house.colleague)
    with pytest.raises(TransitionNotAllowed):
        services.reopen_question(question_id=question.pk, text="x", by=house.partner.user, at=later(7))
    closed = services.close_question(question_id=question.pk, by=house.partner.user, at=later(8))
    assert (closed.status, closed.closed_by, closed.next_step_on) == (S.CLOSED, house.partner.user, None)
    assert told("closed") == names(house.lead)
    with pytest.raises(TransitionNotAllowed):
        services.close_question(question_id=question.pk, by=house.partner.user, at=later(8))


def test_silence_after_an_answer_is_asked_again_and_never_taken_for_a_yes(house):
    question = reply(ask(house.partner), at=NOW)
    for days in (6, 7, 14, 15, 400):
        services.follow_questions(at=later(days))
        services.follow_questions(at=later(days))
    question.refresh_from_db()
    assert question.status == S.ANSWERED
    # On the 8th for the 8th, on the 15th, and once after a year down.
    assert question.entries.filter(kind=EntryKind.ASKED_AGAIN).count() == 3
    assert told("asked_again") == names(house.partner.user) * 3


# --- no reply needed ------------------------------------------------------------------------
def say(question, reason="It was meant for somebody else.", *, by=None, at=NOW):
    return services.say_no_reply_needed(question_id=question.pk, reason=reason, by=by or question.owner, at=at)


def test_no_reply_needed_has_a_reason_and_closes_only_after_a_time_to_object(house):
    question = ask(house.partner)
    with pytest.raises(PermissionDenied):
        say(question, by=house.partner.user)
    with pytest.raises(RuleBroken) as refusal:
        say(question, " ")
    assert refusal.value.field == "reason"
    said = say(question)
    assert (said.status, said.no_reply_by, said.reopen_until) == (S.NO_REPLY, house.lead, date(2026, 6, 15))
    assert told("no_reply") == names(house.partner.user)
    services.follow_questions(at=later(14))
    question.refresh_from_db()
    assert question.status == S.NO_REPLY
    assert services.follow_questions(at=later(15)) == 1
    assert services.follow_questions(at=later(15)) == 0
    question.refresh_from_db()
    assert (question.status, question.closed_by, question.closed_at) == (S.CLOSED, None, later(15))
    assert told("closed") == names(house.partner.user)
    with pytest.raises(TransitionNotAllowed):
        say(question)


def test_the_asker_can_object_to_it(house):
    question = say(reply(ask(house.partner)))
    back = services.reopen_question(question_id=question.pk, text="I do", by=house.partner.user, at=later(3))
    assert (back.status, back.no_reply_by, back.reopen_until, back.answered_at) == (S.WAITING, None, None, None)


# --- the ladder -----------------------------------------------------------------------------
def steps(question) -> list[tuple]:
    return list(question.steps.order_by("round", "number").values_list("number", "kind", "told__name"))


def test_each_step_is_written_on_its_day_once_and_tells_whom_it_should(house):
    question = ask(house.partner)
    for days in range(22):
        services.follow_questions(at=later(days))
        services.follow_questions(at=later(days))
    assert steps(question) == [
        (1, K.OWNER, house.lead.name), (2, K.OWNER_AND_DEPUTY, house.lead.name),
        (3, K.MANAGER, house.executive.name), (4, K.EXECUTIVE, house.chief.name),
    ]  # fmt: skip
    owner, deputy, asker = house.lead, house.colleague, house.partner.user
    expected = [owner, owner, deputy, house.executive, owner, asker, house.chief, owner, asker]
    assert told("step") == names(*expected)
    question.refresh_from_db()
    assert (question.steps_written, question.next_step_on) == (4, date(2026, 6, 29))


def test_after_days_down_it_catches_up_and_an_answer_stops_it(house):
    question = ask(house.partner)
    services.follow_questions(at=later(29))
    assert [number for number, _kind, _told in steps(question)] == [1, 2, 3, 4, 5]
    reply(question, at=later(29))
    services.reopen_question(question_id=question.pk, text="No", by=house.partner.user, at=later(30))
    services.follow_questions(at=later(42))
    found = list(question.steps.filter(round=2).order_by("number").values_list("number", flat=True))
    assert found == [1, 2, 3]


def test_what_somebody_else_holds_is_taken_next_time(house, monkeypatch):
    ask(house.partner)
    with monkeypatch.context() as held:
        held.setattr(services, "_locking", lambda **_options: Question.objects.none())
        assert services.follow_questions(at=later(3)) == 0
    with time_machine.travel(later(3), tick=False):
        tasks.follow_questions()
    assert QuestionStep.objects.get().written_at == later(3)


def test_a_reminder_without_a_deputy_reaches_the_owner_alone(trust):
    question = ask(trust.partner)
    assert question.deputy is None
    services.follow_questions(at=later(30))
    # Nobody is above: the steps come back to the one who is there.
    assert {name for _number, _kind, name in steps(question)} == {trust.lead.name}


def test_an_organisation_has_times_of_its_own(house):
    days = {
        "reply_days": 2, "first_days": 1, "second_days": 2, "manager_days": 3, "executive_days": 4, "confirm_days": 1,
        "reopen_days": 2,
    }  # fmt: skip

    def change(by=house.lead, **other):
        return services.change_question_settings(organisation_id=house.organisation.pk, by=by, at=NOW, **days | other)

    for by in (house.partner.user, house.finance, house.stranger.lead):
        with pytest.raises(PermissionDenied):
            change(by)
    before = ask(house.partner)
    change(reply_days=3)
    change()
    assert queries.times_of(house.organisation.pk).times == policies.Times(2, (1, 2, 3, 4), 1, 2)
    assert queries.times_of(house.stranger.organisation.pk).reply_days == 5
    after = ask(house.partner)
    assert (before.due_on, after.due_on, after.ladder[-1]) == (date(2026, 6, 8), date(2026, 6, 3), date(2026, 6, 5))
    with pytest.raises(RuleBroken):
        change(reply_days=0)
    assert QuestionSettings.objects.get().reply_days == 2


# --- handing over ---------------------------------------------------------------------------
def hand(question, to, reason="You know the car park.", *, by=None, at=NOW):
    return services.hand_over_question(
        question_id=question.pk, to_id=to.pk, reason=reason, by=by or question.owner, at=at
    )


def test_it_can_be_handed_over_with_a_reason_and_the_clock_runs_on(house):
    question = ask(house.partner)
    with pytest.raises(PermissionDenied):
        hand(question, house.finance, by=house.finance)
    for to, reason, field in (
        (house.lead, "x", "to_id"), (house.partner.user, "x", "to_id"), (house.stranger.lead, "x", "to_id"),
        (house.finance, " ", "reason"),
    ):  # fmt: skip
        with pytest.raises(RuleBroken) as refusal:
            hand(question, to, reason)
        assert refusal.value.field == field
    moved = hand(question, house.finance, at=later(1))
    assert (moved.owner, moved.owned_since, moved.deputy) == (house.finance, later(1), house.colleague)
    assert (moved.due_on, moved.next_step_on) == (date(2026, 6, 8), date(2026, 6, 4))
    entry = moved.entries.get(kind=EntryKind.HANDED_OVER)
    assert (entry.by, entry.handed_to, entry.text) == (house.lead, house.finance, "You know the car park.")
    assert told("handed_over") == names(house.finance, house.partner.user)
    # Whoever gave it away reads it no more.
    assert not queries.questions_visible_to(house.lead, today=TODAY).exists()
    # To its deputy, it gets another deputy.
    assert hand(moved, house.colleague, at=later(1)).deputy == house.lead
    reply(moved, by=house.colleague)
    with pytest.raises(RuleBroken, match="waits"):
        hand(moved, house.finance, by=house.colleague)


def test_an_absence_hands_it_to_whoever_stands_in_and_it_stays_there(house):
    question = ask(house.partner)
    absence = away(house.lead, house, deputy=house.finance)
    question.refresh_from_db()
    assert (question.owner, question.deputy) == (house.finance, house.colleague)
    entry = question.entries.get(kind=EntryKind.HANDED_OVER)
    assert (entry.by, entry.text) == (None, services.PASSED_ON)
    people.end_absence(absence_id=absence.pk, ends_on=TODAY, by=factories.TESTS, at=later(1))
    question.refresh_from_db()
    assert question.owner == house.finance


def test_a_deputy_who_goes_is_replaced_quietly(house):
    question = ask(house.partner)
    end_role(house.colleague, house)
    question.refresh_from_db()
    assert (question.owner, question.deputy) == (house.lead, house.executive)
    assert told("handed_over") == []


def test_whoever_leaves_shares_out_what_they_had(house):
    third = factories.make_lead(house.organisation)
    other = factories.make_partner(house.organisation, lead=house.lead)
    first, second = ask(house.partner), ask(other)
    # Both had the same deputy, who gets them; then they share out between those left.
    end_role(house.lead, house)
    end_role(house.colleague, house)
    owners = {Question.objects.get(pk=each.pk).owner for each in (first, second)}
    assert owners <= {third, house.executive, house.finance, house.chief}
    assert third in owners


def test_nobody_ends_the_last_role_while_a_question_is_open(trust):
    question = ask(trust.partner)
    with pytest.raises(RuleBroken, match="left with nobody"), transaction.atomic():
        end_role(trust.lead, trust)
    assert role_of(trust.lead, trust.organisation).ends_on is None
    services.close_question(question_id=question.pk, by=trust.partner.user, at=NOW)
    end_role(trust.lead, trust)


def test_the_clock_hands_over_what_a_date_has_left_behind(house):
    question = ask(house.partner)
    end_role(house.lead, house, TODAY + timedelta(days=1))
    question.refresh_from_db()
    assert question.owner == house.lead
    services.follow_questions(at=later(2))
    question.refresh_from_db()
    assert question.owner == house.colleague
    assert not queries.handles(house.lead, question, today=TODAY + timedelta(days=2))


def test_the_clock_leaves_what_nobody_can_take(trust):
    question = ask(trust.partner)
    # As when a role ends on a day that was set before the question was asked.
    with acting_as(factories.TESTS, "tests"):
        Membership.objects.filter(user=trust.lead).update(ends_on=TODAY)
    services.follow_questions(at=later(9))
    question.refresh_from_db()
    assert (question.owner, question.steps.count()) == (trust.lead, 2)


def test_whoever_is_away_alone_keeps_it(trust):
    question = ask(trust.partner)
    away(trust.lead, trust)
    question.refresh_from_db()
    assert (question.owner, told("handed_over")) == (trust.lead, [])


# --- accounts -------------------------------------------------------------------------------
def close_account(person, house):
    return people.close_account(
        user_id=person.pk, organisation_id=house.organisation.pk, reason="Left", by=house.colleague, at=NOW
    )


def test_an_account_stays_open_while_its_questions_are(house):
    question = ask(house.partner)
    assert queries.has_open_questions(house.partner.user_id)
    with pytest.raises(RuleBroken, match="claims or questions that are not settled"):
        close_account(house.partner.user, house)
    services.close_question(question_id=question.pk, by=house.partner.user, at=NOW)
    assert not queries.has_open_questions(house.partner.user_id)
    assert not close_account(house.partner.user, house).is_active


def test_closing_the_owner_s_account_hands_the_question_over(house):
    question = ask(house.partner)
    assert not close_account(house.lead, house).is_active
    question.refresh_from_db()
    assert question.owner == house.colleague


def commit(change) -> None:
    """Do something, and what the database does at commit."""
    with transaction.atomic(), acting_as(factories.TESTS, "tests"), connection.cursor() as cursor:
        change()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_the_database_lets_no_open_question_be_with_a_closed_account(house):
    question = ask(house.partner)

    def disable(person):
        return accounts.disable_account(user_id=person.pk, reason="x", by=factories.TESTS, at=NOW)

    commit(lambda: None)
    with pytest.raises(IntegrityError, match="hand these over"):
        commit(lambda: disable(house.lead))
    gone = factories.make_user()
    commit(lambda: disable(gone))
    with pytest.raises(IntegrityError, match="account is closed"):
        commit(lambda: Question.objects.filter(pk=question.pk).update(owner=gone))
    services.close_question(question_id=question.pk, by=house.partner.user, at=NOW)
    commit(lambda: disable(house.lead))


# --- what holds even when the code is wrong ---------------------------------------------------
@pytest.mark.parametrize(
    "wrong",
    [
        {"status": S.CLOSED, "closed_at": NOW, "next_step_on": None},
        {"status": S.ANSWERED},
        {"status": S.NO_REPLY},
        {"next_step_on": None},
        {"subject": ""},
        {"first_answered_at": NOW},
        {"answered_at": NOW, "first_answered_at": NOW, "first_answer_days": 1},
        {"ladder": []},
        {"to_role": "auditor"},
        {"status": "gone"},
    ],
)
def test_the_database_refuses_what_cannot_be(trust, wrong):
    question = ask(trust.partner)
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(factories.TESTS, "tests"):
        Question.objects.filter(pk=question.pk).update(**wrong)


def test_the_database_lets_nobody_else_close_a_question_or_have_their_own(house):
    question = ask(house.partner)
    closing = {"status": S.CLOSED, "closed_at": NOW, "next_step_on": None}
    for wrong in (closing | {"closed_by": house.lead}, {"owner": house.partner.user}, {"deputy": house.lead},
                  {"deputy": house.partner.user}):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), acting_as(factories.TESTS, "tests"):
            Question.objects.filter(pk=question.pk).update(**wrong)


def test_the_database_lets_no_step_be_skipped_repeated_or_changed(house):
    question = ask(house.partner)
    services.follow_questions(at=later(3))
    row = {
        "question": question, "round": 1, "kind": K.OWNER, "due_on": TODAY, "written_at": NOW, "told": house.lead,
    }  # fmt: skip
    for number in (1, 3):
        with pytest.raises(DatabaseError, match="skips a step"), transaction.atomic():
            QuestionStep.objects.create(number=number, **row)
    for rows in (QuestionStep.objects.all(), QuestionEntry.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(written_at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(factories.TESTS, "tests"):
        question.delete()


def test_the_database_keeps_the_steps_in_order_and_entries_whole(trust):
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as(factories.TESTS, "tests"):
        QuestionSettings.objects.create(organisation=trust.organisation, first_days=5, second_days=5)
    question = ask(trust.partner)
    for wrong in ({"kind": EntryKind.ANSWERED}, {"kind": EntryKind.HANDED_OVER, "text": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            QuestionEntry.objects.create(question=question, written_at=NOW, by=trust.lead, **wrong)


def test_nothing_written_stands_in_the_history(trust):
    question = reply(ask(trust.partner, subject="Secret subject"))
    history = question.events.values()
    assert len(history) == 2
    assert "Secret" not in str(list(history))


# --- who reads it ---------------------------------------------------------------------------
def readers(question, today) -> set:
    everybody = {each.user for each in Membership.objects.select_related("user")}
    return {each for each in everybody if queries.questions_visible_to(each, today=today).filter(pk=question.pk)}


def test_exactly_those_concerned_read_it(house):
    auditor = factories.make_member(Role.AUDITOR, house.organisation)
    elsewhere = make_elsewhere()
    question = ask(house.partner)
    assert readers(question, TODAY) == {house.partner.user, house.lead, house.colleague}
    services.follow_questions(at=later(10))
    assert readers(question, TODAY) == {house.partner.user, house.lead, house.colleague, house.executive}
    end_role(house.executive, house, at=later(11))
    assert readers(question, TODAY + timedelta(days=11)) == {house.partner.user, house.lead, house.colleague}
    assert not queries.handles(auditor, question, today=TODAY)
    assert elsewhere.pk not in queries.questions_visible_to(house.lead, today=TODAY).values_list("pk", flat=True)


def test_whoever_sees_the_programme_counts_all_and_reads_only_theirs(house):
    auditor = factories.make_member(Role.AUDITOR, house.organisation)
    make_elsewhere()
    mine, not_mine = ask(house.partner), ask(house.partner, AskedRole.FINANCE, at=later(1))
    here = house.organisation.pk

    def shown(person):
        found = queries.questions_counted_for(person, here, today=TODAY)
        return [(each.pk, each.is_readable) for each in found]

    assert shown(house.lead) == [(mine.pk, True), (not_mine.pk, True)]  # its deputy
    assert shown(house.finance) == [(not_mine.pk, True)]
    assert shown(auditor) == [(mine.pk, False), (not_mine.pk, False)]
    assert shown(house.executive) == [(mine.pk, False), (not_mine.pk, False)]
    assert shown(house.stranger.lead) == []
    # A lead who also asks does not read their own question as staff do.
    assert queries.questions_counted_for(house.partner.user, here, today=TODAY).count() == 2


def test_what_can_be_done(house):
    question, asker = ask(house.partner), house.partner.user
    A = QuestionAction

    def open_to(person):
        return permissions.actions_open_to(person, question, today=TODAY)

    assert open_to(asker) == [A.CLOSE, A.ADD]
    assert open_to(house.lead) == open_to(house.colleague) == [A.REPLY, A.HAND_OVER, A.NO_REPLY]
    assert open_to(house.finance) == open_to(house.stranger.lead) == []
    reply(question)
    question.refresh_from_db()
    assert (open_to(asker), open_to(house.lead)) == ([A.CLOSE, A.REOPEN], [A.REPLY, A.NO_REPLY])
    say(question)
    question.refresh_from_db()
    assert (open_to(asker), open_to(house.lead)) == ([A.CLOSE, A.REOPEN], [])
    services.close_question(question_id=question.pk, by=asker, at=NOW)
    question.refresh_from_db()
    assert open_to(asker) == open_to(house.lead) == []


def test_who_opens_the_list_and_asks(house):
    permissions.check_can_list_questions(house.finance, house.organisation.pk, today=TODAY)
    for person, organisation_id in (
        (house.partner.user, house.organisation.pk), (house.stranger.lead, house.organisation.pk), (house.lead, None),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            permissions.check_can_list_questions(person, organisation_id, today=TODAY)


# --- the story --------------------------------------------------------------------------------
def test_the_story_tells_everything_in_its_order(house):
    question = ask(house.partner)
    services.follow_questions(at=later(3))
    hand(question, house.finance, at=later(4))
    reply(Question.objects.get(), at=later(5))
    services.follow_questions(at=later(12))
    told = [(each.label, each.who, each.is_asker) for each in queries.story_of(question)]
    assert told == [
        ("Asked", "Pat Example", True),
        ("Reminder to whoever has it", house.lead.name, False),
        (f"Handed to somebody else: {house.finance.name}", house.lead.name, False),
        ("Answer", house.finance.name, False),
        ("Partner asked whether it is settled", "The portal", False),
    ]


def test_what_comes_next_and_whom_it_reaches(house):
    question = ask(house.partner)
    found = queries.next_step_of(question, today=TODAY)
    assert (found.on, found.label, found.who) == (date(2026, 6, 4), "Reminder to whoever has it", house.lead.name)
    services.follow_questions(at=later(9))
    question.refresh_from_db()
    found = queries.next_step_of(question, today=TODAY)
    assert (found.on, found.who) == (date(2026, 6, 11), house.executive.name)
    reply(question)
    question.refresh_from_db()
    assert queries.next_step_of(question, today=TODAY) is None


# --- figures ----------------------------------------------------------------------------------
def working_days(start, end) -> int:
    """Count them one by one, as nobody in the code does."""
    holidays = bank_holidays((2026, 2027))
    day, count = start, 0
    while day < end:
        day += timedelta(days=1)
        count += is_working_day(day, holidays)
    return count


def counted(rows) -> tuple:
    """Return the figures as a plain count over rows."""
    first = [working_days(local_date(row.asked_at), local_date(row.first_answered_at))
             for row in rows if row.first_answered_at]  # fmt: skip
    waiting = [row for row in rows if row.status == "waiting"]
    answered = [row for row in rows if row.answered_at]
    return (
        len(rows), len(answered), len(waiting), median(first) if first else None,
        min((local_date(row.asked_at) for row in waiting), default=None),
        int(100 * len(answered) / len(rows)) if rows else None,
    )  # fmt: skip


def figures(rows) -> tuple:
    found = queries.figures_of(rows)
    return found.asked, found.answered, found.waiting, found.median_days, found.oldest, found.share


def test_figures_equal_a_plain_count_of_the_rows(house):
    make_elsewhere()
    user = house.partner.user
    assert figures(queries.own_questions(user)) == (0, 0, 0, None, None, None)
    asked = [ask(house.partner, at=later(number)) for number in (0, 1, 4, 5, 9, 24)]
    for number, question in enumerate(asked[:4]):
        reply(question, at=later(9 + 4 * number))
    services.close_question(question_id=asked[0].pk, by=user, at=later(30))
    services.reopen_question(question_id=asked[1].pk, text="No", by=user, at=later(30))
    say(asked[4], at=later(30))
    for rows in (
        queries.own_questions(user),
        queries.questions_counted_for(house.executive, house.organisation.pk, today=TODAY),
    ):
        assert figures(rows) == counted(list(rows))
        assert figures(rows)[:3] == (6, 3, 2)


def test_filters_of_the_list(house):
    first, second = ask(house.partner), ask(house.partner, AskedRole.FINANCE, at=later(1))
    reply(first)
    rows = queries.questions_counted_for(house.lead, house.organisation.pk, today=TODAY)
    assert list(queries.found(rows)) == [first, second]
    assert list(queries.found(rows, status="waiting", to_role="finance", owner=house.finance.pk)) == [second]
    assert list(queries.found(rows, answered="yes")) == [first]


# --- what waits -----------------------------------------------------------------------------
def test_what_waits_for_whom(house):
    make_elsewhere()
    question = ask(house.partner)

    def labels(person, days=0):
        return [row.label for row in queries.waiting(person, today=TODAY + timedelta(days=days))]

    assert labels(house.lead) == ["Answer the question of Pat Example"]
    assert labels(house.colleague) == labels(house.executive) == labels(house.partner.user) == []
    (row,) = queries.awaited_by(house.partner.user, today=TODAY)
    assert (row.label, row.who, row.due_on) == ("An answer about: Parking", house.lead.name, date(2026, 6, 8))
    services.follow_questions(at=later(21))
    services.follow_questions(at=later(60))
    (above,) = queries.waiting(house.executive, today=TODAY)
    assert house.lead.name in above.detail
    # Told more than once, it waits once.
    assert len(labels(house.chief)) == 1
    reply(question)
    assert labels(house.lead) == labels(house.executive) == []
    assert labels(house.partner.user) == ["Say whether your question is answered"]
    assert queries.awaited_by(house.partner.user, today=TODAY) == []
    say(question)
    assert labels(house.partner.user) == ["Your question is to get no reply"]


def test_the_number_of_queries_does_not_grow(house, django_assert_num_queries):
    for _ in range(30):
        ask(house.partner)
    with django_assert_num_queries(1):
        queries.waiting(house.lead, today=TODAY)
    with django_assert_num_queries(1):
        queries.awaited_by(house.partner.user, today=TODAY)
    with django_assert_num_queries(1):
        queries.figures_of(queries.own_questions(house.partner.user))


def test_to_whom_it_can_be_handed(house):
    away(house.colleague, house)
    question = ask(house.partner)
    expected = names(house.finance, house.executive, house.chief)
    assert [name for _pk, name in queries.people_to_pass_to(question, today=TODAY)] == expected


# --- what has been kept long enough -----------------------------------------------------------
def test_words_go_and_what_happened_stays(house):
    question = reply(ask(house.partner))
    services.close_question(question_id=question.pk, by=house.partner.user, at=NOW)
    with acting_as(factories.TESTS, "tests"):
        assert disposal.dispose_of_question_words([question.pk], by=factories.TESTS, at=NOW) == 1
    question.refresh_from_db()
    assert (question.subject, question.first_answer_days) == (ERASED, 0)
    texts = dict(question.entries.values_list("kind", "text"))
    assert texts == {EntryKind.ASKED: ERASED, EntryKind.ANSWERED: ERASED, EntryKind.CLOSED: ""}
