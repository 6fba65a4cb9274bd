"""Who may record and answer requests for a copy of somebody's records, and have the file."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_permission
from psp_portal.accounts.roles import Permission
from psp_portal.subject_access.models import SubjectRequest


def can_answer(user: User, organisation_id: UUID | None, *, today: date, person_id: UUID | None = None) -> bool:
    """Say whether somebody answers an organisation's requests: nobody their own, which is made in the portal."""
    return (
        organisation_id is not None
        and user.pk != person_id
        and has_permission(user, Permission.ANSWER_SUBJECT_REQUESTS, organisation_id, today)
    )


def check_can_answer(user: User, organisation_id: UUID | None, *, today: date, person_id: UUID | None = None) -> None:
    """Raise PermissionDenied unless somebody answers an organisation's requests."""
    if not can_answer(user, organisation_id, today=today, person_id=person_id):
        raise PermissionDenied


def can_collect(user: User, request: SubjectRequest, *, today: date) -> bool:
    """Say whether somebody may have the file of a request: the person, and whoever answers it."""
    return user.pk == request.person_id or can_answer(user, request.organisation_id, today=today)


def check_can_collect(user: User, request: SubjectRequest, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may have the file of a request."""
    if not can_collect(user, request, today=today):
        raise PermissionDenied
