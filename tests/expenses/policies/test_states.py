"""The tables of who may do what, when: every status with every action."""

import itertools

import pytest
from django.core.management import call_command

from expenses.enums import ClaimAction, ClaimStatus, LineAction, LineStatus
from expenses.policies import states
from psp_portal.exceptions import TransitionNotAllowed

LINE_MOVES = {
    ("pending", "approve"), ("pending", "return"), ("pending", "refuse"), ("pending", "withdraw"),
    ("pending", "answer_hold"),
    ("returned", "answer"), ("returned", "withdraw"),
    ("not_approved", "appeal"), ("not_approved", "let_stand"), ("not_approved", "withdraw"),
    ("appealed", "allow_appeal"), ("appealed", "dismiss_appeal"), ("appealed", "withdraw"),
    ("approved", "add_to_run"),
    ("in_run", "remove_from_run"), ("in_run", "record_payment"), ("in_run", "record_failure"),
    ("paid", "record_return"),
}  # fmt: skip
CLAIM_SOURCES = {
    "submit": {"draft"},
    "recall": {"submitted"},
    "give_up": {"draft"},
    "withdraw": {"submitted", "returned", "appealed", "not_approved"},
    "decide": {"submitted"},
    "answer": {"returned", "submitted", "appealed"},
    "answer_hold": {"submitted"},
    "appeal": {"submitted", "returned", "appealed", "approved", "in_run", "not_approved"},
    "decide_appeal": {"appealed", "submitted"},
    "let_stand": {"submitted", "returned", "appealed", "approved", "in_run", "not_approved"},
    "add_to_run": {"submitted", "returned", "appealed", "approved", "in_run"},
    "remove_from_run": {"submitted", "returned", "appealed", "approved", "in_run"},
    "record_payment": {"submitted", "returned", "appealed", "approved", "in_run"},
    "record_failure": {"submitted", "returned", "appealed", "approved", "in_run"},
    "record_return": {"submitted", "returned", "appealed", "approved", "in_run", "not_approved", "paid"},
}


TOO_LATE = "cannot be changed this way. Somebody may have changed it since you opened the page."


@pytest.mark.parametrize(("status", "action"), list(itertools.product(LineStatus.values, LineAction)))
def test_a_line_moves_by_the_table_only(status, action):
    if (status, action) in LINE_MOVES:
        states.check_line(status, action)
    else:
        with pytest.raises(TransitionNotAllowed) as refused:
            states.check_line(status, action)
        assert refused.value.message == f"A line that is “{LineStatus(status).label.lower()}” {TOO_LATE}"


@pytest.mark.parametrize(("status", "action"), list(itertools.product(ClaimStatus.values, ClaimAction)))
def test_a_claim_moves_by_the_table_only(status, action):
    if status in CLAIM_SOURCES[action]:
        states.check_claim(status, action)
    else:
        with pytest.raises(TransitionNotAllowed) as refused:
            states.check_claim(status, action)
        assert refused.value.message == f"A claim that is “{ClaimStatus(status).label.lower()}” {TOO_LATE}"


def ways_out(table, finals):
    return {(action, status) for action, move in table.items() for status in move.sources & finals}


def test_a_final_status_has_no_way_out_but_for_money_that_the_bank_sends_back():
    assert ways_out(states.CLAIM_TRANSITIONS, states.FINAL_STATUSES) == {(ClaimAction.RECORD_RETURN, "paid")}
    assert ways_out(states.LINE_TRANSITIONS, states.FINAL_LINE_STATUSES) == {(LineAction.RECORD_RETURN, "paid")}


def test_every_status_is_open_final_or_a_draft():
    assert states.OPEN_STATUSES | states.FINAL_STATUSES | {ClaimStatus.DRAFT} == set(ClaimStatus)
    assert not states.OPEN_STATUSES & states.FINAL_STATUSES


def test_only_payment_withdrawal_or_a_standing_refusal_ends_a_claim():
    endings = {
        action for action, transition in states.CLAIM_TRANSITIONS.items() if transition.targets & states.FINAL_STATUSES
    }
    assert endings == {
        ClaimAction.WITHDRAW,
        ClaimAction.GIVE_UP,
        # A decision ends a claim only where there is nothing to pay; an appeal where the refusal stands after it.
        ClaimAction.DECIDE,
        ClaimAction.DECIDE_APPEAL,
        ClaimAction.LET_STAND,
        ClaimAction.RECORD_PAYMENT,
    }


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["pending"], "submitted"),
        (["paid", "pending"], "submitted"),
        (["appealed", "returned"], "appealed"),
        (["returned", "approved"], "returned"),
        (["approved", "in_run"], "approved"),
        (["in_run", "not_approved"], "in_run"),
        (["not_approved", "paid"], "not_approved"),
        (["paid", "refused", "nothing_to_pay"], "paid"),
        (["nothing_to_pay", "refused"], "nothing_to_pay"),
        (["refused", "withdrawn"], "refused"),
        (["withdrawn"], "withdrawn"),
    ],
)
def test_a_claim_is_called_after_what_is_owed_first(lines, expected):
    assert states.status_of_claim(set(lines)) == expected


def test_a_claim_without_lines_has_no_status():
    with pytest.raises(ValueError, match=r"^A submitted claim has at least one line\.$"):
        states.status_of_claim([])


@pytest.mark.parametrize(("nought", "expected"), [(True, "nothing_to_pay"), (False, "approved")])
def test_a_line_with_nothing_to_pay_is_at_its_end_when_approved(nought, expected):
    assert states.approved_line_status(nought) == expected


def test_the_diagram_in_the_documents_is_the_tables(settings, capsys):
    call_command("claim_states")
    assert (settings.BASE_DIR / "docs" / "claim-states.md").read_text() == capsys.readouterr().out
