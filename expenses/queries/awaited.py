"""Reads what somebody waits for, of claims: who has not answered is visible to whoever asked."""

from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from expenses.enums import ClaimStatus, LineStatus
from expenses.models import Claim, ClaimLine, PayerDispute, PriorApproval, UpdateRequest
from psp_portal.accounts.models import User
from psp_portal.waiting import Awaited


def awaited_by(user: User, *, today: date, limit: int = 50) -> list[Awaited]:
    """Return what somebody waits for of claims, at most ``limit`` of each kind, the oldest first. Five queries."""
    found = [*_claims(user, limit), *_questions(user, limit), *_updates(user, limit)]
    found += [*_requests(user, limit), *_disputes(user, limit)]
    return sorted(found, key=lambda awaited: awaited.since)


def _claim_url(claim: Claim) -> str:
    return reverse("expenses:claim_detail", kwargs={"claim_id": claim.pk})


def _claims(user: User, limit: int) -> list[Awaited]:
    """Return one's own claims that are with somebody else."""
    claims = (
        Claim.objects.open()
        .filter(claimant=user, waiting_on__isnull=False)
        .exclude(waiting_on=user)
        .select_related("waiting_on")
        .order_by("waiting_since", "pk")
    )
    return [
        Awaited(
            label=f"Your claim {claim.reference}: {claim.get_status_display().lower()}",
            who=claim.waiting_on.get_full_name(),
            url=_claim_url(claim),
            since=claim.waiting_since,
            due_on=claim.waiting_due_on,
        )
        for claim in claims[:limit]
    ]


def _questions(user: User, limit: int) -> list[Awaited]:
    """Return the claims that somebody sent back with a question which their partner has not answered."""
    mine = ClaimLine.objects.filter(claim=OuterRef("pk"), decided_by=user, status=LineStatus.RETURNED)
    claims = (
        Claim.objects.filter(Exists(mine), status=ClaimStatus.RETURNED)
        .select_related("claimant")
        .order_by("waiting_since", "pk")
    )
    return [
        Awaited(
            label=f"Your question on claim {claim.reference}",
            who=claim.claimant.get_full_name(),
            url=_claim_url(claim),
            since=claim.waiting_since,
            due_on=claim.waiting_due_on,
        )
        for claim in claims[:limit]
    ]


def _updates(user: User, limit: int) -> list[Awaited]:
    requests = (
        UpdateRequest.objects.owed()
        .filter(claim__claimant=user)
        .select_related("claim", "asked_of", "passed_to")
        .order_by("asked_at", "pk")
    )
    return [
        Awaited(
            label=f"An update on your claim {request.claim.reference}",
            who=(request.passed_to or request.asked_of).get_full_name(),
            url=_claim_url(request.claim),
            since=request.asked_at,
            due_on=request.reply_due_on,
        )
        for request in requests[:limit]
    ]


def _requests(user: User, limit: int) -> list[Awaited]:
    requests = PriorApproval.objects.asked().filter(claimant=user).select_related("waiting_on")
    return [
        Awaited(
            label=f"An answer before a journey: {request.get_kind_display().lower()}",
            who=request.waiting_on.get_full_name(),
            url=reverse("expenses:prior_approval_detail", kwargs={"approval_id": request.pk}),
            since=request.asked_at,
            due_on=request.due_on,
        )
        for request in requests.order_by("asked_at", "pk")[:limit]
    ]


def _disputes(user: User, limit: int) -> list[Awaited]:
    """Return the disagreements about who pays that somebody raised and nobody has decided."""
    disputes = (
        PayerDispute.objects.filter(~Q(arbiter=user), raised_by=user, closed_at__isnull=True)
        .select_related("claim", "arbiter")
        .order_by("raised_at", "pk")
    )
    return [
        Awaited(
            label=f"Which organisation pays claim {dispute.claim.reference}",
            who=dispute.arbiter.get_full_name(),
            url=_claim_url(dispute.claim),
            since=dispute.raised_at,
        )
        for dispute in disputes[:limit]
    ]
