"""Whether a sort code and an account number can belong together: Pay.UK's modulus check. Pure; tables are passed in.

It follows "Validating account numbers – UK modulus checking" (Vocalink for Pay.UK, version 7.70), whose words are used
here: the fourteen digits are u to z (sort code) and a to h (account number), each with its weight. A pass says that the
two are consistent, not that the account exists or whose it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from expenses.enums import ModulusMethod, ModulusResult
from psp_portal.exceptions import RuleBroken

DIGITS = 14
_A, _B, _C, _G, _H = 6, 7, 8, 12, 13
_SORT_CODE = 6
# The specification has fourteen exceptions, numbered from 1.
EXCEPTIONS = range(1, 15)
# Lloyds' euro accounts are all held at one sort code (exceptions 2 and 9), and one bank's numbers are checked as if
# they were another's (exception 8).
_EURO_SORT_CODE = "309634"
_EXCEPTION_8_SORT_CODE = "090126"
_EXCEPTION_2_WEIGHTS = (0, 0, 1, 2, 5, 3, 6, 4, 8, 7, 10, 9, 3, 1)
_EXCEPTION_2_WEIGHTS_G_9 = (0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 10, 9, 3, 1)
_EXCEPTION_1_ADDS = 27
# Where the first check's row has the first of these and the second's the second, one check that passes is enough.
_EITHER = {(2, 9), (10, 11), (12, 13)}


@dataclass(frozen=True)
class Weight:
    """A line of the weight table: for which sort codes, which check with which weights, and its exception (0: none)."""

    first: str
    last: str
    method: ModulusMethod
    weights: tuple[int, ...]
    exception: int = 0


@dataclass(frozen=True)
class Substitution:
    """A line of the substitution table: in exception 5 ``original`` is checked as if it were ``substitute``."""

    original: str
    substitute: str


# --- the check ----------------------------------------------------------------------------
def check_modulus(
    sort_code: str, account_number: str, weights: Sequence[Weight], substitutions: Mapping[str, str]
) -> ModulusResult:
    """Check six and eight digits against the table's rows for the sort code, in the table's order.

    No row says nothing: such an account cannot be checked and must not be turned away (domain.md 10). The same holds
    for an account in a foreign currency (exception 6), for which the specification says that no check can be used.
    """
    rows = [row for row in weights if row.first <= sort_code <= row.last]
    if not rows or any(row.exception == 6 and _is_foreign_currency(account_number) for row in rows):
        return ModulusResult.NOT_CHECKABLE
    passed = _passes(rows[0], sort_code, account_number, substitutions)
    if rows[0].exception == 14:
        passed = passed or _passes_as_coutts(rows[0], sort_code, account_number)
    for row in rows[1:]:
        if (rows[0].exception, row.exception) in _EITHER:
            passed = passed or _passes(row, sort_code, account_number, substitutions)
        elif not (row.exception == 3 and account_number[_C - _SORT_CODE] in "69"):
            passed = passed and _passes(row, sort_code, account_number, substitutions)
    return ModulusResult.VALID if passed else ModulusResult.INVALID


def _passes(row: Weight, sort_code: str, account_number: str, substitutions: Mapping[str, str]) -> bool:
    """Do one row's check, with its exception."""
    if row.exception == 5:
        sort_code = substitutions.get(sort_code, sort_code)
    elif row.exception == 8:
        sort_code = _EXCEPTION_8_SORT_CODE
    elif row.exception == 9:
        sort_code = _EURO_SORT_CODE
    digits = [int(digit) for digit in sort_code + account_number]
    total = _total(row.method, digits, _weights_for(row, digits))
    modulus = 11 if row.method == ModulusMethod.MOD11 else 10
    if row.exception == 1:
        total += _EXCEPTION_1_ADDS
    remainder = total % modulus
    if row.exception == 4:
        return remainder == digits[_G] * 10 + digits[_H]
    if row.exception == 5:
        # A remainder of 1 would ask for the digit 10 under modulus 11, which no account number has.
        check_digit = digits[_G] if row.method == ModulusMethod.MOD11 else digits[_H]
        return (modulus - remainder) % modulus == check_digit
    return remainder == 0


