"""The pages of the reports: each figure leads to the rows it counts, and nothing of another organisation is there."""

import copy
import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from committees.services import change_budget
from expenses import services
from expenses.enums import LineKind
from psp_portal.dates import LONDON
from tests.expenses.pages import errors_of, signed_in, words_of
from tests.expenses.test_reports import WHOLE, paid
from tests.expenses.world import AT, World, attended_meeting, make_world

PAGES = ["summary", "speed", "owed", "held", "answers", "spend"]
AUTUMN = "period=days&first_0=1&first_1=9&first_2=2026&last_0=30&last_1=11&last_2=2026"
TODAY = datetime(2026, 12, 10, 9, 0, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """Let the pages be asked for on one day."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: TODAY)


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Make the two trusts once: what a test does to them is taken back by the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield two_trusts()
        transaction.set_rollback(True)


@pytest.fixture
def world(kept, db) -> World:
    return copy.deepcopy(kept)


def two_trusts() -> World:
    """Return a trust with claims of each kind (paid in time and late, owed, held, overdue); another has the same."""
    other, world = make_world(), make_world()
    for each in (other, world):
        paid(each, days=10)
        paid(each, days=40)
        each.sent(with_taxi=True)
        claim = each.sent(with_parking=True)
        services.escalate_overdue_claims(at=each.later(days=46))
        services.ask_for_update(claim_id=claim.pk, question="", by=each.person, at=each.later(days=46))
    return world


def address(name: str, query: str = AUTUMN) -> str:
    return f"{reverse(f'payments:{name}')}?{query}"


def figures_in(response) -> list[tuple[str, str]]:
    """Return (what it says, where it leads) of every figure that leads to rows."""
    text = response.content.decode()
    found = re.findall(r'<a href="([^"]*/rows/[^"]*)">(.*?)</a>', text, re.DOTALL)
    return [(re.sub(r"<.*", "", shown, flags=re.DOTALL).strip(), html.unescape(href)) for href, shown in found]


def counts_again(browser, shown: str, href: str) -> None:
    """Count and add up the rows that a figure leads to: they must come to what it says, in number and in pounds."""
    response = browser.get(href)
    assert response.status_code == 200, href
    rows = re.findall(r"<tr\b.*?</tr>", response.content.decode().partition("<tbody")[2], re.DOTALL)
    amounts = [Decimal(found[-1].replace(",", "")) for row in rows if (found := re.findall(r"£([\d,]+\.\d\d)", row))]
    pounds = re.search(r"£([\d,]+\.\d\d)", shown)
    count = re.search(r"\d[\d,]*", re.sub(r"£[\d,]+\.\d\d", "", shown))
    assert pounds or count, shown
    if count:
        assert int(count[0].replace(",", "")) == len(rows), (shown, href)
    if pounds:
        assert Decimal(pounds[1].replace(",", "")) == sum(amounts), (shown, href)


@pytest.mark.parametrize("name", PAGES)
def test_each_figure_leads_to_exactly_the_rows_it_counts(world, name):
    browser = signed_in(world.finance_lead)
    response = browser.get(address(f"{name}_detail"))
    assert response.status_code == 200
    figures = figures_in(response)
    assert figures
    for shown, href in figures:
        counts_again(browser, shown, href)


def figures_without_rows(text: str) -> list[str]:
    """Return the cells of figures and the summary's values that have a number other than nought, and lead nowhere."""
    cells = re.findall(r"<(?:td|dd)\b.*?</(?:td|dd)>", text, re.DOTALL)
    plain = (
        re.sub(r"<span class=\"nhsuk-table__heading\".*?</span>|<a\b.*?</a>", "", cell, flags=re.DOTALL)
        for cell in cells
    )
    said = (" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in plain)
    return [words for words in said if re.search(r"[1-9]", words)]


@pytest.mark.parametrize("name", PAGES)
def test_no_count_and_no_sum_is_without_a_way_to_its_rows(world, name):
    """A share, a middle, an age and a day are no count: they lead nowhere."""
    text = signed_in(world.finance_lead).get(address(f"{name}_detail")).content.decode().partition("<main")[2]
    left = [words for words in figures_without_rows(text) if not re.search(r"%|days?$|\d{4}$", words)]
    assert left == []


def test_the_summary_says_what_the_organisation_is_measured_by(world):
    words = words_of(signed_in(world.executive).get(address("summary_detail")))
    assert "Paid in time, by number 50.0% Below target" in words
    assert "The target is 95% within 30 days" in words
    assert "The longest took 40 days" in words
    assert f"Claims paid 2, £{2 * WHOLE}" in words


def test_a_chart_has_its_table(world):
    text = signed_in(world.lead).get(address("speed_detail")).content.decode()
    for described in re.findall(r'<svg[^>]*role="img"[^>]*aria-describedby="([^"]+)"', text):
        assert f'id="{described}"' in text
    assert len(re.findall(r'<svg[^>]*role="img"', text)) == 2
    assert "style=" not in text.partition("<main")[2]


def test_what_another_organisation_has_is_not_there(world):
    text = words_of(signed_in(world.lead).get(address("row_list", f"{AUTUMN}&report=speed&figure=paid")))
    assert f"2 claims, £{2 * WHOLE}" in text
    assert text.count("C0") == 2


@pytest.mark.parametrize("name", PAGES)
def test_a_time_without_claims_says_so(world, name):
    empty = "period=days&first_0=1&first_1=1&first_2=2020&last_0=31&last_1=1&last_2=2020"
    response = signed_in(world.lead).get(address(f"{name}_detail", empty))
    assert response.status_code == 200
    assert figures_in(response) == []


@pytest.mark.parametrize("name", [*(f"{page}_detail" for page in PAGES), "year_end_detail"])
def test_a_page_asks_the_database_as_often_with_many_rows(world, name):
    browser = signed_in(world.lead)
    query = AUTUMN if name != "year_end_detail" else ""

    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address(name, query)).status_code == 200
        return len(captured)

    browser.get(address(name, query))
    before = queries()
    for days in range(3):
        paid(world, days=20 + days)
        world.sent(with_taxi=True)
        attended_meeting(world.assignment, starts_at=AT + timedelta(days=days, hours=3), by=world.lead)
    assert queries() == before
    # The summary is made of five reports.
    assert before <= 17


def test_rows_are_counted_once_however_many_there_are(world):
    """A million rows are added up in one query: the sum, the number of rows and the number of pages."""
    browser = signed_in(world.lead)
    query = f"{AUTUMN}&report=spend&figure=paid"
    browser.get(address("row_list", query))
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address("row_list", query)).status_code == 200
    counting = [each["sql"] for each in captured if "COUNT(" in each["sql"] and "claimline" in each["sql"]]
    assert len(counting) == 1


