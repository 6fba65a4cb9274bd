"""What a UK sort code and account number look like. Pure; whether the account exists is not known here."""

import re

from psp_portal.exceptions import RuleBroken


def check_account(*, sort_code: str, account_number: str) -> None:
    """Raise RuleBroken, naming the field, unless these are six and eight digits and not all noughts (domain.md 10)."""
    if not re.fullmatch(r"[0-9]{6}", sort_code) or sort_code == "000000":
        raise RuleBroken("Enter a sort code with 6 digits, like 30-94-30", field="sort_code")
    if not re.fullmatch(r"[0-9]{8}", account_number) or account_number == "00000000":
        raise RuleBroken("Enter an account number with 8 digits, like 00733445", field="account_number")
