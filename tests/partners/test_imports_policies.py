"""A trust's own list of partners: which column is what, and what each row says."""

from datetime import date

import pytest

from partners.enums import PartnerStatus, RoleCategory
from partners.enums.imports import ImportColumn as C
from partners.policies import imports as policies
from psp_portal.tables import CellBroken

TODAY = date(2026, 9, 15)
COLUMNS = {column: place for place, column in enumerate(C)}
WHOLE = {
    C.EMAIL: "pat@example.org", C.NAME: "Pat Example", C.STARTS_ON: "1/4/2026", C.TERM_ENDS_ON: "31/3/2028",
}  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Name of partner", C.NAME),
        ("PSP", C.NAME),
        ("Forename", C.FIRST_NAME),
        ("Surname", C.LAST_NAME),
        ("E-mail", C.EMAIL),
        ("Lead's email", C.LEAD),
        ("Line manager", C.LEAD),
        ("Mobile", C.TELEPHONE),
        ("ODS code", C.ORGANISATION),
        ("Start date", C.STARTS_ON),
        ("Date appointed", C.STARTS_ON),
        ("Term ends", C.TERM_ENDS_ON),
        ("Contract expiry", C.TERM_ENDS_ON),
        ("Paid?", C.PAID),
        ("Category", C.CATEGORY),
        ("Status", C.STATUS),
        ("Date left", C.LEFT_ON),
        ("Shoe size", None),
    ],
)
def test_a_heading_is_known_by_its_words(heading, column):
    assert policies.HEADINGS.column_of(heading) == column


def test_of_two_rows_of_headings_the_one_that_names_the_columns_counts():
    rows = [["Contact", "", "", "Term", ""], ["Name", "Email", "Phone", "Start", "End"], ["Ann", "a@b.org"]]
    assert policies.HEADINGS.row_of(rows) == 2


def test_columns_that_are_needed_are_named():
    assert policies.what_is_missing({}) == {
        C.EMAIL: "Select the column for “Email address”",
        C.NAME: "Select the column for the full name, or those for first and last name",
        C.STARTS_ON: "Select the column for “First day of the term”",
    }
    assert policies.what_is_missing({C.EMAIL: 0, C.FIRST_NAME: 1, C.LAST_NAME: 2, C.STARTS_ON: 3}) == {}
    assert policies.what_is_missing({C.EMAIL: 0, C.NAME: 0, C.STARTS_ON: 3}) == {
        C.NAME: "This column is “Email address” already. Select another"
    }


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (policies.read_email, "Pat@Example.ORG", "pat@example.org"),
        (policies.read_email, "Pat Example <pat@example.org>", "pat@example.org"),
        (policies.read_email, "mailto:pat@example.org", "pat@example.org"),
        (policies.read_name, "  Siân   O'Brien-Núñez ", "Siân O'Brien-Núñez"),
        (policies.read_name, "Sia\u0302n", "Siân"),
        (policies.read_name, "Cher", "Cher"),
        (policies.read_name, "x" * 150, "x" * 150),
        (policies.read_telephone, "07700 900982", "07700 900982"),
        (policies.read_telephone, "7700900982", "07700900982"),
        (policies.read_code, "abc12", "ABC12"),
        (policies.read_code, "rj1", "RJ1"),
        (policies.read_day, "1st April 2026", date(2026, 4, 1)),
        (policies.read_day, "01.04.26", date(2026, 4, 1)),
        (policies.read_day, "46113", date(2026, 4, 1)),
        (policies.read_paid, "Yes", True),
        (policies.read_paid, "unpaid", False),
        (policies.read_category, "Category 4", RoleCategory.SENIOR),
        (policies.read_category, "1", RoleCategory.OPEN),
        (policies.read_status, "Current", PartnerStatus.ACTIVE),
        (policies.read_status, "On hold", PartnerStatus.PAUSED),
        (policies.read_status, "LEAVER", PartnerStatus.LEFT),
    ],
)
def test_cells_say_what_people_write(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (policies.read_email, "pat at example", "This is not one email address. Write it like name@example.com"),
        (policies.read_email, "a@b.org; c@d.org", "This is not one email address. Write it like name@example.com"),
        (policies.read_email, f"{'x' * 250}@b.org", "This is not one email address. Write it like name@example.com"),
        (policies.read_name, "12345", "This is not a name"),
        (policies.read_name, "Pat\u200bExample", "This is not a name"),
        (policies.read_name, "x" * 200, "The name must be 150 characters or fewer"),
        (policies.read_telephone, "ring me", "Enter a telephone number, like 01632 960001 or +44 7700 900982"),
        (policies.read_code, "R0", "An organisation code has 3 to 8 letters and numbers, like RXX"),
        (policies.read_code, "ABCDEFGHI", "An organisation code has 3 to 8 letters and numbers, like RXX"),
        (policies.read_day, "31/02/2026", "There is no such day. Write the day first, like 31/12/2025"),
        (policies.read_day, "1/4/1926", "This is before 2000. Look at the year"),
        (policies.read_paid, "sometimes", "Write “Yes” for paid, or “No”"),
        (policies.read_category, "3 or 4", "A role category is 1, 2, 3 or 4"),
        (policies.read_category, "14", "A role category is 1, 2, 3 or 4"),
        (policies.read_status, "sleeping", "Write “Active”, “Paused” or “Left”"),
    ],
)
def test_cells_that_cannot_be_read_say_what_to_put_right(read, text, words):
    with pytest.raises(CellBroken) as broken:
        read(text)
    assert str(broken.value) == words


