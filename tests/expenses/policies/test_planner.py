"""Limits that a partner sets: weeks from their own first day, any four weeks together, and no warning without cause."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.policies import planner
from expenses.policies.planner import Earning, Passed, Plan
from psp_portal.exceptions import RuleBroken

MONDAY = date(2026, 9, 7)


def on(days: int, pounds: str, *meetings_of: str) -> Earning:
    return Earning(MONDAY + timedelta(days=days), Decimal(pounds), meetings_of)


@pytest.mark.parametrize(
    ("day", "starts", "first"),
    [
        (date(2026, 9, 7), 0, date(2026, 9, 7)),
        (date(2026, 9, 13), 0, date(2026, 9, 7)),
        (date(2026, 9, 7), 1, date(2026, 9, 1)),
        (date(2026, 9, 8), 1, date(2026, 9, 8)),
        (date(2026, 9, 12), 6, date(2026, 9, 6)),
    ],
)
def test_a_week_begins_on_the_partner_s_own_day(day, starts, first):
    assert planner.week_of(day, starts) == first


def test_exactly_the_limit_is_not_over_it():
    plan = Plan(weekly=Decimal("150.00"))
    assert planner.limits_passed(plan, [on(0, "75.00")], [on(6, "75.00")]) == []
    assert planner.limits_passed(plan, [on(0, "75.01")], [on(6, "75.00")]) == [
        Passed(MONDAY, MONDAY + timedelta(days=6), Decimal("150.01"), Decimal("150.00"), is_week=True)
    ]
    assert planner.limits_passed(plan, [on(0, "150.00")], [on(7, "75.00")]) == [], "the next week is another week"
    assert [each.pounds for each in planner.limits_passed(plan, [on(0, "150.00")], [on(1, "0.01")])] == [
        Decimal("150.01")
    ]
    four_weeks = Plan(four_weekly=Decimal("150.00"))
    assert planner.limits_passed(four_weeks, [on(0, "75.00")], [on(20, "75.00")]) == []


def test_the_first_day_of_the_week_decides_what_is_together():
    earned, added = [on(6, "100.00")], [on(7, "100.00")]
    assert planner.limits_passed(Plan(weekly=Decimal(150)), earned, added) == []
    assert planner.limits_passed(Plan(weekly=Decimal(150), week_starts=6), earned, added) == [
        Passed(MONDAY + timedelta(days=6), MONDAY + timedelta(days=12), Decimal("200.00"), Decimal(150), is_week=True)
    ]


def test_any_four_weeks_that_hold_what_is_added_are_looked_at():
    plan = Plan(four_weekly=Decimal("300.00"))
    after = [on(21, "150.00"), on(14, "100.00")]
    assert planner.limits_passed(plan, after, [on(0, "75.00")]) == [
        Passed(MONDAY, MONDAY + timedelta(days=27), Decimal("325.00"), Decimal("300.00"), is_week=False)
    ]
    before = [on(-21, "150.00"), on(-14, "100.00")]
    assert planner.limits_passed(plan, before, [on(0, "75.00")]) == [
        Passed(MONDAY - timedelta(days=21), MONDAY + timedelta(days=6), Decimal("325.00"), Decimal("300.00"), False)
    ]
    assert planner.limits_passed(plan, [on(28, "300.00"), on(-28, "300.00")], [on(0, "75.00")]) == []


def test_the_worst_four_weeks_are_named_once():
    plan = Plan(weekly=Decimal(1000), four_weekly=Decimal(100))
    passed = planner.limits_passed(plan, [on(7, "80.00")], [on(0, "30.00"), on(1, "5.00"), on(2, "0.00")])
    assert [(each.pounds, each.is_week) for each in passed] == [(Decimal("115.00"), False)]


def test_both_limits_may_be_passed_at_once():
    plan = Plan(weekly=Decimal(50), four_weekly=Decimal(60))
    passed = planner.limits_passed(plan, [], [on(0, "75.00")])
    assert {each.is_week for each in passed} == {True, False}


def test_the_planned_meetings_that_count_in_it_are_named_from_its_first_day_to_its_last_the_earliest_first():
    first, middle, last = on(0, "50.00", "Safety"), on(3, "30.00", "Quality", "Estates"), on(6, "40.00", "Safety")
    next_week, worthless = on(7, "75.00", "Research"), on(5, "0.00", "Quality")
    added = [next_week, last, worthless, first, on(2, "10.00"), middle]
    assert planner.limits_passed(Plan(weekly=Decimal(100)), [on(4, "1.00", "Research")], added) == [
        Passed(
            MONDAY, MONDAY + timedelta(days=6), Decimal("131.00"), Decimal(100), is_week=True,
            planned=(first, middle, last),
        )
    ]  # fmt: skip
    (found,) = planner.limits_passed(Plan(four_weekly=Decimal(200)), [on(1, "1.00")], added)
    assert (found.is_week, found.planned) == (False, (first, middle, last, next_week))


def test_without_anything_added_there_is_no_warning():
    plan = Plan(weekly=Decimal(10))
    assert planner.limits_passed(plan, [on(0, "75.00")], []) == []
    assert planner.limits_passed(plan, [on(0, "75.00")], [on(1, "0.00")]) == []
    assert planner.limits_passed(plan, [on(0, "75.00")], [on(7, "5.00")]) == []
    assert planner.limits_passed(Plan(), [on(0, "75.00")], [on(1, "500.00")]) == []


def test_other_earnings_count_in_the_week_they_fall_in():
    plan = Plan(weekly=Decimal(100), other={MONDAY: Decimal(60)})
    assert [each.pounds for each in planner.limits_passed(plan, [], [on(3, "50.00")])] == [Decimal("110.00")]
    both = Plan(other={MONDAY: Decimal(60), MONDAY + timedelta(days=6): Decimal(40)})
    assert planner.by_week(both, [on(2, "5.00")]) == {MONDAY: Decimal("105.00")}
    # The first day of the week was changed since: the week typed as Monday's is now in Sunday's week.
    moved = Plan(weekly=Decimal(100), week_starts=6, other={MONDAY: Decimal(60)})
    assert [each.first for each in planner.limits_passed(moved, [], [on(3, "50.00")])] == [date(2026, 9, 6)]


def test_weeks_in_view_say_what_is_sent_expected_and_earned_elsewhere():
    plan = Plan(weekly=Decimal(100), other={MONDAY: Decimal(30), MONDAY - timedelta(days=70): Decimal(5)})
    weeks = planner.weeks_in_view(plan, [on(0, "75.00")], [on(8, "150.00"), on(9, "1.00")], first=MONDAY)
    assert [(week.first, week.sent, week.expected, week.other, week.total, week.is_over) for week in weeks] == [
        (MONDAY, Decimal(75), Decimal(0), Decimal(30), Decimal(105), True),
        (MONDAY + timedelta(days=7), Decimal(0), Decimal(151), Decimal(0), Decimal(151), True),
    ]
    exact = planner.weeks_in_view(Plan(weekly=Decimal(75)), [on(0, "75.00")], [], first=MONDAY)
    assert [week.is_over for week in exact] == [False], "the limit itself is not over it"
    calm = planner.weeks_in_view(Plan(four_weekly=Decimal(1)), [on(0, "75.00")], [], first=MONDAY)
    assert [(week.last, week.is_over) for week in calm] == [(date(2026, 9, 13), False)]


def test_four_weeks_cannot_have_less_than_one():
    with pytest.raises(
        RuleBroken, match="^The limit for 4 weeks cannot be less than the limit for one week$"
    ) as broken:
        planner.check_plan(Plan(weekly=Decimal(100), four_weekly=Decimal("99.99")))
    assert broken.value.field == "four_weekly"
    planner.check_plan(Plan(weekly=Decimal(100), four_weekly=Decimal(100)))
    planner.check_plan(Plan(weekly=Decimal(100)))
    planner.check_plan(Plan(four_weekly=Decimal(1)))


earnings = st.lists(st.builds(on, st.integers(-60, 60), st.decimals("0.00", "300.00", places=2).map(str)), max_size=12)


@given(earnings, earnings, st.integers(0, 6), st.decimals("1.00", "600.00", places=2))
def test_a_warning_is_given_exactly_when_a_window_with_something_added_is_over(earned, added, starts, limit):
    """By brute force over every day: the sums of each calendar week and of each four weeks."""
    plan = Plan(weekly=limit, four_weekly=limit * 2, week_starts=starts)
    everything = [*earned, *added]

    def over(first: date, days: int, most: Decimal) -> bool:
        last = first + timedelta(days=days - 1)
        inside = [each for each in everything if first <= each.on <= last]
        return (
            any(first <= each.on <= last and each.pounds > 0 for each in added)
            and sum((each.pounds for each in inside), Decimal(0)) > most
        )

    firsts = [MONDAY + timedelta(days=day) for day in range(-100, 100)]
    weeks = [first for first in firsts if first.weekday() == starts]
    passed = planner.limits_passed(plan, earned, added)
    assert {each.first for each in passed if each.is_week} == {week for week in weeks if over(week, 7, limit)}
    assert any(not each.is_week for each in passed) == any(over(week, 28, limit * 2) for week in weeks)
    for each in passed:
        if not each.is_week:
            assert over(each.first, 28, limit * 2)
