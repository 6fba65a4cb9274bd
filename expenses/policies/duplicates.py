"""Which lines look like one thing claimed twice. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from expenses.enums import LineKind
from psp_portal.money import ZERO


@dataclass(frozen=True)
class Tolerance:
    """How far apart two amounts may be and still be near: a percentage of the larger, or pounds if that is more."""

    percent: int
    pounds: Decimal


@dataclass(frozen=True)
class LineSeen:
    """One line of a person, as far as it is compared. ``key`` is its own.

    ``was_refused``: it was, and an appeal may still overturn that. ``has_only_pounds``: it is time, a cancelled
    meeting or miles from a trust's list, which says neither minutes nor miles.
    """

    key: UUID
    kind: LineKind
    on: date
    amount: Decimal = ZERO
    minutes: int = 0
    activity: str = ""
    miles: Decimal = ZERO
    from_place: str = ""
    to_place: str = ""
    was_refused: bool = False
    has_only_pounds: bool = False


def are_near(one: Decimal, other: Decimal, tolerance: Tolerance) -> bool:
    """Say whether two amounts in pounds are near enough to be the same."""
    within = max(max(one, other) * tolerance.percent / 100, tolerance.pounds)
    return abs(one - other) <= within


def look_alike(one: LineSeen, other: LineSeen, tolerance: Tolerance) -> bool:
    """Say whether two lines of one person look like one thing claimed twice.

    Time: as many minutes of the same thing; any, for a refusal that is appealed, because what was claimed of the day
    since did not count it. Miles: the same way (both places named), or as many miles. A cancelled meeting:
    the day is enough, and so it is for time and miles of which one has only pounds. Everything else: near amounts.
    """
    if (one.kind, one.on) != (other.kind, other.on):
        return False
    if one.has_only_pounds != other.has_only_pounds:
        return True
    match one.kind:
        case _ if one.has_only_pounds:
            return are_near(one.amount, other.amount, tolerance)
        case LineKind.INVOLVEMENT_PAYMENT if one.was_refused:
            return True
        case LineKind.INVOLVEMENT_PAYMENT:
            return (one.minutes, one.activity) == (other.minutes, other.activity)
        case LineKind.CANCELLED_MEETING:
            return True
        case LineKind.MILEAGE:
            return one.miles == other.miles or (_way(one) == _way(other) and all(_way(one)))
        case _:
            return are_near(one.amount, other.amount, tolerance)


def _way(line: LineSeen) -> tuple[str, str]:
    return line.from_place.strip().casefold(), line.to_place.strip().casefold()


def find(lines: Sequence[LineSeen], others: Iterable[LineSeen], tolerance: Tolerance) -> list[tuple[UUID, UUID]]:
    """Return (line, the one it looks like) for each line of a claim, in line order.

    ``others`` are the person's other claims' lines that still stand. Of lines of the claim itself that look alike the
    later ones are flagged, each with the first: that one is no less good for having been repeated.
    """
    elsewhere = list(others)
    found = []
    for place, line in enumerate(lines):
        found += [(line.key, other.key) for other in elsewhere if look_alike(line, other, tolerance)]
        first = next((other for other in lines[:place] if look_alike(line, other, tolerance)), None)
        if first is not None:
            found.append((line.key, first.key))
    return found
