"""A rate card's figures in words."""

from decimal import Decimal

import pytest

from expenses.enums import AtBoundary
from expenses.policies import card as cards
from expenses.policies import card_words


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (
            cards.ByDay(Decimal(75), Decimal(150), 240, AtBoundary.HALF_DAY),
            "Half day £75.00 (up to and including 4 h), full day £150.00",
        ),
        (
            cards.ByDay(Decimal(75), Decimal(150), 240, AtBoundary.FULL_DAY),
            "Half day £75.00 (less than 4 h), full day £150.00",
        ),
        (cards.ByHour(Decimal("25")), "£25.00 an hour, by the minute"),
        (cards.BySession(180, Decimal(20)), "£20.00 for each session of 3 h or part of one"),
        (cards.Unpaid(), "Time is not paid"),
    ],
)
def test_terms_in_words(terms, words):
    assert card_words.terms_in_words(terms) == words


@pytest.mark.parametrize(
    ("bands", "passenger", "words"),
    [
        (
            [cards.Band(Decimal("10000.0"), Decimal("0.5500")), cards.Band(None, Decimal("0.25"))],
            Decimal("0.05"),
            "55p a mile up to 10,000 miles a year, then 25p; 5p a mile for each passenger",
        ),
        ([cards.Band(None, Decimal("0.295"))], Decimal(0), "29.5p a mile"),
    ],
)
def test_mileage_in_words(bands, passenger, words):
    assert card_words.mileage_in_words(bands, passenger) == words


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (None, "Not paid"),
        (cards.LateCancellation(24, AtBoundary.HALF_DAY), "A half day, when the notice is 24 hours or less"),
        (cards.LateCancellation(1, AtBoundary.FULL_DAY), "A full day, when the notice is 1 hour or less"),
    ],
)
def test_late_cancellation_in_words(late, words):
    assert card_words.late_cancellation_in_words(late) == words


def test_cap_in_words():
    assert card_words.cap_in_words(Decimal(5)) == "At most £5.00"
