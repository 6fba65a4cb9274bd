"""Receipts: stored through ``documents``, bound to a claim, proving one or more of its lines, given once."""

from collections.abc import Iterable
from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import IntegrityError, transaction

from expenses.enums import LineStatus
from expenses.models import Claim, ClaimLine, RateCard, Receipt, ReceiptUse
from psp_portal.accounts.models import User
from psp_portal.documents import services as documents
from psp_portal.documents.models import Document
from psp_portal.exceptions import RuleBroken

USED_BEFORE = "This receipt has been used before. Each receipt can be used once: choose another"
ON_THIS_CLAIM = (
    "This receipt is on this claim already. Choose it from the receipts on this claim, or choose another file"
)
NOT_THERE = "This receipt is no longer on the claim. Choose another, or add a new one."
# What these lines asked for is never paid, so what proves them may prove something else.
GIVING_BACK = frozenset({LineStatus.WITHDRAWN, LineStatus.REFUSED})


def store(claim_id: UUID, upload: IO[bytes], *, by: User, at: datetime) -> Document:
    """Check and keep an upload for a claim that is not locked: scanning and drawing take seconds.

    Whoever calls has asked who may, and asks again once the claim is locked. Raises RuleBroken (field ``receipt``).
    """
    card = RateCard.objects.get(organisation__claims_to_pay=claim_id)
    return documents.store(upload=upload, by=by, at=at, field="receipt", keeps_original=card.keeps_original_receipts)


def attach(line: ClaimLine, document: Document, *, at: datetime) -> Receipt:
    """Bind a stored upload to the line of a locked claim. Raises RuleBroken (field ``receipt``)."""
    try:
        with transaction.atomic():
            receipt = Receipt.objects.create(
                claim_id=line.claim_id,
                document=document,
                organisation_id=line.claim.payer_id,
                fingerprint=document.fingerprint,
                added_at=at,
            )
    except IntegrityError:
        is_here = Receipt.objects.filter(
            claim_id=line.claim_id, fingerprint=document.fingerprint, freed_at__isnull=True
        ).exists()
        raise RuleBroken(ON_THIS_CLAIM if is_here else USED_BEFORE, field="receipt") from None
    ReceiptUse.objects.create(receipt=receipt, line=line)
    return receipt


def use(line: ClaimLine, receipt_ids: Iterable[UUID]) -> None:
    """Let receipts of the line's locked claim prove the line too; one that does already is no error.

    Raises RuleBroken (field ``receipts``) for a receipt that the claim does not have.
    """
    wanted = set(receipt_ids)
    there = Receipt.objects.filter(pk__in=wanted, claim_id=line.claim_id, freed_at__isnull=True)
    if there.count() != len(wanted):
        raise RuleBroken(NOT_THERE, field="receipts")
    for receipt in there.exclude(uses__line=line):
        ReceiptUse.objects.create(receipt=receipt, line=line)


def take_off(line: ClaimLine, receipt_id: UUID) -> None:
    """Take a receipt off a line of a locked draft; the last line it proved takes it away, and its file."""
    ReceiptUse.objects.filter(line=line, receipt_id=receipt_id).delete()
    unused = Receipt.objects.filter(claim_id=line.claim_id, pk=receipt_id, uses__isnull=True).first()
    if unused:
        delete(unused)


def delete(receipt: Receipt) -> None:
    """Delete a receipt of a locked draft, with its file."""
    document_id = receipt.document_id
    receipt.delete()
    documents.remove(document_id=document_id)


def move_receipts(claim: Claim) -> set[UUID]:
    """Let a locked claim's receipts count as used at the organisation that pays it now.

    Those that were used there before stay as they are, and are returned.
    """
    used_there = Receipt.objects.filter(organisation_id=claim.payer_id, freed_at__isnull=True).exclude(claim=claim)
    mine = Receipt.objects.filter(claim=claim, freed_at__isnull=True)
    twice = set(mine.filter(fingerprint__in=used_there.values("fingerprint")).values_list("pk", flat=True))
    mine.exclude(pk__in=twice).update(organisation_id=claim.payer_id)
    return twice


def free_receipts(claim: Claim, lines: Iterable[ClaimLine], *, at: datetime) -> None:
    """Let the receipts of a claim be used again of which every line was withdrawn or refused for good."""
    given_back = [line for line in lines if line.status in GIVING_BACK]
    if not given_back:
        return
    still_proving = ReceiptUse.objects.filter(line__claim=claim).exclude(line__status__in=GIVING_BACK)
    Receipt.objects.filter(claim=claim, uses__line__in=given_back, freed_at__isnull=True).exclude(
        pk__in=still_proving.values("receipt_id")
    ).update(freed_at=at)
