"""Pages about how long records are kept: what each shows, asks and refuses; another organisation's rows beside."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from partners import services as partners
from psp_portal.dates import local_date
from psp_portal.retention import services
from psp_portal.retention.kinds import KINDS
from psp_portal.retention.models import LegalHold, RetentionRule, RetentionRun, RetentionSettings
from tests import factories
from tests.expenses.world import make_world
from tests.psp_portal.retention.samples import LEFT_AT, LEFT_ON, confirm_all

pytestmark = pytest.mark.django_db

# On this evening the journeys of both trusts' leavers are planned to go.
NOW = LEFT_AT + timedelta(days=88)


@pytest.fixture(autouse=True)
def the_day_stays():
    with time_machine.travel(NOW, tick=False):
        yield


def leave(world, *, more=0):
    """Let a trust's partner leave, and so many more with a usual journey."""
    made = [factories.make_partner(world.organisation, lead=world.lead) for _ in range(more)]
    for partner in made:
        partners.save_usual_journey(
            partner_id=partner.pk, from_place="A", to_place="B", miles=1, vehicle="car", by=world.lead, at=LEFT_AT
        )
    for partner in [world.partner, *made]:
        partners.end_appointment(partner_id=partner.pk, left_on=LEFT_ON, by=world.lead, at=LEFT_AT)
    return world


@pytest.fixture
def world():
    world = leave(make_world())
    leave(make_world(), more=2)
    return world


@pytest.fixture
def planned(world):
    """A trust with something planned; another with more."""
    for lead_of in (world, leave(make_world(), more=3)):
        confirm_all(lead_of, at=LEFT_AT)
    services.plan_runs(at=NOW)
    return world


def run_of(world):
    return RetentionRun.objects.get(organisation=world.organisation)


def address(name, *args):
    return reverse(f"retention:{name}", args=args)


def csv_of(client, where):
    return client.get(f"{where}?export=csv").content.decode("utf-8-sig").strip().splitlines()


# --- the schedule ----------------------------------------------------------------------------
def test_schedule_says_what_is_not_confirmed(client, world):
    services.set_rule(
        organisation_id=world.organisation.pk, kind="claim", period=KINDS["claim"].default, source="Policy 7", seen=0,
        by=world.lead, at=LEFT_AT,
    )  # fmt: skip
    client.force_login(world.lead)
    page = client.get(address("rule_list"))
    assert f"{len(KINDS) - 1} periods are only proposed: your trust must confirm them." in page.text
    assert page.text.count("Not confirmed") == len(KINDS) - 1
    assert "Policy 7" in page.text
    rows = csv_of(client, address("rule_list"))
    assert len(rows) == len(KINDS) + 1
    assert [row for row in rows if "Policy 7" in row] != []
    assert sum("Nobody yet" in row for row in rows) == len(KINDS) - 1


def test_auditor_reads_the_schedule_and_changes_nothing(client, world):
    client.force_login(world.auditor)
    page = client.get(address("rule_list"))
    assert address("rule_edit", "journey") not in page.text
    assert address("notice_edit") not in page.text
    for name in ("rule_edit", "rule_confirm"):
        assert client.post(address(name, "journey")).status_code == 403


def test_lead_sees_what_a_period_would_remove_and_then_saves_it(client, world):
    client.force_login(world.lead)
    where = address("rule_edit", "journey")
    assert "90 days is only our proposal: your trust must confirm it." in client.get(where).text
    answer = client.post(where, {"length": "60", "unit": "days", "source": "Policy 7"})
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert page.context["removes"] == 1
    assert "1 record" in page.text
    assert str(world.partner.usual_journey.pk)[:8].upper() in page.text
    assert world.person.name not in page.text.replace(f">{world.lead.name}<", "")
    saved = client.post(answer.url, {"seen": "1"})
    assert saved.status_code == 302
    rule = RetentionRule.objects.get(organisation=world.organisation)
    assert (rule.kind, rule.length, rule.unit, rule.source) == ("journey", 60, "days", "Policy 7")
    assert "Saved" in client.get(saved.url).text


