"""Expenses with an amount: receipts, approvals, first class and caps."""

from datetime import date
from decimal import Decimal as D

import pytest

from expenses.enums import FareClass, LineKind, Problem
from expenses.policies.card import AMOUNT_KINDS, Agreement, Cap, LineToPrice
from expenses.policies.limits import rests_on_a_word
from tests.expenses.policies.builders import DAY, expense, journey, make_card, price, time

P = Problem
LUNCH = LineKind.SUBSISTENCE_LUNCH
LUNCH_CARD = make_card(
    caps=(
        Cap(LUNCH, date(2020, 1, 1), date(2026, 9, 14), D("4.00"), row="old"),
        Cap(LUNCH, DAY, date(2026, 12, 31), D("5.00"), row="new"),
        Cap(LineKind.TAXI, DAY, None, D("20.00"), row="taxi"),
        Cap(LineKind.RAIL, DAY, None, D("50.00"), row="rail"),
    )
)


def first_class(amount, standard_fare, receipt="r1", approval=None):
    return expense(
        LineKind.RAIL,
        amount,
        receipt,
        approval=approval,
        fare_class=FareClass.FIRST,
        standard_fare=D(standard_fare),
    )


def outcome(line):
    return str(line.pay), str(line.held), str(line.disallowed), line.problems


@pytest.mark.parametrize("kind", sorted(AMOUNT_KINDS))
def test_every_kind_with_an_amount_is_paid_as_receipted_and_held_without_a_receipt(kind):
    card = make_card(needs_approval=frozenset())
    (line,) = price(expense(kind, "4.20"), card=card).lines
    assert (outcome(line), line.rule) == (("4.20", "0.00", "0.00", ()), "as receipted")
    (line,) = price(expense(kind, "4.20", None), card=card).lines
    assert outcome(line) == ("0.00", "4.20", "0.00", (P.NO_RECEIPT,))
    assert line.rule == "held until there is a receipt"


@pytest.mark.parametrize(
    ("line", "expected", "rule"),
    [
        (expense(LUNCH, "4.99"), ("4.99", "0.00", "0.00", ()), "as receipted"),
        (expense(LUNCH, "5.00"), ("5.00", "0.00", "0.00", ()), "as receipted"),
        (expense(LUNCH, "5.01"), ("5.00", "0.00", "0.01", (P.OVER_CAP,)), "up to the limit of £5.00"),
        (
            expense(LUNCH, "5.01", on=date(2026, 9, 14)),
            ("4.00", "0.00", "1.01", (P.OVER_CAP,)),
            "up to the limit of £4.00",
        ),
        (expense(LineKind.SUBSISTENCE_EVENING, "50.00"), ("50.00", "0.00", "0.00", ()), "as receipted"),
        (
            expense(LUNCH, "7.50", None),
            ("0.00", "5.00", "2.50", (P.NO_RECEIPT, P.OVER_CAP)),
            "up to the limit of £5.00; held until there is a receipt",
        ),
        (
            expense(LineKind.TAXI, "14.50"),
            ("0.00", "14.50", "0.00", (P.NEEDS_APPROVAL,)),
            "held until it is approved",
        ),
        (expense(LineKind.TAXI, "14.50", approval="a1"), ("14.50", "0.00", "0.00", ()), "as receipted"),
        (
            expense(LineKind.TAXI, "25.00", None),
            ("0.00", "20.00", "5.00", (P.NO_RECEIPT, P.NEEDS_APPROVAL, P.OVER_CAP)),
            "up to the limit of £20.00; held until there is a receipt; held until it is approved",
        ),
        (
            expense(LineKind.TAXI, "25.00", approval="a1"),
            ("20.00", "0.00", "5.00", (P.OVER_CAP,)),
            "up to the limit of £20.00",
        ),
        (expense(LUNCH, "0.00", None), ("0.00", "0.00", "0.00", (P.NO_RECEIPT,)), "held until there is a receipt"),
    ],
)
def test_caps_receipts_and_approvals_each_do_their_part(line, expected, rule):
    (priced,) = price(line, card=LUNCH_CARD).lines
    assert (outcome(priced), priced.rule) == (expected, rule)


def test_no_cap_is_in_force_after_its_last_day():
    late = expense(LUNCH, "9.00", on=date(2027, 1, 1))
    assert outcome(price(late, card=LUNCH_CARD).lines[0]) == ("9.00", "0.00", "0.00", ())


def test_a_capped_line_names_the_row_of_the_cap():
    priced = price(expense(LUNCH, "9.00"), expense(LUNCH, "3.00", "r2"), card=LUNCH_CARD)
    assert [line.row for line in priced.lines] == ["new", None]


def test_caps_are_by_line():
    priced = price(expense(LUNCH, "6.00"), expense(LUNCH, "6.00", "r2"), card=LUNCH_CARD)
    assert str(priced.totals.pay) == "10.00"
    assert str(priced.totals.disallowed) == "2.00"


