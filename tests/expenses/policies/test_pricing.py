"""A whole claim: the worked claims of the domain, totals, flags, and what always holds."""

import itertools
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import FareClass, LineKind, Preference, Problem, Vehicle
from expenses.policies import claim_file
from expenses.policies.card import AMOUNT_KINDS, TIME_KINDS, Band, Cap, ClaimToPrice, LineToPrice, MileageRate, RateCard
from expenses.policies.pricing import price_claim
from psp_portal.calendar_england import bank_holidays
from psp_portal.money import total
from tests.expenses.policies.builders import (
    DAY,
    HOLIDAYS,
    SUBMITTED,
    cancelled,
    expense,
    journey,
    late_card,
    make_card,
    price,
    time,
)

P = Problem
CASES_FILE = Path(__file__).resolve().parents[4] / "shared" / "cases" / "claims.json"
CASES = json.loads(CASES_FILE.read_text(encoding="utf-8")) if CASES_FILE.exists() else []


@pytest.mark.skipif(not CASES, reason="the worked claims (shared/cases/claims.json) are not beside this project")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['case']}: {case['title']}")
def test_a_worked_claim_of_the_domain_is_priced_to_the_penny(case):
    card = claim_file.read_card(case["card"])
    claim = claim_file.read_claim(case["claim"], card)
    year = claim.submitted_on.year
    result = claim_file.write_result(price_claim(claim, card, bank_holidays(range(year, year + 2))))
    for key, expected in case["expect"].items():
        got = result[key]
        if isinstance(expected, dict):
            got = {name: got[name] for name in expected}
        elif isinstance(expected, list) and expected and isinstance(expected[0], dict):
            assert len(got) == len(expected)
            got = [{name: line[name] for name in wanted} for line, wanted in zip(got, expected, strict=True)]
        assert got == expected, key


def test_lines_come_back_in_the_claims_order_with_their_keys():
    priced = price(expense(LineKind.BUS, "3.00"), journey("10"), time(60), expense(LineKind.TOLL, "2.00", "r2"))
    assert [(line.key, line.kind.value, str(line.pay)) for line in priced.lines] == [
        (1, "bus", "3.00"),
        (2, "mileage", "5.50"),
        (3, "involvement_payment", "75.00"),
        (4, "toll", "2.00"),
    ]


def test_whatever_becomes_of_a_line_it_keeps_its_kind_and_names_the_row_that_priced_it():
    day_before = date(2026, 9, 14)
    card = late_card(
        mileage_rates=(MileageRate(Vehicle.CAR, DAY, None, (Band(None, D("0.55")),), D(0), row="car"),),
        caps=(Cap(LineKind.SUBSISTENCE_LUNCH, DAY, None, D("5.00"), row="lunch"),),
    )
    priced = price(
        time(60),
        time(60),
        time(0, day_before),
        cancelled(2),
        cancelled(48),
        journey("10"),
        journey("10", day_before),
        expense(LineKind.SUBSISTENCE_LUNCH, "9.00"),
        expense(LineKind.BUS, "3.00"),
        expense(LineKind.TOLL, "2.00", None),
        expense(LineKind.PARKING, "2.00", None, is_booked=True),
        card=card,
    )
    assert [(line.kind.value, str(line.pay), line.row) for line in priced.lines] == [
        ("involvement_payment", "75.00", "time"),
        ("involvement_payment", "0.00", "time"),
        ("involvement_payment", "0.00", "time"),
        ("cancelled_meeting", "75.00", "time"),
        ("cancelled_meeting", "0.00", "time"),
        ("mileage", "5.50", "car"),
        ("mileage", "0.00", None),
        ("subsistence_lunch", "5.00", "lunch"),
        ("bus", "0.00", None),
        ("toll", "0.00", None),
        ("parking", "0.00", None),
    ]
    (unpaid,) = price(time(60), card=card, role_category=1).lines
    assert (unpaid.key, unpaid.kind, unpaid.row) == (1, LineKind.INVOLVEMENT_PAYMENT, None)


def test_time_and_expenses_are_totalled_apart():
    priced = price(
        time(60),
        cancelled(1),
        journey("10"),
        expense(LineKind.PARKING, "4.20"),
        expense(LineKind.TAXI, "9.00", "r2"),
        expense(LineKind.BUS, "3.00", "r2"),
        card=late_card(),
        preference=Preference.REDUCED,
        reduced_to=D("100.00"),
    )
    assert {name: str(value) for name, value in vars(priced.totals).items()} == {
        "time": "100.00",
        "expenses": "9.70",
        "pay": "109.70",
        "held": "9.00",
        "disallowed": "3.00",
        "declined": "50.00",
    }


