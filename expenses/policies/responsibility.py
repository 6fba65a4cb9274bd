"""Who answers for a claim, and whom it waits on. Pure: a directory of the payer's people comes in.

The promise (E6): an open claim always has one responsible, active person. When the person it would be has left or is
away it passes on at once, first sideways (a deputy, another holder of the role), then up the chain; never to the
claimant, and never back down to nobody. With nobody in the office it stays with somebody who is away.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from expenses.enums import ClaimStatus, StepKind
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.roles import Directory

# From the partner's lead up to the top (domain.md 4: the chain itself is the trust's to name, through its posts).
CHAIN = (Post.PROGRAMME_LEAD, Post.FINANCE_LEAD, Post.EXECUTIVE_LEAD, Post.CHIEF_EXECUTIVE)

PAYING = frozenset({ClaimStatus.APPROVED, ClaimStatus.IN_RUN})
PARTNERS_TURN = frozenset({ClaimStatus.RETURNED, ClaimStatus.NOT_APPROVED})


@dataclass(frozen=True)
class ClaimInHand:
    """What of a claim decides who has it. ``last_step`` is the kind of the last step written, or None.

    ``deciders`` are those who may not do what comes next: who decided what is to be paid, or handled what is appealed.
    ``arbiter`` decides who pays, while two organisations disagree about it.
    """

    status: ClaimStatus
    claimant: UUID
    budget_holder: UUID | None
    deputy: UUID | None
    deciders: frozenset[UUID]
    last_step: StepKind | None
    arbiter: UUID | None = None


@dataclass(frozen=True)
class People:
    """The person of the payer who answers for the claim, and the person who must act now."""

    responsible: UUID
    waiting_on: UUID
    # Nobody who may do the work is there: whoever has it must find somebody.
    must_find: bool = False


def people_for(claim: ClaimInHand, directory: Directory) -> People | None:
    """Return who has an open claim; None when the payer has no active staff but the claimant at all."""
    worker = claim.arbiter or _worker(claim, directory)
    owner = worker or _up_the_chain(CHAIN, directory, not_these={claim.claimant})
    responsible = owner if claim.last_step is None else _answering_for_step(claim, claim.last_step, directory)
    if owner is None or responsible is None:
        return None
    is_partners = claim.arbiter is None and claim.status in PARTNERS_TURN
    return People(responsible, claim.claimant if is_partners else owner, must_find=worker is None and not is_partners)


def arbiter_for(named: UUID | None, *, payer: Directory, other: Directory, not_these: Collection[UUID]) -> UUID | None:
    """Return who decides which of two organisations pays: whoever was named for it, or their stand-in at either.

    With nobody named, or nobody there, the executive lead of the payer and then up its chain; never one of
    ``not_these``, the partner and whoever raised it.
    """
    here = next((named for there in (payer, other) if there.is_here(named) and named not in not_these), None)
    stand_in = here or next(
        (found for there in (payer, other) if (found := there.stand_in(named, not_these=not_these))), None
    )
    executive = CHAIN.index(Post.EXECUTIVE_LEAD)
    upwards = [*CHAIN[executive:], *reversed(CHAIN[:executive])]
    return stand_in or _up_the_chain(upwards, payer, not_these=not_these)


def recipients_of_step(kind: StepKind, directory: Directory, *, claimant: UUID) -> list[UUID]:
    """Return everybody whom a step tells, those away replaced; the responsible person is told besides."""
    posts = {
        StepKind.LEAD: [Post.PROGRAMME_LEAD],
        StepKind.LEAD_AND_FINANCE: [Post.PROGRAMME_LEAD, Post.FINANCE_LEAD],
        StepKind.EXECUTIVE: [Post.EXECUTIVE_LEAD],
        StepKind.CHIEF_EXECUTIVE: [Post.CHIEF_EXECUTIVE],
        StepKind.BOARD: [Post.CHIEF_EXECUTIVE, Post.EXECUTIVE_LEAD, Post.PROGRAMME_LEAD],
    }[kind]
    found = [directory.stand_in(directory.posts.get(post), not_these={claimant}) for post in posts]
    return list(dict.fromkeys(person for person in found if person))


def _worker(claim: ClaimInHand, directory: Directory) -> UUID | None:
    """Return who has the work in hand: whoever decides or pays; None when nobody who may is in the office."""
    if claim.status in PAYING:
        workers = [directory.posts.get(Post.FINANCE_LEAD), *directory.with_roles({Role.FINANCE})]
        # Whoever decided a line does not pay it.
        barred = claim.deciders
    else:
        workers = [claim.budget_holder, claim.deputy, *directory.with_roles({Role.APPROVER})]
        barred = claim.deciders if claim.status == ClaimStatus.APPEALED else frozenset()
        # A budget holder who is no longer an approver here cannot decide.
        approvers = set(directory.with_roles({Role.APPROVER}))
        workers = [worker for worker in workers if worker in approvers]
    return directory.first_here(workers, not_these={claim.claimant, *barred})


def _answering_for_step(claim: ClaimInHand, kind: StepKind, directory: Directory) -> UUID | None:
    if kind == StepKind.LEAD_AND_FINANCE:
        post = Post.FINANCE_LEAD if claim.status in PAYING else Post.PROGRAMME_LEAD
    else:
        post = {
            StepKind.LEAD: Post.PROGRAMME_LEAD,
            StepKind.EXECUTIVE: Post.EXECUTIVE_LEAD,
            StepKind.CHIEF_EXECUTIVE: Post.CHIEF_EXECUTIVE,
            StepKind.BOARD: Post.CHIEF_EXECUTIVE,
        }[kind]
    start = CHAIN.index(post)
    # Upwards first: an escalation never goes back down while somebody above is there.
    return _up_the_chain([*CHAIN[start:], *reversed(CHAIN[:start])], directory, not_these={claim.claimant})


def _up_the_chain(posts: Iterable[Post], directory: Directory, *, not_these: Collection[UUID]) -> UUID | None:
    holders = [directory.posts.get(post) for post in posts]
    senior_first = (Role.PROGRAMME_LEAD, Role.EXECUTIVE, Role.FINANCE, Role.APPROVER, Role.REQUESTER, Role.AUDITOR)
    others = [person for role in senior_first for person in directory.with_roles({role})]
    here = directory.first_here([*holders, *others], not_these=not_these)
    if here:
        return here
    return next(
        (person for person in [*holders, *others] if directory.is_staff(person) and person not in not_these), None
    )
