"""The states of an appointment as one table, which also feeds a trigger in the database. Pure."""

from dataclasses import dataclass

from partners.enums import PartnerMove as M
from partners.enums import PartnerStatus as S
from psp_portal.exceptions import TransitionNotAllowed


@dataclass(frozen=True)
class Transition:
    """One thing that can happen to an appointment: from which statuses, and to which."""

    sources: frozenset[S]
    target: S


TRANSITIONS: dict[M, Transition] = {
    M.BEGIN_INDUCTION: Transition(frozenset({S.CHECKS}), S.INDUCTION),
    M.BEGIN: Transition(frozenset({S.CHECKS, S.INDUCTION}), S.ACTIVE),
    M.PAUSE: Transition(frozenset({S.INDUCTION, S.ACTIVE, S.LEAVING}), S.PAUSED),
    M.RESUME: Transition(frozenset({S.PAUSED}), S.ACTIVE),
    M.ANNOUNCE_LEAVING: Transition(frozenset({S.CHECKS, S.INDUCTION, S.ACTIVE, S.PAUSED}), S.LEAVING),
    M.STAY: Transition(frozenset({S.LEAVING}), S.ACTIVE),
    M.LEAVE: Transition(frozenset(S) - {S.LEFT}, S.LEFT),
}

# An appointment begins in one of these: which, depends on what its organisation asks for beforehand.
FIRST_STATUSES = frozenset({S.CHECKS, S.INDUCTION, S.ACTIVE})
# Who may be given something new to do: not before the checks are done, not during a pause, not on the way out.
ASSIGNABLE_STATUSES = frozenset({S.INDUCTION, S.ACTIVE})

_NOT_NOW = {
    S.CHECKS: "This partner's checks are not done yet.",
    S.INDUCTION: "This partner is in their induction.",
    S.ACTIVE: "This partner is active.",
    S.PAUSED: "This partner's appointment is paused.",
    S.LEAVING: "This partner has said that they will leave.",
    S.LEFT: "This partner has left, so the appointment cannot be changed any more.",
}


def next_status(status: str, move: M) -> S:
    """Return the status to which a move leads. Raises TransitionNotAllowed when it cannot be made from here."""
    transition = TRANSITIONS[move]
    if status not in transition.sources:
        raise TransitionNotAllowed(_NOT_NOW[S(status)])
    return transition.target


def moves() -> list[tuple[str, str]]:
    """Return every (from, to) that the database lets pass, in a fixed order."""
    return sorted({(source.value, t.target.value) for t in TRANSITIONS.values() for source in t.sources})
