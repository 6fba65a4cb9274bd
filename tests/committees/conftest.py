"""A trust with a committee, a partner on it and a meeting; and another trust that must never show."""

from types import SimpleNamespace

import pytest

from psp_portal.accounts.enums import Role
from tests import factories


@pytest.fixture
def staff_pass(settings):
    """Let staff in without a second factor: these tests are about the pages behind it."""
    settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = True


@pytest.fixture
def trust(db) -> SimpleNamespace:
    """Return a trust: its lead, two approvers, a committee with one partner and a meeting on 15 April 2025 at 9am."""
    organisation = factories.make_organisation("Willow Trust")
    lead = factories.make_lead(organisation)
    holder = factories.make_member(Role.APPROVER, organisation, user=factories.make_user("Holly Holder"))
    deputy = factories.make_member(Role.APPROVER, organisation, user=factories.make_user("Dan Deputy"))
    partner = factories.make_partner(organisation, user=factories.make_user("Pat Example"), lead=lead)
    committee = factories.make_committee(organisation, name="Falls group", by=lead)
    assignment = factories.make_assignment(partner, committee, budget_holder=holder, deputy=deputy)
    return SimpleNamespace(
        organisation=organisation,
        lead=lead,
        holder=holder,
        deputy=deputy,
        partner=partner,
        user=partner.user,
        committee=committee,
        assignment=assignment,
        meeting=factories.make_meeting(committee, by=lead),
    )


@pytest.fixture
def elsewhere(db) -> SimpleNamespace:
    """Return another trust with a committee, a partner, a meeting and an attendance."""
    attendance = factories.make_attendance()
    assignment = attendance.assignment
    return SimpleNamespace(
        organisation=assignment.committee.organisation,
        lead=assignment.partner.lead,
        partner=assignment.partner,
        user=assignment.partner.user,
        committee=assignment.committee,
        assignment=assignment,
        meeting=attendance.meeting,
        attendance=attendance,
    )
