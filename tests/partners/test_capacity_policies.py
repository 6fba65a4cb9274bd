"""The rules of time, days away and interests; no database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.enums.capacity import CapacityStatus, CapacityUnit
from partners.policies import capacity as policies
from partners.policies.capacity import Agreed, MonthOfTime, Period, Promised
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
AT = datetime(2026, 3, 30, 9, tzinfo=UTC)


def refusal(check, *args, **kwargs):
    with pytest.raises(RuleBroken) as refused:
        check(*args, **kwargs)
    return refused.value.field, refused.value.message


# --- how much time ------------------------------------------------------------------------------
def test_months_begin_with_the_day_s_own():
    assert policies.months_from(date(2026, 11, 30)) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


@pytest.mark.parametrize(("amount", "unit"), [("0.5", "hours"), ("200", "hours"), ("23", "days")])
def test_time_that_a_month_has(amount, unit):
    policies.check_amount(Decimal(amount), unit)


@pytest.mark.parametrize(
    ("amount", "unit", "most"),
    [
        ("0", "hours", "200 hours"),
        ("-1", "days", "23 days"),
        ("200.1", "hours", "200 hours"),
        ("23.5", "days", "23 days"),
    ],
)
def test_time_that_no_month_has_is_refused(amount, unit, most):
    assert refusal(policies.check_amount, Decimal(amount), unit) == (
        "amount", f"The time must be more than 0, and {most} a month or less",
    )  # fmt: skip


@pytest.mark.parametrize("month", [date(2026, 4, 1), date(2027, 4, 1)])
def test_an_agreement_begins_with_a_month(month):
    policies.check_first_month(month, today=date(2026, 4, 17))


@pytest.mark.parametrize("month", [date(2026, 4, 2), date(2026, 3, 1), date(2027, 5, 1)])
def test_an_agreement_does_not_begin_within_a_month_before_this_one_or_later_than_a_year(month):
    assert refusal(policies.check_first_month, month, today=date(2026, 4, 17)) == (
        "starts_on", "Select a month from this one to a year ahead",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "unit", "minutes"),
    [("8", CapacityUnit.HOURS, 480), ("7.5", CapacityUnit.HOURS, 450), ("1.5", CapacityUnit.DAYS, 675)],
)
def test_an_amount_in_minutes(amount, unit, minutes):
    assert policies.minutes_of(Decimal(amount), unit, day_minutes=450) == minutes


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [("8.0", "hours", "8 hours a month"), ("1.0", "days", "1 day a month"), ("1.5", "days", "1.5 days a month"),
     ("20", "hours", "20 hours a month")],
)  # fmt: skip
def test_an_amount_in_words(amount, unit, words):
    assert policies.time_in_words(Decimal(amount), unit) == words


@pytest.mark.parametrize("status", [each for each in CapacityStatus if each != CapacityStatus.PROPOSED])
def test_what_has_an_answer_gets_no_other(status):
    with pytest.raises(TransitionNotAllowed):
        policies.check_can_be_answered(status)


def test_what_waits_can_be_answered():
    policies.check_can_be_answered(CapacityStatus.PROPOSED)


def test_the_latest_agreement_that_has_begun_holds():
    agreements = [
        Agreed(APRIL, 480, AT),
        Agreed(MAY, 600, AT),
        Agreed(APRIL, 240, AT + timedelta(days=1)),
    ]
    assert policies.agreed_in(date(2026, 3, 1), agreements) is None
    # Of two from the same month the later word counts.
    assert policies.agreed_in(APRIL, agreements) == 240
    assert policies.agreed_in(MAY, agreements) == 600
    assert policies.agreed_in(date(2030, 1, 1), agreements) == 600


def test_preparation_is_counted_with_each_meeting():
    assert policies.promised_minutes(Promised(3, 330), preparation_minutes=45) == 465
    assert policies.promised_minutes(Promised(), preparation_minutes=45) == 0


@pytest.mark.parametrize(
    ("agreed", "promised", "left", "words", "is_over"),
    [
        (480, 300, 180, "3 h left", False),
        (480, 480, 0, "Nothing left", False),
        (480, 555, -75, "1 h 15 min more than agreed", True),
        (None, 60, None, "No time has been agreed", False),
    ],
)
def test_what_is_left_in_words(agreed, promised, left, words, is_over):
    assert policies.capacity_left(agreed, promised) == left
    month = MonthOfTime(APRIL, agreed, promised, left)
    assert (month.in_words, month.is_over) == (words, is_over)


@given(st.integers(0, 12_000), st.integers(0, 12_000))
def test_what_is_left_and_promised_is_what_was_agreed(agreed, promised):
    assert policies.capacity_left(agreed, promised) + promised == agreed


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"day_minutes": 59}, "day_minutes"), ({"day_minutes": 721}, "day_minutes"),
        ({"preparation_minutes": -1}, "preparation_minutes"), ({"preparation_minutes": 721}, "preparation_minutes"),
        ({"tags": ["x"] * 61}, "tags"), ({"tags": ["x" * 61]}, "tags"),
    ],
)  # fmt: skip
def test_numbers_out_of_reason_are_refused(change, field):
    said = {"day_minutes": 450, "preparation_minutes": 60, "tags": []} | change
    assert refusal(policies.check_settings, **said)[0] == field


@pytest.mark.parametrize("minutes", [(60, 0), (720, 720)])
def test_numbers_within_reason(minutes):
    policies.check_settings(day_minutes=minutes[0], preparation_minutes=minutes[1], tags=["x" * 60] * 60)


def test_interests_to_choose_are_cleaned():
    assert policies.clean_tags(["  Falls  and  frailty ", "", "Medicines", "medicines", "  "]) == [
        "Falls and frailty", "Medicines",
    ]  # fmt: skip


# --- when -----------------------------------------------------------------------------------------
TODAY = date(2026, 4, 17)


def days(first, last):
    return Period(date(2026, 5, first), date(2026, 5, last))


def test_days_away_that_can_be():
    policies.check_away(Period(date(2026, 4, 1), TODAY), today=TODAY)
    policies.check_away(Period(TODAY, TODAY + timedelta(days=365)), today=TODAY)


def test_days_away_that_end_before_they_start_are_refused():
    assert refusal(policies.check_away, Period(date(2026, 5, 9), date(2026, 5, 8)), today=TODAY) == (
        "ends_on", "The last day away must be on or after the first, 9 May 2026",
    )  # fmt: skip


def test_days_away_that_are_over_or_too_many_are_refused():
    assert refusal(policies.check_away, Period(date(2026, 4, 1), date(2026, 4, 16)), today=TODAY)[0] == "ends_on"
    assert refusal(policies.check_away, Period(TODAY, TODAY + timedelta(days=366)), today=TODAY) == (
        "ends_on", "Days away must be a year or less. For longer, ask your lead to pause the role",
    )  # fmt: skip


def test_days_in_words():
    assert days(4, 4).in_words == "on 4 May 2026"
    assert days(4, 8).in_words == "from 4 May 2026 to 8 May 2026"


@pytest.mark.parametrize(
    ("others", "whole", "taken"),
    [
        ([], days(10, 12), 0),
        ([days(1, 8)], days(10, 12), 0),
        ([days(14, 20)], days(10, 12), 0),
        # The day before, and the day after.
        ([days(1, 9)], days(1, 12), 1),
        ([days(13, 20)], days(10, 20), 1),
        ([days(11, 11)], days(10, 12), 1),
        ([days(1, 30)], days(1, 30), 1),
        ([days(1, 10), days(12, 15), days(17, 20)], days(1, 15), 2),
        # What it reaches through another.
        ([days(9, 14), days(15, 20)], days(9, 20), 2),
    ],
)
def test_days_that_touch_become_one(others, whole, taken):
    found, gone = policies.merged(days(10, 12), others)
    assert (found, len(gone)) == (whole, taken)


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(0, 5)), max_size=6))
def test_merging_loses_no_day_and_leaves_none_touching(rows):
    kept: list[Period] = []
    for first, more in rows:
        start = date(2026, 6, first)
        whole, gone = policies.merged(Period(start, start + timedelta(days=more)), kept)
        kept = [each for each in kept if each not in gone] + [whole]
    away = {date(2026, 6, first) + timedelta(days=extra) for first, more in rows for extra in range(more + 1)}
    found = [
        each.starts_on + timedelta(days=n) for each in kept for n in range((each.ends_on - each.starts_on).days + 1)
    ]
    assert sorted(found) == sorted(away)
    assert not any(a.touches(b) for a in kept for b in kept if a is not b)


def test_times_of_a_week():
    policies.check_slots(["0:morning", "6:evening"])
    assert refusal(policies.check_slots, ["7:morning"]) == ("", "Select the times when you can usually take part")
    assert len(policies.SLOTS) == 21


def test_a_week_in_words():
    slots = ["4:evening", "0:afternoon", "0:morning", "2:morning", "2:evening", "2:afternoon"]
    assert policies.week_in_words(slots) == [
        ("Monday", "morning and afternoon"), ("Wednesday", "morning, afternoon and early evening"),
        ("Friday", "early evening"),
    ]  # fmt: skip
    assert policies.week_in_words([]) == []