def test_an_empty_claim_is_worth_nothing():
    priced = price()
    assert priced.lines == ()
    assert {str(value) for value in vars(priced.totals).values()} == {"0.00"}
    assert str(priced.above_hmrc_mileage) == "0.00"


def test_a_preference_never_touches_expenses():
    lines = [time(60), journey("10"), expense(LineKind.PARKING, "4.20")]
    assert str(price(*lines, preference=Preference.DECLINED).totals.expenses) == "9.70"
    assert str(price(*lines, preference=Preference.REDUCED, reduced_to=D("1.00")).totals.expenses) == "9.70"


def test_a_late_line_of_any_kind_is_flagged_and_still_priced():
    on = date(2026, 6, 15)
    lines = [time(60, on), cancelled(1, on), journey("10", on), expense(LineKind.BUS, "3.00", on=on), time(60)]
    priced = price(*lines, card=late_card())
    assert [(str(line.pay), line.problems) for line in priced.lines] == [
        ("75.00", (P.OUTSIDE_CLAIM_WINDOW,)),
        ("75.00", (P.OUTSIDE_CLAIM_WINDOW,)),
        ("5.50", (P.OUTSIDE_CLAIM_WINDOW,)),
        ("3.00", (P.OUTSIDE_CLAIM_WINDOW,)),
        ("75.00", ()),
    ]
    assert priced.lines[3].rule == "as receipted; claimed after 15 September 2026, so someone decides on it"


def test_the_last_day_of_the_window_is_in_time():
    on = date(2026, 6, 16)
    assert price(expense(LineKind.BUS, "3.00", on=on)).lines[0].problems == ()


def test_a_line_dated_after_the_claim_is_priced():
    assert str(price(expense(LineKind.RAIL, "3.00", on=date(2026, 10, 1))).totals.pay) == "3.00"


def test_problems_come_in_one_order():
    on = date(2026, 1, 5)
    card = make_card(
        needs_approval=frozenset({LineKind.RAIL}), caps=(Cap(LineKind.RAIL, date(2020, 1, 1), None, D("1.00")),)
    )
    ticket = expense(LineKind.RAIL, "9.00", None, on=on, fare_class=FareClass.FIRST, standard_fare=D("5.00"))
    (line,) = price(ticket, card=card).lines
    assert line.problems == (P.NO_RECEIPT, P.NEEDS_APPROVAL, P.OVER_CAP, P.FIRST_CLASS, P.OUTSIDE_CLAIM_WINDOW)
    (line,) = price(expense(LineKind.RAIL, "9.00", on=on), card=card, receipts_used_before=frozenset({"r1"})).lines
    assert line.problems == (P.DUPLICATE_RECEIPT, P.OUTSIDE_CLAIM_WINDOW)
    (line,) = price(time(60, on), role_category=1).lines
    assert line.problems == (P.OUTSIDE_CLAIM_WINDOW, P.ROLE_NOT_PAID)


def test_two_lines_with_one_key_are_a_mistake_of_the_caller():
    line = replace(time(60), key="a")
    with pytest.raises(ValueError, match="^each line of a claim needs a key of its own$"):
        price_claim(ClaimToPrice(4, SUBMITTED, (line, line)), make_card(), HOLIDAYS)


# --- what always holds --------------------------------------------------------------------
days = st.integers(0, 200).map(lambda back: DAY - timedelta(days=back))
pence = st.integers(0, 20_000).map(lambda value: D(value) / 100 + D("0.00"))
receipts = st.none() | st.sampled_from(["r1", "r2", "r3"])
approvals = st.none() | st.just("a1")
time_lines = st.builds(
    LineToPrice, st.none(), st.just(LineKind.INVOLVEMENT_PAYMENT), days, minutes=st.integers(0, 600)
) | st.builds(
    LineToPrice,
    st.none(),
    st.just(LineKind.CANCELLED_MEETING),
    days,
    notice_hours=st.integers(0, 48).map(D),
)
mileage_lines = st.builds(
    LineToPrice,
    st.none(),
    st.just(LineKind.MILEAGE),
    days,
    vehicle=st.sampled_from(Vehicle),
    miles=st.integers(0, 60_000).map(lambda value: D(value) / 10),
    passengers=st.integers(0, 3),
)
amount_lines = st.builds(
    LineToPrice,
    st.none(),
    st.sampled_from(sorted(AMOUNT_KINDS)),
    days,
    amount=pence,
    receipt=receipts,
    approval=approvals,
    fare_class=st.sampled_from(FareClass),
    standard_fare=pence,
)
CAPPED: RateCard = late_card(
    caps=tuple(Cap(kind, date(2020, 1, 1), None, D("15.00")) for kind in (LineKind.RAIL, LineKind.TAXI, LineKind.BUS))
)


