"""The pages about copies of records."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone

from psp_portal.subject_access import services
from psp_portal.subject_access.models import SubjectRequest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return factories.make_organisation("Hillside NHS Trust")


@pytest.fixture
def lead(trust):
    return factories.make_lead(trust)


@pytest.fixture
def partner(trust, lead):
    return factories.make_partner(trust, lead=lead).user


def record(trust, lead, person):
    return services.record_request(
        organisation_id=trust.pk, person_id=person.pk, email="", name="", received_on=timezone.localdate(), by=lead,
        at=timezone.now(),
    )  # fmt: skip


def day(value):
    return {"received_on_0": value.day, "received_on_1": value.month, "received_on_2": value.year}


def test_person_asks_and_has_the_file(client, partner):
    client.force_login(partner)
    page = client.post(reverse("subject_access:file_ask"), follow=True)
    assert "Your copy is ready" in page.content.decode()
    request = SubjectRequest.objects.get()
    assert "Ask for a copy" not in page.content.decode()
    answer = client.post(reverse("subject_access:file_download", args=[request.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="records-{request.reference}.zip"'
    assert answer["Cache-Control"] == "private, no-store"
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "index.html" in archive.namelist()


def test_file_is_not_had_by_a_link(client, partner):
    request = services.ask_for_own(by=partner, at=timezone.now())
    client.force_login(partner)
    assert client.get(reverse("subject_access:file_download", args=[request.pk])).status_code == 405


def test_file_that_is_not_ready_says_so(client, trust, lead, partner):
    request = record(trust, lead, partner)
    client.force_login(lead)
    page = client.post(reverse("subject_access:file_download", args=[request.pk]), follow=True)
    assert "The file is not ready" in page.content.decode()


def test_lead_records_confirms_extends_and_collects(client, trust, lead, partner):
    client.force_login(lead)
    today = timezone.localdate()
    page = client.post(
        reverse("subject_access:request_record"), {"person_id": partner.pk, "email": "", "name": "", **day(today)},
        follow=True,
    )  # fmt: skip
    request = SubjectRequest.objects.get()
    assert "days left" in page.content.decode()
    for name, data in (("identity_confirm", {"how": "Passport seen"}), ("request_extend", {"reason": "Very many"})):
        page = client.post(reverse(f"subject_access:{name}", args=[request.pk]), data, follow=True)
        assert page.redirect_chain[-1][0] == reverse("subject_access:request_detail", args=[request.pk])
    assert "Download the file" in page.content.decode()
    answer = client.post(reverse("subject_access:file_download", args=[request.pk]))
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    listed = client.get(reverse("subject_access:request_list"), {"which": "all"}).content.decode()
    assert partner.name in listed
    assert "File collected" in listed
    assert partner.name not in client.get(reverse("subject_access:request_list")).content.decode()


def test_lead_closes_a_request(client, trust, lead, partner):
    request = record(trust, lead, partner)
    client.force_login(lead)
    page = client.post(
        reverse("subject_access:request_close", args=[request.pk]), {"reason": "Taken back"}, follow=True
    )
    assert "Closed without a file" in page.content.decode()
    client.force_login(partner)
    page = client.get(reverse("subject_access:request_detail", args=[request.pk])).content.decode()
    assert "Taken back" in page
    assert "What you can do" not in page


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"received_on_0": "32"}, "must"),
        (day(timezone.localdate() + timedelta(days=1)), "today or in the past"),
        ({"email": "no address"}, "correct format"),
        ({"email": "unheard@example.org", "name": "Somebody"}, "Nothing is held here"),
        ({}, "Select a person, or enter an email address"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_written(client, lead, changed, message):
    client.force_login(lead)
    data = {"person_id": "", "email": "", "name": "Kept words", **day(timezone.localdate())} | changed
    page = client.post(reverse("subject_access:request_record"), data)
    assert page.status_code == 200
    assert message in page.content.decode()
    assert data["name"] in page.content.decode()
    assert not SubjectRequest.objects.exists()


@pytest.mark.parametrize(
    ("name", "data"), [("identity_confirm", {"how": ""}), ("request_extend", {"reason": " "}), ("request_close", {})]
)
def test_forms_without_words_stay(client, trust, lead, partner, name, data):
    request = record(trust, lead, partner)
    client.force_login(lead)
    page = client.post(reverse(f"subject_access:{name}", args=[request.pk]), data)
    assert page.status_code == 200
    assert "Enter" in page.content.decode()


def test_list_and_export_hold_one_organisations_requests(client, trust, lead, partner):
    record(trust, lead, partner)
    elsewhere = factories.make_organisation("Thornbeck Trust")
    other_lead = factories.make_lead(elsewhere)
    stranger = factories.make_partner(elsewhere, lead=other_lead, user=factories.make_user("Zebedee Quirk")).user
    record(elsewhere, other_lead, stranger)
    client.force_login(lead)
    listed = client.get(reverse("subject_access:request_list")).content.decode()
    assert partner.name in listed
    assert "Zebedee" not in listed
    exported = client.get(reverse("subject_access:request_list"), {"export": "csv"}).content.decode("utf-8-sig")
    assert partner.name in exported
    assert "Zebedee" not in exported
    theirs = SubjectRequest.objects.get(person=stranger)
    assert client.get(reverse("subject_access:request_detail", args=[theirs.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_take_the_same_queries_however_long(client, trust, lead, rows, django_assert_num_queries):
    for _ in range(rows):
        record(trust, lead, factories.make_partner(trust, lead=lead).user)
    client.force_login(lead)
    client.get(reverse("subject_access:request_list"))
    with django_assert_num_queries(6):
        client.get(reverse("subject_access:request_list"))
    request = SubjectRequest.objects.first()
    with django_assert_num_queries(6):
        client.get(reverse("subject_access:request_detail", args=[request.pk]))


@pytest.mark.parametrize("rows", [1, 30])
def test_own_page_takes_the_same_queries_however_long(client, partner, rows, django_assert_num_queries):
    for back in range(rows):
        services.ask_for_own(by=partner, at=timezone.now() - timedelta(days=60 * (rows - back)))
    client.force_login(partner)
    client.get(reverse("subject_access:file_ask"))
    with django_assert_num_queries(6):
        client.get(reverse("subject_access:file_ask"))