def test_days_that_cannot_be_are_said_to_be_wrong_and_kept(world):
    browser = signed_in(world.lead)
    wrong = "period=days&first_0=9&first_1=9&first_2=2026&last_0=1&last_1=9&last_2=2026"
    response = browser.get(address("speed_detail", wrong))
    assert errors_of(response) == [("#id_last_0", "The last day must be the first day or later")]
    assert 'value="2026"' in response.content.decode()
    response = browser.get(address("speed_detail", "period=days&first_0=9&first_1=9&first_2=2026"))
    assert errors_of(response) == [("#id_last_0", "Enter the last day")]
    response = browser.get(address("speed_detail", "period=days&first_0=40&first_1=9&first_2=2026"))
    assert response.status_code == 200
    assert len(errors_of(response)) == 2
    assert browser.get(address("speed_detail", "period=never")).status_code == 200


def test_a_report_of_one_committee_and_code(world):
    browser = signed_in(world.lead)
    for query, count in ((f"&committee={world.committee.pk}", 2), ("&code=PS100", 2)):
        response = browser.get(address("speed_detail", AUTUMN + query))
        assert f"Claims paid {count}" in words_of(response)
        assert all(query.lstrip("&") in href for _, href in figures_in(response))


@pytest.mark.parametrize("report", ["speed", "owed", "held", "answers", "spend"])
def test_the_file_has_every_figure_of_the_page(world, report):
    browser = signed_in(world.auditor)
    response = browser.get(f"{reverse('payments:report_export', kwargs={'report': report})}?{AUTUMN}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{report}-2026-09-01-2026-11-30.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows
    assert {row["Organisation"] for row in rows} == {world.organisation.name}
    if report == "speed":
        found = {(row["Row"], row["Figure"]): row["Value"] for row in rows if row["Table"].startswith("Claims by how")}
        assert found["0 to 20 days", "Claims"] == "1"
        assert Decimal(found["All", "Paid"]) == 2 * WHOLE


def test_there_is_no_file_of_an_unknown_report_and_no_rows_of_an_unknown_figure(world):
    browser = signed_in(world.lead)
    assert browser.get(reverse("payments:report_export", kwargs={"report": "none"})).status_code == 404
    assert browser.get(address("row_list", "report=speed&figure=none")).status_code == 404
    assert browser.get(address("row_list", "")).status_code == 404


def test_rows_are_shown_a_page_at_a_time(world):
    browser = signed_in(world.lead)
    for _ in range(25):
        world.sent()
    response = browser.get(address("row_list", f"{AUTUMN}&report=owed&figure=owed"))
    words = words_of(response)
    assert "27 claims" in words
    assert "page=2" in response.content.decode()
    second = browser.get(address("row_list", f"{AUTUMN}&report=owed&figure=owed&page=2"))
    assert "27 claims" in words_of(second)


# --- year end -------------------------------------------------------------------------------
def test_the_year_end_page_and_its_files(world, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2027, 5, 3, 9, 0, tzinfo=LONDON))
    browser = signed_in(world.finance_lead)
    page = browser.get(reverse("payments:year_end_detail"))
    words = words_of(page)
    assert "Year end: 31 March 2027" in words
    (claims, *_) = [href for shown, href in figures_in(page) if shown == f"£{2 * WHOLE + Decimal('18.70')}"]
    answer = browser.get(claims)
    unpaid = f"as things stood on 31 March 2027: 6 lines, £{2 * WHOLE + Decimal('18.70')}"
    assert unpaid in words_of(answer)
    back = f"{reverse('payments:year_end_detail')}?year=2027-03-31"
    assert back in html.unescape(answer.content.decode())
    # Two claims with a taxi and a parking ticket.
    assert f"Unpaid £{2 * WHOLE + Decimal('18.70')}: £150.00 for time" in words
    response = browser.get(f"{reverse('payments:accrual_export')}?year=2027-03-31")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert sum(Decimal(row["Amount"]) for row in rows) == 2 * WHOLE + Decimal("18.70")
    assert {row["Ledger"] for row in rows} == {"Payments for time", "Expenses"}
    assert world.person.name not in response.content.decode()
    attended_meeting(world.assignment, starts_at=AT + timedelta(days=3), by=world.lead)
    response = browser.get(f"{reverse('payments:expected_export')}?year=2027-03-31")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["Would pay"], row["In time to claim"]) for row in rows] == [("75.00", "No")]
    assert "Attended and not claimed 1 meeting" in words_of(browser.get(reverse("payments:year_end_detail")))


