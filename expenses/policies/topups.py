"""What a line is owed when a rate was raised for a day that it had been claimed for already. Pure."""

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from expenses.policies.card import Cap, ClaimToPrice, LineToPrice, MileageRate, PricedLine, RateCard, TimeRate
from expenses.policies.pricing import price_claim
from psp_portal.money import ZERO, format_pounds

Row = TypeVar("Row", TimeRate, MileageRate, Cap)


@dataclass(frozen=True)
class Claimed:
    """A line as it stands, in pounds: ``worth`` is what it was agreed at, ``offered`` what was offered on top of it
    since (asked for or not)."""

    worth: Decimal
    offered: Decimal


def raised_by(new: PricedLine, old: PricedLine, claimed: Claimed) -> Decimal:
    """Return what a line is owed because a rate was raised, in pounds; nothing where it would be paid less.

    ``old`` and ``new`` are the line without and with the rate, all else as it is today: what has changed besides (a
    claim before it withdrawn, another rule) is not this rate's doing. Nor is more owed than the card says now. What a
    problem held was freed when the line was approved, so it counts. What was turned down is not offered again.
    """
    now = new.pay + new.held
    return max(ZERO, min(now - old.pay - old.held, now - claimed.worth) - claimed.offered)


def room_of_day(time_lines: Sequence[LineToPrice], claim: ClaimToPrice, card: RateCard, already: Decimal) -> Decimal:
    """Return what a day's time may still be raised by, in pounds, over all the claims for it.

    ``time_lines`` are the person's lines for time on that day, on whichever claim; ``already`` is what they have
    earned and been offered before any preference. Each claim is priced anew by itself, so the day is asked as a whole
    lest two claims for one day are both raised for the same hours.
    """
    whole = ClaimToPrice(role_category=claim.role_category, submitted_on=claim.submitted_on, lines=tuple(time_lines))
    return max(ZERO, price_claim(whole, card, ()).totals.time - already)


def in_words(new: PricedLine, claimed: Claimed, amount: Decimal, reference: str) -> str:
    """Return why a line is topped up: "24.6 miles at 55p: £13.53, less £11.07 on C000012"."""
    less = f"{format_pounds(claimed.worth)} on {reference}"
    if claimed.offered:
        less += f" and {format_pounds(claimed.offered)} offered since"
    now = new.pay + new.held
    words = f"{new.rule}: {format_pounds(now)}, less {less}"
    if amount < now - claimed.worth - claimed.offered:
        words += f"; of this {format_pounds(amount)} is the new rate's doing"
    return words


# --- the card as it was -------------------------------------------------------------------
def without(card: RateCard, rows: Collection[Hashable]) -> RateCard:
    """Return a card as it would be without some of its rows: the row before each goes on in its place."""
    return replace(
        card,
        time_rates=_without(card.time_rates, rows, lambda row: row.role_categories),
        mileage_rates=_without(card.mileage_rates, rows, lambda row: row.vehicle),
        caps=_without(card.caps, rows, lambda row: row.kind),
    )


def _without(table: Sequence[Row], rows: Collection[Hashable], thing: Callable[[Row], Hashable]) -> tuple[Row, ...]:
    left: dict[Hashable, list[Row]] = {}
    for row in sorted(table, key=lambda each: each.valid_from):
        before = left.setdefault(thing(row), [])
        if row.row not in rows:
            before.append(row)
        elif before:
            before[-1] = replace(before[-1], valid_to=row.valid_to)
    return tuple(row for each in left.values() for row in each)
