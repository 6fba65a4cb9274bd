"""The pages about people: who may open them, what they do, and how many queries they take."""

import pytest
import time_machine
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


NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture(autouse=True)
def the_day_stays():
    """Hold the clock: what begins today must not have begun yesterday by the time a page is asked for."""
    with time_machine.travel(NOW, tick=False):
        yield


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


# --- who stands in --------------------------------------------------------------------------
def away(client, person, deputy):
    return client.post(
        reverse("people:absence_record", args=[person.pk]),
        date_parts("starts_on", TODAY) | {"ends_on_0": "", "ends_on_1": "", "ends_on_2": "", "deputy_id": deputy.pk},
        follow=True,
    )


def test_a_deputy_who_may_do_only_some_of_it_is_taken_and_the_page_says_what_goes_elsewhere(as_lead, trust):
    approver = factories.make_member(Role.APPROVER, trust)
    deputy = factories.make_member(Role.FINANCE, trust, user=factories.make_user("Fay Finance"))
    page = away(as_lead, approver, deputy)
    assert "The absence is recorded. Fay Finance cannot decide claims: this goes to somebody else who may" in page.text
    assert approver.absences.get().deputy == deputy


def test_a_deputy_who_may_do_all_of_it_needs_no_word(as_lead, trust):
    approver, deputy = (factories.make_member(Role.APPROVER, trust) for _ in range(2))
    page = away(as_lead, approver, deputy)
    assert "The absence is recorded" in page.text
    assert "cannot" not in page.text.partition("<main")[2]


def test_a_deputy_who_may_do_none_of_it_is_refused_beside_the_field(as_lead, trust):
    approver = factories.make_member(Role.APPROVER, trust)
    deputy = factories.make_member(Role.REQUESTER, trust, user=factories.make_user("Rae Requester"))
    page = away(as_lead, approver, deputy)
    assert page.context["form"].errors == {
        "deputy_id": [
            "Rae Requester cannot decide claims or answer for late claims, because they have no role for it. Choose "
            "somebody who has, or nobody in particular."
        ]
    }
    assert not approver.absences.exists()
    assert f'value="{deputy.pk}" selected' in page.text


def test_the_form_says_which_roles_each_deputy_has(as_lead, trust, lead):
    both = factories.make_member(Role.FINANCE, trust, user=factories.make_user("Bo Both"))
    factories.give_role(Role.APPROVER, both, trust)
    page = as_lead.get(reverse("people:absence_record", args=[lead.pk]))
    assert ">Bo Both (approver, finance)</option>" in page.text
