"""What must be agreed before a journey, what has been, and which of it a line of a claim comes under. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from expenses.enums import FareClass, LineKind
from expenses.policies.card import AMOUNT_KINDS, Agreement, RateCard, in_force
from psp_portal.dates import add_months, format_date
from psp_portal.exceptions import RuleBroken
from psp_portal.money import ZERO, format_pounds

# Longer than a course or a project visit: beyond it somebody wants a standing approval.
LONGEST_DAYS = 92
WARN_DAYS = 30
MOST_MONTHS = 60
MOST_POUNDS_APART = 100


@dataclass(frozen=True)
class Wanted:
    """What a line of a claim, or a question before it, is about. ``amount`` is in pounds."""

    kind: LineKind
    is_first_class: bool
    on: date
    amount: Decimal


@dataclass(frozen=True)
class Agreed:
    """Something agreed. ``left`` is what may still be claimed under it in pounds, None for whatever it costs."""

    key: UUID
    kinds: frozenset[LineKind]
    covers_first_class: bool
    is_over_limit: bool
    starts_on: date
    ends_on: date
    left: Decimal | None
    is_standing: bool = False

    def fits(self, wanted: Wanted) -> bool:
        """Say whether it is about this kind of thing on this day, whatever it costs."""
        if not self.starts_on <= wanted.on <= self.ends_on:
            return False
        if wanted.is_first_class:
            return self.covers_first_class
        return wanted.kind in self.kinds

    def covers(self, wanted: Wanted) -> bool:
        """Say whether it fits, and enough is left of it."""
        return self.fits(wanted) and (self.left is None or wanted.amount <= self.left)


def is_needed(wanted: Wanted, card: RateCard) -> bool:
    """Say whether a rate card wants something agreed beforehand: its kind, first class, or more than its limit."""
    if wanted.kind not in AMOUNT_KINDS:
        return False
    if wanted.kind in card.needs_approval or (wanted.is_first_class and card.first_class_needs_approval):
        return True
    return is_over_limit(wanted, card)


def is_over_limit(wanted: Wanted, card: RateCard) -> bool:
    """Say whether something costs more than the card's limit of its kind on its day."""
    cap = in_force((cap for cap in card.caps if cap.kind == wanted.kind), wanted.on)
    return cap is not None and wanted.amount > cap.amount


def best_for(wanted: Wanted, agreed: Iterable[Agreed], *, is_over_limit: bool) -> Agreed | None:
    """Return what was agreed that a line comes under, or None.

    One that covers the line whole comes before one of which too little is left; among equals what was asked for this
    journey comes before a standing approval, then what ends first. Only what was asked as over the limit says anything
    about a limit, so for a line over it that comes first of all.
    """
    fitting = [each for each in agreed if each.fits(wanted)]
    return min(
        fitting,
        key=lambda each: (
            is_over_limit and not each.is_over_limit,
            not each.covers(wanted),
            each.is_standing,
            each.ends_on,
            each.starts_on,
            str(each.key),
        ),
        default=None,
    )


@dataclass(frozen=True)
class Subject:
    """Something that a payer's card wants agreed beforehand, and that can be asked for."""

    kind: LineKind
    fare_class: str = ""
    is_over_limit: bool = False

    @property
    def value(self) -> str:
        """How a form sends it."""
        return f"{self.kind}:{self.fare_class}:{'over' if self.is_over_limit else ''}"

    @property
    def label(self) -> str:
        """What people read."""
        return subject_in_words(self.kind, self.fare_class, is_over_limit=self.is_over_limit)


def subjects_of(card: RateCard) -> list[Subject]:
    """Return what can be asked for before a journey, by a card: its kinds, first class, more than its limits."""
    kinds = [Subject(kind) for kind in LineKind if kind in card.needs_approval]
    first = [Subject(LineKind.RAIL, FareClass.FIRST)] if card.first_class_needs_approval else []
    capped = {cap.kind for cap in card.caps}
    return kinds + first + [Subject(kind, is_over_limit=True) for kind in LineKind if kind in capped & AMOUNT_KINDS]


def assign(lines: Iterable[tuple[UUID, Wanted]], agreed: Iterable[Agreed], card: RateCard) -> dict[UUID, Agreement]:
    """Return, for each line of a claim that needs it, what was agreed that it comes under, as far as it is left.

    In line order. What was asked for one journey is used up by its lines; a standing approval's limit is for each item.
    """
    known = list(agreed)
    left = {each.key: each.left for each in known}
    found: dict[UUID, Agreement] = {}
    for key, wanted in lines:
        if not is_needed(wanted, card):
            continue
        now = [replace(each, left=left[each.key]) for each in known]
        best = best_for(wanted, now, is_over_limit=is_over_limit(wanted, card))
        if best is None:
            continue
        found[key] = Agreement(best.key, best.left, best.is_over_limit, best.is_standing)
        if best.left is not None and not best.is_standing:
            left[best.key] = max(best.left - wanted.amount, ZERO)
    return found


