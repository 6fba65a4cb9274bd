"""Who may do what about equality monitoring. There is no permission to read an answer: nobody has it."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums import PartnerStatus
from partners.models import Partner
from partners.permissions.appointments import can_appoint_partner
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_permission
from psp_portal.accounts.roles import Permission

# Those who appoint partners say whether the questions are asked.
can_decide_asking = can_appoint_partner


def check_can_decide_asking(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may say whether an organisation asks."""
    if not can_decide_asking(user, organisation_id, today=today):
        raise PermissionDenied


def check_can_see_totals(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may see the figures of an organisation's programme."""
    if organisation_id is None or not has_permission(user, Permission.SEE_PROGRAMME, organisation_id, today):
        raise PermissionDenied


def check_is_own(user: User, partner: Partner) -> None:
    """Raise PermissionDenied unless somebody serves in this appointment themselves."""
    if user.pk != partner.user_id or partner.status == PartnerStatus.LEFT:
        raise PermissionDenied
