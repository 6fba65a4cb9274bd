"""Coming in: by invitation, by password, by code; choosing an organisation; what the header says."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from psp_portal.accounts import services
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import User
from psp_portal.accounts.notifications import invitation_token
from tests import factories

pytestmark = pytest.mark.django_db

GOOD_PASSWORD = "eleven green bottles"


@pytest.fixture
def trust():
    return factories.make_organisation("Hillside NHS Trust")


@pytest.fixture
def invite(trust):
    def invite_at(at=None, email="new@example.org"):
        invitation = services.invite_user(
            email=email, name="Nia Newman", organisation_id=trust.pk, role=Role.PARTNER, by=factories.TESTS,
            at=at or timezone.now(),
        )  # fmt: skip
        return reverse("accounts:invitation_accept", args=[invitation_token(invitation.pk)])

    return invite_at


# --- by invitation ---------------------------------------------------------------------------
def test_invitation_page_asks_name_and_password(client, invite):
    page = client.get(invite())
    assert page.status_code == 200
    assert "Join Hillside NHS Trust" in page.text
    assert page.context["form"].initial["name"] == "Nia Newman"
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_accepting_leads_to_sign_in_and_in(client, invite):
    answer = client.post(invite(), {"name": "Nia Newman", "password": GOOD_PASSWORD}, follow=True)
    assert answer.redirect_chain == [(reverse("account_login"), 302)]
    assert "You have joined Hillside NHS Trust. Sign in to begin." in answer.text
    answer = client.post(reverse("account_login"), {"login": "new@example.org", "password": GOOD_PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("home:home_detail"))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "", "password": ""}, "Enter your full name"),
        ({"name": "Nia", "password": "short"}, "at least 12 characters"),
        ({"name": "Nia", "password": "qwerty123456"}, "too common"),
    ],
)
def test_wrong_answers_are_told_and_nothing_is_made(client, invite, typed, words):
    page = client.post(invite(), typed)
    assert page.status_code == 200
    assert words in page.text
    assert "<title>Error: " in page.text
    assert not User.objects.filter(email="new@example.org").exists()


def test_link_that_ran_out_says_so(client, invite):
    page = client.get(invite(timezone.now() - timedelta(days=15)))
    assert page.status_code == 410
    assert "This invitation has run out. Ask the person who invited you to send a new one." in page.text
    assert "<form" not in page.text.split("<main")[1]


def test_link_that_was_used_says_so_to_a_second_post(client, invite):
    link = invite()
    client.post(link, {"name": "Nia", "password": GOOD_PASSWORD})
    page = client.post(link, {"name": "Mallory", "password": GOOD_PASSWORD})
    assert page.status_code == 410
    assert "This invitation has been used" in page.text
    assert User.objects.get(email="new@example.org").name == "Nia"


def test_wrong_link_says_so(client):
    page = client.get(reverse("accounts:invitation_accept", args=["f" * 64]))
    assert page.status_code == 404
    assert "This link is not right" in page.text


def test_somebody_with_an_account_is_asked_nothing(client, invite):
    user = factories.make_user("Nia Newman", email="new@example.org")
    link = invite()
    page = client.get(link)
    assert 'name="password"' not in page.text
    assert "You have an account with this email address." in page.text
    client.post(link)
    assert user.memberships.get().role == Role.PARTNER


# --- signing in --------------------------------------------------------------------------------
def test_sign_up_is_closed(client):
    page = client.post(reverse("account_signup"), {"email": "x@example.org", "password1": GOOD_PASSWORD})
    assert page.status_code == 200
    assert "You need an invitation" in page.text
    assert not User.objects.exists()


def test_sign_in_by_a_code(client):
    factories.make_member(Role.PARTNER, user=factories.make_user(email="pat@example.org", password=None))
    client.post(reverse("account_request_login_code"), {"email": "pat@example.org"})
    letter = mail.outbox[0]
    assert letter.subject == "Patient Safety Partners: Your code to sign in"
    code = re.search(r"is:\n\n(\S+)\n", letter.body)[1]
    answer = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert answer.headers["Location"] == reverse("home:home_detail")
    assert "_auth_user_id" in client.session


def test_unknown_address_gets_a_kind_mail_and_no_link_to_sign_up(client):
    client.post(reverse("account_request_login_code"), {"email": "nobody@example.org"})
    assert "There is no account with it." in mail.outbox[0].body
    assert "signup" not in mail.outbox[0].body


def test_sixth_wrong_password_is_refused_even_if_right(client):
    user = factories.make_user()
    for _ in range(5):
        client.post(reverse("account_login"), {"login": user.email, "password": "wrong wrong wrong"})
    page = client.post(reverse("account_login"), {"login": user.email, "password": factories.PASSWORD})
    assert page.status_code == 200
    assert "Too many failed login attempts" in page.text
    assert "_auth_user_id" not in client.session


def test_closed_account_is_signed_out_at_once(client):
    lead = factories.make_member(Role.PROGRAMME_LEAD)
    partner = factories.make_member(Role.PARTNER, lead.memberships.get().organisation)
    client.force_login(partner)
    services.disable_account(user_id=partner.pk, reason="Left", by=lead, at=timezone.now())
    assert client.get(reverse("notifications:message_list")).status_code == 302


# --- choosing an organisation --------------------------------------------------------------------
@pytest.fixture
def of_two(trust):
    user = factories.make_member(Role.PARTNER, trust)
    factories.give_role(Role.PROGRAMME_LEAD, user, factories.make_organisation("Riverbank NHS Trust"))
    factories.make_member(Role.REQUESTER, trust, user=user)
    return user


def test_choice_changes_header_and_menu(client, of_two):
    client.force_login(of_two)
    page = client.get(reverse("notifications:message_list"))
    assert page.context["current_organisation"].name == "Hillside NHS Trust"
    assert page.context["current_roles"] == {Role.PARTNER, Role.REQUESTER}
    riverbank = page.context["organisation_choices"][1]
    answer = client.post(reverse("accounts:organisation_choose"), {"organisation_id": str(riverbank.pk)})
    assert answer.headers["Location"] == reverse("home:home_detail")
    page = client.get(reverse("notifications:message_list"))
    assert page.context["current_organisation"] == riverbank
    assert "Partners" in [link["label"] for link in page.context["navigation"]]


def test_choice_of_an_organisation_that_is_not_theirs_is_refused(client, of_two):
    other = factories.make_organisation()
    client.force_login(of_two)
    page = client.post(reverse("accounts:organisation_choose"), {"organisation_id": str(other.pk)})
    assert page.status_code == 200
    assert "Error: " in page.text
    assert other.name not in page.text


def test_choice_that_is_no_longer_theirs_is_passed_over(client, of_two):
    client.force_login(of_two)
    session = client.session
    session["organisation_id"] = str(factories.make_organisation().pk)
    session.save()
    page = client.get(reverse("notifications:message_list"))
    assert page.context["current_organisation"].name == "Hillside NHS Trust"


# --- the header ------------------------------------------------------------------------------------
MENUS = {
    Role.PARTNER: ["Home", "My claims", "My questions", "My record", "Committees"],
    Role.PROGRAMME_LEAD: [
        "Home", "Programme", "Partners", "Committees", "Questions", "Claims", "Reports", "Organisation",
    ],
    Role.REQUESTER: ["Home", "Committees", "Questions"],
    Role.APPROVER: ["Home", "Claims to decide", "Questions", "Claims"],
    Role.FINANCE: ["Home", "Payment runs", "Questions", "Claims", "Reports"],
    Role.EXECUTIVE: ["Home", "Programme", "Questions", "Claims", "Reports", "Organisation"],
    Role.HELPER: ["Home", "Prepare a claim"],
    Role.AUDITOR: ["Home", "Programme", "Questions", "Claims", "Reports", "Organisation"],
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_menu_shows_what_the_role_may(client, role):
    client.force_login(factories.make_member(role))
    page = client.get(reverse("notifications:message_list"))
    assert [link["label"] for link in page.context["navigation"]] == MENUS[role]


def test_menu_marks_the_page_one_is_on(client, trust):
    client.force_login(factories.make_member(Role.PROGRAMME_LEAD, trust))
    page = client.get(reverse("people:post_list"))
    assert [link["label"] for link in page.context["navigation"] if link["current"]] == ["Organisation"]


def test_header_costs_two_queries(client, django_assert_num_queries, of_two):
    client.force_login(of_two)
    client.get(reverse("home:cookies_detail"))
    # session, user, memberships with their organisations, count of unread messages
    with django_assert_num_queries(4):
        client.get(reverse("home:cookies_detail"))


def test_page_for_strangers_costs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(reverse("home:privacy_detail")).status_code == 200
