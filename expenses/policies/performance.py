"""How fast claims are paid and how old what is owed is, from counts of days. Pure.

Days are calendar days from the day a claim was sent, which is day 0; days with its partner are shown apart and never
taken off (domain.md 11.4). A claim counts as paid on the day its last payment was made, with its whole value: a claim
of which one line came late came late.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from psp_portal.money import ZERO

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Bucket:
    """Ages from one day to another, both included; ``last`` is None for the oldest."""

    first: int
    last: int | None

    @property
    def label(self) -> str:
        return f"{self.first} days or more" if self.last is None else f"{self.first} to {self.last} days"

    def holds(self, days: int) -> bool:
        return self.first <= days and (self.last is None or days <= self.last)


@dataclass(frozen=True)
class Aged:
    """Claims of one age: how many, what they are worth in pounds, and whether they were paid in time."""

    days: int
    count: int
    value: Decimal
    is_in_time: bool = True


@dataclass(frozen=True)
class Sum:
    """How many, and how many pounds."""

    count: int = 0
    value: Decimal = ZERO

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.count + other.count, self.value + other.value)


@dataclass(frozen=True)
class Speed:
    """How fast some claims were paid; ``None`` where there were none."""

    all: Sum
    in_time: Sum
    late: Sum
    percent_by_number: Decimal | None
    percent_by_value: Decimal | None
    median_days: Decimal | None
    most_days: int | None
    meets_by_number: bool | None
    meets_by_value: bool | None


def age_buckets(steps_days: Sequence[int], payment_days: int) -> tuple[Bucket, ...]:
    """Return the ages that a report tells apart: those at which a claim of this rate card stands differently.

    A step before payment is due is a reminder, and its day ends an age (0 to 20); being overdue begins one, and so
    does the day of each later step (31, 45, 60, 90).
    """
    starts = {0, payment_days + 1}
    starts |= {day + 1 if day <= payment_days else day for day in steps_days}
    firsts = sorted(starts)
    lasts = [first - 1 for first in firsts[1:]]
    return tuple(Bucket(first, last) for first, last in zip(firsts, [*lasts, None], strict=True))


def by_age(aged: Iterable[Aged], buckets: Sequence[Bucket]) -> list[Sum]:
    """Return what falls in each of the ages, in their order. Every age is in one of them."""
    sums = [Sum() for _ in buckets]
    for row in aged:
        place = next(place for place, bucket in enumerate(buckets) if bucket.holds(row.days))
        sums[place] += Sum(row.count, row.value)
    return sums


def percentage(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Return a part as a percentage, half up to one decimal; None of nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, rounding=ROUND_HALF_UP)


def meets(part: Decimal | int, whole: Decimal | int, target_percent: int) -> bool | None:
    """Say whether a part reaches a target; by the exact figures: 94.96 % is shown as 95.0 % and misses 95 %."""
    if not whole:
        return None
    return Decimal(part) * 100 >= Decimal(whole) * target_percent


def median(aged: Iterable[Aged]) -> Decimal | None:
    """Return the middle age of the claims; between two, half of their sum. None without claims."""
    rows = sorted((row for row in aged if row.count), key=lambda row: row.days)
    total = sum(row.count for row in rows)
    if not total:
        return None
    lower, upper = (total + 1) // 2, total // 2 + 1
    return Decimal(_days_of(rows, lower) + _days_of(rows, upper)) / 2


def _days_of(rows: Sequence[Aged], place: int) -> int:
    """Return the age of the claim at a place, counted from 1 up the ages."""
    passed = 0
    for row in rows:
        passed += row.count
        if passed >= place:
            return row.days
    raise ValueError(f"There is no claim number {place}.")


def speed(aged: Iterable[Aged], target_percent: int) -> Speed:
    """Return how fast claims were paid, by number and by value, against a target."""
    rows = list(aged)
    in_time = sum((Sum(row.count, row.value) for row in rows if row.is_in_time), Sum())
    late = sum((Sum(row.count, row.value) for row in rows if not row.is_in_time), Sum())
    everything = in_time + late
    return Speed(
        all=everything,
        in_time=in_time,
        late=late,
        percent_by_number=percentage(in_time.count, everything.count),
        percent_by_value=percentage(in_time.value, everything.value),
        median_days=median(rows),
        most_days=max((row.days for row in rows if row.count), default=None),
        meets_by_number=meets(in_time.count, everything.count, target_percent),
        meets_by_value=meets(in_time.value, everything.value, target_percent),
    )
