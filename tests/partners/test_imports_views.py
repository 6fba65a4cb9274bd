"""A lead brings in a list of partners, page by page."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from partners.models.imports import AwaitedPartner, PartnerImport, PartnerList
from psp_portal.accounts.models import Invitation
from tests.expenses.pages import errors_of, words_of
from tests.partners.imports_samples import AT, bring_in, csv_of, row, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staff_pass")]


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def lead(client, trust):
    client.force_login(trust.lead)
    return client


def page(name, **kwargs):
    return reverse(f"imports:{name}", kwargs=kwargs)


def of_list(name):
    return page(name, partner_list_id=PartnerList.objects.get().pk)


def send(client, *rows, name="partners.csv"):
    return client.post(page("import_create"), {"file": SimpleUploadedFile(name, csv_of(*rows))})


def columns(**changes):
    return {
        "heading_row": "1", "name": "0", "email": "1", "telephone": "2", "starts_on": "3", "term_ends_on": "4",
        "otherwise_is_paid": "yes", "otherwise_role_category": "4",
    } | changes  # fmt: skip


def test_a_list_goes_from_upload_over_columns_and_dry_run_to_invitations(lead, trust):
    assert "No list has been brought in yet." in words_of(lead.get(page("import_list")))
    assert "Bring in a list of partners" in words_of(lead.get(page("import_create")))
    response = send(lead, row("Siân O'Brien"), row("Bo", "bo@example.org", "07700 900982"))
    assert response.url == of_list("columns_edit")
    shown = lead.get(response.url)
    assert "Column D: Start, such as “1/4/2026”" in words_of(shown)
    response = lead.post(response.url, columns(otherwise_lead_id=str(trust.lead.pk)))
    assert response.url == of_list("import_confirm")
    words = words_of(lead.get(response.url))
    assert "Rows 2 Invited, and appointed when they accept 2" in words
    assert "Nothing has been written yet." in words
    assert "2 invitations go out by email" in words
    assert not Invitation.objects.exists()
    confirm = of_list("import_confirm")
    response = lead.post(confirm)
    assert response.url == page("import_list")
    assert f"partners.csv 15 September 2026 {trust.lead.name} 2 2 0 0" in words_of(lead.get(response.url))
    assert lead.post(confirm).status_code == 404
    words = words_of(lead.get(page("awaited_list")))
    assert f"Siân O'Brien ann@example.org 1 April 2026 to 31 March 2028 {trust.lead.name} Waiting for them" in words
    assert PartnerImport.objects.count() == 1


def test_a_spreadsheet_with_two_rows_of_headings_merged_cells_and_real_dates_is_read(lead, trust):
    book = Workbook()
    sheet = book.active
    sheet.append(["Contact", None, None, "Term", None])
    sheet.merge_cells("A1:C1")
    sheet.append(["First name", "Surname", "E-mail", "From", "Until"])
    sheet.append(["Pat", "Núñez", "Pat.N@example.org", AT.date(), "1st April 2028"])
    sheet.append(["Bo", "Lee", None, 46113, "31.03.28"])
    sheet.merge_cells("C3:C4")
    content = io.BytesIO()
    book.save(content)
    lead.post(page("import_create"), {"file": SimpleUploadedFile("p.xlsx", content.getvalue())})
    assert PartnerList.objects.get().heading_row == 2
    words = words_of(lead.get(of_list("import_confirm")))
    assert "1 of 2 rows has something wrong." in words
    assert ("4 Email address Enter the email address. Where cells are merged, each row needs its own.") in words
    assert "3 Pat Núñez pat.n@example.org 15 September 2026 to 1 April 2028 Invited" in words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Select your list"),
        (b"", "The file has nothing in it"),
        (b"\x00\x01", "The file must be a spreadsheet: .xlsx or .csv."),
    ],
)
def test_what_is_no_list_is_refused_beside_the_question(lead, content, words):
    data = {} if content is None else {"file": SimpleUploadedFile("x.csv", content)}
    assert errors_of(lead.post(page("import_create"), data)) == [("#id_file", words)]


def test_columns_that_are_needed_are_asked_for(lead, trust):
    send(lead, row())
    response = lead.post(
        of_list("columns_edit"), columns(email="", telephone="0", otherwise_lead_id=str(trust.lead.pk))
    )
    assert errors_of(response) == [
        ("#id_email", "Select the column for “Email address”"),
        ("#id_telephone", "This column is “Full name” already. Select another"),
    ]


def test_another_row_of_headings_guesses_anew(lead, trust):
    upload(trust, ("x", "y"), ("Name", "Email", "", "Start", "End"), row(), headings=("a", "b"))
    response = lead.post(
        of_list("columns_edit"), columns(heading_row="1", otherwise_lead_id=str(trust.lead.pk), email="")
    )
    assert response.url == of_list("columns_edit")
    assert PartnerList.objects.get().heading_row == 1


def test_without_its_columns_a_list_has_no_dry_run(lead, trust):
    upload(trust, ("Ann",), headings=("Wer",))
    assert lead.get(of_list("import_confirm")).url == of_list("columns_edit")


def test_rows_that_could_be_two_things_are_asked_about(lead, trust):
    user = trust.partner.user
    send(lead, row(user.name, user.email, end="31/3/2030", start="1/4/2025"), row(), row(start="1/5/2026"))
    response = lead.post(of_list("columns_edit"), columns(otherwise_lead_id=str(trust.lead.pk)))
    assert response.url == of_list("choices_edit")
    words = words_of(lead.get(response.url))
    assert "Row 2: Pat Example is a partner here already, and the list says something else" in words
    assert "Last day of the term: 31 March 2028 becomes 31 March 2030" in words
    assert "Rows 3 and 4 have the same email address and do not agree" in words
    assert "2 rows could be two things." in words_of(lead.get(of_list("import_confirm")))
    assert errors_of(lead.post(of_list("import_confirm")))[0][1].startswith("Some rows cannot be brought in.")
    response = lead.post(of_list("choices_edit"), {"here": "", "row:2": "update", "same:3": "4"})
    assert response.url == of_list("import_confirm")
    words = words_of(lead.get(response.url))
    assert "3 Ann Other ann@example.org 1 April 2026 to 31 March 2028 Part of another row: see row 4" in words
    assert "Change what you have chosen" in words
    lead.post(of_list("import_confirm"))
    trust.partner.refresh_from_db()
    assert trust.partner.term_ends_on.year == 2030


def test_many_questions_come_a_page_at_a_time(lead, trust):
    rows = [row(f"P{n}", f"p{n}@example.org", start=f"{day}/4/2026") for n in range(60) for day in (1, 2)]
    upload(trust, *rows)
    first = lead.post(of_list("choices_edit"), {"same:2": "3"})
    assert first.url == f"{of_list('choices_edit')}?page=2"
    assert lead.post(first.url, {}).url == of_list("import_confirm")
    assert PartnerList.objects.get().choices == {"same:2": "3"}


def test_a_choice_that_is_none_is_refused(lead, trust):
    upload(trust, row(), row(start="1/5/2026"))
    response = lead.post(of_list("choices_edit"), {"same:2": "77"})
    assert response.status_code == 200
    assert PartnerList.objects.get().choices == {}


def test_nothing_to_choose_and_nothing_to_bring_in_say_so(lead, trust):
    bring_in(trust, row())
    upload(trust, row(name="Ann Other"), row())
    assert "There is nothing to choose in this list." in words_of(lead.get(of_list("choices_edit")))
    assert "There is nothing to bring in." in words_of(lead.get(of_list("import_confirm")))
    upload(trust)
    assert "There is no row below the headings." in words_of(lead.get(of_list("import_confirm")))


def test_columns_that_are_not_brought_in_are_named(lead, trust):
    upload(trust, (*row(), "1 High Street"), headings=("Name", "Email", "Telephone", "Start", "End", "Home address"))
    assert "Columns not brought in Home address" in words_of(lead.get(of_list("import_confirm")))


def test_many_problems_are_cut(lead, trust):
    upload(trust, *(row(f"P{n}", "none") for n in range(210)))
    assert "And 10 more." in words_of(lead.get(of_list("import_confirm")))


def test_somebody_silent_is_invited_again_or_removed(lead, trust):
    bring_in(trust, row(), row("Bo", "bo@example.org"))
    ann, bo = AwaitedPartner.objects.order_by("name")
    for verb in ("invite", "remove"):
        assert ann.name in words_of(lead.get(page(f"awaited_{verb}", awaited_id=ann.pk)))
    assert lead.post(page("awaited_invite", awaited_id=ann.pk)).url == page("awaited_list")
    assert Invitation.objects.filter(email=ann.email).count() == 2
    assert lead.post(page("awaited_remove", awaited_id=bo.pk)).url == page("awaited_list")
    assert list(AwaitedPartner.objects.all()) == [ann]
    with time_machine.travel(AT + timedelta(days=20)):
        lead.force_login(trust.lead)
        assert "Used, or ran out" in words_of(lead.get(page("awaited_list")))


def test_another_organisation_s_lists_are_not_there(client, trust):
    bring_in(trust, row())
    listed = upload(trust, row("Bo", "bo@example.org"))
    client.force_login(trust.stranger.lead)
    assert "No list has been brought in yet." in words_of(client.get(page("import_list")))
    assert "Everybody has accepted." in words_of(client.get(page("awaited_list")))
    for name in ("columns_edit", "choices_edit", "import_confirm"):
        assert client.get(page(name, partner_list_id=listed.pk)).status_code == 404
    awaited = AwaitedPartner.objects.get()
    assert client.post(page("awaited_invite", awaited_id=awaited.pk)).status_code == 404
    assert b"ann@example.org" not in client.get(f"{page('awaited_list')}?export=csv").content
    assert b"partners.csv" not in client.get(f"{page('import_list')}?export=csv").content


def test_lists_are_had_as_files(lead, trust):
    bring_in(trust, row("=cmd()", "ann@example.org"))
    text = lead.get(f"{page('awaited_list')}?export=csv").content.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("'=cmd(),ann@example.org,2026-04-01,2028-03-31,Active,")
    text = lead.get(f"{page('import_list')}?export=csv").content.decode("utf-8-sig")
    assert text.splitlines()[1].endswith(f",{trust.lead.name},1,1,0,0")


@pytest.mark.parametrize("name", ["import_list", "awaited_list"])
def test_a_list_asks_as_much_for_one_row_as_for_many(lead, trust, name):
    counts = []
    for size in (1, 29):
        for number in range(size):
            bring_in(trust, row(f"P{size}-{number}", f"p{size}-{number}@example.org"))
        with CaptureQueriesContext(connection) as asked:
            lead.get(page(name))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_page_of_partners_leads_there_for_those_who_appoint(client, trust):
    client.force_login(trust.lead)
    assert page("import_list") in client.get(reverse("home:area_detail", args=["partners"])).content.decode()
    client.force_login(trust.partner.user)
    assert page("import_list") not in client.get(reverse("partners:partner_list")).content.decode()
    assert client.get(page("import_list")).status_code == 403
