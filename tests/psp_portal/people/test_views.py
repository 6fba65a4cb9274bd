"""The pages about people: who may open them, what they do, and how many queries they take."""

import pytest
from django.urls import reverse
from django.utils import timezone

from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Post, Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return factories.make_organisation("Hillside NHS Trust")


@pytest.fixture
def lead(trust):
    user = factories.make_member(Role.PROGRAMME_LEAD, trust, user=factories.make_user("Lena Lead"))
    factories.make_post(Post.PROGRAMME_LEAD, trust, user=user)
    return user


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def elsewhere():
    other = factories.make_organisation("Riverbank NHS Trust")
    return factories.make_member(Role.APPROVER, other, user=factories.make_user("Oscar Otherwhere"))


def date_parts(name, day):
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


TODAY = timezone.localdate()


@pytest.mark.parametrize("rows", [1, 30])
def test_person_list_shows_this_organisation_in_a_fixed_number_of_queries(
    as_lead, trust, elsewhere, rows, django_assert_num_queries
):
    for _ in range(rows):
        approver = factories.make_member(Role.APPROVER, trust)
        accounts.record_absence(
            organisation_id=trust.pk, user_id=approver.pk, deputy_id=None, starts_on=TODAY, ends_on=None,
            by=factories.TESTS, at=timezone.now(),
        )  # fmt: skip
        accounts.invite_user(
            email=f"new-{_}@example.org", name="New Person", organisation_id=trust.pk, role=Role.FINANCE,
            by=factories.TESTS, at=timezone.now(),
        )  # fmt: skip
    as_lead.get(reverse("people:person_list"))
    with django_assert_num_queries(10):
        page = as_lead.get(reverse("people:person_list"))
    assert page.status_code == 200
    assert "Lena Lead" in page.text or rows == 30
    assert "Oscar Otherwhere" not in page.text
    assert page.context["page_obj"].paginator.count == rows + 1


def test_all_pages(as_lead, trust, lead):
    person = factories.make_member(Role.EXECUTIVE, trust)
    for name, args in [
        ("person_detail", [person.pk]),
        ("person_invite", []),
        ("role_grant", [person.pk]),
        ("post_list", []),
        ("post_appoint", ["executive_lead"]),
        ("absence_list", []),
        ("absence_record", [person.pk]),
        ("absence_record", [lead.pk]),
        ("account_close", [person.pk]),
        ("role_end", [person.memberships.get().pk]),
    ]:
        r = as_lead.get(reverse(f"people:{name}", args=args))
        assert r.status_code == 200, name