@pytest.mark.parametrize("seen", ["0", "x", ""])
def test_more_than_was_shown_is_not_saved(client, world, seen):
    client.force_login(world.lead)
    where = address("rule_confirm", "journey") + "?length=60&unit=days&source=Policy"
    page = client.post(where, {"seen": seen})
    assert page.status_code == 200
    assert "more than you were shown" in page.text
    assert not RetentionRule.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "?length=x&unit=days&source=P", "?length=6&unit=weeks&source=P", "?length=6&unit=days"]
)
def test_confirming_no_period_is_not_found(client, world, query):
    client.force_login(world.lead)
    assert client.get(address("rule_confirm", "journey") + query).status_code == 404
    assert client.get(address("rule_edit", "no-such-kind")).status_code == 404


def test_impossible_period_is_told_where_it_is_typed(client, world):
    client.force_login(world.lead)
    page = client.post(address("rule_edit", "journey"), {"length": "0", "unit": "days", "source": "Policy"})
    assert page.status_code == 200
    assert "Error: " in page.text
    page = client.post(address("rule_edit", "journey"), {"length": "9999", "unit": "months", "source": "Policy"})
    assert "The number must be between 1 and 1,200" in page.text
    assert 'value="9999"' in page.text


def test_lead_chooses_how_long_beforehand_they_see_it(client, world):
    client.force_login(world.lead)
    assert client.post(address("notice_edit"), {"notice_days": "40"}).status_code == 200
    assert client.post(address("notice_edit"), {"notice_days": "5"}).status_code == 302
    assert RetentionSettings.objects.get(organisation=world.organisation).notice_days == 5
    assert "5 days before" in client.get(address("rule_list")).text


# --- runs ------------------------------------------------------------------------------------
def test_run_shows_counts_and_each_opens_its_rows(client, planned):
    client.force_login(planned.lead)
    run = run_of(planned)
    page = client.get(address("run_detail", run.pk))
    counts = {count.kind.key: count.total for count in page.context["counts"]}
    assert counts["journey"] == 1
    for key, count in counts.items():
        rows = client.get(address("row_list", run.pk, key))
        assert rows.context["page_obj"].paginator.count == count
    rows = client.get(address("row_list", run.pk, "journey"))
    main = rows.text[rows.text.index("<main") :]
    assert str(planned.partner.usual_journey.pk)[:8].upper() in main
    assert planned.person.name not in main
    assert f"{address('hold_create')}?person={planned.person.pk}" in main
    assert len(csv_of(client, address("row_list", run.pk, "journey"))) == 2


def test_done_run_shows_what_the_log_says(client, planned):
    services.carry_out_runs(at=NOW + timedelta(hours=12))
    client.force_login(planned.auditor)
    run = run_of(planned)
    page = client.get(address("run_detail", run.pk))
    assert {count.kind.key: count.removed for count in page.context["counts"]}["journey"] == 1
    assert "Removed on" in page.text
    assert "any more: this was done on" in client.get(address("row_list", run.pk, "journey")).text
    log = client.get(address("log_list"))
    assert {entry.label for entry in log.context["entries"]} == {count.kind.label for count in page.context["counts"]}
    exported = csv_of(client, address("log_list"))
    assert len(exported) == run.log.count() + 1
    assert all(str(run.pk) in row for row in exported[1:])
    assert [row.split(",")[1:4] for row in exported if "Usual journeys" in row] == [["Usual journeys", "1", "0"]]


def test_runs_of_others_are_not_listed_or_found(client, planned):
    client.force_login(planned.lead)
    [run] = client.get(address("run_list")).context["runs"]
    assert run == run_of(planned)
    assert len(csv_of(client, address("run_list"))) == 2
    other = RetentionRun.objects.exclude(pk=run.pk).first()
    for where in (address("run_detail", other.pk), address("row_list", other.pk, "journey")):
        assert client.get(where).status_code == 404
    assert client.get(address("row_list", run.pk, "no-such-kind")).status_code == 404


def test_nothing_planned_is_said(client):
    client.force_login(make_world().lead)
    assert "Nothing is planned" in client.get(address("run_list")).text
    assert "Nothing has been removed yet" in client.get(address("log_list")).text
    assert "Nothing is held back" in client.get(address("hold_list")).text


