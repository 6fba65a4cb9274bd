"""When who pays can be disputed, and what may be decided of it. No database."""

from uuid import UUID

import pytest

from expenses.enums import LineStatus, Who
from expenses.policies import disputes, states
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

PAYER, OTHER, THIRD = (UUID(int=n) for n in range(3))
TOO_LATE = "Part of this claim is in a payment run or has been paid, so it is too late to dispute who pays."


def why_not(**change) -> str:
    facts = {
        "payer_id": PAYER, "organisation_id": OTHER, "is_open": True, "line_statuses": {LineStatus.PENDING},
        "is_disputed": False, "was_decided": False,
    }  # fmt: skip
    return disputes.why_not_disputable(**(facts | change))


def test_an_open_claim_that_another_organisation_pays_can_be_disputed():
    assert why_not() == ""
    assert why_not(line_statuses={LineStatus.APPROVED, LineStatus.NOT_APPROVED, LineStatus.NOTHING_TO_PAY}) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"is_open": False}, "This claim is settled, so who pays it is no longer open."),
        (
            {"organisation_id": PAYER},
            "The organisation that pays this claim is the one it was made at, so there is no other that could pay.",
        ),
        ({"is_disputed": True}, "It is being decided already who pays this claim."),
        ({"was_decided": True}, "It has been decided already who pays this claim. That decision stands."),
        ({"line_statuses": {LineStatus.PENDING, LineStatus.IN_RUN}}, TOO_LATE),
        ({"line_statuses": {LineStatus.PENDING, LineStatus.PAID}}, TOO_LATE),
    ],
)
def test_what_cannot_be_disputed_says_why(change, words):
    assert why_not(**change) == words


def test_a_dispute_needs_a_reason():
    disputes.check_can_be_disputed("Not ours", "")
    with pytest.raises(TransitionNotAllowed, match=r"^Too late\.$"):
        disputes.check_can_be_disputed("Not ours", "Too late.")
    with pytest.raises(RuleBroken, match=r"^Say why your organisation should not pay\.$") as refused:
        disputes.check_can_be_disputed(" ", "")
    assert refused.value.field == "reason"


def test_a_decision_names_one_of_the_two_and_says_why():
    for payer in (PAYER, OTHER):
        disputes.check_decision(payer, either={PAYER, OTHER}, reason="They asked")
    with pytest.raises(RuleBroken, match=r"^Select which of the two organisations pays\.$") as refused:
        disputes.check_decision(THIRD, either={PAYER, OTHER}, reason="They asked")
    assert refused.value.field == "payer_id"
    with pytest.raises(
        RuleBroken, match=r"^Say why, so that both organisations and the partner understand\.$"
    ) as refused:
        disputes.check_decision(PAYER, either={PAYER, OTHER}, reason=" ")
    assert refused.value.field == "reason"


@pytest.mark.parametrize("who", list(Who))
def test_a_dispute_stops_the_payer_s_people_and_nobody_else(who):
    stops = who in (Who.APPROVER, Who.FINANCE)
    assert states.stops_for_dispute(who) is stops
    states.check_not_disputed(who, is_disputed=False)
    if stops:
        with pytest.raises(TransitionNotAllowed, match="nothing of it can be decided or paid"):
            states.check_not_disputed(who, is_disputed=True)
    else:
        states.check_not_disputed(who, is_disputed=True)
