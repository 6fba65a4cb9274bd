"""Who may do what about a partner's time and interests: the partner, and programme leads."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums import PartnerStatus
from partners.models import Partner
from partners.models.capacity import CapacityAgreement
from partners.permissions.appointments import can_appoint_partner
from psp_portal.accounts.models import User


def can_manage_capacity(user: User, organisation_id: UUID | None, *, today: date) -> bool:
    """Say whether somebody may set an organisation's numbers and see how much time its partners have left."""
    return can_appoint_partner(user, organisation_id, today=today)


def check_can_manage_capacity(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may set an organisation's numbers."""
    if not can_manage_capacity(user, organisation_id, today=today):
        raise PermissionDenied


def can_change_time(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody may propose a partner's time a month and note days away: the partner, and their leads.

    Not for a partner who has left.
    """
    is_one_of_them = user.pk == partner.user_id or can_appoint_partner(user, partner.organisation_id, today=today)
    return partner.status != PartnerStatus.LEFT and is_one_of_them


def check_can_change_time(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may propose a partner's time and note days away."""
    if not can_change_time(user, partner, today=today):
        raise PermissionDenied


def can_answer(user: User, agreement: CapacityAgreement, *, today: date) -> bool:
    """Say whether somebody may answer what was proposed: the partner what staff did, a lead what the partner did."""
    partner = agreement.partner
    if partner.status == PartnerStatus.LEFT:
        return False
    if agreement.proposed_by_id == partner.user_id:
        return user.pk != partner.user_id and can_appoint_partner(user, partner.organisation_id, today=today)
    return user.pk == partner.user_id


def check_can_answer(user: User, agreement: CapacityAgreement, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may answer what was proposed."""
    if not can_answer(user, agreement, today=today):
        raise PermissionDenied


def can_change_profile(user: User, partner: Partner) -> bool:
    """Say whether somebody may say what a partner offers: the partner alone, because the words are theirs."""
    return partner.status != PartnerStatus.LEFT and user.pk == partner.user_id


def check_can_change_profile(user: User, partner: Partner) -> None:
    """Raise PermissionDenied unless somebody may say what a partner offers."""
    if not can_change_profile(user, partner):
        raise PermissionDenied
