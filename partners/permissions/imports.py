"""Who may bring in a trust's own list of partners: those who appoint partners there."""

from datetime import date

from django.core.exceptions import PermissionDenied

from partners.models.imports import PartnerList
from partners.permissions.appointments import check_can_appoint_partner
from psp_portal.accounts.models import User


def check_can_use_list(user: User, listed: PartnerList, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may go on with an uploaded list: whoever uploaded it, and appoints."""
    check_can_appoint_partner(user, listed.organisation_id, today=today)
    if listed.by_id != user.pk:
        raise PermissionDenied("Somebody else uploaded this list.")
