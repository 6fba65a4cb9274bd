from datetime import date
from decimal import Decimal

import pytest

from partners.enums import PartnerStatus
from partners.policies import appointments as policies
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

DAY = date(2026, 11, 22)


@pytest.mark.parametrize("term_ends_on", [DAY, date(2028, 11, 21)])
def test_check_term_takes_a_term_of_a_day_or_more(term_ends_on):
    policies.check_term(DAY, term_ends_on)


def test_check_term_refuses_an_end_before_the_start():
    with pytest.raises(RuleBroken) as refusal:
        policies.check_term(DAY, date(2026, 11, 21))
    assert refusal.value.message == "The term must end on or after the day it starts, 22 November 2026"
    assert refusal.value.field == "term_ends_on"


@pytest.mark.parametrize("status", [PartnerStatus.ACTIVE, PartnerStatus.PAUSED])
def test_check_is_serving_takes_whoever_has_not_left(status):
    policies.check_is_serving(status)


def test_check_is_serving_refuses_a_leaver():
    with pytest.raises(TransitionNotAllowed) as refusal:
        policies.check_is_serving(PartnerStatus.LEFT)
    assert refusal.value.message == "This partner has left, so the appointment cannot be changed any more."


@pytest.mark.parametrize("left_on", [date(2026, 4, 1), DAY])
def test_check_last_day_takes_the_first_day_to_today(left_on):
    policies.check_last_day(left_on, starts_on=date(2026, 4, 1), today=DAY)


@pytest.mark.parametrize(
    ("left_on", "message"),
    [
        (date(2026, 3, 31), "The last day must be on or after the first day, 1 April 2026"),
        (
            date(2026, 11, 23),
            "The last day must be today or in the past. If the end is planned, change the term instead",
        ),
    ],
)
def test_check_last_day_refuses_a_day_outside(left_on, message):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_last_day(left_on, starts_on=date(2026, 4, 1), today=DAY)
    assert (refusal.value.message, refusal.value.field) == (message, "left_on")


@pytest.mark.parametrize("miles", ["0.1", "24.6", "2000"])
def test_check_journey_takes_miles_up_to_the_longest(miles):
    policies.check_journey(from_place="Leeds", to_place="York", miles=Decimal(miles))


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"from_place": "  "}, "from_place", "Enter where you travel from"),
        ({"to_place": ""}, "to_place", "Enter where you travel to"),
        ({"miles": Decimal(0)}, "miles", "Miles must be more than 0, and 2,000 or less"),
        ({"miles": Decimal("-1")}, "miles", "Miles must be more than 0, and 2,000 or less"),
        ({"miles": Decimal("2000.1")}, "miles", "Miles must be more than 0, and 2,000 or less"),
    ],
)
def test_check_journey_refuses_what_is_no_journey(change, field, message):
    journey = {"from_place": "Leeds", "to_place": "York", "miles": Decimal(30)}
    with pytest.raises(RuleBroken) as refusal:
        policies.check_journey(**{**journey, **change})
    assert (refusal.value.message, refusal.value.field) == (message, field)
