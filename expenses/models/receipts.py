"""Receipts: what proves the lines of a claim. One may prove several lines, and a line may have several."""

import uuid

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from expenses.models.claims import Claim
from expenses.models.lines import ClaimLine
from psp_portal.audit.triggers import actor_required


@pghistory.track()
class Receipt(models.Model):
    """A photo or PDF that proves lines of one claim. ``fingerprint`` is the document's, here so that it can be unique.

    Used on purpose for several lines of its claim it is one receipt with several uses; the same file given again to the
    same payer is refused by the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="receipts")
    lines = models.ManyToManyField(ClaimLine, through="expenses.ReceiptUse", related_name="receipts")
    document = models.OneToOneField("documents.Document", on_delete=models.PROTECT, related_name="receipt")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    # A receipt whose lines were all withdrawn or refused may be used again.
    freed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "fingerprint"],
                condition=Q(freed_at__isnull=True),
                name="receipt_used_once",
            ),
        ]
        triggers = [actor_required(), pgtrigger.ReadOnly(name="receipt_stays_on_its_claim", fields=["claim"])]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.fingerprint[:12]}"


@pghistory.track()
class ReceiptUse(models.Model):
    """That a receipt proves a line; both are of the same claim, which a trigger holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="uses")
    line = models.ForeignKey(ClaimLine, on_delete=models.CASCADE, related_name="receipt_uses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["receipt", "line"], name="receipt_use_once_a_line")]
        triggers = [
            actor_required(),
            pgtrigger.Trigger(
                name="receipt_use_within_claim",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM expenses_receipt AS receipt
                        JOIN expenses_claimline AS line ON line.claim_id = receipt.claim_id
                        WHERE receipt.id = NEW.receipt_id AND line.id = NEW.line_id
                    ) THEN
                        RAISE EXCEPTION 'Receipt % is not of the claim of line %.', NEW.receipt_id, NEW.line_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} proves {self.line_id}"
