"""What finance does with the dated rows of a rate card: follows, corrects, ends and removes them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar, cast
from uuid import UUID

import psycopg
from django.db import IntegrityError, transaction

from expenses.enums import LineKind, RoleCategory, Vehicle
from expenses.models import Cap, MileageRate, RateCard, TimeRate
from expenses.policies import card as cards
from expenses.policies import card_changes
from expenses.services import proposing
from expenses.services.rates.writing import columns, lock_card, write_bands
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

Row = TypeVar("Row", bound=TimeRate | MileageRate | Cap)

GONE = "This rate is no longer on the card."
CORRECTED = "The rate was corrected."
REMOVED = "The rate was taken off the rate card."
CHANGED_MEANWHILE = "Somebody else has just changed these rates. Look at the card again before you change it."


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
    backdated: bool = False,
) -> TimeRate:
    """Pay a role category's time in a new way from a day on; the row in force ends the day before.

    The category's first row may start on any day. Raises RuleBroken (field ``valid_from``) when the row would overlap
    another, leave days without one, or end one before a day that claims have used it for; and with the figure's name
    as field for figures that cannot be meant.

    A ``backdated`` row may end one before such a day: it needs a ``source`` (field) and starts before today. Lines
    that were sent keep their price; what agreed ones would be paid more is offered to their partners as top-ups.
    """
    card = lock_card(card_id, by=by, at=at)
    card_changes.check_terms(terms)
    row = TimeRate(card=card, role_category=role_category, valid_from=valid_from, source=source, **columns(terms))
    _follow(row, backdated=backdated, at=at)
    proposing.propose_for_rate(row, by=by, at=at)
    return row


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
    backdated: bool = False,
) -> MileageRate:
    """Pay a kind of vehicle's miles in a new way from a day on; the row in force ends the day before.

    ``bands`` and ``passenger`` are pounds a mile. Raises RuleBroken as ``follow_time_rate`` does; where a band is wrong
    the field is its place, counted from 0.
    """
    card = lock_card(card_id, by=by, at=at)
    _check_bands(bands)
    row = MileageRate(card=card, vehicle=vehicle, valid_from=valid_from, passenger=passenger, source=source)
    _follow(row, backdated=backdated, at=at)
    write_bands(row, bands)
    proposing.propose_for_rate(row, by=by, at=at)
    return row


@audited("expenses.cap.follow")
@transaction.atomic
def follow_cap(
    *,
    card_id: UUID,
    kind: LineKind,
    valid_from: date,
    amount: Decimal,
    source: str,
    by: User,
    at: datetime,
    backdated: bool = False,
) -> Cap:
    """Set the most, in pounds, that a line of a kind is paid from a day on; the limit in force ends the day before.

    Raises RuleBroken as ``follow_time_rate`` does, and (field ``kind``) for time and mileage.
    """
    card = lock_card(card_id, by=by, at=at)
    card_changes.check_cap_kind(kind)
    row = Cap(card=card, kind=kind, valid_from=valid_from, amount=amount, source=source)
    _follow(row, backdated=backdated, at=at)
    proposing.propose_for_rate(row, by=by, at=at)
    return row


# --- a row that is there ------------------------------------------------------------------
@audited("expenses.time_rate.correct")
@transaction.atomic
def correct_time_rate(
    *, card_id: UUID, row_id: UUID, valid_from: date, terms: cards.TimeTerms, source: str, by: User, at: datetime
) -> TimeRate:
    """Correct a row that no claim has used. Where a row ends the day before it, that end moves along.

    What a backdated row offered is taken back, and offered anew by the figures as corrected. Raises RuleBroken as
    ``follow_time_rate`` does, and for a row that claims have used: it is followed instead.
    """
    card = lock_card(card_id, by=by, at=at)
    card_changes.check_terms(terms)
    row = _row(card, row_id, TimeRate)
    proposing.withdraw_for_rate(row, CORRECTED, by=by, at=at)
    _correct(row, valid_from, at=at, source=source, **columns(terms))
    proposing.propose_for_rate(row, by=by, at=at)
    return row


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
    card = lock_card(card_id, by=by, at=at)
    _check_bands(bands)
    row = _row(card, row_id, MileageRate)
    proposing.withdraw_for_rate(row, CORRECTED, by=by, at=at)
    _correct(row, valid_from, at=at, source=source, passenger=passenger)
    row.bands.all().delete()
    write_bands(row, bands)
    proposing.propose_for_rate(row, by=by, at=at)
    return row


@audited("expenses.cap.correct")
@transaction.atomic
def correct_cap(
    *, card_id: UUID, row_id: UUID, valid_from: date, amount: Decimal, source: str, by: User, at: datetime
) -> Cap:
    """Correct a limit that no claim has used; see ``correct_time_rate``."""
    card = lock_card(card_id, by=by, at=at)
    row = _row(card, row_id, Cap)
    proposing.withdraw_for_rate(row, CORRECTED, by=by, at=at)
    _correct(row, valid_from, at=at, source=source, amount=amount)
    proposing.propose_for_rate(row, by=by, at=at)
    return row


@audited("expenses.row.close")
@transaction.atomic
def close_row(*, card_id: UUID, row_id: UUID, valid_to: date, by: User, at: datetime) -> TimeRate | MileageRate | Cap:
    """Give a row a last day, with nothing after it; to pay something else from then on, follow it instead.

    Raises RuleBroken (field ``valid_to``) for a day before its first, before a day that claims have used it for, or
    one that leaves a gap before the next row.
    """
    card = lock_card(card_id, by=by, at=at)
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

    What a backdated row offered is taken back. Raises RuleBroken for a row that claims have used.
    """
    card = lock_card(card_id, by=by, at=at)
    row = _row(card, row_id, TimeRate, MileageRate, Cap)
    rows = _rows_like(row)
    before = card_changes.remove(_spans(rows), row.pk)
    proposing.withdraw_for_rate(row, REMOVED, by=by, at=at)
    with _rows_fit():
        row.delete()
        _move_ends(rows, before, at=at)


