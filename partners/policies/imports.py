"""Reads a trust's own list of partners: which column is what, and what each row says. Pure: text in."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from partners.enums import PartnerStatus, RoleCategory
from partners.enums.imports import ImportColumn as C
from partners.policies.appointments import clean_telephone
from psp_portal.dates import add_months, format_date
from psp_portal.exceptions import RuleBroken
from psp_portal.tables import CellBroken, Headings, chosen_twice, plain, read_body, read_date

MOST_ROWS = 5_000
LONGEST_NAME = 150
LONGEST_EMAIL = 254
# A day before this, or so far ahead, has the wrong year.
EARLIEST = date(2000, 1, 1)
MOST_MONTHS_AHEAD = 20 * 12

# The first column of this order whose words fit a heading gets it.
HEADINGS: Headings[C] = Headings((
    (C.LEAD, ("lead", "manager", "supervisor", "looked after by", "reports to")),
    (C.EMAIL, ("email", "e mail", "mail address")),
    (C.FIRST_NAME, ("first name", "forename", "given name", "christian name")),
    (C.LAST_NAME, ("last name", "surname", "family name")),
    (C.TELEPHONE, ("telephone", "phone", "mobile", "tel", "contact number")),
    (C.ORGANISATION, ("ods", "organisation", "organization", "trust code", "org code", "trust")),
    (C.LEFT_ON, ("left", "leaving date", "date of leaving", "resigned", "stood down")),
    (C.TERM_ENDS_ON, ("end", "ends", "until", "expire", "expires", "expiry", "finish", "term end", "renewal")),
    (C.STARTS_ON, ("start", "starts", "began", "appointed", "joined", "from", "commenced", "first day")),
    (C.PAID, ("paid", "payment", "remunerated", "unpaid")),
    (C.CATEGORY, ("category", "role level", "band")),
    (C.STATUS, ("status", "state", "active", "current")),
    (C.NAME, ("name", "partner", "psp", "full name", "who")),
))  # fmt: skip


def what_is_missing(columns: Mapping[C, int]) -> dict[C, str]:
    """Return the columns without which a list cannot be read, each with the words for whoever chooses."""
    missing = {column: f"Select the column for “{column.label}”" for column in (C.EMAIL,) if column not in columns}
    if C.NAME not in columns and not {C.FIRST_NAME, C.LAST_NAME} <= columns.keys():
        missing[C.NAME] = "Select the column for the full name, or those for first and last name"
    if C.STARTS_ON not in columns:
        missing[C.STARTS_ON] = f"Select the column for “{C.STARTS_ON.label}”"
    return {column: words for column, words in chosen_twice(columns).items() if column not in missing} | missing


# --- what a cell says --------------------------------------------------------------------------
_EMAIL = re.compile(r"[^@\s,;:<>()\"]+@[^@\s,;:<>()\"]+\.[^@\s,;:<>().\"]+")
_CODE = re.compile(r"[A-Z0-9]{3,8}")
_YES = frozenset(["yes", "y", "true", "1", "paid", "£"])
_NO = frozenset(["no", "n", "false", "0", "unpaid", "not paid", "voluntary", "volunteer", "declined"])
_STATUSES = {
    PartnerStatus.ACTIVE: ("active", "current", "serving", "in post", "live", "yes", "y"),
    PartnerStatus.PAUSED: ("paused", "on hold", "break", "on a break", "career break", "on pause", "suspended"),
    PartnerStatus.LEFT: ("left", "leaver", "former", "ended", "resigned", "retired", "stood down", "ex", "no", "n"),
}


def read_email(text: str) -> str:
    """Return an e-mail address in small letters. Raises CellBroken."""
    # “Pat Example <pat@example.org>” and a link are what address books and spreadsheets make of an address.
    address = re.sub(r"^.*<([^<>]*)>$", r"\1", text.strip()).removeprefix("mailto:").strip().lower()
    if len(address) > LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        raise CellBroken("This is not one email address. Write it like name@example.com")
    return address


def read_name(text: str) -> str:
    """Return a name with single spaces and its accents in one form. Raises CellBroken."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not any(letter.isalpha() for letter in name) or not name.isprintable():
        raise CellBroken("This is not a name")
    if len(name) > LONGEST_NAME:
        raise CellBroken(f"The name must be {LONGEST_NAME} characters or fewer")
    return name


def read_telephone(text: str) -> str:
    """Return a telephone number, with the nought that a spreadsheet takes for nothing. Raises CellBroken."""
    if re.fullmatch(r"[1-9][0-9]{9}", text):
        text = f"0{text}"
    try:
        return clean_telephone(text)
    except RuleBroken as broken:
        raise CellBroken(broken.message) from None


