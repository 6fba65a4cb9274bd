"""The rules at their very edges, and the words of their refusals: what breaking the rules by machine found untested."""

from datetime import date
from decimal import Decimal as D
from uuid import UUID

import pytest

from expenses.enums import AtBoundary, ClaimStatus, FareClass, LineKind, StepKind, Who
from expenses.policies import card_changes, escalation, holding, states
from expenses.policies.bank_details import check_account
from expenses.policies.card import Band, ByDay, BySession, check_bands
from expenses.policies.lines import check_line_date, check_line_figures
from expenses.policies.responsibility import recipients_of_step
from expenses.policies.timeline import DaysWith, days_with
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.roles import Directory, Person
from psp_portal.exceptions import RuleBroken

FIGURES = {
    "minutes": None, "miles": None, "amount": None, "passengers": 0, "standard_fare": None, "is_first_class": False,
}  # fmt: skip
YEAR = "Enter a day from 1 to 28, so that every year has it."


def by_day(**changed) -> ByDay:
    terms = {"half_day": D(75), "full_day": D(150), "boundary_minutes": 240, "at_boundary": AtBoundary.HALF_DAY}
    return ByDay(**terms | changed)


def figures(kind: LineKind, **changed) -> None:
    check_line_figures(kind, **FIGURES | changed)


REFUSED = [
    (lambda: card_changes.check_terms(by_day(full_day=D(74))), "full_day",
     "A full day must not pay less than a half day."),
    (lambda: card_changes.check_terms(by_day(boundary_minutes=0)), "boundary_minutes",
     f"Enter minutes from 1 to {card_changes.MOST_MINUTES}."),
    (lambda: card_changes.check_terms(BySession(0, D(20))), "session_minutes",
     f"Enter minutes from 1 to {card_changes.MOST_MINUTES}."),
    (lambda: card_changes.check_needs_approval([LineKind.MILEAGE]), "needs_approval",
     "Only what has a receipt can need approval beforehand."),
    (lambda: card_changes.check_cap_kind(LineKind.MILEAGE), "kind",
     "Time and mileage have rates, not limits. Choose another kind."),
    (lambda: card_changes.check_late_cancellation(None, AtBoundary.HALF_DAY), "late_cancellation_hours",
     "Enter the hours of notice, or choose “Not paid”."),
    (lambda: card_changes.check_late_cancellation(24, ""), "late_cancellation_pays",
     "Choose what is paid, or leave the hours empty."),
    (lambda: card_changes.check_year_starts(0, 1), "mileage_year_month", "Choose a month."),
    (lambda: card_changes.check_year_starts(13, 1), "mileage_year_month", "Choose a month."),
    (lambda: card_changes.check_year_starts(4, 0), "mileage_year_day", YEAR),
    (lambda: card_changes.check_year_starts(4, 29), "mileage_year_day", YEAR),
    (lambda: check_account(sort_code="30943", account_number="00733445"), "sort_code",
     "Enter a sort code with 6 digits, like 30-94-30"),
    (lambda: check_account(sort_code="309430", account_number="0073344"), "account_number",
     "Enter an account number with 8 digits, like 00733445"),
    (lambda: figures(LineKind.INVOLVEMENT_PAYMENT, minutes=0), "minutes",
     "The time must be between 1 minute and 24 h"),
    (lambda: figures(LineKind.MILEAGE, miles=D(0)), "miles", "Miles must be between 0.1 and 1,200"),
    (lambda: figures(LineKind.MILEAGE, miles=D(1), passengers=9), "passengers", "Passengers must be between 0 and 8"),
    (lambda: figures(LineKind.BUS, amount=D(0)), "amount", "Enter an amount of at least 1p, like 4.20"),
    (lambda: figures(LineKind.RAIL, amount=D(9), is_first_class=True), "standard_fare",
     "Enter what the standard fare would have been"),
    (lambda: holding.amount_if_approved(pay=D(0), held=D(9), problems=["no_receipt"], reason=" "), "reason",
     "Say why you approve this line although it has been flagged."),
]  # fmt: skip


@pytest.mark.parametrize(("refused", "field", "words"), REFUSED)
def test_refusals_say_what_to_do_beside_the_field(refused, field, words):
    with pytest.raises(RuleBroken) as broken:
        refused()
    assert (broken.value.field, broken.value.message) == (field, words)


