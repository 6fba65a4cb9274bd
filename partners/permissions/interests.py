"""Who may do what about declared interests: role at the organisation, and relation to the partner."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums import PartnerStatus
from partners.models import Partner
from partners.permissions.appointments import can_appoint_partner
from psp_portal.accounts.models import User

# The register is read by those who look after partners.
can_read_register = can_appoint_partner


def check_can_read_register(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may read what an organisation's partners have declared."""
    if not can_read_register(user, organisation_id, today=today):
        raise PermissionDenied


def can_declare(user: User, partner: Partner) -> bool:
    """Say whether somebody may declare for a partner: they alone, while they have not left."""
    return user.pk == partner.user_id and partner.status != PartnerStatus.LEFT


def check_can_declare(user: User, partner: Partner) -> None:
    """Raise PermissionDenied unless somebody may declare for a partner."""
    if not can_declare(user, partner):
        raise PermissionDenied
