"""Who may check bank details, and see when they were changed and checked."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from expenses.permissions.held import holds
from psp_portal.accounts.models import User
from psp_portal.accounts.roles import Permission


def can_check_bank_details(user: User, person_id: UUID, organisation_id: UUID, *, today: date) -> bool:
    """Say whether somebody may call a partner of an organisation about their bank details: finance, never oneself."""
    return user.pk != person_id and holds(user, organisation_id, Permission.PAY_CLAIMS, today)


def check_can_check_bank_details(
    user: User, person_id: UUID, number_given_by_id: UUID, organisation_id: UUID, *, today: date
) -> None:
    """Raise PermissionDenied unless somebody may call a partner, on a number that another person recorded."""
    if not can_check_bank_details(user, person_id, organisation_id, today=today):
        raise PermissionDenied("Only finance can do this, and nobody checks their own bank details.")
    if user.pk == number_given_by_id:
        raise PermissionDenied("You recorded this number. Somebody else in finance must call it.")
