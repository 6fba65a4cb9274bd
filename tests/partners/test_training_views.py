import io
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from partners.enums.training import RequestStatus
from partners.models.training import Course, DevelopmentRequest, TrainingRecord, TrainingSettings
from psp_portal.accounts.enums import Role
from tests import factories
from tests.partners.test_views import date_boxes, text_of
from tests.partners.training_samples import NOW, TODAY, decide, make_course, make_request, make_training

pytestmark = pytest.mark.usefixtures("staff_pass", "now")


@pytest.fixture
def now():
    """Stop the clock at the samples' moment."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def course(trust) -> Course:
    return make_course(trust.organisation, trust.lead)


@pytest.fixture
def elsewhere(trust) -> Course:
    """Return a course of another organisation that its partner has done, with a request of theirs."""
    course = make_course(trust.stranger.organisation, trust.stranger.lead, "Foreign course")
    make_training(trust.stranger, course, TODAY - timedelta(days=3 * 365 - 5))
    make_request(trust.stranger, "Foreign wish")
    return course


def page(name: str, *keys) -> str:
    return reverse(f"training:{name}", args=keys)


def exported(client, address: str) -> list[str]:
    """Return the lines of a list's CSV, its heading first."""
    return client.get(address, {"export": "csv"}).content.decode("utf-8-sig").strip().splitlines()


# --- the catalogue --------------------------------------------------------------------------
def course_data(**change):
    return {
        "title": "Essentials", "level": "1", "provider": "e-learning", "minutes": "30", "renewal_months": "36",
        "required_of": ["4"], "is_published": "no",
    } | change  # fmt: skip


def test_a_lead_adds_a_course_and_changes_and_closes_it(client, trust):
    client.force_login(trust.lead)
    assert "There are no courses yet." in text_of(client.get(page("course_list")))
    assert client.post(page("course_create"), course_data()).url == page("course_list")
    course = Course.objects.get()
    assert (course.title, course.level, course.required_of, course.is_published) == ("Essentials", 1, [4], False)
    edit = client.get(page("course_edit", course.pk)).content.decode()
    assert 'value="Essentials"' in edit
    changed = course_data(level="", renewal_months="", required_of=[], is_published="yes")
    assert client.post(page("course_edit", course.pk), changed).url == page("course_list")
    course.refresh_from_db()
    assert (course.level, course.renewal_months, course.required_of, course.is_published) == (None, None, [], True)
    assert client.post(page("course_close", course.pk)).url == page("course_list")
    words = text_of(client.get(page("course_list")))
    assert "Closed on 31 March 2026" in words
    assert page("course_edit", course.pk) not in words


def test_what_is_wrong_stands_beside_its_field(client, trust, course):
    client.force_login(trust.lead)
    answer = client.post(page("course_create"), course_data(title="essentials"))
    assert answer.context["form"].errors == {"title": ["There is a course with this name already"]}
    assert 'value="essentials"' in answer.content.decode()
    answer = client.post(page("course_create"), course_data(title="", minutes="0", renewal_months="x", is_published=""))
    assert answer.context["form"].errors == {
        "title": ["Enter the name of the course"],
        "minutes": ["Minutes must be from 1 to 1,440"],
        "renewal_months": ["Months must be a whole number, like 30"],
        "is_published": ["Select yes if it is to be shown to partners of other trusts"],
    }


def test_the_list_of_courses_and_its_files_are_the_organisation_s_own(client, trust, course, elsewhere):
    client.force_login(trust.lead)
    assert "Foreign course" not in text_of(client.get(page("course_list")))
    heading, *rows = exported(client, page("course_list"))
    assert heading.startswith("Course,Level,Provider,Minutes")
    assert rows == ['Essentials,Level 1: essentials,e-learning,30,36,"4: senior, decision-making role",No,']
    book = openpyxl.load_workbook(io.BytesIO(client.get(page("course_list"), {"export": "xlsx"}).content))
    assert book.active.max_row == 2


