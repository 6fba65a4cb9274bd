"""Who may do what about checks: role at the organisation, and relation to the partner."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums import PartnerStatus
from partners.models import Partner
from partners.permissions.appointments import can_appoint_partner, can_change_partner
from psp_portal.accounts.models import User

# Those who appoint partners say what is checked, and see and record what came of it. Whoever sees a partner's own
# record (the partner, and those who look after partners) sees their checks; nobody else does (docs/adr/0020).
can_manage_requirements = can_appoint_partner


def check_can_manage_requirements(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may say what an organisation checks."""
    if not can_manage_requirements(user, organisation_id, today=today):
        raise PermissionDenied


def can_record_checks(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody may ask for and record a partner's checks now: never their own, and not after the end."""
    return partner.status != PartnerStatus.LEFT and can_change_partner(user, partner, today=today)


def check_can_record_checks(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may ask for and record a partner's checks."""
    if not can_record_checks(user, partner, today=today):
        raise PermissionDenied
