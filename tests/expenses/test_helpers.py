"""Carers and helpers: named by a partner, preparing drafts and nothing else, gone at once when it is ended."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from expenses import permissions, queries, services
from expenses.enums import ClaimAction, LineKind, Preference
from expenses.models import Claim, Helper
from partners.services import end_appointment
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.accounts.models import Invitation, Membership
from psp_portal.accounts.notifications import invitation_token
from psp_portal.accounts.roles import ROLE_PERMISSIONS
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.receipts import photo
from tests.expenses.world import make_world


def name(world, email="sam@example.org", **changed):
    said = {"partner_id": world.partner.pk, "name": "Sam Carer", "email": email, "relation": "My sister"}
    return services.name_helper(**(said | {"by": world.person, "at": world.at} | changed))


def come(helper, at):
    """Accept the helper's invitation; return their account."""
    return accounts.accept_invitation(token=invitation_token(helper.invitation_id), password=None, name="", at=at)


@pytest.fixture
def helper(world):
    return name(world)


@pytest.fixture
def sam(world, helper):
    """The helper's account."""
    return come(helper, world.at)


def prepared(world, sam, **fields):
    """Return a draft that the helper has started from the meeting."""
    return services.start_claim(partner_id=world.partner.pk, meeting_id=world.meeting.pk, by=sam, at=world.at, **fields)


def parking(world, claim, by, amount="4.20"):
    line = services.LineInput(LineKind.PARKING, claim.lines.first().date, amount=Decimal(amount))
    return services.add_line(claim_id=claim.pk, line=line, by=by, at=world.at)


# --- naming -------------------------------------------------------------------------------
def test_helper_is_no_staff_and_the_role_allows_nothing():
    assert Role.HELPER not in STAFF_ROLES
    assert ROLE_PERMISSIONS[Role.HELPER] == frozenset()


def test_naming_somebody_new_invites_them_and_coming_makes_them_a_helper(world):
    helper = name(world, email=" Sam@Example.org ")
    assert (helper.email, helper.person, helper.since, helper.relation) == (
        "sam@example.org", None, world.at, "My sister",
    )  # fmt: skip
    invitation = Invitation.objects.get(email="sam@example.org")
    assert (invitation.role, invitation.invited_by, helper.invitation) == (Role.HELPER, world.person, invitation)

    sam = come(helper, world.at)

    assert Helper.objects.select_related("invitation__accepted_by").get().person == sam
    assert list(sam.memberships.values_list("role", "organisation_id")) == [("helper", world.organisation.pk)]
    assert queries.may_prepare_for(sam, world.partner.pk, today=world.today)
    assert list(Claim.objects.all()) == []
    event = Helper.pgh_event_model.objects.select_related("pgh_context").get()
    assert event.pgh_context.metadata["action"] == "expenses.helper.name"


def test_helper_of_one_partner_is_named_by_another_without_a_new_invitation(world, sam):
    second = second_partner(world)
    named = name(world, partner_id=second.pk, by=second.user)

    assert (named.user, named.invitation) == (sam, None)
    assert queries.may_prepare_for(sam, second.pk, today=world.today)
    assert Message.objects.get(kind="expenses.helper.named").recipient == sam


def test_two_partners_name_the_same_person_who_has_not_come_yet(world, helper):
    second = second_partner(world)
    named = name(world, partner_id=second.pk, by=second.user)

    assert named.invitation_id == helper.invitation_id
    services.end_helper(helper_id=helper.pk, by=world.person, at=world.at)
    sam = come(named, world.at)
    assert queries.may_prepare_for(sam, second.pk, today=world.today)
    assert not queries.may_prepare_for(sam, world.partner.pk, today=world.today)


def second_partner(world):
    return factories.make_partner(world.organisation, lead=world.lead)


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("OWN", "your own email address"),
        ("sam@example.org", "named the person with this email address already"),
        ("STAFF", "works with claims here"),
    ],
)
def test_who_cannot_be_a_helper_is_refused(world, helper, email, message):
    email = {"OWN": world.person.email.upper(), "STAFF": world.approver.email}.get(email, email)
    with pytest.raises(RuleBroken, match=message) as refusal:
        name(world, email=email)
    assert refusal.value.field == "email"
    assert Helper.objects.count() == 1


def test_only_for_an_appointment_of_ones_own_that_is_not_over(world):
    other = make_world()
    with pytest.raises(RuleBroken, match="a role that you have now") as refusal:
        name(world, partner_id=other.partner.pk)
    assert refusal.value.field == "partner"
    end_appointment(partner_id=world.partner.pk, left_on=world.today, by=world.lead, at=world.at)
    with pytest.raises(RuleBroken, match="a role that you have now"):
        name(world)


