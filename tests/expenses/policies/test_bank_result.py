"""Reading the bank's answer: every row is understood or named, and none does something by chance."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import ResultOutcome, ResultRows, RunLineStatus, RunStatus
from expenses.policies.bank_result import (
    KnownLine,
    KnownPayee,
    Matched,
    Reading,
    ResultRow,
    match_rows,
    missing_columns,
    read_result,
)
from expenses.policies.exports.references import payment_reference, read_reference

TODAY = date(2026, 9, 18)
HEADER = ["Reference", "Amount", "Account", "Status", "Code", "Reason", "Paid on"]
COLUMNS = {
    "reference": "reference", "amount": "Amount", "last_four": "Account", "outcome": "Status", "code": "Code",
    "reason": "Reason", "paid_on": "Paid on",
}  # fmt: skip
READING = Reading(COLUMNS, ResultRows.MIXED, {"paid", "settled"}, {"returned"})
UNREAD = "The amount cannot be read, or is more than £99,999.99."
PAID = ["R00012-001E", "£1,013.53", "****4958", "PAID", "", ""]


def read(*cells, reading=READING):
    return read_result([HEADER, list(cells)], reading)[0]


def test_a_row_is_read():
    assert read(*PAID) == ResultRow(2, "R00012-001E", D("1013.53"), "4958", True, "", "")


def test_rows_are_numbered_as_in_the_file_and_blank_ones_left_out():
    rows = read_result([HEADER, [], PAID, ["", ""], PAID[:2]], READING)
    assert [row.number for row in rows] == [3, 5]


def test_a_file_of_other_columns_is_known():
    assert missing_columns(["REFERENCE", "Amount"], {"reference": "Reference", "amount": "Sum", "code": ""}) == [
        "amount"
    ]


@pytest.mark.parametrize(
    ("place", "cell", "error"),
    [
        (0, " ", "The row has no reference."),
        (1, "", UNREAD),
        (1, "12.345", UNREAD),
        (1, "12.50X", UNREAD),
        (1, "0.00", UNREAD),
        (1, "NaN", UNREAD),
        (1, "Infinity", UNREAD),
        (1, "1e30", UNREAD),
        (1, "9" * 30, UNREAD),
        (1, "100000.00", UNREAD),
        (3, "A 66374958 at 08/99/99, " + "x" * 40, f"“a … at …, {'x' * 20}” does not say whether it was paid."),
        (3, "Pending", "“pending” does not say whether it was paid."),
        (3, "", "The row does not say whether it was paid."),
    ],
)
def test_what_cannot_be_read_is_said(place, cell, error):
    cells = list(PAID)
    cells[place] = cell
    assert read(*cells).error == error


def test_a_row_that_ends_early_has_nothing_in_the_cells_that_it_lacks():
    assert read("R00012-001E") == ResultRow(2, "R00012-001E", None, "", True, "", UNREAD)
    assert read(*PAID[:2]).error == "The row does not say whether it was paid."


def test_a_column_that_is_not_chosen_or_not_there_is_empty():
    reading = replace(READING, columns=COLUMNS | {"code": "", "last_four": "Ending"})
    assert read(*PAID, reading=reading) == ResultRow(2, "R00012-001E", D("1013.53"), "", True, "", "")
    for name, error in (("reference", "The row has no reference."), ("amount", UNREAD)):
        columns = {column: heading for column, heading in COLUMNS.items() if column != name}
        assert read(*PAID, reading=replace(READING, columns=columns)).error == error


def test_no_more_than_forty_characters_of_a_reference_are_kept():
    assert read("R" * 41, *PAID[1:]).reference == "R" * 40


@pytest.mark.parametrize(
    ("cell", "digits"), [("****4958", "4958"), ("**49-58 ", "4958"), ("12344958", "4958"), ("58", "58"), ("", "")]
)
def test_the_last_four_digits_of_an_account_are_taken(cell, digits):
    assert read(*PAID[:2], cell, *PAID[3:]).last_four == digits


def test_a_row_that_does_not_say_is_neither_paid_nor_sent_back():
    assert read(*PAID[:3], "Pending") == ResultRow(
        2, "R00012-001E", D("1013.53"), "4958", False, "", "“pending” does not say whether it was paid."
    )


@pytest.mark.parametrize(
    ("column", "cell", "paid", "reason"),
    [
        # A file may have words, or codes, without the other.
        ("outcome", "paid", True, ""),
        ("outcome", "returned", False, "The bank sent the payment back"),
        ("code", "B", False, "The account has been closed"),
    ],
)
def test_a_file_with_words_or_codes_alone(column, cell, paid, reason):
    columns = {"reference": "Reference", "amount": "Amount", column: COLUMNS[column]}
    cells = ["R00012-001E", "1.00", "", *([cell] if column == "outcome" else ["", cell])]
    row = read(*cells, reading=replace(READING, columns=columns))
    assert (row.is_paid, row.reason, row.error) == (paid, reason, "")


def test_without_codes_the_bank_s_own_words_say_why():
    columns = {name: heading for name, heading in COLUMNS.items() if name != "code"}
    row = read("R00012-001E", "1.00", "", "returned", "B", "Gone away", reading=replace(READING, columns=columns))
    assert (row.is_paid, row.reason, row.error) == (False, "Gone away", "")


def test_a_file_with_neither_does_not_say():
    row = read("R00012-001E", "1.00", reading=replace(READING, columns={"reference": "Reference", "amount": "Amount"}))
    assert row.error == "The row does not say whether it was paid."


@pytest.mark.parametrize(
    ("text", "amount"),
    [("-13.53", "13.53"), ("(13.5)", "13.50"), ("+1 013", "1013.00"), ("0.01", "0.01"), ("99,999.99", "99999.99")],
)
def test_an_amount_is_read_without_its_sign(text, amount):
    assert read("R00012-001E", text, "", "paid").amount == D(amount)


@pytest.mark.parametrize(
    ("status", "code", "said", "paid", "reason"),
    [
        ("returned", "", "", False, "The bank sent the payment back"),
        ("returned", "", "Account 66374958 at 08-99-99 closed", False, "Account … at … closed"),
        ("", "B", "Their words", False, "The account has been closed"),
        ("", "Q", "", False, "The bank sent the payment back (code Q)"),
        ("", "12345678", "", False, "The bank sent the payment back"),
        ("returned", "", "Our R00012-001E to 60161312345678", False, "Our R…E to …"),
        # Five digits are no account's; six are, whatever stands between them.
        ("returned", "", "Branch 12345 and 1_23/4.56", False, "Branch 12345 and …"),
        ("returned", "", "x" * 201, False, "x" * 200),
        ("paid", "", "", True, ""),
    ],
)
def test_whether_it_was_paid_and_why_not(status, code, said, paid, reason):
    row = read("R00012-001E", "1.00", "", status, code, said)
    assert (row.is_paid, row.reason, row.error) == (paid, reason, "")


def test_a_row_that_says_paid_and_has_a_code_is_not_guessed():
    assert read("R00012-001E", "1.00", "", "paid", "B").error == "“paid” does not say whether it was paid."


@pytest.mark.parametrize(
    ("rows", "paid", "reason"),
    [(ResultRows.PAYMENTS, True, ""), (ResultRows.RETURNS, False, "The bank sent the payment back")],
)
def test_a_file_of_one_kind_needs_no_words(rows, paid, reason):
    reading = replace(READING, rows=rows, columns={"reference": "Reference", "amount": "Amount"})
    row = read("R00012-001E", "1.00", reading=reading)
    assert (row.is_paid, row.reason, row.error) == (paid, reason, "")


def test_no_account_number_is_kept_of_a_reference():
    assert read("Payment 66374958", "1.00", "", "paid").shown_reference == "Payment …"
    assert read("Ref R00012-001E", "1.00", "", "paid").shown_reference == "R00012-001E"
    for text in ("Account number 12345678 sort code 60-16-13 unknown", "To 60.16.13 / 1234 5678", "Mr 12345678"):
        shown = read(text, "1.00", "", "paid").shown_reference
        assert not re.search(r"[0-9]{3}", shown), shown
    assert read("R00012-001E to 60161312345678", "1.00", "", "paid").shown_reference == "R00012-001E"


# --- what each row does -------------------------------------------------------------------------
def line(key, amount="13.53", *, time=False, status=RunLineStatus.LISTED, mine=False):
    return KnownLine(key, time, D(amount), status, mine)


PAYEE = KnownPayee(
    "R00012", "run", RunStatus.RELEASED, 1, "Ada", "4958", [line("a"), line("b", "4.20"), line("c", "75.00", time=True)]
)


def result(reference="R00012-001E", amount="17.73", *, last_four="", paid=True, number=2):
    return ResultRow(number, reference, D(amount), last_four, paid, "" if paid else "Closed")


def matched(row, payee=PAYEE, roll_numbers=None):
    (found,) = match_rows([row], [payee], roll_numbers or {}, today=TODAY)
    assert found.row == row
    return found


@pytest.mark.parametrize(
    ("reference", "amount", "keys"),
    [("R00012-001E", "17.73", "ab"), ("R00012-001T", "75.00", "c"), ("R00012-001", "92.73", "abc")],
)
def test_a_row_is_about_one_person_s_lines_of_one_ledger(reference, amount, keys):
    found = matched(result(reference, amount, last_four="4958"))
    assert (found.outcome, "".join(line.key for line in found.lines), found.payee) == (ResultOutcome.PAID, keys, PAYEE)


def test_a_return_fails_them_with_its_reason():
    found = matched(result(paid=False))
    assert (found.outcome, found.words, found.payee) == (ResultOutcome.FAILED, "Closed", PAYEE)
    assert [line.key for line in found.lines] == ["a", "b"]


@pytest.mark.parametrize(
    ("row", "payee", "words", "outcome"),
    [
        (result("R00099-001E"), PAYEE, "No payment of your runs has this reference.", ResultOutcome.UNMATCHED),
        (result("Something"), PAYEE, "No payment of your runs has this reference.", ResultOutcome.UNMATCHED),
        (result(amount="17.74"), PAYEE, "The amount is £17.74 here and £17.73 in the run.", ResultOutcome.UNMATCHED),
        (result(last_four="0000"), PAYEE, "The account ends in 0000 here and in 4958 in the run.",
         ResultOutcome.UNMATCHED),
        (result(), replace(PAYEE, lines=[line("c", time=True)]), "The run pays this person nothing of this kind.",
         ResultOutcome.UNMATCHED),
        (result(), replace(PAYEE, lines=[line("a", status=RunLineStatus.PAID), line("b", status=RunLineStatus.FAILED)]),
         "Its lines have been marked before: failed, paid.", ResultOutcome.SETTLED),
        (result(), replace(PAYEE, run_status=RunStatus.DRAFT), "Run R00012 is “waiting to be released”.",
         ResultOutcome.UNMATCHED),
        (result(amount="13.53"), replace(PAYEE, lines=[line("a", mine=True)]),
         "You claimed or decided a line of it, so somebody else in finance must mark it.", ResultOutcome.UNMATCHED),
        (ResultRow(2, "R00012-001E", error="The amount cannot be read."), PAYEE, "The amount cannot be read.",
         ResultOutcome.UNMATCHED),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_does_nothing_and_says_why(row, payee, words, outcome):
    found = matched(row, payee)
    assert (found.words, found.outcome, found.lines) == (words, outcome, ())


def test_a_row_that_does_not_fit_its_payment_still_names_the_person():
    row = result(amount="17.74")
    assert matched(row) == Matched(
        row, ResultOutcome.UNMATCHED, "The amount is £17.74 here and £17.73 in the run.", PAYEE
    )


def test_what_was_marked_before_does_not_count_to_the_amount():
    half = replace(PAYEE, lines=[line("a"), line("b", "4.20", status=RunLineStatus.PAID)])
    assert matched(result(amount="13.53"), half).outcome == ResultOutcome.PAID
    assert matched(result(amount="17.73"), half).outcome == ResultOutcome.UNMATCHED


@pytest.mark.parametrize("run_status", [RunStatus.RELEASED, RunStatus.SETTLED])
def test_what_was_paid_is_sent_back_whole(run_status):
    done = [line("a", status=RunLineStatus.PAID), line("b", "4.20", status=RunLineStatus.PAID)]
    found = matched(result(paid=False), replace(PAYEE, run_status=run_status, lines=done))
    assert (found.outcome, found.words, found.lines) == (ResultOutcome.SENT_BACK, "Closed", tuple(done))
    part = matched(result(amount="13.53", paid=False), replace(PAYEE, run_status=run_status, lines=done))
    assert (part.lines, part.words) == ((), "The amount is £13.53 here and £17.73 in the run.")


def test_of_what_is_marked_in_part_the_rest_can_fail_or_all_be_sent_back():
    half = replace(PAYEE, lines=[line("a"), line("b", "4.20", status=RunLineStatus.PAID)])
    rest, whole = matched(result(amount="13.53", paid=False), half), matched(result(paid=False), half)
    assert (rest.outcome, [line.key for line in rest.lines]) == (ResultOutcome.FAILED, ["a"])
    assert (whole.outcome, [line.key for line in whole.lines]) == (ResultOutcome.SENT_BACK, ["a", "b"])


# --- the day --------------------------------------------------------------------------------------
def test_the_day_is_read_of_what_was_paid_alone():
    assert read(*PAID, "16/09/2026").paid_on == date(2026, 9, 16)
    assert read(*PAID, " ").paid_on is None
    assert read(*PAID, "soon").error == "The day it was paid cannot be read. Write it like 31/12/2026."
    back = read("R00012-001E", "1.00", "", "returned", "", "", "soon")
    assert (back.error, back.paid_on) == ("", None)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 9, 14), "The day it was paid must be on or after 15 September 2026, when the run was released."),
        (date(2026, 9, 15), ""),
        (TODAY, ""),
        (date(2026, 9, 19), "The day it was paid must be today or in the past."),
    ],
)
def test_nothing_is_paid_before_its_release_or_in_days_to_come(day, words):
    payee = replace(PAYEE, released_on=date(2026, 9, 15))
    found = matched(replace(result(), paid_on=day), payee)
    assert (found.words, bool(found.lines)) == (words, not words)
    by_roll_number = matched(replace(result("3/1234-5"), paid_on=day), payee, {"3/1234-5": [payee]})
    assert (by_roll_number.words, by_roll_number.lines) == (words, found.lines)


# --- what must never be kept ------------------------------------------------------------------------
DIGITS = st.text("0123456789", min_size=6, max_size=14)
BETWEEN = st.sampled_from(["", " ", "-", "R", "r", " R", "MR ", "/", "Account number ", "ref: ", "\n", "R00012-001E "])
CELL = st.builds(lambda parts: "".join(parts), st.lists(BETWEEN | DIGITS, max_size=5))


@given(cells=st.lists(CELL, min_size=7, max_size=7), status=st.sampled_from(["paid", "returned", "Account 12345678"]))
def test_whatever_a_bank_writes_no_account_number_is_kept_or_shown(cells, status):
    cells[3] = status
    row = read(*cells)
    (found,) = match_rows([row], [PAYEE], {}, today=TODAY)
    reference = read_reference(row.reference)
    ours = payment_reference(*reference) if reference else ""
    kept = [row.shown_reference.removeprefix(ours), found.words, row.reason, row.error, str(row.amount or "")]
    assert not [text for text in kept if re.search(r"[0-9]{6}", text)]


def test_the_second_row_about_a_payment_does_nothing():
    first, second, third = match_rows(
        [result(number=2), result(number=3), result("R00012-001T", "75.00", number=4)], [PAYEE], {}, today=TODAY
    )
    assert (first.outcome, third.outcome) == (ResultOutcome.PAID, ResultOutcome.PAID)
    assert second == Matched(
        result(number=3), ResultOutcome.UNMATCHED, "Row 2 is about the same payment.", payee=None, lines=()
    )


def test_a_row_about_what_two_rows_have_paid_already_names_the_first():
    rows = [
        result("R00012-001T", "75.00", number=2),
        result(number=3),
        result("R00012-001", "92.73", number=4),
    ]
    assert [found.words for found in match_rows(rows, [PAYEE], {}, today=TODAY)] == [
        "",
        "",
        "Row 2 is about the same payment.",
    ]


def test_a_building_society_answers_by_roll_number():
    row = result("3/1234-5", "17.73")
    assert len(matched(row, roll_numbers={"3/1234-5": [PAYEE]}).lines) == 2
    both = result("3/1234-5", "92.73")
    assert len(matched(both, roll_numbers={"3/1234-5": [PAYEE]}).lines) == 3
    other = replace(PAYEE, run="R00013", run_key="other", lines=[line("x", "17.73")])
    assert matched(row, roll_numbers={"3/1234-5": [PAYEE, other]}) == Matched(
        row, ResultOutcome.UNMATCHED, "More than one payment fits this row."
    )
    small = result("ab/1234", "17.73")
    assert matched(small, roll_numbers={"AB/1234": [PAYEE]}).outcome == ResultOutcome.PAID
    assert (
        matched(result("3/1234-5", "1.00"), roll_numbers={"3/1234-5": [PAYEE]}).words
        == "The amount is £1.00 here and £17.73 in the run."
    )
