"""Every list is had as a file, all of it and nothing of anybody else's, or stands here with the reason why not."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.generic import ListView
from openpyxl import load_workbook

from expenses import services as claims
from partners.enums import RoleCategory
from partners.enums.agreements import AgreementKind
from partners.enums.diversity import DiversityStage
from partners.models.diversity import DiversityTotal
from partners.policies.diversity import QUESTION_SETS, cells_of, table_of
from partners.services import agreements
from partners.services.access import take_over_needs
from partners.services.training import CourseFacts, create_course
from psp_portal import views
from psp_portal.accounts.enums import STAFF_ROLES
from psp_portal.retention.enums import PeriodUnit
from psp_portal.retention.models import DisposalLog, RetentionRun
from psp_portal.views import ScopedListView
from tests import factories
from tests.access_matrix import MATRIX, WHO, World, build_world
from tests.test_access_matrix import ADDRESSES
from tests.test_conventions import PAGES, ROOT, view_class

# Pages that list something and give no file of it, each with the reason.
NOT_EXPORTED = {
    "agreements:kind_list": "The five kinds of agreement, each with a link to its texts, whose list is had as a file.",
    "expenses:backlog_confirm": "A dry run of a spreadsheet that the person has just uploaded: the file is theirs.",
    "expenses:bank_result_detail": "What the bank's own file said, which finance has.",
    "expenses:bank_result_take": "A dry run of the bank's own file, which finance has just uploaded.",
    "expenses:helper_list": "The one or two people who help somebody, on one page.",
    "expenses:helping_list": "A place to start from: whom somebody helps, and the drafts they work on.",
    "expenses:run_detail": "A run has files of its own, in the forms that ledgers, payrolls and banks read.",
    "expenses:run_release": "A question before a run is released; its lines are in the files of the run.",
    "expenses:run_settle": "A form with the lines of a run, which are in its files.",
    "imports:choices_edit": "A form about rows of a spreadsheet that the person has just uploaded.",
    "imports:import_confirm": "A dry run of a spreadsheet that the person has just uploaded: the file is theirs.",
    "induction:note_list": "What partners wrote for newcomers is for newcomers, and leaves in no file.",
    "induction:note_overview": "What partners wrote for newcomers is for newcomers, and leaves in no file.",
    "notifications:message_list": "Somebody's own messages, which they also have as e-mails.",
    "people:absence_list": "Somebody's own few days away, on one page.",
    "recruitment:letter_list": "The wordings of seven letters, each with a link to change it.",
    "support:check_in_list": "What a partner wrote of how they are: read where they shared it, and in no file.",
    "support:follow_up_list": "Answers after hard material, which are the partner's alone.",
    "support:question_list": "The wordings of the review's questions, each with a link to change it.",
}

# What a list must be asked for besides its address.
QUERY = {
    "payments:row_list": {"report": "spend", "figure": "paid"},
    "committees:meeting_list": {"when": "past"},
}
# The matrix asks for it without a query, and whoever may open it is told that there is no such figure.
OPENED_BY_404 = {"payments:row_list"}
# The same at every organisation until somebody changes it.
ALIKE_EVERYWHERE = {"retention:rule_list", "people:post_list"}
# One page with several tables, whose rows are one file.
TABLES = {"recruitment:rate_list"}
HOSTILE = ["=1+1", "+441", "-2", "@sum", "\t=1", "\r=1"]


def is_list(name: str) -> bool:
    """Say whether a page lists something: by its view, by its name, or because it has pages."""
    view: Any = view_class(PAGES[name])
    template = getattr(view, "template_name", None)
    has_pages = bool(template) and "{% pagination" in (ROOT / "templates" / template).read_text()
    return issubclass(view, ListView) or name.endswith("_list") or has_pages


def view_of(name: str) -> Any:
    return view_class(PAGES[name])


LISTS = sorted(name for name in PAGES if is_list(name))
EXPORTED = [name for name in LISTS if getattr(view_of(name), "export_name", "")]


# --- the registry ---------------------------------------------------------------------------
def test_every_list_gives_a_file_or_says_why_not():
    assert set(LISTS) - set(EXPORTED) == NOT_EXPORTED.keys()
    assert [name for name, reason in NOT_EXPORTED.items() if not reason.endswith(".")] == []


@pytest.mark.parametrize("name", EXPORTED)
def test_each_exporting_page_offers_its_file(name):
    assert "{% export_links %}" in (ROOT / "templates" / view_of(name).template_name).read_text()
    assert issubclass(view_of(name), ScopedListView)


# --- all of them, in one world ----------------------------------------------------------------
@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Build one world for all lists. The stranger gets every role there is at the other organisation."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = build_world()
        stranger = made.people["stranger"]
        elsewhere = stranger.memberships.get().organisation
        for role in STAFF_ROLES - {"programme_lead"}:
            factories.give_role(role, stranger, elsewhere)
        add_rows(made)
        yield made
        transaction.set_rollback(True)


def add_rows(world: World) -> None:
    """Put something in the lists that are empty in the world of the access matrix."""
    now, lead, partner_id = timezone.now(), world.people["programme_lead"], world.things["partner_id"]
    partner, finance = world.people["partner"], world.people["finance"]
    take_over_needs(partner_id=partner_id, wanted="A hearing loop", by=lead, at=now)
    facts = CourseFacts("Safety for all", None, "Hillside", 30, None, tuple(RoleCategory), is_published=False)
    create_course(organisation_id=world.trust.pk, facts=facts, by=lead, at=now)
    interests = agreements.save_draft(
        organisation_id=world.trust.pk, kind=AgreementKind.INTERESTS, text="Say what you have.", by=lead, at=now
    )
    agreements.publish_draft(version_id=interests.pk, by=lead, at=now)
    on = (timezone.localdate() - timedelta(days=20)).strftime("%d/%m/%Y")
    text = f"Email,Name,Date,Date claimed,Kind,Amount\n{partner.email},{partner.name},{on},{on},Train,9.50\n"
    draft = claims.upload_backlog(
        organisation_id=world.trust.pk, upload=io.BytesIO(text.encode()), file_name="unpaid.csv", by=finance, at=now
    )
    claims.import_backlog(draft_id=draft.pk, by=finance, at=now)
    with factories.acting():
        run = RetentionRun.objects.create(
            organisation=world.trust, planned_at=now, runs_on=timezone.localdate(), done_at=now
        )
        DisposalLog.objects.create(
            run=run, kind="journey", removed=1, held=0, not_confirmed=0, length=3, unit=PeriodUnit.MONTHS, done_at=now
        )
        caring = next(question for question in QUESTION_SETS[1] if question.code == "caring")
        table = table_of(caring, [("yes", DiversityStage.SERVING), ("no", DiversityStage.APPLIED)] * 10)
        for (choice, stage), count in cells_of(caring, table).items():
            DiversityTotal.objects.create(
                organisation=world.trust, version=1, quarter=date(2026, 7, 1), question=caring.code, choice=choice,
                stage=stage, count=count,
            )  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A list of the world as one person has it: its address, its page and its file."""

    name: str
    address: str
    client: Client

    @property
    def query(self) -> dict[str, str]:
        return QUERY.get(self.name, {})

    def page(self, **more: str) -> Any:
        return self.client.get(self.address, {**self.query, **more})

    def file(self, form: str) -> Any:
        return self.client.get(self.address, {**self.query, "export": form})

    def rows(self) -> list[list[str]]:
        answer = self.file("csv")
        assert answer.status_code == 200
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def address_of(world: World, name: str) -> str:
    own = world.things.get(name, {})
    return reverse(name, kwargs={key: own.get(key) or world.things[key] for key in ADDRESSES.get(name, ())})


