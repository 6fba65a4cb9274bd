"""Reads rate cards: a row of the database as the values that pricing works on, and as what people are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from expenses.enums import AtBoundary, CardTemplate, LineKind, PaymentBasis, RoleCategory, Vehicle
from expenses.models import Cap, MileageBand, MileageRate, RateCard, TimeRate
from expenses.policies import card as cards
from expenses.policies import card_words
from psp_portal.accounts.models import Organisation, User
from psp_portal.accounts.queries import organisation_ids_where
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.dates import format_date
from psp_portal.exceptions import RuleBroken

# --- for people ---------------------------------------------------------------------------
IN_FORCE, TO_COME, ENDED = "In force", "To come", "Ended"


@dataclass(frozen=True)
class RowFigures:
    """A row as people read it. ``row`` is the stored row, None in a template; ``state`` is of the day asked about."""

    what: str
    pays: str
    days: str
    state: str
    row: TimeRate | MileageRate | Cap | None

    @property
    def is_ended(self) -> bool:
        return self.state == ENDED

    @property
    def is_used(self) -> bool:
        """Say whether a claim has used the row, so that it may only be followed or given an end."""
        return self.row is not None and self.row.used_at is not None


@dataclass(frozen=True)
class CardPart:
    """The rows of one part of a card: each thing's in the order of their days."""

    rows: list[RowFigures]

    @property
    def live(self) -> list[RowFigures]:
        return [row for row in self.rows if not row.is_ended]

    @property
    def ended(self) -> list[RowFigures]:
        return [row for row in self.rows if row.is_ended]


@dataclass(frozen=True)
class CardFigures:
    """A card as people read it: its rows and its rules."""

    time: CardPart
    mileage: CardPart
    caps: CardPart
    rules: cards.RateCard
    late_cancellation: str
    needs_approval: list[str]
    mileage_year_starts: str
    steps: str

    @property
    def rows(self) -> list[RowFigures]:
        return [*self.time.rows, *self.mileage.rows, *self.caps.rows]


def rate_cards_visible_to(user: User, *, today: date) -> QuerySet[RateCard]:
    """Return the rate cards of the organisations whose rates somebody may see."""
    return RateCard.objects.filter(
        organisation_id__in=organisation_ids_where(user, roles_with(Permission.SEE_RATES), today)
    ).select_related("organisation")


def organisations_with_rates_visible_to(user: User, *, today: date) -> QuerySet[Organisation]:
    """Return the organisations whose rates somebody may see, whether they have a card yet or not."""
    return Organisation.objects.filter(pk__in=organisation_ids_where(user, roles_with(Permission.SEE_RATES), today))


def with_rows(found: QuerySet[RateCard]) -> QuerySet[RateCard]:
    """Return rate cards that know all their rows and bands: four queries more, however many rows."""
    return found.prefetch_related(
        "time_rates",
        Prefetch("mileage_rates", MileageRate.objects.prefetch_related(_bands())),
        "caps",
    )


def row_of(card: RateCard, row_id: UUID) -> TimeRate | MileageRate | Cap | None:
    """Return one of a card's rows, of whichever kind, or None; the card's rows must be prefetched."""
    rows: list[Any] = [*card.time_rates.all(), *card.mileage_rates.all(), *card.caps.all()]
    return next((row for row in rows if row.pk == row_id), None)


def figures_of_row(card: RateCard, row: TimeRate | MileageRate | Cap, *, today: date) -> RowFigures:
    """Return one row of a card as people read it; the card's rows must be prefetched."""
    return next(each for each in figures_of(card, today=today).rows if each.row == row)


def figures_of(card: RateCard, *, today: date) -> CardFigures:
    """Return a stored card as people read it on a day; its rows must be prefetched."""
    rows = [*card.time_rates.all(), *card.mileage_rates.all(), *card.caps.all()]
    return _figures(as_values(card), {row.pk: row for row in rows}, today)


def figures_of_template(template: CardTemplate, *, today: date) -> CardFigures:
    """Return what a card from a template would say."""
    return _figures(cards.card_from_template(template), {}, today)


def _figures(values: cards.RateCard, stored: Mapping[Any, Any], today: date) -> CardFigures:
    month, day = values.mileage_year_starts
    time = [
        (int(category), RoleCategory(category).label, card_words.terms_in_words(row.terms), row)
        for row in values.time_rates
        for category in row.role_categories
    ]
    mileage = [
        (
            list(Vehicle).index(row.vehicle),
            row.vehicle.label,
            card_words.mileage_in_words(row.bands, row.passenger),
            row,
        )
        for row in values.mileage_rates
    ]
    caps = [
        (list(LineKind).index(row.kind), row.kind.label, card_words.cap_in_words(row.amount), row)
        for row in values.caps
    ]
    return CardFigures(
        time=_part(time, stored, today),
        mileage=_part(mileage, stored, today),
        caps=_part(caps, stored, today),
        rules=values,
        late_cancellation=card_words.late_cancellation_in_words(values.late_cancellation),
        needs_approval=[kind.label for kind in LineKind if kind in values.needs_approval],
        mileage_year_starts=f"{day} {date(2000, month, 1):%B}",
        steps=", ".join(str(days) for days in values.clock.steps_days),
    )


def _part(rows: Iterable[tuple[int, str, str, Any]], stored: Mapping[Any, Any], today: date) -> CardPart:
    ordered = sorted(rows, key=lambda entry: (entry[0], entry[3].valid_from))
    return CardPart(
        [
            RowFigures(what, pays, _days(row), _state(row, today), stored.get(row.row))
            for _order, what, pays, row in ordered
        ]
    )


def _days(row: cards.Dated) -> str:
    start = format_date(row.valid_from)
    return f"{start} to {format_date(row.valid_to)}" if row.valid_to else f"From {start}"


def _state(row: cards.Dated, today: date) -> str:
    if row.valid_to and row.valid_to < today:
        return ENDED
    return IN_FORCE if row.valid_from <= today else TO_COME


# --- for pricing --------------------------------------------------------------------------


def rate_card_of(organisation_id: UUID) -> RateCard:
    """Return an organisation's rate card with all its rows. Raises RuleBroken when it has none yet. Five queries."""
    card = with_rows(RateCard.objects.filter(organisation_id=organisation_id)).first()
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
    return cards.TimeRate(frozenset({row.role_category}), row.valid_from, row.valid_to, terms_of(row), row=row.pk)


def terms_of(row: TimeRate) -> cards.TimeTerms:
    """Return how a stored row pays for time. That a basis has its own figures is held by ``figures_fit_basis``."""
    figures = cast(Any, row)
    match row.basis:
        case PaymentBasis.DAY:
            return cards.ByDay(
                figures.half_day, figures.full_day, figures.boundary_minutes, AtBoundary(row.at_boundary)
            )
        case PaymentBasis.HOUR:
            return cards.ByHour(figures.rate)
        case PaymentBasis.SESSION:
            return cards.BySession(figures.session_minutes, figures.amount)
        case _:
            return cards.Unpaid()
