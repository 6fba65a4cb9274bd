"""What the accounts of a year expect that nobody has claimed yet. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from expenses.enums import LineKind
from expenses.policies.card import ClaimToPrice, LineToPrice, RateCard, TimeBefore
from expenses.policies.entitlement import price_time


@dataclass(frozen=True)
class Attended:
    """A meeting somebody was at and has not claimed for."""

    key: UUID
    on: date
    minutes: int


def expected_payments(
    attended: Sequence[Attended], before: Sequence[TimeBefore], *, role_category: int, card: RateCard
) -> dict[UUID, Decimal]:
    """Return what one partner's unclaimed meetings would pay for time, by their keys, taken in full.

    By the rules of every claim: a day's minutes are summed with those claimed ``before``, and stand on its first
    meeting. Journeys and other costs nobody can know before they are claimed.
    """
    if not attended:
        return {}
    lines = tuple(
        LineToPrice(key=each.key, kind=LineKind.INVOLVEMENT_PAYMENT, on=each.on, minutes=each.minutes)
        for each in attended
    )
    claim = ClaimToPrice(
        role_category=role_category,
        submitted_on=max(each.on for each in attended),
        lines=lines,
        time_before=tuple(before),
    )
    return {each.key: priced.pay for each, priced in zip(attended, price_time(claim, card), strict=True)}