def listed(world: World, name: str, who: str) -> Listed:
    client = Client()
    client.force_login(world.people[who])
    return Listed(name, address_of(world, name), client)


def openers(name: str) -> list[str]:
    """Return who of the world's people may open a list, by the access matrix."""
    statuses = dict(zip(WHO, MATRIX[name].split(), strict=True))
    opens = "404" if name in OPENED_BY_404 else "200"
    return [who for who in WHO if statuses[who] == opens and who not in ("anonymous", "stranger")]


@pytest.fixture
def own(world, name, db) -> Listed:
    """The list as somebody has it for whom there is something in it."""
    with transaction.atomic():
        for who in openers(name):
            found = listed(world, name, who)
            if len(found.rows()) > 1:
                return found
    raise AssertionError(f"Nobody in the world has a row in {name}: give it one.")


every_list = pytest.mark.parametrize("name", EXPORTED)


@every_list
def test_file_has_every_row_of_the_list(own):
    header, *rows = own.rows()
    page = own.page().context
    count = page["page_obj"].paginator.count if page["page_obj"] else len(page["object_list"])
    if own.name in TABLES:
        count = sum(len(rows) for _, rows in page["object_list"])
    assert len(rows) == count
    assert header
    assert {len(row) for row in rows} == {len(header)}
    assert all(header)


@every_list
def test_spreadsheet_says_the_same_with_dates_as_dates_and_money_as_numbers(own):
    answer = own.file("xlsx")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert answer["Cache-Control"] == "private, no-store"
    sheet = load_workbook(io.BytesIO(answer.content)).active
    cells = [["" if value is None else value for value in row] for row in sheet.values]
    as_text = own.rows()
    assert [len(row) for row in cells] == [len(row) for row in as_text]
    for of_sheet, of_text in zip(cells, as_text, strict=True):
        for value, text in zip(of_sheet, of_text, strict=True):
            if isinstance(value, datetime):
                assert text in (f"{value:%Y-%m-%d}", f"{value:%Y-%m-%d %H:%M}")
            elif isinstance(value, int | float):
                assert float(text) == value
            else:
                assert str(value) == text.removeprefix("'")


@every_list
def test_link_to_the_file_keeps_the_filters(own):
    query = "&amp;".join(f"{key}={escape(value)}" for key, value in {**own.query, "colour": "blue"}.items())
    page = own.page(colour="blue", page="1").content.decode()
    for form in ("csv", "xlsx"):
        assert f'href="?{query}&amp;export={form}"' in page