def test_the_organisation_s_own_times(client, trust):
    client.force_login(trust.lead)
    words = text_of(client.get(page("settings_edit")))
    assert "Your trust must confirm them." in words
    data = {"first_due_days": "30", "answer_working_days": "5"}
    assert client.post(page("settings_edit"), data).url == page("course_list")
    assert TrainingSettings.objects.get().first_due_days == 30
    wrong = client.post(page("settings_edit"), {"first_due_days": "", "answer_working_days": "0"})
    assert wrong.context["form"].errors == {
        "first_due_days": ["Enter the days"],
        "answer_working_days": ["Working days must be from 1 to 60"],
    }


# --- sessions -----------------------------------------------------------------------------
def test_a_session_is_recorded_by_ticking_who_was_there(client, trust, course):
    other = factories.make_partner(trust.organisation, user=factories.make_user("Ada Example"), lead=trust.lead)
    make_training(other, course)
    client.force_login(trust.lead)
    form = client.get(page("session_record"), {"course": course.pk})
    assert [name for _id, name in form.context["form"].fields["partner_ids"].choices] == ["Ada Example", "Pat Example"]
    data = {
        "course_id": str(course.pk), **date_boxes("done_on", TODAY), "reference": "C-1",
        "partner_ids": [str(trust.partner.pk), str(other.pk)],
    }  # fmt: skip
    answer = client.post(page("session_record"), data, follow=True)
    words = text_of(answer)
    assert "Recorded for 1 partner" in words
    assert "Left out, because it was recorded for that day already: Ada Example" in words
    record = TrainingRecord.objects.get(partner=trust.partner)
    assert (record.minutes, record.reference) == (30, "C-1")
    only = data | date_boxes("done_on", TODAY - timedelta(days=1)) | {"minutes": "20", "partner_ids": [str(other.pk)]}
    words = text_of(client.post(page("session_record"), only, follow=True))
    assert "Left out" not in words
    assert TrainingRecord.objects.get(minutes=20).partner == other


def test_a_session_says_what_is_missing_and_knows_nobody_elsewhere(client, trust, course, elsewhere):
    client.force_login(trust.lead)
    assert "Foreign" not in text_of(client.get(page("session_record")))
    assert client.post(page("session_record"), {}).context["form"].errors == {
        "course_id": ["Select the course"], "done_on": ["Enter the day"], "partner_ids": ["Select who was there"],
    }  # fmt: skip
    tomorrow = {
        "course_id": str(course.pk), **date_boxes("done_on", TODAY + timedelta(days=1)),
        "partner_ids": [str(trust.partner.pk)],
    }  # fmt: skip
    errors = client.post(page("session_record"), tomorrow).context["form"].errors
    assert errors == {"done_on": ["Day must be on or before 31 March 2026"]}
    foreign = tomorrow | date_boxes("done_on", TODAY) | {"partner_ids": [str(trust.stranger.pk)]}
    assert list(client.post(page("session_record"), foreign).context["form"].errors) == ["partner_ids"]
    assert TrainingRecord.objects.exclude(course=elsewhere).count() == 0


# --- who needs what -------------------------------------------------------------------------
def test_the_lead_sees_who_lacks_or_soon_loses_what(client, trust, course, elsewhere):
    client.force_login(trust.lead)
    other = factories.make_partner(trust.organisation, user=factories.make_user("Ada Example"), lead=trust.lead)
    make_training(other, course, TODAY - timedelta(days=3 * 365 - 5))
    rows = client.get(page("need_list")).context["rows"]
    assert [(row.partner.user.name, row.state.value) for row in rows] == [
        ("Pat Example", "due"),
        ("Ada Example", "ending"),
    ]
    filtered = client.get(page("need_list"), {"state": "ending", "course": str(course.pk)})
    assert [row.partner.user.name for row in filtered.context["rows"]] == ["Ada Example"]
    none = client.get(page("need_list"), {"state": "done"})
    assert "Nobody is in this list." in text_of(none)
    # What is no filter is passed over.
    assert len(client.get(page("need_list"), {"state": "done?", "course": "x"}).context["rows"]) == 2
    _heading, *lines = exported(client, page("need_list") + "?state=due")
    assert len(lines) == 2
    csv = client.get(page("need_list"), {"state": "due", "export": "csv"}).content.decode()
    assert "Pat Example,Essentials,Due,30/06/2025,,," + trust.lead.name in csv.replace("2025-06-30", "30/06/2025")
    assert "Foreign" not in csv


