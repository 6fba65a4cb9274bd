"""Reads the ODS file of organisations (``etr.csv``: 27 columns, no heading). Pure: bytes in, rows or reasons out.

The columns are those of the NHS Organisation Data Service's "etr" file: 1 code, 2 name in capitals, 3 region,
4 integrated care board, 5 to 9 address, 10 postcode, 11 opened and 12 closed as yyyymmdd; the rest are not used here.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from psp_portal.accounts.policies.names import readable_name
from psp_portal.exceptions import RuleBroken

COLUMNS = 27
LONGEST_NAME = 200
_CODE = re.compile(r"[A-Z0-9]{3,8}")
# The shape that Royal Mail gives postcodes; GIR 0AA does not occur in the file.
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


@dataclass(frozen=True)
class OrganisationRow:
    """What one line says of an organisation."""

    ods_code: str
    name: str
    postcode: str
    opened_on: date | None
    closed_on: date | None


class FileBroken(RuleBroken):
    """The file cannot be used; ``problems`` says why, each with its line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_organisations(content: bytes) -> list[OrganisationRow]:
    """Return the file's organisations in its order.

    Raises FileBroken with every problem found, each by line: nothing of a damaged file is to be used.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileBroken([f"Line {line}: the file is not plain text in UTF-8."]) from None
    if not text.strip():
        raise FileBroken(["The file is empty."])
    rows: list[OrganisationRow] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for line, cells in _lines(text, problems):
        row, wrong = _read_row(cells)
        if row is not None and row.ods_code in seen:
            wrong = [f"the code {row.ods_code} is on line {seen[row.ods_code]} already"]
        if row is None or wrong:
            problems.append(f"Line {line}: {'; '.join(wrong)}.")
            continue
        seen[row.ods_code] = line
        rows.append(row)
    if problems:
        raise FileBroken(problems)
    return rows


def _lines(text: str, problems: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row with the line it begins on; a line that is no CSV ends the reading."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(f"Line {line}: the line is damaged ({error}).")
            return
        if cells:
            yield line, [cell.strip() for cell in cells]


def _read_row(cells: list[str]) -> tuple[OrganisationRow | None, list[str]]:
    """Return the row, or None with what is wrong with it."""
    if len(cells) != COLUMNS:
        return None, [f"it has {len(cells)} columns where the file has {COLUMNS}"]
    wrong: list[str] = []
    code, name, postcode = cells[0], readable_name(cells[1]), cells[9]
    if not _CODE.fullmatch(code):
        wrong.append(f"the code “{code[:20]}” is not 3 to 8 capital letters and numbers")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        wrong.append(f"the name must have 1 to {LONGEST_NAME} letters")
    if postcode and not _POSTCODE.fullmatch(postcode):
        wrong.append(f"the postcode “{postcode[:20]}” is not a postcode")
    opened_on = _read_date(cells[10], "opening", wrong)
    closed_on = _read_date(cells[11], "closing", wrong)
    if opened_on and closed_on and closed_on < opened_on:
        wrong.append("it closes before it opens")
    if wrong:
        return None, wrong
    return OrganisationRow(code, name, postcode, opened_on, closed_on), []


def _read_date(text: str, noun: str, wrong: list[str]) -> date | None:
    if not text:
        return None
    match = _DATE.fullmatch(text)
    if match:
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            pass  # the 30th of February has the right form
    wrong.append(f"the {noun} date “{text[:20]}” is not a date like 20240930")
    return None
