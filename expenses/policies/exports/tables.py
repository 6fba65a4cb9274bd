"""The files for the ledger and for payroll, as CSV. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from psp_portal.money import ZERO
from psp_portal.spreadsheets import write_csv


@dataclass(frozen=True)
class Account:
    """Where somebody is paid, in full: for files alone."""

    sort_code: str
    account_number: str
    name: str
    roll_number: str


NOWHERE = Account("", "", "", "")


@dataclass(frozen=True)
class PaidLine:
    """A line of a run as files write it."""

    run: str
    claim: str
    position: int
    payee: str
    reference: str
    account: Account
    kind: str
    date: date
    committee: str
    budget_code: str
    amount: Decimal


@dataclass(frozen=True)
class AboveMileage:
    """That a line of mileage is paid above HMRC's rate by so much: payroll is told, the money goes with expenses."""

    run: str
    claim: str
    position: int
    payee: str
    amount: Decimal


# What a file holds, by column, in words for whoever is told that it differs. Accounts are not among them: the same
# account is named for as long as there is the run.
WORDS = {
    "run": "the run",
    "claim": "which claims are in it",
    "line": "which lines are in it",
    "payee": "the name of a person",
    "payment_reference": "the payment references",
    "kind": "what a line is for",
    "date": "the date of a line",
    "committee": "the name of a committee",
    "budget_code": "a budget code",
    "amount": "an amount",
    "mileage_above_hmrc": "mileage above HMRC's rate",
    "paying_account": "the account that pays",
    "processing_day": "the processing day",
    "layout": "the layout of the file",
}

_START = ("run", "claim", "line", "payee", "payment_reference", "sort_code", "account_number", "account_name")
LEDGER_COLUMNS = (*_START, "roll_number", "kind", "date", "committee", "budget_code", "amount")
PAYROLL_COLUMNS = (*LEDGER_COLUMNS, "mileage_above_hmrc")


@dataclass(frozen=True)
class Table:
    """A file's columns and rows, before it is written."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]

    def as_csv(self) -> bytes:
        return write_csv(self.columns, self.rows)

    def parts(self) -> dict[str, str]:
        """Return a digest of each column that may differ when the file is made again."""
        return {
            column: digest(row[place] for row in self.rows)
            for place, column in enumerate(self.columns)
            if column in WORDS
        }


def digest(values: Iterable[object]) -> str:
    """Return a short digest of values in their order."""
    return hashlib.sha256("\n".join(str(value) for value in values).encode()).hexdigest()[:16]


def ledger_table(lines: Iterable[PaidLine]) -> Table:
    """Return the file of a run's expenses."""
    return Table(LEDGER_COLUMNS, [_cells(line) for line in lines])


def payroll_table(lines: Iterable[PaidLine], above: Iterable[AboveMileage]) -> Table:
    """Return the file of a run's involvement payments, and what payroll must know of the mileage beside them.

    A row for mileage has the amount £0.00: its money is in the ledger's file, and this file's sum stays payroll's.
    """
    rows: list[Sequence[object]] = [(*_cells(line), ZERO) for line in lines]
    rows += [
        (
            row.run,
            row.claim,
            row.position,
            row.payee,
            "",
            "",
            "",
            "",
            "",
            "Mileage above HMRC's rate",
            "",
            "",
            "",
            ZERO,
            row.amount,
        )
        for row in above
    ]
    return Table(PAYROLL_COLUMNS, rows)


def _cells(line: PaidLine) -> tuple[object, ...]:
    account = line.account
    return (
        line.run,
        line.claim,
        line.position,
        line.payee,
        line.reference,
        account.sort_code,
        account.account_number,
        account.name,
        account.roll_number,
        line.kind,
        line.date,
        line.committee,
        line.budget_code,
        line.amount,
    )


def what_differs(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return, in words, what of a file is not as it was when it was first taken."""
    names = [name for name in WORDS if before.get(name) != after.get(name)]
    return [WORDS[name] for name in names] or ["how the file is written"]
