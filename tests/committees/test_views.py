from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from committees import services
from committees.enums import AttendanceKind, CommitteeKind, MeetingStatus
from committees.models import Assignment, Attendance, Committee, Meeting
from partners.enums.leaving import PauseReason
from partners.services import leaving
from psp_portal.accounts.enums import Role
from psp_portal.dates import LONDON, local_date
from psp_portal.nhsuk.anatomy import problems_in
from tests import factories

pytestmark = pytest.mark.usefixtures("staff_pass")

LISTS = ["committee_list", "meeting_list"]
OF_A_COMMITTEE = ["committee_detail", "assignment_create", "meeting_create"]
OF_AN_ASSIGNMENT = ["assignment_edit", "assignment_end"]
OF_A_MEETING = ["meeting_detail", "meeting_cancel", "meeting_hold", "warning_edit"]
OF_AN_ATTENDANCE = ["attendance_record", "attendance_length_record"]
OF_ROWS = [*OF_A_COMMITTEE, *OF_AN_ASSIGNMENT, *OF_A_MEETING, *OF_AN_ATTENDANCE]
FOR_LEADS = [
    "assignment_create",
    "meeting_create",
    "assignment_edit",
    "assignment_end",
    "meeting_cancel",
    "meeting_hold",
    "warning_edit",
]


def address(page, trust=None):
    if page in OF_A_COMMITTEE:
        arguments = [trust.committee.pk]
    elif page in OF_AN_ASSIGNMENT:
        arguments = [trust.assignment.pk]
    elif page in OF_A_MEETING:
        arguments = [trust.meeting.pk]
    elif page in OF_AN_ATTENDANCE:
        arguments = [trust.meeting.pk, trust.assignment.pk]
    else:
        arguments = []
    return reverse(f"committees:{page}", args=arguments)


def date_boxes(name, day):
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def text_of(response):
    return " ".join(response.content.decode().split())


# --- who gets in ---------------------------------------------------------------------------
@pytest.mark.parametrize("page", [*LISTS, "committee_create", *OF_ROWS])
def test_strangers_are_sent_to_sign_in(client, trust, page):
    where = address(page, trust)

    response = client.get(where)

    assert (response.status_code, response["Location"]) == (302, f"/account/login/?next={where}")


@pytest.mark.parametrize("page", OF_ROWS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_rows_elsewhere_are_not_found(client, trust, elsewhere, page, method):
    for user in (trust.lead, trust.user, factories.make_member(Role.APPROVER, elsewhere.organisation)):
        client.force_login(user)
        assert getattr(client, method)(address(page, elsewhere)).status_code == 404


@pytest.mark.parametrize("page", FOR_LEADS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_see_may_not_always_change(client, trust, page, method):
    for user in (trust.user, factories.make_member(Role.REQUESTER, trust.organisation)):
        client.force_login(user)
        assert getattr(client, method)(address(page, trust)).status_code == 403


def test_a_requester_does_not_record_attendance(client, trust):
    client.force_login(factories.make_member(Role.REQUESTER, trust.organisation))

    assert [client.get(address(page, trust)).status_code for page in OF_AN_ATTENDANCE] == [403, 403]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROGRAMME_LEAD}))
def test_only_leads_add_committees(client, trust, role):
    client.force_login(factories.make_member(role, trust.organisation))

    assert client.get(address("committee_create")).status_code == 403


def test_lists_are_for_those_to_whom_they_say_something(client, trust):
    seeing = {Role.PROGRAMME_LEAD, Role.PARTNER, Role.REQUESTER}
    others = [factories.make_member(role, trust.organisation) for role in set(Role) - seeing]
    for user in [*others, factories.make_user()]:
        client.force_login(user)
        assert [client.get(address(page)).status_code for page in [*LISTS, "committee_create"]] == [403, 403, 403]


def test_empty_lists_say_so(client, trust):
    client.force_login(factories.make_member(Role.PARTNER, trust.organisation))

    assert "There are no committees yet." in text_of(client.get(address("committee_list")))
    assert "No meeting is planned." in text_of(client.get(address("meeting_list")))
    assert "There are no past meetings." in text_of(client.get(address("meeting_list"), {"when": "past"}))


