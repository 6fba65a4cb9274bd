"""A partner asks for training and is looked after."""

import pytest
from django.urls import reverse

from partners.models.training import DevelopmentRequest
from tests.access_matrix import build_world
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_partner_asks_and_reads_the_answer(new_window, has_javascript):
    world = build_world()
    phone = new_window(PHONE, user=world.people["partner"], has_javascript=has_javascript)
    phone.open(reverse("training:training_detail", args=[world.things["partner_id"]]))
    phone.press("Ask for training or development")
    phone.tick("Coaching")
    phone.press("Continue")
    phone.press("Send the request")
    assert phone.reads("Enter what you would like to do")
    phone.check()
    phone.fill("What is it?", "Speaking up in a full room")
    phone.fill("How would it help you in your role?", "I go quiet when there are twenty people")
    phone.press("Send the request")
    assert phone.reads("With")
    assert phone.reads("An answer is due by")

    request = DevelopmentRequest.objects.get(what="Speaking up in a full room")
    desk = new_window(DESK, user=world.people["programme_lead"], has_javascript=has_javascript)
    desk.open(reverse("training:request_detail", args=[request.pk]))
    desk.follow("Answer the request")
    desk.tick("No")
    desk.press("Send the answer")
    assert desk.reads("Enter why it is not agreed")
    desk.fill("What do you want to say to the partner? (optional)", "Not this year, but I will sit beside you")
    desk.press("Send the answer")
    assert desk.reads("Not agreed")

    phone.open(reverse("training:request_detail", args=[request.pk]))
    assert phone.reads("Not this year, but I will sit beside you")
    phone.check()
