"""Cards, lines and claims for tests of pricing: the card of claim-format.md, changed where a test says so."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from expenses.enums import AtBoundary, LineKind
from expenses.policies.card import (
    ByDay,
    ClaimToPrice,
    LateCancellation,
    LineToPrice,
    PricedClaim,
    RateCard,
    TimeRate,
    card_from_template,
)
from expenses.policies.pricing import price_claim
from psp_portal.calendar_england import bank_holidays

DAY = date(2026, 9, 15)
SUBMITTED = date(2026, 9, 16)
HOLIDAYS = bank_holidays(range(2024, 2030))
BY_DAY = ByDay(D("75.00"), D("150.00"), 240, AtBoundary.HALF_DAY)


def make_card(terms=BY_DAY, **changes) -> RateCard:
    """The national card with no caps and no late cancellations unless asked for."""
    card = replace(
        card_from_template("national"),
        time_rates=(TimeRate(frozenset({4}), date(2021, 10, 20), None, terms, row="time"),),
        caps=(),
        late_cancellation=None,
    )
    return replace(card, **changes)


def late_card(pays=AtBoundary.HALF_DAY, terms=BY_DAY, **changes) -> RateCard:
    return make_card(terms, late_cancellation=LateCancellation(24, pays), **changes)


def time(minutes: int, on: date = DAY) -> LineToPrice:
    return LineToPrice(None, LineKind.INVOLVEMENT_PAYMENT, on, minutes=minutes)


def cancelled(notice_hours, on: date = DAY) -> LineToPrice:
    return LineToPrice(None, LineKind.CANCELLED_MEETING, on, notice_hours=D(notice_hours))


def journey(miles, on: date = DAY, **changes) -> LineToPrice:
    return LineToPrice(None, LineKind.MILEAGE, on, miles=D(miles), **changes)


def expense(kind: LineKind, amount, receipt: str | None = "r1", on: date = DAY, **changes) -> LineToPrice:
    return LineToPrice(None, kind, on, amount=D(amount), receipt=receipt, **changes)


def price(*lines: LineToPrice, card: RateCard | None = None, **claim) -> PricedClaim:
    """Price some lines, numbered from 1, as a claim of a role-4 partner sent on 16 September 2026."""
    numbered = tuple(replace(line, key=key) for key, line in enumerate(lines, start=1))
    facts = {"role_category": 4, "submitted_on": SUBMITTED} | claim
    return price_claim(ClaimToPrice(lines=numbered, **facts), card or make_card(), HOLIDAYS)


def pays(priced: PricedClaim) -> list[str]:
    return [str(line.pay) for line in priced.lines]
