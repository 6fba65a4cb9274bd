"""The claim's states: who may do what, and when, as two tables. Pure.

A line is what is decided and paid; a claim's status is read off its lines (``status_of_claim``), so that one line with
a problem never stops the rest. The same tables feed triggers in the database, which refuses any other move.
"""

from collections.abc import Collection
from dataclasses import dataclass

from expenses.enums import ClaimAction as A
from expenses.enums import ClaimStatus as S
from expenses.enums import LineAction as LA
from expenses.enums import LineStatus as L
from expenses.enums import Who
from psp_portal.exceptions import TransitionNotAllowed

# A claim is open from being sent until it is paid, withdrawn, or refused for good: while it is open, somebody named
# is responsible for it and its next step has a time. What is paid is at its end unless the bank sends it back.
OPEN_STATUSES = frozenset({S.SUBMITTED, S.RETURNED, S.APPEALED, S.APPROVED, S.IN_RUN, S.NOT_APPROVED})
FINAL_STATUSES = frozenset({S.PAID, S.NOTHING_TO_PAY, S.REFUSED, S.WITHDRAWN})
# While a refusal can still be appealed nobody owes the partner an answer, so the ladder does not climb.
CLIMBING_STATUSES = OPEN_STATUSES - {S.NOT_APPROVED}

FINAL_LINE_STATUSES = frozenset({L.PAID, L.NOTHING_TO_PAY, L.REFUSED, L.WITHDRAWN})


@dataclass(frozen=True)
class Transition:
    """One thing that can be done: from which statuses, to which, and whose turn it is."""

    sources: frozenset[str]
    targets: frozenset[str]
    actor: Who


def _move(sources: Collection[str], targets: Collection[str], actor: Who) -> Transition:
    return Transition(frozenset(sources), frozenset(targets), actor)


LINE_TRANSITIONS: dict[LA, Transition] = {
    LA.APPROVE: _move({L.PENDING}, {L.APPROVED, L.NOTHING_TO_PAY}, Who.APPROVER),
    LA.RETURN: _move({L.PENDING}, {L.RETURNED}, Who.APPROVER),
    LA.REFUSE: _move({L.PENDING}, {L.NOT_APPROVED}, Who.APPROVER),
    LA.ANSWER: _move({L.RETURNED}, {L.PENDING}, Who.CLAIMANT),
    LA.ANSWER_HOLD: _move({L.PENDING}, {L.PENDING}, Who.CLAIMANT),
    LA.APPEAL: _move({L.NOT_APPROVED}, {L.APPEALED}, Who.CLAIMANT),
    LA.ALLOW_APPEAL: _move({L.APPEALED}, {L.APPROVED, L.NOTHING_TO_PAY}, Who.APPROVER),
    LA.DISMISS_APPEAL: _move({L.APPEALED}, {L.REFUSED}, Who.APPROVER),
    LA.LET_STAND: _move({L.NOT_APPROVED}, {L.REFUSED}, Who.CLOCK),
    LA.ADD_TO_RUN: _move({L.APPROVED}, {L.IN_RUN}, Who.FINANCE),
    LA.REMOVE_FROM_RUN: _move({L.IN_RUN}, {L.APPROVED}, Who.FINANCE),
    LA.RECORD_PAYMENT: _move({L.IN_RUN}, {L.PAID}, Who.FINANCE),
    LA.RECORD_FAILURE: _move({L.IN_RUN}, {L.APPROVED}, Who.FINANCE),
    LA.RECORD_RETURN: _move({L.PAID}, {L.APPROVED}, Who.FINANCE),
    LA.WITHDRAW: _move({L.PENDING, L.RETURNED, L.NOT_APPROVED, L.APPEALED}, {L.WITHDRAWN}, Who.CLAIMANT),
}

_DECIDED = OPEN_STATUSES | FINAL_STATUSES - {S.WITHDRAWN}

