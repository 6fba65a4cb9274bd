"""What is asked while money is held, what is odd, and what was seen. No database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import Problem
from expenses.policies import holding, oddness, seen
from psp_portal.dates import LONDON
from psp_portal.exceptions import TransitionNotAllowed

RECEIPT, APPROVAL = Problem.NO_RECEIPT, Problem.NEEDS_APPROVAL


@pytest.mark.parametrize(
    ("problems", "held", "is_on_hold"),
    [
        ([RECEIPT], "4.20", True),
        ([APPROVAL, Problem.OVER_CAP], "4.20", True),
        ([RECEIPT], "0", False),
        ([Problem.OVER_CAP], "4.20", False),
        ([], "0", False),
    ],
)
def test_a_line_is_on_hold_when_a_problem_holds_its_money(problems, held, is_on_hold):
    assert holding.is_on_hold(problems, held=Decimal(held)) is is_on_hold


@given(
    problems=st.lists(st.sampled_from(list(Problem)), unique=True), has_reason=st.booleans(), has_answer=st.booleans()
)
def test_the_partner_is_asked_about_what_they_have_said_nothing_about(problems, has_reason, has_answer):
    asked = holding.missing(problems, has_reason=has_reason, has_answer=has_answer)
    assert asked == [
        problem for problem, said in ((RECEIPT, has_reason), (APPROVAL, has_answer)) if problem in problems and not said
    ]


def test_each_question_is_in_plain_words():
    assert holding.question([RECEIPT]) == "add a receipt, or say why there is none"
    assert holding.question([RECEIPT, APPROVAL]) == (
        "add a receipt, or say why there is none; say who agreed to it beforehand, or why nobody was asked"
    )
    assert holding.question([]) == ""


@pytest.mark.parametrize(
    ("problems", "rule", "money"),
    [
        ([APPROVAL], "held until it is approved", ((), "4.20", "0.00", "as receipted")),
        ([APPROVAL], "held until it is approved, because £2.00 of what was agreed is left",
         ((), "4.20", "0.00", "as receipted")),
        ([RECEIPT, APPROVAL], "held until there is a receipt; held until it is approved",
         ((RECEIPT,), "0", "4.20", "held until there is a receipt")),
        ([APPROVAL, Problem.OVER_CAP], "up to the limit of £4.20; held until it is approved",
         ((Problem.OVER_CAP,), "4.20", "0.00", "up to the limit of £4.20")),
    ],
)  # fmt: skip
def test_what_is_agreed_to_frees_the_money_unless_a_receipt_is_missing(problems, rule, money):
    freed = holding.with_approval(problems, held=Decimal("4.20"), pay=Decimal(0), rule=rule)
    assert (freed.problems, str(freed.pay), str(freed.held), freed.rule) == money


# --- odd ----------------------------------------------------------------------------------
def pounds(*amounts) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("amount", "earlier", "is_far"),
    [
        ("20", ("10", "10", "10"), True),
        ("19.99", ("10", "10", "10"), False),
        ("20", ("10", "10"), False),
        ("100", ("10", "10", "500"), True),
        ("0.02", ("0.01", "0.01", "0.01"), True),
        ("100", ("0", "0", "0"), False),
        ("30", ("10", "20", "10", "20"), True),
    ],
)
def test_far_above_the_usual_is_twice_the_median_of_three_or_more(amount, earlier, is_far):
    assert oddness.is_far_above_usual(Decimal(amount), pounds(*earlier)) is is_far


def test_the_usual_is_the_median():
    assert oddness.usual_amount(pounds("1", "2", "90")) == Decimal("2")
    assert oddness.usual_amount(pounds("1", "2")) is None


# --- seen ---------------------------------------------------------------------------------
def test_a_version_changes_with_each_value_and_not_with_how_a_sum_is_written():
    values = [Decimal("1.50"), date(2026, 9, 15), ["no_receipt"], "a", None]
    version = seen.version_of(values)
    assert version == seen.version_of([Decimal("1.5"), *values[1:]])
    for place in range(len(values)):
        other = list(values)
        other[place] = "another"
        assert seen.version_of(other) != version
    assert seen.version_of(["a", "b"]) != seen.version_of(["ab", ""])
    moment = datetime(2026, 9, 15, 9, 0, tzinfo=LONDON)
    assert seen.version_of([moment]) == seen.version_of([moment.astimezone(UTC)])
    assert seen.version_of([moment]) != seen.version_of([moment + timedelta(microseconds=1)])
    # Pages that are open while the portal is renewed hold versions: they must still be the same after it.
    assert version == "a24d861d42c5dbea"


def test_what_has_changed_since_it_was_seen_is_refused():
    seen.check_seen("", "now", "Line 1")
    seen.check_seen("now", "now", "Line 1")
    words = r"^Line 1 has changed since you opened the page\. Look at it again\.$"
    with pytest.raises(TransitionNotAllowed, match=words):
        seen.check_seen("then", "now", "Line 1")
