"""Receipts: stored through ``documents``, bound to a line, used once."""

from collections.abc import Iterable
from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import IntegrityError, transaction

from expenses.models import Claim, ClaimLine, Receipt
from psp_portal.accounts.models import User
from psp_portal.documents import services as documents
from psp_portal.exceptions import RuleBroken

USED_BEFORE = "This receipt has been used before. Each receipt can be used once: choose another"


def attach(line: ClaimLine, upload: IO[bytes], *, by: User, at: datetime) -> Receipt:
    """Store the upload and bind it to the line of a locked claim. Raises RuleBroken (field ``receipt``)."""
    document = documents.store(upload=upload, by=by, at=at, field="receipt")
    try:
        with transaction.atomic():
            return Receipt.objects.create(
                line=line,
                document=document,
                organisation_id=line.claim.payer_id,
                fingerprint=document.fingerprint,
                added_at=at,
            )
    except IntegrityError:
        raise RuleBroken(USED_BEFORE, field="receipt") from None


def detach(claim: Claim, receipt_id: UUID) -> None:
    """Take a receipt off a locked draft and delete its file."""
    receipt = Receipt.objects.filter(line__claim=claim, pk=receipt_id).first()
    if receipt:
        document_id = receipt.document_id
        receipt.delete()
        documents.remove(document_id=document_id)


def free_receipts(lines: Iterable[ClaimLine], *, at: datetime) -> None:
    """Let the receipts of lines that are withdrawn be used again."""
    Receipt.objects.filter(line__in=list(lines), freed_at__isnull=True).update(freed_at=at)
