"""What a partner was paid and declined between two days, added up for a tax return or a letter. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from expenses.enums import LineKind, Vehicle
from expenses.policies.card import TIME_KINDS, in_force
from expenses.policies.mileage import HMRC_APPROVED, TAX_YEAR_STARTS, split_over_bands
from psp_portal.dates import year_starting
from psp_portal.money import ZERO, to_pence, total


# --- years ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Period:
    """The days of a statement, both included."""

    first: date
    last: date


def tax_year(day: date) -> Period:
    """Return the tax year that a day falls in: 6 April to 5 April."""
    first = year_starting(day, TAX_YEAR_STARTS)
    return Period(first, first.replace(year=first.year + 1) - timedelta(days=1))


def tax_years(earliest: date, today: date) -> list[Period]:
    """Return the tax years from that of one day to that of another, the latest first."""
    years = [tax_year(today)]
    while years[-1].first > earliest:
        years.append(tax_year(years[-1].first - timedelta(days=1)))
    return years


# --- mileage above HMRC's amount --------------------------------------------------------------
@dataclass(frozen=True)
class Journey:
    """A journey that was claimed for: its line, when, how far, and in what."""

    key: Hashable
    on: date
    vehicle: Vehicle
    miles: Decimal
    passengers: int


def approved_amounts(journeys: Sequence[Journey]) -> dict[Hashable, Decimal]:
    """Return HMRC's approved amount for each journey, in pounds, the year's bands filled in the order given.

    ``journeys`` are all of one person, by date: those before fill the bands of those after (domain.md 3).
    """
    so_far: dict[tuple[date, Vehicle], Decimal] = defaultdict(Decimal)
    found: dict[Hashable, Decimal] = {}
    for journey in journeys:
        year = (year_starting(journey.on, TAX_YEAR_STARTS), journey.vehicle)
        row = in_force((rate for rate in HMRC_APPROVED if rate.vehicle == journey.vehicle), journey.on)
        if row is not None:
            parts = split_over_bands(so_far[year], journey.miles, row.bands)
            passengers = journey.passengers * row.passenger * journey.miles
            found[journey.key] = to_pence(sum((miles * rate for miles, rate in parts), passengers))
        so_far[year] += journey.miles
    return found


# --- adding up --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Payment:
    """A payment of one line. ``journey`` is the line whose journey it pays, for mileage: its own, or the one whose
    price it raises. ``paid_before`` is what had been paid for that journey already."""

    payer: str
    payer_key: Hashable
    kind: LineKind
    pounds: Decimal
    journey: Hashable = None
    miles: Decimal = Decimal(0)
    paid_before: Decimal = ZERO


@dataclass(frozen=True)
class Declined:
    """What a partner asked not to have, at one payer."""

    payer: str
    payer_key: Hashable
    pounds: Decimal


@dataclass(frozen=True)
class Statement:
    """What one payer paid, and what was declined there, in pounds. ``kinds`` are the expenses by kind, mileage too."""

    payer: str
    time: Decimal
    kinds: tuple[tuple[LineKind, Decimal], ...]
    miles: Decimal
    mileage: Decimal
    above_hmrc: Decimal
    declined: Decimal

    @property
    def expenses(self) -> Decimal:
        return total(pounds for _, pounds in self.kinds)

    @property
    def paid(self) -> Decimal:
        return self.time + self.expenses


def add_up(
    payments: Iterable[Payment], declined: Iterable[Declined], approved: Mapping[Hashable, Decimal]
) -> list[Statement]:
    """Return a statement for each payer, by name; two of one name have one each. ``approved``: ``approved_amounts``."""
    names: dict[Hashable, str] = {}
    by_payer: dict[Hashable, list[Payment]] = defaultdict(list)
    for payment in payments:
        names[payment.payer_key] = payment.payer
        by_payer[payment.payer_key].append(payment)
    not_taken: dict[Hashable, Decimal] = defaultdict(Decimal)
    for each in declined:
        names[each.payer_key] = each.payer
        not_taken[each.payer_key] += each.pounds
    return [
        _statement(name, by_payer.get(key, []), not_taken.get(key, ZERO), approved)
        for key, name in sorted(names.items(), key=lambda each: each[1])
    ]


def _statement(
    payer: str, payments: list[Payment], declined: Decimal, approved: Mapping[Hashable, Decimal]
) -> Statement:
    mileage = [payment for payment in payments if payment.kind == LineKind.MILEAGE]
    sums: dict[LineKind, Decimal] = defaultdict(Decimal)
    for payment in payments:
        if payment.kind not in TIME_KINDS:
            sums[payment.kind] += payment.pounds
    return Statement(
        payer=payer,
        time=total(payment.pounds for payment in payments if payment.kind in TIME_KINDS),
        # In the order in which the kinds are offered everywhere.
        kinds=tuple((kind, sums[kind]) for kind in LineKind if kind in sums),
        miles=sum((payment.miles for payment in mileage), Decimal(0)),
        mileage=total(payment.pounds for payment in mileage),
        above_hmrc=total(above_hmrc(payment, approved) for payment in mileage),
        declined=declined,
    )


def above_hmrc(payment: Payment, approved: Mapping[Hashable, Decimal]) -> Decimal:
    """Return what a payment for a journey is above HMRC's amount, beyond what earlier payments for it were."""
    limit = approved.get(payment.journey)
    if limit is None:
        return ZERO  # a claim brought in from a list, whose miles nobody wrote down
    return max(ZERO, payment.paid_before + payment.pounds - limit) - max(ZERO, payment.paid_before - limit)
