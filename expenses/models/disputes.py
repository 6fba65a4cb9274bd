"""Two organisations disagree about which of them pays a claim."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from expenses.models.claims import Claim
from psp_portal.audit.triggers import actor_required


@pghistory.track()
class PayerDispute(models.Model):
    """A payer says that it should not pay; a third person, the arbiter, decides which of the two organisations does.

    Open until ``closed_at``. It ends undecided only when its claim does: withdrawn, taken back, refused for good.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="disputes")
    payer = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    # Whom the assignment named when it was raised: naming somebody else later does not change who decides this one.
    named = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    arbiter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="disputes_received")
    arbiter_since = models.DateTimeField()
    reply_due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_payer = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    decision_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(closed_at__isnull=True), name="payer_dispute_open_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="payer_dispute_has_reason"),
            models.CheckConstraint(condition=~Q(arbiter=F("raised_by")), name="payer_dispute_decided_by_another"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_payer__isnull=True, decision_reason="")
                | Q(decided_by__isnull=False, decided_payer__isnull=False, closed_at__isnull=False)
                & ~Q(decision_reason="")
                & ~Q(decided_by=F("raised_by")),
                name="payer_dispute_all_decision_set",
            ),
        ]
        triggers = [actor_required(), pgtrigger.Protect(name="dispute_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.claim_id} disputed at {self.raised_at:%Y-%m-%d %H:%M}"
