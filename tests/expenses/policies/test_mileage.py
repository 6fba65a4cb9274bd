"""Journeys: bands over the year, passengers, rounding, and what is above HMRC's approved amounts."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import Vehicle
from expenses.policies.card import Band, MileageRate
from expenses.policies.mileage import format_miles, split_over_bands
from tests.expenses.policies.builders import DAY, journey, make_card, pays, price

YEAR = date(2026, 4, 6)
BANDS = (Band(D(10_000), D("0.55")), Band(None, D("0.25")))


def so_far(miles, vehicle=Vehicle.CAR, year=YEAR):
    return {(year, vehicle): D(miles)}


def one_rate(rate, passenger="0.00", vehicle=Vehicle.CAR, starts=date(2020, 1, 1), ends=None):
    return MileageRate(vehicle, starts, ends, (Band(None, D(rate)),), D(passenger), row=rate)


@pytest.mark.parametrize(
    ("line", "pay", "rule"),
    [
        (journey("24.6"), "13.53", "24.6 miles at 55p"),
        (journey("12.3"), "6.77", "12.3 miles at 55p"),  # 6.765: half up
        (journey("1"), "0.55", "1 mile at 55p"),
        (journey("20.0"), "11.00", "20 miles at 55p"),
        (journey("0"), "0.00", "0 miles"),
        (journey("40", passengers=1), "24.00", "40 miles at 55p, 1 passenger at 5p a mile"),
        (journey("40", passengers=3), "28.00", "40 miles at 55p, 3 passengers at 5p a mile"),
        (journey("12.3", passengers=1), "7.38", "12.3 miles at 55p, 1 passenger at 5p a mile"),  # 6.765 + 0.615
        (journey("10", vehicle=Vehicle.MOTORCYCLE), "2.40", "10 miles at 24p"),
        (journey("10", vehicle=Vehicle.MOTORCYCLE, passengers=1), "2.40", "10 miles at 24p"),
        (journey("10.5", vehicle=Vehicle.BICYCLE), "2.10", "10.5 miles at 20p"),
    ],
)
def test_a_journey_pays_the_rate_of_its_day_and_vehicle(line, pay, rule):
    (priced,) = price(line).lines
    assert (str(priced.pay), priced.rule, priced.problems) == (pay, rule, ())


def test_the_rate_changes_with_the_tax_year():
    lines = [journey("20", date(2026, 4, 5)), journey("20", date(2026, 4, 6))]
    assert pays(price(*lines, submitted_on=date(2026, 4, 8))) == ["9.00", "11.00"]


def test_a_journey_is_split_at_the_edge_of_a_band_and_rounded_once():
    priced = price(journey("30.3", passengers=1), miles_so_far=so_far("9987.7"))
    # 12.3 × 0.55 + 18.0 × 0.25 + 30.3 × 0.05 = 6.765 + 4.50 + 1.515 = 12.78; rounded in parts it would be 12.79.
    assert pays(priced) == ["12.78"]
    assert priced.lines[0].rule == "12.3 miles at 55p and 18 miles at 25p, 1 passenger at 5p a mile"


@pytest.mark.parametrize(("before", "pay"), [("9990", "5.50"), ("9995", "4.00"), ("10000", "2.50"), ("20000", "2.50")])
def test_the_last_mile_of_a_band_is_in_it(before, pay):
    assert pays(price(journey("10"), miles_so_far=so_far(before))) == [pay]


def test_a_journey_may_go_through_three_bands():
    bands = (Band(D(10), D("3.00")), Band(D(20), D("2.00")), Band(None, D("1.00")))
    assert split_over_bands(D(5), D(20), bands) == [(D(5), D("3.00")), (D(10), D("2.00")), (D(5), D("1.00"))]


def test_bands_fill_by_date_then_by_line_whatever_the_order_of_lines():
    lines = [journey("10"), journey("10", date(2026, 9, 14)), journey("10"), journey("10", date(2026, 9, 13))]
    assert pays(price(*lines, miles_so_far=so_far("9975"))) == ["4.00", "5.50", "2.50", "5.50"]


def test_each_kind_of_vehicle_and_each_year_fills_bands_of_its_own():
    bands = (Band(D(10), D("1.00")), Band(None, D("0.10")))
    card = make_card(
        mileage_rates=tuple(MileageRate(vehicle, date(2020, 1, 1), None, bands, D(0)) for vehicle in Vehicle),
        mileage_year_starts=(1, 1),
    )
    lines = [
        journey("10", date(2025, 12, 31)),
        journey("10", date(2026, 1, 1)),
        journey("10", date(2026, 1, 2)),
        journey("10", date(2026, 1, 2), vehicle=Vehicle.BICYCLE),
        journey("10", date(2026, 1, 3), vehicle=Vehicle.MOTORCYCLE),
    ]
    miles = so_far("5", year=date(2026, 1, 1)) | so_far("10", Vehicle.MOTORCYCLE, date(2026, 1, 1))
    assert pays(price(*lines, card=card, miles_so_far=miles)) == ["10.00", "5.50", "1.00", "10.00", "1.00"]


def test_the_count_of_miles_runs_on_when_the_rate_changes_within_the_year():
    rows = (
        MileageRate(
            Vehicle.CAR, date(2026, 1, 1), date(2026, 6, 30), (Band(D(100), D("1")), Band(None, D("0.5"))), D(0)
        ),
        MileageRate(Vehicle.CAR, date(2026, 7, 1), None, (Band(D(100), D("2")), Band(None, D("0.1"))), D(0)),
    )
    lines = [journey("80", date(2026, 6, 30)), journey("30", date(2026, 7, 1))]
    assert pays(price(*lines, card=make_card(mileage_rates=rows))) == ["80.00", "41.00"]


def test_a_vehicle_with_no_rate_that_day_is_paid_nothing_and_its_miles_still_count():
    card = make_card(
        mileage_rates=(MileageRate(Vehicle.CAR, DAY, None, (Band(D(10), D("1.00")), Band(None, D("0.10"))), D(0)),)
    )
    priced = price(journey("10", date(2026, 9, 14)), journey("10"), card=card)
    assert pays(priced) == ["0.00", "1.00"]
    assert priced.lines[0].rule == "the rate card has no mileage rate for a car on 14 September 2026"
    assert priced.lines[0].row is None


def test_a_journey_names_the_row_that_priced_it():
    assert price(journey("1"), card=make_card(mileage_rates=(one_rate("0.295"),))).lines[0].row == "0.295"


def test_a_rate_of_parts_of_a_penny_is_paid_and_said():
    (line,) = price(journey("3"), card=make_card(mileage_rates=(one_rate("0.295"),))).lines
    assert (str(line.pay), line.rule) == ("0.89", "3 miles at 29.5p")  # 0.885: half up


# --- above HMRC's approved amounts --------------------------------------------------------
@pytest.mark.parametrize(
    ("rate", "line", "before", "above"),
    [
        (one_rate("0.55"), journey("100"), "0", "0.00"),
        (one_rate("0.60"), journey("100"), "0", "5.00"),
        (one_rate("0.45"), journey("100"), "0", "0.00"),
        (one_rate("0.60"), journey("100", date(2026, 4, 5)), "0", "15.00"),
        (one_rate("0.60"), journey("100"), "10000", "35.00"),
        (one_rate("0.60"), journey("100"), "9950", "20.00"),
        (one_rate("0.60", "0.10"), journey("100", passengers=2), "0", "15.00"),
        (one_rate("0.45", "0.15"), journey("100", passengers=1), "0", "0.00"),  # miles and passengers together
        (one_rate("0.28", "0.05", Vehicle.MOTORCYCLE), journey("100", vehicle=Vehicle.MOTORCYCLE), "0", "4.00"),
        (
            one_rate("0.24", "0.05", Vehicle.MOTORCYCLE),
            journey("100", vehicle=Vehicle.MOTORCYCLE, passengers=1),
            "0",
            "5.00",  # there is no approved passenger payment for a motorcycle
        ),
        (one_rate("0.25", "0.00", Vehicle.BICYCLE), journey("10.1", vehicle=Vehicle.BICYCLE), "0", "0.51"),
        (one_rate("0.56"), journey("12.3"), "0", "0.12"),  # 6.888 → 6.89 less 6.765 → 6.77
    ],
)
def test_what_a_journey_pays_above_hmrcs_amount_is_told_to_payroll(rate, line, before, above):
    priced = price(line, card=make_card(mileage_rates=(rate,)), miles_so_far=so_far(before))
    assert str(priced.above_hmrc_mileage) == above


def test_a_journey_below_hmrcs_amount_does_not_make_good_another():
    rows = (
        one_rate("0.60", ends=date(2026, 9, 14)),
        one_rate("0.10", starts=date(2026, 9, 15)),
    )
    priced = price(journey("100", date(2026, 9, 14)), journey("100"), card=make_card(mileage_rates=rows))
    assert str(priced.above_hmrc_mileage) == "5.00"


def test_hmrcs_bands_fill_over_the_tax_year_whatever_the_cards_year():
    card = make_card(mileage_rates=(one_rate("0.55"),), mileage_year_starts=(1, 1))
    miles = so_far("10000", year=date(2026, 1, 1)) | so_far("9990", year=YEAR)
    assert str(price(journey("20"), card=card, miles_so_far=miles).above_hmrc_mileage) == "3.00"
    miles = so_far("10000", year=date(2026, 1, 1))
    assert str(price(journey("20"), card=card, miles_so_far=miles).above_hmrc_mileage) == "0.00"


def test_a_journey_with_no_rate_is_not_above_anything():
    assert str(price(journey("100"), card=make_card(mileage_rates=())).above_hmrc_mileage) == "0.00"


# --- splitting ----------------------------------------------------------------------------
tenths = st.integers(0, 150_000).map(lambda value: D(value) / 10)


@given(before=tenths, miles=tenths, cut=st.integers(0, 100))
def test_splitting_keeps_every_mile_and_two_legs_pay_as_one(before, miles, cut):
    whole = split_over_bands(before, miles, BANDS)
    assert sum((part for part, _ in whole), D(0)) == miles
    assert all(part > 0 for part, _ in whole)
    first = miles * cut / 100
    legs = split_over_bands(before, first, BANDS) + split_over_bands(before + first, miles - first, BANDS)
    assert sum((part * rate for part, rate in legs), D(0)) == sum((part * rate for part, rate in whole), D(0))


@pytest.mark.parametrize(
    ("miles", "text"),
    [("1", "1 mile"), ("1.0", "1 mile"), ("0", "0 miles"), ("100", "100 miles"), ("0.5", "0.5 miles")],
)
def test_miles_are_written_as_people_say_them(miles, text):
    assert format_miles(D(miles)) == text
