"""Tables that people upload, and CSV that they take away: what is read, what is refused, what is written."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from psp_portal.exceptions import RuleBroken
from psp_portal.spreadsheets import MOST_COLUMNS, read_rows, safe_cell, write_csv, write_xlsx

# A spreadsheet knows no time zones.
HALF_PAST_NINE = datetime(2025, 12, 31, 9, 30)  # noqa: DTZ001


def csv_file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def xlsx_file(*rows, change=None) -> io.BytesIO:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def refusal(upload, **limits) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as refused:
        read_rows(upload, **limits)
    return refused.value.field, refused.value.message


# --- CSV -----------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_is_read_however_it_was_saved(encoding, delimiter, end):
    lines = [["Name", "Amount"], ["Zoë Smith", '"£1,234.50"'], ["", ""], ["José", "12"]]
    text = end.join(delimiter.join(line) for line in lines) + end
    assert read_rows(csv_file(text, encoding)) == [["Name", "Amount"], ["Zoë Smith", "£1,234.50"], [], ["José", "12"]]


def test_cells_lose_the_space_around_them_and_rows_their_blank_end():
    assert read_rows(csv_file("a , b\xa0,,\n,,,\n c,d,e,\n , \n\n")) == [["a", "b"], [], ["c", "d", "e"]]


def test_a_quoted_cell_may_hold_a_line_end():
    assert read_rows(csv_file('a,"b\nc"\n')) == [["a", "b\nc"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file has nothing in it."),
        (b",,\n  ,\n", "The file has nothing in it."),
        (b"\x89PNG\r\n\x00\x00", "The file must be a spreadsheet: .xlsx or .csv."),
        (b"a,\x81\n", "The file must be a spreadsheet: .xlsx or .csv."),
        (b'a,b\nc,"d', "The file could not be read from line 2 on: look at its quotation marks."),
        (b"a,b\n" + b"x" * 131_073, "The file could not be read from line 1 on: look at its quotation marks."),
        (b"\xd0\xcf\x11\xe0old", "The file has a password or is in an old Excel format. Save it as .xlsx without a "
         "password, or as .csv."),
        (b"PK\x03\x04rubbish", "The file could not be read. Save it again as .xlsx or .csv."),
        (b",".join([b"x"] * (MOST_COLUMNS + 1)), "The file must have no more than 200 columns."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_at_the_field(content, words):
    assert refusal(io.BytesIO(content), field="upload") == ("upload", words)


def test_a_file_may_have_so_many_rows_and_no_more():
    assert len(read_rows(csv_file("a\n\nb\n\n\n"), most_rows=3)) == 3
    assert refusal(csv_file("a\n\n\nb\n"), most_rows=3) == ("file", "The file must have no more than 3 rows.")


def test_a_file_may_have_so_many_bytes_and_no_more():
    assert read_rows(csv_file("a\n" * 512 * 1024), most_rows=512 * 1024, most_bytes=1024 * 1024)
    assert refusal(csv_file("a\n" * 512 * 1024 + "a"), most_bytes=1024 * 1024) == (
        "file",
        "The file must be smaller than 1 MB.",
    )


# --- XLSX ----------------------------------------------------------------------------------
def test_xlsx_cells_are_read_as_people_see_them():
    file = xlsx_file(
        ["Name", "Date", None],
        ["Zoë", date(2025, 12, 31), HALF_PAST_NINE, 0.1 + 0.2, 1234.5, 7, 12.0, True, 1e20, 1e-7],
        [],
        [None, "last"],
    )
    assert read_rows(file) == [
        ["Name", "Date"],
        ["Zoë", "2025-12-31", "2025-12-31 09:30:00", "0.3", "1234.5", "7", "12", "True", "100000000000000000000",
         "0.0000001"],
        [],
        ["", "last"],
    ]  # fmt: skip


def test_of_merged_cells_the_first_has_the_value():
    def merge(book):
        book.active.merge_cells("A2:A3")

    assert read_rows(xlsx_file(["Name", "Amount"], ["Ann", 1], [None, 2], change=merge)) == [
        ["Name", "Amount"], ["Ann", "1"], ["", "2"],
    ]  # fmt: skip


def test_the_first_sheet_that_is_not_hidden_is_read():
    def hide(book):
        book.active.sheet_state = "hidden"
        book.create_sheet("Shown").append(["shown"])

    assert read_rows(xlsx_file(["hidden"], change=hide)) == [["shown"]]


def test_a_workbook_with_nothing_to_read_is_refused():
    def charts_only(book):
        book.create_chartsheet()
        book.remove(book.worksheets[0])

    assert refusal(xlsx_file(change=charts_only)) == (
        "file",
        "The file could not be read. Save it again as .xlsx or .csv.",
    )
    assert refusal(xlsx_file()) == ("file", "The file has nothing in it.")


def test_a_sheet_that_claims_another_size_is_read_whole():
    file = xlsx_file(["a", "b"], ["c", "d"])
    wrong = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(wrong, "w") as new:
        for part in old.infolist():
            new.writestr(part, old.read(part).replace(b'ref="A1:B2"', b'ref="A1:A1"'))
    wrong.seek(0)
    assert read_rows(wrong) == [["a", "b"], ["c", "d"]]


def test_a_formula_is_not_worked_out():
    # Nothing has ever opened this file in a spreadsheet, so the formula has no result.
    assert read_rows(xlsx_file(["a", "=1+1"])) == [["a"]]


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"0" * (101 * 1024 * 1024))
    file.seek(0)
    assert refusal(file) == ("file", "The spreadsheet is too big. Save the rows that you need as .csv.")


# --- writing -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("Ann", "Ann"),
        ("", ""),
        (None, ""),
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-5", "'-5"),
        ("@a", "'@a"),
        ("\ta", "'\ta"),
        ("\ra", "'\ra"),
        ("\na", "'\na"),
        (Decimal("-5.00"), "-5.00"),
        (7, "7"),
        (1.5, "1.5"),
        (date(2026, 4, 1), "2026-04-01"),
        (Decimal("1E+3"), "1000"),
        # A quarter past midnight in London is the day before in UTC.
        (datetime(2026, 6, 30, 23, 15, tzinfo=UTC), "2026-07-01 00:15"),
        (HALF_PAST_NINE, "2025-12-31 09:30"),
    ],
)
def test_a_cell_is_never_a_formula_and_numbers_stay_numbers(value, cell):
    assert safe_cell(value) == cell


def test_csv_is_written_with_crlf_and_for_excel_with_its_mark():
    table = ["Name", "Amount"], [["Zoë, the first", Decimal("12.50")]]
    assert write_csv(*table) == 'Name,Amount\r\n"Zoë, the first",12.50\r\n'.encode()
    assert write_csv(*table, for_excel=True) == b"\xef\xbb\xbf" + write_csv(*table)


@pytest.mark.parametrize(
    ("value", "in_sheet", "number_format"),
    [
        ("=1+1", "=1+1", "General"),
        ("#N/A", "#N/A", "General"),
        ("two\x0bwords", "twowords", "General"),
        (None, None, "General"),
        (Decimal("12.50"), 12.5, "0.00"),
        (Decimal("-0.30"), -0.3, "0.00"),
        (Decimal("24.6"), 24.6, "0.0"),
        (Decimal(7), 7, "0"),
        (Decimal("1E+3"), 1000, "0"),
        (date(2026, 4, 1), datetime(2026, 4, 1), "yyyy-mm-dd"),  # noqa: DTZ001
        (datetime(2026, 6, 30, 23, 15, tzinfo=UTC), datetime(2026, 7, 1, 0, 15), "yyyy-mm-dd h:mm:ss"),  # noqa: DTZ001
        (HALF_PAST_NINE, HALF_PAST_NINE, "yyyy-mm-dd h:mm:ss"),
    ],
)
def test_a_spreadsheet_has_text_as_text_days_as_days_and_money_with_its_pence(value, in_sheet, number_format):
    sheet = load_workbook(io.BytesIO(write_xlsx("a list", ["What"], [[value]]))).active
    assert sheet.title == "a list"
    # An empty cell at the end of the sheet is not written at all.
    assert sheet["A2"].value == in_sheet
    assert sheet["A2"].number_format == number_format
    assert sheet["A2"].data_type == ("s" if isinstance(value, str) else sheet["A2"].data_type)


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).map(str.strip)


@given(st.lists(st.lists(words.filter(bool), min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_is_written_is_read_again(rows):
    header = ["one", "two"]
    read = read_rows(io.BytesIO(write_csv(header, rows, for_excel=True)))
    assert read == [header, *([safe_cell(cell) for cell in row] for row in rows)]
