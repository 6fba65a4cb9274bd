"""Who may see, set and hold what about how long records are kept."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_permission
from psp_portal.accounts.roles import Permission


def can_manage_rules(user: User, organisation_id: UUID, *, today: date) -> bool:
    """Say whether somebody may say how long an organisation keeps what."""
    return has_permission(user, Permission.MANAGE_RETENTION, organisation_id, today)


def check_can_manage_rules(user: User, organisation_id: UUID, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may say how long an organisation keeps what."""
    if not can_manage_rules(user, organisation_id, today=today):
        raise PermissionDenied


def can_hold(user: User, organisation_id: UUID, *, today: date, person_id: UUID | None = None) -> bool:
    """Say whether somebody may hold records of an organisation back, or let them go: nobody those of themselves."""
    return user.pk != person_id and has_permission(user, Permission.HOLD_RECORDS, organisation_id, today)


def check_can_hold(user: User, organisation_id: UUID, *, today: date, person_id: UUID | None = None) -> None:
    """Raise PermissionDenied unless somebody may hold records of an organisation back, or let them go."""
    if not can_hold(user, organisation_id, today=today, person_id=person_id):
        raise PermissionDenied
