"""Who may do what about a partner's needs: the partner, their lead, and those with whom they were shared."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.models import Partner
from partners.models.access import AccessNeed
from partners.permissions.appointments import can_appoint_partner
from partners.queries import access as queries
from partners.queries.appointments import partners_looked_after_by
from psp_portal.accounts.models import User


def can_keep_needs(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody may write down and change what a partner needs: the partner, and their lead."""
    return user.pk == partner.user_id or partners_looked_after_by(user, today=today).filter(pk=partner.pk).exists()


def check_can_keep_needs(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may write down what a partner needs."""
    if not can_keep_needs(user, partner, today=today):
        raise PermissionDenied


def check_is_own(user: User, partner: Partner) -> None:
    """Raise PermissionDenied unless it is about the person themself: who may know, and what is right, they say."""
    if user.pk != partner.user_id:
        raise PermissionDenied


def check_can_see_needs(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may open the page of a partner's needs."""
    if not queries.partners_with_needs_page_for(user, today=today).filter(pk=partner.pk).exists():
        raise PermissionDenied


def check_can_see_need(user: User, need: AccessNeed, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may know of a need."""
    if not queries.needs_visible_to(user, today=today).filter(pk=need.pk).exists():
        raise PermissionDenied


def can_manage_access(user: User, organisation_id: UUID | None, *, today: date) -> bool:
    """Say whether somebody may set when needs are gone through, and have the list of them: programme leads."""
    return can_appoint_partner(user, organisation_id, today=today)


def check_can_manage_access(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may set when needs are gone through, and have the list of them."""
    if not can_manage_access(user, organisation_id, today=today):
        raise PermissionDenied
