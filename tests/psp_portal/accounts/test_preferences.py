"""How somebody wants pages and e-mails to reach them, and that the portal does so."""

import re
from pathlib import Path

import pytest
from django.core import mail
from django.db import IntegrityError
from django.urls import reverse

from psp_portal import pdf
from psp_portal.accounts import services
from psp_portal.accounts.enums import Format, Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import is_offered_pdfs
from psp_portal.exceptions import RuleBroken
from psp_portal.notifications import keys, outbox
from tests import factories
from tests.psp_portal.notifications.letters import AT, letter_to

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[3]
WHERE = "/account/preferences/"


@pytest.fixture
def pat():
    return factories.make_member(Role.PARTNER, user=factories.make_user("Pat", email="pat@example.org"))


def wants(user, *formats):
    return services.save_formats(formats=formats, by=user, at=AT)


def text_of(response):
    return " ".join(response.content.decode().split())


# --- the page ------------------------------------------------------------------------------------
def test_everybody_says_it_for_themselves_and_can_change_it(client, pat):
    client.force_login(pat)
    assert reverse("accounts:preferences_edit") == WHERE
    assert WHERE in text_of(client.get("/account/email/"))
    assert client.get(WHERE).context["form"].initial == {"formats": []}

    assert client.post(WHERE, {"formats": ["no_pdf", "large_text"]})["Location"] == WHERE
    assert User.objects.get(pk=pat.pk).formats == ["large_text", "no_pdf"]
    assert client.get(WHERE).context["form"].initial == {"formats": ["large_text", "no_pdf"]}
    client.post(WHERE, {})
    assert User.objects.get(pk=pat.pk).formats == []


def test_there_are_no_other_formats(client, pat):
    client.force_login(pat)
    assert list(client.post(WHERE, {"formats": ["gold_leaf"]}).context["form"].errors) == ["formats"]
    with pytest.raises(RuleBroken):
        wants(pat, "gold_leaf")
    with factories.acting(), pytest.raises(IntegrityError, match="user_formats_known"):
        User.objects.filter(pk=pat.pk).update(formats=["gold_leaf"])


# --- large text ----------------------------------------------------------------------------------
def test_large_text_is_on_every_page_of_whoever_wants_it(client, pat, django_assert_num_queries):
    client.force_login(pat)
    pages = ["/", "/messages/", WHERE, "/account/email/", "/privacy/", "/nowhere/"]
    for page in pages:
        assert '<html lang="en">' in text_of(client.get(page))
    with django_assert_num_queries(4):
        client.get("/privacy/")
    wants(pat, Format.LARGE_TEXT)
    for page in pages:
        assert '<html lang="en" class="psp-large-text">' in text_of(client.get(page))
    # It is known from what every page reads anyway.
    with django_assert_num_queries(4):
        client.get("/privacy/")
    client.logout()
    assert '<html lang="en">' in text_of(client.get("/privacy/"))


def test_the_style_sheet_enlarges_what_the_class_names():
    css = (ROOT / "static/psp/psp.css").read_text()
    percent = re.search(r"\.psp-large-text \{\s*font-size: ([\d.]+)%;", css)
    assert percent
    assert float(percent[1]) >= 125


# --- plain e-mails -------------------------------------------------------------------------------
def sent(user, django_capture_on_commit_callbacks, **options):
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        outbox.queue([letter_to(user, f"tests:{len(user.formats)}{options}", **options)], at=AT)
    (letter,) = mail.outbox
    return letter


def test_a_plain_email_says_all_in_plain_characters_without_a_long_link(pat, django_capture_on_commit_callbacks):
    context = {"name": "Siân O’Brien", "organisation": "“Hillside” – north…", "service": "the\u00a0portal"}
    link = "/partners/partners/3f2f4a34-5c0e-4f8a-9a53-1f3f0c7a0f0e/"
    usual = sent(pat, django_capture_on_commit_callbacks, link=link, context=context)
    plain = sent(wants(pat, Format.PLAIN_EMAIL), django_capture_on_commit_callbacks, link=link, context=context)

    assert usual.body.endswith(f"\nhttp://localhost:8000{link}\n\nPatient Safety Partners\n")
    assert plain.body.endswith("\nhttp://localhost:8000\nThen open Messages.\n\nPatient Safety Partners\n")
    assert link not in plain.body
    assert "Siân O’Brien" in usual.body
    assert "Siân O'Brien" in plain.body
    assert '"Hillside" - north...' in plain.body
    assert "the portal" in plain.body
    # Every word of the one is in the other.
    assert len(plain.body.splitlines()) == len(usual.body.splitlines()) + 1
    # No e-mail has any other part, whatever somebody wants.
    assert {usual.content_subtype, plain.content_subtype} == {"plain"}
    assert usual.attachments == plain.attachments == []


def test_a_link_that_stands_nowhere_else_stays(pat, django_capture_on_commit_callbacks):
    plain = sent(
        wants(pat, Format.PLAIN_EMAIL),
        django_capture_on_commit_callbacks,
        link=f"/account/invitation/{keys.PLACEHOLDER}/",
    )
    assert "http://localhost:8000/account/invitation/" in plain.body
    assert "Then open Messages." not in plain.body


def test_a_letter_without_a_link_has_none(pat, django_capture_on_commit_callbacks):
    plain = sent(wants(pat, Format.PLAIN_EMAIL), django_capture_on_commit_callbacks)
    assert "localhost" not in plain.body


def test_somebody_without_an_account_gets_the_usual_email(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        outbox.queue([letter_to(None, address="new@example.org", link="/privacy/")], at=AT)
    assert mail.outbox[0].body.endswith("\nhttp://localhost:8000/privacy/\n\nPatient Safety Partners\n")


def test_there_is_no_email_with_html():
    assert [path.name for path in (ROOT / "templates").rglob("email/*") if path.suffix != ".txt"] == []


# --- no PDFs -------------------------------------------------------------------------------------
def test_pdfs_are_offered_where_they_can_be_made_and_are_wanted(pat, monkeypatch):
    for can, expected in ((True, True), (False, False)):
        monkeypatch.setattr(pdf, "is_available", lambda can=can: can)
        assert is_offered_pdfs(pat) is expected
    monkeypatch.setattr(pdf, "is_available", lambda: True)
    assert not is_offered_pdfs(wants(pat, Format.NO_PDF))


def test_every_page_that_offers_a_pdf_asks_whether_it_is_wanted():
    """A link to a PDF stands behind ``has_pdf``, which only ``is_offered_pdfs`` says; and the page can be printed."""
    offering = [
        path for path in (ROOT / "templates").rglob("*.html") if re.search(r"[Dd]ownload[^<]* PDF", path.read_text())
    ]
    assert len(offering) == 4
    for path in offering:
        text = path.read_text()
        assert len(re.findall(r"{% if has_pdf %}.*PDF", text)) == len(re.findall(r"[Dd]ownload[^<]* PDF", text)), path
        assert "data-psp-print" in text
    code = [path for path in ROOT.glob("*/**/*.py") if "tests" not in path.parts and ".venv" not in path.parts]
    said = {value for path in code for value in re.findall(r'"has_pdf": (.+?)[,}]', path.read_text())}
    assert said == {"is_offered_pdfs(self.request.user)"}