# --- inside -------------------------------------------------------------------------------
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


def _follow(row: Row, *, backdated: bool, at: datetime) -> None:
    rows = _rows_like(row)
    if backdated:
        card_changes.check_backdated(row.valid_from, row.source, today=local_date(at))
        row.backdated_at = row.card.backdated_at = at
        row.card.save(update_fields=["backdated_at"])
    ended = card_changes.follow(_spans(rows), row.valid_from, is_backdated=backdated)
    with _rows_fit():
        _move_ends(rows, ended, at=at)
        row.save(force_insert=True)


def _correct(row: Row, valid_from: date, *, at: datetime, **figures: Any) -> None:
    rows = _rows_like(row)
    _moved, before = card_changes.move(_spans(rows), row.pk, valid_from)
    if row.backdated_at:
        card_changes.check_backdated(valid_from, figures["source"], today=local_date(at))
    is_later = valid_from > row.valid_from
    for name, value in figures.items():
        setattr(row, name, value)
    row.valid_from = valid_from
    with _rows_fit():
        # Whichever of the two gets shorter goes first: at no moment may they share a day.
        if is_later:
            row.save()
        _move_ends(rows, before, at=at)
        if not is_later:
            row.save()


def _move_ends(rows: Sequence[Row], moved: card_changes.Span | None, *, at: datetime) -> None:
    for row in rows:
        if moved is not None and row.pk == moved.row:
            if card_changes.is_cut_back(moved):
                row.cut_back_at = at
            row.valid_to = moved.valid_to
            row.save(update_fields=["valid_to", "cut_back_at"])


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


def _check_bands(bands: Sequence[cards.Band]) -> None:
    if not bands:
        raise RuleBroken("Enter what a mile pays.", field="0")
    cards.check_bands(bands)
