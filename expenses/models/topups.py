"""Money offered to a partner because a rate was raised for a day that they had claimed for already."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from expenses.enums import RateKind, TopUpStatus
from expenses.models.lines import ClaimLine
from expenses.models.rates import RateCard
from psp_portal.audit.triggers import actor_required

_OFFER = ["line", "card", "rate_kind", "rate_id", "was", "amount", "above_hmrc", "rule", "proposed_at", "proposed_by"]


@pghistory.track()
class TopUp(models.Model):
    """What one line would be paid more by a backdated rate. Nothing changes until its partner asks for it: then a new
    claim has a line for it, and the line that is topped up stays as it was decided."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="raises")
    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="top_ups")
    rate_kind = models.CharField(max_length=10, choices=RateKind)
    # The row of the card, in the table that the kind names; it may be removed again while nobody has accepted.
    rate_id = models.UUIDField()
    was = models.DecimalField(max_digits=9, decimal_places=2, help_text="Pounds agreed and offered before this")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    above_hmrc = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    rule = models.CharField(max_length=400)
    proposed_at = models.DateTimeField()
    # Nobody where the line was decided after the rate was raised: the portal then made the offer.
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=TopUpStatus, default=TopUpStatus.PROPOSED)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawal_reason = models.CharField(max_length=300, blank=True)
    claim_line = models.OneToOneField(ClaimLine, on_delete=models.PROTECT, null=True, related_name="top_up")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(was__gte=0, amount__gt=0, above_hmrc__gte=0), name="top_up_raises"),
            models.CheckConstraint(condition=Q(status__in=TopUpStatus.values), name="top_up_status_known"),
            models.CheckConstraint(
                condition=Q(status=TopUpStatus.PROPOSED, answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(status=TopUpStatus.PROPOSED) & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="top_up_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status=TopUpStatus.ACCEPTED, claim_line__isnull=False)
                | (~Q(status=TopUpStatus.ACCEPTED) & Q(claim_line__isnull=True)),
                name="top_up_accepted_has_line",
            ),
            models.CheckConstraint(
                condition=~Q(status=TopUpStatus.WITHDRAWN) | ~Q(withdrawal_reason=""),
                name="top_up_withdrawn_has_reason",
            ),
            models.UniqueConstraint(
                fields=["line", "rate_id"],
                condition=Q(status__in=[TopUpStatus.PROPOSED, TopUpStatus.ACCEPTED]),
                name="top_up_once_per_rate",
            ),
        ]
        indexes = [models.Index(fields=["card", "status"], name="top_up_of_card")]
        triggers = [
            actor_required(),
            pgtrigger.ReadOnly(name="top_up_offer_stays", fields=_OFFER),
            pgtrigger.FSM(
                name="top_up_moves",
                field="status",
                transitions=[
                    (TopUpStatus.PROPOSED, TopUpStatus.ACCEPTED),
                    (TopUpStatus.PROPOSED, TopUpStatus.DECLINED),
                    (TopUpStatus.PROPOSED, TopUpStatus.WITHDRAWN),
                ],
            ),
            pgtrigger.Protect(name="top_up_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.amount} more"

    @property
    def is_open(self) -> bool:
        return self.status == TopUpStatus.PROPOSED

    @property
    def now(self):
        """What the line would be worth in pounds."""
        return self.was + self.amount
