"""What is agreed before a journey: who has the question, what the answer does to a claim, and what stands for long."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from committees.services import assign_partner, open_committee
from expenses import queries, services
from expenses.enums import ApprovalStatus, ClaimStatus, FareClass, LineAction, LineKind, Problem
from expenses.models import PriorApproval, StandingApproval
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.world import make_world

DAY = date(2026, 9, 15)
SOON = date(2026, 9, 22)


def letters(kind):
    found = Message.objects.filter(kind=f"expenses.{kind}").order_by("created_at", "recipient__email")
    return list(found.values_list("recipient__email", flat=True))


def request(**changes):
    said = {"kind": LineKind.TAXI, "starts_on": DAY, "ends_on": DAY, "expected": D("30.00"), "why": "No bus runs then."}
    return services.Request(**said | changes)


def ask(world, *, at=None, assignment=True, **changes):
    return services.ask_for_approval(
        partner_id=world.partner.pk,
        assignment_id=world.assignment.pk if assignment else None,
        request=request(**changes),
        by=world.person,
        at=at or world.at,
    )


def answer(approval, by, *, agrees=True, limit=None, note="", at):
    return services.answer_approval(approval_id=approval.pk, agrees=agrees, limit=limit, note=note, by=by, at=at)


def agreed(world, *, limit=None, **changes):
    return answer(ask(world, **changes), world.approver, limit=limit, at=world.at)


def standing(world, *, by=None, at=None, **changes):
    said = {
        "kinds": frozenset({LineKind.TAXI}), "covers_first_class": False, "reason": "Agreed access need",
        "starts_on": DAY, "ends_on": date(2027, 9, 15), "limit": None,
    }  # fmt: skip
    standing = services.Standing(**said | changes)
    return services.record_standing_approval(
        partner_id=world.partner.pk, organisation_id=world.organisation.pk, standing=standing, by=by or world.lead,
        at=at or world.at,
    )  # fmt: skip


def taxi(world, claim, amount="30.00", *, on=DAY, at=None, **fields):
    line = world.line(claim, LineKind.TAXI, amount=D(amount), date=on, at=at, **fields)
    world.receipt(claim, line, at=at)
    line.refresh_from_db()
    return line


# --- asking -------------------------------------------------------------------------------
def test_a_question_goes_to_the_budget_holder_with_a_day_to_answer(world):
    approval = ask(world, why=" No bus runs then. ")
    assert (approval.status, approval.waiting_on_id, approval.waiting_since) == (
        ApprovalStatus.ASKED, world.approver.pk, world.at,
    )  # fmt: skip
    # Five working days after Tuesday 15 September 2026.
    assert (approval.due_on, approval.why, approval.payer) == (
        date(2026, 9, 22),
        "No bus runs then.",
        world.organisation,
    )
    assert letters("prior_approval.asked") == [world.approver.email]


def test_without_a_committee_it_goes_to_an_approver_of_the_organisation(world):
    assert ask(world, assignment=False).waiting_on_id in (world.approver.pk, world.deputy.pk)


def test_it_never_goes_to_whoever_asks(world):
    factories.give_role(Role.APPROVER, world.person, world.organisation)
    for approver in (world.approver, world.deputy):
        accounts.record_absence(
            user_id=approver.pk, organisation_id=world.organisation.pk, starts_on=world.today, ends_on=SOON,
            deputy_id=None, by=world.lead, at=world.at,
        )  # fmt: skip
    assert ask(world).waiting_on_id == world.lead.pk


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": LineKind.BUS}, "subject"),
        ({"starts_on": DAY - timedelta(days=1)}, "starts_on"),
        ({"why": "  "}, "why"),
        ({"kind": LineKind.SUBSISTENCE_LUNCH, "is_over_limit": True, "expected": D("4.00")}, "expected"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(world, changes, field):
    with pytest.raises(RuleBroken) as refusal:
        ask(world, **changes)
    assert refusal.value.field == field
    assert not PriorApproval.objects.exists()


def test_the_same_question_is_asked_once(world):
    ask(world)
    with pytest.raises(RuleBroken, match="You have asked for this already"):
        ask(world)
    ask(world, starts_on=SOON, ends_on=SOON)
    assert PriorApproval.objects.count() == 2


def test_nobody_asks_with_what_is_not_theirs(world):
    other = make_world()
    for partner_id, assignment_id in [(other.partner.pk, None), (world.partner.pk, other.assignment.pk)]:
        with pytest.raises(RuleBroken) as refusal:
            services.ask_for_approval(
                partner_id=partner_id, assignment_id=assignment_id, request=request(), by=world.person, at=world.at
            )
        assert refusal.value.field == "about"


def test_a_payer_without_staff_is_said_at_once(world):
    payer = factories.make_organisation()
    factories.make_rate_card(payer)
    holder, deputy = (factories.make_member(Role.APPROVER, payer) for _ in range(2))
    committee = open_committee(
        organisation_id=world.organisation.pk, name="Another", kind="committee", purpose="It meets.",
        is_safety_related=True, seats=2, by=world.lead, at=factories.START,
    )  # fmt: skip
    assignment = assign_partner(
        partner_id=world.partner.pk, committee_id=committee.pk, starts_on=date(2025, 5, 1), ends_on=None,
        payer_id=payer.pk, budget_code="X", budget_holder_id=holder.pk, deputy_id=deputy.pk,
        dispute_person_id=world.chief_executive.pk, by=world.lead, at=factories.START,
    )  # fmt: skip
    with factories.acting():
        payer.memberships.update(ends_on=DAY - timedelta(days=1))
    with pytest.raises(RuleBroken, match="has no active staff"):
        services.ask_for_approval(
            partner_id=world.partner.pk, assignment_id=assignment.pk, request=request(), by=world.person, at=world.at
        )


# --- answering ----------------------------------------------------------------------------
def test_agreeing_says_how_much_and_tells_the_partner(world):
    approval = answer(ask(world), world.deputy, limit=D("25.00"), note=" Not more. ", at=world.later(hours=1))
    assert (approval.status, approval.limit, approval.note, approval.answered_by, approval.waiting_on_id) == (
        ApprovalStatus.AGREED, D("25.00"), "Not more.", world.deputy, None,
    )  # fmt: skip
    assert letters("prior_approval.answered") == [world.person.email]


def test_saying_no_needs_a_reason(world):
    approval = ask(world)
    with pytest.raises(RuleBroken) as refusal:
        answer(approval, world.approver, agrees=False, note=" ", at=world.at)
    assert refusal.value.field == "note"
    # A limit typed beside a no says nothing.
    refused = answer(approval, world.approver, agrees=False, limit=D("5.00"), note="There is a bus.", at=world.at)
    assert (refused.status, refused.limit, refused.note) == (ApprovalStatus.REFUSED, None, "There is a bus.")


def test_an_answer_is_given_once_and_by_an_approver_who_did_not_ask(world):
    approval = ask(world)
    for stranger in (world.lead, world.finance_lead, make_world().approver):
        with pytest.raises(PermissionDenied, match="Only an approver"):
            answer(approval, stranger, at=world.at)
    factories.give_role(Role.APPROVER, world.person, world.organisation)
    with pytest.raises(PermissionDenied, match="You asked for this yourself"):
        answer(approval, world.person, at=world.at)
    with pytest.raises(RuleBroken, match="at least 1p"):
        answer(approval, world.approver, limit=D("0.00"), at=world.at)
    answer(approval, world.approver, at=world.at)
    with pytest.raises(TransitionNotAllowed):
        answer(approval, world.deputy, at=world.at)


def test_the_database_wants_a_person_while_it_is_asked_and_never_the_asker(world):
    approval = ask(world)
    for wrong in ({"waiting_on": None}, {"waiting_on": world.person}, {"status": ApprovalStatus.AGREED}):
        with pytest.raises(IntegrityError), transaction.atomic(), factories.acting():
            PriorApproval.objects.filter(pk=approval.pk).update(**wrong)


# --- what it does to a claim --------------------------------------------------------------
def test_a_taxi_that_was_agreed_is_linked_and_paid(world):
    approval = agreed(world, limit=D("30.00"))
    line = taxi(world, world.draft())
    assert (line.prior_approval, line.standing_approval, line.pay, line.held, line.problems) == (
        approval, None, D("30.00"), D("0.00"), [],
    )  # fmt: skip


def test_above_the_limit_it_waits_and_says_how_much_was_left(world):
    approval = agreed(world, limit=D("30.00"))
    line = taxi(world, world.draft(), "30.01")
    assert (line.prior_approval, line.held, line.problems, line.rule) == (
        approval, D("30.01"), [Problem.NEEDS_APPROVAL],
        "held until it is approved, because £30.00 of what was agreed is left",
    )  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_on": SOON, "ends_on": SOON},
        {"kind": LineKind.OVERNIGHT},
        {"kind": LineKind.RAIL, "fare_class": "first"},
    ],
)
def test_what_was_agreed_for_something_else_is_not_used(world, changes):
    agreed(world, **changes)
    line = taxi(world, world.draft())
    assert (line.prior_approval, line.problems) == (None, [Problem.NEEDS_APPROVAL])


def test_another_payer_or_partner_is_not_bound_by_it(world):
    agreed(world)
    other = make_world()
    assert taxi(other, other.draft()).prior_approval is None


def test_what_a_sent_claim_used_is_not_used_again_until_it_is_withdrawn(world):
    approval = agreed(world, limit=D("50.00"))
    first = world.draft()
    taxi(world, first)
    services.submit_claim(claim_id=first.pk, by=world.person, at=world.at)
    second = world.draft()
    line = taxi(world, second, "25.00")
    assert (line.prior_approval, line.held) == (approval, D("25.00"))
    assert "£20.00 of what was agreed is left" in line.rule
    services.withdraw_claim(claim_id=first.pk, by=world.person, at=world.at)
    services.set_preference(claim_id=second.pk, preference="full", reduced_to=None, by=world.person, at=world.at)
    line.refresh_from_db()
    assert (line.pay, line.held) == (D("25.00"), D("0.00"))


def test_two_lines_of_one_claim_share_what_was_agreed(world):
    agreed(world, limit=D("50.00"))
    claim = world.draft()
    there, back = taxi(world, claim), taxi(world, claim, "20.01")
    assert (there.pay, back.held) == (D("30.00"), D("20.01"))


def test_first_class_and_more_than_the_limit_can_be_agreed(world):
    first = agreed(world, kind=LineKind.RAIL, fare_class=FareClass.FIRST, expected=D("80.00"))
    lunch = agreed(world, kind=LineKind.SUBSISTENCE_LUNCH, is_over_limit=True, expected=D("9.00"), limit=D("8.00"))
    claim = world.draft()
    for kind, approval, pay, fields in [
        (LineKind.RAIL, first, "80.00", {"amount": D("80.00"), "fare_class": "first", "standard_fare": D("40.00")}),
        (LineKind.SUBSISTENCE_LUNCH, lunch, "8.00", {"amount": D("8.00")}),
    ]:
        line = world.line(claim, kind, date=DAY, **fields)
        world.receipt(claim, line)
        line.refresh_from_db()
        assert (line.prior_approval, line.pay, line.problems) == (approval, D(pay), [])


def test_a_draft_is_priced_anew_when_the_answer_comes_and_when_it_is_withdrawn(world):
    approval = ask(world)
    line = taxi(world, world.draft())
    assert line.held == D("30.00")
    answer(approval, world.approver, at=world.at)
    line.refresh_from_db()
    assert (line.pay, line.prior_approval) == (D("30.00"), approval)
    services.withdraw_approval(approval_id=approval.pk, by=world.person, at=world.at)
    line.refresh_from_db()
    assert (line.held, line.prior_approval) == (D("30.00"), None)


def sent_taxi(world, *amounts, **fields):
    """Return the taxi lines of a claim that has been sent before anybody answered."""
    claim = world.draft()
    lines = [taxi(world, claim, amount, **fields) for amount in amounts]
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    return lines


def test_an_answer_that_comes_after_the_claim_was_sent_frees_its_line(world):
    approval = ask(world)
    (line,) = sent_taxi(world, "30.00")
    answer(approval, world.approver, limit=D("30.00"), at=world.later(hours=1))
    line.refresh_from_db()
    assert (line.prior_approval, line.pay, line.held, line.problems, line.rule, line.held_since) == (
        approval, D("30.00"), D("0.00"), [], "as receipted", None,
    )  # fmt: skip
    claim = line.claim
    assert (claim.status, claim.held) == (ClaimStatus.SUBMITTED, D("0.00"))
    event = line.timeline.get()
    assert (event.action, event.by, event.note) == (
        LineAction.ANSWER_HOLD, world.approver, f"{world.approver.name} has agreed to it in the portal",
    )  # fmt: skip
    assert claim.timeline.order_by("pk").last().label == "What was missing was given"
    told = Message.objects.filter(kind__in=["expenses.claim.hold_answered", "expenses.prior_approval.answered"])
    assert set(told.values_list("recipient", flat=True)) == {world.approver.pk, world.person.pk}
    result = services.approve_in_bulk(claim_ids=[claim.pk], by=world.deputy, at=world.later(hours=2))
    assert (result.lines_approved, result.left_out) == (3, [])


def test_what_is_left_of_it_goes_to_the_lines_it_covers_claim_by_claim(world):
    approval = ask(world, expected=D("60.00"))
    first, dear = sent_taxi(world, "25.00", "80.00")
    (second,) = sent_taxi(world, "30.00")
    answer(approval, world.approver, limit=D("50.00"), at=world.later(hours=1))
    found = {}
    for line in (first, dear, second):
        line.refresh_from_db()
        found[line.amount] = line.prior_approval == approval
    # The first of the claims in the order of their keys has it; of the other too little is left.
    assert found.pop(D("80.00")) is False
    assert sorted(found.values()) == [False, True]


def test_a_line_that_also_lacks_a_receipt_waits_for_that_alone(world):
    approval = ask(world)
    claim = world.draft()
    line = world.line(claim, LineKind.TAXI, amount=D("30.00"), date=DAY)
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    answer(approval, world.approver, at=world.later(hours=1))
    line.refresh_from_db()
    assert (line.prior_approval, line.problems, line.held, line.rule) == (
        approval, [Problem.NO_RECEIPT], D("30.00"), "held until there is a receipt",
    )  # fmt: skip
    assert line.held_since == world.at


def test_a_refusal_and_an_answer_for_another_day_free_nothing(world):
    refused, another = ask(world), ask(world, starts_on=SOON, ends_on=SOON)
    (line,) = sent_taxi(world, "30.00")
    events = line.claim.timeline.count()
    answer(refused, world.approver, agrees=False, note="Take the bus", at=world.later(hours=1))
    answer(another, world.approver, at=world.later(hours=1))
    line.refresh_from_db()
    assert (line.prior_approval, line.held) == (None, D("30.00"))
    assert line.claim.timeline.count() == events


# --- agreed outside the portal ----------------------------------------------------------------
def test_a_name_that_the_partner_types_pays_and_is_looked_at(world):
    (line,) = sent_taxi(world, "80.00", approval="x")
    line.refresh_from_db()
    assert (line.pay, line.held, line.problems) == (D("80.00"), D("0.00"), [Problem.AGREED_ELSEWHERE])
    result = services.approve_in_bulk(claim_ids=[line.claim_id], by=world.approver, at=world.at)
    assert [(each.line_position, each.why) for each in result.left_out] == [
        (line.position, "agreed outside the portal")
    ]
    with pytest.raises(RuleBroken, match="although it has been flagged"):
        services.decide_lines(
            claim_id=line.claim_id, decisions=[services.Decision(line.pk, LineAction.APPROVE)], by=world.approver,
            at=world.at,
        )  # fmt: skip


def test_what_the_portal_knows_of_needs_nobodys_word(world):
    agreed(world)
    (line,) = sent_taxi(world, "30.00", approval="x")
    line.refresh_from_db()
    assert line.problems == []


# --- withdrawing --------------------------------------------------------------------------
def test_a_question_is_withdrawn_by_whoever_asked_until_a_claim_stands_on_it(world):
    approval = ask(world)
    with pytest.raises(PermissionDenied, match="Only the person who asked"):
        services.withdraw_approval(approval_id=approval.pk, by=world.approver, at=world.at)
    withdrawn = services.withdraw_approval(approval_id=approval.pk, by=world.person, at=world.at)
    assert (withdrawn.status, withdrawn.waiting_on_id, withdrawn.withdrawn_at) == (
        ApprovalStatus.WITHDRAWN, None, world.at,
    )  # fmt: skip
    assert letters("prior_approval.withdrawn") == [world.approver.email]
    with pytest.raises(TransitionNotAllowed):
        services.withdraw_approval(approval_id=approval.pk, by=world.person, at=world.at)

    used = agreed(world)
    claim = world.draft()
    taxi(world, claim)
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    with pytest.raises(TransitionNotAllowed, match="You have sent a claim for this"):
        services.withdraw_approval(approval_id=used.pk, by=world.person, at=world.at)


# --- absence and reminders ----------------------------------------------------------------
def be_away(world, person, *, starts_on=None, ends_on=SOON, at=None):
    accounts.record_absence(
        user_id=person.pk, organisation_id=world.organisation.pk, starts_on=starts_on or world.today, ends_on=ends_on,
        deputy_id=None, by=world.lead, at=at or world.at,
    )  # fmt: skip


def test_recording_an_absence_hands_the_question_on_with_the_claims(world):
    approval = ask(world)
    be_away(world, world.approver, at=world.later(hours=1))
    services.hand_over_claims(organisation_id=world.organisation.pk, by=world.lead, at=world.later(hours=1))
    approval.refresh_from_db()
    assert (approval.waiting_on, approval.waiting_since) == (world.deputy, world.later(hours=1))
    assert letters("prior_approval.handed_to_you") == [world.deputy.email]
    assert letters("prior_approval.handed_over") == [world.person.email]


def test_the_night_hands_on_what_an_absence_that_began_left_behind(world):
    approval = ask(world)
    be_away(world, world.approver, starts_on=world.today + timedelta(days=1))
    assert services.remind_of_approvals(at=world.at) == 0
    approval.refresh_from_db()
    assert approval.waiting_on == world.approver
    services.remind_of_approvals(at=world.later(days=1))
    approval.refresh_from_db()
    assert approval.waiting_on == world.deputy


def test_overdue_questions_are_reminded_of_once_a_day(world):
    ask(world)
    assert services.remind_of_approvals(at=datetime.combine(SOON, world.at.timetz())) == 0
    late = world.later(days=8)
    for at in (late, late + timedelta(hours=1)):
        assert services.remind_of_approvals(at=at) == 1
    assert letters("prior_approval.overdue") == [world.approver.email]
    services.remind_of_approvals(at=world.later(days=9))
    assert letters("prior_approval.overdue") == [world.approver.email] * 2


def test_a_question_with_nobody_left_stays_by_night_and_stops_whoever_would_leave(world):
    approval = ask(world)
    with factories.acting():
        world.organisation.memberships.exclude(role=Role.PARTNER).update(ends_on=world.today)
    tomorrow = world.later(days=1)
    services.remind_of_approvals(at=tomorrow)
    approval.refresh_from_db()
    assert approval.waiting_on == world.approver
    with pytest.raises(RuleBroken, match="a partner's request would be left with nobody"):
        services.hand_over_claims(organisation_id=world.organisation.pk, by=world.lead, at=tomorrow)


def test_with_everybody_away_a_question_stays_where_it_is(world):
    approval = ask(world)
    for person in list(accounts_of(world)):
        be_away(world, person, starts_on=world.today + timedelta(days=1))
    services.remind_of_approvals(at=world.later(days=1))
    approval.refresh_from_db()
    # The first of the chain keeps it when nobody at all is in the office.
    assert approval.waiting_on in set(accounts_of(world))


def accounts_of(world):
    return [
        world.approver, world.deputy, world.lead, world.finance_lead, world.finance_other, world.executive,
        world.chief_executive, world.auditor, world.requester,
    ]  # fmt: skip


# --- standing approvals -------------------------------------------------------------------
def test_a_standing_approval_is_used_by_itself_within_its_days_and_limit(world):
    approval = standing(world, limit=D("30.00"), by=world.approver)
    assert letters("standing_approval.recorded") == [world.person.email]
    claim = world.draft()
    fits, dear, early = taxi(world, claim), taxi(world, claim, "45.00"), taxi(world, claim, on=date(2026, 9, 14))
    assert [(line.standing_approval, line.pay, line.held) for line in (fits, dear, early)] == [
        (approval, D("30.00"), D("0.00")),
        (approval, D("0.00"), D("45.00")),
        (None, D("0.00"), D("30.00")),
    ]


def test_what_was_asked_for_the_journey_comes_before_what_stands(world):
    standing(world)
    approval = agreed(world)
    line = taxi(world, world.draft())
    assert (line.prior_approval, line.standing_approval) == (approval, None)


def test_only_an_approver_or_lead_of_the_payer_records_one_and_never_for_themselves(world):
    for stranger in (world.finance_lead, world.executive, world.person, make_world().lead):
        with pytest.raises(PermissionDenied):
            standing(world, by=stranger)
    factories.give_role(Role.APPROVER, world.person, world.organisation)
    with pytest.raises(PermissionDenied, match="You cannot do this for yourself"):
        standing(world, by=world.person)
    assert not StandingApproval.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": date(2027, 9, 16)}, "ends_on"),
        ({"kinds": frozenset()}, "kinds"),
        ({"reason": " "}, "reason"),
        ({"limit": D("0.00")}, "limit"),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(world, changes, field):
    with pytest.raises(RuleBroken) as refusal:
        standing(world, **changes)
    assert refusal.value.field == field


def test_it_is_for_partners_whom_the_organisation_pays_and_needs_a_rate_card(world):
    other = make_world()
    with pytest.raises(RuleBroken) as refusal:
        services.record_standing_approval(
            partner_id=other.partner.pk, organisation_id=world.organisation.pk,
            standing=services.Standing(frozenset({LineKind.TAXI}), False, "Agreed", DAY, SOON, None),
            by=world.lead, at=world.at,
        )  # fmt: skip
    assert refusal.value.field == "partner_id"
    bare = factories.make_partner()
    with pytest.raises(RuleBroken, match="Finance must make a rate card first"):
        services.record_standing_approval(
            partner_id=bare.pk, organisation_id=bare.organisation_id,
            standing=services.Standing(frozenset({LineKind.TAXI}), False, "Agreed", DAY, SOON, None),
            by=bare.lead, at=world.at,
        )  # fmt: skip


def test_ended_early_it_counts_up_to_that_day_and_says_why(world):
    approval = standing(world, starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))
    claim = world.draft()
    line = taxi(world, claim, on=date(2026, 9, 14))
    with pytest.raises(RuleBroken) as refusal:
        services.end_standing_approval(approval_id=approval.pk, reason=" ", by=world.lead, at=world.at)
    assert refusal.value.field == "reason"
    with pytest.raises(PermissionDenied):
        services.end_standing_approval(approval_id=approval.pk, reason="Why", by=world.person, at=world.at)
    ended = services.end_standing_approval(approval_id=approval.pk, reason="A bus runs now", by=world.lead, at=world.at)
    assert (ended.ended_at, ended.ended_by, ended.end_reason) == (world.at, world.lead, "A bus runs now")
    assert letters("standing_approval.ended") == [world.person.email]
    line.refresh_from_db()
    assert line.standing_approval == approval
    tomorrow = world.later(days=1)
    after = taxi(world, claim, on=date(2026, 9, 16), at=tomorrow)
    assert (after.standing_approval, after.held) == (None, D("30.00"))
    with pytest.raises(TransitionNotAllowed):
        services.end_standing_approval(approval_id=approval.pk, reason="Again", by=world.lead, at=world.at)


def test_a_claim_sent_while_its_approval_ends_keeps_its_price(world, monkeypatch):
    approval = standing(world)
    claim = world.draft()
    line = taxi(world, claim)
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    # It was still a draft when the drafts were looked for.
    monkeypatch.setattr("expenses.services.agreed._claims", lambda *found: [claim.pk])
    services.end_standing_approval(approval_id=approval.pk, reason="A bus runs now", by=world.lead, at=world.at)
    line.refresh_from_db()
    assert (line.standing_approval, line.held) == (approval, D("0.00"))


def test_one_that_has_run_out_cannot_be_ended(world):
    approval = standing(world, ends_on=SOON)
    with pytest.raises(TransitionNotAllowed):
        services.end_standing_approval(approval_id=approval.pk, reason="Why", by=world.lead, at=world.later(days=8))


def test_partner_and_recorder_are_warned_once_thirty_days_ahead(world):
    standing(world, ends_on=date(2026, 10, 15), by=world.approver)
    standing(world, ends_on=date(2026, 10, 16))
    for _ in range(2):
        assert services.warn_of_expiry(at=world.at) == 1
    assert sorted(letters("standing_approval.expires")) == sorted([world.person.email, world.approver.email])
    assert services.warn_of_expiry(at=world.later(days=60)) == 0


def test_the_lead_is_warned_when_the_recorder_has_left(world):
    standing(world, ends_on=date(2026, 10, 15), by=world.approver)
    with factories.acting():
        world.organisation.memberships.filter(user=world.approver).update(ends_on=DAY)
    services.warn_of_expiry(at=world.later(days=1))
    assert sorted(letters("standing_approval.expires")) == sorted([world.person.email, world.lead.email])


def test_with_no_staff_left_only_the_partner_is_warned(world):
    standing(world, ends_on=date(2026, 10, 15))
    with factories.acting():
        world.organisation.memberships.exclude(role=Role.PARTNER).update(ends_on=DAY)
    services.warn_of_expiry(at=world.later(days=1))
    assert letters("standing_approval.expires") == [world.person.email]


# --- who sees what ------------------------------------------------------------------------
def test_only_the_partner_their_lead_and_approvers_see_what_stands(world):
    approval, asked = standing(world), ask(world)
    other = make_world()
    for person, sees in [
        (world.person, True), (world.lead, True), (world.approver, True), (world.finance_lead, False),
        (world.executive, False), (world.auditor, False), (world.requester, False), (other.lead, False),
        (other.person, False),
    ]:  # fmt: skip
        seen = queries.standing_approvals_visible_to(person, today=world.today)
        assert list(seen) == ([approval] if sees else [])
        assert list(queries.prior_approvals_visible_to(person, today=world.today)) == ([asked] if sees else [])


def test_whoever_has_a_question_sees_it_whatever_their_role(world):
    approval = ask(world)
    with factories.acting():
        PriorApproval.objects.filter(pk=approval.pk).update(waiting_on=world.executive)
    assert list(queries.prior_approvals_visible_to(world.executive, today=world.today)) == [approval]


def test_the_lists_are_of_one_person_or_one_organisation(world):
    approval, stands = ask(world), standing(world)
    other = make_world()
    ask(other), standing(other)
    assert list(queries.prior_approvals_of(world.person)) == [approval]
    assert list(queries.standing_approvals_of(world.person)) == [stands]
    assert list(queries.prior_approvals_at(world.approver, world.organisation.pk, today=world.today)) == [approval]
    assert list(queries.standing_approvals_at(world.lead, world.organisation.pk, today=world.today)) == [stands]
    assert list(queries.prior_approvals_at(world.approver, other.organisation.pk, today=world.today)) == []
    assert queries.partners_to_approve_for(world.lead, world.organisation.pk) == [
        (str(world.partner.pk), world.person.get_full_name())
    ]


# --- things the organisation booked -------------------------------------------------------
def test_what_the_trust_booked_pays_nothing_needs_nothing_and_ends_with_nothing_to_pay(world):
    claim = world.draft()
    line = world.line(claim, LineKind.TAXI, amount=D("42.00"), date=DAY, is_trust_booked=True)
    assert (line.amount, line.pay, line.held, line.disallowed, line.problems, line.claimed) == (
        D("42.00"), D("0.00"), D("0.00"), D("0.00"), [], D("0.00"),
    )  # fmt: skip
    asked = claim.lines.exclude(pk=line.pk)
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    claim = world.decide(claim, LineAction.APPROVE)
    line.refresh_from_db()
    assert (line.status, line.approved_amount) == ("nothing_to_pay", D("0.00"))
    assert (claim.status, claim.approved) == (ClaimStatus.APPROVED, sum(each.pay for each in asked))


def test_only_what_has_a_price_can_be_booked(world):
    claim = world.draft()
    with pytest.raises(RuleBroken) as refusal:
        world.line(claim, LineKind.MILEAGE, miles=D("3.0"), vehicle="car", is_trust_booked=True)
    assert refusal.value.field == "is_trust_booked"
    line = world.line(claim, LineKind.TAXI, amount=D("42.00"), is_trust_booked=True)
    with pytest.raises(IntegrityError), transaction.atomic(), factories.acting():
        claim.lines.filter(pk=line.pk).update(pay=D("1.00"))


def test_a_line_is_booked_or_not_as_it_is_changed(world):
    claim = world.draft()
    line = taxi(world, claim)
    for is_booked, held in [(True, "0.00"), (False, "30.00")]:
        said = services.LineInput(LineKind.TAXI, DAY, amount=D("30.00"), is_trust_booked=is_booked)
        changed = services.change_line(claim_id=claim.pk, line_id=line.pk, line=said, by=world.person, at=world.at)
        assert (changed.is_trust_booked, changed.held) == (is_booked, D(held))


# --- settings -----------------------------------------------------------------------------
def test_finance_sets_how_long_and_how_near(world):
    said = {"standing_approval_months": 6, "duplicate_percent": 5, "duplicate_pounds": D("0.50")}
    services.change_checks(card_id=world.card.pk, by=world.finance_lead, at=world.at, **said)
    world.card.refresh_from_db()
    assert {name: getattr(world.card, name) for name in said} == said
    with pytest.raises(RuleBroken, match="lasts 6 months at most"):
        standing(world)
    with pytest.raises(PermissionDenied):
        services.change_checks(card_id=world.card.pk, by=world.approver, at=world.at, **said)
    with pytest.raises(RuleBroken) as refusal:
        services.change_checks(
            card_id=world.card.pk, by=world.finance_lead, at=world.at, **said | {"duplicate_percent": 101}
        )
    assert refusal.value.field == "duplicate_percent"
