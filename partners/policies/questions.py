"""Rules of questions to a role, pure: dates, and who is at an organisation, come in.

A question has one person who answers for it, a deputy, and a ladder: dates that are counted in working days from the
day it was asked (or said to be unanswered) and fixed then. After the last the executive is told again every
``REPEAT_WORKING_DAYS`` until somebody answers, so a question that waits always has a next step.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from partners.enums.questions import AskedRole
from partners.enums.questions import QuestionMove as M
from partners.enums.questions import QuestionStatus as S
from partners.enums.questions import QuestionStepKind as K
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.roles import Directory
from psp_portal.dates import add_working_days
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

STEP_KINDS = (K.OWNER, K.OWNER_AND_DEPUTY, K.MANAGER, K.EXECUTIVE)
# From here on somebody above knows of it, and reads it.
ABOVE = frozenset({K.MANAGER, K.EXECUTIVE})
REPEAT_WORKING_DAYS = 5
LONGEST_SUBJECT, LONGEST_TEXT = 150, 4000
MOST_WORKING_DAYS = 60

# Who may have a question: an auditor changes nothing. Senior first, where somebody must be found.
SENIOR_FIRST = (Role.PROGRAMME_LEAD, Role.EXECUTIVE, Role.FINANCE, Role.APPROVER, Role.REQUESTER)
ANSWERING_ROLES = frozenset(SENIOR_FIRST)

# Who is over those who are asked, below the executive lead.
_MANAGERS = {
    AskedRole.PROGRAMME_LEAD: Post.PROGRAMME_LEAD,
    AskedRole.FINANCE: Post.FINANCE_LEAD,
    AskedRole.REQUESTER: Post.PROGRAMME_LEAD,
}

# --- statuses -------------------------------------------------------------------------------
_MOVES: dict[M, tuple[frozenset[S], S]] = {
    M.ANSWER: (frozenset({S.WAITING, S.ANSWERED}), S.ANSWERED),
    M.REOPEN: (frozenset({S.ANSWERED, S.NO_REPLY}), S.WAITING),
    M.SAY_NO_REPLY: (frozenset({S.WAITING, S.ANSWERED}), S.NO_REPLY),
    M.CONFIRM: (frozenset({S.WAITING, S.ANSWERED, S.NO_REPLY}), S.CLOSED),
    M.LAPSE: (frozenset({S.NO_REPLY}), S.CLOSED),
}

_NOT_NOW = {
    S.WAITING: "This question is waiting for an answer.",
    S.ANSWERED: "This question has been answered. The partner says whether it is settled.",
    S.NO_REPLY: "Somebody has said that this question needs no reply.",
    S.CLOSED: "This question is closed.",
}


def next_status(status: str, move: M) -> S:
    """Return the status to which a move leads. Raises TransitionNotAllowed when it cannot be made from here."""
    sources, target = _MOVES[move]
    if status not in sources:
        raise TransitionNotAllowed(_NOT_NOW[S(status)])
    return target


def can_move(status: str, move: M) -> bool:
    """Say whether a move can be made from a status."""
    return status in _MOVES[move][0]


def moves() -> list[tuple[str, str]]:
    """Return every (from, to) that the database lets pass, in a fixed order."""
    every = {(source.value, target.value) for sources, target in _MOVES.values() for source in sources}
    return sorted(pair for pair in every if pair[0] != pair[1])


# --- words ----------------------------------------------------------------------------------
def check_subject(subject: str) -> None:
    """Refuse a question that does not say what it is about, in 150 characters."""
    if not subject.strip():
        raise RuleBroken("Enter what your question is about", field="subject")
    if len(subject) > LONGEST_SUBJECT:
        raise RuleBroken(f"What it is about must be {LONGEST_SUBJECT} characters or fewer", field="subject")


def check_text(text: str, *, missing: str, field: str = "text") -> None:
    """Refuse words that are none, saying what is ``missing``, and those that are too many."""
    if not text.strip():
        raise RuleBroken(missing, field=field)
    if len(text) > LONGEST_TEXT:
        raise RuleBroken(f"Your answer must be {LONGEST_TEXT:,} characters or fewer", field=field)


# --- the clock ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Times:
    """An organisation's own times for questions, all in working days.

    Until a reply is due; until each step of the ladder; until a partner is asked whether an answer settles it; and how
    long they can object to "no reply needed".
    """

    reply: int
    steps: tuple[int, int, int, int]
    confirm: int
    reopen: int


def check_times(times: Times) -> None:
    """Refuse times out of reason, and a ladder whose steps do not come one after the other."""
    names = ("reply_days", "first_days", "second_days", "manager_days", "executive_days", "confirm_days", "reopen_days")
    for name, days in zip(names, (times.reply, *times.steps, times.confirm, times.reopen), strict=True):
        if not 1 <= days <= MOST_WORKING_DAYS:
            raise RuleBroken(f"Working days must be from 1 to {MOST_WORKING_DAYS}", field=name)
    for name, before, after in zip(names[2:5], times.steps, times.steps[1:], strict=False):
        if after <= before:
            raise RuleBroken("Each step must come after the one before it", field=name)


@dataclass(frozen=True)
class Step:
    """One step of a question's ladder: its number from 1, whom it reaches, and the day it falls due."""

    number: int
    kind: K
    due_on: date


def ladder_from(start: date, steps: Iterable[int], holidays: Collection[date]) -> list[date]:
    """Return the dates of a ladder that begins on ``start``, which is day 0."""
    return [add_working_days(start, days, holidays) for days in steps]


