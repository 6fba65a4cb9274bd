"""Reads the bank's answer, row by row, and says what each row does to a run's lines. Pure.

Each bank has a layout of its own, so that finance says which column is what and which words mean that a payment was
made or sent back. A row does something only when reference, amount and (where the file has them) the last digits of
the account all fit one payment of one released run; any other row is named and does nothing.

What is kept and shown of a row can hold no account number and no sort code, in whichever column the bank wrote it:
digits are masked everywhere but in a reference of ours and in an amount that a payment can have.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from expenses.enums import ResultOutcome, ResultRows, RunLineStatus, RunPart, RunStatus
from expenses.policies import arucs, payment_day
from expenses.policies.backlog import CellBroken, read_date
from expenses.policies.exports.references import payment_reference, read_reference
from expenses.policies.lines import MOST_POUNDS
from psp_portal.money import ZERO, format_pounds, total

# What a column can hold; the first two must be there.
REFERENCE, AMOUNT, LAST_FOUR, OUTCOME, CODE, REASON = "reference", "amount", "last_four", "outcome", "code", "reason"
PAID_ON = "paid_on"
COLUMNS = (REFERENCE, AMOUNT, LAST_FOUR, OUTCOME, PAID_ON, CODE, REASON)
NEEDED = (REFERENCE, AMOUNT)
LONGEST_REASON, LONGEST_WORD = 200, 30
# What can be an account number or a sort code: six digits and more, whatever but letters stands between them.
_NUMBER = re.compile(r"\d(?:[\W_]*\d){5,}")


@dataclass(frozen=True)
class Reading:
    """How a bank's file is read: the heading of each column by what it holds, and what its words mean."""

    columns: Mapping[str, str]
    rows: ResultRows
    paid_words: Collection[str]
    failed_words: Collection[str]


@dataclass(frozen=True)
class ResultRow:
    """A row as read. ``error`` says why it could not be; ``reason`` why the bank did not pay."""

    number: int
    reference: str
    amount: Decimal | None = None
    last_four: str = ""
    is_paid: bool = False
    reason: str = ""
    error: str = ""
    paid_on: date | None = None

    @property
    def shown_reference(self) -> str:
        """The reference as it may be kept: ours as we write it, or what stands there without any numbers."""
        read = read_reference(self.reference)
        return _without_numbers(self.reference) if read is None else payment_reference(*read)


@dataclass(frozen=True)
class KnownLine:
    """A line of a run that a row may be about."""

    key: str
    is_for_time: bool
    amount: Decimal
    status: RunLineStatus
    is_mine: bool


@dataclass(frozen=True)
class KnownPayee:
    """A person in a run, and what the run pays them. ``is_mine`` lines are those that the reader may not mark."""

    run: str
    run_key: str
    run_status: RunStatus
    payee: int
    name: str
    last_four: str
    lines: Sequence[KnownLine]
    released_on: date = date.min


@dataclass(frozen=True)
class Matched:
    """What a row does: to which lines of which run, or why to none."""

    row: ResultRow
    outcome: ResultOutcome
    words: str
    payee: KnownPayee | None = None
    lines: tuple[KnownLine, ...] = ()


