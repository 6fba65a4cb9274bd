"""Staff do not pass without a second factor; partners do."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from psp_portal.accounts.enums import STAFF_ROLES, Role
from tests import factories

pytestmark = pytest.mark.django_db

INBOX = "notifications:message_list"


def answer(client, name=INBOX):
    page = client.get(reverse(name))
    return page.status_code, page.headers.get("Location")


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_staff_without_a_factor_are_sent_to_set_one_up(client, role):
    client.force_login(factories.make_member(role, has_second_factor=False))
    assert answer(client) == (302, reverse("mfa_index"))
    assert "staff need one" in client.get(reverse("mfa_index")).text


def test_staff_with_a_factor_pass(client):
    client.force_login(factories.make_member(Role.APPROVER))
    assert answer(client) == (200, None)


def test_partner_passes_without(client):
    client.force_login(factories.make_member(Role.PARTNER))
    assert answer(client) == (200, None)


def test_partner_who_becomes_staff_is_asked_at_once(client):
    partner = factories.make_member(Role.PARTNER)
    client.force_login(partner)
    assert answer(client) == (200, None)
    factories.make_member(Role.APPROVER, user=partner, has_second_factor=False)
    assert answer(client) == (302, reverse("mfa_index"))


def test_recovery_codes_alone_are_no_second_factor(client):
    user = factories.make_member(Role.FINANCE, has_second_factor=False)
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    client.force_login(user)
    assert answer(client) == (302, reverse("mfa_index"))


@pytest.mark.parametrize(
    "name", ["mfa_index", "account_logout", "account_email", "home:privacy_detail", "home:accessibility_detail",
             "home:cookies_detail", "health:alive_detail"],
)  # fmt: skip
def test_pages_needed_to_set_one_up_stay_open(client, name):
    client.force_login(factories.make_member(Role.FINANCE, has_second_factor=False))
    assert answer(client, name) == (200, None)


def test_pages_about_money_do_not(client):
    client.force_login(factories.make_member(Role.FINANCE, has_second_factor=False))
    assert answer(client, "expenses:run_list") == (302, reverse("mfa_index"))


def test_answer_is_kept_and_forgotten_where_a_factor_may_go(client, django_assert_num_queries):
    user = factories.make_member(Role.AUDITOR)
    client.force_login(user)
    client.get(reverse("home:cookies_detail"))
    client.get(reverse(INBOX))
    assert client.session["has_second_factor"] is True
    client.get(reverse("mfa_index"))
    assert "has_second_factor" not in client.session
    Authenticator.objects.filter(user=user).delete()
    assert answer(client) == (302, reverse("mfa_index"))


def test_setting_of_the_demonstration_lets_staff_in(client, settings):
    settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = True
    client.force_login(factories.make_member(Role.FINANCE, has_second_factor=False))
    assert answer(client) == (200, None)


def test_staff_who_sign_in_by_password_are_asked_for_the_factor(client):
    user = factories.make_member(Role.FINANCE)
    page = client.post(reverse("account_login"), {"login": user.email, "password": factories.PASSWORD})
    assert (page.status_code, page.headers["Location"].split("?")[0]) == (302, reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session