def step(ladder: Sequence[date], number: int, holidays: Collection[date]) -> Step:
    """Return step ``number`` (from 1) of a ladder; beyond its last date the executive is told again and again."""
    if number <= len(ladder):
        return Step(number, STEP_KINDS[number - 1], ladder[number - 1])
    repeats = number - len(ladder)
    return Step(number, K.EXECUTIVE, add_working_days(ladder[-1], REPEAT_WORKING_DAYS * repeats, holidays))


def steps_due(ladder: Sequence[date], written: int, today: date, holidays: Collection[date]) -> list[Step]:
    """Return the steps after the first ``written`` that are due by ``today``, lowest first: none is ever skipped."""
    due: list[Step] = []
    while (following := step(ladder, written + len(due) + 1, holidays)).due_on <= today:
        due.append(following)
    return due


# --- who has it -----------------------------------------------------------------------------
@dataclass(frozen=True)
class InHand:
    """What of a question decides who has it: to which role, by whom, and whose partner the asker is.

    ``owner`` and ``deputy`` are those who have it now, or None before anybody has. ``load`` is how many open questions
    each person has.
    """

    to_role: AskedRole
    asker: UUID
    lead: UUID | None
    load: Mapping[UUID, int]
    owner: UUID | None = None
    deputy: UUID | None = None


@dataclass(frozen=True)
class Hands:
    """Who answers for a question, and who stands beside them; no deputy where nobody else is here."""

    owner: UUID
    deputy: UUID | None


def first_hands(question: InHand, there: Directory) -> Hands:
    """Return who has a question that is just being asked. Raises RuleBroken where nobody else holds the role."""
    holders = set(there.with_roles({Role(question.to_role)})) - {question.asker}
    hands = hands_for(question, there) if holders else None
    if hands is None:
        raise RuleBroken("Nobody here holds this role. Choose another, or telephone your lead", field="to_role")
    return hands


def hands_for(question: InHand, there: Directory) -> Hands | None:
    """Return who has a question: whoever had it while they are here, else whoever should; None when nobody may.

    First whoever stands in for its owner, and its deputy; then the partner's own lead, for a question to the lead; then
    whoever holds the role and has the fewest; then the leads and those above them. Never the asker. With nobody in the
    office it stays with somebody who is away. What is asked of an executive goes to no lead while there is any
    executive, for it may be about the lead.
    """
    barred = {question.asker}
    owner = there.first_here([question.owner, question.deputy], roles=ANSWERING_ROLES, not_these=barred)
    owner = owner or _found(question, there, not_these=barred)
    if owner is None:
        away = [question.owner, *_holders(question, there), *_further(question, there)]
        last = _anybody(there)
        owner = (
            _first_of_staff(away, there, not_these=barred)
            or there.first_here(last, roles=ANSWERING_ROLES, not_these=barred)
            or _first_of_staff(last, there, not_these=barred)
        )
    if owner is None:
        return None
    barred = {question.asker, owner}
    deputy = question.deputy if there.is_here(question.deputy, ANSWERING_ROLES) else None
    return Hands(owner, deputy if deputy and deputy not in barred else _found(question, there, not_these=barred))


def _found(question: InHand, there: Directory, *, not_these: Collection[UUID]) -> UUID | None:
    """Return somebody who is here and holds the role, or failing that somebody further on."""
    role = Role(question.to_role)
    return there.first_here(_holders(question, there), roles={role}, not_these=not_these) or there.first_here(
        _further(question, there), roles=ANSWERING_ROLES, not_these=not_these
    )


def _first_of_staff(people: Iterable[UUID | None], there: Directory, *, not_these: Collection[UUID]) -> UUID | None:
    return next((each for each in people if there.is_staff(each, ANSWERING_ROLES) and each not in not_these), None)


def _holders(question: InHand, there: Directory) -> list[UUID | None]:
    role = Role(question.to_role)
    lead = [question.lead] if role == Role.PROGRAMME_LEAD else []
    # The sort is stable: of those with equally many, whoever took up the role first.
    return [*lead, *sorted(there.with_roles({role}), key=lambda each: question.load.get(each, 0))]


def _further(question: InHand, there: Directory) -> list[UUID | None]:
    return [] if question.to_role == AskedRole.EXECUTIVE else _anybody(there)


def _anybody(there: Directory) -> list[UUID | None]:
    leads = [there.posts.get(Post.PROGRAMME_LEAD), *there.with_roles({Role.PROGRAMME_LEAD})]
    above = [there.posts.get(Post.EXECUTIVE_LEAD), there.posts.get(Post.CHIEF_EXECUTIVE)]
    return [*leads, *above, *[person for role in SENIOR_FIRST for person in there.with_roles({role})]]


def reached_by_step(
    kind: K, there: Directory, *, to_role: AskedRole, asker: UUID, owner: UUID, manager: UUID | None
) -> UUID:
    """Return the one person whom a step reaches: the owner of a reminder, else somebody above them.

    The manager is the holder of the post over the role that was asked, where somebody else has the question, or else
    the executive lead: never the lead for what was asked of an executive. ``manager`` is whom that step reached: the
    executive step goes on to somebody new where there is one. With nobody above it comes back to the owner.
    """
    if kind not in ABOVE:
        return owner
    first = [_MANAGERS[to_role]] if kind == K.MANAGER and to_role in _MANAGERS else []
    posts = [there.posts.get(post) for post in (*first, Post.EXECUTIVE_LEAD, Post.CHIEF_EXECUTIVE)]
    candidates = [*posts, *there.with_roles({Role.EXECUTIVE})]
    known = {asker, owner}
    for barred in (known | {manager} if manager else known, known):
        found = there.first_here(candidates, roles=ANSWERING_ROLES, not_these=barred)
        if found:
            return found
    return owner
