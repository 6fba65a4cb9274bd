from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.enums.questions import AskedRole, QuestionMove, QuestionStatus
from partners.enums.questions import QuestionStepKind as K
from partners.policies import questions as policies
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.roles import Directory, Person
from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import working_days_between
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

LEAD, LEAD_2, FINANCE, EXECUTIVE, CHIEF, TEAM, ASKER, AUDITOR = (UUID(int=number) for number in range(1, 9))
HOLIDAYS = bank_holidays((2026, 2027))
# Thursday before Good Friday, 2 April 2026.
MAUNDY = date(2026, 4, 2)
TIMES = policies.Times(reply=5, steps=(3, 5, 8, 15), confirm=5, reopen=10)


def there(people=None, posts=None, away=None) -> Directory:
    roles = people or {
        LEAD: {Role.PROGRAMME_LEAD}, LEAD_2: {Role.PROGRAMME_LEAD}, FINANCE: {Role.FINANCE},
        EXECUTIVE: {Role.EXECUTIVE}, CHIEF: {Role.EXECUTIVE}, TEAM: {Role.REQUESTER}, AUDITOR: {Role.AUDITOR},
    }  # fmt: skip
    named = {Post.PROGRAMME_LEAD: LEAD, Post.EXECUTIVE_LEAD: EXECUTIVE, Post.CHIEF_EXECUTIVE: CHIEF}
    return Directory(
        people={pk: Person(pk, frozenset(held)) for pk, held in roles.items()},
        posts=named if posts is None else posts,
        away=away or {},
    )


def asked(to_role=AskedRole.PROGRAMME_LEAD, *, lead=None, load=None, **more) -> policies.InHand:
    return policies.InHand(to_role, ASKER, lead, load or {}, **more)


# --- statuses -------------------------------------------------------------------------------
@pytest.mark.parametrize("status", QuestionStatus)
@pytest.mark.parametrize("move", QuestionMove)
def test_a_move_leads_on_or_says_why_not(status, move):
    if policies.can_move(status, move):
        assert policies.next_status(status, move) in QuestionStatus
    else:
        with pytest.raises(TransitionNotAllowed):
            policies.next_status(status, move)


def test_nothing_leads_on_from_closed_and_only_three_ways_lead_there():
    moves = policies.moves()
    assert not [pair for pair in moves if pair[0] == "closed" or pair[0] == pair[1]]
    assert sorted(source for source, target in moves if target == "closed") == ["answered", "no_reply", "waiting"]


# --- words ----------------------------------------------------------------------------------
def test_a_question_says_what_it_is_about():
    policies.check_subject("Parking")
    for subject in ("  ", "x" * 151):
        with pytest.raises(RuleBroken) as refusal:
            policies.check_subject(subject)
        assert refusal.value.field == "subject"


def test_words_are_there_and_not_too_many():
    policies.check_text("x" * 4000, missing="Enter it")
    with pytest.raises(RuleBroken, match="Enter it"):
        policies.check_text(" \n", missing="Enter it", field="reason")
    with pytest.raises(RuleBroken, match="4,000"):
        policies.check_text("x" * 4001, missing="Enter it")


# --- times ----------------------------------------------------------------------------------
def test_times_are_in_reason_and_steps_in_order():
    policies.check_times(TIMES)
    for times, field in (
        (policies.Times(0, TIMES.steps, 5, 10), "reply_days"),
        (policies.Times(5, (3, 5, 8, 61), 5, 10), "executive_days"),
        (policies.Times(5, TIMES.steps, 61, 10), "confirm_days"),
        (policies.Times(5, TIMES.steps, 5, 0), "reopen_days"),
        (policies.Times(5, (3, 3, 8, 15), 5, 10), "second_days"),
        (policies.Times(5, (3, 5, 5, 15), 5, 10), "manager_days"),
        (policies.Times(5, (3, 5, 8, 7), 5, 10), "executive_days"),
    ):
        with pytest.raises(RuleBroken) as refusal:
            policies.check_times(times)
        assert refusal.value.field == field


def test_a_ladder_counts_working_days_over_easter():
    # Good Friday, the week-end and Easter Monday do not count.
    assert policies.ladder_from(MAUNDY, TIMES.steps, HOLIDAYS) == [
        date(2026, 4, 9), date(2026, 4, 13), date(2026, 4, 16), date(2026, 4, 27),
    ]  # fmt: skip


