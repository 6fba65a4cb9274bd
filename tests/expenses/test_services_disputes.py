"""Two organisations disagree about who pays: somebody at neither end decides, and the clock runs on."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from expenses import permissions, queries, services
from expenses.enums import ClaimAction, ClaimStatus, ClockEvent, LineAction, LineKind, LineStatus, Problem
from expenses.models import Claim, ClaimLine, Escalation, PayerDispute, Receipt
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership, PostHolding
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from psp_portal.people import services as people
from tests import factories
from tests.expenses.payers import pay_elsewhere
from tests.expenses.receipts import photo

APPROVE, RETURN, REFUSE = LineAction.APPROVE, LineAction.RETURN, LineAction.REFUSE


@pytest.fixture
def payer(world):
    """Another organisation that pays for the world's partner."""
    return pay_elsewhere(world)


def dispute(world, claim, by, *, reason="It is their committee.", at=None):
    return services.raise_dispute(claim_id=claim.pk, reason=reason, by=by, at=at or world.later(days=1))


def settle(world, claim, organisation, by, *, reason="They asked for the partner.", at=None):
    return services.decide_dispute(
        claim_id=claim.pk, payer_id=organisation.pk, reason=reason, by=by, at=at or world.later(days=2)
    )


def reloaded(claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


# --- raising ------------------------------------------------------------------------------
def test_the_other_payer_s_people_get_the_claim(world, payer):
    claim = world.sent()
    assert (claim.organisation, claim.payer) == (world.organisation, payer.organisation)
    assert (claim.responsible, claim.waiting_on) == (payer.approver, payer.approver)
    today = world.today
    for somebody in (world.lead, world.finance_lead, payer.lead, payer.finance_lead, payer.approver, world.person):
        assert claim in queries.claims_visible_to(somebody, today=today)
    assert claim in queries.claims_to_decide(payer.deputy, today=today)
    assert claim not in queries.claims_to_decide(world.approver, today=today)
    assert claim not in queries.claims_visible_to(payer.third, today=today)


@pytest.mark.parametrize("who", ["approver", "finance_lead"])
def test_a_dispute_goes_to_the_named_third_person_with_the_clock_running(world, payer, who):
    claim = world.sent()
    before = reloaded(claim)
    made = dispute(world, claim, getattr(payer, who), reason=" It is their committee. ")
    claim = reloaded(claim)
    assert (claim.arbiter, claim.responsible, claim.waiting_on) == (payer.third,) * 3
    assert (claim.waiting_since, claim.waiting_due_on) == (world.later(days=1), date(2026, 9, 23))
    for name in ("status", "ladder", "steps_written", "next_step_at", "decision_due_on", "payment_due_on", "payer"):
        assert getattr(claim, name) == getattr(before, name)
    assert (made.reason, made.named, made.arbiter, made.reply_due_on) == (
        "It is their committee.", payer.third, payer.third, date(2026, 9, 23),
    )  # fmt: skip
    event = claim.timeline.latest("pk")
    assert (event.action, event.label) == (ClockEvent.DISPUTE, "Who pays was disputed")
    assert event.note == "Thea Third decides which organisation pays. Reason given: It is their committee."
    assert claim in queries.claims_visible_to(payer.third, today=world.today)


def test_everybody_concerned_is_told_of_a_dispute_without_its_reason(world, payer):
    claim = world.sent()
    Message.objects.all().delete()
    dispute(world, claim, payer.approver)
    told = dict(Message.objects.values_list("recipient__email", "kind"))
    assert told == {
        payer.third.email: "expenses.claim.dispute_to_decide",
        payer.lead.email: "expenses.claim.dispute_raised",
        world.lead.email: "expenses.claim.dispute_raised",
        world.person.email: "expenses.claim.dispute_told",
    }
    assert not Message.objects.filter(body__contains="their committee").exists()
    assert "Thea Third decides which of them pays, by 23 September 2026." in Message.objects.get(
        recipient=world.person
    ).body.replace("\n", " ")


def test_nothing_of_a_disputed_claim_is_decided_or_paid(world, payer):
    claim = world.sent()
    first = claim.lines.order_by("position").first()
    services.decide_lines(
        claim_id=claim.pk, decisions=[services.Decision(first.pk, APPROVE)], by=payer.approver, at=world.at
    )
    dispute(world, claim, payer.finance_lead)
    claim = reloaded(claim)
    with pytest.raises(PermissionDenied, match="nothing of it can be decided or paid"):
        world.decide(claim, APPROVE, by=payer.deputy, at=world.later(days=2))
    with pytest.raises(RuleBroken, match="There is nothing to pay"):
        services.make_run(
            organisation_id=payer.organisation.pk, line_ids=None, by=payer.finance_lead, at=world.later(days=2)
        )
    assert list(queries.claims_to_decide(payer.deputy, today=world.today)) == []
    actions = permissions.actions_open_to(payer.deputy, claim, today=world.today)
    assert actions == frozenset()
    assert ClaimAction.WITHDRAW in permissions.actions_open_to(world.person, claim, today=world.today)
    with (
        pytest.raises(IntegrityError, match="it is open which organisation pays"),
        transaction.atomic(),
        factories.acting(),
    ):
        ClaimLine.objects.filter(pk=first.pk).update(status=LineStatus.IN_RUN)


def test_only_the_payer_s_approvers_and_finance_dispute(world, payer):
    claim = world.sent()
    for somebody in (
        world.approver, world.finance_lead, world.lead, payer.lead, payer.executive, payer.third, world.person,
    ):  # fmt: skip
        with pytest.raises(PermissionDenied, match="Only an approver or finance of the organisation that pays"):
            dispute(world, claim, somebody)


def test_a_dispute_needs_a_reason_and_a_second_organisation(world):
    mine = world.sent()
    with pytest.raises(TransitionNotAllowed, match="there is no other that could pay"):
        dispute(world, mine, world.approver)
    payer = pay_elsewhere(world)
    with pytest.raises(RuleBroken, match="Say why your organisation should not pay") as refused:
        dispute(world, world.sent(), payer.approver, reason=" ")
    assert refused.value.field == "reason"


def test_it_is_too_late_for_a_dispute_once_money_is_in_a_run_or_the_claim_is_settled(world, payer):
    claim = world.decide(world.sent(), APPROVE, by=payer.approver)
    services.make_run(organisation_id=payer.organisation.pk, line_ids=None, by=payer.finance_lead, at=world.at)
    with pytest.raises(TransitionNotAllowed, match="too late to dispute who pays"):
        dispute(world, claim, payer.finance_other)
    gone = world.sent()
    services.withdraw_claim(claim_id=gone.pk, by=world.person, at=world.at)
    with pytest.raises(TransitionNotAllowed, match="This claim is settled"):
        dispute(world, gone, payer.approver)


def test_a_second_dispute_is_refused_in_words_and_by_the_database(world, payer):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    with pytest.raises(TransitionNotAllowed, match="It is being decided already"):
        dispute(world, claim, payer.deputy)
    with pytest.raises(IntegrityError, match="payer_dispute_open_once"), transaction.atomic(), factories.acting():
        PayerDispute.objects.create(
            claim=claim, payer=payer.organisation, raised_by=payer.deputy, raised_at=world.at, reason="Again",
            arbiter=payer.third, arbiter_since=world.at, reply_due_on=world.today,
        )  # fmt: skip


# --- who decides --------------------------------------------------------------------------
def test_whoever_raised_it_never_decides_it(world, payer):
    factories.give_role(Role.APPROVER, payer.third, payer.organisation)
    made = dispute(world, world.sent(), payer.third)
    assert made.arbiter == payer.executive


def test_with_nobody_named_the_payer_s_executive_decides(world, payer):
    claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    assert claim.payer == world.organisation
    claim = world.sent()
    with factories.acting():
        world.assignment.dispute_person = None
        world.assignment.save()
    assert dispute(world, claim, payer.approver).arbiter == payer.executive


def test_with_nobody_left_a_dispute_cannot_be_raised(world, payer):
    claim = world.sent()
    Membership.objects.filter(organisation=payer.organisation).exclude(user=payer.approver)
    with factories.acting():
        for membership in Membership.objects.filter(organisation=payer.organisation).exclude(user=payer.approver):
            membership.ends_on = world.today - timedelta(days=1)
            membership.save()
    with pytest.raises(RuleBroken, match="has no active staff in the portal"):
        dispute(world, claim, payer.approver)
    assert reloaded(claim).arbiter is None


@pytest.mark.parametrize("where", ["payer", "committee"])
def test_an_absence_passes_the_decision_on_in_the_same_transaction_and_back(world, where):
    payer = pay_elsewhere(world, third_at=world.organisation if where == "committee" else None)
    place, lead = (world.organisation, world.lead) if where == "committee" else (payer.organisation, payer.lead)
    claim = world.sent()
    made = dispute(world, claim, payer.approver)
    Message.objects.all().delete()
    absence = people.record_absence(
        organisation_id=place.pk, user_id=payer.third.pk, deputy_id=None, starts_on=world.today, ends_on=None,
        by=lead, at=world.later(days=1),
    )  # fmt: skip
    claim = reloaded(claim)
    made.refresh_from_db()
    assert (claim.arbiter, claim.responsible, claim.waiting_on, made.arbiter) == (payer.executive,) * 4
    assert claim.waiting_due_on == made.reply_due_on
    assert claim.timeline.latest("pk").note == f"{payer.executive.name} now decides which organisation pays"
    assert set(Message.objects.values_list("recipient__email", flat=True)) == {
        payer.executive.email, world.person.email,
    }  # fmt: skip
    yesterday = world.today + timedelta(days=1)
    people.end_absence(absence_id=absence.pk, ends_on=yesterday, by=lead, at=world.later(days=2))
    services.escalate_overdue_claims(at=world.later(days=3))
    assert reloaded(claim).arbiter == payer.third


def test_a_deputy_decides_while_whoever_is_named_is_away(world, payer):
    people.record_absence(
        organisation_id=payer.organisation.pk, user_id=payer.third.pk, deputy_id=payer.chief_executive.pk,
        starts_on=world.today, ends_on=None, by=payer.lead, at=world.at,
    )  # fmt: skip
    assert dispute(world, world.sent(), payer.approver).arbiter == payer.chief_executive


def test_closing_an_account_passes_the_decision_on(world, payer):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    people.close_account(
        user_id=payer.third.pk, organisation_id=payer.organisation.pk, reason="Left", by=payer.lead,
        at=world.later(days=1),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert reloaded(claim).arbiter == payer.executive


def test_nobody_goes_who_would_leave_a_dispute_with_nobody(world, payer):
    claim = world.sent()
    # Whoever raised it looks after the people too, and is the only one left besides the third person.
    factories.give_role(Role.PROGRAMME_LEAD, payer.approver, payer.organisation)
    dispute(world, claim, payer.approver)
    with factories.acting():
        PostHolding.objects.filter(organisation=payer.organisation).update(ends_on=world.today - timedelta(days=1))
        others = Membership.objects.filter(organisation=payer.organisation)
        others.exclude(user__in=[payer.approver, payer.third]).update(ends_on=world.today - timedelta(days=1))
    membership = Membership.objects.get(organisation=payer.organisation, user=payer.third)
    with pytest.raises(RuleBroken, match=f"claim {claim.reference} would be left with nobody"):
        people.end_role(membership_id=membership.pk, ends_on=world.today, by=payer.approver, at=world.later(days=1))
    # The clock cannot refuse what has happened: it leaves the claim where it is until somebody comes.
    with factories.acting():
        Membership.objects.filter(pk=membership.pk).update(ends_on=world.today)
    services.escalate_overdue_claims(at=world.later(days=5))
    assert reloaded(claim).arbiter == payer.third


def test_nothing_is_handed_over_that_is_where_it_belongs(world, payer):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    count = claim.timeline.count()
    assert services.hand_over_claims(organisation_id=payer.organisation.pk, by=payer.lead, at=world.later(days=1)) == 0
    assert claim.timeline.count() == count


def test_the_ladder_climbs_by_the_payer_s_posts_while_it_is_open_who_pays(world, payer):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    services.escalate_overdue_claims(at=world.later(days=46))
    steps = list(Escalation.objects.filter(claim=claim).order_by("number").values_list("responsible__email", flat=True))
    assert steps == [payer.lead.email, payer.lead.email, payer.executive.email]
    claim = reloaded(claim)
    assert (claim.waiting_on, claim.responsible, claim.arbiter) == (payer.third, payer.executive, payer.third)


def test_whoever_decides_late_is_reminded_and_no_approver_is(world, payer):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    Message.objects.all().delete()
    assert services.remind_claims_awaiting_decision(at=world.later(days=8)) == 0
    assert services.remind_claims_awaiting_decision(at=world.later(days=9)) == 1
    message = Message.objects.get()
    assert (message.recipient, message.kind) == (payer.third, "expenses.claim.dispute_overdue")
    assert "Your decision was due by 23 September 2026." in message.body


# --- deciding -----------------------------------------------------------------------------
def test_the_other_organisation_pays_and_its_people_have_the_claim_at_once(world, payer):
    claim = world.sent(with_taxi=True)
    prices = list(claim.lines.order_by("position").values_list("pay", "held", "rule"))
    dispute(world, claim, payer.approver)
    Message.objects.all().delete()
    made = settle(world, claim, world.organisation, payer.third, reason=" They asked. ")
    before, claim = claim, reloaded(claim)
    assert (made.decided_by, made.decided_payer, made.decision_reason, made.closed_at) == (
        payer.third, world.organisation, "They asked.", world.later(days=2),
    )  # fmt: skip
    assert (claim.payer, claim.arbiter, claim.status) == (world.organisation, None, ClaimStatus.SUBMITTED)
    # The assignment's budget holder is no approver there, so one of the new payer's own approvers has it.
    assert claim.waiting_on in (world.approver, world.deputy)
    assert (claim.responsible, claim.waiting_since) == (claim.waiting_on, world.later(days=2))
    for name in ("ladder", "decision_due_on", "payment_due_on", "next_step_at", "steps_written"):
        assert getattr(claim, name) == getattr(before, name)
    assert list(claim.lines.order_by("position").values_list("pay", "held", "rule")) == prices
    assert claim.assignment.budget_code == "AB1"
    assert claim.timeline.latest("pk").note == f"{world.organisation.name} pays. Reason given: They asked."
    told = set(Message.objects.values_list("recipient__email", "kind"))
    assert told == {
        (world.person.email, "expenses.claim.dispute_decided"),
        (world.lead.email, "expenses.claim.dispute_decided"),
        (payer.lead.email, "expenses.claim.dispute_decided"),
        (claim.waiting_on.email, "expenses.claim.dispute_over"),
    }
    assert set(Receipt.objects.values_list("organisation_id", flat=True)) == {world.organisation.pk}
    world.decide(claim, APPROVE, at=world.later(days=3))
    assert reloaded(claim).status == ClaimStatus.APPROVED


def test_the_payer_goes_on_paying_when_that_is_decided(world, payer):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    settle(world, claim, payer.organisation, payer.third)
    claim = reloaded(claim)
    assert (claim.payer, claim.waiting_on, claim.arbiter) == (payer.organisation, payer.approver, None)
    with pytest.raises(TransitionNotAllowed, match="decided already who pays this claim. That decision stands"):
        dispute(world, claim, payer.approver, at=world.later(days=3))


def test_what_was_approved_stays_approved_and_is_paid_by_the_other(world, payer):
    claim = world.decide(world.sent(), APPROVE, by=payer.approver)
    dispute(world, claim, payer.finance_lead)
    settle(world, claim, world.organisation, payer.third)
    claim = reloaded(claim)
    assert (claim.status, claim.waiting_on, claim.waiting_due_on) == (
        ClaimStatus.APPROVED, world.finance_lead, claim.payment_due_on,
    )  # fmt: skip
    assert world.run(at=world.later(days=3)).total == claim.approved


def test_a_receipt_used_at_the_other_organisation_flags_its_line(world, payer):
    picture = photo()
    blank = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    line = world.line(blank, LineKind.PARKING, amount=5)
    services.add_receipt(claim_id=blank.pk, line_id=line.pk, upload=picture, by=world.person, at=world.at)
    services.submit_claim(claim_id=blank.pk, by=world.person, at=world.at)
    draft = world.draft()
    again = world.line(draft, LineKind.PARKING, amount=5)
    picture.seek(0)
    services.add_receipt(claim_id=draft.pk, line_id=again.pk, upload=picture, by=world.person, at=world.at)
    claim = services.submit_claim(claim_id=draft.pk, by=world.person, at=world.at)
    dispute(world, claim, payer.approver)
    settle(world, claim, world.organisation, payer.third)
    again.refresh_from_db()
    assert Problem.DUPLICATE_RECEIPT in again.problems
    assert sorted(Receipt.objects.values_list("organisation_id", flat=True), key=str) == sorted(
        [world.organisation.pk, payer.organisation.pk], key=str
    )


@pytest.mark.parametrize("where", ["payer", "committee"])
def test_only_whoever_was_asked_decides(world, payer, where):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    for somebody in (payer.approver, payer.lead, world.lead, world.person, payer.executive):
        with pytest.raises(PermissionDenied, match="Only the person who has been asked"):
            settle(world, claim, world.organisation, somebody)


def test_a_decision_names_one_of_the_two_and_says_why_once(world, payer):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    with pytest.raises(RuleBroken, match="Select which of the two") as refused:
        settle(world, claim, factories.make_organisation(), payer.third)
    assert refused.value.field == "payer_id"
    with pytest.raises(RuleBroken, match="Say why") as refused:
        settle(world, claim, world.organisation, payer.third, reason=" ")
    assert refused.value.field == "reason"
    settle(world, claim, world.organisation, payer.third)
    with pytest.raises(TransitionNotAllowed, match="decided already"):
        settle(world, claim, payer.organisation, payer.third)


def test_an_organisation_without_a_rate_card_or_staff_cannot_be_chosen(world, payer):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    with factories.acting(), transaction.atomic():
        Membership.objects.filter(organisation=world.organisation).exclude(user=world.person).update(
            ends_on=world.today - timedelta(days=1)
        )
        with pytest.raises(RuleBroken, match="has no active staff"):
            settle(world, claim, world.organisation, payer.third)
        transaction.set_rollback(True)
    elsewhere = factories.make_organisation("Elm Trust")
    with factories.acting():
        Claim.objects.filter(pk=claim.pk).update(organisation=elsewhere)
    with pytest.raises(RuleBroken, match="Elm Trust has no rate card") as refused:
        settle(world, claim, elsewhere, payer.third)
    assert refused.value.field == "payer_id"


def test_a_new_payer_whose_approvers_are_all_away_is_told_to_find_one(world, payer):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    for person in (world.approver, world.deputy):
        people.record_absence(
            organisation_id=world.organisation.pk, user_id=person.pk, deputy_id=None, starts_on=world.today,
            ends_on=None, by=world.lead, at=world.at,
        )  # fmt: skip
    settle(world, claim, world.organisation, payer.third)
    claim = reloaded(claim)
    assert claim.waiting_on == world.lead
    note = claim.timeline.get(action=ClockEvent.HAND_OVER).note
    assert note == (
        f"Nobody at {world.organisation.name} who may decide this claim is here. {world.lead.name} must find somebody"
    )


# --- what the partner may do meanwhile -------------------------------------------------------
def test_a_claim_withdrawn_ends_its_dispute_undecided(world, payer):
    claim = world.sent()
    made = dispute(world, claim, payer.approver)
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=2))
    claim = reloaded(claim)
    made.refresh_from_db()
    assert (claim.status, claim.arbiter) == (ClaimStatus.WITHDRAWN, None)
    assert (made.closed_at, made.decided_by, made.decided_payer) == (world.later(days=2), None, None)


