"""Who may bring in a trust's own list of unpaid claims."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from expenses.models import BacklogDraft, Claim
from expenses.permissions.held import holds
from psp_portal.accounts.models import User
from psp_portal.accounts.roles import Permission


def check_can_bring_in(user: User, organisation_id: UUID, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may bring claims in there: finance.

    It needs no second person: each claim is still decided by an approver, and paid in a run that two others make.
    """
    if not holds(user, organisation_id, Permission.PAY_CLAIMS, today):
        raise PermissionDenied("Only finance can bring in earlier claims.")


def check_can_use_list(user: User, draft: BacklogDraft, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may go on with an uploaded list: whoever uploaded it, while in finance."""
    check_can_bring_in(user, draft.organisation_id, today=today)
    if draft.by_id != user.pk:
        raise PermissionDenied("Somebody else uploaded this list.")


def has_brought_in(user: User, claim: Claim) -> bool:
    """Say whether somebody brought a claim in: they neither decide it nor release its payment."""
    return claim.brought_in_id is not None and claim.brought_in.by_id == user.pk
