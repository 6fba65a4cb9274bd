"""The JSON that ``price_claim`` reads and prints, into pricing's values and out of its result. Pure."""

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from expenses.enums import Activity, AtBoundary, FareClass, LineKind, PaymentBasis, Preference, Vehicle
from expenses.policies.card import (
    AMOUNT_KINDS,
    Band,
    ByDay,
    ByHour,
    BySession,
    Cap,
    ClaimToPrice,
    Clock,
    LateCancellation,
    LineToPrice,
    MileageRate,
    PricedClaim,
    RateCard,
    Row,
    TimeRate,
    TimeTerms,
    Unpaid,
    check_bands,
    first_overlap,
)
from expenses.policies.mileage import TAX_YEAR_STARTS
from expenses.policies.strict_json import Node, WrongInput
from partners.enums import RoleCategory
from psp_portal.dates import format_date, year_starting
from psp_portal.exceptions import RuleBroken
from psp_portal.money import ZERO

MINUTES_IN_DAY = 24 * 60
# Bounds that no honest file meets; they keep sums and dates in range.
MOST_DAYS, MOST_MONTHS, MOST_HOURS, MOST_PASSENGERS = 3650, 120, 8760, 99


def read_card(data: object) -> RateCard:
    """Return the rate card that parsed JSON describes. Raises WrongInput, naming the first wrong key."""
    card = Node(data, "").members(
        "name",
        "involvement_payment",
        "mileage",
        "mileage_year_starts",
        "caps",
        "needs_approval",
        "first_class_needs_approval",
        "claim_window_months",
        "late_cancellation",
        "clock",
    )
    time_rates = tuple(_read_time_rate(row) for row in card["involvement_payment"].items())
    _refuse_overlap(
        "involvement_payment", time_rates, lambda a, b: bool(a.role_categories & b.role_categories), "a role category"
    )
    mileage_rates = tuple(_read_mileage_rate(row) for row in card["mileage"].items())
    _refuse_overlap("mileage", mileage_rates, lambda a, b: a.vehicle == b.vehicle, "the vehicle")
    caps = tuple(_read_cap(row) for row in card["caps"].items())
    _refuse_overlap("caps", caps, lambda a, b: a.kind == b.kind, "the kind")
    return RateCard(
        name=card["name"].text(),
        time_rates=time_rates,
        mileage_rates=mileage_rates,
        mileage_year_starts=card["mileage_year_starts"].month_and_day(),
        caps=caps,
        needs_approval=frozenset(_amount_kind(kind) for kind in card["needs_approval"].items()),
        first_class_needs_approval=card["first_class_needs_approval"].boolean(),
        claim_window_months=card["claim_window_months"].whole(0, MOST_MONTHS),
        late_cancellation=_read_late_cancellation(card["late_cancellation"]),
        clock=_read_clock(card["clock"]),
    )


def read_claim(data: object, card: RateCard) -> ClaimToPrice:
    """Return the claim that parsed JSON describes; a line's key is its number, from 1.

    ``card`` says when mileage years start. Raises WrongInput, naming the first wrong key (lists count from 0).
    """
    claim = Node(data, "").members(
        "partner", "submitted_on", "preference", "miles_so_far", "receipts_used_before", "lines"
    )
    partner = claim["partner"].members("role_category")
    preference, reduced_to = _read_preference(claim["preference"])
    return ClaimToPrice(
        role_category=_role_category(partner["role_category"]),
        submitted_on=claim["submitted_on"].day_of_claim(),
        lines=tuple(_read_line(line, key) for key, line in enumerate(claim["lines"].items(), start=1)),
        preference=preference,
        reduced_to=reduced_to,
        miles_so_far=_read_miles_so_far(claim["miles_so_far"], card),
        receipts_used_before=frozenset(receipt.text() for receipt in claim["receipts_used_before"].items()),
    )


