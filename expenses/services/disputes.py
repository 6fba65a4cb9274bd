"""Two organisations disagree about which of them pays: a third person decides, and the clock runs on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from expenses import notifications, permissions, queries
from expenses.enums import ClockEvent, LineStatus, Problem
from expenses.models import Claim, ClaimLine, PayerDispute, RateCard
from expenses.policies import disputes as rules
from expenses.policies import responsibility
from expenses.services.hands import NOBODY, give_to, holidays_around
from expenses.services.moving import lock_claim, lock_lines, turn_starts_anew, write_event
from expenses.services.receipts import move_receipts
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import directories, directory
from psp_portal.audit.context import Actor, audited
from psp_portal.dates import add_working_days, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed


@audited("expenses.dispute.raise")
@transaction.atomic
def raise_dispute(*, claim_id: UUID, reason: str, by: User, at: datetime) -> PayerDispute:
    """Say that one's organisation should not pay a claim; somebody at neither end of it decides.

    Nothing of the claim's ladder or dates changes. Raises RuleBroken without a reason, and when it is too late.
    """
    claim = lock_claim(claim_id)
    today = local_date(at)
    permissions.check_can_raise_dispute(by, claim, today=today)
    lines = lock_lines(claim)
    rules.check_can_be_disputed(reason, queries.why_not_disputable(claim, lines))
    named = claim.assignment.dispute_person_id if claim.assignment else None
    arbiter = _arbiter_for(claim, named, raised_by=by.pk, at=at)
    if arbiter is None:
        raise RuleBroken(NOBODY)
    card = RateCard.objects.get(organisation_id=claim.payer_id)
    dispute = PayerDispute.objects.create(
        claim=claim,
        payer_id=claim.payer_id,
        raised_by=by,
        raised_at=at,
        reason=reason.strip(),
        named_id=named,
        arbiter_id=arbiter,
        arbiter_since=at,
        reply_due_on=add_working_days(today, card.reply_working_days, holidays_around(today)),
    )
    claim.arbiter_id = arbiter
    give_to(claim, lines, directory(claim.payer_id, today), at=at, due_on=dispute.reply_due_on, is_new_turn=True)
    claim.save(update_fields=["arbiter", "responsible", "waiting_on", "waiting_since", "waiting_due_on"])
    note = f"{dispute.arbiter.get_full_name()} decides which organisation pays. Reason given: {reason.strip()}"
    write_event(claim, ClockEvent.DISPUTE, by=by, at=at, note=note[:600])
    notifications.dispute_raised(dispute, at=at)
    return dispute


@audited("expenses.dispute.decide")
@transaction.atomic
def decide_dispute(*, claim_id: UUID, payer_id: UUID, reason: str, by: User, at: datetime) -> PayerDispute:
    """Decide which of the two organisations pays; the claim goes to its people at once, priced as it was sent.

    Lines approved already stay approved, and the assignment's budget code stays on them. Raises RuleBroken for
    another organisation, without a reason, or when the organisation has no rate card or nobody to take the claim.
    """
    claim = lock_claim(claim_id)
    dispute = claim.disputes.select_for_update().filter(closed_at__isnull=True).first()
    if dispute is None:
        raise TransitionNotAllowed("It has been decided already who pays this claim.")
    permissions.check_can_decide_dispute(by, claim)
    rules.check_decision(payer_id, either={claim.payer_id, claim.organisation_id}, reason=reason)
    lines = lock_lines(claim)
    dispute.closed_at, dispute.decided_by, dispute.decision_reason = at, by, reason.strip()
    dispute.decided_payer_id = payer_id
    dispute.save(update_fields=["closed_at", "decided_by", "decision_reason", "decided_payer"])
    dispute.claim = claim
    if payer_id != claim.payer_id:
        claim.payer = claim.organisation
        _move_receipts(claim, lines)
    card = RateCard.objects.filter(organisation_id=claim.payer_id).first()
    if card is None:
        raise RuleBroken(
            f"{claim.payer.name} has no rate card in the portal yet. Its finance must make one before it can pay.",
            field="payer_id",
        )
    claim.arbiter_id = None
    turn_starts_anew(claim, lines, card, at=at)
    claim.save()
    note = f"{claim.payer.name} pays. Reason given: {reason.strip()}"
    write_event(claim, ClockEvent.DISPUTE_DECIDED, by=by, at=at, note=note[:600])
    notifications.dispute_decided(dispute, at=at)
    return dispute


def _arbiter_for(claim: Claim, named: UUID | None, *, raised_by: UUID, at: datetime) -> UUID | None:
    there = directories({claim.payer_id, claim.organisation_id}, local_date(at))
    return responsibility.arbiter_for(
        named,
        payer=there[claim.payer_id],
        other=there[claim.organisation_id],
        not_these={claim.claimant_id, raised_by},
    )


def _move_receipts(claim: Claim, lines: list[ClaimLine]) -> None:
    """Let the claim's receipts count as used at the organisation that pays now.

    One that was used there before stays as it is, and flags its undecided lines: whoever decides looks at both.
    """
    twice = move_receipts(claim)
    for line in lines:
        if line.status in (LineStatus.PENDING, LineStatus.RETURNED) and any(
            receipt.pk in twice for receipt in line.receipts.all()
        ):
            line.problems = [*line.problems, Problem.DUPLICATE_RECEIPT]
            line.save(update_fields=["problems"])


# --- when whoever decides leaves or is away -------------------------------------------------
def left_with_nobody(claim: Claim) -> str:
    """Return why somebody cannot go yet."""
    return f"Somebody else must take over first: claim {claim.reference} would be left with nobody."


def pass_on_disputes(organisation_id: UUID, *, by: Actor, at: datetime, is_strict: bool) -> int:
    """Give every dispute that concerns an organisation to whoever should decide it now; return how many moved.

    The claim goes along, so that it waits on somebody who is there. Raises RuleBroken (``is_strict``) for nobody.
    """
    moved = []
    claims = (
        Claim.objects.open()
        .select_for_update(of=("self",))
        .filter(Q(payer_id=organisation_id) | Q(organisation_id=organisation_id), arbiter__isnull=False)
        .select_related("assignment", "claimant", "payer", "organisation", "brought_in")
        .order_by("pk")
    )
    for claim in claims:
        dispute = claim.disputes.get(closed_at__isnull=True)
        dispute.claim = claim
        try:
            if _pass_on(dispute, by=by, at=at):
                moved.append(dispute)
        except RuleBroken:
            if is_strict:
                raise RuleBroken(left_with_nobody(claim)) from None
    return len(moved)


def _pass_on(dispute: PayerDispute, *, by: Actor, at: datetime) -> bool:
    """Give a locked claim and its dispute to whoever should decide it now; return whether that is somebody else."""
    claim = dispute.claim
    arbiter = _arbiter_for(claim, dispute.named_id, raised_by=dispute.raised_by_id, at=at)
    if arbiter is None:
        raise RuleBroken(NOBODY)
    is_another = arbiter != claim.arbiter_id
    claim.arbiter_id = arbiter
    there = directory(claim.payer_id, local_date(at))
    hands = give_to(claim, lock_lines(claim), there, at=at, due_on=dispute.reply_due_on, is_new_turn=False)
    if is_another:
        dispute.arbiter_id, dispute.arbiter_since = arbiter, at
        dispute.save(update_fields=["arbiter", "arbiter_since"])
    if hands.changed:
        claim.save(update_fields=["arbiter", "responsible", "waiting_on", "waiting_since"])
        note = f"{dispute.arbiter.get_full_name()} now decides which organisation pays"
        write_event(claim, ClockEvent.HAND_OVER, by=by, at=at, note=note)
        notifications.dispute_passed_on(dispute, at=at)
    return hands.changed
