"""Who may answer an offer of more money, and who may take it back."""

from datetime import date

from django.core.exceptions import PermissionDenied

from expenses.models import TopUp
from expenses.permissions.rates import can_manage_rates
from psp_portal.accounts.models import User


def check_can_answer_top_up(user: User, top_up: TopUp) -> None:
    """Raise PermissionDenied unless the line that is topped up is somebody's own."""
    if top_up.line.claimant_id != user.pk:
        raise PermissionDenied("Only the person who claimed can answer this offer.")


def can_withdraw_top_up(user: User, top_up: TopUp, *, today: date) -> bool:
    """Say whether somebody may take an offer back: finance, and never for a claim of their own."""
    return top_up.line.claimant_id != user.pk and can_manage_rates(user, top_up.card.organisation_id, today=today)


def check_can_withdraw_top_up(user: User, top_up: TopUp, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may take the offer back."""
    if not can_withdraw_top_up(user, top_up, today=today):
        raise PermissionDenied("Only finance can take an offer back, and not one that is made to themselves.")
