"""What finance does with a rate card: makes it, follows, corrects, ends and removes its dated rows, sets its rules."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar, cast
from uuid import UUID

import psycopg
from django.db import IntegrityError, transaction

from expenses import permissions
from expenses.enums import AtBoundary, CardTemplate, LineKind, PaymentBasis, RoleCategory, Vehicle
from expenses.models import Cap, MileageBand, MileageRate, RateCard, TimeRate
from expenses.policies import card as cards
from expenses.policies import card_changes
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

Row = TypeVar("Row", bound=TimeRate | MileageRate | Cap)

GONE = "This rate is no longer on the card."
CHANGED_MEANWHILE = "Somebody else has just changed these rates. Look at the card again before you change it."
HAS_ONE = "This organisation has a rate card already."

# What a template's figures come from (domain.md 2.2, 2.3 and 3); a trust writes its own words on its own rows.
_TIME_SOURCES = {
    CardTemplate.NATIONAL: "NHS England's policy, as quoted by Mid and South Essex",
    CardTemplate.HOURLY: "Imperial College Healthcare",
    CardTemplate.PER_SESSION: "Tees, Esk and Wear Valleys",
    CardTemplate.UNPAID: "North Bristol",
}
_MILEAGE_SOURCE = "HMRC's approved mileage rates"
_CAP_SOURCE = "HMRC's benchmark for a day of 5 hours or more"


@dataclass(frozen=True)
class CardRules:
    """A card's rules for claims; they hold for claims sent from now on, never for one that has been sent.

    ``late_cancellation_hours`` is None and ``late_cancellation_pays`` empty where late cancellations are not paid.
    ``payment_days`` and ``steps_days`` are calendar days from the day a claim is sent.
    """

    name: str
    claim_window_months: int
    needs_approval: frozenset[LineKind]
    first_class_needs_approval: bool
    late_cancellation_hours: int | None
    late_cancellation_pays: AtBoundary | str
    mileage_year_month: int
    mileage_year_day: int
    decision_working_days: int
    payment_days: int
    steps_days: tuple[int, ...]
    reply_working_days: int
    appeal_working_days: int


# --- the card -----------------------------------------------------------------------------
@audited("expenses.rate_card.make")
@transaction.atomic
def make_rate_card(*, organisation_id: UUID, template: CardTemplate, name: str, by: User, at: datetime) -> RateCard:
    """Make an organisation's rate card from a template: its rules, and its rows, one for each role category.

    Raises RuleBroken when the organisation has a card, or (field ``name``) when the name is empty.
    """
    permissions.check_can_manage_rates(by, organisation_id, today=local_date(at))
    start = cards.card_from_template(template)
    late = start.late_cancellation
    month, day = start.mileage_year_starts
    try:
        with transaction.atomic():
            card = RateCard.objects.create(
                organisation_id=organisation_id,
                name=_name(name),
                made_by=by,
                made_at=at,
                mileage_year_month=month,
                mileage_year_day=day,
                needs_approval=sorted(start.needs_approval),
                first_class_needs_approval=start.first_class_needs_approval,
                claim_window_months=start.claim_window_months,
                late_cancellation_hours=late.within_hours if late else None,
                late_cancellation_pays=late.pays if late else "",
                decision_working_days=start.clock.decision_working_days,
                payment_days=start.clock.payment_days,
                steps_days=list(start.clock.steps_days),
            )
    except IntegrityError:
        raise RuleBroken(HAS_ONE) from None
    for time in start.time_rates:
        for category in sorted(time.role_categories):
            TimeRate.objects.create(
                card=card,
                role_category=category,
                valid_from=time.valid_from,
                valid_to=time.valid_to,
                source=_TIME_SOURCES[template],
                **_columns(time.terms),
            )
    for mileage in start.mileage_rates:
        row = MileageRate.objects.create(
            card=card,
            vehicle=mileage.vehicle,
            valid_from=mileage.valid_from,
            valid_to=mileage.valid_to,
            passenger=mileage.passenger,
            source=_MILEAGE_SOURCE,
        )
        _write_bands(row, mileage.bands)
    for cap in start.caps:
        Cap.objects.create(
            card=card,
            kind=cap.kind,
            valid_from=cap.valid_from,
            valid_to=cap.valid_to,
            amount=cap.amount,
            source=_CAP_SOURCE,
        )
    return card


@audited("expenses.rate_card.change_rules")
@transaction.atomic
def change_rules(*, card_id: UUID, rules: CardRules, by: User, at: datetime) -> RateCard:
    """Set a card's rules. Claims that have been sent keep the prices and days they were sent with.

    Raises RuleBroken with the field of ``CardRules`` that is wrong.
    """
    card = _lock_card(card_id, by=by, at=at)
    card_changes.check_needs_approval(rules.needs_approval)
    card_changes.check_period(rules.claim_window_months, field="claim_window_months", most=card_changes.MOST_MONTHS)
    card_changes.check_late_cancellation(rules.late_cancellation_hours, rules.late_cancellation_pays)
    card_changes.check_year_starts(rules.mileage_year_month, rules.mileage_year_day)
    card_changes.check_steps(rules.steps_days)
    for period in ("decision_working_days", "payment_days", "reply_working_days", "appeal_working_days"):
        card_changes.check_period(getattr(rules, period), field=period)
        setattr(card, period, getattr(rules, period))
    card.name = _name(rules.name)
    card.claim_window_months = rules.claim_window_months
    card.needs_approval = sorted(rules.needs_approval)
    card.first_class_needs_approval = rules.first_class_needs_approval
    card.late_cancellation_hours = rules.late_cancellation_hours
    card.late_cancellation_pays = rules.late_cancellation_pays
    card.mileage_year_month, card.mileage_year_day = rules.mileage_year_month, rules.mileage_year_day
    card.steps_days = list(rules.steps_days)
    card.save()
    return card


# --- a new row ----------------------------------------------------------------------------
@audited("expenses.time_rate.follow")
@transaction.atomic
def follow_time_rate(
    *,
    card_id: UUID,
    role_category: RoleCategory,
    valid_from: date,
    terms: cards.TimeTerms,
    source: str,
    by: User,
    at: datetime,
) -> TimeRate:
    """Pay a role category's time in a new way from a day on; the row in force ends the day before.

    The category's first row may start on any day. Raises RuleBroken (field ``valid_from``) when the row would overlap
    another, leave days without one, or end one before a day that claims have used it for; and with the figure's name
    as field for figures that cannot be meant.
    """
    card = _lock_card(card_id, by=by, at=at)
    card_changes.check_terms(terms)
    return _follow(
        TimeRate(card=card, role_category=role_category, valid_from=valid_from, source=source, **_columns(terms))
    )


@audited("expenses.mileage_rate.follow")
@transaction.atomic
def follow_mileage_rate(
    *,
    card_id: UUID,
    vehicle: Vehicle,
    valid_from: date,
    bands: Sequence[cards.Band],
    passenger: Decimal,
    source: str,
    by: User,
    at: datetime,
) -> MileageRate:
    """Pay a kind of vehicle's miles in a new way from a day on; the row in force ends the day before.

    ``bands`` and ``passenger`` are pounds a mile. Raises RuleBroken as ``follow_time_rate`` does; where a band is wrong
    the field is its place, counted from 0.
    """
    card = _lock_card(card_id, by=by, at=at)
    _check_bands(bands)
    row = _follow(MileageRate(card=card, vehicle=vehicle, valid_from=valid_from, passenger=passenger, source=source))
    _write_bands(row, bands)
    return row


@audited("expenses.cap.follow")
@transaction.atomic
def follow_cap(
    *, card_id: UUID, kind: LineKind, valid_from: date, amount: Decimal, source: str, by: User, at: datetime
) -> Cap:
    """Set the most, in pounds, that a line of a kind is paid from a day on; the limit in force ends the day before.

    Raises RuleBroken as ``follow_time_rate`` does, and (field ``kind``) for time and mileage.
    """
    card = _lock_card(card_id, by=by, at=at)
    card_changes.check_cap_kind(kind)
    return _follow(Cap(card=card, kind=kind, valid_from=valid_from, amount=amount, source=source))


# --- a row that is there ------------------------------------------------------------------
@audited("expenses.time_rate.correct")
@transaction.atomic
def correct_time_rate(
    *, card_id: UUID, row_id: UUID, valid_from: date, terms: cards.TimeTerms, source: str, by: User, at: datetime
) -> TimeRate:
    """Correct a row that no claim has used. Where a row ends the day before it, that end moves along.

    Raises RuleBroken as ``follow_time_rate`` does, and for a row that claims have used: it is followed instead.
    """
    card = _lock_card(card_id, by=by, at=at)
    card_changes.check_terms(terms)
    return _correct(_row(card, row_id, TimeRate), valid_from, source=source, **_columns(terms))


@audited("expenses.mileage_rate.correct")
@transaction.atomic
def correct_mileage_rate(
    *,
    card_id: UUID,
    row_id: UUID,
    valid_from: date,
    bands: Sequence[cards.Band],
    passenger: Decimal,
    source: str,
    by: User,
    at: datetime,
) -> MileageRate:
    """Correct a row that no claim has used, with all its bands; see ``correct_time_rate``."""
    card = _lock_card(card_id, by=by, at=at)
    _check_bands(bands)
    row = _correct(_row(card, row_id, MileageRate), valid_from, source=source, passenger=passenger)
    row.bands.all().delete()
    _write_bands(row, bands)
    return row


@audited("expenses.cap.correct")
@transaction.atomic
def correct_cap(
    *, card_id: UUID, row_id: UUID, valid_from: date, amount: Decimal, source: str, by: User, at: datetime
) -> Cap:
    """Correct a limit that no claim has used; see ``correct_time_rate``."""
    card = _lock_card(card_id, by=by, at=at)
    return _correct(_row(card, row_id, Cap), valid_from, source=source, amount=amount)


@audited("expenses.row.close")
@transaction.atomic
def close_row(*, card_id: UUID, row_id: UUID, valid_to: date, by: User, at: datetime) -> TimeRate | MileageRate | Cap:
    """Give a row a last day, with nothing after it; to pay something else from then on, follow it instead.

    Raises RuleBroken (field ``valid_to``) for a day before its first, before a day that claims have used it for, or
    one that leaves a gap before the next row.
    """
    card = _lock_card(card_id, by=by, at=at)
    row = _row(card, row_id, TimeRate, MileageRate, Cap)
    closed = card_changes.close(_spans(_rows_like(row)), row.pk, valid_to)
    with _rows_fit():
        row.valid_to = closed.valid_to
        row.save(update_fields=["valid_to"])
    return row


@audited("expenses.row.remove")
@transaction.atomic
def remove_row(*, card_id: UUID, row_id: UUID, by: User, at: datetime) -> None:
    """Take out a row that no claim has used; a row that ends the day before it goes on in its place.

    Raises RuleBroken for a row that claims have used.
    """
    card = _lock_card(card_id, by=by, at=at)
    row = _row(card, row_id, TimeRate, MileageRate, Cap)
    rows = _rows_like(row)
    before = card_changes.remove(_spans(rows), row.pk)
    with _rows_fit():
        row.delete()
        _move_ends(rows, before)


# --- inside -------------------------------------------------------------------------------
def _lock_card(card_id: UUID, *, by: User, at: datetime) -> RateCard:
    """Return the card with its row locked, so that two people's changes come one after the other."""
    card = RateCard.objects.select_for_update().get(pk=card_id)
    permissions.check_can_manage_rates(by, card.organisation_id, today=local_date(at))
    return card