@pytest.mark.parametrize("page", [*LISTS, "committee_create", *OF_ROWS])
def test_the_lead_opens_every_page_and_sees_nobody_elsewhere(client, trust, elsewhere, page):
    client.force_login(trust.lead)

    response = client.get(address(page, trust))

    assert response.status_code == 200
    assert elsewhere.user.name not in text_of(response)
    assert elsewhere.committee.name not in text_of(response)


@pytest.mark.parametrize("page", [*LISTS, "committee_detail", "meeting_detail", *OF_AN_ATTENDANCE])
def test_the_partner_opens_the_pages_about_their_own(client, trust, page):
    client.force_login(trust.user)

    assert client.get(address(page, trust)).status_code == 200


# --- lists and details: one count of queries for any number ----------------------------------
def many(trust, rows):
    """Add committees, partners and meetings until there are ``rows`` of each."""
    soon = timezone.now() + timedelta(days=10)
    for number in range(rows):
        factories.make_meeting(
            trust.committee, starts_at=soon + timedelta(hours=number), by=trust.lead, at=timezone.now()
        )
    for _ in range(rows - 1):
        partner = factories.make_partner(trust.organisation, lead=trust.lead)
        factories.make_assignment(partner, trust.committee, budget_holder=trust.holder, deputy=trust.deputy)
        factories.make_committee(trust.organisation, by=trust.lead)


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(
    ("page", "queries"), [("committee_list", 8), ("meeting_list", 7), ("committee_detail", 12), ("meeting_detail", 13)]
)
def test_pages_take_the_same_queries_for_any_number(client, trust, django_assert_num_queries, page, queries, rows):
    many(trust, rows)
    client.force_login(trust.lead)
    client.get(address(page, trust))

    with django_assert_num_queries(queries):
        assert client.get(address(page, trust)).status_code == 200


def test_a_second_page_follows_the_first(client, trust):
    many(trust, 30)
    client.force_login(trust.lead)

    first, second = (client.get(address("meeting_list"), {"page": page}) for page in (1, 2))

    assert [len(page.context["meetings"]) for page in (first, second)] == [25, 5]


def test_meetings_to_come_and_past(client, trust):
    soon = factories.make_meeting(
        trust.committee, starts_at=timezone.now() + timedelta(days=3), place="", online_link="https://meet.example/1",
        by=trust.lead, at=timezone.now(),
    )  # fmt: skip
    client.force_login(trust.user)

    assert list(client.get(address("meeting_list")).context["meetings"]) == [soon]
    assert "Online" in text_of(client.get(address("meeting_list")))
    assert list(client.get(address("meeting_list"), {"when": "past"}).context["meetings"]) == [trust.meeting]


def test_a_requester_sees_the_partner_s_name_and_not_who_pays(client, trust):
    client.force_login(factories.make_member(Role.REQUESTER, trust.organisation))
    page = text_of(client.get(address("committee_detail", trust)))
    assert "Pat Example" in page
    assert [word for word in ("PSP-001", "Holly Holder", "Dan Deputy") if word in page] == []

    client.force_login(trust.user)
    page = text_of(client.get(address("committee_detail", trust)))
    assert [word for word in ("PSP-001", "Holly Holder", "Dan Deputy") if word in page] == [
        "PSP-001", "Holly Holder", "Dan Deputy",
    ]  # fmt: skip


def test_the_lead_is_offered_what_may_be_done(client, trust):
    client.force_login(trust.lead)
    page = text_of(client.get(address("committee_detail", trust)))
    offered = ["assignment_create", "meeting_create", "assignment_edit", "assignment_end"]
    assert [name for name in offered if address(name, trust) in page] == offered

    page = text_of(client.get(address("meeting_detail", trust)))
    offered = ["meeting_cancel", "meeting_hold", "warning_edit", "attendance_record"]
    assert [name for name in offered if address(name, trust) in page] == offered


