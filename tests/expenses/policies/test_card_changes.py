"""What may be done to dated rows, and which rules make sense: days named, no database."""

from datetime import date
from decimal import Decimal

import pytest

from expenses.enums import AtBoundary, LineKind
from expenses.policies import card as cards
from expenses.policies import card_changes as changes
from expenses.policies.card_changes import Span
from psp_portal.exceptions import RuleBroken

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
LAST_OF_MAY, LAST_OF_JUNE = date(2026, 5, 31), date(2026, 6, 30)


def refused(call, *arguments, **options) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as caught:
        call(*arguments, **options)
    return caught.value.field, caught.value.message


# --- follow -------------------------------------------------------------------------------
def test_follow_ends_the_row_in_force_the_day_before():
    assert changes.follow([Span("a", MAY, None)], JUNE) == Span("a", MAY, LAST_OF_MAY)


def test_follow_shortens_a_row_that_has_an_end():
    assert changes.follow([Span("a", MAY, LAST_OF_JUNE)], JUNE) == Span("a", MAY, LAST_OF_MAY)


@pytest.mark.parametrize("rows", [[], [Span("a", MAY, LAST_OF_MAY)]])
def test_follow_ends_nothing_when_nothing_is_in_force(rows):
    assert changes.follow(rows, JUNE) is None


def test_follow_refuses_a_gap():
    assert refused(changes.follow, [Span("a", MAY, LAST_OF_MAY)], JULY) == (
        "valid_from",
        "From 1 June 2026 to 30 June 2026 no rate would be in force. Choose days that leave no gap.",
    )


def test_follow_names_a_gap_of_one_day_once():
    _field, message = refused(changes.follow, [Span("a", MAY, LAST_OF_MAY)], date(2026, 6, 2))
    assert message == "On 1 June 2026 no rate would be in force. Choose days that leave no gap."


@pytest.mark.parametrize(
    ("valid_from", "days"),
    [(JULY, "From 1 July 2026 onwards"), (JUNE, "From 1 July 2026 onwards"), (MAY, "From 1 May 2026 to 30 June 2026")],
)
def test_follow_refuses_to_overlap_a_row_that_starts_then_or_later(valid_from, days):
    rows = [Span("a", MAY, LAST_OF_JUNE), Span("b", JULY, None)]
    assert refused(changes.follow, rows, valid_from) == (
        "valid_from",
        f"{days} two rates would be in force. Choose other days, or first change or remove the rate that is there.",
    )


def test_follow_keeps_the_days_that_claims_have_used():
    rows = [Span("a", MAY, None, used_until=JUNE)]
    assert changes.follow(rows, date(2026, 6, 2)) == Span("a", MAY, JUNE, used_until=JUNE)
    assert refused(changes.follow, rows, JUNE) == (
        "valid_from",
        "Claims up to 1 June 2026 have been priced with the rate in force. "
        "The new one can start on 2 June 2026 or later, unless it is backdated.",
    )


# --- move ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("valid_from", "end"), [(JULY, LAST_OF_JUNE), (date(2026, 5, 20), date(2026, 5, 19))])
def test_move_takes_the_end_before_it_along(valid_from, end):
    rows = [Span("a", MAY, LAST_OF_MAY), Span("b", JUNE, None)]
    assert changes.move(rows, "b", valid_from) == (Span("b", valid_from, None), Span("a", MAY, end))


def test_move_of_the_first_row_moves_nothing_else():
    assert changes.move([Span("a", JUNE, None)], "a", MAY) == (Span("a", MAY, None), None)


@pytest.mark.parametrize("valid_from", [MAY, date(2026, 4, 1)])
def test_move_refuses_to_swallow_the_row_before(valid_from):
    rows = [Span("a", MAY, LAST_OF_MAY), Span("b", JUNE, None)]
    _field, message = refused(changes.move, rows, "b", valid_from)
    assert message == (
        "On 1 May 2026 two rates would be in force. "
        "Choose other days, or first change or remove the rate that is there."
    )