CLAIM_TRANSITIONS: dict[A, Transition] = {
    A.SUBMIT: _move({S.DRAFT}, {S.SUBMITTED}, Who.CLAIMANT),
    A.RECALL: _move({S.SUBMITTED}, {S.DRAFT}, Who.CLAIMANT),
    # A draft that was sent once: what happened to it is kept. Any other is deleted.
    A.GIVE_UP: _move({S.DRAFT}, {S.WITHDRAWN}, Who.CLAIMANT),
    A.WITHDRAW: _move(
        {S.SUBMITTED, S.RETURNED, S.APPEALED, S.NOT_APPROVED},
        {S.WITHDRAWN, S.APPROVED, S.IN_RUN, S.PAID, S.NOTHING_TO_PAY, S.REFUSED},
        Who.CLAIMANT,
    ),
    A.DECIDE: _move({S.SUBMITTED}, _DECIDED, Who.APPROVER),
    A.ANSWER: _move({S.RETURNED, S.SUBMITTED, S.APPEALED}, {S.SUBMITTED}, Who.CLAIMANT),
    A.ANSWER_HOLD: _move({S.SUBMITTED}, {S.SUBMITTED}, Who.CLAIMANT),
    A.APPEAL: _move(OPEN_STATUSES, {S.SUBMITTED, S.APPEALED}, Who.CLAIMANT),
    A.DECIDE_APPEAL: _move({S.APPEALED, S.SUBMITTED}, _DECIDED, Who.APPROVER),
    A.LET_STAND: _move(OPEN_STATUSES, _DECIDED, Who.CLOCK),
    A.ADD_TO_RUN: _move(OPEN_STATUSES - {S.NOT_APPROVED}, OPEN_STATUSES - {S.NOT_APPROVED}, Who.FINANCE),
    A.REMOVE_FROM_RUN: _move(OPEN_STATUSES - {S.NOT_APPROVED}, OPEN_STATUSES - {S.NOT_APPROVED}, Who.FINANCE),
    A.RECORD_PAYMENT: _move(OPEN_STATUSES - {S.NOT_APPROVED}, OPEN_STATUSES | {S.PAID}, Who.FINANCE),
    A.RECORD_FAILURE: _move(OPEN_STATUSES - {S.NOT_APPROVED}, OPEN_STATUSES - {S.NOT_APPROVED}, Who.FINANCE),
    # The line that comes back waits for payment, which counts before a payment that is under way or was made.
    A.RECORD_RETURN: _move(OPEN_STATUSES | {S.PAID}, {S.SUBMITTED, S.APPEALED, S.RETURNED, S.APPROVED}, Who.FINANCE),
}


DISPUTED = (
    "Two organisations disagree about who pays this claim. Until that is decided, nothing of it can be decided or paid."
)


def stops_for_dispute(actor: Who) -> bool:
    """Say whether somebody must leave a claim alone while it is open who pays it: its payer's people must."""
    return actor in (Who.APPROVER, Who.FINANCE)


def check_not_disputed(actor: Who, *, is_disputed: bool) -> None:
    """Raise TransitionNotAllowed when it is open who pays a claim, and this is for its payer's people to do."""
    if is_disputed and stops_for_dispute(actor):
        raise TransitionNotAllowed(DISPUTED)


def check_line(status: str, action: LA) -> None:
    """Raise TransitionNotAllowed unless a line of this status can be acted on this way."""
    if status not in LINE_TRANSITIONS[action].sources:
        raise TransitionNotAllowed(
            f"A line that is “{L(status).label.lower()}” cannot be changed this way. Somebody may have changed it "
            "since you opened the page."
        )


def check_claim(status: str, action: A) -> None:
    """Raise TransitionNotAllowed unless a claim of this status can be acted on this way."""
    if status not in CLAIM_TRANSITIONS[action].sources:
        raise TransitionNotAllowed(
            f"A claim that is “{S(status).label.lower()}” cannot be changed this way. Somebody may have changed it "
            "since you opened the page."
        )


def approved_line_status(amount_is_nought: bool) -> L:
    """Return what an approved line becomes: with nothing to pay it is at its end at once."""
    return L.NOTHING_TO_PAY if amount_is_nought else L.APPROVED


# What a claim is called while any of its lines is in the status on the left; the first that applies counts. A
# decision somebody owes comes before a payment somebody owes, and that before what only waits to become final.
PRECEDENCE: tuple[tuple[L, S], ...] = (
    (L.PENDING, S.SUBMITTED),
    (L.APPEALED, S.APPEALED),
    (L.RETURNED, S.RETURNED),
    (L.APPROVED, S.APPROVED),
    (L.IN_RUN, S.IN_RUN),
    (L.NOT_APPROVED, S.NOT_APPROVED),
    (L.PAID, S.PAID),
    (L.NOTHING_TO_PAY, S.NOTHING_TO_PAY),
    (L.REFUSED, S.REFUSED),
    (L.WITHDRAWN, S.WITHDRAWN),
)


def status_of_claim(line_statuses: Collection[str]) -> S:
    """Return the status of a submitted claim whose lines have these statuses. Raises ValueError for no lines."""
    for line_status, claim_status in PRECEDENCE:
        if line_status in line_statuses:
            return claim_status
    raise ValueError("A submitted claim has at least one line.")


def moves(table: dict) -> list[tuple[str, str]]:
    """Return every (from, to) pair that a table allows, sorted, for the database's trigger and the diagram."""
    return sorted(
        {
            (str(source), str(target))
            for transition in table.values()
            for source in transition.sources
            for target in transition.targets
            if source != target
        }
    )