def test_steps_are_numbered_and_the_executive_hears_again():
    ladder = policies.ladder_from(MAUNDY, TIMES.steps, HOLIDAYS)
    kinds = [policies.step(ladder, number, HOLIDAYS).kind for number in range(1, 7)]
    assert kinds == [K.OWNER, K.OWNER_AND_DEPUTY, K.MANAGER, K.EXECUTIVE, K.EXECUTIVE, K.EXECUTIVE]
    # Five working days after 27 April: 4 May is the early May bank holiday.
    assert policies.step(ladder, 5, HOLIDAYS).due_on == date(2026, 5, 5)
    assert policies.step(ladder, 6, HOLIDAYS).due_on == date(2026, 5, 12)


def test_after_days_down_every_step_is_due_and_none_is_skipped():
    ladder = policies.ladder_from(MAUNDY, TIMES.steps, HOLIDAYS)
    assert policies.steps_due(ladder, 0, date(2026, 4, 8), HOLIDAYS) == []
    assert [step.number for step in policies.steps_due(ladder, 0, date(2026, 4, 9), HOLIDAYS)] == [1]
    assert [step.number for step in policies.steps_due(ladder, 1, date(2026, 5, 12), HOLIDAYS)] == [2, 3, 4, 5, 6]


@given(
    st.dates(date(2026, 1, 1), date(2026, 10, 1)),
    st.lists(st.integers(0, 40), min_size=1, max_size=8),
)
def test_whenever_the_clock_passes_each_step_comes_once_and_in_order(start, waits):
    """However late or often the clock passes, it writes what it would have written had it passed every day."""
    ladder = policies.ladder_from(start, TIMES.steps, HOLIDAYS)
    written: list[int] = []
    today = start
    for days in waits:
        today += timedelta(days=days)
        written += [step.number for step in policies.steps_due(ladder, len(written), today, HOLIDAYS)]
        assert policies.steps_due(ladder, len(written), today, HOLIDAYS) == []
        assert policies.step(ladder, len(written) + 1, HOLIDAYS).due_on > today
    assert written == list(range(1, len(written) + 1))
    assert written == [step.number for step in policies.steps_due(ladder, 0, today, HOLIDAYS)]


@pytest.mark.parametrize(
    ("end", "expected"),
    [(MAUNDY, 0), (date(2026, 4, 3), 0), (date(2026, 4, 6), 0), (date(2026, 4, 7), 1), (date(2026, 4, 9), 3),
     (date(2026, 4, 1), 0)],
)  # fmt: skip
def test_working_days_between(end, expected):
    assert working_days_between(MAUNDY, end, HOLIDAYS) == expected


# --- who has it -----------------------------------------------------------------------------
def test_a_question_to_the_lead_goes_to_the_partner_s_own_lead():
    assert policies.hands_for(asked(lead=LEAD_2, load={LEAD_2: 9}), there()) == policies.Hands(LEAD_2, LEAD)


def test_otherwise_to_whoever_holds_the_role_and_has_the_fewest():
    assert policies.hands_for(asked(load={LEAD: 2, LEAD_2: 1}), there()).owner == LEAD_2
    assert policies.hands_for(asked(load={LEAD: 1, LEAD_2: 1}), there()).owner == LEAD
    assert policies.hands_for(asked(AskedRole.REQUESTER, lead=LEAD), there()) == policies.Hands(TEAM, LEAD)
    assert policies.hands_for(asked(AskedRole.FINANCE, lead=LEAD), there()).owner == FINANCE


def test_whoever_is_away_gets_none_and_their_stand_in_does():
    away = {LEAD_2: FINANCE}
    # The stand-in is no lead: another lead comes first.
    assert policies.hands_for(asked(lead=LEAD_2), there(away=away)).owner == LEAD
    # Handing over what one had, the stand-in is the first.
    assert policies.hands_for(asked(owner=LEAD_2, deputy=TEAM), there(away=away)) == policies.Hands(FINANCE, TEAM)
    assert policies.hands_for(asked(owner=LEAD_2, deputy=TEAM), there(away={LEAD_2: None})).owner == TEAM


def test_it_is_never_the_asker_nor_an_auditor():
    both = there({ASKER: {Role.PROGRAMME_LEAD}, AUDITOR: {Role.AUDITOR}, FINANCE: {Role.FINANCE}}, posts={})
    assert policies.hands_for(asked(lead=ASKER), both) == policies.Hands(FINANCE, None)
    assert policies.hands_for(asked(), there({ASKER: {Role.PROGRAMME_LEAD}, AUDITOR: {Role.AUDITOR}})) is None
    assert policies.hands_for(asked(owner=LEAD, deputy=ASKER), both).owner == FINANCE
    kept = policies.hands_for(asked(owner=FINANCE, deputy=ASKER), both)
    assert kept == policies.Hands(FINANCE, None)


