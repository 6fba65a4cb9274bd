"""Reads lines that look like one thing claimed twice."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from expenses.enums import ClaimStatus, LineKind
from expenses.models import Claim, ClaimLine, LikelyDuplicate, RateCard
from expenses.models.claims import COUNTING
from expenses.policies import duplicates as policy
from expenses.queries.claims import claims_visible_to
from psp_portal.accounts.models import User
from psp_portal.money import ZERO


def likely_duplicates_in(claim: Claim, lines: list[ClaimLine], card: RateCard) -> list[tuple[UUID, UUID]]:
    """Return (line, the one it looks like) for a claim's lines, among its own and those sent before that still stand.

    What tops an earlier line up is meant to be like it. One query, by the days of the lines.
    """
    there = (
        ClaimLine.objects.filter(
            claimant_id=claim.claimant_id,
            date__in={line.date for line in lines},
            kind__in={line.kind for line in lines},
            status__in=COUNTING,
            tops_up__isnull=True,
        )
        .exclude(Q(claim_id=claim.pk) | Q(claim__status=ClaimStatus.DRAFT))
        .order_by("claim__number", "position")
    )
    tolerance = policy.Tolerance(card.duplicate_percent, card.duplicate_pounds)
    return policy.find([_seen(line) for line in lines], [_seen(line) for line in there], tolerance)


def _seen(line: ClaimLine) -> policy.LineSeen:
    return policy.LineSeen(
        key=line.pk,
        kind=LineKind(line.kind),
        on=line.date,
        amount=line.amount or ZERO,
        minutes=line.minutes or 0,
        activity=line.activity,
        miles=line.miles or ZERO,
        from_place=line.from_place,
        to_place=line.to_place,
    )


def duplicates_of(lines: Iterable[UUID]) -> QuerySet[LikelyDuplicate]:
    """Return what some lines look like, each with the other line and its claim, in their order."""
    return (
        LikelyDuplicate.objects.filter(line__in=list(lines))
        .select_related("line", "other_line__claim", "cleared_by")
        .order_by("line__position", "other_line__claim__number", "other_line__position")
    )


def duplicates_visible_to(user: User, *, today: date) -> QuerySet[LikelyDuplicate]:
    """Return the likely duplicates on claims that somebody may see."""
    return LikelyDuplicate.objects.filter(line__claim__in=claims_visible_to(user, today=today)).select_related(
        "line__claim__claimant", "other_line__claim", "cleared_by"
    )
