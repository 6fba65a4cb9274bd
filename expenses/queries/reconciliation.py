"""Reads the sums that must agree: of runs, of the files taken of them, and of the claims behind them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from expenses.enums import ExportFormat, LineStatus, RunLineStatus, RunPart, RunStatus
from expenses.models import Claim, ClaimLine, PaymentRun, Reconciliation, RunExport, RunLine
from expenses.policies.reconciliation import Exported, OverallSums, RunSums, Tally
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission
from psp_portal.money import ZERO


def reconciliations_visible_to(user: User, *, today: date) -> QuerySet[Reconciliation]:
    """Return the checks of the organisations whose runs somebody may see, newest first."""
    mine = organisation_ids_allowing(user, Permission.SEE_RUNS, today)
    return Reconciliation.objects.filter(organisation_id__in=mine).order_by("-checked_at", "pk")


def organisations_with_runs() -> list[UUID]:
    """Return the organisations that have made a run, for the nightly check."""
    return sorted(PaymentRun.objects.order_by().values_list("organisation_id", flat=True).distinct())


def run_sums(runs: Iterable[PaymentRun]) -> list[RunSums]:
    """Return the sums of runs, in their order. Two queries, however many runs."""
    runs = list(runs)
    ids = [run.pk for run in runs]
    lines: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    in_run, paid = Q(line__status=LineStatus.IN_RUN), Q(line__status=LineStatus.PAID)
    for row in (
        RunLine.objects.filter(run_id__in=ids)
        .order_by()
        .values("run_id", "status", "is_for_time")
        .annotate(
            count=Count("pk"),
            sum=Sum("amount"),
            claims=Sum("line__approved_amount"),
            waiting=Count("pk", filter=in_run),
            waiting_sum=Sum("line__approved_amount", filter=in_run),
            settled=Count("pk", filter=paid),
            settled_sum=Sum("line__approved_amount", filter=paid),
        )
    ):
        lines[row["run_id"]].append(row)
    exports: dict[UUID, list[Exported]] = defaultdict(list)
    for export in RunExport.objects.filter(run_id__in=ids).order_by("exported_at", "pk"):
        exports[export.run_id].append(
            Exported(
                ExportFormat(export.format),
                RunPart(export.covers),
                Tally(export.line_count, export.total),
                Tally(export.left_out_count, export.left_out_total),
            )
        )
    return [_sums_of(run, lines[run.pk], exports[run.pk]) for run in runs]


def _sums_of(run: PaymentRun, rows: list[Mapping[str, Any]], exports: list[Exported]) -> RunSums:
    def ledger(is_for_time: bool) -> dict[RunLineStatus, Tally]:
        return {
            RunLineStatus(row["status"]): Tally(row["count"], row["sum"])
            for row in rows
            if row["is_for_time"] == is_for_time
        }

    def behind(status: RunLineStatus, name: str) -> Tally:
        chosen = [row for row in rows if row["status"] == status]
        return Tally(sum(row[name] for row in chosen), sum((row[f"{name}_sum"] or ZERO for row in chosen), ZERO))

    return RunSums(
        key=str(run.pk),
        reference=run.reference,
        status=RunStatus(run.status),
        said=Tally(run.line_count, run.total),
        said_time=run.time_total,
        said_expenses=run.expenses_total,
        time=ledger(True),
        expenses=ledger(False),
        claims=Tally(sum(row["count"] for row in rows), sum((row["claims"] or ZERO for row in rows), ZERO)),
        waiting=behind(RunLineStatus.LISTED, "waiting"),
        settled=behind(RunLineStatus.PAID, "settled"),
        exports=exports,
    )


def overall_sums(organisation_id: UUID) -> OverallSums:
    """Return the sums over everything that an organisation pays. Three queries over all its lines."""
    approved = [LineStatus.APPROVED, LineStatus.IN_RUN, LineStatus.PAID]
    lines = _tallies(
        ClaimLine.objects.filter(claim__payer_id=organisation_id, status__in=approved), F("approved_amount")
    )
    runs = _tallies(
        RunLine.objects.filter(
            run__organisation_id=organisation_id, status__in=[RunLineStatus.LISTED, RunLineStatus.PAID]
        ),
        F("amount"),
    )
    claims = Claim.objects.filter(payer_id=organisation_id).aggregate(approved=Sum("approved"), paid=Sum("paid"))
    return OverallSums(
        approved=lines.get(LineStatus.APPROVED, Tally()),
        in_run=lines.get(LineStatus.IN_RUN, Tally()),
        paid=lines.get(LineStatus.PAID, Tally()),
        runs_listed=runs.get(RunLineStatus.LISTED, Tally()),
        runs_paid=runs.get(RunLineStatus.PAID, Tally()),
        claims_approved=claims["approved"] or Decimal(0),
        claims_paid=claims["paid"] or Decimal(0),
    )


def _tallies(rows: QuerySet, amount: F) -> dict[str, Tally]:
    grouped = rows.order_by().values("status").annotate(count=Count("pk"), sum=Sum(amount))
    return {row["status"]: Tally(row["count"], row["sum"]) for row in grouped}


def latest_reconciliations(user: User, *, today: date) -> list[Reconciliation]:
    """Return the last check of each organisation where somebody pays. One query."""
    mine = organisation_ids_allowing(user, Permission.PAY_CLAIMS, today)
    return list(
        Reconciliation.objects.filter(organisation_id__in=mine)
        .order_by("organisation_id", "-checked_at", "pk")
        .distinct("organisation_id")
        .select_related("organisation")
    )
