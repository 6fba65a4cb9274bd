"""Replies to steps: promises kept and missed, who replies instead, reminders, the weekly letter."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from expenses import permissions, queries, services, tasks
from expenses.enums import ClaimStatus, LineAction
from expenses.models import Claim, Escalation, UpdateRequest
from expenses.policies import responsibility, states
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import Membership
from psp_portal.audit.context import acting_as
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from psp_portal.people import services as people
from tests import factories
from tests.expenses.world import make_world

# The claim is sent on 15 September 2026: its steps are on 5, 16 and 30 October, 14 November and 14 December.


def pass_at(world, days):
    return services.escalate_overdue_claims(at=world.later(days=days))


def overdue(world, days=20):
    """Return a claim that was sent on the world's day and has climbed for so many days."""
    claim = world.sent()
    pass_at(world, days)
    claim.refresh_from_db()
    return claim


def last_step(claim) -> Escalation:
    return claim.escalations.order_by("-number").first()


def reply(step, *, promised_on, by=None, at, text="It is in Friday's run"):
    return services.reply_to_escalation(
        escalation_id=step.pk, reply=text, promised_on=promised_on, by=by or step.responsible, at=at
    )


def steps(claim):
    return list(claim.escalations.order_by("number").values_list("number", "due_on"))


# --- replying -----------------------------------------------------------------------------
def test_a_step_is_replied_to_once_with_a_day_and_the_partner_sees_both(world):
    claim = overdue(world)
    step = last_step(claim)
    promised_on = date(2026, 10, 12)
    with pytest.raises(PermissionDenied):
        reply(step, promised_on=promised_on, by=world.auditor, at=world.later(days=21))
    with pytest.raises(RuleBroken, match="Write what will happen"):
        reply(step, promised_on=promised_on, text=" ", at=world.later(days=21))
    reply(step, promised_on=promised_on, at=world.later(days=21))
    with pytest.raises(TransitionNotAllowed, match="replied to already"):
        reply(step, promised_on=promised_on, at=world.later(days=21))
    claim.refresh_from_db()
    assert (claim.promised_on, claim.next_step_at) == (promised_on, datetime(2026, 10, 13, tzinfo=LONDON))
    (first, *rest) = queries.ladder_of(claim)
    assert (first[1].reply, first[1].replied_by, first[1].promised_on) == (
        "It is in Friday's run", world.lead, promised_on,
    )  # fmt: skip
    assert [written for _, written in rest] == [None] * 4
    assert rest[0][0].due_on == date(2026, 10, 13)
    assert claim.timeline.get(action="reply").note == "It is in Friday's run. Promised by 12 October 2026."
    assert Message.objects.filter(kind="expenses.claim.step_replied", recipient=world.person).count() == 1


def test_a_reply_that_ends_its_own_sentence_gets_no_second_full_stop(world):
    claim = overdue(world)
    reply(last_step(claim), promised_on=date(2026, 10, 12), text="On Friday.", at=world.later(days=21))
    assert claim.timeline.get(action="reply").note == "On Friday. Promised by 12 October 2026."


@pytest.mark.parametrize("promised_on", [date(2026, 10, 5), date(2026, 11, 6)])
def test_the_day_promised_is_within_what_the_payer_s_card_allows(world, promised_on):
    step = last_step(overdue(world))
    with pytest.raises(RuleBroken) as refused:
        reply(step, promised_on=promised_on, at=world.later(days=21))
    assert refused.value.field == "promised_on"
    step.refresh_from_db()
    assert step.replied_at is None


def test_no_reply_is_taken_once_the_claim_is_decided_or_settled(world):
    claim = overdue(world)
    world.decide(claim, LineAction.REFUSE, at=world.later(days=21))
    step = last_step(claim)
    with pytest.raises(TransitionNotAllowed, match="needed any more"):
        reply(step, promised_on=date(2026, 10, 12), at=world.later(days=21))
    assert queries.waiting_for(world.lead, today=date(2026, 10, 6)) == []


def test_a_step_that_asks_for_no_reply_takes_none(world):
    claim = overdue(world)
    step = last_step(claim)
    Escalation.objects.filter(pk=step.pk).update(needs_reply=False)
    with pytest.raises(TransitionNotAllowed, match="needed any more"):
        reply(step, promised_on=date(2026, 10, 12), at=world.later(days=21))
    assert queries.waiting_for(world.lead, today=date(2026, 10, 6)) == []


