"""Who may do what about committees: role at the organisation, relation to the assignment, and turn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from committees.enums import AssignmentAction, CommitteeAction, MeetingAction, MeetingStatus
from committees.models import Assignment, Attendance, Committee, Meeting
from committees.queries import Place
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_permission, has_role
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.dates import local_date


def can_list_committees(user: User, organisation_id: UUID | None, *, today: date) -> bool:
    """Say whether a list of an organisation's committees says anything to somebody: they see all, or are a partner."""
    roles = roles_with(Permission.SEE_COMMITTEES) | {Role.PARTNER}
    return organisation_id is not None and has_role(user, organisation_id, roles, today)


def check_can_list_committees(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied for whoever would only ever find the list empty."""
    if not can_list_committees(user, organisation_id, today=today):
        raise PermissionDenied


def can_manage_committees(user: User, organisation_id: UUID | None, *, today: date) -> bool:
    """Say whether somebody may change an organisation's committees and meetings; for no organisation nobody may."""
    return organisation_id is not None and has_permission(user, Permission.MANAGE_COMMITTEES, organisation_id, today)


def check_can_manage_committees(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may change an organisation's committees."""
    if not can_manage_committees(user, organisation_id, today=today):
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


def can_record_attendance(user: User, assignment: Assignment, recorded: Attendance | None, *, today: date) -> bool:
    """Say whether somebody may record, or record again, whether a partner was at a meeting.

    The partner may until somebody else has recorded it; those who change committees may at any time, but about
    themselves they are the partner.
    """
    manages = can_manage_committees(user, assignment.committee.organisation_id, today=today)
    return _may_record(user, assignment, recorded, manages=manages)


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


@dataclass(frozen=True)
class AssignmentOpenTo:
    """An assignment as one reader may see it, and what they can do about it."""

    assignment: Assignment
    sees_budget: bool
    actions: tuple[AssignmentAction, ...]


def assignments_open_to(
    user: User, committee: Committee, assignments: Iterable[Assignment], *, today: date
) -> list[AssignmentOpenTo]:
    """Return a committee's assignments as somebody may see them; one query, however many there are.

    Who pays is for the partner and for those who change committees; a requester sees names only (product.md, Who
    uses it).
    """
    manages = can_manage_committees(user, committee.organisation_id, today=today)
    return [
        AssignmentOpenTo(
            assignment,
            sees_budget=manages or assignment.partner.user_id == user.pk,
            actions=tuple(AssignmentAction) if manages and assignment.partner.user_id != user.pk else (),
        )
        for assignment in assignments
    ]


def actions_open_to(user: User, meeting: Meeting, *, at: datetime) -> list[MeetingAction]:
    """Return what somebody can do about a meeting now, in the order a page offers it."""
    if not can_manage_committees(user, meeting.committee.organisation_id, today=local_date(at)):
        return []
    actions = []
    if meeting.status != MeetingStatus.CANCELLED and at >= meeting.starts_at:
        actions.append(MeetingAction.HOLD)
    if meeting.status != MeetingStatus.CANCELLED:
        actions.append(MeetingAction.WARN)
    if meeting.status == MeetingStatus.PLANNED:
        actions.append(MeetingAction.CANCEL)
    return actions


@dataclass(frozen=True)
class PlaceOpenTo:
    """A partner's place at a meeting, and whether the reader can record attendance for it now."""

    place: Place
    can_record: bool


def places_open_to(user: User, meeting: Meeting, places: Iterable[Place], *, at: datetime) -> list[PlaceOpenTo]:
    """Return the places at a meeting with whether somebody can record each now; one query, however many there are."""
    manages = can_manage_committees(user, meeting.committee.organisation_id, today=local_date(at))
    can_be_recorded = meeting.status != MeetingStatus.CANCELLED and at >= meeting.starts_at
    return [
        PlaceOpenTo(
            place, can_record=can_be_recorded and _may_record(user, place.assignment, place.attendance, manages=manages)
        )
        for place in places
    ]


def _may_record(user: User, assignment: Assignment, recorded: Attendance | None, *, manages: bool) -> bool:
    if user.pk == assignment.partner.user_id:
        return recorded is None or recorded.recorded_by_id == user.pk
    return manages