def _weights_for(row: Weight, digits: Sequence[int]) -> tuple[int, ...]:
    """Return the row's weights, or those that its exception puts in their place for this account."""
    a, b, g = digits[_A], digits[_B], digits[_G]
    if row.exception == 2 and a != 0:
        return _EXCEPTION_2_WEIGHTS_G_9 if g == 9 else _EXCEPTION_2_WEIGHTS
    if (row.exception == 7 and g == 9) or (row.exception == 10 and g == 9 and b == 9 and a in (0, 9)):
        return (0,) * (_B + 1) + row.weights[_B + 1 :]
    return row.weights


def _total(method: ModulusMethod, digits: Sequence[int], weights: Sequence[int]) -> int:
    products = [digit * weight for digit, weight in zip(digits, weights, strict=True)]
    if method == ModulusMethod.DBLAL:
        return sum(int(digit) for product in products for digit in str(abs(product)))
    return sum(products)


def _is_foreign_currency(account_number: str) -> bool:
    """Say whether exception 6 takes an account out of the check: a is 4 to 8, and g and h are the same."""
    return account_number[0] in "45678" and account_number[6] == account_number[7]


def _passes_as_coutts(row: Weight, sort_code: str, account_number: str) -> bool:
    """Do exception 14's second check: a last digit of 0, 1 or 9 goes, and a 0 comes first."""
    if account_number[-1] not in "019":
        return False
    return _passes(row, sort_code, f"0{account_number[:-1]}", {})


# --- the two files ------------------------------------------------------------------------
def read_weights(text: str) -> list[Weight]:
    """Read ``valacdos.txt``. Raises RuleBroken that names the line which cannot be one, or a file without lines.

    Blank lines are passed over. No sort code may stand in more than two lines: it has one or two checks.
    """
    rows = [
        (number, _read_weight(f"Line {number} of the weights", fields)) for number, fields in _lines(text, "weights")
    ]
    # Where a range begins is where the number of lines that hold a sort code can grow.
    for _, row in rows:
        holding = [number for number, other in rows if other.first <= row.first <= other.last]
        if len(holding) > 2:
            raise RuleBroken(f"Line {holding[2]} of the weights: sort code {row.first} has more than two checks.")
    return [row for _, row in rows]


def _read_weight(where: str, fields: Sequence[str]) -> Weight:
    if len(fields) not in (DIGITS + 3, DIGITS + 4):
        raise RuleBroken(f"{where}: there must be two sort codes, a method, 14 weights and maybe an exception.")
    first, last, method, *numbers = fields
    _check_sort_codes(where, first, last)
    if first > last:
        raise RuleBroken(f"{where}: the range ends before it begins.")
    if method not in ModulusMethod.values:
        raise RuleBroken(f"{where}: the method must be MOD10, MOD11 or DBLAL, not {method}.")
    if any(re.fullmatch(r"-?[0-9]{1,3}", text) is None for text in numbers):
        raise RuleBroken(f"{where}: a weight or the exception is not a whole number.")
    weights = tuple(int(text) for text in numbers[:DIGITS])
    exception = int(numbers[DIGITS]) if len(numbers) > DIGITS else 0
    if len(numbers) > DIGITS and exception not in EXCEPTIONS:
        raise RuleBroken(f"{where}: the portal knows the exceptions 1 to 14, not {exception}.")
    return Weight(first, last, ModulusMethod(method), weights, exception)


def read_substitutions(text: str) -> list[Substitution]:
    """Read ``scsubtab.txt``. Raises RuleBroken that names the line which cannot be one."""
    found: dict[str, Substitution] = {}
    for number, fields in _lines(text, "substitutions"):
        where = f"Line {number} of the substitutions"
        if len(fields) != 2:
            raise RuleBroken(f"{where}: there must be two sort codes.")
        _check_sort_codes(where, *fields)
        if fields[0] in found:
            raise RuleBroken(f"{where}: sort code {fields[0]} has a substitute already.")
        found[fields[0]] = Substitution(*fields)
    return list(found.values())


def _lines(text: str, what: str) -> list[tuple[int, list[str]]]:
    # The files' last character may be the end-of-file mark of MS-DOS.
    lines = text.rstrip("\x1a").splitlines()
    found = [(number, line.split()) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise RuleBroken(f"The file of {what} is empty.")
    return found


def _check_sort_codes(where: str, *sort_codes: str) -> None:
    for sort_code in sort_codes:
        if re.fullmatch(r"[0-9]{6}", sort_code) is None:
            raise RuleBroken(f"{where}: {sort_code} is not a sort code of 6 digits.")