# --- who may reply --------------------------------------------------------------------------
@pytest.mark.parametrize("days", [46, 61, 91])
@pytest.mark.parametrize("who", ["lead", "approver", "finance_lead", "auditor", "person"])
def test_what_has_come_to_the_top_is_not_answered_by_those_below(world, days, who):
    step = last_step(overdue(world, days=days))
    person = getattr(world, who)
    assert not permissions.can_reply_to_step(person, step, today=world.later(days=days).date())
    with pytest.raises(PermissionDenied):
        reply(step, promised_on=date(2026, 12, 20), by=person, at=world.later(days=days))


def test_an_executive_s_step_is_answered_by_whoever_it_has_climbed_to(world):
    claim = overdue(world, days=46)
    step = last_step(claim)
    with pytest.raises(PermissionDenied, match="who answers for the claim now"):
        reply(step, promised_on=date(2026, 11, 20), by=world.chief_executive, at=world.later(days=47))
    pass_at(world, 60)
    reply(step, promised_on=date(2026, 11, 20), by=world.chief_executive, at=world.later(days=61))


def test_the_lead_s_steps_are_answered_by_whoever_has_the_claim_too(world):
    step = last_step(overdue(world, days=31))
    reply(step, promised_on=date(2026, 10, 20), by=world.approver, at=world.later(days=32))


# --- promises -----------------------------------------------------------------------------
def test_a_missed_promise_is_the_next_step_at_once_and_everybody_reads_why(world):
    claim = overdue(world)
    promised = reply(last_step(claim), promised_on=date(2026, 10, 8), at=world.later(days=21))
    assert pass_at(world, 23) == 0, "on the promised day there is still time"
    assert pass_at(world, 24) == 1
    assert pass_at(world, 24) == 0
    claim.refresh_from_db()
    assert steps(claim) == [(1, date(2026, 10, 5)), (2, date(2026, 10, 9))]
    assert (claim.promised_on, claim.next_step_at) == (None, datetime(2026, 10, 30, tzinfo=LONDON))
    promised.refresh_from_db()
    assert (promised.promise_missed_at, promised.promise_kept_at) == (world.later(days=24), None)
    words = f"{world.lead.name} promised 8 October 2026; it was not kept"
    assert claim.timeline.filter(action="step").latest("at").note == f"Step 2: Programme lead and finance. {words}"
    letters = Message.objects.filter(created_at=world.later(days=24))
    assert letters.count() == 3  # the lead, finance, the partner
    assert all(words in letter.body for letter in letters)
    # The ladder's later dates stand.
    assert pass_at(world, 44) == 0
    assert pass_at(world, 45) == 1


def test_a_promise_for_after_the_next_step_s_date_puts_nothing_off(world):
    claim = overdue(world)
    reply(last_step(claim), promised_on=date(2026, 10, 20), at=world.later(days=21))
    assert pass_at(world, 31) == 1
    claim.refresh_from_db()
    assert (claim.promised_on, claim.next_step_at) == (date(2026, 10, 20), datetime(2026, 10, 21, tzinfo=LONDON))
    assert pass_at(world, 36) == 1
    assert steps(claim)[1:] == [(2, date(2026, 10, 16)), (3, date(2026, 10, 21))]


def test_a_pass_three_weeks_late_writes_what_promises_and_dates_have_brought_in_order(world):
    claim = overdue(world)
    reply(last_step(claim), promised_on=date(2026, 10, 20), at=world.later(days=21))
    assert pass_at(world, 46) == 2
    assert steps(claim) == [(1, date(2026, 10, 5)), (2, date(2026, 10, 16)), (3, date(2026, 10, 21))]


def test_of_two_promises_the_earlier_counts_first_and_each_is_spent_once(world):
    claim = overdue(world, days=31)
    first, second = claim.escalations.order_by("number")
    reply(second, promised_on=date(2026, 10, 28), at=world.later(days=32))
    reply(first, promised_on=date(2026, 10, 24), at=world.later(days=32))
    claim.refresh_from_db()
    assert claim.promised_on == date(2026, 10, 24)
    assert pass_at(world, 40) == 1
    claim.refresh_from_db()
    assert (claim.promised_on, claim.next_step_at) == (date(2026, 10, 28), datetime(2026, 10, 29, tzinfo=LONDON))
    assert pass_at(world, 44) == 1
    assert steps(claim)[2:] == [(3, date(2026, 10, 25)), (4, date(2026, 10, 29))]


