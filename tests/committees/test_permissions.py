from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from committees import permissions, queries, services
from committees.enums import AssignmentAction, CommitteeAction, MeetingAction
from psp_portal.accounts.enums import Role
from tests import factories

TODAY = date(2026, 11, 22)
AFTER = factories.START + timedelta(days=20)
BEFORE = factories.START + timedelta(days=7)

# Role at the committee's organisation: may change committees, assignments and meetings, and record attendance.
MANAGES = {role: role is Role.PROGRAMME_LEAD for role in Role} | {None: False}


def person(role, organisation):
    return factories.make_member(role, organisation) if role else factories.make_user()


def open_assignments(trust, user):
    return permissions.assignments_open_to(user, trust.committee, [trust.assignment], today=TODAY)[0]


def can_record(trust, user, at=AFTER):
    meeting = queries.meetings_visible_to(trust.lead, today=TODAY).get(pk=trust.meeting.pk)
    places = queries.places_at(trust.lead, meeting, today=TODAY)
    return [place.can_record for place in permissions.places_open_to(user, meeting, places, at=at)]


@pytest.mark.parametrize("role", MANAGES)
def test_who_may_change_committees(trust, role):
    user, manages = person(role, trust.organisation), MANAGES[role]

    assert permissions.can_manage_committees(user, trust.organisation.pk, today=TODAY) == manages
    assert permissions.can_change_assignment(user, trust.assignment, today=TODAY) == manages
    assert permissions.can_record_attendance(user, trust.assignment, None, today=TODAY) == manages
    assert can_record(trust, user) == [manages]
    opened = open_assignments(trust, user)
    assert (opened.sees_budget, bool(opened.actions)) == (manages, manages)
    assert bool(permissions.committee_actions_open_to(user, trust.committee, today=TODAY)) == manages
    assert bool(permissions.actions_open_to(user, trust.meeting, at=AFTER)) == manages


@pytest.mark.parametrize("role", MANAGES)
def test_a_role_elsewhere_allows_nothing(trust, elsewhere, role):
    user = person(role, elsewhere.organisation)

    assert not permissions.can_manage_committees(user, trust.organisation.pk, today=TODAY)
    assert not permissions.can_change_assignment(user, trust.assignment, today=TODAY)
    assert not permissions.can_record_attendance(user, trust.assignment, None, today=TODAY)


def test_nobody_changes_committees_of_no_organisation(trust):
    assert not permissions.can_manage_committees(trust.lead, None, today=TODAY)


def test_partners_see_who_pays_for_them_and_change_nothing(trust):
    assert open_assignments(trust, trust.user) == permissions.AssignmentOpenTo(trust.assignment, True, ())
    assert open_assignments(trust, trust.lead).actions == tuple(AssignmentAction)


def test_a_lead_who_is_a_partner_does_not_change_who_pays_for_them(trust):
    factories.give_role(Role.PROGRAMME_LEAD, trust.user, trust.organisation)

    assert not permissions.can_change_assignment(trust.user, trust.assignment, today=TODAY)
    assert open_assignments(trust, trust.user).actions == ()


def test_partners_record_their_own_until_somebody_else_has(trust):
    assert permissions.can_record_attendance(trust.user, trust.assignment, None, today=TODAY)
    assert can_record(trust, trust.user) == [True]

    own = factories.make_attendance(trust.assignment, trust.meeting)
    assert permissions.can_record_attendance(trust.user, trust.assignment, own, today=TODAY)
    assert can_record(trust, trust.user) == [True]

    by_lead = factories.make_attendance(trust.assignment, trust.meeting, by=trust.lead)
    assert not permissions.can_record_attendance(trust.user, trust.assignment, by_lead, today=TODAY)
    assert can_record(trust, trust.user) == [False]
    assert can_record(trust, trust.lead) == [True]


def test_a_lead_who_is_a_partner_is_the_partner_about_themselves(trust):
    factories.give_role(Role.PROGRAMME_LEAD, trust.user, trust.organisation)
    by_lead = factories.make_attendance(trust.assignment, trust.meeting, by=trust.lead)

    assert not permissions.can_record_attendance(trust.user, trust.assignment, by_lead, today=TODAY)


def test_nothing_is_recorded_before_the_meeting_or_when_it_is_cancelled(trust):
    assert can_record(trust, trust.user, at=BEFORE) == [False]

    services.cancel_meeting(meeting_id=trust.meeting.pk, reason="No quorum", by=trust.lead, at=BEFORE)
    assert can_record(trust, trust.user) == [False]


def test_actions_of_a_committee(trust):
    def actions():
        return permissions.committee_actions_open_to(trust.lead, trust.committee, today=TODAY)

    assert actions() == [CommitteeAction.ASSIGN, CommitteeAction.SCHEDULE]
    trust.committee.closed_on = TODAY
    assert actions() == [CommitteeAction.ASSIGN, CommitteeAction.SCHEDULE]
    trust.committee.closed_on = TODAY - timedelta(days=1)
    assert actions() == []


def test_actions_of_a_meeting_follow_its_status_and_the_clock(trust):
    def actions(at):
        return permissions.actions_open_to(trust.lead, trust.meeting, at=at)

    assert actions(BEFORE) == [MeetingAction.WARN, MeetingAction.CANCEL]
    assert actions(AFTER) == [MeetingAction.HOLD, MeetingAction.WARN, MeetingAction.CANCEL]
    trust.meeting = services.record_held(meeting_id=trust.meeting.pk, actual_minutes=90, by=trust.lead, at=AFTER)
    assert actions(AFTER) == [MeetingAction.HOLD, MeetingAction.WARN]


def test_a_cancelled_meeting_offers_nothing(trust):
    meeting = services.cancel_meeting(meeting_id=trust.meeting.pk, reason="No quorum", by=trust.lead, at=BEFORE)

    assert permissions.actions_open_to(trust.lead, meeting, at=AFTER) == []


def test_checks_raise_where_the_answer_is_no(trust, elsewhere):
    with pytest.raises(PermissionDenied):
        permissions.check_can_manage_committees(elsewhere.lead, trust.organisation.pk, today=TODAY)
    with pytest.raises(PermissionDenied):
        permissions.check_can_change_assignment(elsewhere.lead, trust.assignment, today=TODAY)
    with pytest.raises(PermissionDenied):
        permissions.check_can_record_attendance(elsewhere.lead, trust.assignment, None, today=TODAY)


def test_checks_say_nothing_where_the_answer_is_yes(trust):
    permissions.check_can_manage_committees(trust.lead, trust.organisation.pk, today=TODAY)
    permissions.check_can_change_assignment(trust.lead, trust.assignment, today=TODAY)
    permissions.check_can_record_attendance(trust.user, trust.assignment, None, today=TODAY)


def test_who_finds_anything_in_the_lists(trust, elsewhere):
    finds = {
        role
        for role in MANAGES
        if permissions.can_list_committees(person(role, trust.organisation), trust.organisation.pk, today=TODAY)
    }

    assert finds == {Role.PROGRAMME_LEAD, Role.PARTNER, Role.REQUESTER}
    assert not permissions.can_list_committees(trust.lead, None, today=TODAY)
    permissions.check_can_list_committees(trust.lead, trust.organisation.pk, today=TODAY)
    with pytest.raises(PermissionDenied):
        permissions.check_can_list_committees(elsewhere.lead, trust.organisation.pk, today=TODAY)