def check_request(
    wanted: Wanted,
    card: RateCard,
    *,
    asks_over_limit: bool,
    ends_on: date,
    term: tuple[date, date],
    today: date,
) -> None:
    """Raise RuleBroken, naming the field, unless this can be asked for today. ``term`` is the partner's, both included.

    A journey that has been made cannot be asked for any more: it is claimed, and whoever decides looks at it.
    """
    if wanted.on < today:
        raise RuleBroken(
            "The date must be today or later. If you have travelled already, claim for it and say who agreed to it",
            field="starts_on",
        )
    if ends_on < wanted.on:
        raise RuleBroken("The last day must be the same as or after the first day", field="ends_on")
    if (ends_on - wanted.on).days >= LONGEST_DAYS:
        raise RuleBroken(
            f"You can ask for up to {LONGEST_DAYS} days at once. For longer, ask your lead for a standing approval",
            field="ends_on",
        )
    if not term[0] <= wanted.on or ends_on > term[1]:
        raise RuleBroken(
            f"The dates must be in your term, from {format_date(term[0])} to {format_date(term[1])}", field="starts_on"
        )
    if wanted.amount <= ZERO:
        raise RuleBroken("Enter an amount of at least 1p, like 14.50", field="expected")
    if asks_over_limit and not is_over_limit(wanted, card):
        raise RuleBroken("This is within the limit, so nobody needs to agree to it beforehand", field="expected")
    if not is_needed(wanted, card):
        raise RuleBroken("This does not need to be agreed beforehand. You can claim for it", field="subject")


def check_limit(limit: Decimal | None) -> None:
    """Raise RuleBroken for a limit of nothing, which would agree to nothing."""
    if limit is not None and limit <= ZERO:
        raise RuleBroken("The limit must be at least 1p. Leave it empty for no limit", field="limit")


def check_standing(
    *,
    kinds: Iterable[LineKind],
    covers_first_class: bool,
    starts_on: date,
    ends_on: date,
    today: date,
    most_months: int,
) -> None:
    """Raise RuleBroken, naming the field, unless a standing approval can be recorded today."""
    chosen = frozenset(kinds)
    if not chosen and not covers_first_class:
        raise RuleBroken("Select what is agreed", field="kinds")
    if chosen - AMOUNT_KINDS:
        raise RuleBroken("Only things that are paid for can be agreed beforehand", field="kinds")
    if ends_on < max(starts_on, today):
        raise RuleBroken("The last day must be today or later, and not before the first day", field="ends_on")
    last = add_months(starts_on, most_months)
    if ends_on > last:
        raise RuleBroken(
            f"The last day must be on or before {format_date(last)}: a standing approval lasts {most_months} "
            f"{'month' if most_months == 1 else 'months'} at most, and is then looked at again",
            field="ends_on",
        )


def check_settings(*, standing_approval_months: int, duplicate_percent: int, duplicate_pounds: Decimal) -> None:
    """Raise RuleBroken, naming the field, unless a rate card can say this of standing approvals and near amounts."""
    if not 1 <= standing_approval_months <= MOST_MONTHS:
        raise RuleBroken(f"The months must be between 1 and {MOST_MONTHS}", field="standing_approval_months")
    if not 0 <= duplicate_percent <= 100:
        raise RuleBroken("The percentage must be between 0 and 100", field="duplicate_percent")
    if not ZERO <= duplicate_pounds <= MOST_POUNDS_APART:
        raise RuleBroken(f"The amount must be between £0 and £{MOST_POUNDS_APART}", field="duplicate_pounds")


def is_first_class(kind: str, fare_class: str) -> bool:
    """Say whether a fare is a train's first class."""
    return kind == LineKind.RAIL and fare_class == FareClass.FIRST


def agreed_in_words(agreed: Agreed) -> str:
    """Return what was agreed for which days: "3 September 2026, up to £30.00"."""
    days = format_date(agreed.starts_on)
    if agreed.ends_on != agreed.starts_on:
        days = f"{days} to {format_date(agreed.ends_on)}"
    return f"{days}, {limit_in_words(agreed.left)}{' each time' if agreed.is_standing and agreed.left else ''}"


def limit_in_words(limit: Decimal | None) -> str:
    """Return how much was agreed: "up to £30.00", or that there is no limit."""
    return f"up to {format_pounds(limit)}" if limit is not None else "no limit"


def kinds_in_words(kinds: Iterable[str], *, covers_first_class: bool) -> str:
    """Return what a standing approval is for: "Taxi, Overnight stay"."""
    return ", ".join([LineKind(kind).label for kind in kinds] + (["First-class train"] if covers_first_class else []))


def subject_in_words(kind: str, fare_class: str, *, is_over_limit: bool) -> str:
    """Return what is asked for: "Taxi", "First-class train", "Lunch, over the limit"."""
    name = "First-class train" if is_first_class(kind, fare_class) else LineKind(kind).label
    return f"{name}, over the limit" if is_over_limit else name
