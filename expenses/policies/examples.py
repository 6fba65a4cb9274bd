"""Five worked examples that show what a rate card pays, before anybody claims with it. Pure: the day is passed in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from expenses.enums import LineKind, RoleCategory, Vehicle
from expenses.policies.card import (
    ByDay,
    ClaimClock,
    ClaimToPrice,
    LineToPrice,
    PricedLine,
    RateCard,
    in_force,
)
from expenses.policies.mileage import format_miles
from expenses.policies.pricing import price_claim
from psp_portal.dates import format_minutes, year_starting
from psp_portal.money import format_number, format_pounds

SHORT, LONG = 120, 450
FOUR_HOURS = 240
A_DAY = 24
JOURNEY = Decimal(40)
A_LUNCH = Decimal("8.50")


@dataclass(frozen=True)
class Subject:
    """Whom, which vehicle and which expense the examples are about: what is being changed, where something is."""

    role_category: int = RoleCategory.SENIOR
    vehicle: Vehicle = Vehicle.CAR
    kind: LineKind = LineKind.SUBSISTENCE_LUNCH


ANYBODY = Subject()


@dataclass(frozen=True)
class Example:
    """A claim to price, and in words what each of its lines is."""

    title: str
    words: tuple[str, ...]
    claim: ClaimToPrice


@dataclass(frozen=True)
class PricedExample:
    """An example with what each line pays in pounds and why; the clock is that of a claim sent on the day."""

    title: str
    lines: tuple[tuple[str, PricedLine], ...]
    pay: Decimal
    held: Decimal
    clock: ClaimClock


def worked_examples(card: RateCard, on: date, subject: Subject = ANYBODY) -> tuple[Example, ...]:
    """Return five claims for a day, fitted to a card so that between them they meet each kind of rule it has.

    They are a half day; exactly the card's limit of a half day, in two parts; a full day with an expense over its
    limit and one without a receipt; a journey over the end of the card's first band, with a passenger; and a meeting
    cancelled as late as the card still pays for.
    """
    limit = _limit_of_half_day(card, on, subject)
    capped = _over_the_limit(card, on, subject)
    so_far = _miles_so_far(card, on, subject)
    miles = "mile" if so_far == 1 else "miles"
    year = f", after {Decimal(format_number(so_far)):,f} {miles} this year" if so_far else ""
    hours = card.late_cancellation.within_hours if card.late_cancellation else A_DAY
    meeting = LineToPrice(None, LineKind.INVOLVEMENT_PAYMENT, on)
    expense = LineToPrice(None, LineKind.PARKING, on, receipt="a receipt", approval="agreed")
    journey = LineToPrice(None, LineKind.MILEAGE, on, vehicle=subject.vehicle, miles=JOURNEY, passengers=1)
    return (
        _example("A short meeting", on, subject, [
            (f"{format_minutes(SHORT)} in a meeting", replace(meeting, minutes=SHORT)),
            ("Parking, £4.20 with a receipt", replace(expense, amount=Decimal("4.20"))),
        ]),
        _example("Exactly the limit of a half day", on, subject, [
            (f"{format_minutes(limit - limit // 4)} in a meeting", replace(meeting, minutes=limit - limit // 4)),
            (f"{format_minutes(limit // 4)} of preparation", replace(meeting, minutes=limit // 4)),
        ]),
        _example("A long day with expenses", on, subject, [
            (f"{format_minutes(LONG)} in a meeting", replace(meeting, minutes=LONG)),
            (
                f"{subject.kind.label}, {format_pounds(capped)} with a receipt",
                replace(expense, kind=subject.kind, amount=capped, receipt="another receipt"),
            ),
            ("Bus, £3.20 without a receipt", replace(expense, kind=LineKind.BUS, amount=Decimal("3.20"), receipt=None)),
        ]),
        _example("A journey with a passenger", on, subject, [
            (f"{format_miles(JOURNEY)} by {subject.vehicle.label.lower()} with 1 passenger{year}", journey),
        ], {(year_starting(on, card.mileage_year_starts), subject.vehicle): so_far}),
        _example("A meeting cancelled late", on, subject, [
            (
                f"Cancelled {hours} {'hour' if hours == 1 else 'hours'} before",
                LineToPrice(None, LineKind.CANCELLED_MEETING, on, notice_hours=Decimal(hours)),
            ),
        ]),
    )  # fmt: skip


def price_examples(
    examples: Sequence[Example], card: RateCard, holidays: Collection[date]
) -> tuple[PricedExample, ...]:
    """Return the examples priced with a card, line by line."""
    found = []
    for example in examples:
        priced = price_claim(example.claim, card, holidays)
        lines = tuple(zip(example.words, priced.lines, strict=True))
        found.append(PricedExample(example.title, lines, priced.totals.pay, priced.totals.held, priced.clock))
    return tuple(found)


def _example(
    title: str,
    on: date,
    subject: Subject,
    lines: Sequence[tuple[str, LineToPrice]],
    miles_so_far: dict[tuple[date, Vehicle], Decimal] | None = None,
) -> Example:
    return Example(
        title,
        tuple(words for words, _line in lines),
        ClaimToPrice(
            role_category=subject.role_category,
            submitted_on=on,
            lines=tuple(replace(line, key=key) for key, (_words, line) in enumerate(lines, start=1)),
            miles_so_far=miles_so_far or {},
        ),
    )


def _limit_of_half_day(card: RateCard, on: date, subject: Subject) -> int:
    """Return the minutes of a half day; four hours where time is not paid by the day."""
    rates = (rate for rate in card.time_rates if subject.role_category in rate.role_categories)
    row = in_force(rates, on)
    return row.terms.boundary_minutes if row and isinstance(row.terms, ByDay) else FOUR_HOURS


def _over_the_limit(card: RateCard, on: date, subject: Subject) -> Decimal:
    """Return an amount in pounds that is more than the card's limit, where there is one."""
    cap = in_force((cap for cap in card.caps if cap.kind == subject.kind), on)
    return max(A_LUNCH, cap.amount + Decimal("3.50")) if cap else A_LUNCH


def _miles_so_far(card: RateCard, on: date, subject: Subject) -> Decimal:
    """Return the miles in the year after which the journey goes over the end of the card's first band."""
    row = in_force((rate for rate in card.mileage_rates if rate.vehicle == subject.vehicle), on)
    end = row.bands[0].up_to if row else None
    return max(Decimal(0), end - JOURNEY / 2) if end else Decimal(0)
