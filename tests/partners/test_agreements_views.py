from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from partners.enums.agreements import AgreementKind, AgreementState
from partners.models.agreements import AgreementVersion, Signature
from tests import factories
from tests.partners.checks_samples import NOW, TEXT, countersign, publish, sign
from tests.partners.test_training_views import exported
from tests.partners.test_views import text_of

pytestmark = pytest.mark.usefixtures("staff_pass", "now")

IMAGES = AgreementKind.IMAGES


@pytest.fixture
def now():
    """Stop the clock at the samples' moment."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def version(trust) -> AgreementVersion:
    return publish(trust.organisation, trust.lead)


@pytest.fixture
def elsewhere(trust) -> Signature:
    return sign(trust.stranger, publish(trust.stranger.organisation, trust.stranger.lead, text="Foreign words"))


def page(name: str, *keys) -> str:
    return reverse(f"agreements:{name}", args=keys)


def errors(answer) -> dict:
    return dict(answer.context["form"].errors)


# --- the texts ----------------------------------------------------------------------------
def test_a_lead_writes_publishes_and_changes_a_text(client, trust, elsewhere):
    client.force_login(trust.lead)
    assert "Nothing: partners are not asked to sign it" in text_of(client.get(page("kind_list")))
    assert "There is no version yet." in text_of(client.get(page("version_list", "conduct")))
    answer = client.post(page("draft_edit", "conduct"), {"text": " "})
    assert errors(answer) == {"text": ["Enter the text of the agreement"]}
    answer = client.post(page("draft_edit", "conduct"), {"text": "# Rules\r\n\r\nBe kind.\r\n- <b>Listen</b>"})
    draft = AgreementVersion.objects.get(organisation=trust.organisation)
    assert answer.url == page("version_detail", draft.pk)
    html = client.get(answer.url).content.decode()
    assert "<h3>Rules" in html
    assert "&lt;b&gt;Listen&lt;/b&gt;" in html
    assert client.get(page("draft_publish", draft.pk)).status_code == 200
    assert client.post(page("draft_publish", draft.pk)).url == page("version_detail", draft.pk)
    draft.refresh_from_db()
    assert (draft.published_at, draft.published_by) == (NOW, trust.lead)
    words = text_of(client.get(page("version_detail", draft.pk)))
    assert draft.fingerprint in words
    assert page("draft_publish", draft.pk) not in words
    # The next draft begins with what is in force.
    assert client.get(page("draft_edit", "conduct")).context["form"].initial == {"text": draft.text}
    client.post(page("draft_edit", "conduct"), {"text": "# Rules\n\nBe kind and fair."})
    second = AgreementVersion.objects.get(organisation=trust.organisation, number=2)
    html = " ".join(client.get(page("version_detail", second.pk)).content.decode().split())
    assert "Removed: </span>kind.<span" in html
    assert '<ins><span class="nhsuk-u-visually-hidden">Added: </span>kind and fair.<span' in html
    assert "Read the draft" in text_of(client.get(page("kind_list")))
    heading, *rows = exported(client, page("version_list", "conduct"))
    assert heading.startswith("Agreement,Version,Published on")
    assert "Foreign" not in "".join(rows)
    assert client.post(page("draft_remove", second.pk)).url == page("version_list", "conduct")
    assert not AgreementVersion.objects.filter(pk=second.pk).exists()


def test_the_same_text_is_not_published_again(client, trust, version):
    client.force_login(trust.lead)
    client.post(page("draft_edit", "involvement"), {"text": TEXT})
    draft = AgreementVersion.objects.get(number=2)
    assert "is the text that is in force already" in text_of(client.post(page("draft_publish", draft.pk)))


def test_there_are_no_other_agreements(client, trust):
    client.force_login(trust.lead)
    assert client.get(page("version_list", "other")).status_code == 404


# --- signing ------------------------------------------------------------------------------
def test_a_partner_reads_and_signs_with_their_name(client, trust, version):
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("partner_detail", trust.partner.pk)))
    assert "To be signed" in words
    assert page("agreement_sign", trust.partner.pk, version.pk) in words
    address = page("agreement_sign", trust.partner.pk, version.pk)
    shown = client.get(address)
    assert "You keep to yourself what you hear." in text_of(shown)
    assert list(shown.context["form"].fields) == ["name"]
    answer = client.post(address, {"name": "Somebody Else"})
    assert errors(answer) == {"name": ["Type your name as it is here: Pat Example"]}
    assert 'value="Somebody Else"' in answer.content.decode()
    assert not Signature.objects.exists()
    answer = client.post(address, {"name": "pat example"})
    signature = Signature.objects.get()
    assert answer.url == page("signature_detail", signature.pk)
    words = text_of(client.get(answer.url))
    assert "pat example, 31 March 2026 at 9am" in words
    assert version.fingerprint in words
    assert "data-psp-print" in words
    assert "You have signed this." in text_of(client.get(address))
    assert client.get(page("version_detail", version.pk)).status_code == 200


def test_signing_an_outdated_version_shows_the_new_one_with_what_changed(client, trust, version):
    """Issue 4, bad input: nothing is signed, and what was typed is still there."""
    client.force_login(trust.partner.user)
    new = publish(trust.organisation, trust.lead, text=TEXT.replace("ten days", "five days"), at=NOW)
    answer = client.post(page("agreement_sign", trust.partner.pk, version.pk), {"name": "Pat Example"})
    assert answer.status_code == 200
    assert not Signature.objects.exists()
    words = text_of(answer)
    assert "This text was replaced while you read it" in words
    assert "Version 2" in words
    assert "Removed: </span>ten<span" in words
    assert "Added: </span>five<span" in words
    assert 'value="Pat Example"' in words
    here = page("agreement_sign", trust.partner.pk, new.pk)
    assert f'action="{here}"' in words
    client.post(here, {"name": "Pat Example"})
    assert Signature.objects.get().version == new


def test_whoever_signed_the_version_before_sees_what_changed_since(client, trust, version):
    countersign(sign(trust.partner, version))
    new = publish(trust.organisation, trust.lead, text=TEXT + "\n\nMore.", at=NOW)
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("agreement_sign", trust.partner.pk, new.pk)))
    assert "What has changed since version 1 is marked" in words
    assert "To be signed again" in words
    assert "There is a newer version" in text_of(client.get(page("signature_detail", Signature.objects.get().pk)))


def test_pictures_are_answered_with_yes_or_no_and_yes_is_taken_back(client, trust):
    version = publish(trust.organisation, trust.lead, IMAGES)
    client.force_login(trust.partner.user)
    address = page("agreement_sign", trust.partner.pk, version.pk)
    assert errors(client.post(address, {"name": "Pat Example"})) == {
        "agrees": ["Select yes if you agree to pictures of you"]
    }
    client.post(address, {"name": "Pat Example", "agrees": "no"})
    words = text_of(client.get(page("partner_detail", trust.partner.pk)))
    assert "Consent not given" in words
    assert "Change your answer" in words
    answer = client.post(address, {"name": "Pat Example", "agrees": "yes"})
    signature = Signature.objects.get(agrees=True)
    assert page("consent_withdraw", signature.pk) in text_of(client.get(answer.url))
    assert client.get(page("consent_withdraw", signature.pk)).status_code == 200
    assert client.post(page("consent_withdraw", signature.pk)).url == page("signature_detail", signature.pk)
    assert "Consent was given, until 31 March 2026" in text_of(client.get(page("signature_detail", signature.pk)))
    client.force_login(trust.lead)
    assert "Consent withdrawn" in text_of(client.get(page("agreement_list")))
    assert client.post(page("consent_withdraw", signature.pk)).status_code == 403


def test_a_lead_signs_for_the_organisation_once(client, trust, version):
    signature = sign(trust.partner, version)
    client.force_login(trust.lead)
    address = page("signature_countersign", signature.pk)
    assert address in text_of(client.get(page("partner_detail", trust.partner.pk)))
    assert address in text_of(client.get(page("signature_detail", signature.pk)))
    assert client.get(address).status_code == 200
    assert client.post(address).url == page("signature_detail", signature.pk)
    assert f"{trust.lead.name}, 31 March 2026" in text_of(client.get(page("signature_detail", signature.pk)))
    assert "signed by both already" in text_of(client.post(address))
    assert page("agreement_sign", trust.partner.pk, version.pk) not in text_of(
        client.get(page("partner_detail", trust.partner.pk))
    )


def test_nobody_signs_for_another_or_another_organisation_s_text(client, trust, version, elsewhere):
    client.force_login(trust.lead)
    assert client.get(page("agreement_sign", trust.partner.pk, version.pk)).status_code == 403
    client.force_login(trust.partner.user)
    assert client.get(page("agreement_sign", trust.partner.pk, elsewhere.version_id)).status_code == 404
    assert client.get(page("agreement_sign", trust.stranger.pk, elsewhere.version_id)).status_code == 404
    assert client.get(page("signature_detail", elsewhere.pk)).status_code == 404


# --- the list -----------------------------------------------------------------------------
def test_the_list_and_its_file_are_the_organisation_s_own(client, trust, elsewhere):
    client.force_login(trust.lead)
    assert "No agreement is in force." in text_of(client.get(page("agreement_list")))
    version = publish(trust.organisation, trust.lead)
    factories.make_partner(trust.organisation, user=factories.make_user("Ada Example"), lead=trust.lead)
    countersign(sign(trust.partner, version))
    heading, ada, pat = exported(client, page("agreement_list"))
    assert heading.startswith("Partner,Agreement,Version in force,State")
    assert ada.startswith("Ada Example,Involvement agreement,1,To be signed,,")
    assert pat.startswith("Pat Example,Involvement agreement,1,Signed by both,1,Pat Example")
    assert version.fingerprint in pat
    words = text_of(client.get(page("agreement_list"), {"shown": "unsigned"}))
    assert "Ada Example" in words
    assert "Pat Example" not in words
    assert "Nobody is in this list." in text_of(client.get(page("agreement_list"), {"shown": AgreementState.GIVEN}))
    assert client.get(page("agreement_list"), {"shown": "x"}).context["page_obj"].paginator.count == 2


def test_the_list_takes_as_many_queries_for_thirty_rows_as_for_one(client, trust, version, django_assert_num_queries):
    client.force_login(trust.lead)
    sign(trust.partner, version)
    client.get(page("agreement_list"))
    with django_assert_num_queries(10):
        client.get(page("agreement_list"))
    for number in range(30):
        partner = factories.make_partner(trust.organisation, lead=trust.lead)
        sign(partner, version, at=NOW + timedelta(minutes=number))
    with django_assert_num_queries(10):
        client.get(page("agreement_list"))
