"""Who may agree to something before a journey, and who may record what stands for somebody."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from expenses.models import PriorApproval
from expenses.permissions.held import holds
from psp_portal.accounts.models import User
from psp_portal.accounts.roles import Permission


def can_answer_approval(user: User, approval: PriorApproval, *, today: date) -> bool:
    """Say whether somebody may agree to a request or not: an approver of the payer, never whoever asked."""
    return approval.claimant_id != user.pk and holds(user, approval.payer_id, Permission.DECIDE_CLAIMS, today)


def check_can_answer_approval(user: User, approval: PriorApproval, *, today: date) -> None:
    """Raise PermissionDenied, saying why, unless somebody may answer the request."""
    if approval.claimant_id == user.pk:
        raise PermissionDenied("You asked for this yourself. Somebody else must answer.")
    if not can_answer_approval(user, approval, today=today):
        raise PermissionDenied("Only an approver of the organisation that pays can answer this.")


def check_can_withdraw_approval(user: User, approval: PriorApproval) -> None:
    """Raise PermissionDenied unless the request is somebody's own."""
    if approval.claimant_id != user.pk:
        raise PermissionDenied("Only the person who asked can withdraw this.")


def can_see_approvals(user: User, organisation_id: UUID, *, today: date) -> bool:
    """Say whether somebody may see what a payer has agreed with partners: its approvers and its leads."""
    return holds(user, organisation_id, Permission.DECIDE_CLAIMS, today) or holds(
        user, organisation_id, Permission.MANAGE_PARTNERS, today
    )


def check_can_manage_standing(user: User, organisation_id: UUID, partner_user_id: UUID, *, today: date) -> None:
    """Raise PermissionDenied, saying why, unless somebody may record or end a partner's standing approval."""
    if user.pk == partner_user_id:
        raise PermissionDenied("You cannot do this for yourself. Somebody else must.")
    if not can_see_approvals(user, organisation_id, today=today):
        raise PermissionDenied("Only an approver or a lead of the organisation that pays can do this.")


def check_can_see_standing(user: User, organisation_id: UUID, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may see which partners have standing approvals."""
    if not can_see_approvals(user, organisation_id, today=today):
        raise PermissionDenied("Only approvers and leads of the organisation that pays can see this.")
