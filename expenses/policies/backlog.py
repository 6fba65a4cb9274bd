"""Reads a trust's own list of unpaid claims: which column is what, and what each cell says. Pure: text in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from expenses.enums import BacklogColumn, LineKind
from expenses.policies.lines import MOST_POUNDS
from psp_portal.money import format_pounds
from psp_portal.tables import CellBroken, Headings, chosen_twice, plain, read_body, read_date, says

Value = TypeVar("Value")

MOST_ROWS = 2_000
NEEDED = (BacklogColumn.DATE, BacklogColumn.CLAIMED_ON, BacklogColumn.KIND, BacklogColumn.AMOUNT)
WHO = (BacklogColumn.EMAIL, BacklogColumn.NAME)
LONGEST_NOTE = 200
LONGEST_REFERENCE = 50
# Whoever claims for a day before this has mistyped it: nobody was a Patient Safety Partner then.
EARLIEST = date(2019, 7, 1)


# --- which column is what --------------------------------------------------------------------
# The first column of this order whose words fit a heading gets it.
HEADINGS: Headings[BacklogColumn] = Headings((
    (BacklogColumn.EMAIL, ("email", "e mail", "mail address")),
    (BacklogColumn.REFERENCE, ("reference", "ref", "claim number", "claim no", "claim id", "form number")),
    (BacklogColumn.COMMITTEE, ("committee", "budget", "cost centre", "group", "project")),
    (BacklogColumn.AMOUNT, ("amount", "value", "total", "gbp", "pounds", "owed", "cost", "£")),
    (BacklogColumn.CLAIMED_ON, (
        "claimed", "claim date", "date of claim", "submitted", "submission", "received", "date sent", "sent on",
        "first claim",
    )),
    (BacklogColumn.DATE, ("date", "day", "activity", "when")),
    (BacklogColumn.KIND, ("kind", "type", "category", "expense", "what for", "item")),
    (BacklogColumn.NOTE, ("note", "comment", "detail", "description", "reason")),
    (BacklogColumn.NAME, ("partner", "name", "psp", "payee", "claimant", "volunteer", "who")),
))  # fmt: skip


def what_is_missing(columns: Mapping[BacklogColumn, int]) -> dict[BacklogColumn, str]:
    """Return the columns without which a list cannot be read, each with the words for whoever chooses."""
    missing = {column: f"Select the column for “{column.label}”" for column in NEEDED if column not in columns}
    if not any(column in columns for column in WHO):
        missing[BacklogColumn.EMAIL] = "Select a column for the partner’s email address, or for their name"
    return {column: words for column, words in chosen_twice(columns).items() if column not in missing} | missing


# --- what a cell says --------------------------------------------------------------------------
_POUNDS = re.compile(r"(?:£|gbp)? ?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?)", re.IGNORECASE)


def read_amount(text: str) -> Decimal:
    """Return the pounds a cell names, from 1p to the most that a line may ask for. Raises CellBroken."""
    match = _POUNDS.fullmatch(" ".join(text.split()))
    if match is None:
        raise CellBroken("This is not an amount. Write it like £12.50")
    amount = Decimal(match[1].replace(",", "")).normalize()
    if -int(amount.as_tuple().exponent) > 2:
        raise CellBroken("This amount has parts of a penny. Write it like £12.50")
    amount = amount.quantize(Decimal("0.01"))
    if amount <= 0:
        raise CellBroken("The amount must be at least 1p")
    if amount > MOST_POUNDS:
        raise CellBroken(f"The amount must be {format_pounds(MOST_POUNDS)} or less")
    return amount


# Words by which a kind is known besides its own label; the first that fits counts.
_KINDS: tuple[tuple[LineKind, tuple[str, ...]], ...] = (
    (LineKind.CANCELLED_MEETING, ("cancelled", "cancellation")),
    (LineKind.MILEAGE, ("mileage", "miles", "car", "petrol", "fuel", "motorcycle", "bicycle")),
    (LineKind.RAIL, ("rail", "train")),
    (LineKind.BUS, ("bus", "tram", "underground", "tube", "coach")),
    (LineKind.TAXI, ("taxi", "cab")),
    (LineKind.PARKING, ("parking", "car park")),
    (LineKind.TOLL, ("toll", "road charge", "congestion charge")),
    (LineKind.SUBSISTENCE_LUNCH, ("lunch", "subsistence")),
    (LineKind.SUBSISTENCE_EVENING, ("evening meal", "dinner")),
    (LineKind.OVERNIGHT, ("overnight", "hotel", "accommodation")),
    (LineKind.REPLACEMENT_CARE, ("replacement care", "carer", "childcare", "child care", "respite")),
    (LineKind.PERSONAL_SUPPORT, ("personal support", "support worker", "interpreter", "personal assistant")),
    (LineKind.PRINTING, ("printing", "stationery", "postage")),
    (LineKind.PHONE, ("phone", "internet", "broadband", "telephone")),
    (LineKind.INVOLVEMENT_PAYMENT, (
        "involvement payment", "involvement", "honorarium", "reward and recognition", "attendance", "meeting", "time",
        "session", "half day", "full day", "fee",
    )),
    (LineKind.OTHER, ("other", "something else", "sundries", "miscellaneous")),
)  # fmt: skip


def read_kind(text: str) -> LineKind:
    """Return the kind of line a cell names: by its label here, or by a word that says the same. Raises CellBroken."""
    words = plain(text)
    for kind in LineKind:
        if words in (plain(kind.label), plain(kind.value)):
            return kind
    # "Car park" is no journey by car: the longer words are looked for first.
    known = sorted(((word, kind) for kind, of_kind in _KINDS for word in of_kind), key=lambda pair: -len(pair[0]))
    for word, kind in known:
        if says(words, word):
            return kind
    raise CellBroken("This kind is not known. Write “Something else” where no other fits")


# --- a row -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: in which column (none for the row as a whole), and the words."""

    column: BacklogColumn | None
    words: str