def test_two_who_promise_the_same_day_are_both_named_in_one_step(world):
    claim = overdue(world, days=31)
    for step in claim.escalations.order_by("number"):
        reply(step, promised_on=date(2026, 10, 24), by=world.lead, at=world.later(days=32))
    assert pass_at(world, 40) == 1
    words = f"{world.lead.name} promised 24 October 2026; it was not kept"
    assert claim.timeline.filter(action="step").latest("pk").note == f"Step 3: Executive lead. {words}. {words}"


def test_a_promise_is_kept_when_the_claim_is_paid_on_its_day(world):
    claim = overdue(world)
    promised = reply(last_step(claim), promised_on=date(2026, 10, 8), at=world.later(days=21))
    world.decide(claim, LineAction.APPROVE, at=world.later(days=22))
    services.record_payment(
        run_id=world.released(at=world.later(days=22)).pk, run_line_ids=None, by=world.finance_lead,
        at=world.later(days=23),
    )  # fmt: skip
    promised.refresh_from_db()
    claim.refresh_from_db()
    assert (promised.promise_kept_at, promised.promise_missed_at) == (world.later(days=23), None)
    assert (claim.status, claim.promised_on) == (ClaimStatus.PAID, None)


def test_a_claim_settled_after_the_day_but_before_the_clock_ran_was_promised_in_vain(world):
    claim = overdue(world)
    promised = reply(last_step(claim), promised_on=date(2026, 10, 8), at=world.later(days=21))
    world.decide(claim, LineAction.REFUSE, at=world.later(days=24))
    promised.refresh_from_db()
    assert (promised.promise_kept_at, promised.promise_missed_at) == (None, world.later(days=24))


def test_a_claim_withdrawn_before_the_day_has_neither_kept_nor_missed_it(world):
    claim = overdue(world)
    promised = reply(last_step(claim), promised_on=date(2026, 10, 8), at=world.later(days=21))
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=22))
    promised.refresh_from_db()
    claim.refresh_from_db()
    assert (promised.promise_kept_at, promised.promise_missed_at, claim.promised_on) == (None, None, None)


def test_a_decision_keeps_the_promise_and_an_appeal_does_not_bring_it_back(world):
    claim = overdue(world)
    promised = reply(last_step(claim), promised_on=date(2026, 10, 8), at=world.later(days=21))
    world.decide(claim, LineAction.REFUSE, at=world.later(days=22))
    promised.refresh_from_db()
    assert promised.promise_kept_at == world.later(days=22)
    for line in claim.lines.all():
        services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="No", by=world.person, at=world.later(days=26))
    assert pass_at(world, 26) == 0
    claim.refresh_from_db()
    assert claim.next_step_at == datetime(2026, 10, 16, tzinfo=LONDON)


def test_the_database_keeps_promises_to_replies_and_to_open_claims(world):
    claim = overdue(world)
    step = last_step(claim)
    with pytest.raises(IntegrityError, match="escalation_promise_of_a_reply"), transaction.atomic():
        Escalation.objects.filter(pk=step.pk).update(promised_on=world.today)
    paid = world.paid()
    with (
        pytest.raises(IntegrityError, match="claim_promise_while_open"),
        transaction.atomic(),
        acting_as(world.lead, "test"),
    ):
        Claim.objects.filter(pk=paid.pk).update(promised_on=world.today)


