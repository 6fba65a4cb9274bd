"""What follows from what is agreed beforehand: drafts are priced anew, and sent lines that waited for it are freed."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from expenses import queries
from expenses.enums import ClaimAction, ClaimOrigin, ClaimStatus, LineAction, LineStatus, Problem
from expenses.models import Claim, ClaimLine, PriorApproval
from expenses.policies import approvals as policy
from expenses.policies import holding
from expenses.services.drafts import reprice
from expenses.services.holding import PRICE_FIELDS, renew_hold
from expenses.services.moving import HOLD_FIELDS, lock_claim, lock_lines, move_line, settle
from psp_portal.accounts.models import User


def price_drafts_anew(partner_id: UUID, payer_id: UUID, *, at: datetime) -> None:
    """Price a partner's drafts to a payer again: what is agreed for them has changed."""
    for claim_id in _claims(partner_id, payer_id, [ClaimStatus.DRAFT]):
        claim = lock_claim(claim_id)
        if claim.status == ClaimStatus.DRAFT:
            reprice(claim, at=at)


def follow_agreement(approval: PriorApproval, *, by: User, at: datetime) -> None:
    """Price the drafts that something just agreed is about, and free the sent lines that waited for it.

    Claims are locked one after the other in the order of their keys, after the approval. A line that costs more than
    what is left of the agreed amount waits on.
    """
    agreed = queries.newly_agreed(approval)
    for claim_id in _claims(approval.partner_id, approval.payer_id, [ClaimStatus.DRAFT, ClaimStatus.SUBMITTED]):
        claim = lock_claim(claim_id)
        if claim.status == ClaimStatus.DRAFT:
            reprice(claim, at=at)
            continue
        lines = lock_lines(claim)
        freed = [
            line for line in lines if line.status == LineStatus.PENDING and Problem.NEEDS_APPROVAL in line.problems
        ]
        for line in freed:
            agreed = _free(claim, line, agreed, approval, by=by, at=at)
        if any(line.prior_approval_id == approval.pk for line in freed):
            settle(claim, lines, ClaimAction.ANSWER_HOLD, by=by, at=at)


def _free(
    claim: Claim, line: ClaimLine, agreed: policy.Agreed, approval: PriorApproval, *, by: User, at: datetime
) -> policy.Agreed:
    """Free a line's money if the agreement covers it; return what is left of the agreement."""
    wanted = queries.wanted_of(line)
    if not agreed.covers(wanted):
        return agreed
    line.prior_approval, line.standing_approval = approval, None
    freed = holding.with_approval(line.problems, held=line.held, pay=line.pay, rule=line.rule)
    line.problems, line.pay, line.held, line.rule = list(freed.problems), freed.pay, freed.held, freed.rule
    renew_hold(claim, line, at=at)
    fields = [*PRICE_FIELDS, *HOLD_FIELDS, "prior_approval", "standing_approval"]
    note = f"{by.get_full_name()} has agreed to it in the portal"
    move_line(line, LineAction.ANSWER_HOLD, by=by, at=at, note=note, fields=fields)
    return agreed if agreed.left is None else replace(agreed, left=agreed.left - wanted.amount)


def _claims(partner_id: UUID, payer_id: UUID, statuses: list[ClaimStatus]) -> list[UUID]:
    return list(
        Claim.objects.filter(partner_id=partner_id, payer_id=payer_id, status__in=statuses, origin=ClaimOrigin.PARTNER)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