@dataclass
class Row:
    """A row of the list as read; what could not be read is None and has a problem. ``number`` is the spreadsheet's.

    ``is_known``: a list has brought the same in before.
    """

    number: int
    email: str = ""
    name: str = ""
    on: date | None = None
    claimed_on: date | None = None
    kind: LineKind | None = None
    amount: Decimal | None = None
    committee: str = ""
    reference: str = ""
    note: str = ""
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    is_known: bool = False

    @property
    def is_sound(self) -> bool:
        return not self.problems

    def say(self, column: BacklogColumn | None, words: str) -> None:
        """Add what is wrong with the row."""
        self.problems.append(Problem(column, words))


@dataclass(frozen=True)
class ListRead:
    """A list as read: its rows, and how many rows held nothing but headings said again."""

    rows: list[Row]
    headings_again: int


def read_list(
    rows: Sequence[Sequence[str]], heading_at: int, columns: Mapping[BacklogColumn, int], *, today: date
) -> ListRead:
    """Read every row below the headings; blank rows are passed over, and so are headings that come again."""
    body = read_body(rows, heading_at, columns)
    return ListRead([_read_row(number, used, columns, today=today) for number, used in body.rows], body.headings_again)


_EMPTY = {
    BacklogColumn.DATE: "Enter the day of the meeting or journey",
    BacklogColumn.CLAIMED_ON: "Enter the day on which it was first claimed",
    BacklogColumn.KIND: "Enter what it is for",
    BacklogColumn.AMOUNT: "Enter the amount",
}


def _read_row(
    number: int, cells: Mapping[BacklogColumn, str], columns: Mapping[BacklogColumn, int], *, today: date
) -> Row:
    row = Row(
        number,
        email=cells.get(BacklogColumn.EMAIL, "").casefold(),
        name=" ".join(cells.get(BacklogColumn.NAME, "").split()),
        committee=" ".join(cells.get(BacklogColumn.COMMITTEE, "").split()),
        reference=cells.get(BacklogColumn.REFERENCE, ""),
        note=cells.get(BacklogColumn.NOTE, ""),
    )
    if not row.email and not row.name:
        who = next(column for column in WHO if column in columns)
        row.say(who, "Enter the partner. Where cells are merged, each row needs its own")
    row.on = _cell(row, cells, BacklogColumn.DATE, read_date)
    row.claimed_on = _cell(row, cells, BacklogColumn.CLAIMED_ON, read_date)
    row.kind = _cell(row, cells, BacklogColumn.KIND, read_kind)
    row.amount = _cell(row, cells, BacklogColumn.AMOUNT, read_amount)
    _check_days(row, today)
    if len(row.note) > LONGEST_NOTE:
        row.say(BacklogColumn.NOTE, f"The note must be {LONGEST_NOTE} characters or fewer")
    if len(row.reference) > LONGEST_REFERENCE:
        row.say(BacklogColumn.REFERENCE, f"The reference must be {LONGEST_REFERENCE} characters or fewer")
    return row


def _cell(
    row: Row, cells: Mapping[BacklogColumn, str], column: BacklogColumn, read: Callable[[str], Value]
) -> Value | None:
    text = cells.get(column, "")
    if not text:
        row.say(column, _EMPTY[column])
        return None
    try:
        return read(text)
    except CellBroken as broken:
        row.say(column, str(broken))
        return None


def _check_days(row: Row, today: date) -> None:
    for column, day in ((BacklogColumn.DATE, row.on), (BacklogColumn.CLAIMED_ON, row.claimed_on)):
        if day and day > today:
            row.say(column, "This day is still to come")
        elif day and day < EARLIEST:
            row.say(column, f"This is before there were Patient Safety Partners ({EARLIEST.year}). Look at the year")
    if row.on and row.claimed_on and row.on > row.claimed_on:
        row.say(BacklogColumn.CLAIMED_ON, "It was claimed before it took place. Look at both days")


# --- what the rows come to -----------------------------------------------------------------------
def claim_key(row: Row, partner: object, assignment: object) -> tuple[object, ...]:
    """Return what rows of one claim share: the partner, the day it was claimed, who pays, and the trust's reference."""
    return partner, row.claimed_on, assignment, plain(row.reference)