# --- never back to the claimant -------------------------------------------------------------
@pytest.mark.parametrize("status", sorted(states.CLIMBING_STATUSES))
def test_no_step_of_the_ladder_gives_a_claim_back_to_its_claimant(world, status):
    """Peers' users complained of an escalation that goes up one step and then gives the claim back to the claimant.

    Here the claimant is also the lead, the finance lead and an approver: still each step has another responsible
    person, and a claim that waits on the organisation waits on it after every step.
    """
    for post, role in ((Post.PROGRAMME_LEAD, Role.PROGRAMME_LEAD), (Post.FINANCE_LEAD, Role.FINANCE)):
        factories.give_role(role, world.person, world.organisation)
        factories.make_post(post, world.organisation, user=world.person, starts_on=date(2026, 1, 1))
    factories.give_role(Role.APPROVER, world.person, world.organisation)
    claim = {
        ClaimStatus.SUBMITTED: world.sent,
        ClaimStatus.RETURNED: lambda: world.decide(world.sent(), LineAction.RETURN),
        ClaimStatus.APPEALED: lambda: appealed(world),
        ClaimStatus.APPROVED: world.approved,
        ClaimStatus.IN_RUN: lambda: in_run(world),
    }[ClaimStatus(status)]()
    for number, days in enumerate((20, 31, 45, 60, 90, 120, 150), start=1):
        pass_at(world, days)
        claim.refresh_from_db()
        assert (claim.status, claim.steps_written) == (status, number)
        assert claim.responsible_id != world.person.pk
        assert (claim.waiting_on_id == world.person.pk) is (status in responsibility.PARTNERS_TURN)
        assert last_step(claim).responsible_id != world.person.pk


def appealed(world):
    claim = world.decide(world.sent(), LineAction.REFUSE)
    for line in claim.lines.all():
        services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="No", by=world.person, at=world.at)
    return claim


def in_run(world):
    claim = world.approved()
    world.released()
    return claim


def test_a_reply_moves_a_claim_to_nobody(world):
    claim = overdue(world, days=46)
    before = (claim.responsible_id, claim.waiting_on_id, claim.status)
    for step in claim.escalations.order_by("number"):
        reply(step, promised_on=date(2026, 11, 5), at=world.later(days=46))
    claim.refresh_from_db()
    assert (claim.responsible_id, claim.waiting_on_id, claim.status) == before


# --- who replies instead ----------------------------------------------------------------------
def away(world, person, *, deputy=None, by=None, at=None, starts_on=None, ends_on=None):
    at = at or world.later(days=21)
    return people.record_absence(
        organisation_id=world.organisation.pk, user_id=person.pk, deputy_id=deputy.pk if deputy else None,
        starts_on=starts_on or at.date(), ends_on=ends_on, by=by or person, at=at,
    )  # fmt: skip


def owed_to(person, world, day=date(2026, 10, 6)):
    return [waiting.label for waiting in queries.waiting_for(person, today=day)]


def test_whoever_records_their_own_absence_for_today_hands_over_claim_reply_and_answer(world):
    claim = overdue(world)
    services.ask_for_update(claim_id=claim.pk, question="?", by=world.person, at=world.later(days=21))
    assert UpdateRequest.objects.get().asked_of == world.lead
    stand_in = factories.make_member(Role.PROGRAMME_LEAD, world.organisation)
    away(world, world.lead, deputy=stand_in)
    claim.refresh_from_db()
    step = last_step(claim)
    assert (claim.responsible, step.responsible, step.passed_to) == (stand_in, world.lead, stand_in)
    assert UpdateRequest.objects.get().passed_to == stand_in
    assert owed_to(world.lead, world) == []
    assert owed_to(stand_in, world) == [
        f"Reply about the overdue claim {claim.reference}", f"Answer {world.person.name} about claim {claim.reference}",
    ]  # fmt: skip
    assert Message.objects.filter(kind="expenses.reply.passed_on", recipient=stand_in).count() == 2
    reply(step, promised_on=date(2026, 10, 12), by=stand_in, at=world.later(days=22))
    services.answer_update(
        update_id=UpdateRequest.objects.get().pk, answer="Soon", by=stand_in, at=world.later(days=22)
    )


def test_whoever_is_back_owes_the_reply_again(world):
    claim = overdue(world)
    absence = away(world, world.lead)
    assert last_step(claim).passed_to == claim_now(claim).responsible != world.lead
    people.end_absence(absence_id=absence.pk, ends_on=date(2026, 10, 6), by=world.lead, at=world.later(days=22))
    assert last_step(claim).passed_to is None
    assert owed_to(world.lead, world) == [f"Reply about the overdue claim {claim.reference}"]
    assert claim_now(claim).responsible == world.lead


