"""The rate card's own rules: rows in force, overlaps, gaps, bands; and the templates a trust starts from."""

from datetime import date
from decimal import Decimal as D

import pytest

from expenses.enums import AtBoundary, CardTemplate, LineKind, Vehicle
from expenses.policies.card import (
    AMOUNT_KINDS,
    TIME_KINDS,
    Band,
    ByDay,
    ByHour,
    BySession,
    Cap,
    LateCancellation,
    Unpaid,
    card_from_template,
    check_bands,
    first_overlap,
    gaps,
    in_force,
)
from psp_portal.exceptions import RuleBroken


def cap(starts, ends=None, kind=LineKind.TAXI):
    return Cap(
        kind, date.fromisoformat(f"2026-{starts}"), date.fromisoformat(f"2026-{ends}") if ends else None, D("5.00")
    )


def same_kind(one, other):
    return one.kind == other.kind


def test_every_kind_of_line_is_time_mileage_or_an_amount():
    assert {LineKind.INVOLVEMENT_PAYMENT, LineKind.CANCELLED_MEETING} == TIME_KINDS
    assert TIME_KINDS | AMOUNT_KINDS | {LineKind.MILEAGE} == set(LineKind)
    assert len(AMOUNT_KINDS) == 13


@pytest.mark.parametrize(
    ("on", "place"),
    [("2026-01-01", None), ("2026-01-02", 0), ("2026-01-31", 0), ("2026-02-01", None), ("2026-02-02", 1)],
)
def test_a_row_is_in_force_on_its_first_and_last_day(on, place):
    rows = (cap("01-02", "01-31"), cap("02-02"))
    assert in_force(rows, date.fromisoformat(on)) == (None if place is None else rows[place])


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], None),
        ([cap("01-01"), cap("01-01", kind=LineKind.BUS)], None),
        ([cap("01-01", "01-31"), cap("02-01")], None),
        ([cap("02-01"), cap("01-01", "01-31")], None),
        ([cap("01-01", "02-01"), cap("02-01")], (0, 1)),
        ([cap("02-01"), cap("01-01", "02-01")], (0, 1)),
        ([cap("01-01"), cap("05-01", "06-01")], (0, 1)),
        ([cap("01-01", "01-31"), cap("01-01", kind=LineKind.BUS), cap("01-31")], (0, 2)),
    ],
)
def test_two_rows_for_one_thing_may_not_be_in_force_on_one_day(rows, found):
    assert first_overlap(rows, same_kind) == found


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], []),
        ([cap("01-01")], []),
        ([cap("01-01", "01-31")], []),
        ([cap("01-01", "01-31"), cap("02-01")], []),
        ([cap("02-02"), cap("01-01", "01-31")], [("2026-02-01", "2026-02-01")]),
        (
            [cap("01-01", "01-31"), cap("03-01", "03-31"), cap("06-01")],
            [("2026-02-01", "2026-02-28"), ("2026-04-01", "2026-05-31")],
        ),
        ([cap("01-01"), cap("03-01", "03-31")], []),
        ([cap("01-01", "06-30"), cap("03-01", "03-31"), cap("07-01")], []),
    ],
)
def test_gaps_between_rows_are_found_in_any_order(rows, found):
    assert [(first.isoformat(), last.isoformat()) for first, last in gaps(rows)] == found


@pytest.mark.parametrize("ends", [[None], [100, None], [100, 200, None]])
def test_bands_that_climb_to_an_open_end_are_right(ends):
    check_bands([Band(None if end is None else D(end), D("0.10")) for end in ends])


@pytest.mark.parametrize(
    ("ends", "place", "message"),
    [
        ([100], "0", "The last band must have no end."),
        ([100, 200], "1", "The last band must have no end."),
        ([None, None], "0", "Every band but the last must have an end."),
        ([100, None, 200], "1", "Every band but the last must have an end."),
        ([100, 100, None], "1", "Each band must end later than the one before it."),
        ([200, 100, None], "1", "Each band must end later than the one before it."),
        ([0, None], "0", "Each band must end later than the one before it."),
    ],
)
def test_bands_that_do_not_climb_are_refused_with_their_place(ends, place, message):
    with pytest.raises(RuleBroken) as refused:
        check_bands([Band(None if end is None else D(end), D("0.10")) for end in ends])
    assert (refused.value.field, refused.value.message) == (place, message)


@pytest.mark.parametrize(
    ("template", "terms", "roles", "late"),
    [
        (
            CardTemplate.NATIONAL,
            ByDay(D("75.00"), D("150.00"), 240, AtBoundary.HALF_DAY),
            {4},
            LateCancellation(24, AtBoundary.HALF_DAY),
        ),
        (CardTemplate.HOURLY, ByHour(D("25.00")), {4}, None),
        (CardTemplate.PER_SESSION, BySession(180, D("20.00")), {4}, None),
        (CardTemplate.UNPAID, Unpaid(), {1, 2, 3, 4}, None),
    ],
)
def test_a_template_is_a_whole_card(template, terms, roles, late):
    card = card_from_template(template)
    (row,) = card.time_rates
    assert (row.terms, row.role_categories, row.valid_from, row.valid_to) == (terms, roles, date(2021, 10, 20), None)
    assert card.late_cancellation == late
    assert card.claim_window_months == 3
    assert card.mileage_year_starts == (4, 6)
    assert card.first_class_needs_approval is True
    assert card.needs_approval == {LineKind.TAXI, LineKind.OVERNIGHT, LineKind.REPLACEMENT_CARE}
    assert [(each.kind, each.amount) for each in card.caps] == [(LineKind.SUBSISTENCE_LUNCH, D("5.00"))]
    assert (card.clock.decision_working_days, card.clock.payment_days) == (10, 30)
    assert card.clock.steps_days == (20, 31, 45, 60, 90)
    assert first_overlap(card.mileage_rates, lambda one, other: one.vehicle == other.vehicle) is None
    for vehicle in Vehicle:
        assert gaps(rate for rate in card.mileage_rates if rate.vehicle == vehicle) == []
    for rate in card.mileage_rates:
        check_bands(rate.bands)


def test_the_names_of_templates_tell_them_apart():
    assert len({card_from_template(template).name for template in CardTemplate}) == len(CardTemplate)
