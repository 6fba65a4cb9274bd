"""Reads payment runs, what is due for one, and whose bank details are known."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import F, Max, QuerySet, Sum

from expenses.enums import LineKind, LineStatus, RunLineStatus
from expenses.models import BankDetails, ClaimLine, PaymentRun, RunLine
from expenses.models.claims import LineQuerySet
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_where
from psp_portal.accounts.roles import Permission, roles_with

TIME_KINDS = [LineKind.INVOLVEMENT_PAYMENT, LineKind.CANCELLED_MEETING]


def runs_visible_to(user: User, *, today: date) -> QuerySet[PaymentRun]:
    """Return the payment runs of the organisations whose runs somebody may see, newest first."""
    mine = organisation_ids_where(user, roles_with(Permission.SEE_RUNS), today)
    return (
        PaymentRun.objects.filter(organisation_id__in=mine)
        .select_related("organisation", "made_by", "released_by")
        .order_by("-made_at", "pk")
    )


def run_lines_visible_to(user: User, *, today: date) -> QuerySet[RunLine]:
    """Return the lines of the runs somebody may see, in the order of their claims."""
    return (
        RunLine.objects.filter(run__in=runs_visible_to(user, today=today).order_by())
        .select_related("run", "line__claim__assignment", "claimant", "decided_by")
        .order_by("claimant__name", "line__claim__number", "line__position")
    )


def payable_lines(user: User, organisation_id: UUID, *, today: date) -> LineQuerySet:
    """Return the lines that somebody may put in a run of an organisation now, those due first.

    Left out: what they claimed or decided themselves, for whoever decides does not pay.
    """
    mine = organisation_ids_where(user, roles_with(Permission.PAY_CLAIMS), today)
    return (
        ClaimLine.objects.payable()
        .filter(claim__payer_id=organisation_id, claim__payer_id__in=mine)
        .exclude(claimant=user)
        .exclude(decided_by=user)
        .exclude(appeal_decided_by=user)
        .select_related("claim__claimant", "claim__assignment__committee")
        .order_by("claim__payment_due_on", "claim__number", "position")
    )


def payments_of(user: User) -> QuerySet[RunLine]:
    """Return what has been paid to somebody, newest first: the lines of their remittance advice."""
    return (
        RunLine.objects.filter(claimant=user, status=RunLineStatus.PAID)
        .select_related("run__organisation", "line__claim")
        .order_by("-settled_at", "line__claim__number", "line__position")
    )


def remittances_of(user: User) -> QuerySet:
    """Return, for each run that has paid somebody, when and how much; newest first."""
    return (
        RunLine.objects.filter(claimant=user, status=RunLineStatus.PAID)
        .values("run_id", "run__number", organisation=F("run__organisation__name"))
        .annotate(amount=Sum("amount"), paid_at=Max("settled_at"))
        .order_by("-paid_at")
    )


def bank_details_of(user: User) -> BankDetails | None:
    """Return somebody's own bank details in use; pages show the last four digits only."""
    return BankDetails.objects.filter(user=user, replaced_at__isnull=True).first()


def last_fours(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the last four digits of the accounts of some people, for those who have given one."""
    rows = BankDetails.objects.filter(user_id__in=user_ids, replaced_at__isnull=True)
    return dict(rows.values_list("user_id", "last_four"))


def payable_exists(user: User, *, today: date) -> bool:
    """Say whether anything approved waits for a run at an organisation where somebody pays."""
    mine = organisation_ids_where(user, roles_with(Permission.PAY_CLAIMS), today)
    return ClaimLine.objects.filter(status=LineStatus.APPROVED, claim__payer_id__in=mine).exists()
