"""Finance brings in a list of earlier claims, page by page."""

import io

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from expenses.forms.backlog import BacklogConfirmForm
from expenses.models import BacklogDraft, BacklogImport, Claim
from tests.expenses.pages import errors_of, page, signed_in, words_of
from tests.expenses.world import make_world

HEADINGS = "Email,Date,Date claimed,Kind,Amount,Colour"


@pytest.fixture(autouse=True)
def now(world):
    with time_machine.travel(world.at, tick=False):
        yield


@pytest.fixture
def client(world):
    return signed_in(world.finance_lead)


def file_of(*rows, headings=HEADINGS, name="unpaid.csv"):
    return SimpleUploadedFile(name, "\n".join([headings, *rows]).encode())


def row(world, on="1/6/2026", claimed="8/6/2026", kind="Train", amount="9.50"):
    return f"{world.person.email},{on},{claimed},{kind},{amount},red"


def upload(client, *rows, **options):
    return client.post(page("backlog_create"), {"file": file_of(*rows, **options)})


def list_page(name):
    return page(name, list_id=BacklogDraft.objects.get().pk)


def chosen(**changes):
    return {"heading_row": "1", "email": "0", "date": "1", "claimed_on": "2", "kind": "3", "amount": "4"} | changes


def test_a_list_goes_from_upload_over_columns_and_dry_run_into_claims(world, client):
    assert "No list has been brought in yet." in words_of(client.get(page("backlog_list")))
    assert "Bring in a list of earlier claims" in words_of(client.get(page("backlog_create")))
    response = upload(client, row(world), row(world, kind="Parking", amount="4.20"))
    assert response.url == list_page("backlog_columns_edit")
    columns = client.get(response.url)
    text = columns.content.decode()
    assert "Which column is what?" in words_of(columns)
    assert "Column C: Date claimed, such as “8/6/2026”" in words_of(columns)
    for name, place in chosen().items():
        if name != "heading_row":
            select = text.partition(f'name="{name}"')[2].partition("</select>")[0]
            assert f'value="{place}" selected' in select
    response = client.post(response.url, chosen())
    assert response.url == list_page("backlog_confirm")
    words = words_of(client.get(response.url))
    assert "Claims 1, from 2 rows" in words
    assert "Total £13.70" in words
    assert "Late already 1 goes straight to the step that its age has earned" in words
    assert (
        f"2 {world.person.name} Train 1 June 2026 8 June 2026 £9.50 Claim 1 of 1 Step 5: Board report "
        f"3 {world.person.name} Parking 1 June 2026 8 June 2026 £4.20 Claim 1 of 1 Step 5: Board report"
    ) in words
    assert not Claim.objects.exists()
    confirm = list_page("backlog_confirm")
    response = client.post(confirm)
    assert response.url == page("backlog_list")
    assert f"unpaid.csv 15 September 2026 {world.finance_lead.name} 2 1 £13.70" in words_of(client.get(response.url))
    assert Claim.objects.count() == 1
    assert client.post(confirm).status_code == 404
    assert Claim.objects.count() == 1


def test_the_claim_shows_where_it_came_from_and_how_old_it_is(world, client):
    upload(client, row(world, kind="Mileage"), row(world, kind="Involvement payment"))
    client.post(list_page("backlog_confirm"))
    claim = Claim.objects.get()
    for person in (world.person, world.approver):
        words = words_of(signed_in(person).get(page("claim_detail", claim_id=claim.pk)))
        assert "Mileage: £9.50" in words
        assert "Involvement payment: £9.50" in words
        assert "Brought in from the organisation's list" in words
        assert "First claimed on 8 June 2026" in words
    words = words_of(signed_in(world.approver).get(page("claim_decide", claim_id=claim.pk)))
    assert "Mileage: £9.50" in words
    words = words_of(signed_in(world.person).get(page("claim_ladder", claim_id=claim.pk)))
    assert words.count("No reply was asked for: the claim was as old as this") == 4
    assert "Take it back" not in words_of(signed_in(world.person).get(page("claim_detail", claim_id=claim.pk)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Select your list"),
        (b"", "The file has nothing in it"),
        (b"\x00\x01", "The file must be a spreadsheet: .xlsx or .csv."),
    ],
)
def test_what_is_no_list_is_refused_beside_the_question(client, content, words):
    data = {} if content is None else {"file": SimpleUploadedFile("x.csv", content)}
    assert errors_of(client.post(page("backlog_create"), data)) == [("#id_file", words)]


def test_columns_that_are_needed_are_asked_for_and_the_choices_are_kept(world, client):
    upload(client, row(world))
    response = client.post(list_page("backlog_columns_edit"), chosen(amount="", kind="1"))
    assert errors_of(response) == [
        ("#id_kind", "This column is “Day of the meeting or journey” already. Select another"),
        ("#id_amount", "Select the column for “Amount”"),
    ]
    select = response.content.decode().partition('name="claimed_on"')[2].partition("</select>")[0]
    assert 'value="2" selected' in select
    response = client.post(list_page("backlog_columns_edit"), chosen(heading_row="x"))
    assert errors_of(response) == [("#id_heading_row", "The row must be a number, like 1")]
    response = client.post(list_page("backlog_columns_edit"), chosen(heading_row="9"))
    assert errors_of(response) == [("#id_heading_row", "The row must be between 1 and 2")]


