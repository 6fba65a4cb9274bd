"""Somebody has a copy of their records, which reads well by itself; and the pages about it and about two accounts."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from tests.access_matrix import MATRIX, build_world
from tests.journeys.conftest import AXE, DESK, FINDINGS, PHONE
from tests.test_access_matrix import ADDRESSES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    name
    for name, row in MATRIX.items()
    if name.startswith(("subject_access:", "people:second_")) and not row.startswith("POST")
]


def test_every_page_holds_on_a_phone_and_on_a_desk(new_window):
    world = build_world()
    for size in (PHONE, DESK):
        window = new_window(size, user=world.people["programme_lead"])
        for name in PAGES:
            own = world.things.get(name, {})
            keys = {key: own.get(key) or world.things[key] for key in ADDRESSES[name]}
            window.open(reverse(name, kwargs=keys))
            window.check()


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
