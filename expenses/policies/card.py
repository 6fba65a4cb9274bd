"""The values that pricing works on: a rate card, a claim to price, a priced claim, and the templates of cards."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar
from uuid import UUID

from expenses.enums import AtBoundary, CardTemplate, FareClass, LineKind, Preference, Problem, Vehicle
from partners.enums import RoleCategory
from psp_portal.exceptions import RuleBroken
from psp_portal.money import ZERO

TIME_KINDS = frozenset({LineKind.INVOLVEMENT_PAYMENT, LineKind.CANCELLED_MEETING})
AMOUNT_KINDS = frozenset(LineKind) - TIME_KINDS - {LineKind.MILEAGE}


# --- the rate card ------------------------------------------------------------------------
@dataclass(frozen=True)
class ByDay:
    """A half day or a full day, by the day's minutes; ``at_boundary`` is what exactly the boundary pays. Pounds."""

    half_day: Decimal
    full_day: Decimal
    boundary_minutes: int
    at_boundary: AtBoundary


@dataclass(frozen=True)
class ByHour:
    """Pounds an hour, paid by the minute."""

    rate: Decimal


@dataclass(frozen=True)
class BySession:
    """Pounds for each session of so many minutes that the day's time has started."""

    session_minutes: int
    amount: Decimal


@dataclass(frozen=True)
class Unpaid:
    """Nothing is paid for time."""


TimeTerms = ByDay | ByHour | BySession | Unpaid


@dataclass(frozen=True)
class TimeRate:
    """How time is paid to some role categories, from one day to another, both included; no end is None.

    ``row`` is the caller's own name for the row (a primary key); it comes back on the priced line.
    """

    role_categories: frozenset[int]
    valid_from: date
    valid_to: date | None
    terms: TimeTerms
    row: Hashable = None


@dataclass(frozen=True)
class Band:
    """Pounds a mile up to so many miles in the year; the last band has no end."""

    up_to: Decimal | None
    rate: Decimal


@dataclass(frozen=True)
class MileageRate:
    """The bands of one kind of vehicle between two days, and the pounds for each passenger for each mile."""

    vehicle: Vehicle
    valid_from: date
    valid_to: date | None
    bands: tuple[Band, ...]
    passenger: Decimal
    row: Hashable = None


@dataclass(frozen=True)
class Cap:
    """The most, in pounds, that one line of a kind is paid between two days."""

    kind: LineKind
    valid_from: date
    valid_to: date | None
    amount: Decimal
    row: Hashable = None


@dataclass(frozen=True)
class LateCancellation:
    """What a meeting pays that is cancelled with so many hours' notice or fewer."""

    within_hours: int
    pays: AtBoundary


@dataclass(frozen=True)
class Clock:
    """How long a trust gives itself: working days to decide; calendar days to pay, and to each step of the ladder."""

    decision_working_days: int
    payment_days: int
    steps_days: tuple[int, ...]


@dataclass(frozen=True)
class RateCard:
    """A trust's dated rates and its rules for claims. ``mileage_year_starts`` is (month, day)."""

    name: str
    time_rates: tuple[TimeRate, ...]
    mileage_rates: tuple[MileageRate, ...]
    mileage_year_starts: tuple[int, int]
    caps: tuple[Cap, ...]
    needs_approval: frozenset[LineKind]
    first_class_needs_approval: bool
    claim_window_months: int
    late_cancellation: LateCancellation | None
    clock: Clock


# --- the claim to price -------------------------------------------------------------------
@dataclass(frozen=True)
class Agreement:
    """What was agreed in the portal before a journey, for one line of a claim; ``key`` is the approval's.

    ``left`` is what may still be claimed under it in pounds, None for whatever it costs. ``is_over_limit`` says that
    it was agreed to pay more than the card's limit, ``is_standing`` that it was agreed until further notice.
    """

    key: UUID
    left: Decimal | None = None
    is_over_limit: bool = False
    is_standing: bool = False

    def covers(self, amount: Decimal) -> bool:
        """Say whether enough of it is left for an amount in pounds."""
        return self.left is None or amount <= self.left


@dataclass(frozen=True)
class LineToPrice:
    """One line as claimed. ``key`` is the caller's own; which of the others are read depends on the kind.

    ``on`` is the day of the activity or the journey. Involvement payment: ``minutes``. Cancelled meeting:
    ``notice_hours``. Mileage: ``vehicle``, ``miles``, ``passengers``. All others: ``amount`` in pounds, ``receipt``
    and ``approval`` (a name each, or None), and what was agreed beforehand in the portal, ``agreement``; a train also
    ``fare_class`` and, for first class, ``standard_fare``. What the organisation itself booked (``is_booked``) pays
    nothing: its ``amount`` is on record as a cost.
    """

    key: Hashable
    kind: LineKind
    on: date
    minutes: int = 0
    notice_hours: Decimal = Decimal(0)
    vehicle: Vehicle = Vehicle.CAR
    miles: Decimal = Decimal(0)
    passengers: int = 0
    amount: Decimal = ZERO
    receipt: str | None = None
    approval: str | None = None
    fare_class: FareClass = FareClass.STANDARD
    standard_fare: Decimal = ZERO
    agreement: Agreement | None = None
    is_booked: bool = False