def read_code(text: str) -> str:
    """Return an ODS code in capitals: 3 to 8 letters and numbers (domain.md 10). Raises CellBroken."""
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        raise CellBroken("An organisation code has 3 to 8 letters and numbers, like RXX")
    return code


def read_day(text: str) -> date:
    """Return the day a cell names, of this century. Raises CellBroken."""
    day = read_date(text)
    if day < EARLIEST:
        raise CellBroken(f"This is before {EARLIEST.year}. Look at the year")
    return day


def read_paid(text: str) -> bool:
    """Return whether a cell says that somebody is paid. Raises CellBroken."""
    words = plain(text)
    if words not in _YES | _NO:
        raise CellBroken("Write “Yes” for paid, or “No”")
    return words in _YES


def read_category(text: str) -> RoleCategory:
    """Return the role category a cell names by its number. Raises CellBroken."""
    found = set(re.findall(r"(?<!\d)[1-4](?!\d)", text))
    if len(found) != 1:
        raise CellBroken("A role category is 1, 2, 3 or 4")
    return RoleCategory(int(found.pop()))


def read_status(text: str) -> PartnerStatus:
    """Return the status a cell names: active, paused or left. Raises CellBroken."""
    words = plain(text)
    for status, known in _STATUSES.items():
        if words in known:
            return status
    raise CellBroken("Write “Active”, “Paused” or “Left”")


_READERS: dict[C, Callable[[str], Any]] = {
    C.EMAIL: read_email,
    C.NAME: read_name,
    C.FIRST_NAME: read_name,
    C.LAST_NAME: read_name,
    C.TELEPHONE: read_telephone,
    C.ORGANISATION: read_code,
    C.STARTS_ON: read_day,
    C.TERM_ENDS_ON: read_day,
    C.PAID: read_paid,
    C.CATEGORY: read_category,
    C.LEAD: read_email,
    C.STATUS: read_status,
    C.LEFT_ON: read_day,
}


# --- a row -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: in which column (none for the row as a whole), and the words."""

    column: C | None
    words: str


