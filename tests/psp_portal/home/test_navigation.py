"""The menu, the pages of the areas and a partner's record: each shows what opens, and nothing else."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from partners.views.record import SECTIONS
from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.home.navigation import AREAS, MENU, Area, Entry, Section, area_called, held_by, menu_for
from tests import factories
from tests.access_matrix import MATRIX, WHO, World, build_world

ENTRIES = {entry.url_name: entry for area in AREAS for entry in area.entries} | {
    entry.url_name: entry for entry in MENU if isinstance(entry, Entry)
}
# For a partner this lists what they have asked for themselves: their record leads there.
ELSEWHERE = {"training:request_list"}
ROLES = [who for who in WHO if who in Role.values]


def statuses(name: str) -> dict[str, int]:
    return dict(zip(WHO, map(int, MATRIX[name].split()), strict=True))


def shown_to(role: Role) -> set[str]:
    """Return the names of the addresses that somebody with a role is led to by the menu and the areas."""
    held = held_by([role])
    of_areas = {entry.url_name for area in AREAS for each in area.sections_for(held) for entry in each.entries}
    return of_areas | {entry.url_name for entry in MENU if isinstance(entry, Entry) and entry.is_for(held)}


# --- the table --------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ROLES)
def test_each_entry_shown_opens_and_no_other_does(role):
    """By the access matrix, which is proved of every page; pages about oneself open to everybody and may be shown."""
    own = {name for name in ENTRIES if {statuses(name)[who] for who in ROLES} == {200}}
    opens = {name for name in ENTRIES if statuses(name)[role] == 200}
    shown = shown_to(Role(role))
    assert shown - opens == set()
    assert opens - own - shown - (ELSEWHERE if role == Role.PARTNER else set()) == set()


def test_nothing_stands_in_two_places_of_the_areas():
    names = [entry.url_name for area in AREAS for entry in area.entries]
    assert sorted(names) == sorted(set(names))
    assert [entry.url_name for area in AREAS for entry in area.entries if not entry.about.endswith(".")] == []


# --- the pages of the areas -------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("area", [area.key for area in AREAS])
@pytest.mark.parametrize("role", Role)
def test_area_lists_what_the_role_may_open(client, role, area):
    client.force_login(factories.make_member(role))
    answer = client.get(reverse("home:area_detail", args=[area]))
    found = area_called(area)
    assert isinstance(found, Area)
    sections = found.sections_for(held_by([role]))
    assert answer.status_code == (200 if sections else 403)
    main = answer.content.decode().split("<main")[1].split("</main>")[0] if sections else ""
    shown = {entry.url for section in sections for entry in section.entries}
    assert {entry.url for entry in found.entries if f'href="{entry.url}"' in main} == shown


@pytest.mark.django_db
def test_there_is_no_other_area(client):
    client.force_login(factories.make_member(Role.PROGRAMME_LEAD))
    assert client.get(reverse("home:area_detail", args=["elsewhere"])).status_code == 404


@pytest.mark.django_db
def test_area_asks_the_database_for_nothing_but_the_header(client, django_assert_num_queries):
    client.force_login(factories.make_member(Role.PROGRAMME_LEAD))
    client.get(reverse("home:area_detail", args=["claims"]))
    # session, user, memberships with their organisations, count of unread messages
    with django_assert_num_queries(4):
        client.get(reverse("home:area_detail", args=["partners"]))


# --- the menu ---------------------------------------------------------------------------------
LEAD = [Role.PROGRAMME_LEAD]


def current(path: str, namespace: str, roles=LEAD) -> list[str]:
    return [link["label"] for link in menu_for(path, namespace, roles) if link["current"]]


@pytest.mark.parametrize(
    ("path", "namespace", "label"),
    [
        ("/", "home", "Home"),
        ("/partners/partners/", "partners", "Partners"),
        ("/partners/partners/some-key/end/", "partners", "Partners"),
        ("/areas/partners/", "home", "Partners"),
        ("/areas/reports/", "home", "Reports"),
        # Pages under none of the entries' addresses, where most of their part is.
        ("/expenses/else/", "expenses", "Claims"),
        ("/waiting/", "home", "Home"),
        ("/support/partners/some-key/check-ins/", "support", "Partners"),
        ("/training/some-key/", "training", "Partners"),
        ("/capacity/partners/some-key/", "capacity", "Partners"),
        ("/programme/", "home", "Programme"),
        ("/committees/meetings/", "committees", "Committees"),
        ("/expenses/reports/board/", "expenses", "Reports"),
        ("/retention/", "retention", "Organisation"),
    ],
)
def test_menu_marks_where_one_is(path, namespace, label):
    assert current(path, namespace) == [label]


@pytest.mark.parametrize(("path", "namespace"), [("/messages/", "notifications"), ("/x/", "")])
def test_menu_marks_nothing_where_it_leads_to_no_such_page(path, namespace):
    assert current(path, namespace) == []


def test_what_is_needed_often_comes_before_its_area():
    """Whoever pays has payment runs in the menu itself: it is that which is marked, not the area they are in too."""
    assert current("/expenses/runs/", "expenses", [Role.FINANCE]) == ["Payment runs"]
    assert current("/expenses/runs/", "expenses", [Role.AUDITOR]) == ["Claims"]
    assert current("/expenses/else/", "expenses", [Role.FINANCE]) == ["Claims"]


def test_area_with_one_entry_leads_straight_to_it(monkeypatch):
    alone = Area("partners", "Partners", "", (Section("People", AREAS[0].entries[:1]),))
    monkeypatch.setattr("psp_portal.home.navigation.MENU", (alone,))
    assert menu_for("/", "home", LEAD) == [
        {"label": "Partners", "url": reverse("partners:partner_list"), "current": False}
    ]


@pytest.mark.django_db
def test_menu_stands_on_the_page_for_what_is_not_there(client):
    client.force_login(factories.make_member(Role.PROGRAMME_LEAD))
    answer = client.get("/there/is/no/such/page/")
    assert answer.status_code == 404
    assert "Partners" in answer.content.decode()


# --- a partner's record ------------------------------------------------------------------------
@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        made = build_world()
        # Another lead, who looks after other partners.
        made.people["other_lead"] = factories.make_member(Role.PROGRAMME_LEAD, made.trust)
        yield made
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["partner", "programme_lead", "other_lead"])
def test_record_shows_the_pages_that_open(world: World, who):
    client, partner_id = Client(), world.things["partner_id"]
    client.force_login(world.people[who])
    page = client.get(reverse("partners:partner_detail", args=[partner_id])).content.decode()
    main = page.split("<main")[1].split("</main>")[0]
    for _, entries in SECTIONS:
        for entry in entries:
            url = reverse(entry.url_name, args=[partner_id] if entry.takes_partner else [])
            with transaction.atomic():
                opens = client.get(url).status_code == 200
                transaction.set_rollback(True)
            shown = f'href="{url}"' in main
            # A page about more than this partner may be for others too, who come to it another way.
            assert shown == opens or (opens and not entry.takes_partner), entry.label


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {Role.PROGRAMME_LEAD}))
def test_whoever_does_not_see_the_record_has_none_of_it(world: World, role):
    client = Client()
    client.force_login(world.people[role])
    assert client.get(reverse("partners:partner_detail", args=[world.things["partner_id"]])).status_code == 404