def test_nobody_lacking_anything_is_said(client, trust, course):
    make_training(trust.partner, course)
    client.force_login(trust.lead)
    assert "Nobody lacks any training" in text_of(client.get(page("need_list")))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_lists_take_the_same_queries_for_any_number(client, trust, course, django_assert_num_queries, rows):
    for _ in range(rows - 1):
        factories.make_partner(trust.organisation, lead=trust.lead)
    for _ in range(rows):
        make_request(trust.partner)
    for number in range(rows - 1):
        make_course(trust.organisation, trust.lead, f"Course {number}", required_of=[])
    make_training(trust.partner, course)
    client.force_login(trust.lead)
    for name, count in (("need_list", 10), ("request_list", 7), ("course_list", 7)):
        client.get(page(name), {"state": "done"} if name == "need_list" else {})
        with django_assert_num_queries(count, info=name):
            client.get(page(name), {"state": "due"} if name == "need_list" else {})
    for user in (trust.lead, trust.partner.user):
        client.force_login(user)
        client.get(page("training_detail", trust.partner.pk))
        with django_assert_num_queries(11):
            client.get(page("training_detail", trust.partner.pk))


# --- one partner's page ---------------------------------------------------------------------
def test_partners_see_their_training_with_dates_and_may_claim_for_its_time(client, trust, course, elsewhere):
    client.force_login(trust.partner.user)
    assert "Do it by 30 June 2025" in text_of(client.get(page("training_detail", trust.partner.pk)))
    record = make_training(trust.partner, course)
    words = text_of(client.get(page("training_detail", trust.partner.pk)))
    assert "Done on 31 March 2026. It counts until 31 March 2029" in words
    assert reverse("expenses:training_claim_create", args=[record.pk]) in words
    assert page("training_remove", record.pk) not in words
    client.force_login(trust.lead)
    words = text_of(client.get(page("training_detail", trust.partner.pk)))
    assert page("training_remove", record.pk) in words
    assert reverse("expenses:training_claim_create", args=[record.pk]) not in words
    assert page("request_kind_choose", trust.partner.pk) not in words
    assert client.get(page("training_detail", trust.stranger.pk)).status_code == 404
    assert client.post(page("training_remove", record.pk)).url == page("training_detail", trust.partner.pk)
    assert TrainingRecord.objects.filter(course=course).count() == 0


def test_expired_training_says_since_when(client, trust):
    course = make_course(trust.organisation, trust.lead, renewal_months=12)
    make_training(trust.partner, course, TODAY - timedelta(days=366))
    client.force_login(trust.partner.user)
    assert "It ran out on 30 March 2026" in text_of(client.get(page("training_detail", trust.partner.pk)))


# --- requests -------------------------------------------------------------------------------
def test_a_partner_asks_on_two_pages_and_sees_who_has_it_and_how_long(client, trust):
    client.force_login(trust.partner.user)
    choose = page("request_kind_choose", trust.partner.pk)
    assert client.post(choose, {}).context["form"].errors == {"kind": ["Select what you would like"]}
    create = client.post(choose, {"kind": "course"}).url
    assert create == page("request_create", trust.partner.pk, "course")
    wrong = client.post(create, {"what": "Statistics", "hours": "600", "cost": "free"})
    assert wrong.context["form"].errors == {
        "why": ["Enter how it would help you in your role"],
        "hours": ["Hours must be from 1 to 500"],
        "cost": ["Cost must be a number, like 12.50"],
    }
    assert 'value="Statistics"' in wrong.content.decode()
    sent = client.post(create, {"what": "Statistics", "why": "To ask better", "cost": "95"})
    request = DevelopmentRequest.objects.get()
    assert sent.url == page("request_detail", request.pk)
    assert (request.kind, request.cost, request.hours) == ("course", 95, None)
    assert f"With {trust.lead.name} for less than a day." in text_of(client.get(sent.url))
    assert client.get(page("request_create", trust.partner.pk, "sherry")).status_code == 404
    with time_machine.travel(NOW + timedelta(days=20), tick=False):
        client.force_login(trust.partner.user)
        words = text_of(client.get(page("training_detail", trust.partner.pk)))
    assert f"With {trust.lead.name} for 20 days. An answer is due by 16 April 2026." in words
    assert "Late" in words


