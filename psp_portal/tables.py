"""Reads lists that a trust keeps for itself: which row has the headings, which column is what, what a day says.

Pure: text in. Dates are read as people in Britain write them (31/12/2025, 31 Dec 2025, 31st of December 2025) and as
spreadsheets hand them out (2025-12-31, or a number of days). Nothing is guessed that could be read two ways:
03/04/2026 is 3 April, and a year of two digits is of this century.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

Column = TypeVar("Column", bound=str)

# Among how many rows at the top the headings are looked for: lists begin with a title, a date, an empty row.
HEADINGS_WITHIN = 15


class CellBroken(Exception):
    """A cell that cannot be read, with the words for whoever has the list."""


def plain(text: str) -> str:
    """Return words as they are compared: small letters, single spaces, no marks but £."""
    return " ".join(re.sub(r"[^\w£]+|_", " ", text.casefold()).split())


def says(said: str, word: str) -> bool:
    """Say whether a word, or its plural, is among plain words."""
    return re.search(rf"(?<!\w){word}s?(?!\w)", said) is not None


# --- which column is what --------------------------------------------------------------------
@dataclass(frozen=True)
class Headings(Generic[Column]):
    """The words by which the headings of one kind of list are known; the first column whose words fit gets it."""

    words: tuple[tuple[Column, tuple[str, ...]], ...]

    def column_of(self, heading: str) -> Column | None:
        """Return what a heading's column is by its words; None for one that no word of ours is in."""
        said = plain(heading)
        for column, words in self.words:
            if any(says(said, word) for word in words):
                return column
        return None

    def row_of(self, rows: Sequence[Sequence[str]]) -> int:
        """Return the number (from 1) of the row most likely to be the headings: that with most headings known.

        Of two rows of headings it is so the one that says what each column is, not the one that groups them.
        """
        known = [len({self.column_of(cell) for cell in row} - {None}) for row in rows[:HEADINGS_WITHIN]]
        best = max(known)
        # A title above may hold a word of ours as well; it takes two to be headings.
        if best < 2:
            return next(number for number, row in enumerate(rows, start=1) if row)
        return known.index(best) + 1

    def guess(self, headings: Sequence[str], remembered: Mapping[str, Column] | None = None) -> dict[Column, int]:
        """Return which column (from 0) is what: as the organisation chose last time, else by the words of its heading.

        ``remembered`` are columns by heading, in plain words, "" for one that was left out. Of two headings that fit,
        the first counts.
        """
        known = remembered or {}
        found: dict[Column, int] = {}
        for place, heading in enumerate(headings):
            if known.get(plain(heading)):
                found.setdefault(known[plain(heading)], place)
        for place, heading in enumerate(headings):
            column = None if plain(heading) in known else self.column_of(heading)
            if column is not None:
                found.setdefault(column, place)
        return found


def remembered_headings(headings: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """Return which heading, in plain words, was chosen for which column ("" for none): what the next is guessed by."""
    chosen = {place: column for column, place in columns.items()}
    return {plain(heading): chosen.get(place, "") for place, heading in enumerate(headings) if plain(heading)}


def chosen_twice(columns: Mapping[Any, int]) -> dict[Any, str]:
    """Return each column (a choice, with its label) whose place another has already, with the words for it."""
    wrong: dict[Any, str] = {}
    seen: dict[int, Any] = {}
    for column, place in columns.items():
        if place in seen:
            wrong[column] = f"This column is “{seen[place].label}” already. Select another"
        seen.setdefault(place, column)
    return wrong


# --- rows ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Body(Generic[Column]):
    """What stands below the headings: (row number, cells that say something), and how often headings came again."""

    rows: list[tuple[int, dict[Column, str]]]
    headings_again: int


def read_body(rows: Sequence[Sequence[str]], heading_at: int, columns: Mapping[Column, int]) -> Body[Column]:
    """Read every row below the headings; blank rows are passed over, and so are headings that come again."""
    headings = [plain(cell) for cell in rows[heading_at - 1]]
    body: list[tuple[int, dict[Column, str]]] = []
    again = 0
    for number, cells in enumerate(rows[heading_at:], start=heading_at + 1):
        used = {column: cells[place] for column, place in columns.items() if place < len(cells) and cells[place]}
        if not used:
            continue
        if [plain(cell) for cell in cells] == headings:
            again += 1
            continue
        body.append((number, used))
    return Body(body, again)


def columns_left_out(headings: Iterable[str], columns: Mapping[Column, int]) -> list[str]:
    """Return the headings of the columns that nothing was chosen for."""
    used = set(columns.values())
    return [heading for place, heading in enumerate(headings) if heading and place not in used]


# --- what a cell says --------------------------------------------------------------------------
_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
         "december"), start=1,
    )
    for length in range(3, len(name) + 1)
} | {"sept": 9}  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_NUMBERS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
_WORDED = re.compile(r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ \-]([a-z]+)\.?,?[ \-](\d{4}|\d{2})")
_SERIAL = re.compile(r"\d{5}")
# A spreadsheet's day 0 (it believes that 1900 was a leap year), and the numbers that are days of this century.
_DAY_NOUGHT = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050


def read_date(text: str) -> date:
    """Return the day a cell names. Raises CellBroken."""
    wanted = CellBroken("This is not a date. Write it like 31/12/2025")
    found: tuple[int, int, int] | None = None
    words = " ".join(text.casefold().split())
    if match := _ISO.fullmatch(words.upper()):
        found = int(match[1]), int(match[2]), int(match[3])
    elif match := _NUMBERS.fullmatch(words):
        found = _year(match[3]), int(match[2]), int(match[1])
    elif match := _WORDED.fullmatch(words):
        found = _year(match[3]), _MONTHS.get(match[2], 0), int(match[1])
    elif _SERIAL.fullmatch(words) and _FIRST_SERIAL <= int(words) <= _LAST_SERIAL:
        return _DAY_NOUGHT + timedelta(days=int(words))
    if found is None:
        raise wanted
    try:
        return date(*found)
    except ValueError:
        raise CellBroken("There is no such day. Write the day first, like 31/12/2025") from None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)