# --- committees and assignments ------------------------------------------------------------
COMMITTEE = {
    "name": "Sepsis group", "kind": "oversight", "purpose": "Watches how sepsis is found.", "is_safety_related": "no",
    "seats": "3",
}  # fmt: skip


def test_adding_a_committee(client, trust):
    client.force_login(trust.lead)

    response = client.post(address("committee_create"), COMMITTEE)

    committee = Committee.objects.get(name="Sepsis group")
    assert response["Location"] == reverse("committees:committee_detail", args=[committee.pk])
    assert (committee.organisation, committee.kind, committee.is_safety_related, committee.seats) == (
        trust.organisation,
        CommitteeKind.OVERSIGHT,
        False,
        3,
    )


def test_adding_a_committee_twice_says_so_and_keeps_what_was_typed(client, trust):
    client.force_login(trust.lead)
    client.post(address("committee_create"), COMMITTEE)

    response = client.post(address("committee_create"), COMMITTEE)

    assert response.context["form"].errors == {"name": ["There is a committee with this name already"]}
    assert 'value="Sepsis group"' in text_of(response)
    assert Committee.objects.filter(name="Sepsis group").count() == 1


def assignment(trust, **change):
    partner = factories.make_partner(trust.organisation, user=factories.make_user("Sam Second"), lead=trust.lead)
    return {
        "partner_id": str(partner.pk),
        **date_boxes("starts_on", date(2026, 11, 1)),
        "payer_id": str(trust.organisation.pk),
        "budget_code": "PSP-7",
        "budget_holder_id": str(trust.holder.pk),
        "deputy_id": str(trust.deputy.pk),
    } | change


def test_adding_a_partner_twice_says_so(client, trust):
    client.force_login(trust.lead)
    data = assignment(trust)

    first = client.post(address("assignment_create", trust), data)
    second = client.post(address("assignment_create", trust), data)

    assert first["Location"] == address("committee_detail", trust)
    assert second.context["form"].errors == {"partner_id": ["Sam Second is on this committee already in these days"]}
    assert Assignment.objects.filter(budget_code="PSP-7").count() == 1


def test_adding_a_partner_without_who_pays_is_refused(client, trust):
    client.force_login(trust.lead)

    response = client.post(
        address("assignment_create", trust),
        assignment(trust, payer_id="", budget_code="", budget_holder_id="", deputy_id=""),
    )

    assert response.context["form"].errors == {
        "payer_id": ["Select who pays. A partner cannot start until this is agreed"],
        "budget_code": ["Enter the budget code. A partner cannot start until this is agreed"],
        "budget_holder_id": ["Select the budget holder. A partner cannot start until this is agreed"],
        "deputy_id": ["Select a deputy. A partner cannot start until this is agreed"],
    }


def test_changing_who_pays(client, trust):
    client.force_login(trust.lead)
    where = address("assignment_edit", trust)
    assert 'value="PSP-001"' in text_of(client.get(where))
    data = {
        "payer_id": str(trust.organisation.pk),
        "budget_code": "PSP-9",
        "budget_holder_id": str(trust.deputy.pk),
        "deputy_id": str(trust.holder.pk),
    }

    assert client.post(where, data)["Location"] == address("committee_detail", trust)
    assert Assignment.objects.get(pk=trust.assignment.pk).budget_code == "PSP-9"
    same = client.post(where, data | {"deputy_id": str(trust.deputy.pk)})
    assert same.context["form"].errors == {"deputy_id": ["The deputy must be another person than the budget holder"]}