def test_each_figure_of_the_year_end_leads_to_exactly_the_rows_it_counts(world, monkeypatch):
    """Lines unpaid by age and code, what can be appealed, and meetings in time and late, of two codes and of none."""
    attended_meeting(world.assignment, starts_at=AT + timedelta(days=3), by=world.lead)
    attended_meeting(world.assignment, starts_at=datetime(2027, 3, 2, 9, 0, tzinfo=LONDON), by=world.lead)
    world.decide(world.sent(at=datetime(2027, 3, 20, 9, 0, tzinfo=LONDON)), "refuse")
    claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    world.line(claim, LineKind.PRINTING, amount=Decimal("4.10"), no_receipt_reason="Lost")
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    change_budget(
        assignment_id=world.assignment.pk, payer_id=world.organisation.pk, budget_code="PS-200 A",
        budget_holder_id=world.approver.pk, deputy_id=world.deputy.pk, by=world.lead, at=world.later(days=50),
    )  # fmt: skip
    world.sent(at=datetime(2027, 2, 1, 9, 0, tzinfo=LONDON))
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2027, 5, 3, 9, 0, tzinfo=LONDON))
    browser = signed_in(world.finance_lead)
    page = browser.get(reverse("payments:year_end_detail"))
    words, figures = words_of(page), figures_in(page)
    for said in ("PS100", "PS-200 A", "No budget code", "2 meetings, which would pay £150.00"):
        assert said in words
    assert len(figures) > 25
    for shown, href in figures:
        counts_again(browser, shown, href)
    left = figures_without_rows(page.content.decode().partition("<main")[2])
    assert left == []


@pytest.mark.parametrize("figure", ["unpaid-age-7", "unpaid-x-1", "late-age-31", "contested-x", "x"])
def test_the_year_end_has_no_rows_of_an_unknown_figure(world, figure):
    browser = signed_in(world.finance_lead)
    assert browser.get(address("row_list", f"{AUTUMN}&report=year_end&figure={figure}")).status_code == 404


def test_a_year_that_cannot_be_chosen_is_said_to_be_wrong(world):
    response = signed_in(world.finance_lead).get(f"{reverse('payments:year_end_detail')}?year=1999-03-31")
    assert response.status_code == 200
    assert len(errors_of(response)) == 1
