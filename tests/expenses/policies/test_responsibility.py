"""Who has a claim: stage, step, absence, vacancy. No database."""

from dataclasses import replace
from uuid import UUID

import pytest

from expenses.enums import ClaimStatus, StepKind
from expenses.policies.responsibility import (
    DECIDING_ROLES,
    PAYING_ROLES,
    ClaimInHand,
    People,
    arbiter_for,
    misplaced_with,
    payer_for,
    people_for,
    reached_by_step,
    recipients_of_step,
)
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.roles import Directory, Person

CLAIMANT, HOLDER, DEPUTY, APPROVER, LEAD, FINANCE, CLERK, EXECUTIVE, CHIEF, LEAVER = (UUID(int=n) for n in range(10))
REQUESTER, AUDITOR = UUID(int=10), UUID(int=11)

ROLES = {
    CLAIMANT: Role.PARTNER,
    HOLDER: Role.APPROVER,
    DEPUTY: Role.APPROVER,
    APPROVER: Role.APPROVER,
    LEAD: Role.PROGRAMME_LEAD,
    FINANCE: Role.FINANCE,
    CLERK: Role.FINANCE,
    EXECUTIVE: Role.EXECUTIVE,
    CHIEF: Role.EXECUTIVE,
    REQUESTER: Role.REQUESTER,
    AUDITOR: Role.AUDITOR,
}
POSTS = {
    Post.PROGRAMME_LEAD: LEAD,
    Post.FINANCE_LEAD: FINANCE,
    Post.EXECUTIVE_LEAD: EXECUTIVE,
    Post.CHIEF_EXECUTIVE: CHIEF,
}


def there(*, gone=(), away=None, posts=None) -> Directory:
    people = {who: Person(who, frozenset({role})) for who, role in ROLES.items() if who not in gone}
    return Directory(people=people, posts=POSTS if posts is None else posts, away=away or {})


def claim(status=ClaimStatus.SUBMITTED, *, last_step=None, deciders=(), holder=HOLDER, deputy=DEPUTY) -> ClaimInHand:
    return ClaimInHand(status, CLAIMANT, holder, deputy, frozenset(deciders), last_step)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (ClaimStatus.SUBMITTED, People(HOLDER, HOLDER)),
        (ClaimStatus.RETURNED, People(HOLDER, CLAIMANT)),
        (ClaimStatus.NOT_APPROVED, People(HOLDER, CLAIMANT)),
        (ClaimStatus.APPROVED, People(FINANCE, FINANCE)),
        (ClaimStatus.IN_RUN, People(FINANCE, FINANCE)),
        (ClaimStatus.APPEALED, People(HOLDER, HOLDER)),
    ],
)
def test_each_stage_has_its_person(status, expected):
    assert people_for(claim(status), there()) == expected


def test_an_appeal_goes_to_somebody_who_has_not_decided():
    assert people_for(claim(ClaimStatus.APPEALED, deciders=[HOLDER]), there()) == People(DEPUTY, DEPUTY)
    assert people_for(claim(ClaimStatus.APPEALED, deciders=[HOLDER, DEPUTY]), there()).responsible == APPROVER
    everybody = [HOLDER, DEPUTY, APPROVER]
    assert people_for(claim(ClaimStatus.APPEALED, deciders=everybody), there()) == People(LEAD, LEAD, must_find=True)
    # While it is the partner's turn nobody has to be found.
    returned = people_for(claim(ClaimStatus.RETURNED), there(gone=set(everybody)))
    assert returned == People(LEAD, CLAIMANT, must_find=False)


def test_whoever_decided_may_decide_what_is_left():
    assert people_for(claim(deciders=[HOLDER]), there()) == People(HOLDER, HOLDER)


def test_whoever_decided_does_not_pay():
    assert people_for(claim(ClaimStatus.APPROVED, deciders=[FINANCE]), there()) == People(CLERK, CLERK)


def test_the_post_comes_before_others_with_the_role():
    posts = POSTS | {Post.FINANCE_LEAD: CLERK}
    assert people_for(claim(ClaimStatus.APPROVED), there(posts=posts)) == People(CLERK, CLERK)


def test_absence_goes_to_the_dated_deputy_then_the_assignment_s_deputy():
    assert people_for(claim(), there(away={HOLDER: APPROVER})).responsible == APPROVER
    assert people_for(claim(), there(away={HOLDER: None})).responsible == DEPUTY
    assert people_for(claim(), there(away={HOLDER: APPROVER, APPROVER: HOLDER})).responsible == DEPUTY