@dataclass(frozen=True)
class TimeBefore:
    """What the partner's other claims hold for time on a day: the minutes, what these earned, and what meetings
    cancelled that day earned. *Earned* is in pounds and before the partner's preference."""

    on: date
    minutes: int
    earned: Decimal
    cancelled: Decimal = ZERO


@dataclass(frozen=True)
class ClaimToPrice:
    """A claim as far as its price goes.

    ``reduced_to`` is the most the partner will take for time on the whole claim, for a reduced preference.
    ``miles_so_far`` is by first day of the year and kind of vehicle, before this claim; where the card's mileage
    year is not the tax year, the tax year's miles stand beside it under 6 April.
    ``receipts_used_before`` and ``time_before`` are about the partner's other claims.
    """

    role_category: int
    submitted_on: date
    lines: tuple[LineToPrice, ...]
    preference: Preference = Preference.FULL
    reduced_to: Decimal = ZERO
    miles_so_far: Mapping[tuple[date, Vehicle], Decimal] = field(default_factory=dict)
    receipts_used_before: frozenset[str] = frozenset()
    time_before: tuple[TimeBefore, ...] = ()


# --- the priced claim ---------------------------------------------------------------------
@dataclass(frozen=True)
class PricedLine:
    """What one line pays, in pounds, and why.

    For an expense with an amount, pay + held + disallowed + declined is the amount claimed (nought for what the
    organisation booked). For time and mileage the four add up to what the line earned: nothing is ever held or
    disallowed there. ``row`` names the rate card's row that set the price, where one did.
    """

    key: Hashable
    kind: LineKind
    pay: Decimal = ZERO
    held: Decimal = ZERO
    disallowed: Decimal = ZERO
    declined: Decimal = ZERO
    problems: tuple[Problem, ...] = ()
    rule: str = ""
    row: Hashable = None


@dataclass(frozen=True)
class Totals:
    """The sums of a priced claim, in pounds; ``pay`` is ``time`` and ``expenses``."""

    time: Decimal
    expenses: Decimal
    pay: Decimal
    held: Decimal
    disallowed: Decimal
    declined: Decimal


@dataclass(frozen=True)
class ClaimClock:
    """The days by which a submitted claim must be decided and paid, and those on which the ladder climbs."""

    decision_due: date
    payment_due: date
    steps: tuple[date, ...]


@dataclass(frozen=True)
class PricedClaim:
    """A claim with each line priced, in the order of the claim's lines. ``above_hmrc_mileage`` is for payroll."""

    lines: tuple[PricedLine, ...]
    totals: Totals
    above_hmrc_mileage: Decimal
    clock: ClaimClock


