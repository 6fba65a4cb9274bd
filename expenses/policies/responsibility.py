"""Who answers for a claim, and whom it waits on. Pure: a directory of the payer's people comes in.

The promise (E6): an open claim always has one responsible, active person. When the person it would be has left or is
away it passes on at once, first sideways (a deputy, another holder of the role), then up the chain; never to the
claimant, and never back down to nobody. With nobody in the office it stays with somebody who is away.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from expenses.enums import ClaimStatus, StepKind
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.roles import Directory, Permission, roles_with

# From the partner's lead up to the top (domain.md 4: the chain itself is the trust's to name, through its posts).
CHAIN = (Post.PROGRAMME_LEAD, Post.FINANCE_LEAD, Post.EXECUTIVE_LEAD, Post.CHIEF_EXECUTIVE)

# Which posts a step tells, whoever answers for the claim besides.
POSTS_TOLD = {
    StepKind.LEAD: [Post.PROGRAMME_LEAD],
    StepKind.LEAD_AND_FINANCE: [Post.PROGRAMME_LEAD, Post.FINANCE_LEAD],
    StepKind.EXECUTIVE: [Post.EXECUTIVE_LEAD],
    StepKind.CHIEF_EXECUTIVE: [Post.CHIEF_EXECUTIVE],
    StepKind.BOARD: [Post.CHIEF_EXECUTIVE, Post.EXECUTIVE_LEAD, Post.PROGRAMME_LEAD],
}

# Who may do what a claim waits for, and who may answer for one and reply to its steps.
DECIDING_ROLES = roles_with(Permission.DECIDE_CLAIMS)
PAYING_ROLES = roles_with(Permission.PAY_CLAIMS)
ANSWERING_ROLES = roles_with(Permission.ANSWER_FOR_CLAIMS)

PAYING = frozenset({ClaimStatus.APPROVED, ClaimStatus.IN_RUN})
PARTNERS_TURN = frozenset({ClaimStatus.RETURNED, ClaimStatus.NOT_APPROVED})


@dataclass(frozen=True)
class ClaimInHand:
    """What of a claim decides who has it. ``last_step`` is the kind of the last step written, or None.

    ``deciders`` are those who may not do what comes next: who decided what is to be paid, or handled what is appealed.
    ``helpers`` prepared the claim or brought it in: they neither decide nor pay it. ``arbiter`` decides who pays, while
    two organisations disagree about it.
    """

    status: ClaimStatus
    claimant: UUID
    budget_holder: UUID | None
    deputy: UUID | None
    deciders: frozenset[UUID]
    last_step: StepKind | None
    arbiter: UUID | None = None
    helpers: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class People:
    """The person of the payer who answers for the claim, and the person who must act now."""

    responsible: UUID
    waiting_on: UUID
    # Nobody who may do the work is there: whoever has it must find somebody.
    must_find: bool = False


def people_for(claim: ClaimInHand, directory: Directory) -> People | None:
    """Return who has an open claim; None when nobody but the claimant is at the payer who may answer for one."""
    worker = claim.arbiter or _worker(claim, directory)
    owner = worker or _up_the_chain(CHAIN, directory, not_these={claim.claimant})
    responsible = owner
    if claim.last_step is not None:
        responsible = _answering_for_step(claim.last_step, directory, status=claim.status, claimant=claim.claimant)
    if owner is None or responsible is None:
        return None
    is_partners = claim.arbiter is None and claim.status in PARTNERS_TURN
    return People(responsible, claim.claimant if is_partners else owner, must_find=worker is None and not is_partners)


def payer_for(claim: ClaimInHand, directory: Directory) -> UUID | None:
    """Return who pays what of a claim can be paid, whatever waits of the rest; None when nobody who may is here.

    ``deciders`` must be those who decided what is to be paid.
    """
    return _worker(replace(claim, status=ClaimStatus.APPROVED), directory)


def arbiter_for(named: UUID | None, *, payer: Directory, other: Directory, not_these: Collection[UUID]) -> UUID | None:
    """Return who decides which of two organisations pays: whoever was named for it, or their stand-in at either.

    With nobody named, or nobody there, the executive lead of the payer and then up its chain; never one of
    ``not_these``, the partner and whoever raised it.
    """
    here = next((named for there in (payer, other) if there.is_here(named) and named not in not_these), None)
    stand_in = here or next(
        (
            found
            for there in (payer, other)
            if (found := there.stand_in(named, roles=ANSWERING_ROLES, not_these=not_these))
        ),
        None,
    )
    executive = CHAIN.index(Post.EXECUTIVE_LEAD)
    upwards = [*CHAIN[executive:], *reversed(CHAIN[:executive])]
    return stand_in or _up_the_chain(upwards, payer, not_these=not_these)


def recipients_of_step(kind: StepKind, directory: Directory, *, claimant: UUID) -> list[UUID]:
    """Return everybody whom a step tells, those away replaced; the responsible person is told besides."""
    return list(dict.fromkeys(person for _post, person in _posts_told(kind, directory, claimant=claimant)))


def reached_by_step(
    kind: StepKind, directory: Directory, *, status: ClaimStatus, claimant: UUID
) -> list[tuple[Post | None, UUID]]:
    """Return whom a step of a claim would reach today, each with the post that they hold or stand in for.

    Whoever would answer for the claim comes last, with no post, when none of the step's posts leads to them: a vacancy.
    """
    told = _posts_told(kind, directory, claimant=claimant)
    responsible = _answering_for_step(kind, directory, status=status, claimant=claimant)
    if responsible is None or responsible in [person for _post, person in told]:
        return told
    return [*told, (None, responsible)]


def _posts_told(kind: StepKind, directory: Directory, *, claimant: UUID) -> list[tuple[Post | None, UUID]]:
    """Return the posts that a step tells which lead to anybody, each with its holder or who stands in."""
    return [
        (post, person)
        for post in POSTS_TOLD[kind]
        if (person := directory.stand_in(directory.posts.get(post), roles=ANSWERING_ROLES, not_these={claimant}))
    ]


def misplaced_with(people: Iterable[UUID], roles: Collection[Role], directory: Directory) -> set[UUID]:
    """Return which of ``people`` should have no claim that waits for somebody with ``roles``.

    These are who lacks such a role or is away; where nobody may do the work, all but whoever must find somebody.
    """
    able = {person for person in people if directory.is_here(person, roles)}
    return set(people) - (able or set(filter(None, [_up_the_chain(CHAIN, directory, not_these=())])))


def _worker(claim: ClaimInHand, directory: Directory) -> UUID | None:
    """Return who has the work in hand: whoever decides or pays; None when nobody who may is in the office."""
    if claim.status in PAYING:
        roles = PAYING_ROLES
        workers = [directory.posts.get(Post.FINANCE_LEAD), *directory.with_roles(roles)]
        # Whoever decided a line does not pay it.
        barred = claim.deciders
    else:
        roles = DECIDING_ROLES
        workers = [claim.budget_holder, claim.deputy, *directory.with_roles(roles)]
        barred = claim.deciders if claim.status == ClaimStatus.APPEALED else frozenset()
    return directory.first_here(workers, roles=roles, not_these={claim.claimant, *claim.helpers, *barred})


def _answering_for_step(kind: StepKind, directory: Directory, *, status: ClaimStatus, claimant: UUID) -> UUID | None:
    if kind == StepKind.LEAD_AND_FINANCE:
        post = Post.FINANCE_LEAD if status in PAYING else Post.PROGRAMME_LEAD
    else:
        post = {
            StepKind.LEAD: Post.PROGRAMME_LEAD,
            StepKind.EXECUTIVE: Post.EXECUTIVE_LEAD,
            StepKind.CHIEF_EXECUTIVE: Post.CHIEF_EXECUTIVE,
            StepKind.BOARD: Post.CHIEF_EXECUTIVE,
        }[kind]
    start = CHAIN.index(post)
    # Upwards first: an escalation never goes back down while somebody above is there.
    return _up_the_chain([*CHAIN[start:], *reversed(CHAIN[:start])], directory, not_these={claimant})


def _up_the_chain(posts: Iterable[Post], directory: Directory, *, not_these: Collection[UUID]) -> UUID | None:
    holders = [directory.posts.get(post) for post in posts]
    # Nobody else: a requester cannot see a claim, and an auditor changes nothing.
    senior_first = (Role.PROGRAMME_LEAD, Role.EXECUTIVE, Role.FINANCE, Role.APPROVER)
    others = [person for role in senior_first for person in directory.with_roles({role})]
    here = directory.first_here([*holders, *others], roles=ANSWERING_ROLES, not_these=not_these)
    if here:
        return here
    return next(
        (
            person
            for person in [*holders, *others]
            if directory.is_staff(person, ANSWERING_ROLES) and person not in not_these
        ),
        None,
    )
