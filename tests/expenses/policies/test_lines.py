"""What a line may say, what holds its money, and what an account looks like."""

from datetime import date
from decimal import Decimal

import pytest

from expenses.enums import LineKind, Problem
from expenses.policies import holding
from expenses.policies.bank_details import check_account
from expenses.policies.lines import check_line_date, check_line_figures, check_notice
from psp_portal.exceptions import RuleBroken

TERM = {"today": date(2026, 9, 15), "starts_on": date(2025, 5, 1), "ends_on": date(2026, 9, 10)}


@pytest.mark.parametrize("on", [date(2025, 5, 1), date(2026, 9, 10)])
def test_the_first_and_last_day_of_the_term_count(on):
    check_line_date(on, **TERM)


@pytest.mark.parametrize(
    ("on", "message"),
    [
        (date(2026, 9, 16), "The date must be today or in the past"),
        (date(2025, 4, 30), "The date must be on or after 1 May 2025, when your role began"),
        (date(2026, 9, 11), "The date must be on or before 10 September 2026, when your term ended"),
    ],
)
def test_a_day_outside_is_refused_beside_the_date(on, message):
    with pytest.raises(RuleBroken) as refused:
        check_line_date(on, **TERM)
    assert (refused.value.message, refused.value.field) == (message, "date")


def test_the_notice_of_a_cancelled_meeting_is_what_its_record_says():
    check_notice(5, recorded=5)
    for given, recorded, words in [
        (6, 5, "The meeting's record says 5 hours, rounded up. Enter 5"),
        (None, 1, "The meeting's record says 1 hour, rounded up. Enter 1"),
    ]:
        with pytest.raises(RuleBroken) as refused:
            check_notice(given, recorded=recorded)
        assert (refused.value.field, refused.value.message) == ("notice_hours", words)


def figures(**changed):
    return {
        "minutes": None, "miles": None, "amount": None, "passengers": 0, "standard_fare": None, "is_first_class": False,
    } | changed  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (LineKind.INVOLVEMENT_PAYMENT, {"minutes": 1440}),
        (LineKind.CANCELLED_MEETING, {}),
        (LineKind.MILEAGE, {"miles": Decimal("1200"), "passengers": 8}),
        (LineKind.PARKING, {"amount": Decimal("0.01")}),
        (LineKind.RAIL, {"amount": Decimal("99999.99"), "is_first_class": True, "standard_fare": Decimal("1.00")}),
        (LineKind.RAIL, {"amount": Decimal("80.00"), "is_first_class": True, "is_trust_booked": True}),
    ],
)
def test_figures_within_the_limits_are_taken(kind, given):
    check_line_figures(kind, **figures(**given))


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        (LineKind.INVOLVEMENT_PAYMENT, {}, "minutes"),
        (LineKind.INVOLVEMENT_PAYMENT, {"minutes": 0}, "minutes"),
        (LineKind.INVOLVEMENT_PAYMENT, {"minutes": 1441}, "minutes"),
        (LineKind.MILEAGE, {}, "miles"),
        (LineKind.MILEAGE, {"miles": Decimal("0")}, "miles"),
        (LineKind.MILEAGE, {"miles": Decimal("9999")}, "miles"),
        (LineKind.MILEAGE, {"miles": Decimal("10"), "passengers": 9}, "passengers"),
        (LineKind.MILEAGE, {"miles": Decimal("10"), "passengers": -1}, "passengers"),
        (LineKind.TAXI, {}, "amount"),
        (LineKind.TAXI, {"amount": Decimal("-1.00")}, "amount"),
        (LineKind.TAXI, {"amount": Decimal("100000.00")}, "amount"),
        (LineKind.RAIL, {"amount": Decimal("80.00"), "is_first_class": True}, "standard_fare"),
    ],
)
def test_figures_beyond_the_limits_are_refused_beside_their_field(kind, given, field):
    with pytest.raises(RuleBroken) as refused:
        check_line_figures(kind, **figures(**given))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (LineKind.INVOLVEMENT_PAYMENT, {"minutes": 60}),
        (LineKind.CANCELLED_MEETING, {}),
        (LineKind.MILEAGE, {"miles": Decimal("1.0")}),
    ],
)
def test_only_what_has_a_price_can_be_booked_by_the_organisation(kind, given):
    with pytest.raises(RuleBroken) as refused:
        check_line_figures(kind, **figures(**given, is_trust_booked=True))
    assert (refused.value.field, refused.value.message) == (
        "is_trust_booked",
        "Only something that has a price can be booked by the organisation",
    )


def test_a_receipt_frees_what_waited_for_it():
    rule = "up to the limit of £5.00; held until there is a receipt"
    money = holding.with_receipt(
        [Problem.NO_RECEIPT, Problem.OVER_CAP], held=Decimal("5.00"), pay=Decimal("0.00"), rule=rule
    )
    assert money == holding.LineMoney((Problem.OVER_CAP,), Decimal("5.00"), Decimal("0.00"), "up to the limit of £5.00")


def test_a_receipt_does_not_free_what_needed_approval_too():
    money = holding.with_receipt(
        [Problem.NO_RECEIPT, Problem.NEEDS_APPROVAL], held=Decimal("14.50"), pay=Decimal("0.00"),
        rule="held until there is a receipt; held until it is approved",
    )  # fmt: skip
    assert money == holding.LineMoney(
        (Problem.NEEDS_APPROVAL,), Decimal("0.00"), Decimal("14.50"), "held until it is approved"
    )


def test_an_approver_gives_a_reason_for_a_flagged_line_and_pays_what_was_held():
    line = {"pay": Decimal("1.00"), "held": Decimal("14.50"), "problems": [Problem.NEEDS_APPROVAL]}
    assert holding.amount_if_approved(**line, reason="The lift was broken") == Decimal("15.50")
    with pytest.raises(RuleBroken) as refused:
        holding.amount_if_approved(**line, reason=" ")
    assert refused.value.field == "reason"
    assert holding.amount_if_approved(pay=Decimal("1.00"), held=Decimal("0.00"), problems=[], reason="") == Decimal("1")


def test_six_and_eight_digits_are_an_account():
    check_account(sort_code="089999", account_number="66374958")


@pytest.mark.parametrize(
    ("sort_code", "account_number", "field"),
    [
        ("08999", "66374958", "sort_code"),
        ("000000", "66374958", "sort_code"),
        ("089999", "6637495", "account_number"),
        ("089999", "00000000", "account_number"),
        ("089999", "6637495x", "account_number"),
    ],
)
def test_other_digits_are_refused_beside_their_field(sort_code, account_number, field):
    with pytest.raises(RuleBroken) as refused:
        check_account(sort_code=sort_code, account_number=account_number)
    assert refused.value.field == field
