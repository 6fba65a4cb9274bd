"""The audit trail's pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from psp_portal.accounts.enums import Role
from psp_portal.audit.services import record_read
from tests import factories

pytestmark = pytest.mark.django_db

LIST = reverse("audit:event_list")


@pytest.fixture
def trust():
    return factories.make_organisation("Hillside NHS Trust")


@pytest.fixture
def auditor(client, trust):
    user = factories.make_member(Role.AUDITOR, trust, user=factories.make_user("Audrey Auditor"))
    client.force_login(user)
    return user


@pytest.fixture
def elsewhere():
    return factories.make_member(Role.APPROVER, user=factories.make_user("Oscar Otherwhere"))


@pytest.mark.parametrize("rows", [1, 30])
def test_list_takes_the_same_queries_however_long(client, trust, auditor, elsewhere, rows, django_assert_num_queries):
    for _ in range(rows):
        factories.make_member(Role.APPROVER, trust)
    record_read(
        by=auditor, what="expenses.bank_details.read", subject_id=auditor.pk, subject_name="Pat",
        organisation_id=trust.pk, at=timezone.now(),
    )  # fmt: skip
    client.get(LIST)
    # session, user, memberships, unread; people to choose, may one, places, changes, readings, names (2)
    with django_assert_num_queries(11):
        page = client.get(LIST)
    assert page.context["page_obj"].paginator.count == 2 * rows + 4
    assert len(page.context["entries"]) == min(2 * rows + 4, 25)
    assert "Oscar Otherwhere" not in page.text


def test_search_narrows_and_keeps_its_words_over_pages(client, trust, auditor):
    for _ in range(30):
        factories.make_member(Role.APPROVER, trust)
    page = client.get(LIST, {"kind": "role"})
    assert page.context["page_obj"].paginator.count == 31
    assert "?kind=role&amp;page=2" in page.text
    page = client.get(LIST, {"kind": "role", "page": "2"})
    assert len(page.context["entries"]) == 6


def test_search_for_wrong_days_says_so(client, auditor):
    page = client.get(LIST, {"from_on_0": "30", "from_on_1": "2", "from_on_2": "2026"})
    assert "First day must be a real date" in page.text
    assert page.context["entries"] == []
    page = client.get(
        LIST, {"from_on_0": 2, "from_on_1": 1, "from_on_2": 2026, "to_on_0": 1, "to_on_1": 1, "to_on_2": 2026}
    )
    assert "The last day must be the first day or later" in page.text


def test_search_that_finds_nothing_says_what_to_do(client, auditor):
    day = timezone.localdate() + timedelta(days=2)
    page = client.get(LIST, {"from_on_0": day.day, "from_on_1": day.month, "from_on_2": day.year})
    assert "Nothing was found. Try other dates, or another person." in page.text


def test_whole_story_of_one_person(client, auditor):
    page = client.get(reverse("audit:object_detail", args=["person", auditor.pk]))
    assert "The portal added the role of Audrey Auditor as auditor" in page.text


@pytest.mark.parametrize("kind", ["person", "claim", "unicorn"])
def test_what_is_elsewhere_or_nothing_is_not_there(client, auditor, elsewhere, kind):
    assert client.get(reverse("audit:object_detail", args=[kind, elsewhere.pk])).status_code == 404
