"""What may be done to the dated rows of a rate card, and which rules make sense. Pure: rows come in as their dates."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from expenses.enums import AtBoundary, LineKind
from expenses.policies.card import AMOUNT_KINDS, ByDay, BySession, TimeTerms, first_overlap, gaps
from psp_portal.dates import format_date
from psp_portal.exceptions import RuleBroken

MOST_MINUTES = 24 * 60
MOST_MONTHS = 24
MOST_PERCENT = 100
MOST_DAYS = 366
IN_USE = "Claims have used this rate, so it cannot be {done}. Add a new rate: this one then ends the day before it."


@dataclass(frozen=True)
class Span:
    """A row as its days, both included; ``used_until`` is the last day of a claim priced with it. ``row`` is its name.

    A row that no claim has used has no ``used_until``.
    """

    row: Hashable
    valid_from: date
    valid_to: date | None
    used_until: date | None = None


def follow(rows: Sequence[Span], valid_from: date, *, is_backdated: bool = False) -> Span | None:
    """Return the row that ends because a new one, without end, starts on a day; None when none does.

    ``rows`` are those for the same thing. Raises RuleBroken when the new one would overlap a row that starts then or
    later, leave days without a row, or end a row before a day that claims have used it for; the last is allowed for a
    row that ``is_backdated`` on purpose.
    """
    ended = next((row for row in rows if row.valid_from < valid_from <= (row.valid_to or date.max)), None)
    if ended is not None:
        ended = replace(ended, valid_to=_day_before(valid_from))
        if not is_backdated:
            later = f"The new one can start on {_text(_day_after(ended.used_until))} or later, unless it is backdated."
            _check_not_used_after(ended, later)
    check_fit([*_put(rows, ended), Span(None, valid_from, None)])
    return ended


def move(rows: Sequence[Span], row: Hashable, valid_from: date) -> tuple[Span, Span | None]:
    """Return a row as it starts on another day, and the row before it where that one's end moves along.

    Raises RuleBroken when a claim has used the row, when it would start after its own end or before the row before it,
    or when that one would end before a day that claims have used it for.
    """
    old = _unused(rows, row, "changed")
    moved = replace(old, valid_from=valid_from)
    if moved.valid_to and moved.valid_to < valid_from:
        raise RuleBroken(f"This rate ends on {_text(moved.valid_to)}. It must start by then.", field="valid_from")
    before = _joined(rows, old)
    if before is not None:
        # A row that would be left without a day is not shortened: check_fit then names the days they share.
        was_cut_back = is_cut_back(before)
        before = replace(before, valid_to=max(before.valid_from, _day_before(valid_from)))
        # A row that a backdated one has cut back stays so: correcting its first day is part of putting it in.
        if not was_cut_back:
            _check_not_used_after(before, f"This one can start on {_text(_day_after(before.used_until))} or later.")
    check_fit(_put(rows, moved, before))
    return moved, before


def remove(rows: Sequence[Span], row: Hashable) -> Span | None:
    """Return the row that goes on in place of one that is taken out; None when no row joins it from before.

    Raises RuleBroken when a claim has used the row.
    """
    gone = _unused(rows, row, "removed")
    before = _joined(rows, gone)
    return replace(before, valid_to=gone.valid_to) if before else None


def close(rows: Sequence[Span], row: Hashable, valid_to: date) -> Span:
    """Return a row with a last day. Raises RuleBroken when that is before its first, before a day that claims have used
    it for, or before the day on which the next row takes over."""
    old = _named(rows, row)
    if valid_to < old.valid_from:
        raise RuleBroken(f"The last day must be on or after {_text(old.valid_from)}.", field="valid_to")
    closed = replace(old, valid_to=valid_to)
    _check_not_used_after(closed, "The last day must be that day or later.", field="valid_to")
    check_fit(_put(rows, closed), field="valid_to")
    return closed


def check_backdated(valid_from: date, source: str, *, today: date) -> None:
    """Raise RuleBroken unless a row that somebody calls backdated starts in the past and says where it comes from."""
    if valid_from >= today:
        raise RuleBroken("A backdated rate must start before today.", field="valid_from")
    if not source.strip():
        raise RuleBroken("Say where the backdated figure comes from and when it was announced.", field="source")


def is_cut_back(row: Span) -> bool:
    """Say whether a row ends before a day that claims have used it for."""
    return bool(row.used_until and row.valid_to and row.valid_to < row.used_until)


def check_fit(rows: Sequence[Span], *, field: str = "valid_from") -> None:
    """Raise RuleBroken, naming the days, when rows for one thing overlap or leave days between them without a row."""
    overlap = first_overlap(rows, lambda row, other: True)
    if overlap:
        first, second = sorted((rows[place] for place in overlap), key=lambda row: row.valid_from)
        days = _days(second.valid_from, min(first.valid_to or date.max, second.valid_to or date.max))
        raise RuleBroken(
            f"{days} two rates would be in force. Choose other days, or first change or remove the rate that is there.",
            field=field,
        )
    between = gaps(rows)
    if between:
        raise RuleBroken(f"{_days(*between[0])} no rate would be in force. Choose days that leave no gap.", field=field)


def check_terms(terms: TimeTerms) -> None:
    """Raise RuleBroken, with the wrong figure as ``field``, for terms that cannot be meant."""
    match terms:
        case ByDay():
            if terms.full_day < terms.half_day:
                raise RuleBroken("A full day must not pay less than a half day.", field="full_day")
            if not 1 <= terms.boundary_minutes <= MOST_MINUTES:
                raise RuleBroken(f"Enter minutes from 1 to {MOST_MINUTES}.", field="boundary_minutes")
        case BySession():
            if not 1 <= terms.session_minutes <= MOST_MINUTES:
                raise RuleBroken(f"Enter minutes from 1 to {MOST_MINUTES}.", field="session_minutes")


def check_steps(steps_days: Sequence[int]) -> None:
    """Raise RuleBroken unless there is at least one step, all from day 1 to a year on, each later than the last."""
    if not steps_days:
        raise RuleBroken("Enter at least one day, like 20.", field="steps_days")
    if not all(1 <= day <= MOST_DAYS for day in steps_days):
        raise RuleBroken(f"Each day must be from 1 to {MOST_DAYS}.", field="steps_days")
    for day, following in zip(steps_days, steps_days[1:], strict=False):
        if following <= day:
            raise RuleBroken(
                f"Each day must be later than the one before it: {following} comes after {day}.", field="steps_days"
            )


def check_period(days: int, *, field: str, most: int = MOST_DAYS) -> None:
    """Raise RuleBroken unless a period is at least 1 and no longer than ``most``."""
    if not 1 <= days <= most:
        raise RuleBroken(f"Enter a number from 1 to {most}.", field=field)


def check_needs_approval(kinds: Collection[LineKind]) -> None:
    """Raise RuleBroken for a kind that is never approved beforehand: time and mileage have rates instead."""
    if not AMOUNT_KINDS.issuperset(kinds):
        raise RuleBroken("Only what has a receipt can need approval beforehand.", field="needs_approval")


def check_cap_kind(kind: LineKind) -> None:
    """Raise RuleBroken for a kind that no limit can be set on: time and mileage have rates instead."""
    if kind not in AMOUNT_KINDS:
        raise RuleBroken("Time and mileage have rates, not limits. Choose another kind.", field="kind")


def check_late_cancellation(within_hours: int | None, pays: AtBoundary | str) -> None:
    """Raise RuleBroken unless hours and what they pay are both given or both left out."""
    if within_hours is None and pays:
        raise RuleBroken("Enter the hours of notice, or choose “Not paid”.", field="late_cancellation_hours")
    if within_hours is not None and not pays:
        raise RuleBroken("Choose what is paid, or leave the hours empty.", field="late_cancellation_pays")


def check_year_starts(month: int, day: int) -> None:
    """Raise RuleBroken unless a year can start on the day in every year: from 1 to 28 of a month."""
    if not 1 <= month <= 12:
        raise RuleBroken("Choose a month.", field="mileage_year_month")
    if not 1 <= day <= 28:
        raise RuleBroken("Enter a day from 1 to 28, so that every year has it.", field="mileage_year_day")


def _check_not_used_after(row: Span, then: str, *, field: str = "valid_from") -> None:
    if is_cut_back(row):
        raise RuleBroken(
            f"Claims up to {_text(row.used_until)} have been priced with the rate in force. {then}", field=field
        )


def _unused(rows: Sequence[Span], row: Hashable, done: str) -> Span:
    found = _named(rows, row)
    if found.used_until:
        raise RuleBroken(IN_USE.format(done=done))
    return found


def _named(rows: Sequence[Span], row: Hashable) -> Span:
    return next(span for span in rows if span.row == row)


def _joined(rows: Sequence[Span], row: Span) -> Span | None:
    """Return the row that ends the day before this one starts."""
    return next((span for span in rows if span.valid_to and _day_after(span.valid_to) == row.valid_from), None)


def _put(rows: Sequence[Span], *changed: Span | None) -> list[Span]:
    new = {span.row: span for span in changed if span is not None}
    return [new.get(span.row, span) for span in rows]


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None


def _days(first: date, last: date) -> str:
    if first == last:
        return f"On {_text(first)}"
    return f"From {_text(first)} {'onwards' if last == date.max else f'to {_text(last)}'}"


def _text(day: date | None) -> str:
    return format_date(day) if day else ""
