"""What a payment is called at the bank: on a person's statement, in the file, and in the bank's answer. Pure."""

import re

from expenses.enums import RunPart

_LETTER = {RunPart.TIME: "T", RunPart.EXPENSES: "E", RunPart.BOTH: ""}
_PART = {letter: part for part, letter in _LETTER.items()}
# As it is written, but for blanks beside the hyphen or in its place; and run together, where nothing tells the run's
# number from the person's but their usual lengths. Longer digits are somebody's account, not a number of ours.
_REFERENCE = re.compile(r"(?<![A-Z0-9])(R[0-9]{5,7})(?:\s*-\s*|\s+)([0-9]{3,5})\s?([ET]?)(?![A-Z0-9])")
_RUN_TOGETHER = re.compile(r"(?<![A-Z0-9])(R[0-9]{5})([0-9]{3})([ET]?)(?![A-Z0-9])")


def payment_reference(run: str, payee: int | None, part: RunPart) -> str:
    """Return the reference of what a run pays to one person from one ledger: R00012-003E. None for runs without."""
    return "" if payee is None else f"{run}-{payee:03}{_LETTER[part]}"


def read_reference(text: str) -> tuple[str, int, RunPart] | None:
    """Return run, payee and ledger of a reference as a bank gives it back; None when it is none of ours.

    Banks put blanks in, drop the hyphen, and write other things around it.
    """
    match = _REFERENCE.search(text.upper()) or _RUN_TOGETHER.search(text.upper())
    return None if match is None else (match[1], int(match[2]), _PART[match[3]])
