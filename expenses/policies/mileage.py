"""What journeys by car, motorcycle and bicycle pay, and what of it is above HMRC's approved amount. Pure."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from expenses.enums import LineKind, Vehicle
from expenses.policies.card import Band, ClaimToPrice, LineToPrice, MileageRate, PricedLine, RateCard, in_force
from psp_portal.dates import format_date, year_starting
from psp_portal.money import ZERO, format_number, format_rate, to_pence, total

TAX_YEAR_STARTS = (4, 6)  # 6 April

# HMRC's approved mileage allowance payments: the law for the whole country, not a trust's setting (domain.md 3, S33).
# The passenger payment is for cars and vans only. The first car row has no sourced beginning, so it reaches back.
HMRC_APPROVED = (
    MileageRate(
        Vehicle.CAR,
        date.min,
        date(2026, 4, 5),
        (Band(Decimal(10_000), Decimal("0.45")), Band(None, Decimal("0.25"))),
        Decimal("0.05"),
    ),
    MileageRate(
        Vehicle.CAR,
        date(2026, 4, 6),
        None,
        (Band(Decimal(10_000), Decimal("0.55")), Band(None, Decimal("0.25"))),
        Decimal("0.05"),
    ),
    MileageRate(Vehicle.MOTORCYCLE, date.min, None, (Band(None, Decimal("0.24")),), Decimal(0)),
    MileageRate(Vehicle.BICYCLE, date.min, None, (Band(None, Decimal("0.20")),), Decimal(0)),
)


def price_mileage(claim: ClaimToPrice, card: RateCard) -> list[PricedLine]:
    """Price the claim's journeys, in line order, at the card's rates of each journey's day.

    A journey of a vehicle with no rate that day pays nothing, and its rule says so; its miles still count in the
    year's bands, as do those of every journey.
    """
    lines = _journeys(claim)
    before = _miles_before(lines, claim.miles_so_far, card.mileage_year_starts)
    return [_price_journey(line, card.mileage_rates, miles) for line, miles in zip(lines, before, strict=True)]


def above_hmrc(claim: ClaimToPrice, card: RateCard) -> Decimal:
    """Return what the claim's journeys pay above HMRC's approved amounts, in pounds: for payroll, not for the price.

    A journey paid below the approved amount does not make good another (domain.md 11.3).
    """
    return total(pounds for _key, pounds in above_hmrc_by_journey(claim, card))


def above_hmrc_by_journey(claim: ClaimToPrice, card: RateCard) -> list[tuple[Hashable, Decimal]]:
    """Return, for each journey by its key, the pounds it pays above HMRC's approved amount.

    Miles and passengers together, each journey rounded to the penny. HMRC's bands fill over the tax year, whatever
    year the card's bands fill over.
    """
    lines = _journeys(claim)
    before = _miles_before(lines, claim.miles_so_far, TAX_YEAR_STARTS)
    paid = price_mileage(claim, card)
    approved = [_price_journey(line, HMRC_APPROVED, miles) for line, miles in zip(lines, before, strict=True)]
    return [(ours.key, max(ZERO, ours.pay - theirs.pay)) for ours, theirs in zip(paid, approved, strict=True)]


def split_over_bands(miles_before: Decimal, miles: Decimal, bands: Sequence[Band]) -> list[tuple[Decimal, Decimal]]:
    """Return (miles, pounds a mile) for each band that a journey falls in, after so many miles in the year."""
    parts = []
    done = miles_before
    left = miles
    for band in bands:
        room = left if band.up_to is None else max(Decimal(0), band.up_to - done)
        part = min(left, room)
        if part:
            parts.append((part, band.rate))
            done += part
            left -= part
    return parts


def format_miles(miles: Decimal) -> str:
    """Write a number of miles: 1 mile, 24.6 miles, 20 miles."""
    text = format_number(miles)
    return f"{text} mile" if text == "1" else f"{text} miles"


def _journeys(claim: ClaimToPrice) -> list[LineToPrice]:
    return [line for line in claim.lines if line.kind == LineKind.MILEAGE]


def _miles_before(
    lines: Sequence[LineToPrice], so_far: Mapping[tuple[date, Vehicle], Decimal], year_starts: tuple[int, int]
) -> list[Decimal]:
    """Return, for each journey, the year's miles in that kind of vehicle before it: by date, then line order."""
    counts = dict(so_far)
    before = [Decimal(0)] * len(lines)
    for place in sorted(range(len(lines)), key=lambda place: lines[place].on):
        line = lines[place]
        year = (year_starting(line.on, year_starts), line.vehicle)
        before[place] = counts.get(year, Decimal(0))
        counts[year] = before[place] + line.miles
    return before


def _price_journey(line: LineToPrice, rates: Sequence[MileageRate], miles_before: Decimal) -> PricedLine:
    row = in_force((rate for rate in rates if rate.vehicle == line.vehicle), line.on)
    if row is None:
        rule = f"the rate card has no mileage rate for a {Vehicle(line.vehicle).value} on {format_date(line.on)}"
        return PricedLine(line.key, line.kind, rule=rule)
    parts = split_over_bands(miles_before, line.miles, row.bands)
    supplement = line.passengers * row.passenger * line.miles
    # Rounded once, after the bands and the passengers are added up.
    pay = to_pence(sum((miles * rate for miles, rate in parts), Decimal(0)) + supplement)
    rule = " and ".join(f"{format_miles(miles)} at {format_rate(rate)}" for miles, rate in parts) or "0 miles"
    if supplement:
        who = "passenger" if line.passengers == 1 else "passengers"
        rule += f", {line.passengers} {who} at {format_rate(row.passenger)} a mile"
    return PricedLine(line.key, line.kind, pay=pay, rule=rule, row=row.row)
