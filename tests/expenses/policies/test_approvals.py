"""What must be agreed beforehand, what fits what was agreed, and what that does to a price."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import FareClass, LineKind, Problem
from expenses.policies import approvals, cancellations
from expenses.policies.approvals import Agreed, Wanted
from expenses.policies.card import AMOUNT_KINDS, Agreement, Cap, PricedLine
from psp_portal.exceptions import RuleBroken
from tests.expenses.policies.builders import DAY, expense, make_card, price

TERM = (date(2025, 5, 1), date(2027, 4, 30))
TAXI = Wanted(LineKind.TAXI, False, DAY, D("30.00"))
FIRST = Wanted(LineKind.RAIL, True, DAY, D("80.00"))
LUNCH = Wanted(LineKind.SUBSISTENCE_LUNCH, False, DAY, D("6.00"))
LIMIT = Cap(LineKind.SUBSISTENCE_LUNCH, date(2026, 1, 1), None, D("5.00"))
CARD = make_card(caps=(LIMIT,))


def agreed(key="a", *, kinds=(LineKind.TAXI,), left=None, days=0, **changes):
    values = {"covers_first_class": False, "is_over_limit": False} | changes
    return Agreed(key, frozenset(kinds), starts_on=DAY, ends_on=DAY + timedelta(days=days), left=left, **values)


# --- what needs it ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wanted", "card", "needed"),
    [
        (TAXI, CARD, True),
        (replace(TAXI, kind=LineKind.BUS), CARD, False),
        (FIRST, CARD, True),
        (FIRST, replace(CARD, first_class_needs_approval=False), False),
        (LUNCH, CARD, True),
        (replace(LUNCH, amount=D("5.00")), CARD, False),
        (replace(LUNCH, on=date(2025, 12, 31)), CARD, False),
        # Time and miles are never asked for, whatever a card says.
        (replace(TAXI, kind=LineKind.MILEAGE), replace(CARD, needs_approval=frozenset({LineKind.MILEAGE})), False),
    ],
)
def test_what_must_be_agreed_beforehand(wanted, card, needed):
    assert approvals.is_needed(wanted, card) is needed


# --- what fits ----------------------------------------------------------------------------
def test_what_was_agreed_fits_its_kind_on_its_days():
    two_days = agreed(days=1)
    assert two_days.fits(TAXI)
    assert two_days.fits(replace(TAXI, on=DAY + timedelta(days=1)))
    assert not two_days.fits(replace(TAXI, on=DAY + timedelta(days=2)))
    assert not two_days.fits(replace(TAXI, on=DAY - timedelta(days=1)))
    assert not two_days.fits(replace(TAXI, kind=LineKind.OVERNIGHT))
    assert not agreed(kinds=[LineKind.RAIL]).fits(FIRST)
    assert agreed(kinds=[], covers_first_class=True).fits(FIRST)
    assert not agreed(kinds=[], covers_first_class=True).fits(replace(FIRST, is_first_class=False))


def test_what_was_agreed_covers_up_to_what_is_left():
    assert agreed(left=D("30.00")).covers(TAXI)
    assert not agreed(left=D("29.99")).covers(TAXI)
    assert agreed(left=None).covers(TAXI)
    assert not agreed(kinds=[LineKind.BUS]).covers(TAXI)


@pytest.mark.parametrize(
    ("offered", "best"),
    [
        ([], None),
        ([agreed("short", left=D("10")), agreed("enough", left=D("30"))], "enough"),
        ([agreed("standing", is_standing=True), agreed("asked")], "asked"),
        ([agreed("standing", is_standing=True), agreed("short", left=D("10"))], "standing"),
        ([agreed("later", days=5), agreed("sooner", days=1)], "sooner"),
        ([agreed("b"), agreed("a")], "a"),
        ([agreed("other", kinds=[LineKind.BUS])], None),
    ],
)
def test_the_best_of_what_was_agreed(offered, best):
    found = approvals.best_for(TAXI, offered, is_over_limit=False)
    assert (found and found.key) == best


def test_over_the_limit_what_was_asked_for_that_comes_first():
    plain = agreed("plain", kinds=[LineKind.SUBSISTENCE_LUNCH])
    over = agreed("over", kinds=[LineKind.SUBSISTENCE_LUNCH], left=D("5.50"), is_over_limit=True)
    assert approvals.best_for(LUNCH, [plain, over], is_over_limit=True) == over
    assert approvals.best_for(LUNCH, [plain, over], is_over_limit=False) == plain


def test_one_journey_is_used_up_by_its_lines_and_a_standing_approval_is_not():
    there, back = TAXI, replace(TAXI, amount=D("25.00"))
    lines = [(1, there), (2, back), (3, replace(TAXI, kind=LineKind.BUS))]
    assert approvals.assign(lines, [agreed("a", left=D("50.00"))], CARD) == {
        1: Agreement("a", D("50.00")),
        2: Agreement("a", D("20.00")),
    }
    standing = agreed("s", left=D("50.00"), is_standing=True)
    assert approvals.assign(lines, [standing], CARD) == {
        1: Agreement("s", D("50.00"), is_standing=True),
        2: Agreement("s", D("50.00"), is_standing=True),
    }
    assert approvals.assign(lines, [agreed("a")], CARD) == {1: Agreement("a"), 2: Agreement("a")}
    assert approvals.assign(lines, [agreed(kinds=[LineKind.OVERNIGHT])], CARD) == {}


def test_each_line_is_looked_at_whatever_the_lines_before_it_come_under():
    hotel = replace(TAXI, kind=LineKind.OVERNIGHT)
    lines = [(1, replace(TAXI, kind=LineKind.BUS)), (2, hotel), (3, TAXI)]
    assert approvals.assign(lines, [agreed("a")], CARD) == {3: Agreement("a")}


def test_a_line_over_the_limit_comes_under_what_was_asked_for_that():
    plain = agreed("plain", kinds=[LineKind.SUBSISTENCE_LUNCH])
    over = agreed("over", kinds=[LineKind.SUBSISTENCE_LUNCH], left=D("5.50"), is_over_limit=True)
    assert approvals.assign([(1, LUNCH)], [plain, over], CARD) == {1: Agreement("over", D("5.50"), is_over_limit=True)}


amounts = st.decimals(D("0.01"), D("500"), places=2)


@given(st.lists(amounts, max_size=6), amounts)
def test_lines_that_an_agreed_sum_covers_never_come_to_more_than_it(asked, limit):
    lines = [(key, replace(TAXI, amount=amount)) for key, amount in enumerate(asked)]
    found = approvals.assign(lines, [agreed("a", left=limit)], CARD)
    covered = [wanted.amount for key, wanted in lines if found[key].covers(wanted.amount)]
    assert sum(covered) <= limit


# --- what it does to a price --------------------------------------------------------------
def money(priced):
    (line,) = priced.lines
    return line.pay, line.held, line.disallowed, line.problems, line.rule


def test_a_taxi_agreed_in_the_portal_is_paid():
    assert money(price(expense(LineKind.TAXI, "30.00", agreement=Agreement("a", D("30.00"))))) == (
        D("30.00"), D("0.00"), D("0.00"), (), "as receipted",
    )  # fmt: skip


def test_a_taxi_above_what_was_agreed_waits_and_says_what_was_left():
    assert money(price(expense(LineKind.TAXI, "30.01", agreement=Agreement("a", D("30.00"))))) == (
        D("0.00"), D("30.01"), D("0.00"), (Problem.NEEDS_APPROVAL,),
        "held until it is approved, because £30.00 of what was agreed is left",
    )  # fmt: skip
    assert money(price(expense(LineKind.TAXI, "5.00", agreement=Agreement("a", D("-1.00")))))[4] == (
        "held until it is approved, because £0.00 of what was agreed is left"
    )


def test_a_name_beside_what_was_agreed_in_the_portal_still_counts():
    line = expense(LineKind.TAXI, "99.00", agreement=Agreement("a", D("30.00")), approval="Sam Osei, 3 September")
    assert money(price(line))[:2] == (D("99.00"), D("0.00"))


def test_first_class_agreed_in_the_portal_is_paid_as_it_was():
    first = {"fare_class": FareClass.FIRST, "standard_fare": D("40.00")}
    assert money(price(expense(LineKind.RAIL, "80.00", agreement=Agreement("a"), **first)))[:3] == (
        D("80.00"), D("0.00"), D("0.00"),
    )  # fmt: skip
    assert money(price(expense(LineKind.RAIL, "80.00", agreement=Agreement("a", D("79.99")), **first)))[:4] == (
        D("40.00"), D("0.00"), D("40.00"), (Problem.FIRST_CLASS,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("agreement", "pay", "off", "problems", "rule"),
    [
        (None, "5.00", "4.00", (Problem.OVER_CAP,), "up to the limit of £5.00"),
        # Agreed, but not to go over the limit.
        (Agreement("a"), "5.00", "4.00", (Problem.OVER_CAP,), "up to the limit of £5.00"),
        (
            Agreement("a", None, is_over_limit=True),
            "9.00", "0.00", (), "over the limit of £5.00, as agreed beforehand",
        ),
        (
            Agreement("a", D("9.00"), is_over_limit=True),
            "9.00", "0.00", (), "over the limit of £5.00, as agreed beforehand",
        ),
        (
            Agreement("a", D("7.00"), is_over_limit=True),
            "7.00", "2.00", (Problem.OVER_CAP,), "up to the limit of £7.00",
        ),
        # Little is left of it: the card's own limit stands.
        (
            Agreement("a", D("1.00"), is_over_limit=True),
            "5.00", "4.00", (Problem.OVER_CAP,), "up to the limit of £5.00",
        ),
    ],
)  # fmt: skip
def test_a_limit_gives_way_as_far_as_that_was_agreed(agreement, pay, off, problems, rule):
    line = expense(LineKind.SUBSISTENCE_LUNCH, "9.00", agreement=agreement)
    assert money(price(line, card=CARD)) == (D(pay), D("0.00"), D(off), problems, rule)


def test_what_the_organisation_booked_pays_nothing_and_needs_nothing():
    priced = price(
        expense(LineKind.TAXI, "30.00", receipt=None, is_booked=True, on=date(2025, 6, 1)),
        # Its receipt is not used up by it.
        expense(LineKind.RAIL, "20.00", receipt="r1", is_booked=True),
        expense(LineKind.PARKING, "4.20", receipt="r1"),
    )
    booked = "booked and paid for by the organisation: nothing to pay"
    assert [(line.pay, line.held, line.disallowed, line.problems, line.rule) for line in priced.lines] == [
        (D("0.00"), D("0.00"), D("0.00"), (), booked),
        (D("0.00"), D("0.00"), D("0.00"), (), booked),
        (D("4.20"), D("0.00"), D("0.00"), (), "as receipted"),
    ]


# --- asking and recording -----------------------------------------------------------------
def ask(wanted=TAXI, *, ends_on=None, asks_over_limit=False, today=DAY, term=TERM, card=CARD):
    approvals.check_request(
        wanted, card, asks_over_limit=asks_over_limit, ends_on=ends_on or wanted.on, term=term, today=today
    )


def test_what_can_be_asked_for():
    ask()
    ask(ends_on=DAY + timedelta(days=91))
    ask(FIRST)
    ask(LUNCH, asks_over_limit=True)
    ask(term=(DAY, DAY))


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        (
            {"today": DAY + timedelta(days=1)},
            "starts_on",
            "The date must be today or later. If you have travelled already, claim for it and say who agreed to it",
        ),
        ({"ends_on": DAY - timedelta(days=1)}, "ends_on", "The last day must be the same as or after the first day"),
        (
            {"ends_on": DAY + timedelta(days=92)},
            "ends_on",
            "You can ask for up to 92 days at once. For longer, ask your lead for a standing approval",
        ),
        (
            {"term": (DAY + timedelta(days=1), TERM[1])},
            "starts_on",
            "The dates must be in your term, from 16 September 2026 to 30 April 2027",
        ),
        (
            {"term": (TERM[0], DAY), "ends_on": DAY + timedelta(days=1)},
            "starts_on",
            "The dates must be in your term, from 1 May 2025 to 15 September 2026",
        ),
        ({"wanted": replace(TAXI, amount=D("0.00"))}, "expected", "Enter an amount of at least 1p, like 14.50"),
        (
            {"wanted": replace(LUNCH, amount=D("5.00")), "asks_over_limit": True},
            "expected",
            "This is within the limit, so nobody needs to agree to it beforehand",
        ),
        (
            {"wanted": replace(TAXI, kind=LineKind.BUS)},
            "subject",
            "This does not need to be agreed beforehand. You can claim for it",
        ),
    ],
)
def test_what_cannot_be_asked_for(changes, field, words):
    with pytest.raises(RuleBroken) as refusal:
        ask(**changes)
    assert (refusal.value.field, refusal.value.message) == (field, words)


def record(
    kinds=(LineKind.TAXI,),
    *,
    covers_first_class=False,
    starts_on=DAY,
    ends_on=date(2027, 9, 15),
    today=DAY,
    most_months=12,
):
    approvals.check_standing(
        kinds=kinds, covers_first_class=covers_first_class, starts_on=starts_on, ends_on=ends_on, today=today,
        most_months=most_months,
    )  # fmt: skip


def test_what_can_stand():
    record()
    record([], covers_first_class=True, ends_on=DAY)
    record(sorted(AMOUNT_KINDS))
    record(starts_on=date(2026, 1, 1), ends_on=DAY)
    record(ends_on=date(2026, 10, 15), most_months=1)


LAST_DAY = "The last day must be today or later, and not before the first day"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"kinds": []}, "kinds", "Select what is agreed"),
        ({"kinds": [LineKind.MILEAGE]}, "kinds", "Only things that are paid for can be agreed beforehand"),
        (
            {"kinds": [LineKind.TAXI, LineKind.INVOLVEMENT_PAYMENT], "covers_first_class": True},
            "kinds",
            "Only things that are paid for can be agreed beforehand",
        ),
        ({"ends_on": DAY - timedelta(days=1)}, "ends_on", LAST_DAY),
        ({"today": DAY + timedelta(days=2), "ends_on": DAY + timedelta(days=1)}, "ends_on", LAST_DAY),
        (
            {"ends_on": date(2027, 9, 16)},
            "ends_on",
            "The last day must be on or before 15 September 2027: a standing approval lasts 12 months at most, and is "
            "then looked at again",
        ),
        (
            {"ends_on": date(2026, 10, 16), "most_months": 1},
            "ends_on",
            "The last day must be on or before 15 October 2026: a standing approval lasts 1 month at most, and is "
            "then looked at again",
        ),
        # The months run from its first day, not from today.
        (
            {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 2)},
            "ends_on",
            "The last day must be on or before 1 January 2027: a standing approval lasts 12 months at most, and is "
            "then looked at again",
        ),
    ],
)
def test_what_cannot_stand(changes, field, words):
    with pytest.raises(RuleBroken) as refusal:
        record(**changes)
    assert (refusal.value.field, refusal.value.message) == (field, words)


def test_a_limit_is_at_least_a_penny():
    approvals.check_limit(None)
    approvals.check_limit(D("0.01"))
    with pytest.raises(RuleBroken) as refusal:
        approvals.check_limit(D("0.00"))
    assert (refusal.value.field, refusal.value.message) == (
        "limit",
        "The limit must be at least 1p. Leave it empty for no limit",
    )


GOOD = {"standing_approval_months": 12, "duplicate_percent": 10, "duplicate_pounds": D("1.00")}


@pytest.mark.parametrize(
    "edge", [{}, {"standing_approval_months": 1}, {"standing_approval_months": 60}, {"duplicate_percent": 0},
             {"duplicate_percent": 100}, {"duplicate_pounds": D(0)}, {"duplicate_pounds": D(100)}],
)  # fmt: skip
def test_settings_within_reason(edge):
    approvals.check_settings(**GOOD | edge)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("standing_approval_months", 0, "The months must be between 1 and 60"),
        ("standing_approval_months", 61, "The months must be between 1 and 60"),
        ("duplicate_percent", -1, "The percentage must be between 0 and 100"),
        ("duplicate_percent", 101, "The percentage must be between 0 and 100"),
        ("duplicate_pounds", D("-0.01"), "The amount must be between £0 and £100"),
        ("duplicate_pounds", D("100.01"), "The amount must be between £0 and £100"),
    ],
)
def test_settings_without_reason(field, value, words):
    with pytest.raises(RuleBroken) as refusal:
        approvals.check_settings(**GOOD | {field: value})
    assert (refusal.value.field, refusal.value.message) == (field, words)


# --- what can be asked for ----------------------------------------------------------------
def test_a_card_says_what_can_be_asked_for_in_the_order_of_the_kinds():
    card = make_card(
        needs_approval=frozenset({LineKind.OVERNIGHT, LineKind.TAXI}),
        first_class_needs_approval=True,
        # A limit on time or miles is nothing to ask about.
        caps=(LIMIT, replace(LIMIT, kind=LineKind.MILEAGE), replace(LIMIT, kind=LineKind.OVERNIGHT)),
    )
    found = approvals.subjects_of(card)
    assert [(subject.value, subject.label) for subject in found] == [
        ("taxi::", "Taxi"),
        ("overnight::", "Overnight stay"),
        ("rail:first:", "First-class train"),
        ("subsistence_lunch::over", "Lunch, over the limit"),
        ("overnight::over", "Overnight stay, over the limit"),
    ]


def test_a_card_that_wants_nothing_agreed_has_nothing_to_ask_for():
    card = make_card(needs_approval=frozenset(), first_class_needs_approval=False, caps=())
    assert approvals.subjects_of(card) == []


# --- words --------------------------------------------------------------------------------
def test_words():
    assert approvals.limit_in_words(D("30")) == "up to £30.00"
    assert approvals.limit_in_words(None) == "no limit"
    assert approvals.agreed_in_words(agreed(left=D("30"))) == "15 September 2026, up to £30.00"
    assert approvals.agreed_in_words(agreed(left=D("30"), days=1, is_standing=True)) == (
        "15 September 2026 to 16 September 2026, up to £30.00 each time"
    )
    assert approvals.agreed_in_words(agreed(is_standing=True)) == "15 September 2026, no limit"
    assert approvals.kinds_in_words(["taxi", "overnight"], covers_first_class=True) == (
        "Taxi, Overnight stay, First-class train"
    )
    assert approvals.kinds_in_words(["taxi"], covers_first_class=False) == "Taxi"
    assert approvals.subject_in_words("rail", "first", is_over_limit=False) == "First-class train"
    assert approvals.subject_in_words("rail", "", is_over_limit=False) == "Train"
    assert approvals.subject_in_words("subsistence_lunch", "", is_over_limit=True) == "Lunch, over the limit"


def test_words_of_a_cancelled_meeting():
    assert [cancellations.notice_in_words(hours) for hours in (0, 1, 5)] == [
        "no notice", "1 hour's notice", "5 hours' notice",
    ]  # fmt: skip
    pays = PricedLine("a", LineKind.CANCELLED_MEETING, pay=D("75.00"), rule="half day")
    assert cancellations.why_not(pays) == ""
    assert cancellations.why_not(replace(pays, pay=D("0.00"), rule="cancelled late")) == "Cancelled late."