def test_database_holds_one_naming_at_a_time_and_that_it_is_of_somebody(world, helper):
    with factories.acting():
        for wrong in ({"email": "SAM@example.org"}, {"email": "new@example.org", "invitation": None}):
            row = {"partner": world.partner, "name": "X", "relation": "X", "since": world.at}
            with pytest.raises(IntegrityError), transaction.atomic():
                Helper.objects.create(**(row | {"invitation": helper.invitation} | wrong))


# --- roles and invitations ----------------------------------------------------------------
def test_staff_neither_invite_helpers_nor_give_the_role(world):
    for by in (world.lead, world.finance_lead):
        with pytest.raises(PermissionDenied):
            accounts.invite_user(
                email="x@example.org", name="X", organisation_id=world.organisation.pk, role=Role.HELPER, by=by,
                at=world.at,
            )  # fmt: skip
    with pytest.raises(PermissionDenied):
        accounts.grant_role(
            user_id=world.requester.pk, organisation_id=world.organisation.pk, role=Role.HELPER,
            starts_on=world.today, by=world.lead, at=world.at,
        )  # fmt: skip


def test_partner_invites_to_no_other_role_and_withdraws_no_other_invitation(world, helper):
    with pytest.raises(PermissionDenied):
        accounts.invite_user(
            email="x@example.org", name="X", organisation_id=world.organisation.pk, role=Role.APPROVER,
            by=world.person, at=world.at,
        )  # fmt: skip
    second = second_partner(world)
    with pytest.raises(PermissionDenied):
        accounts.withdraw_invitation(invitation_id=helper.invitation_id, by=second.user, at=world.at)
    accounts.withdraw_invitation(invitation_id=helper.invitation_id, by=world.lead, at=world.at)


# --- preparing ----------------------------------------------------------------------------
def test_helper_prepares_a_claim_and_it_is_the_partners(world, sam):
    claim = prepared(world, sam)
    line = parking(world, claim, sam)
    services.add_receipt(claim_id=claim.pk, line_id=line.pk, upload=photo(), by=sam, at=world.at)
    claim.refresh_from_db()

    assert (claim.claimant, claim.partner, claim.prepared_by, claim.asked) == (
        world.person, world.partner, sam, Decimal("92.73"),
    )  # fmt: skip
    actors = set(
        type(line).pgh_event_model.objects.filter(claim=claim).values_list("pgh_context__metadata__actor", flat=True)
    )
    assert actors == {str(sam.pk)}
    sent = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    assert (sent.status, sent.prepared_by) == ("submitted", sam)


def test_draft_that_the_partner_began_says_who_went_on_with_it(world, sam):
    claim = world.draft()
    assert claim.prepared_by is None
    parking(world, claim, sam)
    claim.refresh_from_db()
    assert claim.prepared_by == sam
    parking(world, claim, world.person)
    claim.refresh_from_db()
    assert claim.prepared_by == sam


def test_helper_starts_nothing_that_the_partner_could_not(world, sam):
    other = make_world()
    with pytest.raises(RuleBroken, match="not yours"):
        services.start_claim(partner_id=other.partner.pk, by=sam, at=world.at)
    with pytest.raises(RuleBroken, match="meetings that you attended"):
        services.start_claim(partner_id=world.partner.pk, meeting_id=other.meeting.pk, by=sam, at=world.at)
    with pytest.raises(RuleBroken, match="not one of yours"):
        services.start_claim(partner_id=world.partner.pk, assignment_id=other.assignment.pk, by=sam, at=world.at)
    assert services.start_claim(
        partner_id=world.partner.pk, assignment_id=world.assignment.pk, by=sam, at=world.at
    ).claimant == world.person  # fmt: skip


