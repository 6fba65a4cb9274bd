"""A partner asks for training and is looked after; and every page of both parts holds for a phone and for axe."""

import pytest
from django.urls import reverse

from partners.models.training import DevelopmentRequest
from tests.access_matrix import MATRIX, build_world
from tests.journeys.conftest import DESK, PHONE
from tests.test_access_matrix import ADDRESSES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [name for name, row in MATRIX.items() if name.split(":")[0] in ("training", "support") and "POST" not in row]
WHO = {"partner": 1, "programme_lead": 2}


@pytest.mark.parametrize("who", WHO)
def test_every_page_holds_on_a_phone_and_on_a_desk(new_window, who):
    world = build_world()
    for size in (PHONE, DESK):
        window = new_window(size, user=world.people[who])
        for name in PAGES:
            if MATRIX[name].split()[WHO[who]] != "200":
                continue
            own = world.things.get(name, {})
            keys = {key: own.get(key) or world.things[key] for key in ADDRESSES[name]}
            window.open(reverse(name, kwargs=keys))
            window.check()


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
