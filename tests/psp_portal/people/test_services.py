"""A change of people hands their claims over in the same transaction, or does not take place."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from expenses import services as expenses
from expenses.models import Claim
from psp_portal.accounts.enums import STAFF_ROLES, Post, Role
from psp_portal.accounts.models import Absence, User
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.people import services
from tests import factories

pytestmark = pytest.mark.django_db

AT = factories.START + timedelta(days=16)
TODAY = local_date(AT)


class Trust:
    """An organisation with one claim that waits for its budget holder, whose deputy is the other approver."""

    def __init__(self) -> None:
        self.organisation = factories.make_organisation("Hillside NHS Trust")
        self.lead = factories.make_post(Post.PROGRAMME_LEAD, self.organisation).user
        self.first, self.second = (factories.make_member(Role.APPROVER, self.organisation) for _ in range(2))
        factories.make_rate_card(self.organisation)
        partner = factories.make_partner(self.organisation, lead=self.lead)
        self.partner = partner.user
        assignment = factories.make_assignment(partner, budget_holder=self.first, deputy=self.second)
        attendance = factories.make_attendance(assignment)
        draft = expenses.start_claim(partner_id=partner.pk, meeting_id=attendance.meeting_id, by=self.partner, at=AT)
        expenses.submit_claim(claim_id=draft.pk, by=self.partner, at=AT)

    @property
    def waits_on(self) -> User:
        return Claim.objects.get().waiting_on

    def away(self, user, *, deputy=None, by=None, **days):
        return services.record_absence(
            organisation_id=self.organisation.pk, user_id=user.pk, deputy_id=deputy.pk if deputy else None,
            starts_on=days.get("starts_on", TODAY), ends_on=days.get("ends_on"), by=by or user, at=AT,
        )  # fmt: skip

    def close(self, user, *, by=None, reason="Left for another job"):
        return services.close_account(
            user_id=user.pk, organisation_id=self.organisation.pk, reason=reason, by=by or self.lead, at=AT
        )

    def end(self, user, *, ends_on=TODAY - timedelta(days=1)):
        membership = user.memberships.get(organisation=self.organisation)
        return services.end_role(membership_id=membership.pk, ends_on=ends_on, by=self.lead, at=AT)


@pytest.fixture
def trust():
    trust = Trust()
    assert trust.waits_on == trust.first
    return trust


def test_absence_hands_over_to_the_deputy_and_back(trust):
    absence = trust.away(trust.first, deputy=trust.second)
    assert trust.waits_on == trust.second
    services.end_absence(absence_id=absence.pk, ends_on=TODAY - timedelta(days=1), by=trust.first, at=AT)
    assert not Absence.objects.exists()
    assert trust.waits_on == trust.first


def test_absence_that_is_to_come_hands_nothing_over_yet(trust):
    trust.away(trust.first, deputy=trust.second, starts_on=TODAY + timedelta(days=1))
    assert trust.waits_on == trust.first


def test_end_of_a_role_hands_over(trust):
    trust.end(trust.first)
    assert trust.waits_on == trust.second


def test_closing_an_account_hands_over_and_shuts_the_door(trust):
    user = trust.close(trust.first)
    assert not user.is_active
    assert user.memberships.get().ends_on == TODAY - timedelta(days=1)
    assert trust.waits_on == trust.second


def test_last_who_can_answer_stays_while_a_claim_is_open(trust):
    staff = User.objects.filter(memberships__role__in=STAFF_ROLES).exclude(pk=trust.lead.pk).distinct()
    for user in staff:
        trust.close(user)
    assert trust.waits_on == trust.lead
    membership = trust.lead.memberships.get()
    with pytest.raises(RuleBroken, match="would be left with nobody"):
        trust.end(trust.lead)
    membership.refresh_from_db()
    assert membership.ends_on is None
    assert trust.lead.post_holdings.get().ends_on is None
    assert trust.waits_on == trust.lead


def test_account_with_claims_of_its_own_stays_open(trust):
    with pytest.raises(RuleBroken, match="has claims or questions that are not settled"):
        trust.close(trust.partner)
    trust.partner.refresh_from_db()
    assert trust.partner.is_active
    assert trust.partner.memberships.get().ends_on is None


def test_account_of_somebody_with_a_role_elsewhere_stays_open_for_that(trust):
    elsewhere = factories.make_organisation()
    factories.give_role(Role.APPROVER, trust.first, elsewhere)
    user = trust.close(trust.first)
    assert user.is_active
    assert user.memberships.get(organisation=elsewhere).ends_on is None
    assert user.memberships.get(organisation=trust.organisation).ends_on == TODAY - timedelta(days=1)
    assert trust.waits_on == trust.second


def test_closing_needs_a_reason_and_somebody_else_who_may(trust):
    with pytest.raises(RuleBroken, match="Say why"):
        trust.close(trust.first, reason=" ")
    with pytest.raises(RuleBroken, match="your own account"):
        trust.close(trust.lead)
    with pytest.raises(PermissionDenied):
        trust.close(trust.first, by=trust.second)
    with pytest.raises(PermissionDenied):
        trust.close(trust.first, by=factories.make_member(Role.PROGRAMME_LEAD))
    assert trust.waits_on == trust.first


def test_roles_and_posts_are_given_with_the_same_rules(trust):
    person = factories.make_member(Role.REQUESTER, trust.organisation)
    services.grant_role(
        user_id=person.pk, organisation_id=trust.organisation.pk, role=Role.EXECUTIVE, starts_on=TODAY,
        by=trust.lead, at=AT,
    )  # fmt: skip
    holding = services.appoint_to_post(
        organisation_id=trust.organisation.pk, post=Post.EXECUTIVE_LEAD, user_id=person.pk, starts_on=TODAY,
        by=trust.lead, at=AT,
    )  # fmt: skip
    assert holding.user == person
    history = type(holding).pgh_event_model.objects.get(pgh_obj_id=holding.pk)
    assert history.pgh_context.metadata["action"] == "people.post.appoint"
