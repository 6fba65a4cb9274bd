"""Reads what an approver decides: the queue, with what is unlike a partner's other claims, and what they saw."""

from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from expenses.enums import ClaimStatus, LineStatus
from expenses.models import Claim, ClaimLine, ClaimQuerySet
from expenses.policies.seen import version_of
from expenses.queries.claims import claims_to_decide
from psp_portal.accounts.models import User

# So many of a partner's latest lines of a kind say what is usual for them.
USUAL_OF = 12
_CLAIMED = F("pay") + F("held") + F("disallowed") + F("declined")
# What a line says, what it pays and what was said about it: all that a decision rests on.
_SEEN = (
    "status", "kind", "date", "minutes", "activity", "notice_hours", "vehicle", "miles", "passengers", "from_place",
    "to_place", "amount", "fare_class", "standard_fare", "description", "approval", "no_receipt_reason", "pay", "held",
    "disallowed", "declined", "problems", "rule", "question", "answer", "prior_approval_id", "standing_approval_id",
)  # fmt: skip


def version_of_line(claim: Claim, line: ClaimLine) -> str:
    """Return what changes whenever the line does, or the claim is taken back and sent again, or its payer changes."""
    return version_of([claim.submitted_at, claim.payer_id, *(getattr(line, name) for name in _SEEN)])


def version_of_claim(claim: Claim, lines: Iterable[ClaimLine]) -> str:
    """Return what changes whenever what waits for a decision on a claim does."""
    pending = sorted((line for line in lines if line.status == LineStatus.PENDING), key=lambda line: line.position)
    return version_of([version_of_line(claim, line) for line in pending])


def version_of_draft(claim: Claim, lines: Iterable[ClaimLine]) -> str:
    """Return what changes whenever what a draft would ask for does, or of whom."""
    said = [(line.pk, version_of_line(claim, line)) for line in lines]
    return version_of([claim.payer_id, claim.preference, claim.reduced_to, *said])


def decision_queue(user: User, *, today: date) -> ClaimQuerySet:
    """Return ``claims_to_decide``; each line with ``is_first`` (its partner's first of the kind) and ``earlier``.

    ``earlier`` are the amounts in pounds of the partner's latest lines of the kind on claims sent to the payer before.
    """
    lines = ClaimLine.objects.order_by("position").annotate(
        is_first=~Exists(_earlier()),
        earlier=ArraySubquery(_earlier().order_by("-date").values(pounds=_CLAIMED)[:USUAL_OF]),
    )
    return claims_to_decide(user, today=today).prefetch_related(None).prefetch_related(Prefetch("lines", lines))


def _earlier() -> QuerySet[ClaimLine]:
    """Return the lines of the kind that the partner of a line has sent to its payer before its own claim."""
    return ClaimLine.objects.filter(
        claimant_id=OuterRef("claimant_id"),
        # What somebody claims of another organisation is not for this one's approvers to know.
        claim__payer_id=OuterRef("claim__payer_id"),
        kind=OuterRef("kind"),
        claim__submitted_at__lt=OuterRef("claim__submitted_at"),
    ).exclude(Q(status=LineStatus.WITHDRAWN) | Q(claim__status=ClaimStatus.DRAFT))
