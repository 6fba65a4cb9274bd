"""Who sees what of the audit trail: their own organisation's changes and readings, and nobody else's."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Post, Role
from psp_portal.audit.services import record_read
from psp_portal.reports.audit import kinds, presenters, queries
from psp_portal.reports.audit.queries import Filters
from tests import factories

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TODAY = timezone.localdate()


def test_every_tracked_model_is_in_the_table():
    assert {kind.model for kind in kinds.KINDS.values()} == set(kinds.tracked_models())


def test_no_account_number_is_ever_shown():
    hidden = kinds.KINDS["bank"].hidden
    assert {"account_name", "sort_code", "account_number", "last_four"} == hidden


@pytest.fixture
def trust():
    return factories.make_organisation("Hillside NHS Trust")


@pytest.fixture
def lead(trust):
    return factories.make_member(Role.PROGRAMME_LEAD, trust, user=factories.make_user("Lena Lead"))


@pytest.fixture
def other_lead():
    """Somebody at another organisation, where all sorts of things have happened."""
    other = factories.make_organisation("Riverbank NHS Trust")
    factories.make_posts(other)
    user = factories.make_member(Role.PROGRAMME_LEAD, other, user=factories.make_user("Oscar Otherwhere"))
    record_read(
        by=user, what="expenses.bank_details.read", subject_id=user.pk, subject_name="Oscar", organisation_id=other.pk,
        at=NOW,
    )  # fmt: skip
    return user


def sentences(user, organisation, filters=None, today=TODAY):
    places = queries.audit_events_visible_to(user, organisation, filters or Filters(), today=today)
    events = queries.events_at(places)
    names = queries.names_of(presenters.keys_in(events))
    return [presenters.entry_for(event, names).sentence for event in events]


def test_trail_tells_who_did_what_newest_first(trust, lead, other_lead):
    person = factories.make_user("Fay Finance")
    membership = accounts.grant_role(
        user_id=person.pk, organisation_id=trust.pk, role=Role.FINANCE, starts_on=TODAY, by=lead, at=NOW
    )
    factories.make_post(Post.FINANCE_LEAD, trust, user=person, starts_on=TODAY)
    accounts.end_role(membership_id=membership.pk, ends_on=TODAY, by=lead, at=NOW)
    told = sentences(lead, trust)
    assert set(told) == {
        "The portal added the organisation Hillside NHS Trust",
        "The portal added the account of Lena Lead",
        "The portal added the role of Lena Lead as programme lead",
        "The portal added the account of Fay Finance",
        "Lena Lead added the role of Fay Finance as finance",
        "The portal added Fay Finance as holder of the post Finance lead",
        "Lena Lead changed the role of Fay Finance as finance",
        "Lena Lead changed Fay Finance as holder of the post Finance lead",
    }


def test_other_organisations_trail_is_not_there(trust, lead, other_lead):
    riverbank = other_lead.memberships.get().organisation
    assert sentences(lead, riverbank) == []
    assert sentences(other_lead, trust) == []
    assert len(sentences(other_lead, riverbank)) > 8
    assert not [told for told in sentences(lead, trust) if "Oscar" in told or "Riverbank" in told]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROGRAMME_LEAD, Role.AUDITOR}))
def test_trail_is_for_auditors_and_leads(trust, lead, role):
    assert sentences(factories.make_member(role, trust), trust) == []


def test_auditor_reads_it_while_the_role_lasts(trust, lead):
    auditor = factories.make_member(Role.AUDITOR, trust)
    assert sentences(auditor, trust)
    accounts.end_role(membership_id=auditor.memberships.get().pk, ends_on=TODAY, by=lead, at=NOW)
    assert sentences(auditor, trust, today=TODAY + timedelta(days=1)) == []


def test_reading_stands_in_the_same_list(trust, lead):
    record_read(
        by=lead, what="expenses.bank_details.read", subject_id=lead.pk, subject_name="Pat Partner",
        organisation_id=trust.pk, at=NOW + timedelta(hours=1),
    )  # fmt: skip
    assert sentences(lead, trust)[0] == "Lena Lead read the bank details of Pat Partner"
    assert sentences(lead, trust, Filters(kind=queries.READING)) == ["Lena Lead read the bank details of Pat Partner"]


def test_filters_by_person_kind_and_days(trust, lead):
    accounts.grant_role(
        user_id=factories.make_user("Fay Finance").pk, organisation_id=trust.pk, role=Role.FINANCE, starts_on=TODAY,
        by=lead, at=NOW,
    )  # fmt: skip
    assert sentences(lead, trust, Filters(person_id=lead.pk)) == ["Lena Lead added the role of Fay Finance as finance"]
    assert len(sentences(lead, trust, Filters(kind="role"))) == 2
    assert sentences(lead, trust, Filters(kind="claim")) == []
    everything = len(sentences(lead, trust))
    assert len(sentences(lead, trust, Filters(from_on=TODAY, to_on=TODAY))) == everything
    assert sentences(lead, trust, Filters(from_on=TODAY + timedelta(days=1))) == []
    assert sentences(lead, trust, Filters(to_on=TODAY - timedelta(days=1))) == []


def test_person_with_two_roles_is_found_once(trust, lead):
    factories.make_member(Role.APPROVER, trust, user=lead)
    assert sentences(lead, trust).count("The portal added the account of Lena Lead") == 1


def test_whole_story_is_oldest_first_with_what_has_been_removed(trust, lead):
    person = factories.make_member(Role.APPROVER, trust, user=factories.make_user("Aran Approver"))
    absence = accounts.record_absence(
        organisation_id=trust.pk, user_id=person.pk, deputy_id=lead.pk, starts_on=date(2027, 1, 4), ends_on=None,
        by=person, at=NOW,
    )  # fmt: skip
    accounts.end_absence(absence_id=absence.pk, ends_on=date(2027, 1, 1), by=lead, at=NOW)
    places = queries.audit_events_of(lead, trust, "person", person.pk, today=TODAY)
    events = queries.events_at(places)
    names = queries.names_of(presenters.keys_in(events))
    entries = [presenters.entry_for(event, names) for event in events]
    assert sorted(entry.sentence for entry in entries) == [
        "Aran Approver added the days away of Aran Approver from 4 January 2027",
        "Lena Lead removed the days away of Aran Approver from 4 January 2027",
        "The portal added the account of Aran Approver",
        "The portal added the role of Aran Approver as approver",
    ]
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)


def test_story_of_a_thing_elsewhere_is_empty(trust, lead, other_lead):
    assert queries.audit_events_of(lead, trust, "person", other_lead.pk, today=TODAY) == []