@pytest.mark.parametrize("deputy", [REQUESTER, AUDITOR, FINANCE, LEAD])
def test_a_deputy_who_may_not_decide_is_passed_over(deputy):
    assert people_for(claim(), there(away={HOLDER: deputy})) == People(DEPUTY, DEPUTY)
    approvers_away = {HOLDER: deputy, DEPUTY: deputy, APPROVER: deputy}
    assert people_for(claim(), there(away=approvers_away)) == People(LEAD, LEAD, must_find=True)
    # The deputy's own deputy may be one who may.
    assert people_for(claim(), there(away={HOLDER: deputy, deputy: APPROVER})) == People(APPROVER, APPROVER)


@pytest.mark.parametrize("deputy", [REQUESTER, AUDITOR, APPROVER, LEAD])
def test_a_deputy_who_may_not_pay_is_passed_over(deputy):
    approved = claim(ClaimStatus.APPROVED)
    assert people_for(approved, there(away={FINANCE: deputy})) == People(CLERK, CLERK)
    both_away = there(away={FINANCE: deputy, CLERK: deputy})
    assert people_for(approved, both_away) == People(LEAD, LEAD, must_find=True)


@pytest.mark.parametrize("deputy", [REQUESTER, AUDITOR])
def test_a_deputy_who_may_not_answer_for_claims_is_passed_over(deputy):
    away = there(away={EXECUTIVE: deputy})
    assert people_for(claim(last_step=StepKind.EXECUTIVE), away).responsible == CHIEF
    assert recipients_of_step(StepKind.EXECUTIVE, away, claimant=CLAIMANT) == []
    assert arbiter_for(EXECUTIVE, payer=away, other=away, not_these=set()) == CHIEF


def test_it_never_comes_to_a_requester_or_an_auditor():
    others = set(ROLES) - {REQUESTER, AUDITOR}
    assert people_for(claim(), there(gone=others)) is None
    assert people_for(claim(), there(away=dict.fromkeys(others))) == People(LEAD, LEAD, must_find=True)


def test_whoever_prepared_it_or_brought_it_in_neither_decides_nor_pays():
    assert people_for(replace(claim(), helpers=frozenset({HOLDER})), there()) == People(DEPUTY, DEPUTY)
    approved = replace(claim(ClaimStatus.APPROVED), helpers=frozenset({FINANCE}))
    assert people_for(approved, there()) == People(CLERK, CLERK)


def test_work_is_misplaced_with_whoever_may_not_do_it_or_is_away():
    people = set(ROLES) | {LEAVER}
    assert misplaced_with(people, DECIDING_ROLES, there(away={HOLDER: None})) == people - {DEPUTY, APPROVER}
    assert misplaced_with(people, PAYING_ROLES, there()) == people - {FINANCE, CLERK}
    # With nobody who may do it, it is where it belongs with whoever must find somebody.
    assert misplaced_with(people, PAYING_ROLES, there(gone={FINANCE, CLERK})) == people - {LEAD}
    assert misplaced_with({REQUESTER}, PAYING_ROLES, there(gone=set(ROLES) - {REQUESTER})) == {REQUESTER}


def test_no_approver_means_escalated_to_the_lead_and_upwards():
    approvers = {HOLDER, DEPUTY, APPROVER}
    assert people_for(claim(), there(gone=approvers)) == People(LEAD, LEAD, must_find=True)
    assert people_for(claim(), there(gone=approvers | {LEAD})) == People(FINANCE, FINANCE, must_find=True)
    assert people_for(claim(), there(gone=approvers, away={LEAD: None})).responsible == FINANCE


def test_a_claim_without_an_assignment_goes_to_an_approver():
    assert people_for(claim(holder=None, deputy=None), there()).responsible == HOLDER


def test_a_budget_holder_who_is_no_approver_any_more_is_passed_over():
    assert people_for(claim(holder=LEAVER), there()).responsible == DEPUTY
    assert people_for(claim(holder=FINANCE), there()).responsible == DEPUTY


