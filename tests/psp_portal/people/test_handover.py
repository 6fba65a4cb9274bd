"""What a leaver hands on is written by them and read by whoever follows, and nobody else."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from committees import services as committee_services
from partners import services as partners
from partners.enums.leaving import PackSection, PackStatus
from partners.models.leaving import HandoverPack
from partners.services import leaving as services
from psp_portal.accounts.enums import Role
from psp_portal.people.queries import handover as queries
from tests import factories
from tests.partners.leaving_samples import NOW, TODAY, make_departure
from tests.partners.test_views import text_of
from tests.partners.training_samples import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def now():
    with time_machine.travel(NOW, tick=False):
        yield


class Leaver:
    """A partner on a committee who is leaving, with people around them who may or may not follow."""

    def __init__(self) -> None:
        self.trust = factories.make_organisation("Hillside NHS Trust")
        self.lead = factories.make_lead(self.trust)
        self.partner = self.another("Lea Ver")
        self.committee = factories.make_committee(self.trust, name="Safety group", by=self.lead)
        self.other_committee = factories.make_committee(self.trust, name="Falls group", by=self.lead)
        self.assignment = factories.make_assignment(self.partner, self.committee)
        meeting = factories.make_meeting(self.committee, by=self.lead)
        factories.make_attendance(self.assignment, meeting)
        factories.make_meeting(self.committee, starts_at=NOW + timedelta(days=21), by=self.lead, at=NOW)
        make_departure(self.partner)

    def another(self, name: str = ""):
        return factories.make_partner(self.trust, user=factories.make_user(name), lead=self.lead)

    def begin(self) -> HandoverPack:
        texts = queries.what_the_portal_knows(self.partner, at=NOW)
        return services.start_pack(partner_id=self.partner.pk, texts=texts, by=self.partner.user, at=NOW)

    def publish(self, successor=None) -> HandoverPack:
        self.begin()
        return services.publish_pack(
            partner_id=self.partner.pk, successor_id=successor and successor.pk, by=self.partner.user, at=NOW
        )


@pytest.fixture
def leaver():
    return Leaver()


def page(name, *keys):
    return reverse(f"people:{name}", args=keys)


def readers(people, today=TODAY):
    return {who for who, user in people.items() if queries.packs_visible_to(user, today=today).exists()}


def test_a_pack_begins_with_committees_work_people_and_promises(leaver):
    make_request(leaver.partner, "A visit to the ward")
    known = queries.what_the_portal_knows(leaver.partner, at=NOW)
    assert known[PackSection.COMMITTEES] == (
        "Safety group, since 1 April 2025. It meets next on 21 April 2026. "
        "What it is for: Looks at what went wrong and what can be learnt."
    )
    assert known[PackSection.DONE] == "Safety group: 1 meeting, 2 h in all."
    assert leaver.lead.email in known[PackSection.CONTACTS]
    assert "A visit to the ward" in known[PackSection.PROMISES]
    assert PackSection.ADVICE not in known


def test_a_committee_that_is_over_is_work_and_no_place(leaver):
    committee_services.end_assignment(
        assignment_id=leaver.assignment.pk, ends_on=TODAY - timedelta(days=1), by=leaver.lead, at=NOW
    )
    known = queries.what_the_portal_knows(leaver.partner, at=NOW)
    assert known[PackSection.COMMITTEES] == ""
    assert known[PackSection.DONE].startswith("Safety group")


def test_before_it_is_published_it_is_the_leaver_s_alone(leaver):
    leaver.begin()
    newcomer = leaver.another()
    factories.make_assignment(newcomer, leaver.committee, starts_on=TODAY, at=NOW)
    assert readers({"leaver": leaver.partner.user, "lead": leaver.lead, "newcomer": newcomer.user}) == {"leaver"}


def test_a_published_pack_is_read_by_successor_leads_and_newcomers_and_nobody_else(leaver):
    successor, newcomer, old, elsewhere = (leaver.another() for _ in range(4))
    factories.make_assignment(old, leaver.committee, starts_on=TODAY - timedelta(days=1), at=NOW)
    factories.make_assignment(newcomer, leaver.committee, starts_on=TODAY + timedelta(days=1), at=NOW)
    factories.make_assignment(elsewhere, leaver.other_committee, starts_on=TODAY + timedelta(days=1), at=NOW)
    stranger = factories.make_partner()
    leaver.publish(successor)
    people = {
        "leaver": leaver.partner.user, "lead": leaver.lead, "other_lead": factories.make_lead(leaver.trust),
        "successor": successor.user, "newcomer": newcomer.user, "old": old.user, "elsewhere": elsewhere.user,
        "stranger": stranger.user, "strange_lead": stranger.lead,
        "requester": factories.make_member(Role.REQUESTER, leaver.trust),
        "executive": factories.make_member(Role.EXECUTIVE, leaver.trust),
    }  # fmt: skip
    assert readers(people) == {"leaver", "lead", "other_lead", "successor"}
    tomorrow = TODAY + timedelta(days=1)
    assert readers(people, tomorrow) == {"leaver", "lead", "other_lead", "successor", "newcomer"}
    for gone in (successor, newcomer):
        partners.end_appointment(partner_id=gone.pk, left_on=tomorrow, by=leaver.lead, at=NOW + timedelta(days=1))
    assert readers(people, tomorrow) == {"leaver", "lead", "other_lead"}
    assert list(queries.packs_to_read(leaver.partner.user, today=TODAY)) == []
    assert len(queries.packs_to_read(leaver.lead, today=TODAY)) == 1


# --- pages -----------------------------------------------------------------------------------
def test_a_leaver_writes_and_publishes_and_the_successor_reads(client, leaver):
    successor = leaver.another("Suc Cessor")
    client.force_login(leaver.partner.user)
    key = leaver.partner.pk
    assert "Begin" in text_of(client.get(page("handover_detail", key)))
    assert client.get(page("handover_edit", key)).status_code == 404
    assert client.get(page("handover_create", key)).status_code == 200
    assert client.post(page("handover_create", key)).url == page("handover_edit", key)
    assert "Safety group, since 1 April 2025" in text_of(client.get(page("handover_edit", key)))
    answer = client.post(page("handover_edit", key), {"advice": "x" * 5001, "done": "Much"})
    assert answer.context["form"].errors == {"advice": ["Your text must be 5,000 characters or fewer"]}
    assert "Much</textarea>" in text_of(answer)
    said = {"committees": "Safety group", "advice": "Ask for the <papers> early"}
    assert client.post(page("handover_edit", key), said).url == page("handover_detail", key)
    words = text_of(client.get(page("handover_detail", key)))
    assert "Ask for the &lt;papers&gt; early" in words
    assert "Only you can read it until you publish it." in words
    choices = text_of(client.get(page("handover_publish", key)))
    assert "Suc Cessor" in choices
    answer = client.post(page("handover_publish", key), {"successor_id": str(factories.make_partner().pk)})
    assert "successor_id" in answer.context["form"].errors
    assert client.post(page("handover_publish", key), {"successor_id": str(successor.pk)}).status_code == 302
    assert HandoverPack.objects.get().status == PackStatus.PUBLISHED
    assert client.get(page("handover_publish", key)).url == page("handover_detail", key)
    client.force_login(successor.user)
    assert "Lea Ver" in text_of(client.get(page("handover_list")))
    words = text_of(client.get(page("handover_detail", key)))
    assert "Ask for the &lt;papers&gt; early" in words
    assert "Change the pack" not in words
    assert client.get(page("handover_edit", key)).status_code == 404


def test_an_empty_pack_is_not_published_and_says_so(client, leaver):
    services.start_pack(partner_id=leaver.partner.pk, texts={}, by=leaver.partner.user, at=NOW)
    client.force_login(leaver.partner.user)
    assert "nothing in the pack yet" in text_of(client.post(page("handover_publish", leaver.partner.pk)))


def test_nobody_begins_a_pack_before_they_leave(client, leaver):
    person = leaver.another()
    client.force_login(person.user)
    words = text_of(client.get(page("handover_detail", person.pk)))
    assert "once a last day is set" in words
    assert "is written when a partner leaves" in text_of(client.post(page("handover_create", person.pk)))
    assert client.get(page("handover_detail", leaver.partner.pk)).status_code == 404
    assert "There is none for you to read." in text_of(client.get(page("handover_list")))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_queries_however_long(client, leaver, rows, django_assert_num_queries):
    successor = leaver.another()
    for _ in range(rows):
        partner = leaver.another()
        make_departure(partner)
        services.start_pack(partner_id=partner.pk, texts={PackSection.DONE: "x"}, by=partner.user, at=NOW)
        services.publish_pack(partner_id=partner.pk, successor_id=successor.pk, by=partner.user, at=NOW)
    client.force_login(successor.user)
    with django_assert_num_queries(6):
        assert client.get(page("handover_list")).status_code == 200
