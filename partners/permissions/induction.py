"""Who may do what about inductions: role at the organisation, and relation to the partner."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums.induction import ItemKind
from partners.models import Partner
from partners.models.induction import InductionItem, NewcomerNote
from partners.permissions.appointments import can_appoint_partner, can_change_partner
from partners.queries import induction as queries
from psp_portal.accounts.models import User

# Those who appoint partners write the template, begin inductions and look after them.
can_manage_inductions = can_appoint_partner
can_lead_induction = can_change_partner


def check_can_manage_inductions(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may write an organisation's template and see all its inductions."""
    if not can_manage_inductions(user, organisation_id, today=today):
        raise PermissionDenied


def check_can_lead_induction(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may begin a partner's induction and leave things out of it."""
    if not can_lead_induction(user, partner, today=today):
        raise PermissionDenied


def can_close_item(user: User, item: InductionItem, *, today: date) -> bool:
    """Say whether somebody may tick one thing of an induction: whoever it is for, and the leads for anything."""
    return can_lead_induction(user, item.induction.partner, today=today) or queries.is_owner(user, item, today=today)


def check_can_close_item(user: User, item: InductionItem, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may tick one thing of an induction."""
    if not can_close_item(user, item, today=today):
        raise PermissionDenied


def can_reopen_item(user: User, item: InductionItem, *, today: date) -> bool:
    """Say whether somebody may open again what was ticked: whoever ticked it, and the leads."""
    return item.closed_by_id == user.pk or can_lead_induction(user, item.induction.partner, today=today)


def check_can_reopen_item(user: User, item: InductionItem, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may open again what was ticked."""
    if not can_reopen_item(user, item, today=today):
        raise PermissionDenied


def actions_open_to(user: User, item: InductionItem, *, today: date) -> dict[str, bool]:
    """Return what somebody can do now about one thing of an induction: close, skip, reopen, agree. Two queries."""
    leads = can_lead_induction(user, item.induction.partner, today=today)
    is_open = item.closed_at is None
    is_agreement = item.kind == ItemKind.AGREEMENT
    is_reopener = leads or item.closed_by_id == user.pk
    return {
        "can_close": is_open and not is_agreement and (leads or queries.is_owner(user, item, today=today)),
        "can_skip": is_open and leads,
        "can_reopen": not is_open and item.induction.finished_at is None and is_reopener,
        "can_agree": is_agreement and can_agree(user, item.induction.partner, today=today),
    }


def can_agree(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody is one of the two sides of a working agreement: the partner, and the leads."""
    return user.pk == partner.user_id or can_lead_induction(user, partner, today=today)


def check_can_agree(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody is one of the two sides of a working agreement."""
    if not can_agree(user, partner, today=today):
        raise PermissionDenied


def check_is_own(user: User, partner: Partner) -> None:
    """Raise PermissionDenied unless it is the person's own: what they wish they had known, they alone write."""
    if user.pk != partner.user_id:
        raise PermissionDenied


def can_hide_note(user: User, note: NewcomerNote, *, today: date) -> bool:
    """Say whether somebody may hide a note from newcomers: the leads, and nobody their own (they withdraw it)."""
    return can_lead_induction(user, note.partner, today=today)


def check_can_hide_note(user: User, note: NewcomerNote, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may hide a note from newcomers."""
    if not can_hide_note(user, note, today=today):
        raise PermissionDenied
