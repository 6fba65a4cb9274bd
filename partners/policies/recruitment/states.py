"""The states of an application as one table, which also feeds a trigger in the database. Pure."""

from dataclasses import dataclass

from partners.enums.recruitment import ApplicationMove as M
from partners.enums.recruitment import ApplicationStatus as S
from partners.enums.recruitment import Stage
from psp_portal.exceptions import TransitionNotAllowed


@dataclass(frozen=True)
class Transition:
    """One thing that can happen to an application: from which statuses, and to which."""

    sources: frozenset[S]
    target: S


# With the organisation: it owes the applicant the next step.
LIVE = frozenset({S.SENT, S.SHORTLISTED, S.CHAT, S.INTERVIEW, S.OFFERED})
OVER = frozenset({S.NOT_THIS_TIME, S.WITHDRAWN, S.EXPIRED})

TRANSITIONS: dict[M, Transition] = {
    M.SEND: Transition(frozenset({S.STARTED}), S.SENT),
    M.SHORTLIST: Transition(frozenset({S.SENT}), S.SHORTLISTED),
    M.CHAT: Transition(frozenset({S.SENT, S.SHORTLISTED}), S.CHAT),
    M.INTERVIEW: Transition(frozenset({S.SENT, S.SHORTLISTED, S.CHAT}), S.INTERVIEW),
    M.OFFER: Transition(frozenset({S.SHORTLISTED, S.CHAT, S.INTERVIEW}), S.OFFERED),
    M.ACCEPT: Transition(frozenset({S.OFFERED}), S.APPOINTED),
    M.NOT_THIS_TIME: Transition(LIVE, S.NOT_THIS_TIME),
    M.WITHDRAW: Transition(LIVE | {S.STARTED}, S.WITHDRAWN),
    M.EXPIRE: Transition(frozenset({S.STARTED}), S.EXPIRED),
}

# What the staff decide, in the order a page offers it.
DECISIONS = (M.SHORTLIST, M.CHAT, M.INTERVIEW, M.OFFER, M.NOT_THIS_TIME)

_NOT_NOW = {
    S.STARTED: "This application has not been sent yet.",
    S.SENT: "This application waits for shortlisting.",
    S.SHORTLISTED: "This application is shortlisted.",
    S.CHAT: "The applicant is invited to an informal chat.",
    S.INTERVIEW: "The applicant is invited to an interview.",
    S.OFFERED: "The role is offered to the applicant.",
    S.APPOINTED: "This applicant has been appointed, so the application cannot be changed any more.",
    S.NOT_THIS_TIME: "This application has been decided: not this time.",
    S.WITHDRAWN: "This application has been withdrawn, so it cannot be changed any more.",
    S.EXPIRED: "This application was not sent in time and has expired.",
}


def next_status(status: str, move: M) -> S:
    """Return the status to which a move leads. Raises TransitionNotAllowed when it cannot be made from here."""
    transition = TRANSITIONS[move]
    if status not in transition.sources:
        raise TransitionNotAllowed(_NOT_NOW[S(status)])
    return transition.target


def can(status: str, move: M) -> bool:
    """Say whether a move can be made from a status."""
    return status in TRANSITIONS[move].sources


def moves() -> list[tuple[str, str]]:
    """Return every (from, to) that the database lets pass, in a fixed order."""
    return sorted({(source.value, t.target.value) for t in TRANSITIONS.values() for source in t.sources})


def stage_after(move: M) -> Stage | None:
    """Return the stage that a move brings an application to, None for a move that brings it no further."""
    return {
        M.SEND: Stage.SENT,
        M.SHORTLIST: Stage.SHORTLISTED,
        M.CHAT: Stage.SHORTLISTED,
        M.INTERVIEW: Stage.INTERVIEWED,
        M.OFFER: Stage.SHORTLISTED,
        M.ACCEPT: Stage.APPOINTED,
    }.get(move)


def furthest(stage: str, move: M) -> Stage:
    """Return the furthest stage of an application after a move: it never goes back."""
    reached = stage_after(move)
    order = list(Stage)
    return max([Stage(stage), *([reached] if reached else [])], key=order.index)


def hides_name(status: str, *, hides_names: bool, was_shortlisted: bool) -> bool:
    """Say whether those who shortlist must not see who an applicant is: until they have decided on them.

    ``hides_names`` is the vacancy's choice. One who withdrew before the decision stays unnamed.
    """
    return hides_names and not was_shortlisted and status != S.NOT_THIS_TIME
