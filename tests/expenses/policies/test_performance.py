"""Days to pay, percentages, the median, and the ages that reports tell apart."""

from decimal import Decimal
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.policies import performance as perf
from expenses.policies.performance import Aged, Bucket, Sum


def test_the_default_card_s_ages():
    assert [bucket.label for bucket in perf.age_buckets([20, 31, 45, 60, 90], 30)] == [
        "0 to 20 days", "21 to 30 days", "31 to 44 days", "45 to 59 days", "60 to 89 days", "90 days or more",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "payment_days", "firsts"),
    [
        ([31], 30, [0, 31]),
        ([30], 30, [0, 31]),
        ([10, 20], 30, [0, 11, 21, 31]),
        ([45, 90], 30, [0, 31, 45, 90]),
        ([1], 1, [0, 2]),
        ([], 30, [0, 31]),
    ],
)
def test_a_reminder_s_day_ends_an_age_and_a_later_step_begins_one(steps, payment_days, firsts):
    buckets = perf.age_buckets(steps, payment_days)
    assert [bucket.first for bucket in buckets] == firsts
    assert [bucket.last for bucket in buckets[:-1]] == [first - 1 for first in firsts[1:]]
    assert buckets[-1].last is None


@given(
    st.lists(st.integers(1, 366), min_size=1, max_size=6, unique=True).map(sorted),
    st.integers(1, 366),
    st.integers(0, 1000),
)
def test_every_age_is_in_exactly_one_bucket(steps, payment_days, days):
    buckets = perf.age_buckets(steps, payment_days)
    assert [bucket.holds(days) for bucket in buckets].count(True) == 1
    # In time and overdue never share one.
    assert all(
        bucket.last is not None and bucket.last <= payment_days or bucket.first > payment_days for bucket in buckets
    )


def test_sums_by_age():
    buckets = (Bucket(0, 20), Bucket(21, 30), Bucket(31, None))
    rows = [Aged(0, 1, Decimal("5.00")), Aged(20, 2, Decimal("10.00")), Aged(500, 1, Decimal("0.01"))]
    assert perf.by_age(rows, buckets) == [Sum(3, Decimal("15.00")), Sum(), Sum(1, Decimal("0.01"))]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (1, 3, "33.3"), (2, 3, "66.7"), (1, 2000, "0.1"), (1, 2001, "0.0"), (0, 5, "0.0"), (5, 5, "100.0"),
        (Decimal("19.00"), Decimal("20.00"), "95.0"), (9495, 10000, "95.0"), (9494, 10000, "94.9"),
    ],
)  # fmt: skip
def test_percentages_round_half_up_to_a_tenth(part, whole, shown):
    assert str(perf.percentage(part, whole)) == shown


def test_a_percentage_of_nothing_is_none():
    assert perf.percentage(0, 0) is None
    assert perf.meets(0, 0, 95) is None


def test_a_target_is_met_by_the_exact_figures():
    assert perf.meets(95, 100, 95) is True
    assert perf.meets(9496, 10000, 95) is False
    assert str(perf.percentage(9496, 10000)) == "95.0"
    assert perf.meets(Decimal("95.00"), Decimal("100.01"), 95) is False


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 4)), max_size=30))
def test_the_median_is_that_of_the_claims_one_by_one(counted):
    rows = [Aged(days, count, Decimal(count)) for days, count in counted]
    each = [days for days, count in counted for _ in range(count)]
    assert perf.median(rows) == (Decimal(str(median(each))) if each else None)


def test_a_place_beyond_the_last_claim_is_refused():
    with pytest.raises(ValueError, match=r"^There is no claim number 3\.$"):
        perf._days_of([Aged(4, 2, Decimal(1))], 3)


def test_speed_of_some_claims():
    speed = perf.speed(
        [
            Aged(10, 3, Decimal("300.00")),
            Aged(30, 1, Decimal("50.00")),
            Aged(31, 1, Decimal("150.00"), is_in_time=False),
        ],
        80,
    )
    assert (speed.all, speed.in_time, speed.late) == (
        Sum(5, Decimal("500.00")), Sum(4, Decimal("350.00")), Sum(1, Decimal("150.00")),
    )  # fmt: skip
    assert (speed.percent_by_number, speed.percent_by_value) == (Decimal("80.0"), Decimal("70.0"))
    assert (speed.meets_by_number, speed.meets_by_value) == (True, False)
    assert (speed.median_days, speed.most_days) == (Decimal(10), 31)


def test_speed_of_no_claims():
    speed = perf.speed([], 95)
    assert (speed.all, speed.percent_by_number, speed.median_days, speed.most_days, speed.meets_by_value) == (
        Sum(), None, None, None, None,
    )  # fmt: skip