def test_move_may_leave_a_row_its_last_day_alone():
    moved = changes.move([Span("a", MAY, LAST_OF_MAY)], "a", LAST_OF_MAY)
    assert moved == (Span("a", LAST_OF_MAY, LAST_OF_MAY), None)


def test_move_refuses_a_start_after_the_end():
    assert refused(changes.move, [Span("a", MAY, LAST_OF_MAY)], "a", JUNE) == (
        "valid_from",
        "This rate ends on 31 May 2026. It must start by then.",
    )


def test_move_keeps_the_days_that_claims_have_used():
    rows = [Span("a", MAY, LAST_OF_MAY, used_until=date(2026, 5, 20)), Span("b", JUNE, None)]
    assert changes.move(rows, "b", date(2026, 5, 21))[1].valid_to == date(2026, 5, 20)
    _field, message = refused(changes.move, rows, "b", date(2026, 5, 20))
    assert message == (
        "Claims up to 20 May 2026 have been priced with the rate in force. This one can start on 21 May 2026 or later."
    )


def test_a_used_row_is_not_moved_or_removed():
    rows = [Span("a", MAY, None, used_until=MAY)]
    then = "Add a new rate: this one then ends the day before it."
    assert refused(changes.move, rows, "a", JUNE) == (
        "",
        f"Claims have used this rate, so it cannot be changed. {then}",
    )
    assert refused(changes.remove, rows, "a") == ("", f"Claims have used this rate, so it cannot be removed. {then}")


# --- remove and close ---------------------------------------------------------------------
def test_remove_lets_the_row_before_go_on():
    rows = [Span("a", MAY, LAST_OF_MAY, used_until=MAY), Span("b", JUNE, LAST_OF_JUNE), Span("c", JULY, None)]
    assert changes.remove(rows, "b") == Span("a", MAY, LAST_OF_JUNE, used_until=MAY)
    assert changes.remove(rows, "c") == Span("b", JUNE, None)


def test_remove_of_the_first_row_leaves_the_others():
    assert changes.remove([Span("a", MAY, LAST_OF_MAY), Span("b", JUNE, None)], "a") is None


def test_close_gives_a_last_day_and_may_change_it():
    assert changes.close([Span("a", MAY, None)], "a", MAY) == Span("a", MAY, MAY)
    assert changes.close([Span("a", MAY, MAY)], "a", LAST_OF_MAY) == Span("a", MAY, LAST_OF_MAY)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([Span("a", JUNE, None)], "The last day must be on or after 1 June 2026."),
        (
            [Span("a", MAY, None, used_until=JUNE)],
            "Claims up to 1 June 2026 have been priced with the rate in force. The last day must be that day or later.",
        ),
        (
            [Span("a", MAY, LAST_OF_JUNE), Span("b", JULY, None)],
            "From 1 June 2026 to 30 June 2026 no rate would be in force. Choose days that leave no gap.",
        ),
    ],
)
def test_close_refuses(rows, message):
    assert refused(changes.close, rows, "a", LAST_OF_MAY) == ("valid_to", message)


# --- figures and rules --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (cards.ByDay(Decimal(75), Decimal(74), 240, AtBoundary.HALF_DAY), "full_day"),
        (cards.ByDay(Decimal(75), Decimal(75), 0, AtBoundary.HALF_DAY), "boundary_minutes"),
        (cards.ByDay(Decimal(75), Decimal(75), 1441, AtBoundary.HALF_DAY), "boundary_minutes"),
        (cards.BySession(0, Decimal(20)), "session_minutes"),
        (cards.BySession(1441, Decimal(20)), "session_minutes"),
    ],
)
def test_terms_that_cannot_be_meant(terms, field):
    assert refused(changes.check_terms, terms)[0] == field


@pytest.mark.parametrize(
    "terms",
    [
        cards.ByDay(Decimal(75), Decimal(75), 1, AtBoundary.FULL_DAY),
        cards.ByHour(Decimal(0)),
        cards.BySession(1440, Decimal(0)),
        cards.Unpaid(),
    ],
)
def test_terms_that_can_be_meant(terms):
    changes.check_terms(terms)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((), "Enter at least one day, like 20."),
        ((0, 20), "Each day must be from 1 to 366."),
        ((20, 367), "Each day must be from 1 to 366."),
        ((20, 45, 31), "Each day must be later than the one before it: 31 comes after 45."),
        ((20, 20), "Each day must be later than the one before it: 20 comes after 20."),
    ],
)
def test_steps_that_do_not_climb(steps, message):
    assert refused(changes.check_steps, steps) == ("steps_days", message)