def test_whoever_is_here_keeps_it_with_their_deputy():
    assert policies.hands_for(asked(owner=TEAM, deputy=CHIEF), there()) == policies.Hands(TEAM, CHIEF)
    # A deputy who has gone is replaced.
    assert policies.hands_for(asked(owner=TEAM, deputy=uuid4()), there()) == policies.Hands(TEAM, LEAD)


def test_what_is_asked_of_an_executive_goes_to_no_lead_while_there_is_an_executive():
    assert policies.hands_for(asked(AskedRole.EXECUTIVE, lead=LEAD), there()) == policies.Hands(EXECUTIVE, CHIEF)
    one = {LEAD: {Role.PROGRAMME_LEAD}, EXECUTIVE: {Role.EXECUTIVE}}
    for away in ({}, {EXECUTIVE: None}):
        found = policies.hands_for(asked(AskedRole.EXECUTIVE, owner=EXECUTIVE), there(one, away=away))
        assert found == policies.Hands(EXECUTIVE, None)
    # When the last has left somebody must have it.
    left = {LEAD: {Role.PROGRAMME_LEAD}}
    for away in ({}, {LEAD: None}):
        found = policies.hands_for(asked(AskedRole.EXECUTIVE, owner=EXECUTIVE), there(left, away=away))
        assert found == policies.Hands(LEAD, None)


def test_nobody_asks_a_role_that_nobody_else_holds():
    assert policies.first_hands(asked(AskedRole.FINANCE), there()).owner == FINANCE
    for people in ({LEAD: {Role.PROGRAMME_LEAD}}, {ASKER: {Role.FINANCE}, LEAD: {Role.PROGRAMME_LEAD}}):
        with pytest.raises(RuleBroken) as refusal:
            policies.first_hands(asked(AskedRole.FINANCE), there(people))
        assert refusal.value.field == "to_role"


def test_with_nobody_in_the_office_it_stays_with_somebody_away():
    alone = there({LEAD: {Role.PROGRAMME_LEAD}}, posts={}, away={LEAD: None})
    assert policies.hands_for(asked(), alone) == policies.Hands(LEAD, None)
    assert policies.hands_for(asked(owner=LEAD), alone) == policies.Hands(LEAD, None)


# --- whom steps reach -------------------------------------------------------------------------
def reached(kind, owner, *, to_role=AskedRole.PROGRAMME_LEAD, manager=None, directory=None) -> UUID:
    return policies.reached_by_step(
        kind, directory or there(), to_role=to_role, asker=ASKER, owner=owner, manager=manager
    )


def test_reminders_reach_the_owner():
    assert [reached(kind, TEAM) for kind in (K.OWNER, K.OWNER_AND_DEPUTY)] == [TEAM, TEAM]


def test_the_manager_is_the_lead_of_all_or_the_executive_above_them():
    assert reached(K.MANAGER, LEAD_2) == LEAD
    assert reached(K.MANAGER, LEAD) == EXECUTIVE
    assert reached(K.MANAGER, LEAD, directory=there(away={EXECUTIVE: CHIEF})) == CHIEF
    # Nobody holds the post over finance; what was asked of an executive never comes down to a lead.
    assert reached(K.MANAGER, FINANCE, to_role=AskedRole.FINANCE) == EXECUTIVE
    assert reached(K.MANAGER, TEAM, to_role=AskedRole.REQUESTER) == LEAD
    assert reached(K.MANAGER, EXECUTIVE, to_role=AskedRole.EXECUTIVE) == CHIEF


def test_the_executive_step_goes_on_to_somebody_new():
    assert reached(K.EXECUTIVE, LEAD_2, manager=LEAD) == EXECUTIVE
    assert reached(K.EXECUTIVE, LEAD, manager=EXECUTIVE) == CHIEF
    assert reached(K.EXECUTIVE, EXECUTIVE) == CHIEF


def test_a_step_comes_back_to_those_who_know_when_nobody_else_is_above():
    small = there({LEAD: {Role.PROGRAMME_LEAD}, EXECUTIVE: {Role.EXECUTIVE}}, posts={Post.EXECUTIVE_LEAD: EXECUTIVE})
    assert reached(K.EXECUTIVE, LEAD, manager=EXECUTIVE, directory=small) == EXECUTIVE
    alone = there({LEAD: {Role.PROGRAMME_LEAD}, ASKER: {Role.EXECUTIVE}}, posts={Post.EXECUTIVE_LEAD: ASKER})
    assert reached(K.EXECUTIVE, LEAD, directory=alone) == LEAD
