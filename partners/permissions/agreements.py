"""Who may do what about agreements: role at the organisation, and relation to the partner."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums import PartnerStatus
from partners.models import Partner
from partners.permissions.appointments import can_appoint_partner, can_change_partner
from psp_portal.accounts.models import User

# Those who appoint partners write and publish the texts, and see who has signed what.
can_manage_agreements = can_appoint_partner


def check_can_manage_agreements(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may write an organisation's agreements."""
    if not can_manage_agreements(user, organisation_id, today=today):
        raise PermissionDenied


def can_sign(user: User, partner: Partner) -> bool:
    """Say whether somebody may sign for a partner: they alone, while they have not left."""
    return user.pk == partner.user_id and partner.status != PartnerStatus.LEFT


def check_can_sign(user: User, partner: Partner) -> None:
    """Raise PermissionDenied unless somebody may sign for a partner."""
    if not can_sign(user, partner):
        raise PermissionDenied


def can_withdraw(user: User, partner: Partner) -> bool:
    """Say whether somebody may take consent back: the partner alone, and after they have left too."""
    return user.pk == partner.user_id


def check_can_withdraw(user: User, partner: Partner) -> None:
    """Raise PermissionDenied unless somebody may take consent back."""
    if not can_withdraw(user, partner):
        raise PermissionDenied


def can_countersign(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody may sign for the organisation: those who appoint, never the partner themselves."""
    return can_change_partner(user, partner, today=today)


def check_can_countersign(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may sign for the organisation."""
    if not can_countersign(user, partner, today=today):
        raise PermissionDenied
