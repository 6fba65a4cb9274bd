"""What time earns: bases, boundaries, the day's sum, cancelled meetings, and what the partner takes of it."""

from datetime import date
from decimal import Decimal as D

import pytest

from expenses.enums import AtBoundary, Preference, Problem
from expenses.policies.card import ByDay, ByHour, BySession, TimeBefore, TimeRate, Unpaid
from expenses.policies.entitlement import earned
from tests.expenses.policies.builders import BY_DAY, DAY, cancelled, late_card, make_card, pays, price, time

FULL_AT_BOUNDARY = ByDay(D("75.00"), D("150.00"), 240, AtBoundary.FULL_DAY)
THREE_HOURS = BySession(180, D("20.00"))


@pytest.mark.parametrize(
    ("terms", "minutes", "pounds"),
    [
        (BY_DAY, 0, "0.00"),
        (BY_DAY, 1, "75.00"),
        (BY_DAY, 239, "75.00"),
        (BY_DAY, 240, "75.00"),
        (BY_DAY, 241, "150.00"),
        (BY_DAY, 1440, "150.00"),
        (FULL_AT_BOUNDARY, 239, "75.00"),
        (FULL_AT_BOUNDARY, 240, "150.00"),
        (FULL_AT_BOUNDARY, 241, "150.00"),
        (ByHour(D("25.00")), 0, "0.00"),
        (ByHour(D("25.00")), 60, "25.00"),
        (ByHour(D("25.00")), 1, "0.42"),  # 0.41666…
        (ByHour(D("25.00")), 50, "20.83"),
        (ByHour(D("11.31")), 30, "5.66"),  # 5.655: half up
        (ByHour(D("14.80")), 205, "50.57"),  # 50.5666…
        (THREE_HOURS, 0, "0.00"),
        (THREE_HOURS, 1, "20.00"),
        (THREE_HOURS, 180, "20.00"),
        (THREE_HOURS, 181, "40.00"),
        (THREE_HOURS, 361, "60.00"),
        (Unpaid(), 300, "0.00"),
    ],
)
def test_a_days_minutes_earn_what_the_terms_say(terms, minutes, pounds):
    assert earned(terms, minutes) == D(pounds)


@pytest.mark.parametrize(
    ("terms", "minutes", "pay", "rule"),
    [
        (BY_DAY, 210, "75.00", "3 h 30 min on 15 September 2026: half day"),
        (BY_DAY, 241, "150.00", "4 h 1 min on 15 September 2026: full day"),
        (ByHour(D("25.00")), 90, "37.50", "1 h 30 min on 15 September 2026 at £25.00 an hour"),
        (THREE_HOURS, 45, "20.00", "45 min on 15 September 2026: 1 session of 3 h or part of it at £20.00"),
        (THREE_HOURS, 200, "40.00", "3 h 20 min on 15 September 2026: 2 × session of 3 h or part of it at £20.00"),
        (Unpaid(), 60, "0.00", "1 h on 15 September 2026: this role is not paid for time"),
        (BY_DAY, 0, "0.00", "no time on 15 September 2026: nothing to pay"),
    ],
)
def test_a_line_for_time_says_why_it_pays_what_it_pays(terms, minutes, pay, rule):
    (line,) = price(time(minutes), card=make_card(terms)).lines
    assert (str(line.pay), line.rule, line.problems, line.row) == (pay, rule, (), "time")


def test_a_days_minutes_are_summed_and_paid_on_its_first_line():
    priced = price(time(90), time(60, date(2026, 9, 14)), time(120), time(31))
    assert pays(priced) == ["150.00", "75.00", "0.00", "0.00"]
    assert priced.lines[0].rule == "4 h 1 min on 15 September 2026: full day"
    assert priced.lines[2].rule == "counted with the first line for time on 15 September 2026"
    assert str(priced.totals.time) == "225.00"


def test_the_first_line_carries_the_days_payment_even_when_it_has_no_minutes_itself():
    assert pays(price(time(0), time(60))) == ["75.00", "0.00"]


def test_hours_and_sessions_are_counted_over_the_day_and_not_line_by_line():
    assert pays(price(time(10), time(10), card=make_card(ByHour(D("25.00"))))) == ["8.33", "0.00"]
    assert pays(price(time(100), time(80), card=make_card(THREE_HOURS))) == ["20.00", "0.00"]


