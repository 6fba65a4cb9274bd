"""Tax years and letters: by the day of payment, organisation by organisation; theirs alone, and nothing kept."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pypdfium2
import pytest
import time_machine
from django.db import connection

from expenses import queries, services
from expenses.enums import LineAction, LineKind, Preference, Vehicle
from expenses.policies.statements import Period
from psp_portal import pdf
from tests.expenses.pages import errors_of, page, signed_in, words_of
from tests.expenses.test_money import also_at
from tests.expenses.world import World, make_world

YEAR = Period(date(2026, 4, 6), date(2027, 4, 5))


def declined(world: World) -> None:
    claim = world.draft()
    services.set_preference(
        claim_id=claim.pk, preference=Preference.DECLINED, reduced_to=None, by=world.person, at=world.at
    )
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    world.decide(claim, LineAction.APPROVE)


def reduced(world: World, pounds: str) -> None:
    claim = world.draft()
    services.set_preference(
        claim_id=claim.pk, preference=Preference.REDUCED, reduced_to=Decimal(pounds), by=world.person, at=world.at
    )
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    world.decide(claim, LineAction.APPROVE)
    services.record_payment(run_id=world.released().pk, run_line_ids=None, by=world.finance_lead, at=world.at)


def test_what_was_paid_and_declined_in_a_year(world):
    world.paid()
    declined(world)
    reduced(world, "40.00")
    make_world().paid()
    (found,) = queries.statements_of(world.person, YEAR)
    assert (found.payer, found.time, found.expenses, found.declined) == (
        world.organisation.name, Decimal("115.00"), Decimal("40.59"), Decimal("110.00"),
    )  # fmt: skip
    assert (found.miles, found.mileage, found.above_hmrc) == (Decimal("73.8"), Decimal("40.59"), Decimal("0.00"))


def test_the_day_of_payment_decides_the_year(world):
    world.approved()
    run = world.released()
    services.record_payment(
        run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.at.replace(year=2027, month=4, day=5, hour=23)
    )
    assert [each.paid for each in queries.statements_of(world.person, YEAR)] == [Decimal("88.53")]
    assert queries.statements_of(world.person, Period(date(2027, 4, 6), date(2028, 4, 5))) == []
    assert queries.statements_of(world.person, Period(date(2026, 4, 6), date(2027, 4, 4))) == []
    assert queries.first_payment_on(world.person) == date(2027, 4, 5)


def test_somebody_who_only_declined_has_a_first_year_too(world):
    assert queries.first_payment_on(world.person) is None
    declined(world)
    services.record_payment(
        run_id=world.released().pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=3)
    )
    assert queries.first_payment_on(world.person) == world.today


def test_mileage_above_hmrc_s_amount_is_what_the_claim_says_it_is(world):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_metadata', '{\"actor\": \"tests\"}', true)")
        cursor.execute(
            "UPDATE expenses_mileageband SET rate = 0.65 FROM expenses_mileagerate AS rate "
            "WHERE rate.id = mileage_rate_id AND rate.vehicle = 'car' AND rate.valid_to IS NULL AND up_to IS NOT NULL"
        )
    claim = world.draft()
    world.line(claim, LineKind.MILEAGE, vehicle=Vehicle.CAR, miles=Decimal("30.0"), from_place="A", to_place="B")
    claim = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    world.decide(claim, LineAction.APPROVE)
    services.record_payment(run_id=world.released().pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    (found,) = queries.statements_of(world.person, YEAR)
    # 24.6 and 30 miles at 10p above 55p.
    assert found.above_hmrc == claim.above_hmrc_mileage == Decimal("5.46")


def test_each_day_and_payer_is_a_line_of_the_letter(world):
    world.paid()
    other = also_at(make_world(), world)
    other.at = world.later(days=1)
    other.paid()
    days = queries.days_paid(world.person, YEAR)
    assert [(day.on, day.payer, day.time, day.expenses) for day in days] == [
        (world.today, world.organisation.name, Decimal("75.00"), Decimal("13.53")),
        (world.today + timedelta(days=1), other.organisation.name, Decimal("75.00"), Decimal("13.53")),
    ]


# --- pages ------------------------------------------------------------------------------------
@pytest.fixture
def now(world):
    """Stop the clock five days after the payments."""
    with time_machine.travel(world.later(days=5), tick=False):
        yield


def text_of(content: bytes) -> str:
    return " ".join("".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)).split())


def test_the_tax_year_page_shows_the_year_and_links_to_both_files(world, now):
    world.paid()
    declined(world)
    make_world().paid()
    client = signed_in(world.person)
    response = client.get(page("tax_year_detail", year=2026))
    words = words_of(response)
    assert "6 April 2026 to 5 April 2027" in words
    assert f"{world.organisation.name} Payments for your time £75.00 Mileage £13.53 for 24.6 miles." in words
    assert "Above HMRC’s approved amount: £0.00" in words
    assert "All that was paid £88.53" in words
    assert "declined £75.00, not paid to you" in words
    assert "All organisations" not in words
    assert client.get(page("tax_year_detail", year=2025)).status_code == 404
    assert client.get(page("tax_year_detail", year=2027)).status_code == 404
    assert page("tax_year_export", year=2026) in response.content.decode()


def test_an_empty_year_says_so_and_others_see_only_their_own(world, now):
    world.paid()
    for somebody in (world.lead, world.finance_lead, make_world().person):
        words = words_of(signed_in(somebody).get(page("tax_year_detail", year=2026)))
        assert "Nothing was paid to you in this tax year." in words


def test_earlier_years_are_a_click_away(world):
    world.paid()
    with time_machine.travel(world.later(days=300), tick=False):
        response = signed_in(world.person).get(page("tax_year_detail", year=2027))
    assert "Nothing was paid to you in this tax year. " in words_of(response)
    assert "Other tax years 2026 to 2027" in words_of(response)
    assert page("tax_year_detail", year=2026) in response.content.decode()


def test_the_table_for_a_spreadsheet_is_the_page_s(world, now):
    world.paid()
    declined(world)
    response = signed_in(world.person).get(page("tax_year_export", year=2026))
    assert response["Content-Disposition"] == 'attachment; filename="tax-year-2026.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows == [
        ["organisation", "what", "pounds", "miles", "above HMRC's amount"],
        [world.organisation.name, "Payments for time", "75.00", "", ""],
        [world.organisation.name, "Mileage", "13.53", "24.6", "0.00"],
        [world.organisation.name, "Payments for time that were declined", "75.00", "", ""],
    ]


def test_the_pdf_of_a_tax_year_says_the_same(world, now):
    world.paid()
    declined(world)
    response = signed_in(world.person).get(page("tax_year_download", year=2026))
    assert response["Content-Type"] == "application/pdf"
    text = text_of(response.content)
    for words in (world.person.name, world.organisation.name, "£88.53", "Mileage, 24.6 miles", "£75.00 were declined"):
        assert words in text


def letter(world: World) -> str:
    return f"?first=2026-09-01&last={world.today.isoformat()}"


def test_the_letter_says_what_was_taken_and_what_was_declined(world, now):
    world.paid()
    declined(world)
    make_world().paid()
    client = signed_in(world.person)
    made = client.post(
        page("letter_create"),
        {"first_0": "1", "first_1": "9", "first_2": "2026", "last_0": "15", "last_1": "9", "last_2": "2026"},
    )
    assert made.url == page("letter_detail") + letter(world)
    words = words_of(client.get(made.url))
    assert f"Payments to {world.person.name}" in words
    assert f"{world.organisation.name} £75.00 £75.00 £13.53" in words
    assert f"15 September 2026 {world.organisation.name} £75.00 £13.53" in words
    assert "It was not paid to anybody." in words
    assert "Take independent advice" in words
    text = text_of(client.get(page("letter_download") + letter(world)).content)
    for said in (
        world.person.name,
        world.organisation.name,
        "15 September 2026",
        "£13.53",
        "It was not paid to anybody",
    ):
        assert said in text


def test_a_letter_is_about_whoever_asks_and_nobody_else(world, now):
    world.paid()
    for somebody in (world.lead, world.finance_lead, world.auditor):
        words = words_of(signed_in(somebody).get(page("letter_detail") + letter(world)))
        assert f"Payments to {somebody.name}" in words
        assert world.person.name not in words
        assert "£88.53" not in words


@pytest.mark.parametrize(
    "query", ["", "?first=2026-09-01", "?first=x&last=2026-09-15", "?first=2026-09-15&last=2026-09-01",
              "?first=2026-09-01&last=2030-01-01"],
)  # fmt: skip
def test_an_address_without_sound_days_asks_for_them(world, now, query):
    client = signed_in(world.person)
    for name in ("letter_detail", "letter_download"):
        assert client.get(page(name) + query).url == page("letter_create")


def test_the_days_of_a_letter_are_in_order_and_not_to_come(world, now):
    client = signed_in(world.person)
    typed = {"first_0": "2", "first_1": "9", "first_2": "2026", "last_0": "1", "last_1": "9", "last_2": "2026"}
    response = client.post(page("letter_create"), typed)
    assert [words for _, words in errors_of(response)] == ["Last day must be on or after the first day"]
    assert 'value="2"' in response.content.decode()
    late = client.post(page("letter_create"), {**typed, "last_2": "2027"})
    assert [words for _, words in errors_of(late)] == ["Last day must be on or before 20 September 2026"]
    missing = client.post(page("letter_create"), {})
    assert [words for _, words in errors_of(missing)] == ["Enter the first day", "Enter the last day"]


def test_where_no_pdf_can_be_made_the_page_is_there_to_print(world, now, monkeypatch):
    def broken(*args, **kwargs):
        raise pdf.PdfUnavailableError

    monkeypatch.setattr(pdf, "render_pdf", broken)
    client = signed_in(world.person)
    response = client.get(page("tax_year_download", year=2026), follow=True)
    assert "A PDF cannot be made now. Print this page instead." in words_of(response)
    response = client.get(page("letter_download") + letter(world), follow=True)
    assert "A PDF cannot be made now. Print this page instead." in words_of(response)


def test_the_pages_cost_the_same_for_many_payments_as_for_one(world, now, django_assert_num_queries):
    world.paid()
    client = signed_in(world.person)
    addresses = [page("tax_year_detail", year=2026), page("letter_detail") + letter(world)]
    counts = []
    for address in addresses:
        client.get(address)
        with django_assert_num_queries(9 if "letter" in address else 10) as few:
            client.get(address)
        counts.append(len(few))
    for _ in range(10):
        world.approved()
    services.record_payment(run_id=world.released().pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    for address, count in zip(addresses, counts, strict=True):
        with django_assert_num_queries(count):
            client.get(address)
