"""Who may change people's roles, posts and absences."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from psp_portal.accounts import queries
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Invitation, User
from psp_portal.accounts.roles import Permission
from psp_portal.audit.context import Actor, SystemActor


def may(by: Actor, permission: Permission, organisation_id: UUID, today: date) -> bool:
    """Say whether somebody holds a permission at an organisation on a day; the portal itself holds all."""
    if isinstance(by, SystemActor):
        return True
    return isinstance(by, User) and queries.has_permission(by, permission, organisation_id, today)


def check_may(by: Actor, permission: Permission, organisation_id: UUID, today: date) -> None:
    """Raise PermissionDenied unless somebody holds a permission at an organisation on a day."""
    if not may(by, permission, organisation_id, today):
        raise PermissionDenied


def check_can_manage_people(by: Actor, organisation_id: UUID, today: date) -> None:
    """Raise PermissionDenied unless somebody may change the people of an organisation."""
    check_may(by, Permission.MANAGE_PEOPLE, organisation_id, today)


def check_can_give_role(by: Actor, organisation_id: UUID, role: Role, today: date) -> None:
    """Raise PermissionDenied unless somebody may bring others into a role: managers, and partners their helpers."""
    if role == Role.HELPER and not isinstance(by, SystemActor):
        if not (isinstance(by, User) and queries.has_role(by, organisation_id, [Role.PARTNER], today)):
            raise PermissionDenied
        return
    check_can_manage_people(by, organisation_id, today)


def check_can_withdraw_invitation(by: Actor, invitation: Invitation, today: date) -> None:
    """Raise PermissionDenied unless somebody manages people there, or invited this helper."""
    if invitation.role != Role.HELPER or invitation.invited_by_id != by.pk:
        check_can_manage_people(by, invitation.organisation_id, today)


def can_record_absence(by: Actor, *, user_id: UUID, organisation_id: UUID, today: date) -> bool:
    """Say whether somebody may record a person's absence: everybody their own, and those who manage people."""
    return by.pk == user_id or may(by, Permission.MANAGE_PEOPLE, organisation_id, today)


def check_can_record_absence(by: Actor, *, user_id: UUID, organisation_id: UUID, today: date) -> None:
    """Raise PermissionDenied unless somebody may record a person's absence."""
    if not can_record_absence(by, user_id=user_id, organisation_id=organisation_id, today=today):
        raise PermissionDenied


def check_is_system(by: Actor) -> None:
    """Raise PermissionDenied unless the portal itself acts: organisations and first accounts are its work."""
    if not isinstance(by, SystemActor):
        raise PermissionDenied