def test_an_absence_that_begins_later_hands_over_the_reply_on_its_day_and_back_after_it(world):
    claim = overdue(world)
    away(world, world.lead, starts_on=date(2026, 10, 8), ends_on=date(2026, 10, 9))
    held = []
    for days in (22, 23, 24, 25):
        pass_at(world, days)
        held.append(last_step(claim).passed_to is None)
    assert held == [True, False, False, True]


def claim_now(claim):
    return Claim.objects.select_related("responsible", "waiting_on").get(pk=claim.pk)


def end_of_role(world, person, at):
    """Yesterday was their last day."""
    membership = Membership.objects.get(user=person, organisation=world.organisation)
    ends_on = at.date() - timedelta(days=1)
    people.end_role(membership_id=membership.pk, ends_on=ends_on, by=world.lead, at=at)


def closed_account(world, person, at):
    people.close_account(user_id=person.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead, at=at)


@pytest.mark.parametrize("leave", [end_of_role, closed_account])
def test_leaving_hands_over_claim_reply_and_answer_in_one_transaction(world, leave):
    claim = world.sent()
    services.ask_for_update(claim_id=claim.pk, question="?", by=world.person, at=world.later(days=1))
    pass_at(world, 46)
    step = last_step(claim)
    assert (step.responsible, UpdateRequest.objects.get().asked_of) == (world.executive, world.approver)
    for person in (world.approver, world.executive):
        leave(world, person, world.later(days=47))
    now = claim_now(claim)
    step.refresh_from_db()
    assert (now.responsible, now.waiting_on, step.passed_to) == (
        world.chief_executive, world.deputy, world.chief_executive,
    )  # fmt: skip
    assert UpdateRequest.objects.get().passed_to == world.chief_executive


def test_a_post_given_to_somebody_else_moves_the_claim_and_leaves_the_reply_with_whoever_was_asked(world):
    claim = overdue(world, days=46)
    successor = factories.make_member(Role.EXECUTIVE, world.organisation)
    people.appoint_to_post(
        organisation_id=world.organisation.pk, post=Post.EXECUTIVE_LEAD, user_id=successor.pk,
        starts_on=date(2026, 11, 1), by=world.lead, at=world.later(days=47),
    )  # fmt: skip
    step = last_step(claim)
    assert (claim_now(claim).responsible, step.responsible, step.passed_to) == (successor, world.executive, None)
    reply(step, promised_on=date(2026, 11, 6), by=successor, at=world.later(days=47))


def test_an_account_is_not_closed_when_nobody_would_be_left_and_then_nothing_has_passed_on(world):
    claim = overdue(world)
    others = Membership.objects.filter(organisation=world.organisation).exclude(user__in=[world.lead, world.person])
    for person in {membership.user for membership in others}:
        closed_account(world, person, world.later(days=21))
    with pytest.raises(RuleBroken, match="Somebody else must take over first"), transaction.atomic():
        end_of_role(world, world.lead, world.later(days=21))
    assert last_step(claim).passed_to is None
    assert claim_now(claim).responsible == world.lead


def test_the_answer_about_a_settled_claim_passes_to_the_lead(world):
    claim = world.sent()
    services.ask_for_update(claim_id=claim.pk, question="?", by=world.person, at=world.at)
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.at)
    away(world, world.approver, at=world.later(hours=1))
    assert UpdateRequest.objects.get().passed_to == world.lead


def test_handing_over_touches_one_organisation_only(world):
    other = make_world()
    claim, theirs = overdue(world), other.sent()
    pass_at(world, 20)
    away(world, world.lead)
    assert last_step(claim).passed_to is not None
    assert last_step(theirs).passed_to is None


# --- reminding ------------------------------------------------------------------------------
def test_a_late_reply_is_reminded_of_once_a_week_and_counted(world):
    claim = overdue(world)
    assert last_step(claim).reply_due_on == date(2026, 10, 12)
    assert services.remind_of_replies(at=world.later(days=27)) == 0
    # Tuesday and Friday of one week, then the Monday after.
    assert [services.remind_of_replies(at=world.later(days=days)) for days in (28, 31, 34)] == [1, 1, 1]
    reminders = Message.objects.filter(kind="expenses.step.reply_late")
    assert list(reminders.values_list("recipient", flat=True)) == [world.lead.pk] * 2
    reply(last_step(claim), promised_on=date(2026, 11, 1), at=world.later(days=34))
    assert services.remind_of_replies(at=world.later(days=41)) == 0


