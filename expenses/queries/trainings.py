"""Reads the trainings whose time a partner can claim for."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from expenses.enums import LineStatus
from expenses.models import ClaimLine
from partners.queries.training import trainings_visible_to
from psp_portal.accounts.models import User


@dataclass(frozen=True)
class TrainingTime:
    """A training of somebody's own, and the claim that there is for its time already, if any."""

    record: Any
    claim_id: UUID | None
    why_not: str

    @property
    def can_be_claimed(self) -> bool:
        return self.claim_id is None and not self.why_not


def trainings_to_claim(user: User, *, today: date) -> QuerySet:
    """Return somebody's own trainings with a time that nobody has claimed for, the latest first.

    Those of partners who are paid for their time, from their first day on.
    """
    claimed = ClaimLine.objects.filter(training=OuterRef("pk")).exclude(status=LineStatus.WITHDRAWN)
    own = trainings_visible_to(user, today=today).filter(partner__user=user)
    return own.filter(
        ~Exists(claimed), minutes__isnull=False, partner__is_paid=True, done_on__gte=F("partner__starts_on")
    )


def trainings_claimed(user: User, *, today: date) -> dict[UUID, UUID]:
    """Return the claims that there are for the time of somebody's own trainings, by training."""
    own = trainings_visible_to(user, today=today).filter(partner__user=user)
    lines = ClaimLine.objects.filter(training__in=own.order_by().values("pk")).exclude(status=LineStatus.WITHDRAWN)
    return dict(lines.values_list("training_id", "claim_id"))


def training_time_of(user: User, record_id: UUID, *, today: date) -> TrainingTime | None:
    """Return one training of somebody's own with its claim; None when it is not theirs."""
    record = trainings_visible_to(user, today=today).filter(partner__user=user, pk=record_id).first()
    if record is None:
        return None
    line = ClaimLine.objects.filter(training=record).exclude(status=LineStatus.WITHDRAWN).first()
    why_not = ""
    if record.minutes is None:
        why_not = "No time was recorded for it. Ask your lead to record how long it took."
    elif not record.partner.is_paid:
        why_not = "You are not paid for your time. You can claim for what it cost you to get there."
    return TrainingTime(record, line.claim_id if line else None, why_not)