def write_result(priced: PricedClaim) -> dict[str, Any]:
    """Return a priced claim in the shape that ``price_claim`` prints: money as text with two decimals."""
    return {
        "lines": [
            {
                "line": line.key,
                "pay": _money(line.pay),
                "held": _money(line.held),
                "disallowed": _money(line.disallowed),
                "declined": _money(line.declined),
                "problems": [problem.value for problem in line.problems],
                "rule": line.rule,
            }
            for line in priced.lines
        ],
        "totals": {
            "time": _money(priced.totals.time),
            "expenses": _money(priced.totals.expenses),
            "pay": _money(priced.totals.pay),
            "held": _money(priced.totals.held),
            "disallowed": _money(priced.totals.disallowed),
            "declined": _money(priced.totals.declined),
        },
        "above_hmrc_mileage": _money(priced.above_hmrc_mileage),
        "clock": {
            "decision_due": priced.clock.decision_due.isoformat(),
            "payment_due": priced.clock.payment_due.isoformat(),
            "steps": [step.isoformat() for step in priced.clock.steps],
        },
    }


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


# --- the card's parts ---------------------------------------------------------------------
_TERMS_KEYS = {
    PaymentBasis.DAY: ("half_day", "full_day", "boundary_minutes", "at_boundary"),
    PaymentBasis.HOUR: ("rate",),
    PaymentBasis.SESSION: ("session_minutes", "amount"),
    PaymentBasis.NONE: (),
}
_ALL_TERMS_KEYS = frozenset(key for keys in _TERMS_KEYS.values() for key in keys)


def _read_time_rate(node: Node) -> TimeRate:
    basis = node.peek("basis").choice(PaymentBasis)
    row = node.members(
        "role_categories", "valid_from", "valid_to", "basis", *_TERMS_KEYS[basis], null_only=_ALL_TERMS_KEYS
    )
    categories = frozenset(_role_category(category) for category in row["role_categories"].items())
    if not categories:
        row["role_categories"].refuse("must name at least one role category")
    return TimeRate(categories, *_read_dates(row), terms=_read_terms(basis, row))


def _read_terms(basis: PaymentBasis, row: dict[str, Node]) -> TimeTerms:
    match basis:
        case PaymentBasis.DAY:
            half_day, full_day = row["half_day"].money(), row["full_day"].money()
            if full_day < half_day:
                row["full_day"].refuse("must not be less than half_day")
            return ByDay(
                half_day,
                full_day,
                row["boundary_minutes"].whole(1, MINUTES_IN_DAY),
                row["at_boundary"].choice(AtBoundary),
            )
        case PaymentBasis.HOUR:
            return ByHour(row["rate"].money())
        case PaymentBasis.SESSION:
            return BySession(row["session_minutes"].whole(1, MINUTES_IN_DAY), row["amount"].money())
        case _:
            return Unpaid()


def _read_mileage_rate(node: Node) -> MileageRate:
    row = node.members("vehicle", "valid_from", "valid_to", "bands", "passenger")
    nodes = [band.members("up_to", "rate") for band in row["bands"].items()]
    if not nodes:
        row["bands"].refuse("must have at least one band")
    bands = tuple(
        Band(None if band["up_to"].value is None else band["up_to"].miles(), band["rate"].rate()) for band in nodes
    )
    try:
        check_bands(bands)
    except RuleBroken as broken:
        nodes[int(broken.field)]["up_to"].refuse(broken.message)
    return MileageRate(
        row["vehicle"].choice(Vehicle), *_read_dates(row), bands=bands, passenger=row["passenger"].rate()
    )


def _read_cap(node: Node) -> Cap:
    row = node.members("kind", "valid_from", "valid_to", "amount")
    return Cap(_amount_kind(row["kind"]), *_read_dates(row), amount=row["amount"].money())


def _read_late_cancellation(node: Node) -> LateCancellation | None:
    if node.value is None:
        return None
    late = node.members("within_hours", "pays")
    return LateCancellation(late["within_hours"].whole(0, MOST_HOURS), late["pays"].choice(AtBoundary))


def _read_clock(node: Node) -> Clock:
    clock = node.members("decision_working_days", "payment_days", "steps_days")
    steps = clock["steps_days"].items()
    days = tuple(step.whole(0, MOST_DAYS) for step in steps)
    for place in range(1, len(days)):
        if days[place] <= days[place - 1]:
            steps[place].refuse("must be later than the step before it")
    return Clock(
        clock["decision_working_days"].whole(0, MOST_DAYS), clock["payment_days"].whole(0, MOST_DAYS), steps_days=days
    )


def _read_dates(row: dict[str, Node]) -> tuple[date, date | None]:
    valid_from = row["valid_from"].day()
    valid_to = None if row["valid_to"].value is None else row["valid_to"].day()
    if valid_to is not None and valid_to < valid_from:
        row["valid_to"].refuse("must not be before valid_from")
    return valid_from, valid_to


