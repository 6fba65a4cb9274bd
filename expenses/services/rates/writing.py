"""What every service of a rate card does: lock it, and write its figures as columns and bands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from expenses import permissions
from expenses.enums import PaymentBasis
from expenses.models import MileageBand, MileageRate, RateCard
from expenses.policies import card as cards
from psp_portal.accounts.models import User
from psp_portal.dates import local_date


def lock_card(card_id: UUID, *, by: User, at: datetime) -> RateCard:
    """Return the card with its row locked, so that two people's changes come one after the other."""
    card = RateCard.objects.select_for_update().get(pk=card_id)
    permissions.check_can_manage_rates(by, card.organisation_id, today=local_date(at))
    return card


def columns(terms: cards.TimeTerms) -> dict[str, Any]:
    """Return terms as the columns of a row; those of the other bases are emptied."""
    empty = {"half_day": None, "full_day": None, "boundary_minutes": None, "at_boundary": ""}
    columns: dict[str, Any] = {**empty, "rate": None, "session_minutes": None, "amount": None}
    match terms:
        case cards.ByDay():
            return columns | {
                "basis": PaymentBasis.DAY,
                "half_day": terms.half_day,
                "full_day": terms.full_day,
                "boundary_minutes": terms.boundary_minutes,
                "at_boundary": terms.at_boundary,
            }
        case cards.ByHour():
            return columns | {"basis": PaymentBasis.HOUR, "rate": terms.rate}
        case cards.BySession():
            return columns | {
                "basis": PaymentBasis.SESSION,
                "session_minutes": terms.session_minutes,
                "amount": terms.amount,
            }
        case _:
            return columns | {"basis": PaymentBasis.NONE}


def write_bands(row: MileageRate, bands: Sequence[cards.Band]) -> None:
    """Write what a mile pays, by miles in the year."""
    for band in bands:
        MileageBand.objects.create(mileage_rate=row, up_to=band.up_to, rate=band.rate)
