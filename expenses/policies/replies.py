"""Who owes an answer. Pure: a directory of the payer's people comes in."""

from uuid import UUID

from expenses.policies.responsibility import ANSWERING_ROLES
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.roles import Directory


def passes_to(asked: UUID, directory: Directory, *, answers_for_claim: UUID | None, claimant: UUID) -> UUID | None:
    """Return who answers instead of the person asked; None while they are here and may, or when nobody else is.

    Whoever stands in for them comes first, then whoever answers for the claim by now. Never the claimant.
    """
    if directory.is_here(asked, ANSWERING_ROLES):
        return None
    candidates = [asked, answers_for_claim]
    if answers_for_claim is None:
        # The claim is settled, so nobody answers for it any more: the lead does.
        candidates += [directory.posts.get(Post.PROGRAMME_LEAD), *directory.with_roles({Role.PROGRAMME_LEAD})]
    return directory.first_here(candidates, roles=ANSWERING_ROLES, not_these={claimant})


def recipients_of_digest(directory: Directory) -> list[UUID]:
    """Return who gets the weekly letter about late claims: the lead and finance, those away replaced.

    Where a post is empty, or nobody stands in for its holder, another holder of the role gets it.
    """
    found = [
        directory.first_here([directory.posts.get(post), *directory.with_roles({role})], roles=ANSWERING_ROLES)
        for post, role in ((Post.PROGRAMME_LEAD, Role.PROGRAMME_LEAD), (Post.FINANCE_LEAD, Role.FINANCE))
    ]
    return list(dict.fromkeys(person for person in found if person))