def test_the_row_in_force_on_the_day_of_the_activity_prices_it():
    rows = (
        TimeRate(frozenset({3, 4}), date(2026, 1, 1), date(2026, 9, 14), ByHour(D("10.00")), row="old"),
        TimeRate(frozenset({4}), date(2026, 9, 15), None, BY_DAY, row="new"),
    )
    card = make_card(time_rates=rows)
    priced = price(time(60, date(2026, 9, 14)), time(60, DAY), card=card)
    assert pays(priced) == ["10.00", "75.00"]
    assert [line.row for line in priced.lines] == ["old", "new"]


def test_a_category_with_no_row_that_day_is_paid_nothing_and_flagged():
    row = TimeRate(frozenset({4}), DAY, DAY, BY_DAY)
    card = late_card(time_rates=(row,))
    priced = price(time(60), time(60, date(2026, 9, 14)), cancelled(1, date(2026, 9, 16)), card=card)
    assert pays(priced) == ["75.00", "0.00", "0.00"]
    assert [line.problems for line in priced.lines] == [(), (Problem.ROLE_NOT_PAID,), (Problem.ROLE_NOT_PAID,)]
    assert priced.lines[1].rule == "time is not paid for role category 4 on 14 September 2026"
    assert price(time(60), card=card, role_category=3).lines[0].problems == (Problem.ROLE_NOT_PAID,)


# --- cancelled meetings -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("card", "notice", "pay", "rule"),
    [
        (late_card(), "0", "75.00", "cancelled 0 hours before the meeting on 15 September 2026: half day"),
        (late_card(), "1", "75.00", "cancelled 1 hour before the meeting on 15 September 2026: half day"),
        (late_card(), "24", "75.00", "cancelled 24 hours before the meeting on 15 September 2026: half day"),
        (
            late_card(),
            "24.5",
            "0.00",
            "cancelled 24.5 hours before the meeting on 15 September 2026: paid only within 24 hours",
        ),
        (
            late_card(AtBoundary.FULL_DAY),
            "2",
            "150.00",
            "cancelled 2 hours before the meeting on 15 September 2026: full day",
        ),
        (make_card(), "0", "0.00", "cancelled meetings are not paid on this rate card"),
        (
            late_card(terms=ByHour(D("25.00"))),
            "0",
            "0.00",
            "cancelled meetings are paid only where time is paid by the day",
        ),
        (late_card(terms=Unpaid()), "0", "0.00", "cancelled meetings are paid only where time is paid by the day"),
    ],
)
def test_a_cancelled_meeting_pays_by_its_notice(card, notice, pay, rule):
    priced = price(cancelled(notice), card=card)
    (line,) = priced.lines
    assert (str(line.pay), line.rule, line.problems) == (pay, rule, ())
    assert (str(priced.totals.time), str(priced.totals.expenses)) == (pay, "0.00")


@pytest.mark.parametrize(
    ("lines", "pay"),
    [
        ([time(60), cancelled(2)], ["75.00", "75.00"]),
        ([cancelled(2), time(60)], ["75.00", "75.00"]),
        ([cancelled(2), time(300)], ["0.00", "150.00"]),
        ([cancelled(2), cancelled(2), cancelled(2)], ["75.00", "75.00", "0.00"]),
        ([cancelled(2), cancelled(2, date(2026, 9, 14)), cancelled(30)], ["75.00", "75.00", "0.00"]),
    ],
)
def test_a_day_pays_one_full_day_at_most_time_given_first(lines, pay):
    assert pays(price(*lines, card=late_card())) == pay


def test_a_cancelled_meeting_that_the_days_limit_cuts_says_so():
    line = price(time(60), cancelled(2), card=late_card(AtBoundary.FULL_DAY)).lines[1]
    assert str(line.pay) == "75.00"
    assert line.rule == (
        "cancelled 2 hours before the meeting on 15 September 2026: full day; one full day a day at most"
    )


