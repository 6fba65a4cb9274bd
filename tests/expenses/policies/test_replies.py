"""Who owes an answer when the person asked is not there, and who gets the weekly letter."""

from uuid import UUID

import pytest

from expenses.policies import replies
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.roles import Directory, Person

ASKED, DEPUTY, RESPONSIBLE, LEAD, FINANCE, CLAIMANT = (UUID(int=number) for number in range(1, 7))
ROLES = {
    ASKED: Role.APPROVER,
    DEPUTY: Role.APPROVER,
    RESPONSIBLE: Role.EXECUTIVE,
    LEAD: Role.PROGRAMME_LEAD,
    FINANCE: Role.FINANCE,
}


def directory(*, without=(), away=None, posts=None) -> Directory:
    people = {person: Person(person, frozenset({role})) for person, role in ROLES.items() if person not in without}
    return Directory(people=people, posts=posts or {}, away=away or {})


@pytest.mark.parametrize(
    ("there", "responsible", "passed"),
    [
        (directory(), RESPONSIBLE, None),
        (directory(away={ASKED: DEPUTY}), RESPONSIBLE, DEPUTY),
        (directory(away={ASKED: None}), RESPONSIBLE, RESPONSIBLE),
        (directory(away={ASKED: CLAIMANT}), RESPONSIBLE, RESPONSIBLE),
        (directory(without=[ASKED]), RESPONSIBLE, RESPONSIBLE),
        (directory(without=[ASKED], away={RESPONSIBLE: LEAD}), RESPONSIBLE, LEAD),
        (directory(without=[ASKED, RESPONSIBLE]), RESPONSIBLE, None),
        # Settled claims have nobody who answers for them: the lead does, in the post or at all.
        (directory(without=[ASKED], posts={Post.PROGRAMME_LEAD: FINANCE}), None, FINANCE),
        (directory(without=[ASKED]), None, LEAD),
        (directory(without=[ASKED, LEAD]), None, None),
        # But whoever stands in for the person asked comes before the lead.
        (directory(away={ASKED: DEPUTY}), None, DEPUTY),
    ],
)
def test_an_answer_passes_to_whoever_stands_in_or_answers_for_the_claim(there, responsible, passed):
    assert replies.passes_to(ASKED, there, answers_for_claim=responsible, claimant=CLAIMANT) == passed


def test_an_answer_never_passes_to_the_claimant():
    there = directory(away={ASKED: DEPUTY})
    assert replies.passes_to(ASKED, there, answers_for_claim=RESPONSIBLE, claimant=DEPUTY) == RESPONSIBLE
    assert replies.passes_to(ASKED, there, answers_for_claim=DEPUTY, claimant=DEPUTY) is None


@pytest.mark.parametrize("role", [Role.REQUESTER, Role.AUDITOR])
def test_an_answer_passes_on_from_and_past_whoever_may_not_answer(role):
    here = directory()
    moved = Directory(people={**here.people, ASKED: Person(ASKED, frozenset({role}))})
    assert replies.passes_to(ASKED, moved, answers_for_claim=RESPONSIBLE, claimant=CLAIMANT) == RESPONSIBLE
    # A deputy who may not is passed over, as in the post of the lead.
    away = Directory(people=moved.people, away={DEPUTY: ASKED}, posts={Post.PROGRAMME_LEAD: ASKED})
    assert replies.passes_to(DEPUTY, away, answers_for_claim=RESPONSIBLE, claimant=CLAIMANT) == RESPONSIBLE
    assert replies.passes_to(DEPUTY, away, answers_for_claim=None, claimant=CLAIMANT) == LEAD
    assert replies.recipients_of_digest(away) == [LEAD, FINANCE]


POSTS = {Post.PROGRAMME_LEAD: LEAD, Post.FINANCE_LEAD: FINANCE}


@pytest.mark.parametrize(
    ("there", "recipients"),
    [
        (directory(posts=POSTS), [LEAD, FINANCE]),
        (directory(posts=POSTS, away={LEAD: DEPUTY}), [DEPUTY, FINANCE]),
        (directory(posts=POSTS, away={LEAD: FINANCE}), [FINANCE]),
        (directory(), [LEAD, FINANCE]),
        (directory(without=[LEAD], posts=POSTS), [FINANCE]),
        (directory(without=[LEAD, FINANCE]), []),
        # A post comes before the role: its holder gets the letter, whoever else has the role.
        (directory(posts={Post.PROGRAMME_LEAD: ASKED, Post.FINANCE_LEAD: RESPONSIBLE}), [ASKED, RESPONSIBLE]),
    ],
)
def test_the_weekly_letter_goes_to_lead_and_finance_or_whoever_stands_in(there, recipients):
    assert replies.recipients_of_digest(there) == recipients