@pytest.mark.parametrize("steps", [(1,), (20, 31, 45, 60, 90), (365, 366)])
def test_steps_that_climb(steps):
    changes.check_steps(steps)


@pytest.mark.parametrize("days", [0, 25])
def test_period_out_of_bounds(days):
    assert refused(changes.check_period, days, field="claim_window_months", most=24) == (
        "claim_window_months",
        "Enter a number from 1 to 24.",
    )


def test_period_within_bounds():
    changes.check_period(1, field="payment_days")
    changes.check_period(366, field="payment_days")


def test_only_amounts_have_approval_or_limits():
    changes.check_needs_approval({LineKind.TAXI})
    changes.check_cap_kind(LineKind.TAXI)
    assert refused(changes.check_needs_approval, {LineKind.MILEAGE})[0] == "needs_approval"
    assert refused(changes.check_cap_kind, LineKind.INVOLVEMENT_PAYMENT)[0] == "kind"


def test_late_cancellation_is_set_whole():
    changes.check_late_cancellation(24, AtBoundary.HALF_DAY)
    changes.check_late_cancellation(None, "")
    assert refused(changes.check_late_cancellation, None, AtBoundary.HALF_DAY)[0] == "late_cancellation_hours"
    assert refused(changes.check_late_cancellation, 24, "")[0] == "late_cancellation_pays"


def test_year_starts_on_a_day_that_every_year_has():
    changes.check_year_starts(2, 28)
    assert refused(changes.check_year_starts, 13, 1)[0] == "mileage_year_month"
    assert refused(changes.check_year_starts, 2, 29)[0] == "mileage_year_day"


# --- backdated ----------------------------------------------------------------------------
def test_a_backdated_row_starts_before_today_and_says_where_it_comes_from():
    changes.check_backdated(LAST_OF_MAY, "HMRC, 21 May 2026", today=JUNE)


@pytest.mark.parametrize(
    ("valid_from", "source", "field", "message"),
    [
        (JUNE, "HMRC", "valid_from", "A backdated rate must start before today."),
        (JULY, "", "valid_from", "A backdated rate must start before today."),
        (MAY, "", "source", "Say where the backdated figure comes from and when it was announced."),
        (MAY, " ", "source", "Say where the backdated figure comes from and when it was announced."),
    ],
)
def test_a_backdated_row_is_refused(valid_from, source, field, message):
    assert refused(changes.check_backdated, valid_from, source, today=JUNE) == (field, message)


def test_a_backdated_row_may_cut_back_days_that_claims_have_used():
    rows = [Span("a", MAY, None, used_until=JULY)]
    assert changes.follow(rows, JUNE, is_backdated=True) == Span("a", MAY, LAST_OF_MAY, used_until=JULY)


def test_a_row_that_was_cut_back_stays_so_when_the_one_after_it_is_corrected():
    rows = [Span("a", MAY, LAST_OF_MAY, used_until=JULY), Span("b", JUNE, None)]
    moved, before = changes.move(rows, "b", date(2026, 5, 20))
    assert (moved, before) == (Span("b", date(2026, 5, 20), None), Span("a", MAY, date(2026, 5, 19), used_until=JULY))


@pytest.mark.parametrize(
    ("valid_to", "used_until", "is_cut_back"),
    [
        (None, None, False),
        (JUNE, None, False),
        (None, JUNE, False),
        (JUNE, JUNE, False),
        (JUNE, MAY, False),
        (MAY, JUNE, True),
    ],
)
def test_a_row_is_cut_back_when_it_ends_before_a_day_it_was_used_for(valid_to, used_until, is_cut_back):
    assert changes.is_cut_back(Span("a", date(2026, 4, 1), valid_to, used_until)) is is_cut_back
