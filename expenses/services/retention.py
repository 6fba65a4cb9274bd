"""Receipts as they came: kept where the trust keeps them, read by the few who may, and dropped in their time."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from expenses import permissions, queries
from expenses.models import RateCard, Receipt
from expenses.policies import retention
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.audit.services import record_read
from psp_portal.dates import local_date
from psp_portal.documents import services as documents

logger = structlog.get_logger(__name__)

CLOCK = SystemActor("expenses.drop_originals")


@audited("expenses.rate_card.change_keeping")
@transaction.atomic
def change_keeping(
    *, card_id: UUID, keeps_original_receipts: bool, retention_years: int, by: User, at: datetime
) -> RateCard:
    """Say whether, and for how many years, an organisation keeps receipts as they came.

    What it no longer keeps goes in the night. Raises RuleBroken (``retention_years``) for no possible number.
    """
    card = RateCard.objects.select_for_update(no_key=True).get(pk=card_id)
    permissions.check_can_manage_rates(by, card.organisation_id, today=local_date(at))
    retention.check_retention(retention_years)
    card.keeps_original_receipts, card.retention_years = keeps_original_receipts, retention_years
    card.save(update_fields=["keeps_original_receipts", "retention_years"])
    return card


@audited("expenses.receipt.read_original")
@transaction.atomic
def read_original(*, receipt_id: UUID, by: User, at: datetime) -> Receipt:
    """Return a receipt whose original is about to be sent to somebody, and record that they have read it."""
    receipt = Receipt.objects.select_related("document", "claim").get(pk=receipt_id)
    permissions.check_can_read_original(by, receipt, today=local_date(at))
    if receipt.document.original:
        record_read(
            by=by,
            what="expenses.receipt.read_original",
            subject_id=receipt.pk,
            subject_name=f"{receipt.document.original_name} of claim {receipt.claim.reference}",
            organisation_id=receipt.organisation_id,
            at=at,
        )
    return receipt


def drop_originals(*, at: datetime) -> int:
    """Delete the originals that organisations no longer keep; return how many. The rewritten receipts stay.

    Each goes in a transaction of its own: safe to run twice, or to be stopped in the middle.
    """
    dropped = 0
    for card in RateCard.objects.order_by("pk"):
        due = queries.originals_to_drop(card, today=local_date(at)).order_by("pk")
        for document_id in list(due.values_list("document_id", flat=True)):
            with acting_as(CLOCK, "expenses.receipt.drop_original"):
                dropped += documents.drop_original(document_id=document_id, at=at)
    if dropped:
        logger.info("originals_dropped", count=dropped)
    return dropped