def test_another_payer_needs_a_third_person_named_on_the_page(client, trust):
    board = factories.make_organisation("Ash Board")
    factories.give_role(Role.REQUESTER, trust.lead, board)
    holder, deputy = (factories.make_member(Role.APPROVER, board) for _ in range(2))
    third = factories.make_member(Role.EXECUTIVE, board, user=factories.make_user("Thea Third"))
    client.force_login(trust.lead)
    data = assignment(trust, payer_id=str(board.pk), budget_holder_id=str(holder.pk), deputy_id=str(deputy.pk))

    refused = client.post(address("assignment_create", trust), data)
    assert list(refused.context["form"].errors) == ["dispute_person_id"]
    assert f'<option value="{holder.pk}" selected' in text_of(refused), "what was chosen is kept"

    added = client.post(address("assignment_create", trust), data | {"dispute_person_id": str(third.pk)})
    assert added["Location"] == address("committee_detail", trust)
    assert Assignment.objects.get(budget_code="PSP-7").dispute_person == third
    shown = text_of(client.get(address("committee_detail", trust)))
    assert "Decides if organisations disagree about who pays" in shown
    assert "Thea Third" in shown


def test_ending_an_assignment(client, trust):
    client.force_login(trust.lead)

    response = client.post(address("assignment_end", trust), date_boxes("ends_on", date(2026, 12, 31)))

    assert response["Location"] == address("committee_detail", trust)
    assert Assignment.objects.get(pk=trust.assignment.pk).ends_on == date(2026, 12, 31)


# --- meetings ------------------------------------------------------------------------------
def meeting(**change):
    return {
        **date_boxes("starts_on", local_date(timezone.now()) + timedelta(days=30)),
        "starts_time": "2:30pm",
        "hours": "2",
        "minutes": "",
        "place": "Room 1",
        "online_link": "",
    } | change


def test_adding_a_meeting_twice_says_so(client, trust):
    client.force_login(trust.lead)

    first = client.post(address("meeting_create", trust), meeting())
    second = client.post(address("meeting_create", trust), meeting())

    added = Meeting.objects.get(place="Room 1")
    assert first["Location"] == reverse("committees:meeting_detail", args=[added.pk])
    assert added.planned_minutes == 120
    assert second.context["form"].errors == {
        "starts_on": ["This committee has a meeting at that date and time already"]
    }


def test_a_meeting_without_anything_says_what_is_missing(client, trust):
    client.force_login(trust.lead)

    response = client.post(address("meeting_create", trust), {})

    assert response.context["form"].errors == {
        "starts_on": ["Enter the date"],
        "starts_time": ["Enter the start time"],
        "hours": ["Enter how long, in hours and minutes"],
        "place": ["Enter a place, a link to join online, or both"],
    }
    assert [problem["text"] for problem in problems_in(response.context["form"])] == [
        "Enter the date",
        "Enter the start time",
        "Enter how long, in hours and minutes",
        "Enter a place, a link to join online, or both",
    ]


def test_cancelling_a_meeting_twice_says_so(client, trust):
    client.force_login(trust.lead)

    first = client.post(address("meeting_cancel", trust), {"reason": "The chair is ill"})
    second = client.post(address("meeting_cancel", trust), {"reason": "The chair is ill"})

    assert first["Location"] == address("meeting_detail", trust)
    assert "This meeting has been cancelled already." in text_of(second)
    client.force_login(trust.user)
    page = text_of(client.get(address("meeting_detail", trust)))
    assert "This meeting is cancelled" in page
    assert "The chair is ill" in page
    assert "after the meeting was to start" in page


def test_recording_how_long_a_meeting_was(client, trust):
    client.force_login(trust.lead)
    where = address("meeting_hold", trust)
    assert client.get(where).context["form"].initial == {"hours": 2, "minutes": 0}

    assert client.post(where, {"hours": "1", "minutes": "40"})["Location"] == address("meeting_detail", trust)

    assert Meeting.objects.get(pk=trust.meeting.pk).actual_minutes == 100
    assert client.get(where).context["form"].initial == {"hours": 1, "minutes": 40}


