"""A new partner goes through their list and writes an agreement with their lead."""

import pytest
from django.urls import reverse

from partners.models.induction import Induction, TemplateItem
from partners.services import induction as services
from tests import factories
from tests.journeys.conftest import DESK, PHONE
from tests.partners.induction_samples import make_induction, make_template

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_lead_begins_and_both_sides_finish_it(new_window, has_javascript, settings):
    settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = True
    partner = factories.make_partner()
    lead, organisation = partner.lead, partner.organisation
    make_template(organisation, lead)
    desk = new_window(DESK, user=lead, has_javascript=has_javascript)
    desk.open(reverse("induction:template_detail"))
    desk.press("Move down Read the pack")
    assert [item.title for item in TemplateItem.objects.order_by("position")][0] == "Sort out the badge"
    desk.open(reverse("induction:induction_detail", args=[partner.pk]))
    desk.press("Begin an induction")
    desk.press("Begin")
    assert desk.reads("0 of 4 done.")
    desk.follow("Sort out the badge")
    desk.press("This is done")
    assert desk.reads("1 of 4 done.")

    phone = new_window(PHONE, user=partner.user, has_javascript=has_javascript)
    phone.open(reverse("induction:induction_detail", args=[partner.pk]))
    phone.check()
    phone.follow("Agree")
    phone.follow("Read or write the working agreement")
    phone.press("Write or change it")
    phone.fill("What do you agree on?", "Papers come a week before.")
    services.write_agreement(
        partner_id=partner.pk, text="We answer in a week.", seen=0, by=lead, at=Induction.objects.get().begun_at
    )
    phone.press("Save")
    assert phone.reads("How it stands now")
    assert phone.reads("We answer in a week.")
    phone.check()
    phone.fill("What do you agree on?", "We answer in a week. Papers come a week before.")
    phone.press("Save")
    phone.press("Agree to it")
    phone.press("I agree")
    assert phone.reads("Has not agreed yet")

    desk.open(reverse("induction:agreement_agree", args=[partner.pk]))
    assert desk.reads("Papers come a week before.")
    desk.press("I agree")
    phone.open(reverse("induction:induction_detail", args=[partner.pk]))
    phone.follow("Read the pack")
    phone.press("This is done")
    assert phone.reads("3 of 4 done. Finished on")


def test_a_note_reaches_the_next_new_partner(new_window):
    earlier = factories.make_partner()
    newcomer = factories.make_partner(earlier.organisation, lead=earlier.lead)
    make_template(earlier.organisation, earlier.lead)
    make_induction(newcomer)
    phone = new_window(PHONE, user=earlier.user)
    phone.open(reverse("induction:note_list", args=[earlier.pk]))
    phone.press("Write a note")
    phone.fill("What do you wish you had known?", "Ask for large print early.")
    phone.tick("No")
    phone.press("Save")
    assert phone.reads("Your name is not shown with it")
    phone.check()

    reader = new_window(PHONE, user=newcomer.user)
    reader.open(reverse("induction:note_list", args=[newcomer.pk]))
    assert reader.reads("Ask for large print early.")
    assert reader.reads("A partner who does not give their name")
    assert not reader.reads(earlier.user.name)
    reader.check()