def _name(name: str) -> str:
    if not name.strip():
        raise RuleBroken("Enter a name for the rate card.", field="name")
    return name.strip()


def _row(card: RateCard, row_id: UUID, *models: type[Row]) -> Row:
    """Return one of the card's rows, whichever of the kinds it is."""
    for model in models:
        row = model.objects.filter(card=card, pk=row_id).first()
        if row is not None:
            return cast(Row, row)
    raise RuleBroken(GONE)


_SAME_THING = {TimeRate: "role_category", MileageRate: "vehicle", Cap: "kind"}


def _rows_like(row: Row) -> list[Row]:
    """Return the card's rows for the same thing, earliest first. They are locked: no claim starts to use one now."""
    same = _SAME_THING[type(row)]
    found = type(row).objects.select_for_update().filter(**{"card": row.card, same: getattr(row, same)})
    return cast(list[Row], list(found.order_by("valid_from")))


def _spans(rows: Collection[Row]) -> list[card_changes.Span]:
    return [card_changes.Span(row.pk, row.valid_from, row.valid_to, row.last_used_on) for row in rows]


def _follow(row: Row) -> Row:
    rows = _rows_like(row)
    ended = card_changes.follow(_spans(rows), row.valid_from)
    with _rows_fit():
        _move_ends(rows, ended)
        row.save(force_insert=True)
    return row


