"""Reads rate cards: a row of the database as the values that pricing works on."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from expenses.enums import AtBoundary, LineKind, PaymentBasis, Vehicle
from expenses.models import MileageBand, MileageRate, RateCard, TimeRate
from expenses.policies import card as cards
from psp_portal.accounts.queries import organisation_ids_where
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.exceptions import RuleBroken


def rate_cards_visible_to(user, *, today) -> QuerySet[RateCard]:
    """Return the rate cards of the organisations whose rates somebody may see."""
    return RateCard.objects.filter(
        organisation_id__in=organisation_ids_where(user, roles_with(Permission.SEE_RATES), today)
    ).select_related("organisation")


def rate_card_of(organisation_id: UUID) -> RateCard:
    """Return an organisation's rate card with all its rows. Raises RuleBroken when it has none yet. Five queries."""
    card = (
        RateCard.objects.filter(organisation_id=organisation_id)
        .prefetch_related(
            "time_rates",
            Prefetch("mileage_rates", MileageRate.objects.prefetch_related(_bands())),
            "caps",
        )
        .first()
    )
    if card is None:
        raise RuleBroken("The organisation that pays has not set its rates yet. Ask its finance team to set them.")
    return card


def _bands() -> Prefetch:
    return Prefetch("bands", MileageBand.objects.order_by("up_to"))


def as_values(card: RateCard) -> cards.RateCard:
    """Return a stored rate card as the values that pricing works on; its rows must be prefetched."""
    return cards.RateCard(
        name=card.name,
        time_rates=tuple(_time_rate(row) for row in card.time_rates.all()),
        mileage_rates=tuple(
            cards.MileageRate(
                vehicle=Vehicle(row.vehicle),
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                bands=tuple(cards.Band(band.up_to, band.rate) for band in row.bands.all()),
                passenger=row.passenger,
                row=row.pk,
            )
            for row in card.mileage_rates.all()
        ),
        mileage_year_starts=(card.mileage_year_month, card.mileage_year_day),
        caps=tuple(
            cards.Cap(LineKind(row.kind), row.valid_from, row.valid_to, row.amount, row=row.pk)
            for row in card.caps.all()
        ),
        needs_approval=frozenset(LineKind(kind) for kind in card.needs_approval),
        first_class_needs_approval=card.first_class_needs_approval,
        claim_window_months=card.claim_window_months,
        late_cancellation=(
            None
            if card.late_cancellation_hours is None
            else cards.LateCancellation(card.late_cancellation_hours, AtBoundary(card.late_cancellation_pays))
        ),
        clock=cards.Clock(card.decision_working_days, card.payment_days, tuple(card.steps_days)),
    )


def _time_rate(row: TimeRate) -> cards.TimeRate:
    terms: cards.TimeTerms
    match row.basis:
        case PaymentBasis.DAY:
            terms = cards.ByDay(row.half_day, row.full_day, row.boundary_minutes, AtBoundary(row.at_boundary))
        case PaymentBasis.HOUR:
            terms = cards.ByHour(row.rate)
        case PaymentBasis.SESSION:
            terms = cards.BySession(row.session_minutes, row.amount)
        case _:
            terms = cards.Unpaid()
    return cards.TimeRate(frozenset({row.role_category}), row.valid_from, row.valid_to, terms, row=row.pk)
