"""Who may have a receipt as it came, with all that it carries."""

from datetime import date

from django.core.exceptions import PermissionDenied

from expenses.models import Receipt
from expenses.permissions.held import holds
from psp_portal.accounts.models import User
from psp_portal.accounts.roles import Permission


def can_read_original(user: User, receipt: Receipt, *, today: date) -> bool:
    """Say whether somebody may have a receipt as it came: finance and auditors of the payer."""
    return holds(user, receipt.organisation_id, Permission.SEE_ORIGINALS, today)


def check_can_read_original(user: User, receipt: Receipt, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may have the receipt as it came."""
    if not can_read_original(user, receipt, today=today):
        raise PermissionDenied("Only finance and auditors of the organisation that pays can have a receipt as it came.")