# --- holds -----------------------------------------------------------------------------------
def test_lead_holds_a_person_s_records_back_and_lets_them_go(client, planned):
    client.force_login(planned.lead)
    form = client.get(f"{address('hold_create')}?person={planned.person.pk}")
    assert form.context["form"].initial["person_id"] == str(planned.person.pk)
    choices = dict(form.context["form"].fields["person_id"].choices)
    assert str(planned.lead.pk) not in choices
    assert str(planned.person.pk) in choices
    answer = client.post(address("hold_create"), {"person_id": str(planned.person.pk), "reason": "A complaint"})
    assert answer.status_code == 302
    hold = LegalHold.objects.get()
    assert (hold.person, hold.organisation, hold.set_by) == (planned.person, planned.organisation, planned.lead)
    listed = client.get(address("hold_list"))
    assert "A complaint" in listed.text
    assert client.post(address("hold_lift", hold.pk), {"reason": ""}).status_code == 200
    assert client.post(address("hold_lift", hold.pk), {"reason": "Settled"}).status_code == 302
    assert "Settled" in client.get(address("hold_list")).text


def test_whole_organisation_is_held_back(client, planned):
    client.force_login(planned.executive)
    client.post(address("hold_create"), {"person_id": "all", "reason": "An inquiry"})
    assert LegalHold.objects.get().person is None
    page = client.post(address("hold_create"), {"person_id": "all", "reason": "Again"})
    assert "This is held back already." in page.text
    client.force_login(planned.auditor)
    exported = csv_of(client, address("hold_list"))
    assert len(exported) == 2
    assert exported[1].startswith("The whole organisation,An inquiry,")


def test_holds_of_others_are_not_listed_or_found(client, planned):
    other = make_world()
    mine, theirs = (
        services.set_hold(
            organisation_id=each.organisation.pk, person_id=each.person.pk, reason="Why", by=each.lead, at=NOW
        )
        for each in (planned, other)
    )
    client.force_login(planned.lead)
    assert [hold.pk for hold in client.get(address("hold_list")).context["holds"]] == [mine.pk]
    assert client.get(address("hold_lift", theirs.pk)).status_code == 404
    book = load_workbook(BytesIO(client.get(f"{address('hold_list')}?export=xlsx").content))
    assert [row[0] for row in book.active.iter_rows(values_only=True)] == ["Who", planned.person.name]


def test_nobody_lets_their_own_records_go(client, planned):
    hold = services.set_hold(
        organisation_id=planned.organisation.pk, person_id=planned.lead.pk, reason="Why", by=planned.executive, at=NOW
    )
    client.force_login(planned.lead)
    assert address("hold_lift", hold.pk) not in client.get(address("hold_list")).text
    assert client.get(address("hold_lift", hold.pk)).status_code == 403


# --- how much each page asks of the database ---------------------------------------------------
@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("name", "queries"), [("run_list", 10), ("row_list", 12), ("log_list", 10), ("hold_list", 11)])
def test_lists_take_the_same_queries_however_long(client, django_assert_num_queries, name, queries, rows):
    world = leave(make_world(), more=rows - 1)
    if name in ("run_list", "log_list"):
        confirm_all(world, at=LEFT_AT)
        for day in range(rows):
            with factories.acting():
                run = RetentionRun.objects.create(
                    organisation=world.organisation, planned_at=NOW, runs_on=local_date(NOW), done_at=NOW
                )
                run.log.create(kind="journey", removed=day, held=0, not_confirmed=0, length=1, unit="days", done_at=NOW)
    elif name == "row_list":
        confirm_all(world, at=LEFT_AT)
        services.plan_runs(at=NOW)
    else:
        for _ in range(rows):
            person = factories.make_member("partner", world.organisation)
            services.set_hold(
                organisation_id=world.organisation.pk, person_id=person.pk, reason="Why", by=world.lead, at=NOW
            )
    where = address(name, run_of(world).pk, "journey") if name == "row_list" else address(name)
    client.force_login(world.lead)
    with django_assert_num_queries(queries):
        page = client.get(where)
    assert page.context["page_obj"].paginator.count == rows