def test_another_row_of_headings_asks_for_the_columns_again(world, client):
    upload(client, HEADINGS, row(world), headings="Name,Date,Amount,Kind,Note,Committee,Ref")
    response = client.post(list_page("backlog_columns_edit"), {"heading_row": "2"})
    assert response.url == list_page("backlog_columns_edit")
    assert "Column F: Colour, such as “red”" in words_of(client.get(response.url))


def test_a_list_whose_columns_are_not_known_leads_to_that_question(world, client):
    upload(client, "x,y", headings="Foo,Bar")
    assert client.get(list_page("backlog_confirm")).url == list_page("backlog_columns_edit")


def test_the_dry_run_names_every_wrong_cell_and_brings_in_nothing(world, client):
    upload(
        client, row(world), row(world, on="31/2/2026", amount="0"), f"nobody@example.org,{row(world).partition(',')[2]}"
    )
    response = client.get(list_page("backlog_confirm"))
    words = words_of(response)
    assert "This list cannot be brought in yet" in words
    assert "2 of 3 rows have something wrong." in words
    assert "3 Day of the meeting or journey There is no such day. Write the day first, like 31/12/2025." in words
    assert "3 Amount The amount must be at least 1p." in words
    assert "4 Partner's email address No partner of this organisation has this name or address." in words
    assert "Bring these claims in" not in words
    response = client.post(list_page("backlog_confirm"))
    assert errors_of(response) == [
        ("", "Some rows cannot be brought in. Put them right in your list, then upload it again.")
    ]
    assert not BacklogImport.objects.exists()


def test_a_list_without_rows_says_so(client):
    upload(client)
    assert "There is no row below the headings." in words_of(client.get(list_page("backlog_confirm")))


def test_a_long_list_is_shown_a_hundred_rows_at_a_time_and_at_most_so_many_problems(world, client):
    upload(client, *[row(world, amount="0") for _ in range(201)])
    words = words_of(client.get(list_page("backlog_confirm")))
    assert "201 of 201 rows have something wrong." in words
    assert "And 1 more." in words
    assert f"101 {world.person.name}" in words
    assert f"102 {world.person.name}" not in words
    assert f"202 {world.person.name}" in words_of(client.get(list_page("backlog_confirm"), {"page": 3}))


def test_only_whoever_uploaded_a_list_sees_it_while_in_finance(world, client):
    upload(client, row(world))
    for person in (world.finance_other, world.lead, make_world().finance_lead):
        for name in ("backlog_columns_edit", "backlog_confirm"):
            assert signed_in(person).get(list_page(name)).status_code == 404
    for person in (world.lead, world.approver, world.auditor, world.person):
        for name in ("backlog_list", "backlog_create"):
            assert signed_in(person).get(page(name)).status_code == 403


def test_lists_of_other_organisations_are_not_shown(world, client):
    upload(client, row(world))
    client.post(list_page("backlog_confirm"))
    assert "No list has been brought in yet." in words_of(
        signed_in(make_world().finance_lead).get(page("backlog_list"))
    )


@pytest.mark.parametrize("rows", [1, 30])
def test_the_dry_run_s_page_takes_the_same_queries_for_one_row_and_many(world, client, rows, django_assert_num_queries):
    upload(client, *[row(world, amount=str(number + 1)) for number in range(rows)])
    address = list_page("backlog_confirm")
    client.get(address)
    with django_assert_num_queries(10):
        client.get(address)


def test_a_wide_sheet_names_its_columns_as_a_spreadsheet_does(world, client):
    file = io.BytesIO((HEADINGS + "," * 20 + ",Last\n" + row(world) + "\n").encode())
    client.post(page("backlog_create"), {"file": SimpleUploadedFile("wide.csv", file.getvalue())})
    words = words_of(client.get(list_page("backlog_columns_edit")))
    assert "Column Z: no heading" in words
    assert "Column AA: Last" in words


def test_rows_that_came_in_before_come_in_with_a_tick(world, client):
    upload(client, row(world))
    client.post(list_page("backlog_columns_edit"), chosen())
    client.post(list_page("backlog_confirm"))
    upload(client, row(world, claimed="9/6/2026"))
    client.post(list_page("backlog_columns_edit"), chosen())
    confirm = list_page("backlog_confirm")
    words = words_of(client.get(confirm))
    assert "1 row says the same as something that came in before. I have checked that it is owed as well" in words
    assert f"This has been brought in before, as part of claim {Claim.objects.get().reference}." in words
    assert errors_of(client.post(confirm)) == [
        (
            "#id_is_confirmed",
            "Select the box if these rows are owed as well as what came in before, or take them out of your list",
        )
    ]
    assert client.post(confirm, {"is_confirmed": "on"}).url == page("backlog_list")
    assert Claim.objects.count() == 2


def test_how_many_rows_came_in_before_is_said():
    assert BacklogConfirmForm(known=2).fields["is_confirmed"].label.startswith("2 rows say the same")
    assert not BacklogConfirmForm(known=0).fields