ALLOWED = [
    lambda: card_changes.check_terms(by_day(full_day=D(75))),
    lambda: card_changes.check_terms(by_day(boundary_minutes=1)),
    lambda: card_changes.check_terms(by_day(boundary_minutes=card_changes.MOST_MINUTES)),
    lambda: card_changes.check_terms(BySession(1, D(20))),
    lambda: card_changes.check_terms(BySession(card_changes.MOST_MINUTES, D(20))),
    lambda: card_changes.check_year_starts(1, 1),
    lambda: card_changes.check_year_starts(12, 28),
    lambda: figures(LineKind.INVOLVEMENT_PAYMENT, minutes=1),
    lambda: figures(LineKind.INVOLVEMENT_PAYMENT, minutes=1440),
    lambda: figures(LineKind.MILEAGE, miles=D("0.1")),
    lambda: figures(LineKind.MILEAGE, miles=D(1200), passengers=8),
    lambda: figures(LineKind.BUS, amount=D("0.01")),
    lambda: check_line_date(
        date(2026, 9, 15), today=date(2026, 9, 15), starts_on=date(2026, 9, 15), ends_on=date(2026, 9, 15)
    ),
    lambda: check_bands((Band(D("0.1"), D("0.55")), Band(None, D("0.25")))),
]


@pytest.mark.parametrize("allowed", ALLOWED)
def test_what_is_just_right_is_allowed(allowed):
    allowed()


# --- rows of a card ----------------------------------------------------------------------------------
def span(row: str, first: date, last: date | None) -> card_changes.Span:
    return card_changes.Span(row, first, last, None)


def test_row_that_begins_on_the_last_day_of_another_ends_it_the_day_before():
    ended = card_changes.follow([span("a", date(2026, 1, 1), date(2026, 3, 31))], date(2026, 3, 31))
    assert ended == span("a", date(2026, 1, 1), date(2026, 3, 30))


# --- moves -------------------------------------------------------------------------------------------
def test_a_move_keeps_where_from_where_to_and_whose_turn_apart():
    move = states._move(["a", "b"], ["c"], Who.CLOCK)
    assert move == states.Transition(frozenset({"a", "b"}), frozenset({"c"}), Who.CLOCK)


def test_moves_are_the_pairs_of_the_table_but_those_that_stay():
    table = {"go": states.Transition(frozenset({"a", "b"}), frozenset({"b", "c"}), "anybody")}
    assert states.moves(table) == [("a", "b"), ("a", "c"), ("b", "c")]


def test_claim_without_lines_has_no_status():
    with pytest.raises(ValueError, match="^A submitted claim has at least one line.$"):
        states.status_of_claim(set())


@pytest.mark.parametrize("check", [lambda: states.check_line("paid", "approve"),
                                   lambda: states.check_claim("paid", "submit")])  # fmt: skip
def test_move_that_came_too_late_says_so(check):
    with pytest.raises(
        RuleBroken, match="“paid” cannot be changed this way. Somebody may have changed it since you op"
    ):
        check()


# --- the clock ---------------------------------------------------------------------------------------
def test_last_date_of_a_ladder_is_a_step_of_its_own():
    assert escalation.step([date(2026, 1, 1)], 1) == escalation.Step(1, StepKind.LEAD, date(2026, 1, 1))


def test_ladder_without_dates_has_no_steps():
    with pytest.raises(ValueError, match="^A ladder has at least one date, and its steps are numbered from 1.$"):
        escalation.step([], 1)


def test_days_with_the_partner_add_up_and_begin_with_the_day_of_sending():
    sent = date(2026, 9, 1)
    turns = [
        (date(2026, 8, 20), ClaimStatus.RETURNED),  # before it was taken back and sent again
        (sent, ClaimStatus.RETURNED),
        (date(2026, 9, 3), ClaimStatus.SUBMITTED),
        (date(2026, 9, 5), ClaimStatus.RETURNED),
        (date(2026, 9, 10), ClaimStatus.SUBMITTED),
        (date(2026, 9, 12), ClaimStatus.RETURNED),
    ]
    assert days_with(turns, submitted_on=sent, until=date(2026, 9, 15)) == DaysWith(total=14, trust=4, partner=10)


def test_days_before_a_first_turn_are_the_trusts():
    turns = [(date(2026, 9, 4), ClaimStatus.RETURNED)]
    found = days_with(turns, submitted_on=date(2026, 9, 1), until=date(2026, 9, 6))
    assert found == DaysWith(total=5, trust=3, partner=2)


def test_step_never_goes_to_the_claimant_who_holds_the_post():
    claimant, stand_in = UUID(int=1), UUID(int=2)
    there = Directory(
        people={
            claimant: Person(claimant, frozenset({Role.PROGRAMME_LEAD})),
            stand_in: Person(stand_in, frozenset({Role.PROGRAMME_LEAD})),
        },
        posts={Post.PROGRAMME_LEAD: claimant},
    )
    assert recipients_of_step(StepKind.LEAD, there, claimant=claimant) == []


def test_first_class_with_a_standard_fare_is_allowed():
    figures(LineKind.RAIL, amount=D(9), is_first_class=FareClass.FIRST, standard_fare=D(0))
