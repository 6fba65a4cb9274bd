"""What a role at an organisation allows, asked by every other question here."""

from datetime import date
from uuid import UUID

from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_role
from psp_portal.accounts.roles import Permission, roles_with


def holds(user: User, organisation_id: UUID, permission: Permission, today: date) -> bool:
    """Say whether a role that somebody has at an organisation on a day allows something there."""
    return has_role(user, organisation_id, roles_with(permission), today)
