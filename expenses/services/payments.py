"""Payment runs: made by one finance person, released by another, settled line by line, exported on record."""

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from expenses import notifications, permissions, queries
from expenses.enums import ClaimAction, LineAction, LineStatus, RunLineStatus, RunStatus
from expenses.models import BankDetails, PaymentRun, RunExport, RunLine
from expenses.policies.card import TIME_KINDS
from expenses.services.moving import line_of, lock_claim, lock_lines, move_line, settle
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.audit.services import record_read
from psp_portal.dates import local_date
from psp_portal.encryption import decrypt
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.money import total

LEDGER = "ledger_csv"


@dataclass(frozen=True)
class ExportFile:
    """A file to hand to whoever exports it, and the record that they did."""

    name: str
    content: bytes
    export: RunExport


@audited("expenses.run.make")
@transaction.atomic
def make_run(*, organisation_id: UUID, line_ids: Iterable[UUID] | None, by: User, at: datetime) -> PaymentRun:
    """Put approved lines into a new run: those named, or with None all that ``by`` may pay.

    The run's count and totals are fixed from now on. Raises RuleBroken when there is nothing to pay, or when a named
    line can no longer be paid by this person.
    """
    today = local_date(at)
    permissions.check_can_pay_for(by, organisation_id, today=today)
    payable = queries.payable_lines(by, organisation_id, today=today)
    if line_ids is not None:
        payable = payable.filter(pk__in=list(line_ids))
    wanted = {line.pk: line.claim_id for line in payable}
    if not wanted:
        raise RuleBroken("There is nothing to pay: no approved line is left that you may put in a run.")
    if line_ids is not None and len(wanted) < len(set(line_ids)):
        raise RuleBroken("Some of these lines have been changed or paid since you opened the page. Look again.")
    # Claims are always locked in one order, so that two runs made at once wait for each other and do not deadlock.
    by_claim = {claim_id: lock_claim(claim_id) for claim_id in sorted(set(wanted.values()))}
    lines_of = {claim_id: lock_lines(claim) for claim_id, claim in by_claim.items()}
    chosen = [line_of(lines_of[claim_id], line_id) for line_id, claim_id in wanted.items()]
    if any(line.status != LineStatus.APPROVED for line in chosen):
        raise RuleBroken("Somebody has just put some of these lines in another run. Look again.")
    for_time = [line for line in chosen if line.kind in TIME_KINDS]
    run = PaymentRun.objects.create(
        organisation_id=organisation_id,
        made_by=by,
        made_at=at,
        line_count=len(chosen),
        time_total=total(line.approved_amount for line in for_time),
        expenses_total=total(line.approved_amount for line in chosen if line.kind not in TIME_KINDS),
    )
    RunLine.objects.bulk_create(
        RunLine(
            run=run,
            line=line,
            amount=line.approved_amount,
            is_for_time=line.kind in TIME_KINDS,
            claimant_id=line.claimant_id,
            decided_by_id=line.appeal_decided_by_id or line.decided_by_id,
            made_by=by,
        )
        for line in chosen
    )
    for line in chosen:
        move_line(line, LineAction.ADD_TO_RUN, by=by, at=at, note=run.reference)
    for claim_id, claim in by_claim.items():
        settle(claim, lines_of[claim_id], ClaimAction.ADD_TO_RUN, by=by, at=at, note=run.reference)
    notifications.run_made(run, by=by, at=at)
    return run


def _lock_run(run_id: UUID) -> PaymentRun:
    return PaymentRun.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=run_id)


def _lock_run_lines(run: PaymentRun, run_line_ids: Iterable[UUID] | None = None) -> list[RunLine]:
    rows = run.lines.select_for_update(of=("self",)).select_related("line").order_by("line__claim_id", "pk")
    return list(rows if run_line_ids is None else rows.filter(pk__in=list(run_line_ids)))


@audited("expenses.run.release")
@transaction.atomic
def release_run(*, run_id: UUID, by: User, at: datetime) -> PaymentRun:
    """Release a run as the second finance person; only then can it be exported and paid."""
    run = _lock_run(run_id)
    rows = _lock_run_lines(run)
    involved = {person for row in rows for person in (row.claimant_id, row.decided_by_id)}
    permissions.check_can_release_run(by, run, involved, today=local_date(at))
    if run.status != RunStatus.DRAFT:
        raise TransitionNotAllowed("This run has been released or cancelled already.")
    run.lines.update(released_by=by)
    run.status, run.released_by, run.released_at = RunStatus.RELEASED, by, at
    run.save(update_fields=["status", "released_by", "released_at"])
    notifications.run_released(run, by=by, at=at)
    return run


@audited("expenses.run.cancel")
@transaction.atomic
def cancel_run(*, run_id: UUID, by: User, at: datetime) -> PaymentRun:
    """Cancel a run that has not been released; its lines go back to the queue, their clocks still running."""
    run = _lock_run(run_id)
    permissions.check_can_pay_for(by, run.organisation_id, today=local_date(at))
    if run.status != RunStatus.DRAFT:
        raise TransitionNotAllowed("This run has been released or cancelled already.")
    rows = _lock_run_lines(run)
    _move_claims(rows, LineAction.REMOVE_FROM_RUN, ClaimAction.REMOVE_FROM_RUN, by=by, at=at, note=run.reference)
    run.lines.update(status=RunLineStatus.REMOVED)
    run.status = RunStatus.CANCELLED
    run.save(update_fields=["status"])
    return run