# --- first class --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "expected", "rule"),
    [
        (
            first_class("40.00", "23.40"),
            ("23.40", "0.00", "16.60", (P.FIRST_CLASS,)),
            "first class was not approved: standard fare £23.40",
        ),
        (first_class("40.00", "23.40", approval="a1"), ("40.00", "0.00", "0.00", ()), "as receipted"),
        (first_class("20.00", "23.40"), ("20.00", "0.00", "0.00", ()), "as receipted"),
        (first_class("23.40", "23.40"), ("23.40", "0.00", "0.00", ()), "as receipted"),
        (first_class("40.00", "0.00"), ("0.00", "0.00", "40.00", (P.FIRST_CLASS,)), None),
        (first_class("40.00", "23.40", None), ("0.00", "23.40", "16.60", (P.NO_RECEIPT, P.FIRST_CLASS)), None),
        (
            first_class("90.00", "60.00"),
            ("50.00", "0.00", "40.00", (P.OVER_CAP, P.FIRST_CLASS)),
            "first class was not approved: standard fare £60.00; up to the limit of £50.00",
        ),
        (first_class("90.00", "45.00"), ("45.00", "0.00", "45.00", (P.FIRST_CLASS,)), None),
        (first_class("90.00", "60.00", approval="a1"), ("50.00", "0.00", "40.00", (P.OVER_CAP,)), None),
    ],
)
def test_first_class_without_approval_is_paid_up_to_the_standard_fare(line, expected, rule):
    (priced,) = price(line, card=LUNCH_CARD).lines
    assert outcome(priced) == expected
    assert rule is None or priced.rule == rule


def test_first_class_is_paid_in_full_where_the_card_asks_no_approval():
    card = make_card(first_class_needs_approval=False)
    assert outcome(price(first_class("40.00", "23.40"), card=card).lines[0]) == ("40.00", "0.00", "0.00", ())


def test_a_standard_fare_is_not_looked_at_on_a_standard_ticket():
    ticket = expense(LineKind.RAIL, "40.00", standard_fare=D("10.00"))
    assert outcome(price(ticket).lines[0]) == ("40.00", "0.00", "0.00", ())


def test_a_card_may_want_approval_for_every_train():
    card = make_card(needs_approval=frozenset({LineKind.RAIL}))
    line = price(first_class("40.00", "23.40"), card=card).lines[0]
    assert outcome(line) == ("0.00", "23.40", "16.60", (P.NEEDS_APPROVAL, P.FIRST_CLASS))


# --- the same receipt twice ---------------------------------------------------------------
def test_the_second_use_of_a_receipt_pays_nothing_in_line_order():
    priced = price(expense(LineKind.BUS, "3.00", on=DAY), expense(LineKind.TOLL, "2.00", on=date(2026, 9, 14)))
    assert [outcome(line) for line in priced.lines] == [
        ("3.00", "0.00", "0.00", ()),
        ("0.00", "0.00", "2.00", (P.DUPLICATE_RECEIPT,)),
    ]
    assert priced.lines[1].rule == "this receipt has been used before: nothing to pay"


def test_a_receipt_of_another_claim_pays_nothing():
    lines = price(
        expense(LineKind.BUS, "3.00", "r1"),
        expense(LineKind.BUS, "3.00", "R1"),
        receipts_used_before=frozenset({"r1"}),
    ).lines
    assert [outcome(line)[0] for line in lines] == ["0.00", "3.00"]


def test_no_other_rule_is_asked_about_a_receipt_used_before():
    used = frozenset({"r1"})
    priced = price(expense(LineKind.TAXI, "25.00"), card=LUNCH_CARD, receipts_used_before=used)
    assert outcome(priced.lines[0]) == ("0.00", "0.00", "25.00", (P.DUPLICATE_RECEIPT,))
    priced = price(first_class("40.00", "20.00"), receipts_used_before=used)
    assert outcome(priced.lines[0]) == ("0.00", "0.00", "40.00", (P.DUPLICATE_RECEIPT,))


def test_a_held_line_has_used_its_receipt():
    priced = price(expense(LineKind.TAXI, "25.00"), expense(LineKind.BUS, "3.00"))
    assert [line.problems for line in priced.lines] == [(P.NEEDS_APPROVAL,), (P.DUPLICATE_RECEIPT,)]


def test_two_lines_with_no_receipt_are_not_the_same_receipt():
    priced = price(expense(LineKind.BUS, "3.00", None), expense(LineKind.BUS, "3.00", None))
    assert [line.problems for line in priced.lines] == [(P.NO_RECEIPT,), (P.NO_RECEIPT,)]


def test_time_and_mileage_need_no_receipt():
    assert [line.problems for line in price(time(60), journey("10")).lines] == [(), ()]


@pytest.mark.parametrize(
    ("line", "rests"),
    [
        (expense(LineKind.TAXI, "14.50", approval="a1"), True),
        (expense(LineKind.TAXI, "14.50"), False),
        (expense(LineKind.TAXI, "14.50", approval="a1", is_booked=True), False),
        (expense(LineKind.TAXI, "14.50", approval="a1", agreement=Agreement("a", D("14.50"))), False),
        # What was agreed in the portal does not cover it, so the name is all there is.
        (expense(LineKind.TAXI, "14.50", approval="a1", agreement=Agreement("a", D("14.49"))), True),
        # Nobody needs to agree to a bus, nor to first class that costs no more than the standard fare.
        (expense(LineKind.BUS, "14.50", approval="a1"), False),
        (first_class("40.00", "23.40", approval="a1"), True),
        (first_class("23.40", "23.40", approval="a1"), False),
        (LineToPrice("m", LineKind.MILEAGE, DAY, miles=D("3.0"), approval="a1"), False),
    ],
)
def test_a_line_rests_on_a_word_when_it_needed_approval_and_only_a_name_is_typed(line, rests):
    assert rests_on_a_word(line, make_card()) is rests
