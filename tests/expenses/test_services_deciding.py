"""What approvers do: line by line, in bulk, appeals; and what time does with a refusal."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from expenses import services
from expenses.enums import ClaimAction, ClaimStatus, LineAction, LineKind, LineStatus, Preference, Problem
from expenses.models import ClaimLine
from expenses.services import deciding, moving
from psp_portal.accounts.enums import Role
from psp_portal.audit.context import acting_as
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.world import make_world

APPROVE, RETURN, REFUSE = LineAction.APPROVE, LineAction.RETURN, LineAction.REFUSE


def test_one_held_line_does_not_stop_the_rest(world):
    claim = world.decide(world.sent(with_taxi=True), APPROVE, APPROVE, RETURN)
    claim.refresh_from_db()
    statuses = list(claim.lines.order_by("position").values_list("status", "approved_amount"))
    assert statuses == [
        ("approved", Decimal("75.00")), ("approved", Decimal("13.53")), ("returned", None),
    ]  # fmt: skip
    assert (claim.status, claim.approved, claim.held) == ("returned", Decimal("88.53"), Decimal("14.50"))
    assert world.run().total == Decimal("88.53")


def test_approving_everything_passes_the_claim_to_finance(world):
    claim = world.approved()
    claim.refresh_from_db()
    assert (claim.status, claim.waiting_on, claim.responsible, claim.waiting_due_on) == (
        "approved", world.finance_lead, world.finance_lead, claim.payment_due_on,
    )  # fmt: skip
    told = Message.objects.filter(kind__in=["expenses.claim.approved", "expenses.claim.to_pay"])
    assert set(told.values_list("kind", "recipient__email")) == {
        ("expenses.claim.approved", world.person.email), ("expenses.claim.to_pay", world.finance_lead.email),
    }  # fmt: skip


def test_a_line_may_wait_while_others_are_decided(world):
    claim = world.sent()
    first = claim.lines.order_by("position").first()
    claim = services.decide_lines(
        claim_id=claim.pk, decisions=[services.Decision(first.pk, APPROVE)], by=world.approver, at=world.at
    )
    assert (claim.status, claim.waiting_on) == ("submitted", world.approver)


@pytest.mark.parametrize(
    ("action", "message"),
    [(RETURN, "Write the question"), (REFUSE, "Say why you do not approve"), (LineAction.APPEAL, "can be approved")],
)
def test_a_decision_needs_its_words(world, action, message):
    claim = world.sent()
    with pytest.raises(RuleBroken, match=message):
        services.decide_lines(
            claim_id=claim.pk, decisions=[services.Decision(claim.lines.first().pk, action, " ")],
            by=world.approver, at=world.at,
        )  # fmt: skip
    assert set(claim.lines.values_list("status", flat=True)) == {"pending"}


def test_no_decision_is_no_decision(world):
    with pytest.raises(RuleBroken, match="Decide at least one line"):
        services.decide_lines(claim_id=world.sent().pk, decisions=[], by=world.approver, at=world.at)


def test_a_flagged_line_is_approved_with_a_reason_and_pays_what_was_held(world):
    claim = world.sent(with_taxi=True)
    taxi = claim.lines.get(kind=LineKind.TAXI)
    with pytest.raises(RuleBroken, match="Say why you approve this line"):
        services.decide_lines(
            claim_id=claim.pk, decisions=[services.Decision(taxi.pk, APPROVE)], by=world.approver, at=world.at
        )
    services.decide_lines(
        claim_id=claim.pk, decisions=[services.Decision(taxi.pk, APPROVE, "The lift was broken")],
        by=world.approver, at=world.at,
    )  # fmt: skip
    taxi.refresh_from_db()
    assert (taxi.status, taxi.approved_amount, taxi.decision_reason) == (
        "approved", Decimal("14.50"), "The lift was broken",
    )  # fmt: skip


def test_a_claim_with_nothing_to_pay_is_settled_when_it_is_agreed(world):
    claim = world.draft()
    services.remove_line(
        claim_id=claim.pk, line_id=claim.lines.get(kind=LineKind.MILEAGE).pk, by=world.person, at=world.at
    )
    services.set_preference(
        claim_id=claim.pk, preference=Preference.DECLINED, reduced_to=None, by=world.person, at=world.at
    )
    claim = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    claim = world.decide(claim, APPROVE)
    claim.refresh_from_db()
    assert (claim.status, claim.responsible, claim.closed_at) == ("nothing_to_pay", None, world.at)


def test_a_line_decided_already_is_refused_in_words(world):
    claim = world.approved()
    with pytest.raises(TransitionNotAllowed, match="Somebody may have changed it"):
        services.decide_lines(
            claim_id=claim.pk, decisions=[services.Decision(claim.lines.first().pk, APPROVE)],
            by=world.deputy, at=world.at,
        )  # fmt: skip


@pytest.mark.parametrize("who", ["lead", "finance_lead", "executive", "auditor", "requester"])
def test_only_an_approver_of_the_payer_decides(world, who):
    claim = world.sent()
    for person in (getattr(world, who), make_world().approver):
        with pytest.raises(PermissionDenied):
            world.decide(claim, APPROVE, by=person)


def test_nobody_decides_their_own_claim_in_code_or_by_constraint(world):
    factories.make_member(Role.APPROVER, world.organisation, user=world.person)
    claim = world.sent()
    with pytest.raises(PermissionDenied, match="cannot decide or pay your own claim"):
        world.decide(claim, APPROVE, by=world.person)
    line = claim.lines.first()
    with (
        pytest.raises(IntegrityError, match="claim_line_not_decided_by_claimant"),
        transaction.atomic(),
        acting_as(world.person, "test"),
    ):
        ClaimLine.objects.filter(pk=line.pk).update(decided_by=world.person, decided_at=world.at)


# --- bulk ---------------------------------------------------------------------------------
def test_bulk_approval_leaves_flagged_lines_out_and_says_which(world):
    plain, flagged = world.sent(), world.sent(with_taxi=True)
    result = services.approve_in_bulk(claim_ids=[plain.pk, flagged.pk], by=world.approver, at=world.at)
    assert [claim.reference for claim in result.approved] == [plain.reference, flagged.reference]
    assert result.lines_approved == 4
    assert result.left_out == [
        services.LeftOut(flagged.reference, 3, Problem.NEEDS_APPROVAL.label.lower()),
    ]
    plain.refresh_from_db()
    flagged.refresh_from_db()
    assert (plain.status, flagged.status) == ("approved", "submitted")


def test_bulk_approval_goes_on_past_a_claim_it_may_not_decide(world):
    own_world = make_world()
    theirs, mine = own_world.sent(), world.sent()
    result = services.approve_in_bulk(claim_ids=[theirs.pk, mine.pk], by=world.approver, at=world.at)
    assert [claim.pk for claim in result.approved] == [mine.pk]
    # Another organisation's claim is not so much as named.
    assert result.left_out == []


def test_bulk_approval_of_what_is_gone_or_decided_does_nothing(world):
    draft, done = world.draft(), world.approved()
    gone = draft.pk
    services.discard_claim(claim_id=draft.pk, by=world.person, at=world.at)
    result = services.approve_in_bulk(claim_ids=[gone, done.pk], by=world.approver, at=world.at)
    assert (result.approved, result.left_out) == ([], [])


def test_bulk_approval_of_a_claim_with_flagged_lines_only_names_them(world):
    claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    world.line(claim, LineKind.PARKING, amount=Decimal("4.20"))
    claim = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    result = services.approve_in_bulk(claim_ids=[claim.pk], by=world.approver, at=world.at)
    assert (result.approved, result.left_out) == ([], [services.LeftOut(claim.reference, 1, "no receipt")])


def test_bulk_approval_goes_on_past_a_claim_that_changes_under_its_hands(world, monkeypatch):
    first, second = world.sent(), world.sent()
    decide = deciding.decide_lines

    def changed_by_somebody(*, claim_id, **kwargs):
        if claim_id == first.pk:
            raise TransitionNotAllowed("Somebody has changed it.")
        return decide(claim_id=claim_id, **kwargs)

    monkeypatch.setattr(deciding, "decide_lines", changed_by_somebody)
    result = services.approve_in_bulk(claim_ids=[first.pk, second.pk], by=world.approver, at=world.at)
    assert [claim.pk for claim in result.approved] == [second.pk]
    assert result.left_out == [services.LeftOut(first.reference, None, "Somebody has changed it.")]


# --- appeals ------------------------------------------------------------------------------
def appealed(world):
    claim = world.decide(world.sent(), APPROVE, REFUSE)
    line = claim.lines.get(status=LineStatus.NOT_APPROVED)
    services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="Agreed by phone", by=world.person, at=world.at)
    return claim, line


def decide_appeal(world, claim, line, *, allow, by, reason="Looked at afresh"):
    return services.decide_appeal(
        claim_id=claim.pk, line_id=line.pk, allow=allow, reason=reason, by=by, at=world.later(days=1)
    )


def test_an_appeal_allowed_is_paid(world):
    claim, line = appealed(world)
    claim = decide_appeal(world, claim, line, allow=True, by=world.deputy)
    line.refresh_from_db()
    assert (line.status, line.approved_amount, line.appeal_decided_by, claim.status) == (
        "approved", Decimal("13.53"), world.deputy, "approved",
    )  # fmt: skip


def test_an_appeal_turned_down_stands_for_good(world):
    claim = world.decide(world.sent(), REFUSE)
    for line in claim.lines.all():
        services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="No", by=world.person, at=world.at)
    for line in claim.lines.all():
        claim = decide_appeal(world, claim, line, allow=False, by=world.deputy)
    claim.refresh_from_db()
    assert (claim.status, claim.closed_at, claim.responsible) == ("refused", world.later(days=1), None)


def test_an_appeal_against_nothing_to_pay_ends_with_nothing_to_pay(world):
    claim = world.draft()
    services.set_preference(
        claim_id=claim.pk, preference=Preference.DECLINED, reduced_to=None, by=world.person, at=world.at
    )
    claim = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    claim = world.decide(claim, REFUSE, APPROVE)
    line = claim.lines.get(status=LineStatus.NOT_APPROVED)
    services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="On record", by=world.person, at=world.at)
    decide_appeal(world, claim, line, allow=True, by=world.deputy)
    line.refresh_from_db()
    assert line.status == LineStatus.NOTHING_TO_PAY


def test_whoever_decided_first_does_not_decide_the_appeal(world):
    claim, line = appealed(world)
    with pytest.raises(PermissionDenied, match="A second person must decide"):
        decide_appeal(world, claim, line, allow=True, by=world.approver)
    with (
        pytest.raises(IntegrityError, match="appeal_decided_by_third_person"),
        transaction.atomic(),
        acting_as(world.approver, "test"),
    ):
        ClaimLine.objects.filter(pk=line.pk).update(appeal_decided_by=world.approver, appeal_decided_at=world.at)


def test_an_appeal_is_decided_with_words(world):
    claim, line = appealed(world)
    with pytest.raises(RuleBroken, match="Say why") as refused:
        decide_appeal(world, claim, line, allow=True, by=world.deputy, reason=" ")
    assert refused.value.field == "reason"


# --- time ---------------------------------------------------------------------------------
def test_a_refusal_becomes_final_the_day_after_the_last_day_for_an_appeal(world):
    claim = world.decide(world.sent(), REFUSE)
    claim.refresh_from_db()
    assert claim.next_step_at.date() == date(2026, 10, 13)  # midnight of 14 October in London, in UTC
    assert services.let_refusals_stand(at=world.later(days=28)) == 0
    assert services.let_refusals_stand(at=world.later(days=29)) == 1
    assert services.let_refusals_stand(at=world.later(days=29)) == 0
    claim.refresh_from_db()
    assert (claim.status, claim.timeline.latest("at").by_name) == (ClaimStatus.REFUSED, "The portal")
    assert Message.objects.filter(kind="expenses.claim.refused").count() == 1


def test_a_refused_line_does_not_keep_a_paid_claim_from_waiting_for_its_appeal(world):
    claim = world.decide(world.sent(), APPROVE, REFUSE)
    services.record_payment(run_id=world.released().pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    claim.refresh_from_db()
    assert (claim.status, claim.paid) == ("not_approved", Decimal("75.00"))
    services.let_refusals_stand(at=world.later(days=40))
    claim.refresh_from_db()
    assert claim.status == "paid"


def test_a_refusal_appealed_at_the_last_moment_does_not_become_final(world, monkeypatch):
    claim = world.decide(world.sent(), REFUSE)
    monkeypatch.setattr(deciding, "lock_lines", lambda claim: [])
    services.let_refusals_stand(at=world.later(days=40))
    claim.refresh_from_db()
    assert claim.status == "not_approved"


def test_a_step_cannot_leave_a_claim_where_it_may_not_lead(world):
    claim = moving.lock_claim(world.sent().pk)
    with pytest.raises(TransitionNotAllowed, match="which this step cannot do"):
        moving.settle(claim, moving.lock_lines(claim), ClaimAction.WITHDRAW, by=world.person, at=world.at)
