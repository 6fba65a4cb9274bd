from datetime import date

import pghistory
import pytest
from django.db import IntegrityError, transaction

from committees.enums import AttendanceKind, MeetingStatus
from committees.models import Assignment, Attendance, Committee, Meeting
from tests import factories


def refuses(constraint, rows, **change):
    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        pghistory.context(actor="system:tests"),
    ):
        rows.update(**change)


def test_the_database_refuses_a_kind_of_committee_that_is_not_known(trust):
    refuses("committee_kind_known", Committee.objects.filter(pk=trust.committee.pk), kind="club")


def test_the_database_refuses_two_open_committees_of_one_name(trust):
    second = factories.make_committee(trust.organisation, by=trust.lead)
    rows = Committee.objects.filter(pk=second.pk)

    refuses("committee_name_unique", rows, name="Falls group")
    with pghistory.context(actor="system:tests"):
        rows.update(name="Falls group", closed_on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"budget_code": ""}, "assignment_has_budget_code"),
        ({"ends_on": date(2025, 3, 31)}, "assignment_ends_after_start"),
    ],
)
def test_the_database_refuses_an_assignment_that_cannot_be(trust, change, constraint):
    refuses(constraint, Assignment.objects.filter(pk=trust.assignment.pk), **change)


def test_the_database_refuses_a_deputy_who_is_the_budget_holder(trust):
    rows = Assignment.objects.filter(pk=trust.assignment.pk)

    refuses("assignment_deputy_is_another_person", rows, deputy=trust.holder)


def test_the_database_refuses_two_open_assignments_of_one_partner(trust):
    with (
        pytest.raises(IntegrityError, match="assignment_open_once"),
        transaction.atomic(),
        pghistory.context(actor="system:tests"),
    ):
        Assignment.objects.create(
            partner=trust.partner,
            committee=trust.committee,
            starts_on=date(2026, 1, 1),
            payer=trust.organisation,
            budget_code="PSP-2",
            budget_holder=trust.holder,
        )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"status": "perhaps"}, "meeting_status_known"),
        ({"planned_minutes": 0}, "meeting_planned_minutes_in_a_day"),
        ({"planned_minutes": 1441}, "meeting_planned_minutes_in_a_day"),
        ({"status": MeetingStatus.HELD, "actual_minutes": 1441}, "meeting_actual_minutes_in_a_day"),
        ({"status": MeetingStatus.HELD}, "meeting_minutes_when_held"),
        ({"actual_minutes": 60}, "meeting_minutes_when_held"),
        ({"status": MeetingStatus.CANCELLED}, "meeting_all_cancellation_set"),
        ({"cancel_reason": "No quorum"}, "meeting_all_cancellation_set"),
        ({"place": "", "online_link": ""}, "meeting_has_place_or_link"),
    ],
)
def test_the_database_refuses_a_meeting_that_cannot_be(trust, change, constraint):
    refuses(constraint, Meeting.objects.filter(pk=trust.meeting.pk), **change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"kind": "perhaps"}, "attendance_kind_known|attendance_minutes_when_attended"),
        ({"minutes": 0}, "attendance_minutes_when_attended"),
        ({"minutes": 1441}, "attendance_minutes_when_attended"),
        ({"kind": AttendanceKind.APOLOGIES}, "attendance_minutes_when_attended"),
    ],
)
def test_the_database_refuses_an_attendance_that_cannot_be(trust, change, constraint):
    attendance = factories.make_attendance(trust.assignment, trust.meeting)

    refuses(constraint, Attendance.objects.filter(pk=attendance.pk), **change)


def test_the_database_refuses_attendance_twice(trust):
    attendance = factories.make_attendance(trust.assignment, trust.meeting)
    with (
        pytest.raises(IntegrityError, match="attendance_once"),
        transaction.atomic(),
        pghistory.context(actor="system:tests"),
    ):
        Attendance.objects.create(
            meeting=trust.meeting,
            assignment=trust.assignment,
            kind=AttendanceKind.APOLOGIES,
            recorded_by=trust.lead,
            recorded_at=attendance.recorded_at,
        )


def test_rows_are_named(trust):
    attendance = factories.make_attendance(trust.assignment, trust.meeting)

    assert str(trust.committee) == f"Falls group ({trust.organisation.pk})"
    assert str(trust.assignment) == f"{trust.partner.pk} on {trust.committee.pk} from 2025-04-01"
    assert str(trust.meeting) == f"{trust.committee.pk} at 2025-04-15 09:00"
    assert str(attendance) == f"{trust.assignment.pk} attended {trust.meeting.pk}"
