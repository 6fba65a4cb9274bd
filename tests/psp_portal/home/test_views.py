"""The first page: what waits for the person, oldest first; a welcome when nothing does."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from expenses import services as expenses
from expenses.enums import LineAction, LineKind
from psp_portal.accounts.enums import Role
from psp_portal.home.queries import Item
from psp_portal.home.queries.first_page import grouped
from tests import factories
from tests.expenses.payers import pay_elsewhere
from tests.expenses.world import make_world
from tests.partners.questions_samples import ask, reply
from tests.psp_portal.home.samples import sent_before

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


def test_partner_finds_their_own_record_from_here_and_staff_are_not_sent_to_one(client, assignment):
    link = f'<a href="{reverse("partners:partner_list")}">Your record</a>'
    client.force_login(assignment.partner.user)
    assert link in client.get(HOME).text
    own = reverse("partners:partner_detail", args=[assignment.partner.pk])
    assert re.findall(
        r'href="(/partners/partners/[0-9a-f-]{36}/)"', client.get(reverse("partners:partner_list")).text
    ) == [own]
    assert f'href="{reverse("training:training_detail", args=[assignment.partner.pk])}"' in client.get(own).text
    client.force_login(factories.make_member(Role.APPROVER))
    assert link not in client.get(HOME).text


def test_partner_sees_how_their_own_questions_are_answered(client, assignment):
    client.force_login(assignment.partner.user)
    assert "Ask your organisation something" in client.get(HOME).text
    first, _second = ask(assignment.partner, at=NOW), ask(assignment.partner, at=NOW)
    ask(factories.make_partner(assignment.partner.organisation, lead=assignment.partner.lead), at=NOW)
    reply(first, at=NOW)
    page = client.get(HOME)
    assert "1, which is 50 in 100" in " ".join(page.text.split())
    assert [item.label for item in page.context["page"].waiting] == ["Say whether your question is answered"]
    assert [item.who for item in page.context["page"].awaited] == [assignment.partner.lead.name]


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
    # session, user, memberships, unread; of claims: drafts, claims, steps, updates, runs, lines, where they pay twice,
    # requests, bank checks; to record, cancelled, first meetings; of each part of a record one to five; awaited nine;
    # ahead, to claim, limits, how questions are answered
    with django_assert_num_queries(63):
        page = client.get(HOME)
    assert len(page.context["page"].waiting) == rows


def test_many_are_shown_in_parts_and_the_rest_has_its_own_page(client, assignment):
    for days_ago in range(1, 31):
        met(assignment, days_ago)
    client.force_login(assignment.partner.user)
    page = client.get(HOME)
    assert re.findall(r"(\d+)&nbsp;days", page.text) == [str(days) for days in range(30, 15, -1)]
    assert '<h2 class="nhsuk-heading-m">Meetings</h2>' in page.text
    assert "And 15 more: see all that waits for you" in page.text
    whole = client.get(reverse("home:waiting_list"))
    assert [item.days for item in whole.context["items"]] == list(range(30, 5, -1))
    assert whole.context["page_obj"].paginator.count == 30


def test_parts_stand_in_the_order_of_their_oldest():
    def item(heading, days):
        return Item(heading, "", "", "", NOW - timedelta(days=days), None, days, False)

    short = [item("Claims", 9), item("Meetings", 8)]
    assert [(group.heading, len(group.items)) for group in grouped(short)] == [("", 2)]
    assert grouped([]) == []
    many = [item("Meetings" if days % 2 else "Claims", days) for days in range(19, 10, -1)]
    assert [(group.heading, [each.days for each in group.items]) for group in grouped(many)] == [
        ("Meetings", [19, 17, 15, 13, 11]),
        ("Claims", [18, 16, 14, 12]),
    ]


@pytest.mark.parametrize("name", ["waiting_list", "awaited_list"])
@pytest.mark.parametrize("rows", [1, 30])
def test_whole_lists_take_the_same_queries_however_long(client, name, rows, django_assert_num_queries):
    world = make_world()
    with time_machine.travel(world.at, tick=False):
        for _ in range(rows):
            world.sent() if name == "awaited_list" else world.draft()
        client.force_login(world.person)
        with django_assert_num_queries({"waiting_list": 49, "awaited_list": 14}[name]):
            page = client.get(reverse(f"home:{name}"))
    assert page.context["page_obj"].paginator.count == rows


@pytest.mark.parametrize("name", ["waiting_list", "awaited_list"])
def test_whole_lists_are_had_as_files_without_anybody_elses(client, name):
    world, other = make_world(), make_world()
    with time_machine.travel(world.at, tick=False):
        mine, theirs = world.sent(), other.sent()
        mine_too, theirs_too = world.draft(), other.draft()
        client.force_login(world.person)
        file = client.get(reverse(f"home:{name}") + "?export=csv").text
    wanted, others = (mine, theirs) if name == "awaited_list" else (mine_too, theirs_too)
    assert wanted.reference in file
    assert others.reference not in file
    assert len(file.strip().splitlines()) == 2


def test_partner_sees_who_has_their_claim_and_since_when(client):
    world, other = make_world(), make_world()
    with time_machine.travel(world.at, tick=False):
        claim = sent_before(world, days=20)
        other.sent()
        update = expenses.ask_for_update(claim_id=claim.pk, question="", by=world.person, at=world.at)
        asked = expenses.ask_for_approval(
            partner_id=world.partner.pk, assignment_id=None,
            request=expenses.Request(LineKind.TAXI, world.today, world.today, Decimal("30.00"), "No bus"),
            by=world.person, at=world.at,
        )  # fmt: skip
        client.force_login(world.person)
        page = client.get(HOME)
    claim.refresh_from_db()
    assert [(item.label, item.who, item.days, item.is_late) for item in page.context["page"].awaited] == [
        (f"Your claim {claim.reference}: waiting for a decision", claim.waiting_on.name, 20, True),
        (f"An update on your claim {claim.reference}", update.asked_of.name, 0, False),
        ("An answer before a journey: taxi", asked.waiting_on.name, 0, False),
    ]
    assert "What you are waiting for" in page.text
    assert f"With {claim.waiting_on.name} since 26 August 2026." in page.text


def test_whoever_sends_a_claim_back_sees_whom_they_wait_for(client):
    world = make_world()
    with time_machine.travel(world.at, tick=False):
        claim = world.decide(world.sent(), LineAction.RETURN)
        client.force_login(world.approver)
        awaited = client.get(HOME).context["page"].awaited
        assert [(item.label, item.who) for item in awaited] == [
            (f"Your question on claim {claim.reference}", world.person.name)
        ]
        client.force_login(world.deputy)
        assert client.get(HOME).context["page"].awaited == []


def test_whoever_disputes_who_pays_sees_who_decides_it(client):
    world = make_world()
    payer = pay_elsewhere(world)
    claim = world.sent()
    with time_machine.travel(world.at, tick=False):
        expenses.raise_dispute(claim_id=claim.pk, reason="Not ours", by=payer.approver, at=world.at)
        client.force_login(payer.approver)
        awaited = client.get(HOME).context["page"].awaited
    claim.refresh_from_db()
    assert [(item.label, item.who) for item in awaited] == [
        (f"Which organisation pays claim {claim.reference}", claim.arbiter.name)
    ]


def test_more_than_a_few_awaited_have_their_own_page(client):
    world = make_world()
    with time_machine.travel(world.at, tick=False):
        for _ in range(7):
            world.sent()
        client.force_login(world.person)
        page = client.get(HOME)
    assert "And 2 more: see all that you are waiting for" in page.text


@pytest.mark.parametrize("name", ["accessibility_detail", "privacy_detail", "cookies_detail"])
def test_what_the_law_wants_is_open_to_all(client, name):
    assert client.get(reverse(f"home:{name}")).status_code == 200
