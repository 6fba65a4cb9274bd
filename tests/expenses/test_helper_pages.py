"""The pages of a partner about helpers, and those of a helper; and every other page shut to a helper."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from expenses import services
from expenses.enums import LineKind
from expenses.models import Claim, Helper
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.accounts.notifications import invitation_token
from psp_portal.notifications.models import Message
from tests import factories
from tests.access_matrix import MATRIX, build_world
from tests.expenses.pages import errors_of, page, signed_in, words_of
from tests.expenses.world import make_world
from tests.test_access_matrix import ADDRESSES

SAID = {"name": "Sam Carer", "email": "sam@example.org", "relation": "My sister"}


@pytest.fixture
def partner(world):
    return signed_in(world.person)


@pytest.fixture
def helper(world):
    helper = services.name_helper(partner_id=world.partner.pk, by=world.person, at=world.at, **SAID)
    accounts.accept_invitation(token=invitation_token(helper.invitation_id), password=None, name="", at=world.at)
    return Helper.objects.select_related("invitation__accepted_by").get(pk=helper.pk)


@pytest.fixture
def sam(helper):
    return signed_in(helper.person)


# --- the partner's pages ------------------------------------------------------------------
def test_partner_names_a_helper_and_sees_them(partner, world):
    stranger = make_world()
    services.name_helper(
        partner_id=stranger.partner.pk, by=stranger.person, at=world.at, **(SAID | {"name": "Not Mine"})
    )
    assert "You have not named anybody." in words_of(partner.get(page("helper_list")))

    response = partner.post(page("helper_create"), SAID | {"partner": str(world.partner.pk)})

    assert response.url == page("helper_list")
    shown = words_of(partner.get(response.url))
    for words in ("Sam Carer", "My sister", "sam@example.org", world.organisation.name, "They have not come yet."):
        assert words in shown
    assert "Not Mine" not in shown
    assert f'href="{page("helper_list")}"' in partner.get(page("claim_list")).content.decode()


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(partner, world):
    url = page("helper_create")
    assert errors_of(partner.post(url, {"partner": str(world.partner.pk)})) == [
        ("#id_name", "Enter your helper’s full name"),
        ("#id_email", "Enter your helper’s email address"),
        ("#id_relation", "Enter how they help you"),
    ]
    response = partner.post(url, SAID | {"email": world.approver.email, "partner": str(world.partner.pk)})
    assert errors_of(response) == [
        ("#id_email", "The person with this email address works with claims here, so they cannot prepare yours")
    ]
    assert 'value="My sister"' in response.content.decode()
    assert not Helper.objects.exists()


def test_partner_at_two_organisations_says_which(partner, world):
    other = make_world()
    factories.make_partner(other.organisation, user=world.person, lead=other.lead)
    shown = words_of(partner.get(page("helper_create")))
    assert world.organisation.name in shown
    assert other.organisation.name in shown
    assert errors_of(partner.post(page("helper_create"), SAID)) == [("#id_partner_0", "Select the organisation")]


def test_somebody_without_a_role_has_nothing_to_be_helped_with(world):
    client = signed_in(world.requester)
    assert "there is nothing for a helper to prepare" in words_of(client.get(page("helper_create")))
    assert "Name a carer" not in words_of(client.get(page("helper_list")))


def test_partner_ends_it(partner, sam, world, helper):
    assert "Can prepare claims for you." in words_of(partner.get(page("helper_list")))
    url = page("helper_end", helper_id=helper.pk)
    assert "They lose their access to your claims at once." in words_of(partner.get(url))
    assert signed_in(make_world().person).get(url).status_code == 404

    assert partner.post(url).url == page("helper_list")

    shown = words_of(partner.get(page("helper_list")))
    assert "Sam Carer can no longer prepare claims for you." in shown or "Ended on" in shown
    assert "Nobody has named you as their helper now." in words_of(sam.get(page("helping_list")))
    assert sam.get(page("helping_start", helper_id=helper.pk)).status_code == 404


# --- the helper's pages -------------------------------------------------------------------
def test_helper_prepares_a_claim_from_a_meeting_and_hands_it_over(sam, partner, world, helper):
    name = world.person.get_full_name()
    home = sam.get(reverse("home:home_detail")).content.decode()
    assert f'href="{page("helping_list")}"' in home
    assert f"Prepare a claim for {name}" in words_of(sam.get(page("helping_list")))
    start = sam.get(page("helping_start", helper_id=helper.pk))
    assert world.committee.name in words_of(start)

    started = sam.post(page("claim_create"), {"meeting_id": world.meeting.pk, "partner_id": world.partner.pk})

    claim = Claim.objects.get()
    check = page("claim_check", claim_id=claim.pk)
    assert started.url == check
    shown = words_of(sam.get(check))
    assert f"Check the claim of {name}" in shown
    assert f"Ask {name} to check and send it" in shown
    for words in ("Send claim for", "Delete this draft", "Full payment", "My claims"):
        assert words not in shown
    handed = sam.post(page("draft_hand_over", claim_id=claim.pk))
    assert handed.url == page("helping_list")
    listed = words_of(sam.get(handed.url))
    assert f"{claim.reference}: {world.committee.name}" in listed
    assert Message.objects.get(kind="expenses.claim.prepared").link == check
    assert "Prepared by Sam Carer." in words_of(partner.get(check))

    partner.post(page("claim_submit", claim_id=claim.pk))
    assert sam.get(check).status_code == 404
    approver = signed_in(world.approver)
    assert "Prepared by Sam Carer" in words_of(approver.get(page("claim_detail", claim_id=claim.pk)))


def test_second_tap_leads_the_helper_to_the_draft_that_is_there(sam, world):
    data = {"meeting_id": world.meeting.pk, "partner_id": world.partner.pk}
    first = sam.post(page("claim_create"), data)
    again = sam.post(page("claim_create"), data)
    assert sam.get(again.url).url == first.url


def test_helper_adds_lines_and_receipts_and_starts_something_else(sam, world, helper):
    response = sam.post(page("helping_start", helper_id=helper.pk), {"about": f"{world.partner.pk}:"})
    claim = Claim.objects.get()
    assert response.url == page("line_kind_choose", claim_id=claim.pk)
    assert sam.get(response.url).status_code == 200
    line = world.line(claim, LineKind.PARKING, amount=Decimal("4.20"))
    for name in ("line_edit", "line_remove", "receipt_create", "receipt_use"):
        assert sam.get(page(name, claim_id=claim.pk, line_id=line.pk)).status_code == 200
    for name in ("claim_preference_edit", "claim_discard"):
        assert sam.get(page(name, claim_id=claim.pk)).status_code == 403
    assert sam.post(page("claim_submit", claim_id=claim.pk)).status_code == 403
    assert errors_of(sam.post(page("helping_start", helper_id=helper.pk), {"about": "x"})) != []


def test_empty_claim_is_not_handed_over(sam, world, helper):
    sam.post(page("helping_start", helper_id=helper.pk), {"about": f"{world.partner.pk}:"})
    claim = Claim.objects.get()
    response = sam.post(page("draft_hand_over", claim_id=claim.pk))
    assert response.url == page("claim_check", claim_id=claim.pk)
    assert not Message.objects.filter(kind="expenses.claim.prepared").exists()


def test_list_asks_as_much_of_the_database_for_many_drafts_as_for_one(sam, world, helper, django_assert_num_queries):
    world.draft()
    sam.get(page("helping_list"))
    with django_assert_num_queries(6):
        sam.get(page("helping_list"))
    for _ in range(29):
        services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    with django_assert_num_queries(6):
        sam.get(page("helping_list"))


def test_staff_pages_do_not_offer_the_role(world):
    shown = signed_in(world.lead).get(reverse("people:person_invite")).content.decode()
    assert 'value="requester"' in shown
    assert 'value="helper"' not in shown


# --- every other page ---------------------------------------------------------------------
# What everybody has for themselves: their account, sign-in and messages; pages about their own claims, of which a
# helper has none; and the helper's own.
OWN = {
    "home:home_detail", "notifications:message_list", "people:absence_list",
    "expenses:helping_list", "expenses:helping_start", "expenses:draft_hand_over",
    "expenses:helper_list", "expenses:helper_create",
}  # fmt: skip
# Of the draft that they may prepare.
DRAFT = {
    f"expenses:{name}"
    for name in (
        "claim_check", "line_kind_choose", "line_create", "line_edit", "line_remove", "receipt_create", "receipt_use",
        "receipt_remove",
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def matrix_world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_every_other_page_is_shut_to_a_helper(client, matrix_world):
    world = matrix_world
    client.force_login(world.people[Role.HELPER])
    opened = {}
    for name, row in MATRIX.items():
        if ":" not in name or row.removeprefix("POST").split()[0] == "200":
            continue  # allauth's own pages, and those that everybody may read
        own = world.things.get(name, {})
        address = reverse(
            name.split()[0], kwargs={key: own.get(key) or world.things[key] for key in ADDRESSES.get(name, ())}
        )
        with transaction.atomic():
            answer = client.post(address) if row.startswith("POST") else client.get(address)
            transaction.set_rollback(True)
        if answer.status_code not in (302, 403, 404):
            opened[name] = answer.status_code
    nobodys = {name for name in opened if set(MATRIX[name].removeprefix("POST").split()[1:]) == {"200"}}
    assert opened.keys() - OWN - DRAFT - nobodys == set()
    assert opened.keys() >= DRAFT
