"""Reads the tables that people upload (CSV and XLSX) and writes such tables. The only place that opens a spreadsheet.

What comes is hostile until shown otherwise: sizes are bounded before anything is unpacked, formulas are not worked out
(their last result is read), and whatever a decoder stumbles over counts as a file that cannot be read.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken

MOST_BYTES = 10 * 1024 * 1024
# What an XLSX file (a ZIP archive) may unpack to.
MOST_UNPACKED = 100 * 1024 * 1024
MOST_COLUMNS = 200
DELIMITERS = (",", ";", "\t")
# A spreadsheet would read a cell that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# What openpyxl would take for a formula, or for an error.
READ_INTO_TEXT = ("=", "#")
ILLEGAL_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ZIP_START = b"PK\x03\x04"
# Old Excel files, and XLSX files under a password, which are wrapped in the same container.
OLE_START = b"\xd0\xcf\x11\xe0"


# --- reading -------------------------------------------------------------------------------
def read_rows(
    upload: IO[bytes], *, field: str = "file", most_rows: int = 10_000, most_bytes: int = MOST_BYTES
) -> list[list[str]]:
    """Return the rows of an uploaded table as text, row 1 first; blank rows are empty lists, so that numbers hold.

    Of an XLSX file the first sheet that is not hidden is read: dates as 2026-01-31, numbers without float noise, of
    merged cells the first. Each row ends at its last cell that is not blank, the table at its last such row. Raises
    RuleBroken at ``field`` for a file that is no table, has a password, is too big, or has nothing in it.
    """
    content = upload.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise RuleBroken(f"The file must be smaller than {most_bytes // (1024 * 1024)} MB.", field=field)
    if content.startswith(OLE_START):
        raise RuleBroken(
            "The file has a password or is in an old Excel format. Save it as .xlsx without a password, or as .csv.",
            field=field,
        )
    source = _xlsx_rows(content, field) if content.startswith(ZIP_START) else _csv_rows(content, field)
    rows: list[list[str]] = []
    blank = 0
    for cells in source:
        row = _trimmed(cells)
        if not row:
            blank += 1
            continue
        if len(row) > MOST_COLUMNS:
            raise RuleBroken(f"The file must have no more than {MOST_COLUMNS} columns.", field=field)
        if len(rows) + blank + 1 > most_rows:
            raise RuleBroken(f"The file must have no more than {most_rows:,} rows.", field=field)
        rows += [[] for _ in range(blank)]
        rows.append(row)
        blank = 0
    if not rows:
        raise RuleBroken("The file has nothing in it.", field=field)
    return rows


def _trimmed(cells: Iterable[str]) -> list[str]:
    row = [cell.strip() for cell in cells]
    while row and not row[-1]:
        row.pop()
    return row


def _unreadable(field: str) -> RuleBroken:
    return RuleBroken("The file could not be read. Save it again as .xlsx or .csv.", field=field)


def _csv_rows(content: bytes, field: str) -> Iterator[list[str]]:
    text = _decoded(content, field)
    line = 1
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        for row in reader:
            yield row
            line = reader.line_num + 1
    except csv.Error:
        raise RuleBroken(
            f"The file could not be read from line {line} on: look at its quotation marks.", field=field
        ) from None


def _decoded(content: bytes, field: str) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise RuleBroken("The file must be a spreadsheet: .xlsx or .csv.", field=field)


def _delimiter(text: str) -> str:
    """Return what parts the cells: of the usual three, that by which the first lines have the most cells."""
    start = "\n".join(text.splitlines()[:20])
    return max(DELIMITERS, key=lambda delimiter: sum(map(len, csv.reader(io.StringIO(start), delimiter=delimiter))))


def _xlsx_rows(content: bytes, field: str) -> Iterator[list[str]]:
    # Imported here: it takes a tenth of a second that only reading a spreadsheet should cost.
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MOST_UNPACKED:
            raise RuleBroken("The spreadsheet is too big. Save the rows that you need as .csv.", field=field)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        # The size that a file claims for its sheet is often wrong: read what is there.
        shown[0].reset_dimensions()
        for values in shown[0].iter_rows(values_only=True):
            yield [_as_read(value) for value in values]
    except RuleBroken:
        raise
    except Exception as error:
        # A damaged file fails in as many ways as there are parts in it.
        raise _unreadable(field) from error


def _as_read(value: Any) -> str:
    """Return a cell of a spreadsheet as text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, float):
        # Fifteen digits are what a spreadsheet itself keeps: 0.1 + 0.2 is 0.3 to whoever typed it.
        text = f"{Decimal(f'{value:.15g}'):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


# --- writing -------------------------------------------------------------------------------
def safe_cell(value: object) -> str:
    """Return a cell of a CSV file as text that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _in_london(value).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    if isinstance(value, int | float):
        return text
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _in_london(moment: datetime) -> datetime:
    """Return a moment as a clock in London shows it: a spreadsheet knows no time zones."""
    return moment.astimezone(LONDON).replace(tzinfo=None) if moment.tzinfo else moment


def _decimals(value: Decimal) -> str:
    """Return the format by which a spreadsheet shows as many decimals as a number has: two for money."""
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"0.{'0' * places}" if places else "0"


def write_csv(header: Sequence[object], rows: Iterable[Sequence[object]], *, for_excel: bool = False) -> bytes:
    """Return a table as CSV in UTF-8 with CRLF line ends; ``for_excel`` adds the mark by which Excel knows UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(cell) for cell in header])
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig" if for_excel else "utf-8")


def write_xlsx(title: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as XLSX, one sheet of ``title``; text stays text, whatever a spreadsheet would take it for."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"

    def cell(value: object) -> object:
        if isinstance(value, datetime):
            return _in_london(value)
        if isinstance(value, Decimal):
            made = WriteOnlyCell(sheet, value)
            made.number_format = _decimals(value)
            return made
        if isinstance(value, int | float | date | None):
            return value
        text = ILLEGAL_IN_XML.sub("", str(value))
        if not text.startswith(READ_INTO_TEXT):
            return text
        made = WriteOnlyCell(sheet, text)
        made.data_type = "s"
        return made

    for row in (header, *rows):
        sheet.append([cell(value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