def test_the_reminder_goes_to_whoever_replies_instead(world):
    claim = overdue(world)
    stand_in = factories.make_member(Role.PROGRAMME_LEAD, world.organisation)
    away(world, world.lead, deputy=stand_in)
    services.remind_of_replies(at=world.later(days=28))
    assert Message.objects.get(kind="expenses.step.reply_late").recipient == stand_in
    assert claim.reference in Message.objects.get(kind="expenses.step.reply_late").body


def test_a_late_update_is_reminded_of_once_a_week_until_it_is_given(world):
    claim = world.sent()
    request = services.ask_for_update(claim_id=claim.pk, question="?", by=world.person, at=world.at)
    assert request.reply_due_on == date(2026, 9, 22)
    assert services.remind_of_replies(at=world.later(days=7)) == 0
    # Wednesday and Friday of one week, then the Monday after.
    assert [services.remind_of_replies(at=world.later(days=days)) for days in (8, 10, 13)] == [1, 1, 1]
    reminders = Message.objects.filter(kind="expenses.update.late")
    assert list(reminders.values_list("recipient", "subject").distinct()) == [
        (world.approver.pk, f"Your answer about claim {claim.reference} is late")
    ]
    assert reminders.count() == 2
    assert reminders[0].link == f"/expenses/updates/{request.pk}/answer/"
    services.answer_update(update_id=request.pk, answer="Soon", by=world.approver, at=world.later(days=13))
    assert services.remind_of_replies(at=world.later(days=20)) == 0


def test_of_many_late_replies_and_updates_somebody_is_reminded_in_one_letter(world):
    for claim in [world.sent() for _ in range(6)]:
        services.ask_for_update(claim_id=claim.pk, question="?", by=world.person, at=world.at)
    assert services.remind_of_replies(at=world.later(days=8)) == 6
    reminder = Message.objects.get(kind="expenses.step.reply_late")
    assert (reminder.recipient, reminder.subject) == (
        world.approver, "6 of your replies and answers about claims are late",
    )  # fmt: skip


def test_a_partner_is_reminded_once_of_a_question_whose_day_has_passed(world):
    claim = world.decide(world.sent(), LineAction.RETURN)
    world.decide(world.sent(with_parking=True), LineAction.APPROVE, LineAction.APPROVE, LineAction.RETURN)
    assert claim.waiting_due_on == date(2026, 9, 22)
    assert services.remind_of_questions(at=world.later(days=7)) == 0
    assert [services.remind_of_questions(at=world.later(days=days)) for days in (8, 8, 30)] == [2, 2, 2]
    reminders = Message.objects.filter(kind="expenses.claim.answer_overdue")
    assert set(reminders.values_list("recipient", flat=True)) == {world.person.pk}
    assert reminders.count() == 2
    assert reminders.filter(subject=f"Claim {claim.reference} waits for your answer").count() == 1
    assert "We asked for it by 22 September 2026." in reminders[0].body


def test_a_second_question_about_a_claim_is_reminded_of_anew(world):
    claim = world.decide(world.sent(), LineAction.RETURN)
    services.remind_of_questions(at=world.later(days=8))
    for line in claim.lines.all():
        services.answer_question(
            claim_id=claim.pk, line_id=line.pk, answer="Here", by=world.person, at=world.later(days=9)
        )
    assert services.remind_of_questions(at=world.later(days=20)) == 0
    world.decide(claim, LineAction.RETURN, at=world.later(days=20))
    assert services.remind_of_questions(at=world.later(days=40)) == 1
    assert Message.objects.filter(kind="expenses.claim.answer_overdue").count() == 2


def test_the_task_reminds_partners_once(world):
    world.decide(world.sent(), LineAction.RETURN)
    for _ in range(2):
        tasks.remind_of_questions()
    assert Message.objects.filter(kind="expenses.claim.answer_overdue").count() == 1


# --- the weekly letter ------------------------------------------------------------------------
MONDAY = datetime(2026, 10, 12, 7, 0, tzinfo=LONDON)


def digests():
    return Message.objects.filter(kind="expenses.overdue.digest").order_by("created_at", "recipient__name")


