"""The first page: what waits for the person, oldest first; a welcome when nothing does."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from psp_portal.accounts.enums import Role
from tests import factories

pytestmark = pytest.mark.django_db

HOME = reverse("home:home_detail")
NOW = timezone.now()


@pytest.fixture(autouse=True)
def the_day_stays():
    """Hold the clock, so that no day begins between making a meeting and counting its days."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def assignment():
    """A partner on a committee; somebody else's partner on another is there too."""
    factories.make_attendance()
    return factories.make_assignment()


def met(assignment, days_ago):
    """Return a meeting that took place, whose attendance nobody has recorded."""
    starts_at = NOW - timedelta(days=days_ago)
    return factories.make_meeting(assignment.committee, starts_at=starts_at, by=assignment.partner.lead)


def test_partner_sees_what_waits_oldest_first_with_its_age(client, assignment):
    client.force_login(assignment.partner.user)
    for days_ago in (3, 40, 12):
        met(assignment, days_ago)
    page = client.get(HOME)
    assert [item.days for item in page.context["page"].waiting] == [40, 12, 3]
    assert re.findall(r"(\d+)&nbsp;days", page.text) == ["40", "12", "3"]
    assert "What waits for you" in page.text


def test_partner_is_offered_to_claim(client, assignment):
    factories.make_attendance(assignment)
    client.force_login(assignment.partner.user)
    page = client.get(HOME)
    assert "There is 1 meeting that you were at and have not claimed for." in page.text
    assert f'href="{reverse("expenses:claim_start")}"' in page.text


def test_next_meetings_are_shown_soonest_first(client, assignment):
    for days in (9, 2, 30, 60):
        factories.make_meeting(
            assignment.committee, starts_at=NOW + timedelta(days=days), by=assignment.partner.lead, at=NOW
        )
    client.force_login(assignment.partner.user)
    ahead = client.get(HOME).context["page"].ahead
    assert [(meeting.starts_at - NOW).days for meeting in ahead] == [2, 9, 30]


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.PARTNER, "See who has your claims now"),
        (Role.APPROVER, "say who stands in for you"),
        (Role.REQUESTER, "No partner is waiting for you."),
    ],
)
def test_nothing_waiting_is_a_welcome_with_the_next_useful_thing(client, role, words):
    client.force_login(factories.make_member(role))
    page = client.get(HOME)
    assert "Nothing waits for you" in page.text
    assert words in page.text


def test_leaver_finds_their_own_claims(client):
    client.force_login(factories.make_user())
    page = client.get(HOME)
    assert "You have no role at an organisation at the moment." in page.text
    assert f'href="{reverse("expenses:claim_list")}"' in page.text


@pytest.mark.parametrize("rows", [1, 30])
def test_page_takes_the_same_queries_however_much_waits(client, assignment, rows, django_assert_num_queries):
    for days_ago in range(1, rows + 1):
        met(assignment, days_ago)
    client.force_login(assignment.partner.user)
    # session, user, memberships, unread; drafts, claims, steps, updates, runs, where they pay;
    # to record, ahead, to claim
    with django_assert_num_queries(19):
        page = client.get(HOME)
    assert len(page.context["page"].waiting) == rows


@pytest.mark.parametrize("name", ["accessibility_detail", "privacy_detail", "cookies_detail"])
def test_what_the_law_wants_is_open_to_all(client, name):
    assert client.get(reverse(f"home:{name}")).status_code == 200
