"""A new partner is checked, signs on a phone what was changed meanwhile, and declares; the lead records and signs."""

import pytest
from django.urls import reverse

from partners.enums import PartnerStatus
from partners.enums.agreements import AgreementKind
from partners.enums.checks import CheckKind
from partners.models.agreements import Signature
from tests import factories
from tests.journeys.conftest import DESK, PHONE
from tests.partners import checks_samples as samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_checks_to_both_signatures(new_window, has_javascript, settings):
    settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = True
    trust = factories.make_organisation("Willow Trust")
    lead = factories.make_lead(trust)
    samples.require(trust, lead, CheckKind.IDENTITY)
    version = samples.publish(trust, lead)
    samples.publish(trust, lead, AgreementKind.INTERESTS)
    partner = factories.make_partner(trust, user=factories.make_user("Pat O’Example"), lead=lead)
    assert partner.status == PartnerStatus.CHECKS

    phone = new_window(PHONE, user=partner.user, has_javascript=has_javascript)
    phone.open(reverse("agreements:agreement_sign", args=[partner.pk, version.pk]))
    phone.check()
    samples.publish(trust, lead, text=samples.TEXT.replace("ten days", "five days"), at=samples.NOW)
    phone.fill("Type your name to sign", "pat o'example")
    phone.press("Sign")
    assert phone.reads("This text was replaced while you read it")
    assert phone.reads("five")
    phone.check()
    phone.press("Sign")
    assert phone.reads("Thank you. Your answer is saved")
    phone.check()
    phone.open(reverse("interests:interest_list", args=[partner.pk]))
    phone.press("Declare")
    phone.tick("I have nothing to declare")
    phone.press("Declare")
    assert phone.reads("nothing to declare")

    desk = new_window(DESK, user=lead, has_javascript=has_javascript)
    desk.open(reverse("checks:check_list"))
    desk.follow("Pat O’Example")
    desk.follow("Record")
    desk.tick("Cleared")
    desk.fill("Number of the certificate or letter (optional)", "passport seen")
    desk.fill_date("On which day was it done?", samples.TODAY)
    desk.press("Save")
    assert desk.reads("Do not write what was found")
    desk.check()
    desk.fill("Number of the certificate or letter (optional)", "ID-7141")
    desk.press("Save")
    assert desk.reads("Check recorded")
    desk.open(reverse("agreements:agreement_list"))
    desk.check()
    desk.follow("Pat O’Example")
    desk.follow("Sign for your organisation")
    desk.press("Sign")
    assert desk.reads("Signed for your organisation")
    partner.refresh_from_db()
    assert partner.status == PartnerStatus.ACTIVE
    assert Signature.objects.get().countersigned_by == lead