def _refuse_overlap(key: str, rows: Sequence[Row], share: Callable[[Row, Row], bool], what: str) -> None:
    overlap = first_overlap(rows, share)
    if overlap is not None:
        earlier, later = overlap
        raise WrongInput(f"{key}[{later}].valid_from", f"overlaps {key}[{earlier}], which is in force for {what} then")


# --- the claim's parts --------------------------------------------------------------------
_RECEIPTED = ("amount",)
_LINE_KEYS = {
    **dict.fromkeys(AMOUNT_KINDS, _RECEIPTED),
    LineKind.INVOLVEMENT_PAYMENT: ("minutes", "activity"),
    LineKind.CANCELLED_MEETING: ("notice_hours",),
    LineKind.MILEAGE: ("vehicle", "miles", "passengers"),
    LineKind.RAIL: (*_RECEIPTED, "class"),
}
# Keys of other kinds may stand on a line when they are null: forms that write every key are no mistake.
_ALL_LINE_KEYS = frozenset(key for keys in _LINE_KEYS.values() for key in keys) | {"standard_fare"}


def _read_line(node: Node, key: Hashable) -> LineToPrice:
    kind = node.peek("kind").choice(LineKind)
    optional = ["receipt", "approval"]
    if kind == LineKind.RAIL:
        optional.append("standard_fare")
    line = node.members("kind", "date", *_LINE_KEYS[kind], optional=optional, null_only=_ALL_LINE_KEYS)
    on = line["date"].day_of_claim()
    receipt, approval = line["receipt"].name_or_null(), line["approval"].name_or_null()
    match kind:
        case LineKind.INVOLVEMENT_PAYMENT:
            line["activity"].choice(Activity)  # it changes no price; a wrong word is still a mistake
            return LineToPrice(key, kind, on, minutes=line["minutes"].whole(0, MINUTES_IN_DAY))
        case LineKind.CANCELLED_MEETING:
            return LineToPrice(key, kind, on, notice_hours=line["notice_hours"].number(0, MOST_HOURS))
        case LineKind.MILEAGE:
            return LineToPrice(
                key,
                kind,
                on,
                vehicle=line["vehicle"].choice(Vehicle),
                miles=line["miles"].miles(),
                passengers=line["passengers"].whole(0, MOST_PASSENGERS),
            )
    fare_class, standard_fare = FareClass.STANDARD, ZERO
    if kind == LineKind.RAIL:
        fare_class = line["class"].choice(FareClass)
        if fare_class == FareClass.FIRST:
            standard_fare = line["standard_fare"].given().money()
        elif line["standard_fare"].value is not None:
            line["standard_fare"].money()
    return LineToPrice(
        key,
        kind,
        on,
        amount=line["amount"].money(),
        receipt=receipt,
        approval=approval,
        fare_class=fare_class,
        standard_fare=standard_fare,
    )


def _read_preference(node: Node) -> tuple[Preference, Decimal]:
    kind = node.peek("kind").choice(Preference)
    if kind == Preference.REDUCED:
        return kind, node.members("kind", "amount")["amount"].money()
    node.members("kind", null_only={"amount"})
    return kind, ZERO


def _read_miles_so_far(node: Node, card: RateCard) -> dict[tuple[date, Vehicle], Decimal]:
    found: dict[tuple[date, Vehicle], Decimal] = {}
    for entry in node.items():
        so_far = entry.members("year_starting", "vehicle", "miles")
        year, vehicle = so_far["year_starting"].day_of_claim(), so_far["vehicle"].choice(Vehicle)
        starts = {card.mileage_year_starts, TAX_YEAR_STARTS}
        if all(year_starting(year, start) != year for start in starts):
            first_day = format_date(year_starting(year, card.mileage_year_starts))
            so_far["year_starting"].refuse(f"must be the first day of a mileage year, such as {first_day}")
        if (year, vehicle) in found:
            so_far["year_starting"].refuse(f"stands twice for the {vehicle.value}")
        found[year, vehicle] = so_far["miles"].miles()
    return found


def _role_category(node: Node) -> int:
    low, high = min(RoleCategory), max(RoleCategory)
    return node.whole(int(low), int(high))


def _amount_kind(node: Node) -> LineKind:
    kind = node.choice(LineKind)
    if kind not in AMOUNT_KINDS:
        node.refuse("must be a kind of line that has an amount")
    return kind
