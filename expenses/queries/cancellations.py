"""Reads the meetings that somebody could not go to because they were cancelled, and what each of them pays."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from committees.queries import CancelledMeeting, cancelled_meetings_of
from expenses.enums import ClaimStatus, LineKind
from expenses.models import Claim, ClaimLine, RateCard
from expenses.models.lines import COUNTING
from expenses.policies import cancellations as policy
from expenses.policies import card as cards
from expenses.policies.entitlement import price_time
from expenses.queries.claims import times_before
from expenses.queries.rates import as_values, with_rows
from psp_portal.accounts.models import User
from psp_portal.dates import local_date


@dataclass(frozen=True)
class Cancellation:
    """A cancelled meeting of somebody's own: what it pays in pounds, or in words why it pays nothing.

    ``claim_id`` is the claim that there is for it already.
    """

    cancelled: CancelledMeeting
    pays: Decimal
    why_not: str
    claim_id: UUID | None

    @property
    def can_be_claimed(self) -> bool:
        return self.claim_id is None and not self.why_not


def cancellations_to_claim(user: User, *, today: date) -> list[Cancellation]:
    """Return somebody's own cancelled meetings that a claim would pay for and that have none, the latest first."""
    return [each for each in _cancellations(user, today=today, meeting_id=None) if each.can_be_claimed]


def cancellation_of(user: User, meeting_id: UUID, *, today: date) -> Cancellation | None:
    """Return one cancelled meeting of somebody's own, paid or not; None when it is not theirs, or not yet its day."""
    return next(iter(_cancellations(user, today=today, meeting_id=meeting_id)), None)


def _cancellations(user: User, *, today: date, meeting_id: UUID | None) -> list[Cancellation]:
    found = cancelled_meetings_of(user, today=today, meeting_id=meeting_id)
    if not found:
        return []
    payers = {each.assignment.payer_id for each in found}
    by_payer = {
        card.organisation_id: as_values(card) for card in with_rows(RateCard.objects.filter(organisation_id__in=payers))
    }
    claims = dict(
        Claim.objects.filter(claimant=user, meeting_id__in=[each.meeting.pk for each in found])
        .exclude(status=ClaimStatus.WITHDRAWN)
        .values_list("meeting_id", "pk")
    )
    lines = [ClaimLine(kind=LineKind.CANCELLED_MEETING, date=local_date(each.meeting.starts_at)) for each in found]
    sent = ClaimLine.objects.filter(claimant=user, status__in=COUNTING, tops_up__isnull=True)
    before = times_before(sent.exclude(claim__status=ClaimStatus.DRAFT), lines)
    return [
        _cancellation(
            each,
            by_payer.get(each.assignment.payer_id),
            before.get(each.assignment.payer_id, ()),
            claims.get(each.meeting.pk),
            today,
        )
        for each in found
    ]


def _cancellation(
    each: CancelledMeeting,
    card: cards.RateCard | None,
    before: tuple[cards.TimeBefore, ...],
    claim_id: UUID | None,
    today: date,
) -> Cancellation:
    if card is None:
        return Cancellation(each, Decimal(0), policy.NO_CARD, claim_id)
    partner = each.assignment.partner
    to_price = cards.ClaimToPrice(
        role_category=partner.role_category if partner.is_paid else 0,
        submitted_on=today,
        lines=(
            cards.LineToPrice(
                key=each.meeting.pk,
                kind=LineKind.CANCELLED_MEETING,
                on=local_date(each.meeting.starts_at),
                notice_hours=Decimal(each.notice_hours),
            ),
        ),
        time_before=before,
    )
    (priced,) = price_time(to_price, card)
    return Cancellation(each, priced.pay, policy.why_not(priced), claim_id)