# --- rows -------------------------------------------------------------------------------------
def read(*rows, otherwise=None, chosen=None, own_code="RXX"):
    """Read a list whose columns are all of ours in order; a row is what its cells say, by column."""
    table = [[column.label for column in C], *([cells.get(column, "") for column in C] for cells in rows)]
    return policies.read_list(
        table, 1, COLUMNS, otherwise=otherwise or {}, chosen=chosen or {}, own_code=own_code, today=TODAY
    ).rows


def problems(cells, **options):
    return [(problem.column, problem.words) for problem in read(cells, **options)[0].problems]


def test_a_whole_row_is_sound():
    (row,) = read(WHOLE | {C.EMAIL: "PAT@example.org", C.ORGANISATION: "rxx", C.PAID: "no"})
    assert row.is_sound
    assert (row.number, row.email, row.name, row.status) == (2, "pat@example.org", "Pat Example", PartnerStatus.ACTIVE)
    assert (row.starts_on, row.term_ends_on, row.values[C.PAID]) == (date(2026, 4, 1), date(2028, 3, 31), False)
    assert row.warnings == []


def test_first_and_last_name_make_the_name():
    parts = {C.NAME: "", C.FIRST_NAME: "Pat", C.LAST_NAME: "Example"}
    assert read(WHOLE | parts)[0].name == "Pat Example"
    assert read(WHOLE | parts | {C.LAST_NAME: ""})[0].name == "Pat"
    long = {C.NAME: "", C.FIRST_NAME: "x" * 100, C.LAST_NAME: "y" * 100}
    assert (
        problems(WHOLE | long)
        == [
            (C.NAME, "The name must be 150 characters or fewer"),
            (C.NAME, "Enter the name. Where cells are merged, each row needs its own"),
        ][:1]
    )


def test_what_the_list_does_not_say_holds_for_all():
    (row,) = read(WHOLE | {C.TERM_ENDS_ON: ""}, otherwise={C.TERM_ENDS_ON: date(2029, 3, 31), C.PAID: True})
    assert (row.term_ends_on, row.values[C.PAID], row.said & {C.TERM_ENDS_ON, C.PAID}) == (
        date(2029, 3, 31), True, frozenset(),
    )  # fmt: skip


def test_merged_cells_leave_rows_that_say_so():
    assert problems({C.TELEPHONE: "01632 960001"}) == [
        (C.EMAIL, "Enter the email address. Where cells are merged, each row needs its own"),
        (C.NAME, "Enter the name. Where cells are merged, each row needs its own"),
    ]


