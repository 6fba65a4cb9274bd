"""Rules of a line or two that have no file of their own: who can help, and how long receipts are kept."""

from datetime import date

import pytest

from expenses.policies import helping, retention
from psp_portal.exceptions import RuleBroken

HELPER = {"email": "kit@example.org", "own_email": "ana@example.org", "is_named": False, "is_staff": False}


# --- helpers ------------------------------------------------------------------------------
def test_anybody_else_can_be_named_as_a_helper():
    helping.check_can_be_named(**HELPER)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "ana@example.org"}, "This is your own email address. Enter your helper’s"),
        ({"email": "Ana@Example.ORG"}, "This is your own email address. Enter your helper’s"),
        (
            {"email": "ana@example.org", "own_email": "ANA@EXAMPLE.ORG"},
            "This is your own email address. Enter your helper’s",
        ),
        ({"is_named": True}, "You have named the person with this email address already"),
        (
            {"is_staff": True},
            "The person with this email address works with claims here, so they cannot prepare yours",
        ),
        ({"is_named": True, "is_staff": True}, "You have named the person with this email address already"),
    ],
)
def test_who_cannot_be_named_as_a_helper(changes, words):
    with pytest.raises(RuleBroken) as refused:
        helping.check_can_be_named(**HELPER | changes)
    assert (refused.value.field, refused.value.message) == ("email", words)


# --- keeping receipts ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("today", "years", "first"),
    [
        (date(2026, 9, 15), 6, date(2020, 4, 1)),
        (date(2027, 3, 31), 6, date(2020, 4, 1)),
        (date(2027, 4, 1), 6, date(2021, 4, 1)),
        (date(2027, 4, 1), 1, date(2026, 4, 1)),
    ],
)
def test_originals_are_kept_until_years_after_the_financial_year(today, years, first):
    assert retention.first_day_kept(today, years) == first


@pytest.mark.parametrize("years", [1, 30])
def test_years_within_reason(years):
    retention.check_retention(years)


@pytest.mark.parametrize("years", [0, 31])
def test_years_without_reason(years):
    with pytest.raises(RuleBroken) as refused:
        retention.check_retention(years)
    assert (refused.value.field, refused.value.message) == (
        "retention_years",
        "The years must be between 1 and 30",
    )
