"""When bank details may be paid to, and what a number must look like: exact words, both sides of each edge."""

from datetime import UTC, datetime, timedelta

import pytest

from expenses.enums import BankCheckStatus, ModulusResult
from expenses.policies import bank_details
from psp_portal.exceptions import RuleBroken

NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)
DIGITS = {"sort_code": "309430", "account_number": "00733445"}


def refused(call, *arguments, **options) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as caught:
        call(*arguments, **options)
    return caught.value.field, caught.value.message


@pytest.mark.parametrize(
    "changes",
    [{}, {"sort_code": "000001"}, {"sort_code": "100000"}, {"account_number": "00000001"}, {"account_number": "9" * 8}],
)
def test_an_account_is_six_and_eight_digits(changes):
    bank_details.check_account(**DIGITS | changes)


@pytest.mark.parametrize("sort_code", ["", "30943", "3094301", "30-94-30", "30943a", "309430\n", "000000", "٣٠٩٤٣٠"])
def test_what_is_no_sort_code(sort_code):
    assert refused(bank_details.check_account, **DIGITS | {"sort_code": sort_code}) == (
        "sort_code",
        "Enter a sort code with 6 digits, like 30-94-30",
    )


@pytest.mark.parametrize("number", ["", "0073344", "007334455", "0073344a", "00733445\n", "00000000", "٠٠٧٣٣٤٤٥"])
def test_what_is_no_account_number(number):
    assert refused(bank_details.check_account, **DIGITS | {"account_number": number}) == (
        "account_number",
        "Enter an account number with 8 digits, like 00733445",
    )


@pytest.mark.parametrize("reference", ["", "A", "AZaz09 /.-", "1234/56789.0-ABCDE"])
def test_a_roll_number_that_a_banks_file_can_carry(reference):
    bank_details.check_reference(reference)


@pytest.mark.parametrize("reference", ["1" * 19, "A_1", "A,1", "A&1", "É1", "1\n"])
def test_a_roll_number_that_no_file_can_carry(reference):
    assert refused(bank_details.check_reference, reference) == (
        "reference",
        "The roll number must be 18 characters or fewer, with letters, numbers, spaces and / . - only",
    )


@pytest.mark.parametrize("reference", ["CONTRA", "contra 7", " Contra/1"])
def test_a_roll_number_does_not_begin_as_the_payer_s_own_record_does(reference):
    assert refused(bank_details.check_reference, reference) == (
        "reference",
        "The roll number cannot begin with CONTRA. Check it on your card or passbook",
    )
    bank_details.check_reference(f"1{reference}")


@pytest.mark.parametrize("name", ["Zoë O'Neill", "7", " " * 17 + "A"])
def test_a_name_of_which_something_can_be_written(name):
    bank_details.check_account_name(name)


@pytest.mark.parametrize("name", ["", " ", "李", "'", " " * 18 + "A"])
def test_a_name_of_which_nothing_can_be_written(name):
    assert refused(bank_details.check_account_name, name) == (
        "account_name",
        "Enter the name as it is on your bank card, in letters from A to Z. Accents are fine",
    )


def test_only_a_number_that_is_known_to_be_wrong_is_turned_away():
    bank_details.check_fits(ModulusResult.VALID)
    bank_details.check_fits(ModulusResult.NOT_CHECKABLE)
    assert refused(bank_details.check_fits, ModulusResult.INVALID) == (
        "account_number",
        "This account number does not go with this sort code. Check both on your bank card or a statement",
    )


@pytest.mark.parametrize(
    ("is_first", "verifies_first", "status"),
    [
        (True, False, BankCheckStatus.NOT_NEEDED),
        (True, True, BankCheckStatus.WAITING),
        (False, False, BankCheckStatus.WAITING),
        (False, True, BankCheckStatus.WAITING),
    ],
)
def test_a_change_waits_for_a_call_and_first_details_where_a_trust_says(is_first, verifies_first, status):
    assert bank_details.first_status(is_first=is_first, verifies_first=verifies_first) is status


@pytest.mark.parametrize(
    ("number_given_at", "is_first", "held"),
    [
        # A change: the number must be from an earlier day in London, whatever the hour.
        (datetime(2026, 9, 14, 22, 59, tzinfo=UTC), False, True),
        (datetime(2026, 9, 14, 23, 0, tzinfo=UTC), False, False),
        (NOON, False, False),
        (NOON + timedelta(days=1), False, False),
        # First details: before the call, which is at one o'clock, is soon enough.
        (NOON, True, True),
        (NOON + timedelta(minutes=59), True, True),
        (NOON + timedelta(minutes=60), True, False),
        (NOON + timedelta(minutes=61), True, False),
    ],
)
def test_a_number_proves_something_when_it_was_held_before(number_given_at, is_first, held):
    assert (
        bank_details.counts_as_held(
            number_given_at, details_given_at=NOON, is_first=is_first, at=NOON + timedelta(hours=1)
        )
        is held
    )
