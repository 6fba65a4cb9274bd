"""Who may make, release and settle payment runs."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from expenses.enums import RunStatus
from expenses.models import PaymentRun
from expenses.permissions.held import holds
from psp_portal.accounts.models import User
from psp_portal.accounts.roles import Permission


def can_pay_for(user: User, organisation_id: UUID, *, today: date) -> bool:
    """Say whether somebody may make payment runs of an organisation."""
    return holds(user, organisation_id, Permission.PAY_CLAIMS, today)


def check_can_pay_for(user: User, organisation_id: UUID, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may make payment runs of the organisation."""
    if not can_pay_for(user, organisation_id, today=today):
        raise PermissionDenied("Only finance can do this.")


def can_release_run(user: User, run: PaymentRun, involved: Iterable[UUID], *, today: date) -> bool:
    """Say whether somebody may release a run: finance, and neither its maker nor anybody ``involved``.

    Those are the claimants and deciders of its lines, and whoever brought their claims in.
    """
    return (
        run.status == RunStatus.DRAFT
        and run.made_by_id != user.pk
        and user.pk not in set(involved)
        and can_pay_for(user, run.organisation_id, today=today)
    )


def check_can_release_run(user: User, run: PaymentRun, involved: Iterable[UUID], *, today: date) -> None:
    """Raise PermissionDenied, saying why, unless somebody may release the run."""
    check_can_pay_for(user, run.organisation_id, today=today)
    if run.made_by_id == user.pk:
        raise PermissionDenied("You made this run. A second finance person must release it.")
    if user.pk in set(involved):
        raise PermissionDenied(
            "You claimed or decided a line of this run, or brought its claim in. "
            "Another finance person must release it."
        )
