"""Who sees what a partner needs, and who does not even see that there is anything."""

from datetime import timedelta

import pytest

from partners import services as partner_services
from partners.enums.access import NeedKind
from partners.models.access import AccessNeed, AccessSettings
from partners.queries import access as queries
from partners.queries.capacity import to_arrange_for
from partners.services import access as services
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from tests import factories
from tests.partners.access_samples import NOW, TODAY, meet, mention, need, shared
from tests.partners.capacity_samples import go_away

pytestmark = pytest.mark.django_db

# Everybody there is beside the partner, in every role, here and elsewhere; "assigned" are those who see committees.
ROLES = [role for role in Role if role not in (Role.PROGRAMME_LEAD, Role.PARTNER)]


@pytest.fixture
def people(trust):
    """Return somebody in each place from which a partner's needs might be seen."""
    here = {role.value: factories.make_member(role, trust.organisation) for role in ROLES}
    elsewhere = {
        f"{role.value} elsewhere": factories.make_member(role, trust.stranger.organisation)
        for role in (Role.REQUESTER, Role.AUDITOR)
    }
    return {
        "partner": trust.partner.user,
        "lead": trust.lead,
        "another lead": factories.make_lead(trust.organisation),
        "another partner": factories.make_partner(trust.organisation, lead=trust.lead).user,
        "partner elsewhere": trust.stranger.user,
        "lead elsewhere": trust.stranger.lead,
        **here,
        **elsewhere,
    }


def who_sees(people, trust, today=TODAY):
    """Return who sees a need of the partner; the flag and the page must say the same."""
    sees, flagged, opens = set(), set(), set()
    for name, user in people.items():
        if queries.needs_visible_to(user, today=today).filter(partner=trust.partner).exists():
            sees.add(name)
        if queries.access_flags_for(user, [trust.partner, trust.stranger], today=today):
            flagged.add(name)
        if queries.partners_with_needs_page_for(user, today=today).filter(pk=trust.partner.pk).exists():
            opens.add(name)
    # Nobody is told of their own; and whoever sees the partner may open the page and find nothing.
    assert flagged == sees - {"partner"}
    assert opens == sees | {"partner", "lead", "another lead"}
    return sees


def test_without_consent_only_partner_and_lead_see_that_there_is_a_need(trust, people):
    factories.make_assignment(trust.partner)
    need(trust.partner)
    assert who_sees(people, trust) == {"partner", "lead"}


def test_what_is_only_mentioned_is_the_lead_s_alone(trust, people):
    factories.make_assignment(trust.partner)
    mention(trust.partner)
    assert who_sees(people, trust) == {"partner", "lead"}


def test_with_consent_leads_see_it_and_requesters_only_of_partners_on_a_committee(trust, people):
    shared(trust.partner)
    assert who_sees(people, trust) == {"partner", "lead", "another lead"}
    factories.make_assignment(trust.partner, starts_on=TODAY + timedelta(days=30))
    assert who_sees(people, trust) == {"partner", "lead", "another lead", "requester"}


def test_a_requester_sees_it_no_more_when_the_assignment_is_over(trust, people):
    shared(trust.partner)
    factories.make_assignment(trust.partner, ends_on=TODAY + timedelta(days=9))
    assert "requester" in who_sees(people, trust, TODAY + timedelta(days=9))
    assert "requester" not in who_sees(people, trust, TODAY + timedelta(days=10))


def test_an_assignment_of_somebody_else_opens_nothing(trust, people):
    shared(trust.partner)
    factories.make_assignment(trust.stranger)
    assert "requester" not in who_sees(people, trust)


def test_nobody_arranges_anything_for_a_partner_who_has_left(trust, people):
    factories.make_assignment(trust.partner)
    shared(trust.partner)
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    assert who_sees(people, trust) == {"partner", "lead"}


def test_when_the_lead_has_gone_the_other_leads_look_after_the_partner(trust, people):
    need(trust.partner)
    accounts.end_role(membership_id=trust.lead.memberships.get().pk, ends_on=TODAY, by=factories.TESTS, at=NOW)
    tomorrow = TODAY + timedelta(days=1)
    found = {
        name
        for name, user in people.items()
        if queries.needs_visible_to(user, today=tomorrow).filter(partner=trust.partner).exists()
    }
    assert found == {"partner", "another lead"}


def test_of_two_needs_the_one_that_is_shared_is_seen(trust, people):
    need(trust.partner, NeedKind.SUPPORT, "My sister")
    shown = shared(trust.partner)
    assert list(queries.needs_of(people["another lead"], trust.partner, today=TODAY)) == [shown]
    assert queries.needs_of(trust.lead, trust.partner, today=TODAY).count() == 2


