"""What people type, and what they are told when it cannot be used."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from psp_portal.nhsuk.fields import (
    AccountNumberField,
    MilesField,
    MoneyField,
    NHSDateField,
    ReceiptField,
    SortCodeField,
    TokenField,
)


def refusal(field: forms.Field, value: Any) -> tuple[str, tuple[int, ...]]:
    """Return the message for a value and, for a date, which boxes it names."""
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(value)
    (error,) = refused.value.error_list
    (message,) = error.messages
    return message, (error.params or {}).get("parts", ())


# --- dates ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["6", "8", "2026"], date(2026, 8, 6)),
        (["06", "08", "2026"], date(2026, 8, 6)),
        ([" 6 ", " 8", "2026 "], date(2026, 8, 6)),
        (["6", "August", "2026"], date(2026, 8, 6)),
        (["6", "aug", "2026"], date(2026, 8, 6)),
        (["29", "2", "2028"], date(2028, 2, 29)),
    ],
)
def test_date_is_read(typed: list[str], expected: date) -> None:
    assert NHSDateField().clean(typed) == expected


@pytest.mark.parametrize(
    ("typed", "message", "boxes"),
    [
        (["", "", ""], "Enter the date of the journey", ()),
        (["", "8", "2026"], "Date of the journey must include a day", (0,)),
        (["6", "", "2026"], "Date of the journey must include a month", (1,)),
        (["6", "8", ""], "Date of the journey must include a year", (2,)),
        (["6", "", ""], "Date of the journey must include a month and a year", (1, 2)),
        (["30", "2", "2026"], "Date of the journey must be a real date. February 2026 has 28 days", (0,)),
        (["31", "April", "2026"], "Date of the journey must be a real date. April 2026 has 30 days", (0,)),
        (["29", "2", "2026"], "Date of the journey must be a real date. February 2026 has 28 days", (0,)),
        (["32", "8", "2026"], "Date of the journey must have a day from 1 to 31", (0,)),
        (["0", "8", "2026"], "Date of the journey must have a day from 1 to 31", (0,)),
        (["six", "8", "2026"], "Date of the journey must have a day from 1 to 31", (0,)),
        (["-6", "8", "2026"], "Date of the journey must have a day from 1 to 31", (0,)),
        (["٦", "8", "2026"], "Date of the journey must have a day from 1 to 31", (0,)),
        (["6", "13", "2026"], "Date of the journey must have a month from 1 to 12", (1,)),
        (["6", "smarch", "2026"], "Date of the journey must have a month from 1 to 12", (1,)),
        (["6", "8", "26"], "Date of the journey must have a year with 4 numbers, like 2026", (2,)),
        (["6", "8", "20266"], "Date of the journey must have a year with 4 numbers, like 2026", (2,)),
        (["6", "8", "0001"], "Date of the journey must have a year from 1900 to 2100", (2,)),
        (["6" * 5000, "8", "2026"], "Date of the journey must have a day from 1 to 31", (0,)),
        (["6\x00", "8", "2026"], "Date of the journey must have a day from 1 to 31", (0,)),
    ],
)
def test_date_says_what_is_wrong_and_where(typed: list[str], message: str, boxes: tuple[int, ...]) -> None:
    assert refusal(NHSDateField(noun="Date of the journey"), typed) == (message, boxes)


def test_date_outside_its_limits_is_refused() -> None:
    field = NHSDateField(noun="Date", earliest=date(2026, 4, 1), latest=date(2026, 11, 22))
    assert field.clean(["1", "4", "2026"]) == date(2026, 4, 1)
    assert field.clean(["22", "11", "2026"]) == date(2026, 11, 22)
    assert refusal(field, ["31", "3", "2026"]) == ("Date must be on or after 1 April 2026", ())
    assert refusal(field, ["23", "11", "2026"]) == ("Date must be on or before 22 November 2026", ())


def test_date_may_be_left_out_where_it_is_not_required() -> None:
    assert NHSDateField(required=False).clean(["", "", ""]) is None


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_date_shown_and_typed_again_is_the_same(day: date) -> None:
    field = NHSDateField()
    shown = [str(part) for part in field.widget.decompress(day)]
    assert field.clean(shown) == day
    assert not field.has_changed(day, shown)


# --- money ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("£1,234.50", "1234.50"),
        ("1234.5", "1234.50"),
        ("1 234.50", "1234.50"),
        ("£ 12", "12.00"),
        (".5", "0.50"),
        ("12.", "12.00"),
        ("007", "7.00"),
        ("99999.99", "99999.99"),
        ("0.01", "0.01"),
    ],
)
def test_money_is_read(typed: str, expected: str) -> None:
    amount = MoneyField().clean(typed)
    assert (amount, str(amount)) == (Decimal(expected), expected)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the amount"),
        ("   ", "Enter the amount"),
        ("-5", "Amount must be £0.01 or more"),
        ("−5", "Amount must be £0.01 or more"),
        ("-£5", "Amount must be £0.01 or more"),
        ("£-5", "Amount must be £0.01 or more"),
        ("(5.00)", "Amount must be £0.01 or more"),
        ("0", "Amount must be £0.01 or more"),
        ("1.234", "Amount must be in pounds and pence, like 12.50"),
        ("100000", "Amount must be £99,999.99 or less"),
        ("9" * 60, "Amount must be £99,999.99 or less"),
        ("twelve", "Amount must be a number, like 12.50"),
        ("12.50p", "Amount must be a number, like 12.50"),
        ("12,50", "Amount must be a number, like 12.50"),
        ("1,23.00", "Amount must be a number, like 12.50"),
        ("1e3", "Amount must be a number, like 12.50"),
        ("NaN", "Amount must be a number, like 12.50"),
        ("Infinity", "Amount must be a number, like 12.50"),
        ("1.2.3", "Amount must be a number, like 12.50"),
        (".", "Amount must be a number, like 12.50"),
        ("£", "Amount must be a number, like 12.50"),
        ("££5", "Amount must be a number, like 12.50"),
        ("١٢", "Amount must be a number, like 12.50"),
        ("5\x00", "Amount must be a number, like 12.50"),
    ],
)
def test_money_says_what_is_wrong(typed: str, message: str) -> None:
    assert refusal(MoneyField(), typed) == (message, ())


def test_money_takes_its_name_and_limits() -> None:
    field = MoneyField(noun="Fare", min_value="0", max_value="500")
    assert field.clean("0") == Decimal("0.00")
    assert refusal(field, "500.01")[0] == "Fare must be £500.00 or less"
    assert refusal(field, "")[0] == "Enter the fare"


def test_money_shows_what_was_typed_and_stored_amounts_with_pence() -> None:
    form_class = type("ExampleForm", (forms.Form,), {"amount": MoneyField()})
    assert form_class({"amount": "£12,50"})["amount"].value() == "£12,50"
    assert form_class(initial={"amount": Decimal("12.5")})["amount"].value() == "12.50"


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2))
def test_money_written_in_any_usual_way_is_the_same(amount: Decimal) -> None:
    field = MoneyField()
    assert {field.clean(f"£{amount:,.2f}"), field.clean(f"{amount:.2f}"), field.clean(f" £ {amount} ")} == {amount}


# --- miles ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "expected"),
    [("24.6", "24.6"), ("24.6 miles", "24.6"), ("1,200", "1200.0"), ("0.1", "0.1"), ("2000", "2000.0")],
)
def test_miles_are_read(typed: str, expected: str) -> None:
    assert MilesField().clean(typed) == Decimal(expected)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the miles"),
        ("0", "Miles must be 0.1 or more"),
        ("-4", "Miles must be 0.1 or more"),
        ("9,999", "Miles must be 2,000 or less"),
        ("9999", "Miles must be 2,000 or less"),
        ("2000.1", "Miles must be 2,000 or less"),
        ("24.65", "Miles must have no more than 1 decimal place, like 24.6"),
        ("far", "Miles must be a number, like 24.6"),
        ("miles", "Miles must be a number, like 24.6"),
    ],
)
def test_miles_say_what_is_wrong(typed: str, message: str) -> None:
    assert refusal(MilesField(), typed) == (message, ())


# --- bank -----------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["309430", "30-94-30", "30 94 30", "30–94–30", " 30-94-30 "])
def test_sort_code_is_read(typed: str) -> None:
    assert SortCodeField().clean(typed) == "309430"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the sort code"),
        ("30943", "Sort code must have 6 numbers, like 30-94-30"),
        ("3094300", "Sort code must have 6 numbers, like 30-94-30"),
        ("30943O", "Sort code must only have numbers, like 30-94-30"),
        ("٣٠٩٤٣٠", "Sort code must only have numbers, like 30-94-30"),
    ],
)
def test_sort_code_says_what_is_wrong(typed: str, message: str) -> None:
    assert refusal(SortCodeField(), typed)[0] == message


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("12345678", "12345678"), ("1234 5678", "12345678"), ("1234567", "01234567"), ("123456", "00123456")],
)
def test_account_number_is_read(typed: str, expected: str) -> None:
    assert AccountNumberField().clean(typed) == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the account number"),
        ("12345", "Account number must have 6 to 8 numbers, like 00733445"),
        ("123456789", "Account number must have 6 to 8 numbers, like 00733445"),
        ("1234567X", "Account number must only have numbers, like 00733445"),
    ],
)
def test_account_number_says_what_is_wrong(typed: str, message: str) -> None:
    assert refusal(AccountNumberField(), typed)[0] == message


def test_bank_details_may_be_left_out_where_they_are_not_required() -> None:
    assert SortCodeField(required=False).clean("") == ""
    assert AccountNumberField(required=False).clean(None) == ""


def test_browsers_are_asked_not_to_remember_bank_details() -> None:
    for field in (SortCodeField(), AccountNumberField()):
        assert field.widget.attrs["autocomplete"] == "off"


# --- files and tokens -----------------------------------------------------------------------
def test_receipt_of_the_right_size_is_taken() -> None:
    upload = SimpleUploadedFile("taxi.jpg", b"x" * 1024, content_type="image/jpeg")
    assert ReceiptField(max_bytes=1024).clean(upload) is upload


def test_receipt_says_what_is_wrong() -> None:
    field = ReceiptField(max_bytes=2 * 1024 * 1024)
    assert refusal(field, None)[0] == "Select a receipt"
    assert refusal(field, SimpleUploadedFile("empty.pdf", b""))[0] == "The selected file is empty"
    large = SimpleUploadedFile("photo.jpg", b"x" * (2 * 1024 * 1024 + 1))
    assert refusal(field, large)[0] == "The selected file must be smaller than 2MB"
    assert refusal(field, "taxi.jpg")[0] == "The selected file could not be uploaded. Try again"


def test_receipt_offers_photos_and_pdfs_and_leaves_heic_to_the_phone() -> None:
    types = "image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf"
    assert ReceiptField().widget.attrs == {"accept": types}


def test_token_is_new_on_each_page_and_kept_when_the_page_comes_back() -> None:
    form_class = type("ExampleForm", (forms.Form,), {"token": TokenField()})
    first, second = form_class()["token"].value(), form_class()["token"].value()
    assert first != second
    form = form_class({"token": first})
    assert form["token"].value() == first
    assert form.is_valid()
    assert form.cleaned_data == {"token": uuid.UUID(first)}


@pytest.mark.parametrize("sent", [{}, {"token": ""}, {"token": "nonsense"}])
def test_lost_token_is_replaced_so_that_sending_again_works(sent: dict[str, str]) -> None:
    form = type("ExampleForm", (forms.Form,), {"token": TokenField()})(sent)
    assert form.errors == {"token": ["This page was out of date. Check your answers and send it again"]}
    fresh = form["token"].value()
    assert str(uuid.UUID(fresh)) == fresh
