"""What a line is owed when a rate was raised after it had been sent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from expenses.enums import LineKind, Vehicle
from expenses.policies.card import Band, Cap, MileageRate, PricedLine, TimeRate
from expenses.policies.topups import Claimed, in_words, raised_by, room_of_day, without
from tests.expenses.policies.builders import (
    BY_DAY,
    DAY,
    SUBMITTED,
    ByDay,
    ClaimToPrice,
    cancelled,
    late_card,
    make_card,
    time,
)


def line(pay, held="0.00") -> PricedLine:
    return PricedLine(1, LineKind.MILEAGE, pay=D(pay), held=D(held), rule="24.6 miles at 55p")


@pytest.mark.parametrize(
    ("new", "old", "worth", "offered", "more"),
    [
        (line("13.53"), line("11.07"), "11.07", "0.00", "2.46"),
        (line("11.07"), line("11.07"), "11.07", "0.00", "0.00"),
        # Never a lower price.
        (line("9.84"), line("11.07"), "11.07", "0.00", "0.00"),
        # What was offered before is not offered again.
        (line("13.53"), line("11.07"), "11.07", "2.00", "0.46"),
        (line("13.53"), line("11.07"), "11.07", "2.46", "0.00"),
        # What a problem held was agreed with the line.
        (line("0.00", "7.00"), line("0.00", "5.00"), "5.00", "0.00", "2.00"),
        (line("0.00", "7.00"), line("0.00", "6.00"), "5.00", "0.00", "1.00"),
        # What else has changed is not this rate's doing: a claim before it was withdrawn, and the band is emptier.
        (line("13.53"), line("11.07"), "6.15", "0.00", "2.46"),
        # Nor is more owed than the card says now.
        (line("13.53"), line("6.15"), "12.00", "0.00", "1.53"),
    ],
)
def test_raised_by(new, old, worth, offered, more):
    assert raised_by(new, old, Claimed(D(worth), D(offered))) == D(more)


def test_in_words():
    assert in_words(line("13.53"), Claimed(D("11.07"), D("0.00")), D("2.46"), "C000012") == (
        "24.6 miles at 55p: £13.53, less £11.07 on C000012"
    )
    assert in_words(line("13.53"), Claimed(D("11.07"), D("1.00")), D("1.46"), "C000012") == (
        "24.6 miles at 55p: £13.53, less £11.07 on C000012 and £1.00 offered since"
    )
    assert in_words(line("13.53"), Claimed(D("11.07"), D("0.00")), D("1.00"), "C000012") == (
        "24.6 miles at 55p: £13.53, less £11.07 on C000012; of this £1.00 is the new rate's doing"
    )
    # What a problem held was freed with the line, so it counts.
    assert in_words(line("10.00", "3.53"), Claimed(D("11.07"), D("0.00")), D("2.46"), "C000012") == (
        "24.6 miles at 55p: £13.53, less £11.07 on C000012"
    )


def numbered(*lines):
    return [replace(each, key=key) for key, each in enumerate(lines)]


@pytest.mark.parametrize(
    ("lines", "already", "room"),
    [
        ([time(120), time(180)], "150.00", "50.00"),
        ([time(120), time(180)], "175.00", "25.00"),
        ([time(120), time(180)], "250.00", "0.00"),
        ([time(120), cancelled(2)], "150.00", "50.00"),
    ],
)
def test_room_of_day(lines, already, room):
    card = late_card(terms=ByDay(D("100.00"), D("200.00"), 240, "half_day"))
    claim = ClaimToPrice(role_category=4, submitted_on=SUBMITTED, lines=())
    assert room_of_day(numbered(*lines), claim, card, D(already)) == D(room)


def mileage_row(name, valid_from, valid_to=None, vehicle=Vehicle.CAR) -> MileageRate:
    return MileageRate(vehicle, valid_from, valid_to, (Band(None, D("0.45")),), D(0), row=name)


def test_without_lets_the_row_before_go_on():
    first = mileage_row("a", date(2020, 1, 1), date(2020, 12, 31))
    second = mileage_row("b", date(2021, 1, 1), date(2021, 12, 31))
    third = mileage_row("c", date(2022, 1, 1))
    # It began last before the second row, but is of another vehicle: nothing of the second's is put in its place.
    bicycle = mileage_row("d", date(2020, 7, 1), vehicle=Vehicle.BICYCLE)
    card = make_card(mileage_rates=(third, bicycle, second, first))
    assert set(without(card, {"b"}).mileage_rates) == {replace(first, valid_to=date(2021, 12, 31)), third, bicycle}
    assert set(without(card, {"b", "c"}).mileage_rates) == {replace(first, valid_to=None), bicycle}
    # Where there was none before it, there is none.
    assert set(without(card, {"a", "d"}).mileage_rates) == {second, third}
    assert without(card, {"time"}).time_rates == ()
    assert without(card, set()).caps == card.caps
    assert third.valid_from <= DAY


def test_without_tells_roles_and_kinds_apart_as_it_does_vehicles():
    older = TimeRate(frozenset({4}), date(2020, 1, 1), date(2021, 12, 31), BY_DAY, row="t1")
    other_role = TimeRate(frozenset({3}), date(2021, 1, 1), None, BY_DAY, row="t2")
    newer = TimeRate(frozenset({4}), date(2022, 1, 1), None, BY_DAY, row="t3")
    lunch = Cap(LineKind.SUBSISTENCE_LUNCH, date(2020, 1, 1), date(2021, 12, 31), D("5.00"), row="c1")
    hotel = Cap(LineKind.OVERNIGHT, date(2021, 1, 1), None, D("90.00"), row="c2")
    lunch_now = Cap(LineKind.SUBSISTENCE_LUNCH, date(2022, 1, 1), None, D("6.00"), row="c3")
    card = make_card(time_rates=(older, other_role, newer), caps=(lunch, hotel, lunch_now))
    left = without(card, {"t3", "c3"})
    assert set(left.time_rates) == {replace(older, valid_to=None), other_role}
    assert set(left.caps) == {replace(lunch, valid_to=None), hotel}
