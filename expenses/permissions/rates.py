"""Who may change a rate card."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from expenses.permissions.held import holds
from psp_portal.accounts.models import User
from psp_portal.accounts.roles import Permission


def can_manage_rates(user: User, organisation_id: UUID, *, today: date) -> bool:
    """Say whether somebody may change an organisation's rate card."""
    return holds(user, organisation_id, Permission.MANAGE_RATES, today)


def check_can_manage_rates(user: User, organisation_id: UUID, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may change the organisation's rate card."""
    if not can_manage_rates(user, organisation_id, today=today):
        raise PermissionDenied("Only finance can change the rate card.")
