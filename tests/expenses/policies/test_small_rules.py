"""Rules of a line or two that have no file of their own: who can help, how long receipts are kept, what was seen."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal as D

import pytest

from expenses.policies import helping, oddness, retention, seen
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

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


# --- what was seen ------------------------------------------------------------------------
NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([D("1.5")], [D("1.50")]),
        ([D("100")], [D("1E+2")]),
        ([NOON], [NOON.astimezone(timezone(timedelta(hours=1)))]),
        (["a", None], ("a", None)),
    ],
)
def test_one_value_written_in_two_ways_is_one_version(one, other):
    assert seen.version_of(one) == seen.version_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([D("1.5")], [D("1.51")]),
        ([NOON], [NOON + timedelta(seconds=1)]),
        (["a", "b"], ["b", "a"]),
        (["ab", "c"], ["a", "bc"]),
        (["a"], ["a", ""]),
        ([None], [0]),
    ],
)
def test_another_value_is_another_version(one, other):
    assert seen.version_of(one) != seen.version_of(other)


def test_a_version_is_what_pages_that_are_open_already_say():
    assert seen.version_of(["taxi", D("14.50"), NOON]) == "aa21b08209d40ae8"


def test_what_has_changed_since_is_looked_at_again():
    seen.check_seen("", "b", "This line")
    seen.check_seen("a", "a", "This line")
    with pytest.raises(TransitionNotAllowed) as refused:
        seen.check_seen("a", "b", "This line")
    assert (refused.value.field, refused.value.message) == (
        "",
        "This line has changed since you opened the page. Look at it again.",
    )


# --- what is unusual ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("amount", "earlier", "usual", "is_far"),
    [
        ("20.00", ["10.00", "10.00"], None, False),
        ("20.00", ["10.00", "10.00", "10.00"], D("10.00"), True),
        ("19.99", ["10.00", "10.00", "10.00"], D("10.00"), False),
        ("20.01", ["5.00", "10.00", "90.00"], D("10.00"), True),
        ("25.00", ["10.00", "12.00", "13.00", "90.00"], D("12.50"), True),
        ("24.99", ["10.00", "12.00", "13.00", "90.00"], D("12.50"), False),
        # Nothing is far above nothing; but a penny is something.
        ("5.00", ["0.00", "0.00", "0.00"], D("0.00"), False),
        ("0.02", ["0.01", "0.01", "0.01"], D("0.01"), True),
    ],
)
def test_far_above_is_twice_the_usual_of_at_least_three(amount, earlier, usual, is_far):
    before = [D(each) for each in earlier]
    assert oddness.usual_amount(before) == usual
    assert oddness.is_far_above_usual(D(amount), before) is is_far
