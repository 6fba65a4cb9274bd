"""Reads which receipts are kept as they came, and until when."""

from datetime import date

from django.db.models import QuerySet

from expenses.models import RateCard, Receipt
from expenses.policies import retention
from psp_portal.dates import start_of_day


def originals_of(card: RateCard) -> QuerySet[Receipt]:
    """Return the receipts that a card's organisation keeps as they came."""
    return Receipt.objects.filter(organisation_id=card.organisation_id).exclude(document__original="")


def originals_to_drop(card: RateCard, *, today: date) -> QuerySet[Receipt]:
    """Return the receipts of which a card no longer keeps what came: all, or those settled long enough ago.

    A claim that is not settled keeps its own for as long as the organisation keeps any.
    """
    kept = originals_of(card)
    if not card.keeps_original_receipts:
        return kept
    first_kept = start_of_day(retention.first_day_kept(today, card.retention_years))
    return kept.filter(claim__closed_at__lt=first_kept)
