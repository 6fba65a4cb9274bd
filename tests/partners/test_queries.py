from datetime import date, timedelta

from partners import queries, services
from psp_portal.accounts.enums import Role
from psp_portal.dates import local_date
from tests import factories

TODAY = date(2026, 11, 22)
AT = factories.START + timedelta(days=100)


def seen_by(user, today=TODAY):
    return set(queries.partners_visible_to(user, today=today))


def test_a_lead_sees_the_partners_of_their_organisation_only(trust):
    assert seen_by(trust.lead) == {trust.partner}
    assert seen_by(trust.stranger.lead) == {trust.stranger}


def test_partners_see_their_own_appointments_at_every_organisation(trust):
    second = factories.make_partner(trust.stranger.organisation, user=trust.partner.user)

    assert seen_by(trust.partner.user) == {trust.partner, second}
    assert seen_by(trust.lead) == {trust.partner}


def test_leavers_still_see_their_own(trust):
    services.end_appointment(partner_id=trust.partner.pk, left_on=local_date(AT), by=trust.lead, at=AT)

    assert seen_by(trust.partner.user) == {trust.partner}


def test_other_roles_see_no_partner(trust):
    others = set(Role) - {Role.PROGRAMME_LEAD}
    assert {role for role in others if seen_by(factories.make_member(role, trust.organisation))} == set()


def test_a_lead_sees_nothing_before_the_role_begins(trust):
    assert seen_by(trust.lead, today=local_date(factories.START) - timedelta(days=1)) == set()


def test_appointments_of_lists_the_latest_first(trust):
    later = factories.make_partner(
        trust.stranger.organisation, user=trust.partner.user, starts_on=local_date(factories.START) + timedelta(days=1)
    )

    assert list(queries.appointments_of(trust.partner.user)) == [later, trust.partner]
    assert list(queries.appointments_of(trust.lead)) == []


def test_partners_of_an_organisation_come_by_name(trust):
    first = factories.make_partner(trust.organisation, user=factories.make_user("Ada Example"), lead=trust.lead)

    assert list(queries.partners_of(trust.organisation.pk)) == [first, trust.partner]


def test_leads_of_an_organisation_are_its_programme_leads(trust):
    assert list(queries.leads_of(trust.organisation.pk, today=TODAY)) == [trust.lead]


def test_people_to_appoint_have_accepted_and_are_not_appointed(trust):
    ready = factories.make_member(Role.PARTNER, trust.organisation)
    factories.make_member(Role.PARTNER, trust.stranger.organisation)

    assert list(queries.people_to_appoint_at(trust.organisation.pk, today=TODAY)) == [ready]


def test_a_leaver_can_be_appointed_again(trust):
    services.end_appointment(partner_id=trust.partner.pk, left_on=local_date(AT), by=trust.lead, at=AT)

    assert list(queries.people_to_appoint_at(trust.organisation.pk, today=TODAY)) == [trust.partner.user]