# --- dated rows ---------------------------------------------------------------------------
class Dated(Protocol):
    """A row of the card: in force from one day to another."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


Row = TypeVar("Row", bound=Dated)


def in_force(rows: Iterable[Row], on: date) -> Row | None:
    """Return the row in force on a day (the day of the activity, never of submission), or None."""
    return next((row for row in rows if row.valid_from <= on <= (row.valid_to or date.max)), None)


def first_overlap(rows: Sequence[Row], share: Callable[[Row, Row], bool]) -> tuple[int, int] | None:
    """Return the places of the first two rows that are in force on one day for the same thing, or None.

    ``share`` says whether two rows are for the same thing (a role category, a vehicle, a kind of expense).
    """
    for later, row in enumerate(rows):
        for earlier, other in enumerate(rows[:later]):
            apart = row.valid_from > (other.valid_to or date.max) or other.valid_from > (row.valid_to or date.max)
            if not apart and share(row, other):
                return earlier, later
    return None


def gaps(rows: Iterable[Row]) -> list[tuple[date, date]]:
    """Return the first and last day of each gap between dated rows for one thing; the rows may come in any order."""
    ordered = sorted(rows, key=lambda row: row.valid_from)
    found = []
    covered_to = ordered[0].valid_to if ordered else None
    for row in ordered[1:]:
        if covered_to is None:
            break
        if (row.valid_from - covered_to).days > 1:
            found.append((_next(covered_to), _before(row.valid_from)))
        covered_to = None if row.valid_to is None else max(covered_to, row.valid_to)
    return found


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def check_bands(bands: Sequence[Band]) -> None:
    """Raise RuleBroken, with the place of the wrong band as ``field``, unless bands climb and only the last is open."""
    reached = Decimal(0)
    for place, band in enumerate(bands):
        is_last = place == len(bands) - 1
        if is_last and band.up_to is not None:
            raise RuleBroken("The last band must have no end.", field=str(place))
        if not is_last and band.up_to is None:
            raise RuleBroken("Every band but the last must have an end.", field=str(place))
        if band.up_to is not None and band.up_to <= reached:
            raise RuleBroken("Each band must end later than the one before it.", field=str(place))
        reached = band.up_to or reached


# --- templates ----------------------------------------------------------------------------
# A template is where a trust starts; its rows become the trust's own and the trust must confirm each figure.
# From then on the figures are the card's rows, never these. S-numbers are the sources in domain.md section 0.
# The date of NHS England's PPV expenses and involvement payments policy v3 (S13).
POLICY_DATE = date(2021, 10, 20)


def card_from_template(template: CardTemplate) -> RateCard:
    """Return the rate card that a trust starts from when it picks a template."""
    terms: TimeTerms = _TEMPLATE_TERMS[template]
    roles = frozenset(RoleCategory) if template == CardTemplate.UNPAID else frozenset({RoleCategory.SENIOR})
    is_by_day = isinstance(terms, ByDay)
    return RateCard(
        name=_TEMPLATE_NAMES[template],
        time_rates=(TimeRate(frozenset(int(role) for role in roles), POLICY_DATE, None, terms),),
        mileage_rates=_HMRC_MILEAGE,
        mileage_year_starts=(4, 6),
        # HMRC's benchmark for a day of five hours or more is the most a lunch is paid (S40).
        caps=(Cap(LineKind.SUBSISTENCE_LUNCH, POLICY_DATE, None, Decimal("5.00")),),
        # Agreed beforehand: S19 and S63 (taxi), S64 (overnight), S27 and S28 (care).
        needs_approval=frozenset({LineKind.TAXI, LineKind.OVERNIGHT, LineKind.REPLACEMENT_CARE}),
        first_class_needs_approval=True,  # S63, S64
        # No published figure for partners (domain.md 2.3 and 11.3): the trust must confirm it.
        claim_window_months=3,
        # No published rule (domain.md 11.8): the trust must confirm it.
        late_cancellation=LateCancellation(24, AtBoundary.HALF_DAY) if is_by_day else None,
        # domain.md 11.4: 30 days is the Better Payment Practice Code's, used by analogy (S41).
        clock=Clock(decision_working_days=10, payment_days=30, steps_days=(20, 31, 45, 60, 90)),
    )


_TEMPLATE_NAMES = {
    CardTemplate.NATIONAL: "National 2026",
    CardTemplate.HOURLY: "Hourly 2026",
    CardTemplate.PER_SESSION: "Per session 2026",
    CardTemplate.UNPAID: "Unpaid 2026",
}
_TEMPLATE_TERMS: dict[CardTemplate, TimeTerms] = {
    # Four hours or fewer a half day, more a full day: NHS England's policy as quoted in S14.
    CardTemplate.NATIONAL: ByDay(Decimal("75.00"), Decimal("150.00"), 240, AtBoundary.HALF_DAY),
    CardTemplate.HOURLY: ByHour(Decimal("25.00")),  # Imperial College Healthcare, role 4 (S17)
    CardTemplate.PER_SESSION: BySession(180, Decimal("20.00")),  # Tees, Esk and Wear Valleys (S19)
    CardTemplate.UNPAID: Unpaid(),  # North Bristol; Kingston (S21, S1)
}
# HMRC's approved rates (domain.md section 3, S33), which most patient policies copy (S19, S27).
_CAR_BANDS_TO_2026 = (Band(Decimal(10_000), Decimal("0.45")), Band(None, Decimal("0.25")))
_CAR_BANDS_FROM_2026 = (Band(Decimal(10_000), Decimal("0.55")), Band(None, Decimal("0.25")))
_HMRC_MILEAGE = (
    MileageRate(Vehicle.CAR, date(2011, 4, 6), date(2026, 4, 5), _CAR_BANDS_TO_2026, Decimal("0.05")),
    MileageRate(Vehicle.CAR, date(2026, 4, 6), None, _CAR_BANDS_FROM_2026, Decimal("0.05")),
    MileageRate(Vehicle.MOTORCYCLE, date(2011, 4, 6), None, (Band(None, Decimal("0.24")),), Decimal("0.00")),
    MileageRate(Vehicle.BICYCLE, date(2011, 4, 6), None, (Band(None, Decimal("0.20")),), Decimal("0.00")),
)