def missing_columns(header: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """Return which of the columns that are used a file does not have."""
    have = {heading.casefold() for heading in header}
    return [name for name, heading in columns.items() if heading and heading.casefold() not in have]


def read_result(rows: Sequence[Sequence[str]], reading: Reading) -> list[ResultRow]:
    """Return the rows of a file below its heading, each read or with what is wrong with it; blank ones left out."""
    header = [heading.casefold() for heading in rows[0]]
    places = {
        name: header.index(heading.casefold())
        for name, heading in reading.columns.items()
        if heading and heading.casefold() in header
    }
    found = []
    for number, cells in enumerate(rows[1:], start=2):
        if any(cells):
            cell = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
            found.append(_read_row(number, cell, reading))
    return found


def _read_row(number: int, cell: Mapping[str, str], reading: Reading) -> ResultRow:
    reference, error = cell.get(REFERENCE, "").strip()[:40], ""
    amount = _pounds(cell.get(AMOUNT, ""))
    if not reference:
        error = "The row has no reference."
    elif amount is None:
        error = f"The amount cannot be read, or is more than {format_pounds(MOST_POUNDS)}."
    is_paid, reason, paid_on = True, "", None
    if not error:
        is_paid, reason, error = _outcome(cell, reading)
    # Of a payment that came back the file may name any day.
    if is_paid and not error:
        paid_on, error = _day(cell.get(PAID_ON, ""))
    last_four = re.sub(r"[^0-9]", "", cell.get(LAST_FOUR, ""))[-4:]
    return ResultRow(number, reference, amount, last_four, is_paid, reason, error, paid_on)


def _day(text: str) -> tuple[date | None, str]:
    """Return the day a cell names, if it names one, and what cannot be understood."""
    try:
        return (read_date(text) if text.strip() else None), ""
    except CellBroken:
        return None, "The day it was paid cannot be read. Write it like 31/12/2026."


def _outcome(cell: Mapping[str, str], reading: Reading) -> tuple[bool, str, str]:
    """Return whether the bank paid, why not, and what cannot be understood."""
    code, word = cell.get(CODE, "").strip(), cell.get(OUTCOME, "").strip().casefold()
    match reading.rows:
        case ResultRows.PAYMENTS:
            return True, "", ""
        case ResultRows.RETURNS:
            return False, _reason(cell), ""
        case _ if word in reading.paid_words and not code:
            return True, "", ""
        case _ if word in reading.failed_words or (code and word not in reading.paid_words):
            return False, _reason(cell), ""
        case _:
            said = _without_numbers(word)[:LONGEST_WORD]
            error = (
                f"“{said}” does not say whether it was paid." if said else "The row does not say whether it was paid."
            )
            return False, "", error


def _reason(cell: Mapping[str, str]) -> str:
    """Return why the bank did not pay: what the code means, or the bank's own words without any numbers."""
    code, said = cell.get(CODE, "").strip(), cell.get(REASON, "").strip()
    if code:
        return arucs.meaning_of(code).reason[:LONGEST_REASON]
    return _without_numbers(said)[:LONGEST_REASON] or "The bank sent the payment back"


def _without_numbers(text: str) -> str:
    """Return a text in which nothing can be an account number or a sort code: the partner reads it."""
    return _NUMBER.sub("…", text)


def _pounds(text: str) -> Decimal | None:
    """Return an amount in pounds, without its sign: returns are often written below nought. None for anything else.

    An account number that stands in the column of amounts is more than anybody is paid.
    """
    plain = text.strip().replace("£", "").replace(",", "").replace(" ", "").strip("-+()")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 < amount <= MOST_POUNDS or amount != amount.quantize(Decimal("0.01")):
        return None
    return amount.quantize(Decimal("0.01"))


# --- what each row does -------------------------------------------------------------------------
def match_rows(
    rows: Sequence[ResultRow],
    payees: Sequence[KnownPayee],
    roll_numbers: Mapping[str, Sequence[KnownPayee]],
    *,
    today: date,
) -> list[Matched]:
    """Return what each row does. ``roll_numbers`` are by what a building society calls its member, in capitals."""
    by_reference = {(payee.run, payee.payee): payee for payee in payees}
    used: dict[str, int] = {}
    found = []
    for row in rows:
        matched = _match(row, by_reference, roll_numbers, today)
        if matched.lines:
            first = min((used[line.key] for line in matched.lines if line.key in used), default=0)
            if first:
                matched = Matched(row, ResultOutcome.UNMATCHED, f"Row {first} is about the same payment.")
            else:
                used |= {line.key: row.number for line in matched.lines}
        found.append(matched)
    return found


def _match(
    row: ResultRow,
    by_reference: Mapping[tuple[str, int], KnownPayee],
    roll_numbers: Mapping[str, Sequence[KnownPayee]],
    today: date,
) -> Matched:
    if row.error:
        return Matched(row, ResultOutcome.UNMATCHED, row.error)
    read = read_reference(row.reference)
    if read is not None:
        payee = by_reference.get(read[:2])
        return _match_part(row, payee, read[2], today) if payee else _unknown(row)
    candidates = [
        _match_part(row, payee, part, today)
        for payee in roll_numbers.get(row.reference.upper(), ())
        for part in (RunPart.EXPENSES, RunPart.BOTH)
    ]
    fitting = [matched for matched in candidates if matched.lines]
    # Of one person with expenses alone both are the same lines.
    if len({tuple(line.key for line in matched.lines) for matched in fitting}) > 1:
        return Matched(row, ResultOutcome.UNMATCHED, "More than one payment fits this row.")
    return next(iter(fitting or candidates), _unknown(row))


def _unknown(row: ResultRow) -> Matched:
    return Matched(row, ResultOutcome.UNMATCHED, "No payment of your runs has this reference.")


def _match_part(row: ResultRow, payee: KnownPayee, part: RunPart, today: date) -> Matched:
    lines = [line for line in payee.lines if part == RunPart.BOTH or line.is_for_time == (part == RunPart.TIME)]
    still_open = [line for line in lines if line.status == RunLineStatus.LISTED]
    # A payment comes back whole, days later, whatever of it has been marked as paid by then.
    sent = [line for line in lines if line.status in (RunLineStatus.LISTED, RunLineStatus.PAID)]
    choices = [choice for choice in ([still_open] if row.is_paid else [sent, still_open]) if choice]

    def no(words: str, outcome: ResultOutcome = ResultOutcome.UNMATCHED) -> Matched:
        return Matched(row, outcome, words, payee)

    if not lines:
        return no("The run pays this person nothing of this kind.")
    if not choices:
        said = sorted({line.status.label.lower() for line in lines})
        return no(f"Its lines have been marked before: {', '.join(said)}.", ResultOutcome.SETTLED)
    if payee.run_status not in (RunStatus.RELEASED, RunStatus.SETTLED):
        return no(f"Run {payee.run} is “{payee.run_status.label.lower()}”.")
    chosen = next((choice for choice in choices if total(line.amount for line in choice) == row.amount), None)
    if chosen is None:
        amount = total(line.amount for line in choices[0])
        return no(f"The amount is {format_pounds(row.amount or ZERO)} here and {format_pounds(amount)} in the run.")
    if row.last_four and payee.last_four and not payee.last_four.endswith(row.last_four):
        return no(f"The account ends in {row.last_four} here and in {payee.last_four} in the run.")
    if any(line.is_mine for line in chosen):
        return no("You claimed or decided a line of it, so somebody else in finance must mark it.")
    if row.is_paid:
        words = row.paid_on and payment_day.why_not(row.paid_on, released_on=payee.released_on, today=today)
        return no(words) if words else Matched(row, ResultOutcome.PAID, "", payee, tuple(chosen))
    was_paid = any(line.status == RunLineStatus.PAID for line in chosen)
    outcome = ResultOutcome.SENT_BACK if was_paid else ResultOutcome.FAILED
    return Matched(row, outcome, row.reason, payee, tuple(chosen))