def test_a_claim_taken_back_and_sent_again_may_be_disputed_again(world, payer):
    claim = world.sent()
    dispute(world, claim, payer.approver)
    services.recall_claim(claim_id=claim.pk, by=world.person, at=world.later(days=1))
    assert reloaded(claim).arbiter is None
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.later(days=2))
    assert reloaded(claim).waiting_on == payer.approver
    dispute(world, claim, payer.approver, at=world.later(days=3))
    assert claim.disputes.count() == 2


def test_an_answer_meanwhile_leaves_the_claim_with_whoever_decides(world, payer):
    claim = world.decide(world.sent(), APPROVE, RETURN, by=payer.approver)
    dispute(world, claim, payer.finance_lead)
    claim = reloaded(claim)
    assert (claim.status, claim.waiting_on) == (ClaimStatus.RETURNED, payer.third)
    line = claim.lines.get(status=LineStatus.RETURNED)
    services.answer_question(claim_id=claim.pk, line_id=line.pk, answer="Yes", by=world.person, at=world.later(days=2))
    after = reloaded(claim)
    assert (after.status, after.waiting_on) == (ClaimStatus.SUBMITTED, payer.third)
    assert (after.waiting_since, after.waiting_due_on) == (claim.waiting_since, claim.waiting_due_on)
    settle(world, claim, payer.organisation, payer.third)
    after = reloaded(claim)
    assert (after.waiting_on, local_date(after.waiting_since)) == (payer.approver, world.today + timedelta(days=2))
