"""A partner says what they need and who may know, and large text holds on every page of a phone."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Error

from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Format
from tests import factories
from tests.access_matrix import MATRIX, WHO, build_world
from tests.journeys.conftest import DESK, PHONE
from tests.test_access_matrix import ADDRESSES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_partner_says_what_they_need_and_sees_who_has_read_it(new_window, has_javascript):
    assignment = factories.make_assignment()
    partner, lead = assignment.partner, assignment.partner.lead
    phone = new_window(PHONE, user=partner.user, has_javascript=has_javascript)
    phone.open("/account/preferences/")
    phone.tick("Large text", "No PDFs")
    phone.press("Save")
    phone.check()
    assert phone.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "21px"

    phone.open(reverse("access:needs_detail", args=[partner.pk]))
    phone.press("Add something")
    phone.press("Continue")
    assert phone.reads("Select what is needed")
    phone.check()
    phone.tick("The room and what is around it")
    phone.press("Continue")
    phone.fill("What do you need of the room and what is around it?", "A hearing loop")
    phone.press("Save")
    assert phone.reads("Who may know?")
    phone.tick("The people who arrange things for me")
    phone.press("Save")
    assert phone.reads("A hearing loop")
    assert phone.reads("Nobody but you.")
    phone.check()

    desk = new_window(DESK, user=lead, has_javascript=has_javascript)
    desk.open(reverse("committees:meeting_create", args=[assignment.committee_id]))
    desk.check()
    desk.follow("Has access needs")
    assert desk.reads("A hearing loop")
    desk.follow("Say whether it was in place")
    desk.fill("What was it for?", "Safety group")
    desk.fill_date("When was it?", date(2026, 3, 2))
    desk.tick("No")
    desk.press("Save")
    assert desk.reads("Enter why it was not in place")
    desk.fill("How was it done, or why was it not in place?", "The room had none")
    desk.press("Save")
    desk.check()

    phone.open(reverse("access:needs_detail", args=[partner.pk]))
    assert phone.reads(f"{lead.name}, ")
    assert not phone.reads("Nobody but you.")
    phone.check()


@pytest.mark.slow
@pytest.mark.parametrize("who", ["partner", "programme_lead", "finance"])
def test_large_text_holds_on_every_page_of_a_phone(new_window, who):
    world = build_world()
    user = world.people[who]
    accounts.save_formats(formats=list(Format), by=user, at=factories.START)
    window = new_window(PHONE, user=user)
    too_wide, seen = [], 0
    for name in sorted(MATRIX):
        if MATRIX[name].startswith("POST") or MATRIX[name].split()[WHO.index(who)] != "200":
            continue
        own = world.things.get(name, {})
        keys = {key: own.get(key) or world.things[key] for key in ADDRESSES[name]}
        try:
            window.open(reverse(name.split()[0], kwargs=keys))
        except Error as error:
            assert "Download is starting" in str(error), f"{name}: {error}"  # noqa: PT017  a file is no page
            continue
        if window.page.locator("html.psp-large-text").count():
            seen += 1
            if window.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                too_wide.append(name)
    assert seen > 30
    assert too_wide == []
