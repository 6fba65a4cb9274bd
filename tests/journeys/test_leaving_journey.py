"""A partner leaves with a claim unpaid, hands over, and keeps what is theirs; nobody shuts them out alone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from expenses.models import Claim
from partners.models import Partner
from partners.services import leaving as services
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership, ShutOut
from tests import factories
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_partner_leaves_with_a_claim_unpaid(new_window, world, now, has_javascript):
    claim = world.sent()
    executive = factories.make_member(Role.EXECUTIVE, world.organisation)
    successor = factories.make_partner(world.organisation, user=factories.make_user("Suki Next"), lead=world.lead)
    phone = new_window(PHONE, user=world.person, has_javascript=has_javascript)

    # They say when they leave.
    phone.open(reverse("partners:partner_detail", args=[world.partner.pk]))
    phone.follow("Term, pauses and leaving")
    phone.follow("Say when you leave")
    assert phone.reads("until the last one is settled")
    phone.fill_date("Last day in the role", world.today + timedelta(days=1))
    phone.tick("Moving away")
    phone.press("Set the last day")
    assert phone.reads("You keep access to your own claims")
    phone.check()

    # They say how it was, for their lead alone, and write down what Suki should know.
    phone.follow("Answer or say no")
    phone.fill("What got in your way? (optional)", "Papers on the evening before")
    phone.tick("My programme lead")
    phone.press("Send")
    assert phone.reads("Papers on the evening before")
    phone.open(reverse("people:handover_detail", args=[world.partner.pk]))
    phone.press("Begin")
    phone.press("Begin")
    phone.fill("What I wish I had known (optional)", "Ask for the papers by telephone")
    phone.press("Save")
    phone.press("Publish")
    phone.page.get_by_label("Who follows you?").select_option(label="Suki Next")
    phone.press("Publish")
    assert phone.reads("for Suki Next")
    phone.check()

    # The clock lets them go. The claim is open, and stays theirs.
    now.shift(timedelta(days=2))
    services.let_leavers_go(at=world.at + timedelta(days=2))
    assert Partner.objects.get(pk=world.partner.pk).left_on == world.today + timedelta(days=1)
    phone = new_window(PHONE, user=world.person, has_javascript=has_javascript)
    phone.open(reverse("expenses:claim_detail", args=[claim.pk]))
    assert phone.reads("Waiting for a decision")
    phone.check()

    # Their successor reads the pack.
    other = new_window(PHONE, user=successor.user, has_javascript=has_javascript)
    other.open(reverse("people:handover_list"))
    other.follow(world.person.name)
    assert other.reads("Ask for the papers by telephone")

    # The lead cannot end their access alone, asks for it, and the executive says no.
    desk = new_window(DESK, user=world.lead, has_javascript=has_javascript)
    membership = Membership.objects.get(user=world.person, role=Role.PARTNER)
    desk.open(reverse("people:account_close", args=[world.person.pk]))
    desk.fill("Why is the account closed?", "They have left")
    desk.press("Close the account")
    assert desk.reads("a second person has to agree")
    desk.check()
    desk.open(reverse("people:shut_out_create", args=[world.person.pk]))
    desk.fill("Why must they lose their access?", "They have left")
    desk.fill("Who can they turn to, and how?", "The Chief Nurse, 01632 960111")
    desk.press("Ask a second person")
    assert desk.reads("somebody else has to agree")
    office = new_window(DESK, user=executive, has_javascript=has_javascript)
    office.open(reverse("people:shut_out_detail", args=[ShutOut.objects.get().pk]))
    office.press("Do not agree")
    office.fill("Why do they keep their access?", "They are owed money")
    office.press("Save")
    membership.refresh_from_db()
    assert membership.ends_on is None

    # And they are paid.
    world.decide(Claim.objects.get(pk=claim.pk), "approve", at=world.at + timedelta(days=2))
    phone.open(reverse("expenses:claim_detail", args=[claim.pk]))
    assert phone.reads("Approved, waiting for payment")
