"""Work goes to somebody who may do it, moves on when a date takes a role away, and both who have it are told."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest

from expenses import services
from expenses.enums import LineAction, LineKind
from expenses.models import Claim
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import Membership
from psp_portal.accounts.services import grant_role
from psp_portal.exceptions import RuleBroken
from psp_portal.notifications.models import Message
from psp_portal.people import services as people
from tests import factories


def pass_at(world, days):
    return services.escalate_overdue_claims(at=world.later(days=days))


def now(claim) -> tuple:
    claim = Claim.objects.get(pk=claim.pk)
    return claim.responsible, claim.waiting_on


def away(world, person, *, deputy, days=0):
    return people.record_absence(
        organisation_id=world.organisation.pk, user_id=person.pk, deputy_id=deputy.pk, ends_on=None,
        starts_on=world.today + timedelta(days=days), by=world.lead, at=world.later(days=days, hours=1),
    )  # fmt: skip


def keep_as(world, person, role, *, until):
    """Give somebody another role, and let the one they have end on a day."""
    factories.give_role(role, person, world.organisation)
    first = Membership.objects.filter(user=person).exclude(role=role).get()
    people.end_role(membership_id=first.pk, ends_on=until, by=world.lead, at=world.at)


def letters(claim) -> set[tuple[str, str]]:
    """Return the letters of hand-overs about a claim: what they say, and to whom."""
    kinds = ("handed_to_you", "handed_to_answer", "handed_over", "find_somebody")
    found = Message.objects.filter(
        kind__in=[f"expenses.claim.{kind}" for kind in kinds], subject__contains=claim.reference
    )
    return {(letter.kind.removeprefix("expenses.claim."), letter.recipient.name) for letter in found}


# --- a deputy does what their own roles allow ---------------------------------------------------
@pytest.mark.parametrize("role", [Role.FINANCE, Role.EXECUTIVE, Role.PROGRAMME_LEAD])
def test_a_deputy_who_is_no_approver_gets_no_claim_to_decide(world, role):
    claim = world.sent()
    away(world, world.approver, deputy=factories.make_member(role, world.organisation))
    assert now(claim) == (world.deputy, world.deputy)


def test_a_deputy_who_is_not_in_finance_gets_no_claim_to_pay(world):
    claim = world.approved()
    away(world, world.finance_lead, deputy=world.deputy)
    assert now(claim) == (world.finance_other, world.finance_other)


def test_a_deputy_who_has_lost_the_role_meanwhile_is_passed_over(world):
    claim = world.sent()
    pass_at(world, 46)
    successor = factories.make_member(Role.EXECUTIVE, world.organisation)
    away(world, world.executive, deputy=successor, days=46)
    assert now(claim) == (successor, world.approver)
    keep_as(world, successor, Role.REQUESTER, until=world.today + timedelta(days=47))
    pass_at(world, 48)
    assert now(claim) == (world.chief_executive, world.approver)


@pytest.mark.parametrize(
    ("who", "deputy", "cannot"),
    [
        ("approver", "requester", "decide claims or answer for late claims"),
        ("finance_lead", "auditor", "pay claims or answer for late claims"),
        ("executive", "requester", "answer for late claims"),
    ],
)
def test_somebody_who_could_do_nothing_of_it_is_refused_as_deputy(world, who, deputy, cannot):
    deputy = getattr(world, deputy)
    with pytest.raises(RuleBroken) as refused:
        away(world, getattr(world, who), deputy=deputy)
    assert (refused.value.field, refused.value.message) == (
        "deputy_id",
        f"{deputy.name} cannot {cannot}, because they have no role for it. Choose somebody who has, or nobody in "
        "particular.",
    )


def test_anybody_stands_in_for_somebody_who_has_no_work_on_claims(world):
    assert away(world, world.auditor, deputy=world.requester).deputy == world.requester


def test_whoever_brought_a_claim_in_does_not_decide_it_though_they_hold_its_budget(world):
    factories.give_role(Role.FINANCE, world.approver, world.organisation)
    rows = f"Email,Date,Date claimed,Kind,Amount\n{world.person.email},1/9/2026,14/9/2026,Train,10.50\n"
    draft = services.upload_backlog(
        organisation_id=world.organisation.pk, upload=io.BytesIO(rows.encode()), file_name="old.csv",
        by=world.approver, at=world.at,
    )  # fmt: skip
    services.import_backlog(draft_id=draft.pk, by=world.approver, at=world.at)
    assert Claim.objects.get().waiting_on == world.deputy


# --- a role that ends on a date -----------------------------------------------------------------
def test_an_approver_who_stays_in_another_role_hands_over_what_waits_for_a_decision(world):
    claim, paying = world.sent(), world.approved()
    keep_as(world, world.approver, Role.FINANCE, until=world.today + timedelta(days=1))
    pass_at(world, 1)
    assert now(claim) == (world.approver, world.approver)
    pass_at(world, 2)
    assert now(claim) == (world.deputy, world.deputy)
    assert now(paying) == (world.finance_lead, world.finance_lead)


def test_finance_that_stays_as_requester_hands_over_what_waits_for_payment(world):
    claim = world.approved()
    keep_as(world, world.finance_lead, Role.REQUESTER, until=world.today + timedelta(days=1))
    pass_at(world, 2)
    assert now(claim) == (world.finance_other, world.finance_other)


def test_a_claim_that_found_nobody_goes_to_an_approver_as_soon_as_one_begins(world):
    claim = world.sent()
    for person in (world.approver, world.deputy):
        keep_as(world, person, Role.REQUESTER, until=world.today + timedelta(days=1))
    pass_at(world, 2)
    assert now(claim) == (world.lead, world.lead)
    newcomer = factories.make_user()
    grant_role(
        user_id=newcomer.pk, organisation_id=world.organisation.pk, role=Role.APPROVER,
        starts_on=world.today + timedelta(days=4), by=world.lead, at=world.later(days=2),
    )  # fmt: skip
    pass_at(world, 3)
    assert now(claim) == (world.lead, world.lead)
    pass_at(world, 4)
    assert now(claim) == (newcomer, newcomer)
    assert {("find_somebody", world.lead.name), ("handed_to_you", newcomer.name)} < letters(claim)


def test_the_pass_reads_only_what_is_in_wrong_hands(world, django_assert_max_num_queries):
    for _ in range(4):
        world.sent()
    world.approved()
    world.decide(world.sent(), LineAction.RETURN)
    with django_assert_max_num_queries(40) as captured:
        pass_at(world, 1)
    assert not [query for query in captured if "expenses_claimline" in query["sql"]]


def asked(world):
    return services.ask_for_approval(
        partner_id=world.partner.pk,
        assignment_id=world.assignment.pk,
        request=services.Request(
            LineKind.TAXI, date(2026, 9, 22), date(2026, 9, 22), Decimal("14.50"), "No bus runs then."
        ),
        by=world.person,
        at=world.at,
    )


def test_a_request_leaves_an_approver_who_stays_in_another_role(world):
    approval = asked(world)
    keep_as(world, world.approver, Role.FINANCE, until=world.today + timedelta(days=1))
    services.remind_of_approvals(at=world.later(days=2))
    approval.refresh_from_db()
    assert approval.waiting_on == world.deputy


def test_a_request_that_fell_to_the_lead_goes_to_an_approver_once_there_is_one(world):
    approval = asked(world)
    for person in (world.approver, world.deputy):
        people.close_account(
            user_id=person.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead, at=world.at
        )
    approval.refresh_from_db()
    assert approval.waiting_on == world.lead
    newcomer = factories.make_user()
    people.grant_role(
        user_id=newcomer.pk, organisation_id=world.organisation.pk, role=Role.APPROVER, starts_on=world.today,
        by=world.lead, at=world.later(hours=2),
    )  # fmt: skip
    approval.refresh_from_db()
    assert approval.waiting_on == newcomer


# --- who is told ----------------------------------------------------------------------------------
def test_after_a_step_whoever_must_act_now_is_told_and_named(world):
    claim = world.sent()
    pass_at(world, 21)
    away(world, world.approver, deputy=world.deputy, days=22)
    assert now(claim) == (world.lead, world.deputy)
    assert letters(claim) == {("handed_to_you", world.deputy.name), ("handed_over", world.person.name)}
    assert claim.timeline.latest("at").note == f"Now with {world.deputy.name}"
    told = Message.objects.get(kind="expenses.claim.handed_over")
    assert told.body.startswith(f"Your claim {claim.reference} is now with {world.deputy.name}, because")


def test_whoever_only_answers_for_it_now_is_told_that(world):
    claim = world.sent()
    pass_at(world, 46)
    people.close_account(
        user_id=world.executive.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead,
        at=world.later(days=47),
    )  # fmt: skip
    assert now(claim) == (world.chief_executive, world.approver)
    assert letters(claim) == {("handed_to_answer", world.chief_executive.name), ("handed_over", world.person.name)}
    assert claim.timeline.latest("at").note == f"{world.chief_executive.name} answers for it now"
    told = Message.objects.get(kind="expenses.claim.handed_over")
    assert told.body.startswith(f"{world.chief_executive.name} now answers for your claim {claim.reference}, because")


def test_one_person_who_acts_and_answers_now_is_told_once(world):
    claim = world.sent()
    pass_at(world, 46)
    both = factories.make_member(Role.APPROVER, world.organisation)
    factories.give_role(Role.EXECUTIVE, world.approver, world.organisation)
    people.appoint_to_post(
        organisation_id=world.organisation.pk, post=Post.EXECUTIVE_LEAD, user_id=world.approver.pk,
        starts_on=world.today + timedelta(days=47), by=world.lead, at=world.later(days=47),
    )  # fmt: skip
    assert now(claim) == (world.approver, world.approver)
    Message.objects.all().delete()
    people.record_absence(
        organisation_id=world.organisation.pk, user_id=world.approver.pk, deputy_id=both.pk, ends_on=None,
        starts_on=world.today + timedelta(days=48), by=world.lead, at=world.later(days=48),
    )  # fmt: skip
    assert now(claim) == (both, both)
    assert letters(claim) == {("handed_to_you", both.name), ("handed_over", world.person.name)}


def test_a_post_and_a_decision_that_go_to_two_people_are_told_to_each(world):
    claim = world.sent()
    pass_at(world, 46)
    factories.give_role(Role.EXECUTIVE, world.approver, world.organisation)
    people.appoint_to_post(
        organisation_id=world.organisation.pk, post=Post.EXECUTIVE_LEAD, user_id=world.approver.pk,
        starts_on=world.today + timedelta(days=47), by=world.lead, at=world.later(days=47),
    )  # fmt: skip
    Message.objects.all().delete()
    people.close_account(
        user_id=world.approver.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead,
        at=world.later(days=48),
    )  # fmt: skip
    assert now(claim) == (world.chief_executive, world.deputy)
    assert letters(claim) == {
        ("handed_to_you", world.deputy.name), ("handed_to_answer", world.chief_executive.name),
        ("handed_over", world.person.name),
    }  # fmt: skip
    assert claim.timeline.latest("at").note == (
        f"Now with {world.deputy.name}. {world.chief_executive.name} answers for it now"
    )
    told = Message.objects.get(kind="expenses.claim.handed_over")
    assert f"is now with {world.deputy.name}, and {world.chief_executive.name} now answers for it" in told.body


def test_the_partner_s_turn_stays_theirs_when_whoever_asked_goes(world):
    claim = world.decide(world.sent(), LineAction.RETURN)
    away(world, world.approver, deputy=world.deputy)
    assert now(claim) == (world.deputy, world.person)
    assert letters(claim) == {("handed_to_answer", world.deputy.name), ("handed_over", world.person.name)}


def test_with_nobody_to_decide_the_lead_is_told_to_find_somebody(world):
    claim = world.sent()
    for person in (world.approver, world.deputy):
        people.close_account(
            user_id=person.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead, at=world.at
        )
    assert ("find_somebody", world.lead.name) in letters(claim)
    assert ("handed_to_you", world.lead.name) not in letters(claim)


# --- coming back --------------------------------------------------------------------------------
def away_for_a_week(world, person, *, deputy, days=0):
    starts_on = world.today + timedelta(days=days)
    people.record_absence(
        organisation_id=world.organisation.pk, user_id=person.pk, deputy_id=deputy.pk, starts_on=starts_on,
        ends_on=starts_on + timedelta(days=6), by=world.lead, at=world.later(days=days, hours=1),
    )  # fmt: skip


def test_whoever_is_back_has_again_what_waits_for_their_decision(world):
    claim = world.sent()
    away_for_a_week(world, world.approver, deputy=world.deputy)
    assert now(claim) == (world.deputy, world.deputy)
    pass_at(world, 6)
    assert now(claim) == (world.deputy, world.deputy)
    pass_at(world, 7)
    assert now(claim) == (world.approver, world.approver)
    assert ("handed_to_you", world.approver.name) in letters(claim)
    moved = claim.timeline.filter(action="hand_over")
    assert [event.note for event in moved.order_by("pk")][-1] == f"Now with {world.approver.name}"
    count = moved.count()
    pass_at(world, 8)
    assert moved.count() == count


def test_finance_s_lead_who_is_back_has_again_what_waits_to_be_paid(world):
    claim = world.approved()
    away_for_a_week(world, world.finance_lead, deputy=world.finance_other)
    assert now(claim) == (world.finance_other, world.finance_other)
    pass_at(world, 7)
    assert now(claim) == (world.finance_lead, world.finance_lead)


def test_an_executive_who_is_back_answers_again_for_what_has_come_to_them(world):
    claim = world.sent()
    pass_at(world, 46)
    successor = factories.make_member(Role.EXECUTIVE, world.organisation)
    away_for_a_week(world, world.executive, deputy=successor, days=46)
    assert now(claim) == (successor, world.approver)
    pass_at(world, 53)
    assert now(claim) == (world.executive, world.approver)


def test_whoever_is_away_once_more_gets_nothing_back(world):
    claim = world.sent()
    away_for_a_week(world, world.approver, deputy=world.deputy)
    away_for_a_week(world, world.approver, deputy=world.deputy, days=7)
    pass_at(world, 7)
    assert now(claim) == (world.deputy, world.deputy)
