"""Reads lines that look like one thing claimed twice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from expenses.enums import ClaimStatus, LineKind, LineStatus
from expenses.models import Claim, ClaimLine, LikelyDuplicate, RateCard
from expenses.models.lines import COUNTING
from expenses.policies import duplicates as policy
from expenses.policies.lines import NO_AMOUNT
from expenses.queries.claims import claims_visible_to
from psp_portal.accounts.models import User
from psp_portal.money import ZERO

# A refusal that can still be appealed may yet be paid.
STANDING = [*COUNTING, LineStatus.NOT_APPROVED]


def likely_duplicates_in(claim: Claim, lines: list[ClaimLine], card: RateCard) -> list[tuple[UUID, UUID]]:
    """Return (line, the one it looks like) for some lines of a claim, as ``likely_duplicates_among`` does."""
    return likely_duplicates_among([(claim, lines)], {claim.payer_id: card})


def likely_duplicates_among(
    claims: Iterable[tuple[Claim, list[ClaimLine]]], card_of: Mapping[UUID, RateCard]
) -> list[tuple[UUID, UUID]]:
    """Return (line, the one it looks like) for claims' lines, among what has been sent and these lines before it.

    Only what the claim's payer may see is compared: what it pays, and what was claimed at it (docs/adr/0015). What tops
    an earlier line up is meant to be like it. ``card_of`` is by payer. One query, by the days of the lines.
    """
    claims = list(claims)
    own = [line for _, lines in claims for line in lines]
    there = (
        ClaimLine.objects.filter(
            claimant_id__in={claim.claimant_id for claim, _ in claims},
            date__in={line.date for line in own},
            kind__in={line.kind for line in own},
            status__in=STANDING,
            tops_up__isnull=True,
        )
        .exclude(Q(claim__in=[claim.pk for claim, _ in claims]) | Q(claim__status=ClaimStatus.DRAFT))
        .select_related("claim")
        .order_by("claim__number", "position")
    )
    of_person: dict[tuple[UUID, date], list[ClaimLine]] = defaultdict(list)
    for line in there:
        of_person[line.claimant_id, line.date].append(line)
    found = []
    for claim, lines in claims:
        card = card_of[claim.payer_id]
        others = [
            other
            for on in sorted({line.date for line in lines})
            for other in of_person[claim.claimant_id, on]
            if claim.payer_id in (other.claim.payer_id, other.claim.organisation_id)
        ]
        tolerance = policy.Tolerance(card.duplicate_percent, card.duplicate_pounds)
        found += policy.find([_seen(line) for line in lines], [_seen(line) for line in others], tolerance)
        for line in lines:
            line.claim = claim
            of_person[claim.claimant_id, line.date].append(line)
    return found


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
        was_refused=line.status == LineStatus.NOT_APPROVED,
        has_only_pounds=line.kind in NO_AMOUNT and line.amount is not None,
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
