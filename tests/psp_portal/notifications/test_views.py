"""Somebody's own messages: the list, opening one, marking all as read; never another's."""

import pytest
from django.urls import reverse

from psp_portal.accounts.enums import Role
from psp_portal.notifications import outbox
from psp_portal.notifications.models import Message
from tests import factories
from tests.psp_portal.notifications.letters import AT, letter_to

pytestmark = pytest.mark.django_db

LIST = "notifications:message_list"


@pytest.fixture
def pat(client):
    user = factories.make_member(Role.PARTNER, user=factories.make_user("Pat"))
    client.force_login(user)
    return user


@pytest.fixture
def of_somebody_else():
    outbox.queue([letter_to(factories.make_user("Oscar"), "oscar", link="/oscar/")], at=AT)
    return Message.objects.get(dedupe_key="oscar")


@pytest.mark.parametrize("rows", [1, 30])
def test_list_takes_the_same_queries_however_long(client, pat, of_somebody_else, rows, django_assert_num_queries):
    outbox.queue([letter_to(pat, f"tests:{number}") for number in range(rows)], at=AT)
    # session, user, memberships, unread, count, page
    with django_assert_num_queries(6):
        page = client.get(reverse(LIST))
    assert page.context["page_obj"].paginator.count == rows
    assert f"You have {rows} message" in page.text
    assert page.text.count("Not read") == min(rows, 25)
    assert str(of_somebody_else.pk) not in page.text


def test_empty_list_says_what_comes_here(client, pat):
    assert "You have no messages." in client.get(reverse(LIST)).text


def test_opening_marks_as_read_by_post_only(client, pat):
    outbox.queue([letter_to(pat, link="/expenses/claims/")], at=AT)
    message = Message.objects.get()
    address = reverse("notifications:message_open", args=[message.pk])
    assert client.get(address).status_code == 405
    client.get(reverse("notifications:message_detail", args=[message.pk]))
    assert Message.objects.get().read_at is None
    page = client.post(address, follow=True)
    assert page.redirect_chain == [(reverse("notifications:message_detail", args=[message.pk]), 302)]
    assert "Hello Pat," in page.text
    assert 'href="/expenses/claims/"' in page.text
    first = Message.objects.get().read_at
    assert first is not None
    client.post(address)
    assert Message.objects.get().read_at == first


def test_all_are_marked_as_read_and_only_ones_own(client, pat, of_somebody_else):
    outbox.queue([letter_to(pat, "a"), letter_to(pat, "b")], at=AT)
    page = client.post(reverse("notifications:message_read_all"), follow=True)
    assert "All your messages are marked as read." in page.text
    assert page.context["unread_count"] == 0
    of_somebody_else.refresh_from_db()
    assert of_somebody_else.read_at is None


@pytest.mark.parametrize(("name", "method"), [("message_detail", "get"), ("message_open", "post")])
def test_message_of_somebody_else_is_not_there(client, pat, of_somebody_else, name, method):
    answer = getattr(client, method)(reverse(f"notifications:{name}", args=[of_somebody_else.pk]))
    assert answer.status_code == 404
    of_somebody_else.refresh_from_db()
    assert of_somebody_else.read_at is None