def test_the_lead_answers_and_the_partner_reads_why(client, trust):
    request = make_request(trust.partner)
    client.force_login(trust.lead)
    decide_at = page("request_decide", request.pk)
    assert decide_at in text_of(client.get(page("request_detail", request.pk)))
    assert client.post(decide_at, {}).context["form"].errors == {"agrees": ["Select yes if you agree to it"]}
    refused = client.post(decide_at, {"agrees": "no", "reason": " "})
    assert refused.context["form"].errors == {"reason": ["Enter why it is not agreed. The partner reads it"]}
    assert client.post(decide_at, {"agrees": "no", "reason": "No money left"}).url == page("request_detail", request.pk)
    again = client.post(decide_at, {"agrees": "yes", "reason": ""})
    assert "This request has been answered: it was not agreed." in text_of(again)
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("request_detail", request.pk)))
    assert f"{trust.lead.name} wrote: “No money left”" in words
    assert "What you can do" not in words


def test_what_was_agreed_is_done_or_taken_back(client, trust):
    request, other = decide(make_request(trust.partner)), make_request(trust.partner)
    client.force_login(trust.partner.user)
    finish = page("request_finish", request.pk)
    assert client.post(finish, date_boxes("done_on", TODAY)).url == page("request_detail", request.pk)
    assert "Done on 31 March 2026" in text_of(client.get(page("request_detail", request.pk)))
    assert client.post(page("request_withdraw", other.pk)).url == page("request_detail", other.pk)
    assert "Taken back before it was answered" in text_of(client.get(page("request_detail", other.pk)))
    assert sorted(DevelopmentRequest.objects.values_list("status", flat=True)) == ["done", "withdrawn"]


def test_the_list_of_requests_is_the_organisation_s_own_and_can_be_narrowed(client, trust, elsewhere):
    request = make_request(trust.partner)
    client.force_login(trust.lead)
    words = text_of(client.get(page("request_list")))
    assert "A visit to the ward" in words
    assert "Foreign wish" not in words
    assert "No request is in this list." in text_of(client.get(page("request_list"), {"status": "done"}))
    _heading, row = exported(client, page("request_list"))
    assert row.startswith("Pat Example,A visit,A visit to the ward,To understand it,In spring,3,12.5")
    assert client.get(page("request_detail", request.pk)).status_code == 200
    decide(request, reason="Yes")
    _heading, row = exported(client, page("request_list"))
    assert f"Agreed,{trust.lead.name}" in row
    client.force_login(trust.stranger.lead)
    assert client.get(page("request_detail", request.pk)).status_code == 404
    assert "Nobody has asked" not in text_of(client.get(page("request_list")))
    client.force_login(factories.make_member(Role.FINANCE, trust.organisation))
    assert client.get(page("request_list")).status_code == 403
    client.force_login(factories.make_lead(factories.make_organisation()))
    assert "Nobody has asked for anything yet." in text_of(client.get(page("request_list")))
    assert RequestStatus.AGREED.label in row


# --- the directory ------------------------------------------------------------------------
def test_partners_of_any_trust_read_the_directory_and_nobody_s_name_is_in_it(client, trust):
    client.force_login(trust.stranger.user)
    assert "No trust shows any course yet." in text_of(client.get(page("directory_list")))
    shown = make_course(trust.organisation, trust.lead, "Shown course", is_published=True)
    make_course(trust.organisation, trust.lead, "Inner course")
    make_training(trust.partner, shown)
    words = text_of(client.get(page("directory_list")))
    assert "Shown course" in words
    assert "Willow Trust" in words
    for hidden in ("Inner course", "Pat Example", trust.lead.name):
        assert hidden not in words
    heading, row = exported(client, page("directory_list"))
    assert (heading, row) == (
        "Course,Level,Provider,Minutes,Organisation", "Shown course,Level 1: essentials,e-learning,30,Willow Trust",
    )  # fmt: skip
    for role in (Role.PROGRAMME_LEAD, Role.FINANCE):
        client.force_login(factories.make_member(role, trust.organisation))
        assert client.get(page("directory_list")).status_code == 403
