"""Pounds and pence: the one place that rounds, and how money is written."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psp_portal.money import format_number, format_pounds, format_rate, to_pence, total


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("6.765", "6.77"),
        ("6.7649999", "6.76"),
        ("0.005", "0.01"),
        ("0.004", "0.00"),
        ("2.675", "2.68"),  # a float would say 2.67
        ("12", "12.00"),
        ("-0.005", "-0.01"),
    ],
)
def test_amounts_are_rounded_half_up_to_the_penny(amount, rounded):
    assert str(to_pence(D(amount))) == rounded


def test_a_total_has_two_decimals_even_of_nothing():
    assert str(total([])) == "0.00"
    assert str(total([D("0.10"), D("0.20")])) == "0.30"


@given(st.lists(st.integers(-1_000_000, 1_000_000)))
def test_a_total_is_exact(pence):
    assert total(D(value) / 100 for value in pence) == D(sum(pence)) / 100


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "£0.00"),
        ("4.2", "£4.20"),
        ("1234.5", "£1,234.50"),
        ("1234567.891", "£1,234,567.89"),
        ("-5", "-£5.00"),
        ("-0.001", "£0.00"),
    ],
)
def test_pounds_are_written_as_people_read_them(amount, text):
    assert format_pounds(D(amount)) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        ("0.55", "55p"),
        ("0.5", "50p"),
        ("0.05", "5p"),
        ("0.295", "29.5p"),
        ("0.10", "10p"),
        ("0", "0p"),
        ("1", "£1.00"),
        ("1.05", "£1.05"),
    ],
)
def test_a_rate_is_written_as_people_say_it(rate, text):
    assert format_rate(D(rate)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("24.60", "24.6"), ("20.0", "20"), ("100", "100"), ("0", "0"), ("1E+2", "100"), ("0.05", "0.05")],
)
def test_a_number_has_no_more_decimals_than_it_needs(value, text):
    assert format_number(D(value)) == text
