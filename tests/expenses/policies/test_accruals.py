"""What unclaimed meetings would pay, for the accounts of a year."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from expenses.enums import CardTemplate
from expenses.policies.accruals import Attended, expected_payments
from expenses.policies.card import TimeBefore, card_from_template

CARD = card_from_template(CardTemplate.NATIONAL)
ON = date(2026, 3, 30)
FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))
SENIOR = 4


def test_a_day_s_meetings_are_summed_as_in_a_claim():
    expected = expected_payments(
        [Attended(FIRST, ON, 210), Attended(SECOND, ON, 60), Attended(THIRD, date(2026, 3, 31), 60)],
        [],
        role_category=SENIOR,
        card=CARD,
    )
    assert expected == {FIRST: Decimal(150), SECOND: Decimal(0), THIRD: Decimal(75)}


def test_what_was_claimed_for_the_day_already_is_taken_off():
    def expected(*before):
        return expected_payments([Attended(FIRST, ON, 60)], before, role_category=SENIOR, card=CARD)

    assert expected(TimeBefore(ON, 180, Decimal("75.00"))) == {FIRST: Decimal(0)}
    assert expected(TimeBefore(ON, 300, Decimal("150.00"))) == {FIRST: Decimal(0)}
    # 270 minutes make a full day of it.
    assert expected(TimeBefore(ON, 210, Decimal("75.00"))) == {FIRST: Decimal(75)}


def test_a_role_without_pay_is_expected_to_be_paid_nothing():
    assert expected_payments([Attended(FIRST, ON, 210)], [], role_category=0, card=CARD) == {FIRST: Decimal(0)}


def test_nothing_attended_is_nothing_expected():
    assert expected_payments([], [], role_category=SENIOR, card=CARD) == {}
