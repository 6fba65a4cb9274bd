"""Who may do what about recruitment: those who manage an organisation's partners. Applicants come by their own link."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums.recruitment import ApplicationMove
from partners.models.recruitment import Application
from partners.policies.recruitment import states
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_permission
from psp_portal.accounts.roles import Permission


def can_recruit(user: User, organisation_id: UUID | None, *, today: date) -> bool:
    """Say whether somebody may look for partners for an organisation; for no organisation nobody may."""
    return organisation_id is not None and has_permission(user, Permission.MANAGE_PARTNERS, organisation_id, today)


def check_can_recruit(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may look for partners for an organisation."""
    if not can_recruit(user, organisation_id, today=today):
        raise PermissionDenied


def check_can_handle(user: User, application: Application, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may act on an application: those who recruit, and nobody on their own."""
    if application.email and application.email.lower() == user.email.lower():
        raise PermissionDenied
    check_can_recruit(user, application.vacancy.organisation_id, today=today)


def decisions_open(application: Application) -> list[ApplicationMove]:
    """Return what the staff can decide about an application now, in the order a page offers it."""
    return [move for move in states.DECISIONS if states.can(application.status, move)]
