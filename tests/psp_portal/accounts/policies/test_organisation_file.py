"""A file of organisations is read whole or not at all, and says what is wrong with each line."""

from datetime import date

import pytest

from psp_portal.accounts.policies.organisation_file import FileBroken, OrganisationRow, read_organisations
from tests.psp_portal.accounts.samples import line


def problems(content: bytes) -> list[str]:
    with pytest.raises(FileBroken) as caught:
        read_organisations(content)
    return caught.value.problems


def test_row_is_read():
    content = (line() + line("G6V2S", "NORTH TRUST", "", "20241101", "20250331")).encode()
    assert read_organisations(content) == [
        OrganisationRow("RT1", "Anytown NHS Trust", "AN1 1AA", date(2011, 4, 1), None),
        OrganisationRow("G6V2S", "North Trust", "", date(2024, 11, 1), date(2025, 3, 31)),
    ]


def test_byte_order_mark_and_blank_lines_do_no_harm():
    assert [row.ods_code for row in read_organisations(b"\xef\xbb\xbf" + line().encode() + b"\r\n")] == ["RT1"]


@pytest.mark.parametrize(
    ("damaged", "problem"),
    [
        (line(columns=12), "Line 2: it has 12 columns where the file has 27."),
        (line(code="R"), "Line 2: the code “R” is not 3 to 8 capital letters and numbers."),
        (line(code="rt2"), "Line 2: the code “rt2” is not 3 to 8 capital letters and numbers."),
        (line(code="RT2", name=""), "Line 2: the name must have 1 to 200 letters."),
        (line(code="RT2", name="A" * 201), "Line 2: the name must have 1 to 200 letters."),
        (line(code="RT2", name="NUL\x00L"), "Line 2: the name must have 1 to 200 letters."),
        (line(code="RT2", postcode="ANYTOWN"), "Line 2: the postcode “ANYTOWN” is not a postcode."),
        (line(code="RT2", opened="20230230"), "Line 2: the opening date “20230230” is not a date like 20240930."),
        (line(code="RT2", closed="31/03/2025"), "Line 2: the closing date “31/03/2025” is not a date like 20240930."),
        (line(code="RT2", closed="20100101"), "Line 2: it closes before it opens."),
        (line(code="RT1"), "Line 2: the code RT1 is on line 1 already."),
        (
            line(code="?", opened="x"),
            "Line 2: the code “?” is not 3 to 8 capital letters and numbers; "
            "the opening date “x” is not a date like 20240930.",
        ),
    ],
)
def test_damaged_row_is_reported_by_line(damaged, problem):
    assert problems((line() + damaged + line("RT9")).encode()) == [problem]


def test_every_damaged_row_is_reported():
    content = (line(code="1") + line() + line(columns=3)).encode()
    assert [text.split(":")[0] for text in problems(content)] == ["Line 1", "Line 3"]


def test_line_is_that_of_the_file_when_a_cell_goes_over_two():
    over_two = line("RT2", name="TWO\nLINES")
    assert problems((line() + over_two + line(code="x")).encode())[0].startswith("Line 4: ")


def test_quote_without_end_is_reported():
    assert problems(b'"RT1","ANYTOWN')[0].startswith("Line 1: the line is damaged")


@pytest.mark.parametrize("content", [b"", b" \r\n\r\n", b"\xef\xbb\xbf"])
def test_empty_file_is_refused(content):
    assert problems(content) == ["The file is empty."]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_other_encoding_is_refused_with_its_line(encoding):
    content = (line() + line("RT2", name="YSBYTY GLÂN")).encode(encoding)
    expected = {"latin-1": "Line 2", "utf-16": "Line 1"}[encoding]
    assert problems(content) == [f"{expected}: the file is not plain text in UTF-8."]
