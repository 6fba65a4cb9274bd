"""What looks like one thing claimed twice, and what does not."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import LineKind
from expenses.policies.duplicates import LineSeen, Tolerance, are_near, find, look_alike

DAY = date(2026, 9, 8)
AS_GIVEN = Tolerance(10, D("1.00"))
TAXI = LineSeen("a", LineKind.TAXI, DAY, amount=D("14.50"))
TIME = LineSeen("a", LineKind.INVOLVEMENT_PAYMENT, DAY, minutes=210, activity="meeting")
DRIVE = LineSeen("a", LineKind.MILEAGE, DAY, miles=D("24.6"), from_place="Home", to_place="Trust headquarters")
CANCELLED = LineSeen("a", LineKind.CANCELLED_MEETING, DAY)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        # Up to £10 a pound is more than a tenth.
        ("4.20", "5.20", True),
        ("4.20", "5.21", False),
        # Above it a tenth of the larger.
        ("100.00", "90.00", True),
        ("100.00", "89.99", False),
        ("90.00", "100.00", True),
    ],
)
def test_amounts_are_near_by_a_tenth_of_the_larger_or_a_pound(one, other, near):
    assert are_near(D(one), D(other), AS_GIVEN) is near


def test_with_no_tolerance_only_the_same_amount_is_near():
    exact = Tolerance(0, D("0.00"))
    assert are_near(D("4.20"), D("4.20"), exact)
    assert not are_near(D("4.20"), D("4.21"), exact)


@pytest.mark.parametrize(
    ("one", "changes", "alike"),
    [
        (TAXI, {}, True),
        (TAXI, {"amount": D("15.50")}, True),
        (TAXI, {"amount": D("20.00")}, False),
        (TAXI, {"kind": LineKind.BUS}, False),
        (TAXI, {"on": DAY + timedelta(days=1)}, False),
        (TIME, {}, True),
        (TIME, {"minutes": 211}, False),
        (TIME, {"activity": "preparation"}, False),
        (DRIVE, {}, True),
        # The same way however it is written, or as many miles another way.
        (DRIVE, {"miles": D("25.0"), "from_place": " home", "to_place": "TRUST HEADQUARTERS "}, True),
        (DRIVE, {"from_place": "Work", "to_place": ""}, True),
        (DRIVE, {"miles": D("25.0"), "to_place": "Clinic"}, False),
        (DRIVE, {"miles": D("25.0"), "from_place": "Work"}, False),
        (CANCELLED, {}, True),
        (CANCELLED, {"amount": D("50.00")}, True),
    ],
)
def test_what_looks_alike(one, changes, alike):
    assert look_alike(one, replace(one, key="b", **changes), AS_GIVEN) is alike


@pytest.mark.parametrize("places", [("", ""), ("Home", ""), ("", "Trust headquarters")])
def test_a_way_that_nobody_named_is_not_the_same_way(places):
    one = replace(DRIVE, from_place=places[0], to_place=places[1])
    assert not look_alike(one, replace(one, miles=D("3.0")), AS_GIVEN)


def test_each_line_is_named_with_what_it_looks_like_elsewhere_and_the_first_of_its_own_claim():
    lines = [replace(TAXI, key=key) for key in (1, 2, 3)]
    elsewhere = [replace(TAXI, key="x"), replace(TAXI, key="y", amount=D("99.00")), replace(TAXI, key="z")]
    assert find(lines, elsewhere, AS_GIVEN) == [
        (1, "x"), (1, "z"), (2, "x"), (2, "z"), (2, 1), (3, "x"), (3, "z"), (3, 1),
    ]  # fmt: skip
    assert find(lines[:1], [], AS_GIVEN) == []


pounds = st.decimals(D("0.01"), D("99999.99"), places=2)


@given(pounds, pounds, st.integers(0, 100), st.decimals(D("0"), D("100"), places=2))
def test_near_is_the_same_both_ways_and_anything_is_near_itself(one, other, percent, apart):
    tolerance = Tolerance(percent, apart)
    assert are_near(one, other, tolerance) is are_near(other, one, tolerance)
    assert are_near(one, one, tolerance)
    if are_near(one, other, tolerance):
        assert abs(one - other) <= max(max(one, other) * percent / 100, apart)


def test_time_that_is_appealed_looks_like_any_time_of_its_day():
    other = replace(TIME, key="b", minutes=60, activity="preparation")
    assert not look_alike(TIME, other, AS_GIVEN)
    assert look_alike(replace(TIME, was_refused=True), other, AS_GIVEN)
    assert not look_alike(TIME, replace(other, was_refused=True), AS_GIVEN)
    assert not look_alike(replace(TIME, was_refused=True), replace(other, on=DAY + timedelta(days=1)), AS_GIVEN)


@pytest.mark.parametrize("line", [TIME, DRIVE, CANCELLED])
def test_what_a_list_has_only_pounds_of_looks_like_anything_of_its_day_and_like_pounds_near_it(line):
    listed = replace(line, key="b", minutes=0, miles=D("0"), amount=D("75.00"), has_only_pounds=True)
    assert look_alike(line, listed, AS_GIVEN)
    assert look_alike(listed, line, AS_GIVEN)
    assert look_alike(listed, replace(listed, amount=D("82.50")), AS_GIVEN)
    assert not look_alike(listed, replace(listed, amount=D("150.00")), AS_GIVEN)