def test_flags_take_one_query_however_many_partners(trust, django_assert_num_queries):
    partners = [trust.partner, *(factories.make_partner(trust.organisation, lead=trust.lead) for _ in range(9))]
    for partner in partners[::2]:
        need(partner)
        need(partner, NeedKind.BSL, "")
    with django_assert_num_queries(1):
        flags = queries.access_flags_for(trust.lead, partners, today=TODAY)
    assert flags == {partner.pk for partner in partners[::2]}


def test_needs_with_their_occasions_take_two_queries(trust, django_assert_num_queries):
    for _ in range(3):
        each = need(trust.partner)
        for _ in range(3):
            meet(each, trust.lead)
    with django_assert_num_queries(2):
        found = list(queries.needs_of(trust.lead, trust.partner, today=TODAY))
        assert [len(each.occasions.all()) for each in found] == [3, 3, 3]


def test_what_to_know_when_arranging_takes_three_queries(trust, django_assert_num_queries):
    other = factories.make_partner(trust.organisation, lead=trust.lead)
    shared(trust.partner)
    go_away(other, TODAY, TODAY)
    with django_assert_num_queries(3):
        first, second = to_arrange_for(trust.lead, [trust.partner, other], today=TODAY)
    assert (first.has_access_needs, first.away, first.week) == (True, [], [])
    assert (second.has_access_needs, [each.in_words for each in second.away]) == (False, ["on 1 April 2025"])


# --- lists and what waits ---------------------------------------------------------------------------
def test_the_list_holds_what_is_to_be_done_in_thirty_days_for_those_one_looks_after(trust, django_assert_num_queries):
    factories.make_partner(trust.organisation, lead=trust.lead)
    need(trust.partner)
    need(trust.stranger)
    mention(trust.stranger)
    assert not queries.to_review_by(trust.lead, today=TODAY + timedelta(days=334)).exists()

    mention(trust.partner)
    mention(trust.partner, "And a ramp")
    with django_assert_num_queries(1):
        found = list(queries.to_review_by(trust.lead, today=TODAY + timedelta(days=335)))
    assert [(each.pk, each.to_write_down, each.review_due_on) for each in found] == [
        (trust.partner.pk, 2, TODAY + timedelta(days=365))
    ]
    assert not queries.to_review_by(factories.make_lead(trust.organisation), today=TODAY).exists()


def waits(user, days=0):
    return [(each.label, each.detail, each.since) for each in queries.waiting(user, today=TODAY + timedelta(days=days))]


def labels(user, days=0):
    return [label for label, *_ in waits(user, days)]


def test_what_waits_for_partner_and_lead(trust, django_assert_num_queries):
    mention(trust.stranger)
    mention(trust.partner, at=NOW + timedelta(days=1))
    mention(trust.partner, "And a ramp", at=NOW + timedelta(days=2))
    need(trust.partner, by=trust.lead)

    with django_assert_num_queries(1):
        assert labels(trust.lead) == ["Write down what is needed"]
    assert labels(trust.partner.user) == ["Say whether what was written down is right", "Write down what is needed"]
    assert [detail for _label, detail, _since in waits(trust.lead)] == ["Pat Example"]
    assert labels(factories.make_lead(trust.organisation)) == []


def test_a_review_waits_for_both_from_its_day_on(trust):
    need(trust.partner)
    for user in (trust.lead, trust.partner.user):
        assert labels(user, 364) == []
        assert labels(user, 365) == ["Go through what is needed"]
        assert waits(user, 400)[0][2].date() == TODAY + timedelta(days=365)
    services.review_needs(partner_id=trust.partner.pk, by=trust.lead, at=NOW + timedelta(days=365))
    assert labels(trust.lead, 366) == []


def test_nothing_waits_of_a_partner_who_has_left(trust):
    mention(trust.partner)
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    assert labels(trust.lead) == []
    assert labels(trust.partner.user) == []


def test_rows_are_named(trust):
    each = need(trust.partner)
    assert str(each) == f"{trust.partner.pk} needs environment"
    assert str(AccessNeed(partner=trust.partner)) == f"{trust.partner.pk} needs something"
    assert str(meet(each, trust.lead)) == f"{each.pk} on 2025-04-01: met"
    assert str(meet(each, trust.lead, was_met=False)) == f"{each.pk} on 2025-04-01: not met"
    assert str(AccessSettings(organisation=trust.organisation)) == f"Access needs at {trust.organisation.pk}"
