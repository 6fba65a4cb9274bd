"""Who may say that their organisation should not pay a claim, and who decides which one does."""

from datetime import date

from django.core.exceptions import PermissionDenied

from expenses.enums import Who
from expenses.models import Claim
from expenses.permissions.claims import can_act_as
from psp_portal.accounts.models import User


def can_raise_dispute(user: User, claim: Claim, *, today: date) -> bool:
    """Say whether somebody may say that the payer should not pay: its approvers and its finance, never the partner."""
    return can_act_as(user, claim, Who.APPROVER, today=today) or can_act_as(user, claim, Who.FINANCE, today=today)


def check_can_raise_dispute(user: User, claim: Claim, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may say that the payer should not pay."""
    if not can_raise_dispute(user, claim, today=today):
        raise PermissionDenied("Only an approver or finance of the organisation that pays can say that it should not.")


def can_decide_dispute(user: User, claim: Claim) -> bool:
    """Say whether somebody decides who pays a claim: the person it has come to, and nobody else."""
    return claim.arbiter_id == user.pk


def check_can_decide_dispute(user: User, claim: Claim) -> None:
    """Raise PermissionDenied unless somebody decides who pays the claim."""
    if not can_decide_dispute(user, claim):
        raise PermissionDenied("Only the person who has been asked to decide who pays this claim can do that.")
