"""Who may do what about committees: role at the organisation, relation to the assignment, and turn."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from committees import queries
from committees.enums import AssignmentAction, CommitteeAction, MeetingAction, MeetingStatus
from committees.models import Assignment, Attendance, Committee, Meeting
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_permission
from psp_portal.accounts.roles import Permission
from psp_portal.dates import local_date


def can_manage_committees(user: User, organisation_id: UUID, *, today: date) -> bool:
    """Say whether somebody may change an organisation's committees, assignments and meetings."""
    return has_permission(user, Permission.MANAGE_COMMITTEES, organisation_id, today)


def check_can_manage_committees(user: User, organisation_id: UUID, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may change an organisation's committees."""
    if not can_manage_committees(user, organisation_id, today=today):
        raise PermissionDenied


def check_can_manage_somewhere(user: User, *, today: date) -> None:
    """Raise PermissionDenied unless there is an organisation whose committees somebody may change."""
    if not queries.organisations_where_committees_are_managed_by(user, today=today).exists():
        raise PermissionDenied


def can_change_assignment(user: User, assignment: Assignment, *, today: date) -> bool:
    """Say whether somebody may change an assignment: those who change committees, and nobody their own."""
    return user.pk != assignment.partner.user_id and can_manage_committees(
        user, assignment.committee.organisation_id, today=today
    )


def check_can_change_assignment(user: User, assignment: Assignment, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may change an assignment."""
    if not can_change_assignment(user, assignment, today=today):
        raise PermissionDenied


def can_see_budget(user: User, assignment: Assignment, *, today: date) -> bool:
    """Say whether somebody may see who pays for an assignment: its partner, and those who change committees.

    A requester sees the partner's name and no more (product.md, Who uses it).
    """
    return user.pk == assignment.partner.user_id or can_manage_committees(
        user, assignment.committee.organisation_id, today=today
    )


def can_record_attendance(user: User, assignment: Assignment, recorded: Attendance | None, *, today: date) -> bool:
    """Say whether somebody may record, or record again, whether a partner was at a meeting.

    The partner may until somebody else has recorded it; those who change committees may at any time, but about
    themselves they are the partner.
    """
    if user.pk == assignment.partner.user_id:
        return recorded is None or recorded.recorded_by_id == user.pk
    return can_manage_committees(user, assignment.committee.organisation_id, today=today)


def check_can_record_attendance(
    user: User, assignment: Assignment, recorded: Attendance | None, *, today: date
) -> None:
    """Raise PermissionDenied unless somebody may record whether a partner was at a meeting."""
    if not can_record_attendance(user, assignment, recorded, today=today):
        raise PermissionDenied


def committee_actions_open_to(user: User, committee: Committee, *, today: date) -> list[CommitteeAction]:
    """Return what somebody can do about a committee now, in the order a page offers it."""
    is_open = committee.closed_on is None or committee.closed_on >= today
    if is_open and can_manage_committees(user, committee.organisation_id, today=today):
        return [CommitteeAction.ASSIGN, CommitteeAction.SCHEDULE]
    return []


def assignment_actions_open_to(user: User, assignment: Assignment, *, today: date) -> list[AssignmentAction]:
    """Return what somebody can do about an assignment now, in the order a page offers it."""
    if can_change_assignment(user, assignment, today=today):
        return [AssignmentAction.CHANGE_BUDGET, AssignmentAction.END]
    return []


def actions_open_to(user: User, meeting: Meeting, *, at: datetime) -> list[MeetingAction]:
    """Return what somebody can do about a meeting now, in the order a page offers it."""
    if not can_manage_committees(user, meeting.committee.organisation_id, today=local_date(at)):
        return []
    actions = []
    if meeting.status != MeetingStatus.CANCELLED and at >= meeting.starts_at:
        actions.append(MeetingAction.HOLD)
    if meeting.status == MeetingStatus.PLANNED:
        actions.append(MeetingAction.CANCEL)
    return actions


def can_record_at(user: User, meeting: Meeting, place: queries.Place, *, at: datetime) -> bool:
    """Say whether somebody can record a partner's attendance now: the meeting has begun, and it is theirs to say."""
    return (
        meeting.status != MeetingStatus.CANCELLED
        and at >= meeting.starts_at
        and can_record_attendance(user, place.assignment, place.attendance, today=local_date(at))
    )
