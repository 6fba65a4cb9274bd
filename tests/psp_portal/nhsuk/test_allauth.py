"""allauth's pages in our look and our words."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.forms import ChangePasswordForm, LoginForm, RequestLoginCodeForm
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import Client, RequestFactory

from psp_portal.nhsuk.allauth_words import PLAIN_WORDS, plain
from psp_portal.nhsuk.anatomy import problems_in
from tests.psp_portal.nhsuk.markup import Element, read


def page_of(response) -> Element:
    return read(response.content.decode().replace("<!DOCTYPE html>", ""))


def test_every_phrase_is_still_allauths() -> None:
    package = Path(allauth.__file__).parent
    sources = [*(package / "templates").rglob("*.html"), *package.rglob("forms.py")]
    written = " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in sources)
    # A long text in Python is written as several strings, one under the other.
    written = written.replace('" "', "")
    phrases = [phrase for phrase in PLAIN_WORDS if phrase not in written]
    assert phrases == []


def test_phrase_is_found_whatever_the_white_space() -> None:
    assert plain("\n    Sign Out\n") == "Log out"
    assert plain("Something else") == "Something else"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/account/login/", "Sign in"),
        ("/account/login/code/", "Sign in with a code"),
        ("/account/password/reset/", "Reset your password"),
        ("/account/signup/", "You need an invitation"),
    ],
)
def test_page_of_a_stranger_is_in_our_look(client: Client, path: str, heading: str) -> None:
    page = page_of(client.get(path))
    (h1,) = [element for element in page.walk() if element.tag == "h1"]
    assert h1.text == heading
    assert page.find("nhsuk-header")
    title = next(element.text for element in page.walk() if element.tag == "title")
    assert title.endswith(" – Patient Safety Partners")
    # The hidden form that the passkey script fills in is allauth's own.
    sent = [e for e in page.walk() if e.tag == "form" and e.attributes.get("id") != "mfa_login"]
    assert [form for form in sent if "novalidate" not in form.attributes] == []
    for control in page.walk():
        assert "required" not in control.attributes
        assert "placeholder" not in control.attributes


@pytest.mark.django_db
def test_scripts_for_passkeys_are_on_the_sign_in_page(client: Client) -> None:
    page = page_of(client.get("/account/login/"))
    scripts = [element.attributes.get("src", "") for element in page.walk() if element.tag == "script"]
    assert "/assets/mfa/js/webauthn.js" in scripts
    assert [e for e in page.walk() if e.attributes.get("id") == "passkey_login"]
    assert [e for e in page.walk() if e.attributes.get("id") == "mfa_login"]


@pytest.mark.django_db
def test_empty_sign_in_names_each_box(client: Client) -> None:
    page = page_of(client.post("/account/login/", {"login": "", "password": ""}))
    title = next(element.text for element in page.walk() if element.tag == "title")
    assert title.startswith("Error: Sign in")
    links = [(e.attributes["href"], e.text) for e in page.find("nhsuk-error-summary").walk() if e.tag == "a"]
    assert links == [("#id_login", "Enter email"), ("#id_password", "Enter password")]


@pytest.mark.django_db
def test_too_many_attempts_are_said_in_the_summary(client: Client) -> None:
    """{{ form|crispy }} does not print an error of the whole form: without the summary nobody would see it."""
    for _ in range(6):
        response = client.post("/account/login/", {"login": "amara@example.com", "password": "wrong horse"})
    assert page_of(response).find("nhsuk-error-summary__list").text == (
        "Too many failed login attempts. Try again later."
    )


def test_labels_of_allauth_lose_their_capitals() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    html = Template("{% load nhsuk %}{% for field in form %}{% nhs_field field %}{% endfor %}").render(
        Context({"form": ChangePasswordForm(user=AnonymousUser())})
    )
    labels = [element.text for element in read(html).walk() if element.tag == "label"]
    assert labels == ["Current password", "New password", "New password (again)"]
    assert re.findall(r'autocomplete="([^"]+)"', html) == ["current-password", "new-password", "new-password"]


def test_required_messages_of_allauth_name_the_box() -> None:
    assert [problem["text"] for problem in problems_in(RequestLoginCodeForm({}))] == ["Enter email"]
    assert "This field is required." not in str(problems_in(LoginForm({})))