def _correct(row: Row, valid_from: date, **columns: Any) -> Row:
    rows = _rows_like(row)
    _moved, before = card_changes.move(_spans(rows), row.pk, valid_from)
    is_later = valid_from > row.valid_from
    for name, value in columns.items():
        setattr(row, name, value)
    row.valid_from = valid_from
    with _rows_fit():
        # Whichever of the two gets shorter goes first: at no moment may they share a day.
        if is_later:
            row.save()
        _move_ends(rows, before)
        if not is_later:
            row.save()
    return row


def _move_ends(rows: Sequence[Row], moved: card_changes.Span | None) -> None:
    for row in rows:
        if moved is not None and row.pk == moved.row:
            row.valid_to = moved.valid_to
            row.save(update_fields=["valid_to"])


@contextmanager
def _rows_fit() -> Iterator[None]:
    """Turn the database's own refusal of an overlap into words: somebody has written past the card's lock."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if isinstance(error.__cause__, psycopg.errors.ExclusionViolation):
            raise RuleBroken(CHANGED_MEANWHILE) from None
        raise


def _columns(terms: cards.TimeTerms) -> dict[str, Any]:
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


def _check_bands(bands: Sequence[cards.Band]) -> None:
    if not bands:
        raise RuleBroken("Enter what a mile pays.", field="0")
    cards.check_bands(bands)


def _write_bands(row: MileageRate, bands: Sequence[cards.Band]) -> None:
    for band in bands:
        MileageBand.objects.create(mileage_rate=row, up_to=band.up_to, rate=band.rate)
