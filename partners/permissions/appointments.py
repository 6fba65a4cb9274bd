"""Who may do what about partners: role at the organisation, and relation to the partner."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums import PartnerAction, PartnerStatus
from partners.models import Partner
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_permission, has_role
from psp_portal.accounts.roles import Permission, roles_with


def can_list_partners(user: User, organisation_id: UUID | None, *, today: date) -> bool:
    """Say whether a list of an organisation's partners says anything to somebody: they see all, or are one."""
    roles = roles_with(Permission.SEE_PARTNERS) | {Role.PARTNER}
    return organisation_id is not None and has_role(user, organisation_id, roles, today)


def check_can_list_partners(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied for whoever would only ever find the list empty."""
    if not can_list_partners(user, organisation_id, today=today):
        raise PermissionDenied


def can_appoint_partner(user: User, organisation_id: UUID | None, *, today: date) -> bool:
    """Say whether somebody may appoint partners at an organisation; for no organisation nobody may."""
    return organisation_id is not None and has_permission(user, Permission.MANAGE_PARTNERS, organisation_id, today)


def check_can_appoint_partner(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may appoint partners at an organisation."""
    if not can_appoint_partner(user, organisation_id, today=today):
        raise PermissionDenied


def can_change_partner(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody may change an appointment: those who appoint, and nobody their own."""
    return user.pk != partner.user_id and can_appoint_partner(user, partner.organisation_id, today=today)


def check_can_change_partner(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may change an appointment."""
    if not can_change_partner(user, partner, today=today):
        raise PermissionDenied


def can_save_journey(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody may change a partner's usual journey: the partner, and those who appoint."""
    return user.pk == partner.user_id or can_appoint_partner(user, partner.organisation_id, today=today)


def check_can_save_journey(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may change a partner's usual journey."""
    if not can_save_journey(user, partner, today=today):
        raise PermissionDenied


def actions_open_to(user: User, partner: Partner, *, today: date) -> list[PartnerAction]:
    """Return what somebody can do about a partner now, in the order a page offers it."""
    actions = []
    if can_save_journey(user, partner, today=today):
        actions.append(PartnerAction.CHANGE_JOURNEY)
    if partner.status != PartnerStatus.LEFT and can_change_partner(user, partner, today=today):
        actions += [PartnerAction.CHANGE_TELEPHONE, PartnerAction.CHANGE_TERM, PartnerAction.END]
    return actions
