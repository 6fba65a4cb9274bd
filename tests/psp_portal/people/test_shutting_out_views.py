"""The pages on which one person asks that somebody loses their access, and another decides."""

import pytest
import time_machine
from django.urls import reverse

from psp_portal.accounts.enums import Role, ShutOutStatus
from psp_portal.accounts.models import ShutOut
from psp_portal.people import services
from tests import factories
from tests.partners.test_views import text_of
from tests.psp_portal.people.test_services import AT, Trust

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
WORDS = {"reason": "Threats to staff", "turn_to": "The Chief Nurse, 01632 960111"}


@pytest.fixture
def now(settings):
    settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = True
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def trust():
    trust = Trust()
    trust.executive = factories.make_member(Role.EXECUTIVE, trust.organisation)
    return trust


def ask(trust, person=None):
    return services.ask_to_shut_out(
        user_id=(person or trust.partner).pk, organisation_id=trust.organisation.pk, by=trust.lead, at=AT, **WORDS
    )


def page(name, *keys):
    return reverse(f"people:{name}", args=keys)


def test_one_asks_and_another_agrees(client, trust):
    client.force_login(trust.lead)
    where = page("shut_out_create", trust.partner.pk)
    assert where in text_of(client.get(page("person_detail", trust.partner.pk)))
    assert "Nothing changes until somebody else agrees." in text_of(client.get(where))
    answer = client.post(where, WORDS | {"turn_to": ""})
    assert answer.context["form"].errors == {"turn_to": ["Enter who they can turn to, and how"]}
    assert "Threats to staff</textarea>" in text_of(answer)
    assert not ShutOut.objects.exists()
    answer = client.post(where, WORDS)
    asked = ShutOut.objects.get()
    assert answer.url == page("shut_out_detail", asked.pk)
    words = text_of(client.get(answer.url))
    assert "somebody else has to agree" in words
    assert page("shut_out_confirm", asked.pk) not in words
    assert client.get(page("shut_out_confirm", asked.pk)).status_code == 403
    assert client.post(page("shut_out_confirm", asked.pk)).status_code == 403
    assert "asked already" in text_of(client.post(where, WORDS))

    client.force_login(trust.executive)
    words = text_of(client.get(page("shut_out_list")))
    assert "Waiting for a second person" in words
    detail = text_of(client.get(page("shut_out_detail", asked.pk)))
    assert "Threats to staff" in detail
    assert "Claims or questions open" in detail
    assert "Threats to staff" in text_of(client.get(page("shut_out_confirm", asked.pk)))
    assert client.post(page("shut_out_confirm", asked.pk)).url == page("shut_out_list")
    asked.refresh_from_db()
    assert asked.status == ShutOutStatus.DONE
    trust.partner.refresh_from_db()
    assert not trust.partner.is_active
    assert "decided already" in text_of(client.post(page("shut_out_confirm", asked.pk)))


def test_another_says_no_or_the_asker_takes_it_back(client, trust):
    asked = ask(trust)
    client.force_login(trust.executive)
    answer = client.post(page("shut_out_refuse", asked.pk), {"answer": " "})
    assert answer.context["form"].errors == {"answer": ["Enter why they keep their access"]}
    assert client.post(page("shut_out_refuse", asked.pk), {"answer": "We talk first"}).url == page("shut_out_list")
    words = text_of(client.get(page("shut_out_detail", asked.pk)))
    assert "We talk first" in words
    assert "Do not agree" not in words
    client.force_login(trust.lead)
    again = ask(trust)
    assert "Take it back" in text_of(client.get(page("shut_out_detail", again.pk)))
    assert "What you asked is taken back" in text_of(client.get(page("shut_out_refuse", again.pk)))
    assert client.post(page("shut_out_refuse", again.pk), {"answer": "Peace"}).status_code == 302


def test_another_trust_sees_none_of_it(client, trust):
    asked = ask(trust)
    client.force_login(factories.make_lead(factories.make_organisation()))
    assert "Nobody has asked for it." in text_of(client.get(page("shut_out_list")))
    for name in ("shut_out_detail", "shut_out_confirm", "shut_out_refuse"):
        assert client.get(page(name, asked.pk)).status_code == 404
    assert client.get(page("shut_out_create", trust.partner.pk)).status_code == 404


def test_the_person_themselves_sees_no_page_of_it(client, trust):
    asked = ask(trust, trust.executive)
    client.force_login(trust.executive)
    assert client.get(page("shut_out_detail", asked.pk)).status_code == 404
    assert "Nobody has asked for it." in text_of(client.get(page("shut_out_list")))


def test_ending_a_role_or_account_over_a_claim_says_what_to_do(client, trust):
    client.force_login(trust.lead)
    for name, key, data in (
        ("account_close", trust.partner.pk, {"reason": "Enough"}),
        ("role_end", trust.partner.memberships.get().pk, {"ends_on_0": "17", "ends_on_1": "4", "ends_on_2": "2025"}),
    ):
        answer = client.post(page(name, key), data)
        assert "a second person has to agree" in text_of(answer)
    assert trust.partner.memberships.get().ends_on is None


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_queries_however_long(client, trust, rows, django_assert_num_queries):
    for _ in range(rows):
        ask(trust, factories.make_member(Role.REQUESTER, trust.organisation))
    client.force_login(trust.executive)
    with django_assert_num_queries(6):
        assert client.get(page("shut_out_list")).status_code == 200
