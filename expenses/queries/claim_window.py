"""Reads which attended meetings nobody has claimed for while there is time."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from committees.queries import attended_meetings_paid_by
from expenses.enums import ClaimStatus
from expenses.models import Claim, RateCard
from expenses.policies.claim_window import reminded_on
from expenses.policies.deadlines import claim_window_ends
from psp_portal.dates import add_months, local_date


@dataclass(frozen=True)
class ClosingWindow:
    """What a partner should be reminded of: how many meetings, until when the first can be claimed in time.

    ``due_on`` is the day the latest reminder fell due: one letter for each.
    """

    user_id: UUID
    payer_id: UUID
    payer: str
    meetings: int
    first_ends_on: date
    due_on: date


def closing_windows(*, today: date) -> list[ClosingWindow]:
    """Return, for each partner and payer, the unclaimed meetings whose claim window closes within a reminder's time.

    A claim that is still a draft has not been made; one that was withdrawn can be made again. Two queries, and one
    for each payer.
    """
    found = []
    for card in RateCard.objects.filter(organisation__closed_on=None).select_related("organisation").order_by("pk"):
        found += _of_payer(card, today)
    return found


def _of_payer(card: RateCard, today: date) -> list[ClosingWindow]:
    claimed = Claim.objects.filter(
        meeting_id=OuterRef("meeting_id"), assignment_id=OuterRef("assignment_id"), submitted_at__isnull=False
    ).exclude(status=ClaimStatus.WITHDRAWN)
    # A day more than the window, for the last days of months of different lengths.
    first = add_months(today, -card.claim_window_months).replace(day=1)
    unclaimed = attended_meetings_paid_by(card.organisation_id, first=first, last=today).filter(
        ~Exists(claimed), assignment__partner__user__is_active=True
    )
    by_person: dict[UUID, list[tuple[date, date]]] = {}
    for attendance in unclaimed:
        on = local_date(attendance.meeting.starts_at)
        due_on = reminded_on(
            on, known_on=local_date(attendance.recorded_at), months=card.claim_window_months, today=today
        )
        if due_on is not None:
            ends_on = claim_window_ends(on, card.claim_window_months)
            by_person.setdefault(attendance.assignment.partner.user_id, []).append((due_on, ends_on))
    return [
        ClosingWindow(
            user_id=user_id,
            payer_id=card.organisation_id,
            payer=card.organisation.name,
            meetings=len(meetings),
            first_ends_on=min(ends_on for _, ends_on in meetings),
            due_on=max(due_on for due_on, _ in meetings),
        )
        for user_id, meetings in by_person.items()
    ]