@audited("expenses.run.record_payment")
@transaction.atomic
def record_payment(*, run_id: UUID, run_line_ids: Iterable[UUID] | None, by: User, at: datetime) -> int:
    """Mark lines of a released run as paid: those named, or with None all still open; return how many."""
    run, rows = _open_rows(run_id, run_line_ids, by=by, at=at)
    for row in rows:
        row.status, row.settled_at, row.settled_by = RunLineStatus.PAID, at, by
    RunLine.objects.bulk_update(rows, ["status", "settled_at", "settled_by"])
    _move_claims(rows, LineAction.RECORD_PAYMENT, ClaimAction.RECORD_PAYMENT, by=by, at=at, note=run.reference)
    notifications.remittance_ready(run, {row.claimant_id for row in rows}, at=at)
    _settle_run(run)
    return len(rows)


@audited("expenses.run.record_failure")
@transaction.atomic
def record_failure(*, run_id: UUID, run_line_id: UUID, reason: str, by: User, at: datetime) -> None:
    """Mark one line of a released run as failed; it goes back to the queue with its clock still running."""
    if not reason.strip():
        raise RuleBroken("Say why the payment failed.", field="reason")
    run, rows = _open_rows(run_id, [run_line_id], by=by, at=at)
    for row in rows:
        row.status, row.settled_at, row.settled_by = RunLineStatus.FAILED, at, by
        row.failure_reason = reason.strip()
        row.save(update_fields=["status", "settled_at", "settled_by", "failure_reason"])
    _move_claims(rows, LineAction.RECORD_FAILURE, ClaimAction.RECORD_FAILURE, by=by, at=at, note=reason.strip())
    _settle_run(run)


def _open_rows(
    run_id: UUID, run_line_ids: Iterable[UUID] | None, *, by: User, at: datetime
) -> tuple[PaymentRun, list[RunLine]]:
    run = _lock_run(run_id)
    permissions.check_can_pay_for(by, run.organisation_id, today=local_date(at))
    if run.status != RunStatus.RELEASED:
        raise TransitionNotAllowed("Only a run that a second person has released can be marked as paid or failed.")
    rows = [row for row in _lock_run_lines(run, run_line_ids) if row.status == RunLineStatus.LISTED]
    if not rows:
        raise TransitionNotAllowed("These lines have been marked already.")
    if any(by.pk in (row.claimant_id, row.decided_by_id) for row in rows):
        raise RuleBroken("You claimed or decided one of these lines, so somebody else in finance must mark it.")
    return run, rows


def _move_claims(
    rows: list[RunLine], line_action: LineAction, claim_action: ClaimAction, *, by: User, at: datetime, note: str
) -> None:
    """Move the lines of run lines, a claim at a time, in the one order in which claims are locked."""
    by_claim: dict[UUID, list[UUID]] = {}
    for row in rows:
        by_claim.setdefault(row.line.claim_id, []).append(row.line_id)
    for claim_id in sorted(by_claim):
        claim = lock_claim(claim_id)
        lines = lock_lines(claim)
        for line_id in by_claim[claim_id]:
            move_line(line_of(lines, line_id), line_action, by=by, at=at, note=note)
        settle(claim, lines, claim_action, by=by, at=at, note=note)


def _settle_run(run: PaymentRun) -> None:
    if not run.lines.filter(status=RunLineStatus.LISTED).exists():
        run.status = RunStatus.SETTLED
        run.save(update_fields=["status"])


# --- the file for the ledger --------------------------------------------------------------
COLUMNS = [
    "run", "claim", "line", "payee", "sort_code", "account_number", "account_name", "payment", "kind", "date",
    "committee", "budget_code", "amount",
]  # fmt: skip
# A spreadsheet would read a cell that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@audited("expenses.run.export")
@transaction.atomic
def export_ledger(*, run_id: UUID, by: User, at: datetime) -> ExportFile:
    """Return a released run as CSV for the ledger; who took it, when, and its SHA-256 are kept.

    It is the only place where full bank details leave the portal, so each reading of them is logged.
    """
    run = _lock_run(run_id)
    permissions.check_can_pay_for(by, run.organisation_id, today=local_date(at))
    if run.status not in (RunStatus.RELEASED, RunStatus.SETTLED):
        raise TransitionNotAllowed("A run can be exported once a second person has released it.")
    rows = list(
        run.lines.select_related("line__claim__assignment__committee", "claimant").order_by(
            "line__claim__number", "line__position"
        )
    )
    accounts = {
        details.user_id: details
        for details in BankDetails.objects.filter(user_id__in={row.claimant_id for row in rows}, replaced_at=None)
    }
    content = _ledger_csv(run, rows, accounts)
    for details in accounts.values():
        record_read(
            by=by,
            what="expenses.bank_details.export",
            subject_id=details.user_id,
            subject_name=f"account ending {details.last_four}, run {run.reference}",
            organisation_id=run.organisation_id,
            at=at,
        )
    export = RunExport.objects.create(
        run=run,
        format=LEDGER,
        exported_by=by,
        exported_at=at,
        line_count=len(rows),
        total=total(row.amount for row in rows),
        checksum=hashlib.sha256(content).hexdigest(),
    )
    return ExportFile(f"{run.reference}-ledger.csv", content, export)


def _ledger_csv(run: PaymentRun, rows: list[RunLine], accounts: dict[UUID, BankDetails]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        line, details = row.line, accounts.get(row.claimant_id)
        assignment = line.claim.assignment
        writer.writerow(
            _as_text(cell)
            for cell in (
                run.reference,
                line.claim.reference,
                line.position,
                row.claimant.get_full_name(),
                decrypt(details.sort_code) if details else "",
                decrypt(details.account_number) if details else "",
                decrypt(details.account_name) if details else "",
                "involvement payment" if row.is_for_time else "expense",
                line.get_kind_display(),
                line.date.isoformat(),
                assignment.committee.name if assignment else "",
                assignment.budget_code if assignment else "",
                row.amount,
            )
        )
    return text.getvalue().encode()


def _as_text(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
