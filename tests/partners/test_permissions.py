from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from partners import permissions, services
from partners.enums import PartnerAction
from psp_portal.accounts.enums import Role
from psp_portal.dates import local_date
from tests import factories

TODAY = date(2026, 11, 22)
AT = factories.START + timedelta(days=100)

# Role at the partner's organisation: may appoint and change; may save the journey.
TABLE = {
    Role.PARTNER: (False, False),
    Role.PROGRAMME_LEAD: (True, True),
    Role.REQUESTER: (False, False),
    Role.APPROVER: (False, False),
    Role.FINANCE: (False, False),
    Role.EXECUTIVE: (False, False),
    Role.AUDITOR: (False, False),
    Role.HELPER: (False, False),
    None: (False, False),
}


def person(role, organisation):
    return factories.make_member(role, organisation) if role else factories.make_user()


def test_the_table_has_every_role():
    assert TABLE.keys() == {*Role, None}


@pytest.mark.parametrize("role", TABLE)
def test_who_may_change_a_partner(trust, role):
    user, (may_change, may_save) = person(role, trust.organisation), TABLE[role]

    assert permissions.can_appoint_partner(user, trust.organisation.pk, today=TODAY) == may_change
    assert permissions.can_change_partner(user, trust.partner, today=TODAY) == may_change
    assert permissions.can_save_journey(user, trust.partner, today=TODAY) == may_save


@pytest.mark.parametrize("role", TABLE)
def test_a_role_elsewhere_allows_nothing(trust, role):
    user = person(role, trust.stranger.organisation)

    assert not permissions.can_appoint_partner(user, trust.organisation.pk, today=TODAY)
    assert not permissions.can_change_partner(user, trust.partner, today=TODAY)
    assert not permissions.can_save_journey(user, trust.partner, today=TODAY)


def test_nobody_appoints_at_no_organisation(trust):
    assert not permissions.can_appoint_partner(trust.lead, None, today=TODAY)


def test_partners_save_their_own_journey_and_change_nothing_else(trust):
    user = trust.partner.user

    assert permissions.can_save_journey(user, trust.partner, today=TODAY)
    assert not permissions.can_change_partner(user, trust.partner, today=TODAY)


def test_a_lead_who_is_a_partner_does_not_change_their_own_appointment(trust):
    factories.give_role(Role.PROGRAMME_LEAD, trust.partner.user, trust.organisation)

    assert permissions.can_appoint_partner(trust.partner.user, trust.organisation.pk, today=TODAY)
    assert not permissions.can_change_partner(trust.partner.user, trust.partner, today=TODAY)
    assert permissions.actions_open_to(trust.partner.user, trust.partner, today=TODAY) == [PartnerAction.CHANGE_JOURNEY]


def test_a_role_that_has_not_begun_allows_nothing(trust):
    user = factories.make_member(Role.PROGRAMME_LEAD, trust.organisation, starts_on=TODAY + timedelta(days=1))

    assert not permissions.can_appoint_partner(user, trust.organisation.pk, today=TODAY)


def test_checks_raise_where_the_answer_is_no(trust):
    stranger = trust.stranger.user

    with pytest.raises(PermissionDenied):
        permissions.check_can_appoint_partner(stranger, trust.organisation.pk, today=TODAY)
    with pytest.raises(PermissionDenied):
        permissions.check_can_change_partner(stranger, trust.partner, today=TODAY)
    with pytest.raises(PermissionDenied):
        permissions.check_can_save_journey(stranger, trust.partner, today=TODAY)


def test_checks_say_nothing_where_the_answer_is_yes(trust):
    permissions.check_can_appoint_partner(trust.lead, trust.organisation.pk, today=TODAY)
    permissions.check_can_change_partner(trust.lead, trust.partner, today=TODAY)
    permissions.check_can_save_journey(trust.partner.user, trust.partner, today=TODAY)


def test_actions_of_the_lead_of_the_partner_and_of_others(trust):
    def actions(user):
        return permissions.actions_open_to(user, trust.partner, today=TODAY)

    assert actions(trust.lead) == [
        PartnerAction.CHANGE_JOURNEY, PartnerAction.CHANGE_TELEPHONE, PartnerAction.CHANGE_TERM, PartnerAction.END,
    ]  # fmt: skip
    assert actions(trust.partner.user) == [PartnerAction.CHANGE_JOURNEY]
    assert actions(trust.stranger.user) == []


def test_a_leaver_is_not_ended_twice(trust):
    left = services.end_appointment(partner_id=trust.partner.pk, left_on=local_date(AT), by=trust.lead, at=AT)

    assert permissions.actions_open_to(trust.lead, left, today=TODAY) == [PartnerAction.CHANGE_JOURNEY]


def test_who_finds_anything_in_the_list(trust):
    finds = {
        role
        for role in TABLE
        if permissions.can_list_partners(person(role, trust.organisation), trust.organisation.pk, today=TODAY)
    }

    assert finds == {Role.PROGRAMME_LEAD, Role.PARTNER}
    assert not permissions.can_list_partners(trust.lead, None, today=TODAY)
    permissions.check_can_list_partners(trust.lead, trust.organisation.pk, today=TODAY)
    with pytest.raises(PermissionDenied):
        permissions.check_can_list_partners(trust.stranger.lead, trust.organisation.pk, today=TODAY)
