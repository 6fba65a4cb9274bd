"""Somebody has a copy of their records, which reads well by itself."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from tests.access_matrix import build_world
from tests.journeys.conftest import AXE, FINDINGS, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_partner_has_a_copy_and_reads_it(new_window, has_javascript):
    world = build_world()
    phone = new_window(PHONE, user=world.people["partner"], has_javascript=has_javascript)
    phone.open(reverse("account_email"))
    phone.follow("A copy of your records")
    phone.press("Ask for a copy")
    assert phone.reads("Your copy is ready")
    phone.check()
    with ZipFile(BytesIO(phone.download("Download"))) as archive:
        page = archive.read("index.html").decode()
    reader = new_window(PHONE)
    reader.page.set_content(page)
    reader.page.evaluate(AXE.read_text())
    assert reader.page.evaluate(FINDINGS) == []
    assert reader.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