@every_list
def test_nothing_of_another_organisation_is_in_it(world, own):
    """The stranger holds every role elsewhere: what they may open at all has nothing of this organisation in it."""
    theirs = listed(world, own.name, "stranger")
    answer = theirs.file("csv")
    if answer.status_code in (403, 404):
        return
    text = answer.content.decode("utf-8-sig")
    _, *rows = own.rows()
    if own.name not in ALIKE_EVERYWHERE:
        assert [row for row in theirs.rows()[1:] if row in rows] == []
    names = {person.name for who, person in world.people.items() if who != "stranger"}
    assert [name for name in [*names, world.trust.name] if name in text] == []


@every_list
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_nothing_in_it_is_a_formula(own, form, monkeypatch):
    view = view_of(own.name)
    columns = len(own.rows()[0])
    hostile = (HOSTILE * columns)[:columns]
    monkeypatch.setattr(view, "export_row", lambda self, row: hostile)
    answer = own.file(form)
    if form == "csv":
        _, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
        assert rows
        assert all(row == [f"'{cell}" for cell in hostile] for row in rows)
    else:
        cells = [cell for row in list(load_workbook(io.BytesIO(answer.content)).active.rows)[1:] for cell in row]
        assert cells
        assert {cell.data_type for cell in cells} == {"s"}


@every_list
def test_whoever_may_not_open_the_list_has_no_file_of_it(world, name, db):
    expected = dict(zip(WHO, map(int, MATRIX[name].split()), strict=True))
    for who in WHO:
        if who == "stranger":
            continue
        client = Client()
        if who != "anonymous":
            client.force_login(world.people[who])
        for form in ("csv", "xlsx"):
            with transaction.atomic():
                answer = client.get(address_of(world, name), {"export": form})
                transaction.set_rollback(True)
            assert answer.status_code == expected[who], who
            assert ("attachment" in answer.get("Content-Disposition", "")) == (expected[who] == 200)


@every_list
def test_file_asks_the_database_no_more_for_thirty_rows_more(own, monkeypatch):
    """Each row is read afresh, as another one would be: what it looks up by itself is counted as often.

    The session is left out: it is written anew when some time has passed.
    """
    view = view_of(own.name)
    read = view.get_queryset

    def queries_for(times: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            reading = 0

            def so_often(self):
                nonlocal reading
                before = counted(asked)
                rows = [row for _ in range(times) for row in read(self)]
                reading += counted(asked) - before
                return rows

            monkeypatch.setattr(view, "get_queryset", so_often)
            with transaction.atomic():
                assert own.file("xlsx").status_code == 200
                transaction.set_rollback(True)
        return counted(asked) - reading

    def counted(asked) -> int:
        return sum("django_session" not in query["sql"] and "SAVEPOINT" not in query["sql"] for query in asked)

    rows = len(own.rows()) - 1
    assert queries_for(1) == queries_for(1 + ceil(30 / rows))


# --- how much -------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["partners:partner_list", "audit:event_list"])
def test_too_long_a_list_is_refused_whole_and_the_page_says_so(own, monkeypatch):
    rows = len(own.rows()) - 1
    assert rows
    for module in ("psp_portal.views", "psp_portal.reports.audit.views"):
        monkeypatch.setattr(f"{module}.MOST_EXPORTED", rows)
    assert len(own.rows()) == rows + 1
    for module in ("psp_portal.views", "psp_portal.reports.audit.views"):
        monkeypatch.setattr(f"{module}.MOST_EXPORTED", 0)
    answer = own.client.get(own.address, {"person": "", "page": "1", "export": "csv"})
    assert answer.status_code == 302
    assert answer.url == f"{own.address}?person=&page=1"
    assert "attachment" not in answer.get("Content-Disposition", "")
    assert b"Nothing was downloaded: the list has more than 0 rows" in own.client.get(answer.url).content
    assert own.client.get(own.address, {"export": "csv"}).url == own.address


def test_the_bound_is_20000_rows():
    assert views.MOST_EXPORTED == 20_000


def test_another_kind_of_file_is_the_page(client, db):
    lead = factories.make_lead(factories.make_organisation())
    client.force_login(lead)
    answer = client.get(reverse("partners:partner_list"), {"export": "pdf"})
    assert answer["Content-Type"].startswith("text/html")


# --- what a partner may call themselves -------------------------------------------------------
def test_partner_with_the_name_of_a_formula(client, db):
    lead = factories.make_lead(factories.make_organisation())
    factories.make_partner(lead.memberships.get().organisation, user=factories.make_user("=HYPERLINK(1)"), lead=lead)
    client.force_login(lead)
    row = client.get(reverse("partners:partner_list"), {"export": "csv"}).content.decode("utf-8-sig").splitlines()[1]
    assert row.startswith("'=HYPERLINK(1),")
    book = load_workbook(io.BytesIO(client.get(reverse("partners:partner_list"), {"export": "xlsx"}).content))
    cells = book.active[2]
    assert (cells[0].value, cells[0].data_type) == ("=HYPERLINK(1)", "s")
    assert isinstance(cells[2].value, date)