@st.composite
def claims(draw, lines=time_lines | mileage_lines | amount_lines):
    drawn = draw(st.lists(lines, max_size=8))
    return ClaimToPrice(
        role_category=draw(st.sampled_from([3, 4])),
        submitted_on=SUBMITTED,
        lines=tuple(replace(line, key=key) for key, line in enumerate(drawn)),
        preference=draw(st.sampled_from(Preference)),
        reduced_to=draw(pence),
        miles_so_far={(date(2026, 4, 6), Vehicle.CAR): D(draw(st.integers(0, 12_000)))},
        receipts_used_before=frozenset(draw(st.sets(st.sampled_from(["r1", "r2"])))),
    )


@given(claim=claims())
def test_each_amount_is_accounted_for_and_nothing_is_negative(claim):
    priced = price_claim(claim, CAPPED, HOLIDAYS)
    for line, result in zip(claim.lines, priced.lines, strict=True):
        parts = (result.pay, result.held, result.disallowed, result.declined)
        assert all(part >= 0 and part.as_tuple().exponent == -2 for part in parts)
        assert result.rule
        if line.kind in AMOUNT_KINDS:
            assert sum(parts) == line.amount
            assert result.declined == 0
            is_held = {P.NO_RECEIPT, P.NEEDS_APPROVAL} & set(result.problems)
            assert result.held == 0 or is_held
            assert result.pay == 0 or not is_held
        else:
            assert (result.held, result.disallowed) == (0, 0)
        if line.kind not in TIME_KINDS:
            assert result.declined == 0


@given(claim=claims())
def test_totals_are_the_sums_of_the_lines(claim):
    priced = price_claim(claim, CAPPED, HOLIDAYS)
    totals = priced.totals
    assert totals.pay == totals.time + totals.expenses
    for name in ("pay", "held", "disallowed", "declined"):
        assert getattr(totals, name) == total(getattr(line, name) for line in priced.lines)
    assert 0 <= priced.above_hmrc_mileage <= totals.expenses


@given(claim=claims())
def test_a_preference_only_moves_pay_for_time_to_declined(claim):
    chosen = price_claim(claim, CAPPED, HOLIDAYS).totals
    full = price_claim(replace(claim, preference=Preference.FULL), CAPPED, HOLIDAYS).totals
    assert chosen.time + chosen.declined == full.time
    assert (chosen.expenses, chosen.held, chosen.disallowed) == (full.expenses, full.held, full.disallowed)
    if claim.preference == Preference.REDUCED:
        assert chosen.time == min(full.time, claim.reduced_to)


@given(claim=claims(time_lines), data=st.data())
def test_the_order_of_lines_for_time_changes_no_total(claim, data):
    shuffled = replace(claim, lines=tuple(data.draw(st.permutations(claim.lines))))
    assert price_claim(shuffled, CAPPED, HOLIDAYS).totals == price_claim(claim, CAPPED, HOLIDAYS).totals


@given(claim=claims(time_lines))
def test_no_day_pays_more_than_one_full_day(claim):
    by_day = sorted(
        zip((line.on for line in claim.lines), price_claim(claim, CAPPED, HOLIDAYS).lines, strict=True),
        key=lambda pair: pair[0],
    )
    for _, of_day in itertools.groupby(by_day, key=lambda pair: pair[0]):
        assert sum(line.pay for _, line in of_day) <= D("150.00")


@given(claim=claims(mileage_lines), data=st.data())
def test_journeys_of_different_days_may_stand_in_any_order(claim, data):
    one_a_day = tuple({line.on: line for line in claim.lines}.values())
    claim = replace(claim, lines=one_a_day)
    shuffled = replace(claim, lines=tuple(data.draw(st.permutations(one_a_day))))
    first, second = price_claim(claim, CAPPED, HOLIDAYS), price_claim(shuffled, CAPPED, HOLIDAYS)
    assert first.totals == second.totals
    assert first.above_hmrc_mileage == second.above_hmrc_mileage


@given(claim=claims(amount_lines))
def test_a_problem_holds_its_own_line_only(claim):
    alone = [
        price_claim(replace(claim, lines=(line,), receipts_used_before=frozenset()), CAPPED, HOLIDAYS).lines[0]
        for line in claim.lines
    ]
    together = price_claim(claim, CAPPED, HOLIDAYS).lines
    for apart, result in zip(alone, together, strict=True):
        if P.DUPLICATE_RECEIPT not in result.problems:
            assert result == apart


@given(claim=claims())
def test_the_price_is_the_same_every_time(claim):
    assert price_claim(claim, CAPPED, HOLIDAYS) == price_claim(claim, CAPPED, HOLIDAYS)
