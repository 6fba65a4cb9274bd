from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from partners.enums.agreements import AgreementKind
from partners.enums.interests import InterestKind
from partners.models.interests import Declaration, Interest
from tests import factories
from tests.partners.checks_samples import NOW, TODAY, declare, interest, publish
from tests.partners.test_training_views import exported
from tests.partners.test_views import date_boxes, text_of

pytestmark = pytest.mark.usefixtures("staff_pass", "now")


@pytest.fixture
def now():
    """Stop the clock at the samples' moment."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def elsewhere(trust) -> Interest:
    publish(trust.stranger.organisation, trust.stranger.lead, AgreementKind.INTERESTS)
    row = interest(trust.stranger, "Foreign Ltd")
    declare(trust.stranger, has_nothing=False)
    return row


def page(name: str, *keys) -> str:
    return reverse(f"interests:{name}", args=keys)


def errors(answer) -> dict:
    return dict(answer.context["form"].errors)


def data(**change) -> dict:
    return {
        "kind": InterestKind.FINANCIAL, "organisation": "Acme Devices", "description": "Shares",
        **date_boxes("starts_on", TODAY - timedelta(days=40)),
    } | change  # fmt: skip


def test_a_partner_adds_changes_and_declares(client, trust):
    client.force_login(trust.partner.user)
    here = page("interest_list", trust.partner.pk)
    words = text_of(client.get(here))
    assert "There is no interest in the list." in words
    assert "You have not declared yet." in words
    assert client.post(page("interest_create", trust.partner.pk), data()).url == here
    row = Interest.objects.get()
    form = client.get(page("interest_edit", row.pk)).context["form"]
    assert form.initial["organisation"] == "Acme Devices"
    ended = data(**date_boxes("ends_on", TODAY - timedelta(days=1)))
    assert client.post(page("interest_edit", row.pk), ended).url == here
    row.refresh_from_db()
    assert row.ends_on == TODAY - timedelta(days=1)
    declaring = page("declaration_create", trust.partner.pk)
    assert "There is no interest in your list." in text_of(client.get(declaring))
    assert errors(client.post(declaring, {})) == {"is_all": ["Select what you declare"]}
    assert list(errors(client.post(declaring, {"is_all": "yes"}))) == ["is_all"]
    assert not Declaration.objects.exists()
    assert client.post(declaring, {"is_all": "no"}).url == here
    words = text_of(client.get(here))
    assert "31 March 2026: nothing to declare. To be looked at again on 31 March 2027" in words
    assert exported(client, here)[1].startswith("Financial interest,Acme Devices,Shares")


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_still_there(client, trust):
    client.force_login(trust.partner.user)
    address = page("interest_create", trust.partner.pk)
    assert errors(client.post(address, {})).keys() == {"kind", "organisation", "description", "starts_on"}
    early = data(**date_boxes("ends_on", TODAY - timedelta(days=50)))
    answer = client.post(address, early)
    assert errors(answer) == {"ends_on": ["The last day must be on or after the first day"]}
    assert 'value="Acme Devices"' in answer.content.decode()
    future = data(**date_boxes("starts_on", TODAY + timedelta(days=1)))
    assert errors(client.post(address, future)) == {"starts_on": ["First day must be on or before 31 March 2026"]}
    assert not Interest.objects.exists()


def test_a_lead_reads_and_changes_nothing(client, trust):
    row = interest(trust.partner)
    client.force_login(trust.lead)
    words = text_of(client.get(page("interest_list", trust.partner.pk)))
    assert "Acme Devices" in words
    assert page("interest_edit", row.pk) not in words
    for address in (
        page("interest_edit", row.pk), page("interest_create", trust.partner.pk),
        page("declaration_create", trust.partner.pk),
    ):  # fmt: skip
        assert client.get(address).status_code == 403


def test_the_lists_and_their_files_are_the_organisation_s_own(client, trust, elsewhere):
    client.force_login(trust.lead)
    assert "Nobody has declared an interest." in text_of(client.get(page("register_list")))
    assert "does not ask partners to declare" in text_of(client.get(page("declaration_list")))
    publish(trust.organisation, trust.lead, AgreementKind.INTERESTS)
    factories.make_partner(trust.organisation, user=factories.make_user("Ada Example"), lead=trust.lead)
    interest(trust.partner)
    declare(trust.partner, has_nothing=False)
    words = text_of(client.get(page("declaration_list")))
    assert words.index("Ada Example") < words.index("Pat Example")
    assert exported(client, page("declaration_list"))[1:] == [
        f"Ada Example,Never declared,,,0,,{trust.lead.name}",
        f"Pat Example,Declared,2026-03-31,No,1,2027-03-31,{trust.lead.name}",
    ]
    assert "Foreign" not in text_of(client.get(page("register_list")))
    assert len(exported(client, page("register_list"))) == 2
    words = text_of(client.get(page("declaration_list"), {"shown": "due"}))
    assert ("Ada Example" in words, "Pat Example" in words) == (True, False)
    assert "Nobody is in this list." in text_of(client.get(page("declaration_list"), {"shown": "overdue"}))
    assert client.get(page("declaration_list"), {"shown": "x"}).context["page_obj"].paginator.count == 2


@pytest.mark.parametrize(("name", "count"), [("register_list", 7), ("declaration_list", 9)])
def test_the_lists_take_as_many_queries_for_thirty_rows(client, trust, name, count, django_assert_num_queries):
    publish(trust.organisation, trust.lead, AgreementKind.INTERESTS)
    interest(trust.partner)
    client.force_login(trust.lead)
    client.get(page(name))
    with django_assert_num_queries(count):
        client.get(page(name))
    for _ in range(30):
        interest(factories.make_partner(trust.organisation, lead=trust.lead))
    with django_assert_num_queries(count):
        client.get(page(name))