@dataclass
class Row:
    """A row of the list as read: what it says, by column. ``number`` is the spreadsheet's.

    ``said`` names the columns that the list itself fills; the rest of ``values`` is what holds for rows that say
    nothing. ``part_of`` is the number of the row that this one went into, or 0 when neither counts. ``rivals`` are the
    numbers of the rows of one person that do not agree, this one's among them; they differ in the columns ``clash``.
    """

    number: int
    values: dict[C, Any] = field(default_factory=dict)
    said: frozenset[C] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    part_of: int | None = None
    rivals: tuple[int, ...] = ()
    clash: tuple[C, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.problems

    @property
    def email(self) -> str:
        return self.values.get(C.EMAIL, "")

    @property
    def name(self) -> str:
        return self.values.get(C.NAME, "")

    @property
    def starts_on(self) -> date | None:
        return self.values.get(C.STARTS_ON)

    @property
    def term_ends_on(self) -> date | None:
        return self.values.get(C.TERM_ENDS_ON)

    @property
    def status(self) -> PartnerStatus:
        return self.values.get(C.STATUS, PartnerStatus.ACTIVE)

    def say(self, column: C | None, words: str) -> None:
        """Add what is wrong with the row."""
        self.problems.append(Problem(column, words))


@dataclass(frozen=True)
class ListRead:
    """A list as read: its rows, and how many rows held nothing but headings said again."""

    rows: list[Row]
    headings_again: int


def read_list(
    rows: Sequence[Sequence[str]],
    heading_at: int,
    columns: Mapping[C, int],
    *,
    otherwise: Mapping[C, Any],
    chosen: Mapping[int, int],
    own_code: str,
    today: date,
) -> ListRead:
    """Read every row below the headings, put rows of one person together, and check what each comes to.

    ``otherwise`` are values for rows that say nothing. ``chosen`` says for rows of one person that do not agree, by the
    number of the first, which of them counts (0 for none).
    """
    body = read_body(rows, heading_at, columns)
    read = [_read_row(number, cells) for number, cells in body.rows]
    _put_together(read, chosen)
    for row in read:
        if row.part_of is None:
            _check(row, otherwise, own_code, today)
    return ListRead(read, body.headings_again)


def _read_row(number: int, cells: Mapping[C, str]) -> Row:
    row = Row(number)
    for column, text in cells.items():
        try:
            row.values[column] = _READERS[column](text)
        except CellBroken as broken:
            row.say(column, str(broken))
    if C.TELEPHONE in row.values and row.values[C.TELEPHONE] == f"0{cells[C.TELEPHONE]}":
        row.warnings.append("A nought was put in front of the telephone number.")
    first, last = row.values.pop(C.FIRST_NAME, ""), row.values.pop(C.LAST_NAME, "")
    if C.NAME not in row.values and (first or last):
        name = f"{first} {last}".strip()
        if len(name) > LONGEST_NAME:
            row.say(C.NAME, f"The name must be {LONGEST_NAME} characters or fewer")
        else:
            row.values[C.NAME] = name
    row.said = frozenset(row.values)
    return row


def _put_together(rows: Iterable[Row], chosen: Mapping[int, int]) -> None:
    """Let rows with one address, however its letters are written, be one: the first, with what the others add."""
    by_email: dict[str, list[Row]] = {}
    for row in rows:
        if row.email:
            by_email.setdefault(row.email, []).append(row)
    for group in by_email.values():
        first, *others = group
        if clash := _clash(group):
            for row in group:
                row.rivals, row.clash = tuple(each.number for each in group), clash
                if first.number in chosen and row.number != chosen[first.number]:
                    row.part_of = chosen[first.number]
                    row.problems.clear()
        elif others:
            for row in others:
                row.part_of = first.number
                first.values = {**row.values, **first.values}
                first.said |= row.said
                first.problems += row.problems
                first.warnings += row.warnings
            first.warnings.append(f"Put together with row {', '.join(str(row.number) for row in others)}.")


def _clash(group: Sequence[Row]) -> tuple[C, ...]:
    """Return the columns in which rows of one person say different things."""
    columns = dict.fromkeys(column for row in group for column in row.values)
    return tuple(column for column in columns if len({row.values[column] for row in group if column in row.values}) > 1)


_EMPTY = {
    C.EMAIL: "Enter the email address. Where cells are merged, each row needs its own",
    C.NAME: "Enter the name. Where cells are merged, each row needs its own",
}
_EMPTY_OF_NEW = {
    C.STARTS_ON: "Enter the first day",
    C.TERM_ENDS_ON: "Enter the last day of the term, or say on the page before what holds for rows without one",
}


def check_new(row: Row) -> None:
    """Say what is missing of somebody who is not here yet: of whoever is, the record says it."""
    for column, words in _EMPTY_OF_NEW.items():
        if column not in row.values:
            row.say(column, words)


def _check(row: Row, otherwise: Mapping[C, Any], own_code: str, today: date) -> None:
    """Fill in what the row does not say, and check what it comes to."""
    broken = {problem.column for problem in row.problems}
    row.values = {**otherwise, **row.values}
    values = row.values
    if C.LEFT_ON in values and C.STATUS not in values:
        values[C.STATUS] = PartnerStatus.LEFT
        row.said |= {C.STATUS}
    if row.status == PartnerStatus.LEFT and C.TERM_ENDS_ON not in row.said and C.LEFT_ON in values:
        values[C.TERM_ENDS_ON] = max(values[C.LEFT_ON], values.get(C.STARTS_ON, values[C.LEFT_ON]))
    for column, words in _EMPTY.items():
        if column not in values and column not in broken:
            row.say(column, words)
    if values.get(C.ORGANISATION, own_code) != own_code:
        row.say(C.ORGANISATION, f"This row is of another organisation. Yours is {own_code}: take the row out")
    for column in (C.STARTS_ON, C.TERM_ENDS_ON):
        if column in values and values[column] > add_months(today, MOST_MONTHS_AHEAD):
            row.say(column, "This is more than 20 years ahead. Look at the year")
    _check_term(row, broken, today)


def _check_term(row: Row, broken: Iterable[C | None], today: date) -> None:
    values = row.values
    starts_on, ends_on, left_on = (values.get(column) for column in (C.STARTS_ON, C.TERM_ENDS_ON, C.LEFT_ON))
    if starts_on and ends_on and ends_on < starts_on:
        row.say(C.TERM_ENDS_ON, f"The term must end on or after its first day, {format_date(starts_on)}")
    if row.status != PartnerStatus.LEFT:
        if left_on:
            row.say(C.STATUS, "The list says when they left, and that they have not left. Put one of them right")
        elif ends_on and ends_on < today:
            row.warnings.append("The term has ended. Extend it, or say that they have left.")
    elif left_on is None and C.LEFT_ON not in set(broken):
        row.say(C.LEFT_ON, "Enter the day they left")
    elif left_on and left_on > today:
        row.say(C.LEFT_ON, "This day is still to come. Until then they have not left")
    elif left_on and starts_on and left_on < starts_on:
        row.say(C.LEFT_ON, f"They must have left on or after their first day, {format_date(starts_on)}")