# --- attendance ----------------------------------------------------------------------------
def test_i_went_to_the_whole_meeting_in_one_tap(client, trust):
    client.force_login(trust.user)
    where = address("attendance_record", trust)
    assert "Say whether you went" in text_of(client.get(address("meeting_detail", trust)))
    assert "Did you go to the meeting?" in text_of(client.get(where))

    response = client.post(where, {"answer": "whole"})

    assert response["Location"] == address("meeting_detail", trust)
    attendance = Attendance.objects.get()
    assert (attendance.kind, attendance.minutes, attendance.recorded_by) == (
        AttendanceKind.ATTENDED,
        120,
        trust.user,
    )
    page = text_of(client.get(address("meeting_detail", trust)))
    assert "Attended, 2 h" in page
    assert "Say whether you went" not in page


def test_i_was_there_for_another_time(client, trust):
    client.force_login(trust.user)
    second = address("attendance_length_record", trust)

    assert client.post(address("attendance_record", trust), {"answer": "part"})["Location"] == second
    assert Attendance.objects.count() == 0
    assert client.get(second).context["form"].initial == {"hours": 2, "minutes": 0}
    assert client.post(second, {"hours": "", "minutes": "45"})["Location"] == address("meeting_detail", trust)

    assert Attendance.objects.get().minutes == 45
    assert client.get(second).context["form"].initial == {"hours": 0, "minutes": 45}


def test_i_sent_apologies(client, trust):
    client.force_login(trust.user)

    client.post(address("attendance_record", trust), {"answer": "apologies"})

    assert (Attendance.objects.get().kind, Attendance.objects.get().minutes) == (AttendanceKind.APOLOGIES, 0)
    assert Meeting.objects.get(pk=trust.meeting.pk).status == MeetingStatus.PLANNED


def test_recording_twice_keeps_one(client, trust):
    client.force_login(trust.user)
    for _ in range(2):
        assert client.post(address("attendance_record", trust), {"answer": "whole"}).status_code == 302

    assert Attendance.objects.count() == 1


def test_the_lead_is_asked_about_the_partner_and_then_the_partner_no_longer(client, trust):
    client.force_login(trust.lead)
    assert "Was Pat Example at the meeting?" in text_of(client.get(address("attendance_record", trust)))
    client.post(address("attendance_record", trust), {"answer": "whole"})

    client.force_login(trust.user)
    assert client.get(address("attendance_record", trust)).status_code == 403
    assert address("attendance_record", trust) not in text_of(client.get(address("meeting_detail", trust)))


def test_a_cancelled_meeting_is_not_recorded(client, trust):
    services.cancel_meeting(meeting_id=trust.meeting.pk, reason="No quorum", by=trust.lead, at=factories.START)
    client.force_login(trust.user)

    response = client.post(address("attendance_record", trust), {"answer": "whole"})

    assert response.status_code == 200
    assert "This meeting was cancelled, so nobody attended it." in text_of(response)


def test_a_meeting_to_come_is_not_recorded(client, trust):
    trust.meeting = factories.make_meeting(
        trust.committee, starts_at=timezone.now() + timedelta(days=3), by=trust.lead, at=timezone.now()
    )
    client.force_login(trust.user)

    response = client.post(address("attendance_record", trust), {"answer": "whole"})

    assert "The meeting has not started yet. You can record it once it has." in text_of(response)


def test_attendance_of_an_assignment_to_another_committee_is_not_found(client, trust):
    other = factories.make_assignment(
        trust.partner, factories.make_committee(trust.organisation, by=trust.lead), budget_holder=trust.holder,
        deputy=trust.deputy,
    )  # fmt: skip
    client.force_login(trust.user)

    where = reverse("committees:attendance_record", args=[trust.meeting.pk, other.pk])
    assert client.get(where).status_code == 404


def test_a_meeting_in_a_pause_says_so(client, trust):
    start = datetime(2025, 4, 2, 9, 0, tzinfo=LONDON)
    leaving.pause(
        partner_id=trust.partner.pk, starts_on=start.date(), expected_back_on=None, reason=PauseReason.WORK,
        by=trust.user, at=start,
    )  # fmt: skip
    client.force_login(trust.lead)
    page = client.get(reverse("committees:meeting_detail", args=[trust.meeting.pk]))
    assert "Paused that day" in page.text
    # The place is kept.
    assert trust.assignment.ends_on is None