# --- time on other claims -----------------------------------------------------------------
def test_two_claims_on_one_day_cannot_earn_two_half_days():
    before = (TimeBefore(DAY, 90, D("75.00")), TimeBefore(date(2026, 9, 14), 300, D("150.00")))
    (line,) = price(time(120), time_before=before).lines
    assert str(line.pay) == "0.00"
    assert line.rule == "3 h 30 min on 15 September 2026: half day, less £75.00 on another claim for that day"
    (line,) = price(time(151), time_before=before).lines
    assert str(line.pay) == "75.00"
    assert line.rule == "4 h 1 min on 15 September 2026: full day, less £75.00 on another claim for that day"


def test_time_on_another_claim_never_takes_anything_back():
    before = (TimeBefore(DAY, 300, D("200.00")),)
    assert pays(price(time(10), cancelled(1), card=late_card(), time_before=before)) == ["0.00", "0.00"]


def test_a_cancelled_meeting_on_another_claim_counts_towards_the_full_day():
    before = (TimeBefore(DAY, 0, D("0.00"), cancelled=D("75.00")),)
    (line,) = price(time(300), card=late_card(), time_before=before).lines
    assert str(line.pay) == "75.00"
    assert line.rule == "5 h on 15 September 2026: full day; one full day a day at most, with other claims"
    assert pays(price(time(60), card=late_card(), time_before=before)) == ["75.00"]


def test_minutes_on_another_claim_share_hours_to_the_penny():
    before = (TimeBefore(DAY, 10, D("4.17")),)
    assert pays(price(time(10), card=make_card(ByHour(D("25.00"))), time_before=before)) == ["4.16"]


def test_a_line_with_no_time_earns_nothing_from_another_claims_time():
    assert pays(price(time(0), time_before=(TimeBefore(DAY, 300, D("75.00")),))) == ["0.00"]


# --- what the partner takes ---------------------------------------------------------------
THREE_DAYS = [time(60, date(2026, 9, day)) for day in (13, 14, 15)]


@pytest.mark.parametrize(
    ("reduced_to", "pay", "declined"),
    [
        ("100.00", ["75.00", "25.00", "0.00"], ["0.00", "50.00", "75.00"]),
        ("0.00", ["0.00", "0.00", "0.00"], ["75.00", "75.00", "75.00"]),
        ("225.00", ["75.00", "75.00", "75.00"], ["0.00", "0.00", "0.00"]),
        ("999.00", ["75.00", "75.00", "75.00"], ["0.00", "0.00", "0.00"]),
        ("0.01", ["0.01", "0.00", "0.00"], ["74.99", "75.00", "75.00"]),
    ],
)
def test_a_reduced_payment_is_the_most_for_the_whole_claim_earlier_lines_first(reduced_to, pay, declined):
    priced = price(*THREE_DAYS, preference=Preference.REDUCED, reduced_to=D(reduced_to))
    assert pays(priced) == pay
    assert [str(line.declined) for line in priced.lines] == declined


def test_a_reduced_line_says_how_much_of_it_is_taken():
    rules = [line.rule for line in price(*THREE_DAYS, preference=Preference.REDUCED, reduced_to=D("100.00")).lines]
    assert rules == [
        "1 h on 13 September 2026: half day",
        "1 h on 14 September 2026: half day; £25.00 taken, as the partner asked",
        "1 h on 15 September 2026: half day; not taken, as the partner asked",
    ]


def test_declined_payment_takes_nothing_for_time_and_says_so():
    priced = price(time(60), cancelled(1, date(2026, 9, 14)), card=late_card(), preference=Preference.DECLINED)
    assert pays(priced) == ["0.00", "0.00"]
    assert [str(line.declined) for line in priced.lines] == ["75.00", "75.00"]
    assert (str(priced.totals.time), str(priced.totals.declined)) == ("0.00", "150.00")


def test_declined_is_nothing_whatever_a_smaller_payment_once_asked_for():
    priced = price(time(60), preference=Preference.DECLINED, reduced_to=D("50.00"))
    assert (pays(priced), str(priced.totals.declined)) == (["0.00"], "75.00")


def test_a_preference_of_less_does_not_count_when_payment_is_full():
    assert pays(price(time(60), preference=Preference.FULL, reduced_to=D("1.00"))) == ["75.00"]