@pytest.mark.parametrize(
    ("step", "status", "responsible"),
    [
        (StepKind.LEAD, ClaimStatus.SUBMITTED, LEAD),
        (StepKind.LEAD_AND_FINANCE, ClaimStatus.SUBMITTED, LEAD),
        (StepKind.LEAD_AND_FINANCE, ClaimStatus.APPROVED, FINANCE),
        (StepKind.EXECUTIVE, ClaimStatus.APPROVED, EXECUTIVE),
        (StepKind.CHIEF_EXECUTIVE, ClaimStatus.SUBMITTED, CHIEF),
        (StepKind.BOARD, ClaimStatus.IN_RUN, CHIEF),
    ],
)
def test_a_step_makes_its_person_responsible_while_the_work_stays_where_it_is(step, status, responsible):
    people = people_for(claim(status, last_step=step), there())
    assert people.responsible == responsible
    assert people.waiting_on == (HOLDER if status == ClaimStatus.SUBMITTED else FINANCE)


def test_a_vacancy_on_the_ladder_passes_on_upwards_at_once():
    assert people_for(claim(last_step=StepKind.EXECUTIVE), there(gone={EXECUTIVE})).responsible == CHIEF
    assert people_for(claim(last_step=StepKind.LEAD), there(away={LEAD: None})).responsible == FINANCE


def test_with_nobody_above_it_comes_down_rather_than_to_nobody():
    assert people_for(claim(last_step=StepKind.BOARD), there(gone={CHIEF})).responsible == EXECUTIVE
    assert people_for(claim(last_step=StepKind.BOARD), there(gone={CHIEF, EXECUTIVE})).responsible == FINANCE


def test_without_posts_it_goes_to_whoever_holds_a_role():
    gone = {HOLDER, DEPUTY, APPROVER}
    assert people_for(claim(), there(gone=gone, posts={})).responsible == LEAD
    assert people_for(claim(), there(gone=gone | {LEAD}, posts={})).responsible == EXECUTIVE


def test_with_everybody_away_it_stays_with_somebody():
    away = dict.fromkeys(ROLES)
    assert people_for(claim(), there(away=away)) == People(LEAD, LEAD, must_find=True)


@pytest.mark.parametrize("holder", [REQUESTER, AUDITOR])
def test_with_everybody_away_it_does_not_stay_with_a_post_s_holder_who_may_not_answer(holder):
    nobody_here = there(away=dict.fromkeys(ROLES), posts=POSTS | {Post.PROGRAMME_LEAD: holder})
    assert people_for(claim(), nobody_here) == People(FINANCE, FINANCE, must_find=True)


def test_a_step_never_makes_the_claimant_answer_for_their_own_claim():
    own = replace(claim(last_step=StepKind.LEAD), claimant=LEAD)
    assert people_for(own, there()) == People(FINANCE, HOLDER)


def test_it_never_comes_to_the_claimant_and_with_nobody_else_there_is_no_answer():
    only_the_claimant = Directory(people={CLAIMANT: Person(CLAIMANT, frozenset({Role.PARTNER, Role.APPROVER}))})
    assert people_for(claim(holder=CLAIMANT), only_the_claimant) is None


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (StepKind.LEAD, [LEAD]),
        (StepKind.LEAD_AND_FINANCE, [LEAD, FINANCE]),
        (StepKind.EXECUTIVE, [EXECUTIVE]),
        (StepKind.CHIEF_EXECUTIVE, [CHIEF]),
        (StepKind.BOARD, [CHIEF, EXECUTIVE, LEAD]),
    ],
)
def test_each_step_tells_its_people(kind, told):
    assert recipients_of_step(kind, there(), claimant=CLAIMANT) == told


def test_a_step_tells_the_stand_in_and_never_somebody_twice():
    away = there(away={CHIEF: EXECUTIVE})
    assert recipients_of_step(StepKind.BOARD, away, claimant=CLAIMANT) == [EXECUTIVE, LEAD]
    assert recipients_of_step(StepKind.LEAD, there(posts={}), claimant=CLAIMANT) == []


# --- whom a step would reach today ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "reached"),
    [
        (StepKind.LEAD, [(Post.PROGRAMME_LEAD, LEAD)]),
        (StepKind.LEAD_AND_FINANCE, [(Post.PROGRAMME_LEAD, LEAD), (Post.FINANCE_LEAD, FINANCE)]),
        (
            StepKind.BOARD,
            [(Post.CHIEF_EXECUTIVE, CHIEF), (Post.EXECUTIVE_LEAD, EXECUTIVE), (Post.PROGRAMME_LEAD, LEAD)],
        ),
    ],
)
def test_a_step_reaches_the_holders_of_its_posts(kind, reached):
    assert reached_by_step(kind, there(), status=ClaimStatus.SUBMITTED, claimant=CLAIMANT) == reached