def test_sending_preferences_and_deleting_are_the_partners_alone(world, sam):
    claim = prepared(world, sam)
    whose = {"claim_id": claim.pk, "by": sam, "at": world.at}
    for refused in (
        lambda: services.submit_claim(**whose),
        lambda: services.set_preference(preference=Preference.DECLINED, reduced_to=None, **whose),
        lambda: services.discard_claim(**whose),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    claim.refresh_from_db()
    assert (claim.status, claim.preference) == ("draft", "full")


def test_helper_sees_drafts_of_their_partner_and_nothing_else(world, sam):
    sent = world.sent()
    mine = services.start_claim(partner_id=world.partner.pk, by=sam, at=world.at)
    world.line(mine, LineKind.BUS, amount=Decimal("2.00"))
    other = make_world()
    other.draft()
    elsewhere = second_partner(world)
    services.start_claim(partner_id=elsewhere.pk, by=elsewhere.user, at=world.at)

    assert list(queries.claims_visible_to(sam, today=world.today)) == [mine]
    services.submit_claim(claim_id=mine.pk, by=world.person, at=world.at)
    assert list(queries.claims_visible_to(sam, today=world.today)) == []
    assert not queries.lines_visible_to(sam, today=world.today).exists()
    with pytest.raises(TransitionNotAllowed):
        parking(world, sent, sam)


def test_whoever_prepared_a_claim_neither_decides_nor_pays_it(world, sam):
    claim = prepared(world, sam)
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    claim.refresh_from_db()
    for role in (Role.APPROVER, Role.FINANCE):
        factories.make_member(role, world.organisation, user=sam)
    for action in (ClaimAction.DECIDE, ClaimAction.ADD_TO_RUN):
        assert not permissions.can_act_on_claim(sam, claim, action, today=world.today)


# --- handing over -------------------------------------------------------------------------
def test_partner_is_told_once_that_a_claim_is_ready(world, sam):
    claim = prepared(world, sam)
    for _ in range(2):
        services.hand_over_draft(claim_id=claim.pk, by=sam, at=world.at)
    told = Message.objects.filter(kind="expenses.claim.prepared")
    letter = told.get()
    assert (letter.recipient, letter.subject) == (world.person, "Your helper has prepared a claim")
    assert sam.get_full_name() in letter.body
    parking(world, claim, sam)
    services.hand_over_draft(claim_id=claim.pk, by=sam, at=world.at)
    assert told.count() == 2


def test_what_cannot_be_handed_over_is_refused(world, sam):
    empty = services.start_claim(partner_id=world.partner.pk, by=sam, at=world.at)
    with pytest.raises(RuleBroken, match="at least one thing"):
        services.hand_over_draft(claim_id=empty.pk, by=sam, at=world.at)
    own = world.draft()
    with pytest.raises(RuleBroken, match="your own claim"):
        services.hand_over_draft(claim_id=own.pk, by=world.person, at=world.at)
    services.submit_claim(claim_id=own.pk, by=world.person, at=world.at)
    with pytest.raises(TransitionNotAllowed):
        services.hand_over_draft(claim_id=own.pk, by=sam, at=world.at)
    with pytest.raises(PermissionDenied):
        services.hand_over_draft(claim_id=empty.pk, by=world.lead, at=world.at)


# --- ending -------------------------------------------------------------------------------
def test_ended_helper_loses_access_at_once_and_the_draft_stays(world, helper, sam):
    claim = prepared(world, sam)
    for _ in range(2):
        ended = services.end_helper(helper_id=helper.pk, by=world.person, at=world.later(hours=1))

    assert (ended.ended_at, ended.ended_by) == (world.later(hours=1), world.person)
    assert not queries.claims_visible_to(sam, today=world.today).exists()
    with pytest.raises(PermissionDenied):
        parking(world, claim, sam)
    assert not Membership.objects.on(world.today).filter(user=sam).exists()
    assert Message.objects.get(kind="expenses.helper.ended").recipient == sam
    assert list(queries.claims_of(world.person)) == [claim]
    again = name(world)
    assert again.invitation_id != helper.invitation_id


def test_invitation_of_an_ended_helper_stops_working(world, helper):
    services.end_helper(helper_id=helper.pk, by=world.person, at=world.at)
    with pytest.raises(RuleBroken):
        come(helper, world.at)
    assert not Message.objects.filter(kind="expenses.helper.ended").exists()


def test_ending_after_the_invitation_has_run_out_is_no_error(world, helper):
    services.end_helper(helper_id=helper.pk, by=world.person, at=world.at + timedelta(days=60))
    assert Helper.objects.get().ended_at is not None


def test_role_stays_while_another_partner_has_named_them(world, helper, sam):
    second = second_partner(world)
    name(world, partner_id=second.pk, by=second.user)
    services.end_helper(helper_id=helper.pk, by=world.person, at=world.at)
    assert Membership.objects.on(world.today).filter(user=sam, role=Role.HELPER).exists()
    assert queries.may_prepare_for(sam, second.pk, today=world.today)


def test_nobody_else_ends_it_but_whoever_looks_after_people_ends_the_role(world, helper, sam):
    for by in (world.lead, sam, second_partner(world).user):
        with pytest.raises(PermissionDenied):
            services.end_helper(helper_id=helper.pk, by=by, at=world.at)
    accounts.end_roles_at(
        user_id=sam.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead, at=world.at
    )
    assert not queries.may_prepare_for(sam, world.partner.pk, today=world.today)
