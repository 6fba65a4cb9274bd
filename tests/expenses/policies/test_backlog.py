"""A trust's own list: which column is what, and what each cell says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import BacklogColumn as C
from expenses.enums import LineKind
from expenses.policies import backlog

TODAY = date(2026, 9, 15)


# --- headings -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Email", C.EMAIL),
        ("Partner's e-mail address", C.EMAIL),
        ("PSP name", C.NAME),
        ("Payee", C.NAME),
        ("Date", C.DATE),
        ("Date of activity", C.DATE),
        ("Meeting day", C.DATE),
        ("Date claimed", C.CLAIMED_ON),
        ("Claim submitted", C.CLAIMED_ON),
        ("DATE_RECEIVED", C.CLAIMED_ON),
        ("Amount claimed (£)", C.AMOUNT),
        ("£", C.AMOUNT),
        ("Total", C.AMOUNT),
        ("Type of expense", C.KIND),
        ("Committee / budget code", C.COMMITTEE),
        ("Cost centre", C.COMMITTEE),
        ("Our ref.", C.REFERENCE),
        ("Claim number", C.REFERENCE),
        ("Comments", C.NOTE),
        ("Colour", None),
        ("", None),
    ],
)
def test_a_heading_is_known_by_its_words(heading, column):
    assert backlog.HEADINGS.column_of(heading) == column


def test_the_headings_are_the_row_with_most_known_words():
    rows = [["Unpaid claims, total to date"], [], ["Name", "Date", "Date claimed", "Type", "Amount"], ["Ann", "", "x"]]
    assert backlog.HEADINGS.row_of(rows) == 3


def test_two_known_words_are_headings():
    assert backlog.HEADINGS.row_of([["Unpaid claims"], ["Ann", "12"], ["Name", "Amount"]]) == 3


def test_without_two_known_words_the_first_row_that_is_not_blank_is_taken():
    assert backlog.HEADINGS.row_of([[], ["Ann", "12"], ["Date"]]) == 2


def test_columns_are_guessed_once_each_from_the_first_heading_that_fits():
    headings = ["Name", "Date", "Second date", "Colour", "Amount"]
    assert backlog.HEADINGS.guess(headings) == {C.NAME: 0, C.DATE: 1, C.AMOUNT: 4}


def test_columns_that_were_chosen_before_are_chosen_again():
    headings = ["Who it was", "When", "Date", "Amount"]
    remembered = {"who it was": "name", "when": "claimed_on", "date": ""}
    assert backlog.HEADINGS.guess(headings, remembered) == {C.NAME: 0, C.CLAIMED_ON: 1, C.AMOUNT: 3}
    assert backlog.HEADINGS.guess(["Day"], remembered) == {C.DATE: 0}


def test_columns_that_are_needed_are_named():
    assert backlog.what_is_missing({}) == {
        C.DATE: "Select the column for “Day of the meeting or journey”",
        C.CLAIMED_ON: "Select the column for “Day it was first claimed”",
        C.KIND: "Select the column for “What it is for”",
        C.AMOUNT: "Select the column for “Amount”",
        C.EMAIL: "Select a column for the partner’s email address, or for their name",
    }


@pytest.mark.parametrize("who", [C.EMAIL, C.NAME])
def test_an_address_or_a_name_is_enough(who):
    columns = {who: 0, C.DATE: 1, C.CLAIMED_ON: 2, C.KIND: 3, C.AMOUNT: 4}
    assert backlog.what_is_missing(columns) == {}
    assert backlog.what_is_missing(columns | {C.NOTE: 3}) == {
        C.NOTE: "This column is “What it is for” already. Select another"
    }


# --- amounts ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("£1,234.50", "1234.50"), ("1234.5", "1234.50"), ("12", "12.00"), ("£ 12.", "12.00"), ("GBP 0.01", "0.01"),
        ("1,000", "1000.00"), ("99999.99", "99999.99"), ("12.500", "12.50"), ("1200", "1200.00"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text, amount):
    assert str(backlog.read_amount(text)) == amount


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0", "The amount must be at least 1p"),
        ("£0.00", "The amount must be at least 1p"),
        ("100000", "The amount must be £99,999.99 or less"),
        ("12.345", "This amount has parts of a penny. Write it like £12.50"),
        ("-5", "This is not an amount. Write it like £12.50"),
        ("(5.00)", "This is not an amount. Write it like £12.50"),
        ("1.234,50", "This is not an amount. Write it like £12.50"),
        ("12,34", "This is not an amount. Write it like £12.50"),
        ("about 12", "This is not an amount. Write it like £12.50"),
        ("=B1+1", "This is not an amount. Write it like £12.50"),
    ],
)
def test_what_is_no_amount_says_so(text, words):
    with pytest.raises(backlog.CellBroken) as broken:
        backlog.read_amount(text)
    assert str(broken.value) == words


@given(st.integers(1, 9_999_999))
def test_every_amount_is_read_to_the_penny(pence):
    amount = Decimal(pence) / 100
    for text in (f"£{amount:,.2f}", f"{amount:.2f}", f"{amount.normalize():f}"):
        assert backlog.read_amount(text) == amount


# --- kinds --------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", list(LineKind))
def test_a_kind_is_known_by_its_own_label_and_value(kind):
    assert backlog.read_kind(kind.label.upper()) == kind
    assert backlog.read_kind(kind.value) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Car park", LineKind.PARKING),
        ("Car mileage", LineKind.MILEAGE),
        ("Train ticket to Leeds", LineKind.RAIL),
        ("Half day meeting", LineKind.INVOLVEMENT_PAYMENT),
        ("Cancelled meeting", LineKind.CANCELLED_MEETING),
        ("Hotel", LineKind.OVERNIGHT),
        ("carer", LineKind.REPLACEMENT_CARE),
        ("other", LineKind.OTHER),
    ],
)
def test_a_kind_is_known_by_words_that_say_the_same(text, kind):
    assert backlog.read_kind(text) == kind


def test_an_unknown_kind_says_what_to_write():
    words = "^This kind is not known. Write “Something else” where no other fits$"
    with pytest.raises(backlog.CellBroken, match=words):
        backlog.read_kind("Zebra")


# --- rows ---------------------------------------------------------------------------------
HEADINGS = ["Email", "Name", "Date", "Claimed", "Kind", "Amount", "Committee", "Ref", "Note"]
COLUMNS = {column: place for place, column in enumerate(
    [C.EMAIL, C.NAME, C.DATE, C.CLAIMED_ON, C.KIND, C.AMOUNT, C.COMMITTEE, C.REFERENCE, C.NOTE]
)}  # fmt: skip
GOOD = ["Ann@Example.org", "Ann  Bose", "1/6/2026", "8/6/2026", "Train", "£9.50", "Patient  Safety", "A 1", "Leeds"]


def read(*rows, columns=COLUMNS, heading_at=1):
    return backlog.read_list([HEADINGS, *rows], heading_at, columns, today=TODAY)


def problems(*cells, columns=COLUMNS):
    (row,) = read(list(cells), columns=columns).rows
    return [(problem.column, problem.words) for problem in row.problems]


def test_a_sound_row_is_read_whole():
    (row,) = read(GOOD).rows
    assert row.is_sound
    assert (row.number, row.email, row.name, row.on, row.claimed_on) == (
        2, "ann@example.org", "Ann Bose", date(2026, 6, 1), date(2026, 6, 8),
    )  # fmt: skip
    assert (row.kind, row.amount, row.committee, row.reference, row.note) == (
        LineKind.RAIL, Decimal("9.50"), "Patient Safety", "A 1", "Leeds",
    )  # fmt: skip


def test_what_a_list_has_no_column_for_is_empty():
    needed = {column: COLUMNS[column] for column in (C.EMAIL, C.DATE, C.CLAIMED_ON, C.KIND, C.AMOUNT)}
    (row,) = read(GOOD, columns=needed).rows
    assert row.is_sound
    assert (row.name, row.committee, row.reference, row.note) == ("", "", "", "")


def test_blank_rows_are_passed_over_and_numbers_are_the_spreadsheet_s():
    found = read([], GOOD, ["", "", ""], HEADINGS, GOOD, HEADINGS)
    assert [row.number for row in found.rows] == [3, 6]
    assert found.headings_again == 2


def test_rows_above_the_headings_are_passed_over():
    found = backlog.read_list([["A title"], HEADINGS, GOOD], 2, COLUMNS, today=TODAY)
    assert [row.number for row in found.rows] == [3]


def test_a_column_that_is_not_of_ours_is_not_looked_at():
    assert read([*[""] * 9, "a total"]).rows == []


def test_merged_cells_leave_the_rows_below_without_a_partner():
    words = "Enter the partner. Where cells are merged, each row needs its own"
    assert problems("", "", *GOOD[2:]) == [(C.EMAIL, words)]
    assert problems("", "", *GOOD[2:], columns={k: v for k, v in COLUMNS.items() if k != C.EMAIL}) == [(C.NAME, words)]


def test_every_cell_that_is_missing_or_wrong_is_named():
    assert problems("a@b", "", "", "", "", "") == [
        (C.DATE, "Enter the day of the meeting or journey"),
        (C.CLAIMED_ON, "Enter the day on which it was first claimed"),
        (C.KIND, "Enter what it is for"),
        (C.AMOUNT, "Enter the amount"),
    ]
    assert problems("a@b", "", "x", "31/2/2026", "z", "w") == [
        (C.DATE, "This is not a date. Write it like 31/12/2025"),
        (C.CLAIMED_ON, "There is no such day. Write the day first, like 31/12/2025"),
        (C.KIND, "This kind is not known. Write “Something else” where no other fits"),
        (C.AMOUNT, "This is not an amount. Write it like £12.50"),
    ]


def with_days(on, claimed_on):
    return [GOOD[0], GOOD[1], on, claimed_on, *GOOD[4:]]


@pytest.mark.parametrize(
    ("on", "claimed_on", "found"),
    [
        ("15/9/2026", "15/9/2026", []),
        ("16/9/2026", "16/9/2026",
         [(C.DATE, "This day is still to come"), (C.CLAIMED_ON, "This day is still to come")]),
        ("30/6/2019", "1/7/2019",
         [(C.DATE, "This is before there were Patient Safety Partners (2019). Look at the year")]),
        ("9/6/2026", "8/6/2026", [(C.CLAIMED_ON, "It was claimed before it took place. Look at both days")]),
        ("8/6/2026", "8/6/2026", []),
    ],
)  # fmt: skip
def test_days_are_in_order_and_not_to_come(on, claimed_on, found):
    assert problems(*with_days(on, claimed_on)) == found


def test_notes_and_references_fit():
    assert problems(*GOOD[:7], "x" * 50, "y" * 200) == []
    assert problems(*GOOD[:7], "x" * 51, "y" * 201) == [
        (C.NOTE, "The note must be 200 characters or fewer"),
        (C.REFERENCE, "The reference must be 50 characters or fewer"),
    ]


def test_rows_of_one_partner_one_day_and_one_reference_are_one_claim():
    one, same, other = read(GOOD, [*GOOD[:7], "a-1", ""], [*GOOD[:7], "A2", ""]).rows
    keys = [backlog.claim_key(row, "Ann", None) for row in (one, same, other)]
    assert keys[0] == keys[1] != keys[2]
    assert backlog.claim_key(one, "Ann", "Safety") != keys[0]
    assert backlog.claim_key(one, "Ben", None) != keys[0]


cells = st.text(max_size=30)


@given(st.lists(st.lists(cells, max_size=12), max_size=8))
def test_whatever_stands_in_a_list_every_row_is_sound_or_says_what_is_wrong(rows):
    for row in read(*[[cell.strip() for cell in row] for row in rows]).rows:
        assert row.is_sound is (not row.problems)
        if row.is_sound:
            assert row.on <= row.claimed_on <= TODAY
            assert row.on >= backlog.EARLIEST - timedelta(days=0)
            assert row.amount > 0