def test_lead_and_finance_hear_once_a_week_how_many_claims_are_late(world):
    world.sent(at=world.later(days=20))
    overdue(world)
    overdue(world)
    assert services.send_overdue_digests(at=MONDAY) == 2
    assert services.send_overdue_digests(at=MONDAY + timedelta(days=2)) == 2
    assert {letter.recipient for letter in digests()} == {world.lead, world.finance_lead}
    letter = digests().first()
    assert letter.subject == "2 claims have gone up a step"
    assert letter.body == (
        "Gone up a step of the ladder and not paid: 2 claims.\n\n"
        "The list shows who has each one, and what was promised:\n"
    )
    assert letter.link == "/expenses/claims/overdue/"
    services.send_overdue_digests(at=MONDAY + timedelta(days=7))
    assert digests().count() == 4


def test_nobody_hears_of_nothing(world):
    world.sent(at=world.later(days=20))
    refused = overdue(world)
    world.decide(refused, LineAction.REFUSE, at=world.later(days=21))
    assert services.send_overdue_digests(at=MONDAY) == 0
    assert not digests().exists()


def test_the_weekly_letter_goes_out_on_the_next_weekday_when_monday_was_missed(world, settings):
    overdue(world)
    schedule = settings.CELERY_BEAT_SCHEDULE["send-overdue-digests"]["schedule"]
    assert schedule.day_of_week == {1, 2, 3, 4, 5}
    for days in (1, 1, 2, 4):
        services.send_overdue_digests(at=MONDAY + timedelta(days=days))
    assert [letter.created_at for letter in digests()] == [MONDAY + timedelta(days=1)] * 2
    services.send_overdue_digests(at=MONDAY + timedelta(days=7))
    assert digests().count() == 4


def test_the_weekly_letter_goes_to_stand_ins_and_to_each_person_once(world):
    overdue(world)
    stand_in = factories.make_member(Role.PROGRAMME_LEAD, world.organisation)
    away(world, world.lead, deputy=stand_in)
    factories.give_role(Role.FINANCE, stand_in, world.organisation)
    away(world, world.finance_lead, deputy=stand_in)
    assert services.send_overdue_digests(at=MONDAY) == 1
    assert digests().get().recipient == stand_in
    assert digests().get().subject == "1 claim has gone up a step"


def test_each_organisation_hears_of_what_it_pays(world):
    other = make_world()
    overdue(world)
    other.sent()
    pass_at(world, 20)
    services.send_overdue_digests(at=MONDAY)
    assert {letter.recipient for letter in digests()} == {
        world.lead, world.finance_lead, other.lead, other.finance_lead,
    }  # fmt: skip


def test_the_tasks_run_three_times_write_once(world):
    overdue(world)
    for _ in range(3):
        tasks.remind_of_replies()
        tasks.send_overdue_digests()
    assert Message.objects.filter(kind="expenses.step.reply_late").count() == 1
    assert digests().count() == 2


# --- many at once ---------------------------------------------------------------------------
@pytest.mark.parametrize(("count", "letters"), [(5, 5), (6, 1)])
def test_of_many_late_replies_somebody_is_reminded_in_one_letter(world, count, letters):
    for _ in range(count):
        world.sent()
    pass_at(world, 20)
    for days in (28, 29):
        assert services.remind_of_replies(at=world.later(days=days)) == count
    reminders = Message.objects.filter(kind="expenses.step.reply_late", recipient=world.lead)
    assert reminders.count() == letters
    if letters == 1:
        assert reminders.get().subject == "6 of your replies and answers about claims are late"
        assert reminders.get().link == "/"


@pytest.mark.parametrize(("count", "letters"), [(5, 5), (6, 1)])
def test_of_many_late_decisions_somebody_is_reminded_in_one_letter_a_day(world, count, letters):
    for _ in range(count):
        world.sent()
    for hours in (0, 1):
        assert services.remind_claims_awaiting_decision(at=world.later(days=15, hours=hours)) == count
    reminders = Message.objects.filter(kind="expenses.claim.decision_overdue", recipient=world.approver)
    assert reminders.count() == letters
    if letters == 1:
        assert (reminders.get().subject, reminders.get().link) == (
            "6 claims are late for your decision", "/expenses/decisions/",
        )  # fmt: skip
