"""What a UK account looks like, and when bank details may be paid to. Pure; whether the account exists is not known."""

import re
from datetime import datetime

from expenses.enums import BankCheckStatus, ModulusResult
from expenses.policies.exports.bacs import is_contra, is_written
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

# A payment to them goes out only in these.
PAYABLE = frozenset({BankCheckStatus.NOT_NEEDED, BankCheckStatus.CONFIRMED})


def check_account(*, sort_code: str, account_number: str) -> None:
    """Raise RuleBroken, naming the field, unless these are six and eight digits and not all noughts (domain.md 10)."""
    if not re.fullmatch(r"[0-9]{6}", sort_code) or sort_code == "000000":
        raise RuleBroken("Enter a sort code with 6 digits, like 30-94-30", field="sort_code")
    if not re.fullmatch(r"[0-9]{8}", account_number) or account_number == "00000000":
        raise RuleBroken("Enter an account number with 8 digits, like 00733445", field="account_number")


def check_account_name(name: str) -> None:
    """Raise RuleBroken, naming the field, for a name of which a bank's file could hold nothing."""
    if not is_written(name):
        raise RuleBroken(
            "Enter the name as it is on your bank card, in letters from A to Z. Accents are fine", field="account_name"
        )


def check_reference(reference: str) -> None:
    """Raise RuleBroken unless a building society's roll number is missing or one that a bank's file can carry."""
    if not re.fullmatch(r"[A-Za-z0-9 /.-]{0,18}", reference):
        raise RuleBroken(
            "The roll number must be 18 characters or fewer, with letters, numbers, spaces and / . - only",
            field="reference",
        )
    if is_contra(reference):
        raise RuleBroken(
            "The roll number cannot begin with CONTRA. Check it on your card or passbook", field="reference"
        )


def check_fits(result: ModulusResult) -> None:
    """Raise RuleBroken when the number does not belong to the sort code; what cannot be checked is not turned away."""
    if result == ModulusResult.INVALID:
        raise RuleBroken(
            "This account number does not go with this sort code. Check both on your bank card or a statement",
            field="account_number",
        )


def first_status(*, is_first: bool, verifies_first: bool) -> BankCheckStatus:
    """Return the status of bank details just given: a change always waits for a call, first ones where a trust says."""
    return BankCheckStatus.WAITING if verifies_first or not is_first else BankCheckStatus.NOT_NEEDED


def counts_as_held(number_given_at: datetime, *, details_given_at: datetime, is_first: bool, at: datetime) -> bool:
    """Say whether a telephone number is one that was held before, so that calling it proves something.

    For a change of bank details it must have been recorded on an earlier day than they were given: a number that
    changes with them is the fraudster's (domain.md 8). First details replace nobody's, and a lead records the number
    of a new partner in the same days: any number recorded before the call counts.
    """
    if is_first:
        return number_given_at < at
    return local_date(number_given_at) < local_date(details_given_at)
