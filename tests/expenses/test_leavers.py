"""A leaver keeps their claims and their role until nothing of theirs is open, and some time after they left."""

from datetime import timedelta

import pytest

from expenses import queries, services
from expenses.enums import LineAction
from expenses.policies.leavers import last_day_of_role
from partners.services import end_appointment
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.people import services as people
from tests import factories
from tests.expenses.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def leave(world):
    end_appointment(partner_id=world.partner.pk, left_on=world.today, by=world.lead, at=world.at)


def long_after(world):
    """Return the first moment at which a role that nothing holds ends."""
    return world.at + (last_day_of_role(world.today) - world.today) + timedelta(days=1)


def role_of(world):
    return Membership.objects.get(user=world.person, role=Role.PARTNER, organisation=world.organisation)


def test_a_leaver_sees_and_sends_their_claims_and_is_paid(world):
    draft = world.draft()
    leave(world)
    assert list(queries.claims_visible_to(world.person, today=world.today)) == [draft]
    sent = services.submit_claim(claim_id=draft.pk, by=world.person, at=world.at)
    assert world.decide(sent, LineAction.APPROVE).status == "approved"


def test_the_role_stays_while_a_claim_is_open_however_long(world):
    claim = world.sent()
    leave(world)
    assert services.end_settled_roles(at=world.at + timedelta(days=900)) == 0
    with pytest.raises(RuleBroken, match="a second person has to agree"):
        people.end_role(membership_id=role_of(world).pk, ends_on=world.today, by=world.lead, at=world.at)
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.at)
    assert services.end_settled_roles(at=world.at + timedelta(days=900)) == 1
    assert role_of(world).ends_on == local_date(world.at + timedelta(days=900))


def test_the_role_stays_while_a_question_is_open(world, monkeypatch):
    leave(world)
    monkeypatch.setattr("expenses.services.leavers.has_open_questions", lambda user_id: True)
    assert services.end_settled_roles(at=long_after(world)) == 0
    monkeypatch.undo()
    assert services.end_settled_roles(at=long_after(world)) == 1


def test_the_role_stays_for_six_months_and_ends_once(world):
    leave(world)
    assert services.end_settled_roles(at=long_after(world) - timedelta(days=1)) == 0
    assert services.end_settled_roles(at=long_after(world)) == 1
    assert services.end_settled_roles(at=long_after(world)) == 0


def test_a_claim_at_another_trust_does_not_hold_the_role_here(world):
    other = make_world()
    other.sent()
    leave(world)
    assert services.end_settled_roles(at=long_after(world)) == 1
    assert Membership.objects.filter(user=other.person, ends_on=None).exists()


def test_whoever_serves_came_back_or_was_never_appointed_keeps_the_role(world):
    invited = factories.make_member(Role.PARTNER, world.organisation)
    leave(world)
    factories.make_partner(
        world.organisation, user=world.person, lead=world.lead, starts_on=world.today + timedelta(days=1), at=world.at
    )
    assert services.end_settled_roles(at=world.at + timedelta(days=900)) == 0
    assert invited.memberships.get().ends_on is None