def test_of_somebody_new_the_term_is_needed():
    (row,) = read({C.EMAIL: "pat@example.org", C.NAME: "Pat"})
    assert row.is_sound
    policies.check_new(row)
    assert [(problem.column, problem.words) for problem in row.problems] == [
        (C.STARTS_ON, "Enter the first day"),
        (C.TERM_ENDS_ON, "Enter the last day of the term, or say on the page before what holds for rows without one"),
    ]
    (row,) = read(WHOLE)
    policies.check_new(row)
    assert row.is_sound


def test_a_cell_that_cannot_be_read_is_not_called_empty_as_well():
    assert problems(WHOLE | {C.STARTS_ON: "soon"}) == [
        (C.STARTS_ON, "This is not a date. Write it like 31/12/2025"),
    ]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (
            {C.ORGANISATION: "ABC12"},
            (C.ORGANISATION, "This row is of another organisation. Yours is RXX: take the row out"),
        ),
        ({C.TERM_ENDS_ON: "1/1/2026"}, (C.TERM_ENDS_ON, "The term must end on or after its first day, 1 April 2026")),
        ({C.TERM_ENDS_ON: "1/1/2060"}, (C.TERM_ENDS_ON, "This is more than 20 years ahead. Look at the year")),
        (
            {C.STATUS: "Active", C.LEFT_ON: "1/5/2026"},
            (C.STATUS, "The list says when they left, and that they have not left. Put one of them right"),
        ),
        ({C.STATUS: "Left"}, (C.LEFT_ON, "Enter the day they left")),
        ({C.LEFT_ON: "1/1/2027"}, (C.LEFT_ON, "This day is still to come. Until then they have not left")),
        ({C.LEFT_ON: "1/3/2026"}, (C.LEFT_ON, "They must have left on or after their first day, 1 April 2026")),
        ({C.STATUS: "Left", C.LEFT_ON: "soon"}, (C.LEFT_ON, "This is not a date. Write it like 31/12/2025")),
    ],
)  # fmt: skip
def test_rows_that_contradict_themselves_say_where(cells, problem):
    assert problems(WHOLE | cells) == [problem]


def test_a_day_of_leaving_says_that_they_left_and_stands_for_the_end_of_the_term():
    (row,) = read(WHOLE | {C.LEFT_ON: "30/6/2026", C.TERM_ENDS_ON: ""})
    assert (row.is_sound, row.status, row.term_ends_on) == (True, PartnerStatus.LEFT, date(2026, 6, 30))
    assert C.STATUS in row.said


def test_a_term_that_is_over_and_a_nought_that_was_lost_are_pointed_out():
    (row,) = read(WHOLE | {C.STARTS_ON: "1/4/2023", C.TERM_ENDS_ON: "31/3/2026", C.TELEPHONE: "7700900982"})
    assert row.is_sound
    assert row.warnings == [
        "A nought was put in front of the telephone number.",
        "The term has ended. Extend it, or say that they have left.",
    ]


# --- rows of one person --------------------------------------------------------------------------
def test_rows_of_one_address_that_agree_are_one():
    first, second = read(WHOLE, WHOLE | {C.EMAIL: "Pat@EXAMPLE.org", C.TELEPHONE: "01632 960001", C.TERM_ENDS_ON: ""})
    assert (first.part_of, second.part_of) == (None, 2)
    assert first.values[C.TELEPHONE] == "01632 960001"
    assert first.warnings == ["Put together with row 3."]
    assert first.rivals == ()


def test_rows_of_one_address_that_do_not_agree_wait_for_a_choice():
    rows = WHOLE, WHOLE | {C.STARTS_ON: "1/5/2026"}
    first, second = read(*rows)
    assert (first.rivals, second.rivals, first.clash) == ((2, 3), (2, 3), (C.STARTS_ON,))
    assert (first.part_of, second.part_of) == (None, None)
    first, second = read(*rows, chosen={2: 3})
    assert (first.part_of, second.part_of) == (3, None)
    assert second.starts_on == date(2026, 5, 1)
    first, second = read(*rows, chosen={2: 0})
    assert (first.part_of, second.part_of) == (0, 0)