def test_a_step_whose_posts_lead_to_nobody_reaches_whoever_would_answer():
    vacant = there(gone={EXECUTIVE})
    step, status = StepKind.EXECUTIVE, ClaimStatus.SUBMITTED
    assert reached_by_step(step, vacant, status=status, claimant=CLAIMANT) == [(None, CHIEF)]
    # Whoever stands in for a post's holder is reached for that post, and answers.
    away = there(away={EXECUTIVE: CLERK})
    assert reached_by_step(step, away, status=status, claimant=CLAIMANT) == [(Post.EXECUTIVE_LEAD, CLERK)]


@pytest.mark.parametrize(
    ("status", "reached"),
    [
        (ClaimStatus.APPROVED, [(Post.PROGRAMME_LEAD, LEAD), (None, EXECUTIVE)]),
        (ClaimStatus.SUBMITTED, [(Post.PROGRAMME_LEAD, LEAD)]),
    ],
)
def test_whoever_would_answer_is_reached_by_what_the_claim_waits_for(status, reached):
    no_finance = there(gone={FINANCE, CLERK})
    assert reached_by_step(StepKind.LEAD_AND_FINANCE, no_finance, status=status, claimant=CLAIMANT) == reached


def test_a_step_never_reaches_the_claimant():
    step, status = StepKind.LEAD, ClaimStatus.SUBMITTED
    assert reached_by_step(step, there(), status=status, claimant=LEAD) == [(None, FINANCE)]
    only_the_claimant = there(gone=set(ROLES) - {LEAD})
    assert reached_by_step(step, only_the_claimant, status=status, claimant=LEAD) == []


# --- who pays what can be paid ----------------------------------------------------------------------
@pytest.mark.parametrize("status", [ClaimStatus.SUBMITTED, ClaimStatus.APPEALED, ClaimStatus.APPROVED])
def test_what_can_be_paid_is_for_finance_whatever_waits_of_the_rest(status):
    assert payer_for(claim(status), there()) == FINANCE
    assert payer_for(claim(status, deciders=[FINANCE]), there()) == CLERK
    assert payer_for(claim(status), there(gone={FINANCE, CLERK})) is None


# --- while two organisations disagree about who pays ------------------------------------------
@pytest.mark.parametrize("status", [ClaimStatus.SUBMITTED, ClaimStatus.RETURNED, ClaimStatus.APPROVED])
def test_whoever_decides_who_pays_has_the_claim_whatever_its_status(status):
    disputed = replace(claim(status), arbiter=LEAVER)
    assert people_for(disputed, there()) == People(LEAVER, LEAVER)
    climbed = replace(disputed, last_step=StepKind.EXECUTIVE)
    assert people_for(climbed, there()) == People(EXECUTIVE, LEAVER)
    assert people_for(climbed, there(gone=set(ROLES))) is None, "nobody at the payer answers for the step"


def arbiter(payer=None, other=None, *, named=APPROVER, not_these=(CLAIMANT, HOLDER)):
    nobody = Directory(people={}, posts={}, away={})
    return arbiter_for(named, payer=payer or nobody, other=other or nobody, not_these=set(not_these))


def test_the_named_person_decides_at_whichever_organisation_they_are():
    assert arbiter(there()) == APPROVER
    assert arbiter(there(gone={APPROVER}), there()) == APPROVER
    # Away at one of the two, but there at the other.
    assert arbiter(there(away={APPROVER: CLERK}), there()) == APPROVER


def test_a_named_person_who_is_away_is_stood_in_for():
    assert arbiter(there(away={APPROVER: CLERK})) == CLERK
    assert arbiter(there(gone={APPROVER}), there(away={APPROVER: CLERK})) == CLERK
    assert arbiter(there(away={APPROVER: HOLDER})) == EXECUTIVE, "never whoever raised it"


@pytest.mark.parametrize("named", [None, LEAVER, HOLDER, CLAIMANT])
def test_with_nobody_named_it_goes_to_the_payer_s_executive_and_up(named):
    assert arbiter(there(), named=named) == EXECUTIVE
    assert arbiter(there(gone={EXECUTIVE}), named=named) == CHIEF
    assert arbiter(there(gone={EXECUTIVE, CHIEF}), named=named) == FINANCE
    assert arbiter(there(gone={EXECUTIVE, CHIEF, FINANCE}), named=named) == LEAD


def test_with_nobody_at_the_payer_nobody_decides():
    assert arbiter(there(gone=set(ROLES))) is None
    assert arbiter(there(), named=None, not_these=set(ROLES)) is None
