"""The five worked examples that show what a card pays."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from expenses.enums import CardTemplate, LineKind, Problem, Vehicle
from expenses.policies.card import Band, Cap, LateCancellation, MileageRate, card_from_template
from expenses.policies.examples import Subject, price_examples, worked_examples
from tests.expenses.policies.builders import HOLIDAYS

TODAY = date(2026, 11, 20)


def priced(card, *, on=TODAY, **about):
    return price_examples(worked_examples(card, on, Subject(**about)), card, HOLIDAYS)


def figures(examples):
    return [[(words, str(line.pay), str(line.held)) for words, line in each.lines] for each in examples]


def test_the_national_card():
    examples = priced(card_from_template(CardTemplate.NATIONAL))
    assert [each.title for each in examples] == [
        "A short meeting",
        "Exactly the limit of a half day",
        "A long day with expenses",
        "A journey with a passenger",
        "A meeting cancelled late",
    ]
    assert figures(examples) == [
        [("2 h in a meeting", "75.00", "0.00"), ("Parking, £4.20 with a receipt", "4.20", "0.00")],
        [("3 h in a meeting", "75.00", "0.00"), ("1 h of preparation", "0.00", "0.00")],
        [
            ("7 h 30 min in a meeting", "150.00", "0.00"),
            ("Lunch, £8.50 with a receipt", "5.00", "0.00"),
            ("Bus, £3.20 without a receipt", "0.00", "3.20"),
        ],
        # 20 miles at 55p and 20 at 25p, and 5p a mile for the passenger.
        [("40 miles by car or van with 1 passenger, after 9,980 miles this year", "18.00", "0.00")],
        [("Cancelled 24 hours before", "75.00", "0.00")],
    ]
    assert [[line.kind for _words, line in each.lines] for each in examples] == [
        [LineKind.INVOLVEMENT_PAYMENT, LineKind.PARKING],
        [LineKind.INVOLVEMENT_PAYMENT, LineKind.INVOLVEMENT_PAYMENT],
        [LineKind.INVOLVEMENT_PAYMENT, LineKind.SUBSISTENCE_LUNCH, LineKind.BUS],
        [LineKind.MILEAGE],
        [LineKind.CANCELLED_MEETING],
    ]
    [(_words, late)] = examples[4].lines
    assert late.rule == "cancelled 24 hours before the meeting on 20 November 2026: half day"
    assert [(each.pay, each.held) for each in examples][2] == (D("155.00"), D("3.20"))
    assert examples[0].clock.payment_due == date(2026, 12, 20)
    problems = {problem for each in examples for _words, line in each.lines for problem in line.problems}
    assert problems == {Problem.OVER_CAP, Problem.NO_RECEIPT}


@pytest.mark.parametrize(
    ("template", "time", "late"),
    [
        (CardTemplate.HOURLY, ["50.00", "100.00", "187.50"], "0.00"),
        (CardTemplate.PER_SESSION, ["20.00", "40.00", "60.00"], "0.00"),
        (CardTemplate.UNPAID, ["0.00", "0.00", "0.00"], "0.00"),
    ],
)
def test_the_other_templates(template, time, late):
    shown = figures(priced(card_from_template(template)))
    assert ([each[0][1] for each in shown[:3]], shown[4][0][1]) == (time, late)


def test_they_fit_the_card_they_are_made_for():
    card = card_from_template(CardTemplate.NATIONAL)
    terms = replace(card.time_rates[0].terms, boundary_minutes=210)
    card = replace(
        card,
        time_rates=(replace(card.time_rates[0], terms=terms),),
        caps=(Cap(LineKind.TAXI, date(2020, 1, 1), None, D("30.00")),),
        late_cancellation=LateCancellation(1, card.late_cancellation.pays),
    )
    shown = figures(priced(card, kind=LineKind.TAXI, vehicle=Vehicle.BICYCLE))
    assert [words for words, *_rest in shown[1]] == ["2 h 38 min in a meeting", "52 min of preparation"]
    assert shown[1][0][1] == "75.00"
    assert shown[2][1] == ("Taxi, £33.50 with a receipt", "30.00", "0.00")
    # One band has no end to go over.
    assert shown[3] == [("40 miles by bicycle or e-bike with 1 passenger", "8.00", "0.00")]
    assert shown[4] == [("Cancelled 1 hour before", "75.00", "0.00")]


@pytest.mark.parametrize(
    ("end", "words", "pay"),
    [
        # Half of the journey's 40 miles go before the end of the band; where it is nearer, the year begins with them.
        ("21", "40 miles by bicycle or e-bike with 1 passenger, after 1 mile this year", "6.00"),
        ("20", "40 miles by bicycle or e-bike with 1 passenger", "6.00"),
        ("10", "40 miles by bicycle or e-bike with 1 passenger", "5.00"),
    ],
)
def test_the_journey_goes_over_the_end_of_the_first_band(end, words, pay):
    card = card_from_template(CardTemplate.NATIONAL)
    bands = (Band(D(end), D("0.20")), Band(None, D("0.10")))
    card = replace(card, mileage_rates=(MileageRate(Vehicle.BICYCLE, date(2020, 1, 1), None, bands, D(0)),))
    assert figures(priced(card, vehicle=Vehicle.BICYCLE))[3] == [(words, pay, "0.00")]


def test_a_card_without_rates_pays_the_expenses():
    card = replace(
        card_from_template(CardTemplate.NATIONAL), time_rates=(), mileage_rates=(), caps=(), late_cancellation=None
    )
    examples = priced(card)
    assert [str(each.pay) for each in examples] == ["4.20", "0.00", "8.50", "0.00", "0.00"]


def test_a_role_of_its_own():
    [_short, limit, *_rest] = priced(card_from_template(CardTemplate.NATIONAL), role_category=3)
    assert [words for words, _line in limit.lines] == ["3 h in a meeting", "1 h of preparation"]
    assert limit.pay == D("0.00")
