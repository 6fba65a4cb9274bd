"""What leaves the portal of a payment run: files for the ledger, payroll and the bank, each kept on record.

It is the only place where full bank details leave the portal, so each reading of them is logged.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from expenses import permissions, queries
from expenses.enums import BacsDays, ExportFormat, LineKind, RunLineStatus, RunPart, RunStatus
from expenses.models import BankDetails, PaymentRun, PaymentSettings, RunExport, RunLine
from expenses.policies.exports import bacs, tables
from expenses.policies.exports.references import payment_reference
from expenses.services.hands import holidays_around
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.audit.services import record_read, record_reads
from psp_portal.dates import local_date
from psp_portal.encryption import decrypt
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.money import total

_NAMES = {
    ExportFormat.LEDGER: "{reference}-ledger.csv",
    ExportFormat.PAYROLL: "{reference}-payroll.csv",
    ExportFormat.BACS: "{reference}-bacs.txt",
}


@dataclass(frozen=True)
class ExportFile:
    """A file to hand to whoever exports it, and the record that they did."""

    name: str
    content: bytes
    export: RunExport


@dataclass(frozen=True)
class _Made:
    """A file's bytes and what is kept of it. ``left_out`` are lines it should hold but for want of an account."""

    content: bytes
    covers: RunPart
    parts: dict[str, str]
    lines: list[RunLine]
    left_out: list[RunLine]
    payment_count: int | None = None
    processing_on: date | None = None


@audited("expenses.run.export")
@transaction.atomic
def export_run(
    *,
    run_id: UUID,
    format: ExportFormat,  # noqa: A002  # it is what a file's format is called
    by: User,
    at: datetime,
    processing_on: date | None = None,
    reason: str = "",
) -> ExportFile:
    """Return a released run as a file; who took it, when, and its SHA-256 are kept.

    ``processing_on`` is for a BACS file alone: the day on which the bank is to make the payments. A file taken again
    has the bytes it had when it was first taken; where it cannot, RuleBroken says what is different, unless a
    ``reason`` is given, which is kept. Raises RuleBroken too when there is nothing to write, and for a BACS file that
    is not the first one when it might pay again what has been paid (``_check_may_differ``).
    """
    run = PaymentRun.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=run_id)
    permissions.check_can_pay_for(by, run.organisation_id, today=local_date(at))
    if run.status not in (RunStatus.RELEASED, RunStatus.SETTLED):
        raise TransitionNotAllowed("A run can be exported once a second person has released it.")
    first = queries.first_export(run, format)
    if format == ExportFormat.BACS:
        made = _bacs_file(run, first, processing_on=processing_on, by=by, at=at)
    else:
        made = _table_file(run, format, by=by, at=at)
    checksum = hashlib.sha256(made.content).hexdigest()
    is_same = first is None or first.checksum == checksum
    if not is_same:
        what = ", ".join(tables.what_differs(first.parts, made.parts))
        words = f"This would not be the file that was first taken. What is different: {what}."
        if format == ExportFormat.BACS:
            _check_may_differ(run, first, words, by=by)
        if not reason.strip():
            raise RuleBroken(f"{words} Say why you need it.", field="reason")
    export = RunExport.objects.create(
        run=run,
        format=format,
        covers=made.covers,
        exported_by=by,
        exported_at=at,
        line_count=len(made.lines),
        total=total(row.amount for row in made.lines),
        checksum=checksum,
        payment_count=made.payment_count,
        left_out_count=len(made.left_out),
        left_out_total=total(row.amount for row in made.left_out),
        processing_on=made.processing_on,
        parts=made.parts,
        first=first,
        is_same=is_same,
        reason="" if is_same else reason.strip(),
    )
    return ExportFile(_NAMES[format].format(reference=run.reference), made.content, export)


def _check_may_differ(run: PaymentRun, first: RunExport, words: str, *, by: User) -> None:
    """Raise RuleBroken unless ``by`` may take a BACS file that is not the first: the bank would pay both.

    Nobody alone can have a run paid twice, and nothing of it may be paid or have failed by then.
    """
    if run.lines.exclude(status=RunLineStatus.LISTED).exists():
        raise RuleBroken(
            f"{words} Lines of this run have been marked as paid or failed, so only the first file can be taken. "
            "What failed waits for another run."
        )
    if first.exported_by_id == by.pk:
        raise RuleBroken(
            f"{words} You took the first file. Two files may pay everybody twice, so somebody else in finance must "
            "take another one."
        )


# --- tables: the ledger and payroll -----------------------------------------------------------
def _table_file(run: PaymentRun, wanted: ExportFormat, *, by: User, at: datetime) -> _Made:
    covers = RunPart.EXPENSES if wanted == ExportFormat.LEDGER else RunPart.TIME
    rows = [row for row in _rows(run) if is_covered(row, covers)]
    details = _details_of(rows)
    lines = [_paid_line(run, row, details.get(row.claimant_id), covers) for row in rows]
    if wanted == ExportFormat.LEDGER:
        table = tables.ledger_table(lines)
    else:
        table = tables.payroll_table(lines, _above_mileage(run))
    if not table.rows:
        raise RuleBroken("This run has nothing for this file.")
    _log(details.values(), run, by=by, at=at)
    return _Made(table.as_csv(), covers, table.parts(), rows, [])


def _rows(run: PaymentRun) -> list[RunLine]:
    return list(
        run.lines.select_related("line__claim__assignment__committee", "claimant", "bank_details").order_by(
            "line__claim__number", "line__position"
        )
    )


def is_covered(row: RunLine, covers: RunPart) -> bool:
    """Say whether a line of a run belongs to one of its ledgers."""
    return covers == RunPart.BOTH or row.is_for_time == (covers == RunPart.TIME)


def _details_of(rows: Iterable[RunLine]) -> dict[UUID, BankDetails]:
    """Return the accounts of a run's people: those kept at its release.

    A run from before they were kept names those in use, as its first file did.
    """
    rows = list(rows)
    if any(row.payee is None for row in rows):
        return queries.bank_details_to_pay({row.claimant_id for row in rows})
    return {row.claimant_id: row.bank_details for row in rows if row.bank_details}


def _opened(details: BankDetails | None) -> tables.Account:
    if details is None:
        return tables.NOWHERE
    roll_number = decrypt(details.reference) if details.reference else ""
    return tables.Account(
        decrypt(details.sort_code), decrypt(details.account_number), decrypt(details.account_name), roll_number
    )


def _paid_line(run: PaymentRun, row: RunLine, details: BankDetails | None, covers: RunPart) -> tables.PaidLine:
    line, assignment = row.line, row.line.claim.assignment
    return tables.PaidLine(
        run=run.reference,
        claim=line.claim.reference,
        position=line.position,
        payee=row.claimant.get_full_name(),
        reference=payment_reference(run.reference, row.payee, covers),
        account=_opened(details),
        kind=line.get_kind_display(),
        date=line.date,
        committee=assignment.committee.name if assignment else "",
        budget_code=line.claim.budget_code,
        amount=row.amount,
    )


def _above_mileage(run: PaymentRun) -> list[tables.AboveMileage]:
    """Return what payroll must know: which lines of mileage this run pays, at how much more than HMRC's rate."""
    rows = [row for row in _rows(run) if row.line.kind == LineKind.MILEAGE]
    above = queries.above_hmrc_in_run(run, rows)
    return [
        tables.AboveMileage(
            run.reference, row.line.claim.reference, row.line.position, row.claimant.get_full_name(), above[row.pk]
        )
        for row in rows
        if above[row.pk]
    ]


# --- BACS ---------------------------------------------------------------------------------------
def _bacs_file(
    run: PaymentRun, first: RunExport | None, *, processing_on: date | None, by: User, at: datetime
) -> _Made:
    settings = queries.payment_settings_of(run.organisation_id)
    if settings is None or not settings.pays_by_bacs:
        raise RuleBroken("Say first from which account your organisation pays: see “How we pay”.")
    # Of a run released before it was kept, what its first file paid is what every file pays.
    covers = RunPart(run.bacs_covers or (first.covers if first else settings.bacs_covers))
    rows = [row for row in _rows(run) if is_covered(row, covers)]
    if any(row.payee is None for row in rows):
        raise RuleBroken("This run was made before there were BACS files. Pay it from the ledger file.")
    listed = [row for row in rows if row.bank_details]
    if not listed:
        raise RuleBroken("This run has nothing to pay by BACS to an account.")
    made_on, day = _bacs_days(first, processing_on, today=local_date(at))
    details = _details_of(listed)
    accounts = {person: _opened(found) for person, found in details.items()}
    payments = bacs.payments_of(_credit(run, row, accounts[row.claimant_id], covers) for row in listed)
    file = bacs.BacsFile(
        originator=_originator(settings),
        # The same run has the same serial always: BACS itself refuses to take it twice.
        serial=f"{run.number % 1_000_000:06}",
        created_on=made_on,
        processing_on=day,
        days=BacsDays(settings.bacs_days),
        narrative=run.reference,
    )
    _log(details.values(), run, by=by, at=at)
    record_read(
        by=by,
        what="expenses.payment_settings.export",
        subject_id=run.organisation_id,
        subject_name=f"account ending {settings.last_four}, run {run.reference}",
        organisation_id=run.organisation_id,
        at=at,
    )
    parts = {
        "line": tables.digest(row.line_id for row in listed),
        "payee": tables.digest(payment.name for payment in payments),
        "payment_reference": tables.digest(payment.reference for payment in payments),
        "amount": tables.digest(payment.amount for payment in payments),
        "paying_account": tables.digest([settings.service_user_number, settings.account_name, settings.last_four]),
        "processing_day": tables.digest([day]),
        "layout": tables.digest([settings.bacs_days]),
    }
    left_out = [row for row in rows if not row.bank_details]
    return _Made(bacs.build_bacs(file, payments), covers, parts, listed, left_out, len(payments), day)


def first_bacs_day(today: date) -> date:
    """Return the first day on which BACS can process a file made today."""
    return bacs.first_processing_day(today, holidays_around(today))


def _bacs_days(first: RunExport | None, wished: date | None, *, today: date) -> tuple[date, date]:
    """Return the day a file is made on, and the day it is processed: those of the first file unless another is wished.

    A file with another day is made today.
    """
    if first is not None and wished in (None, first.processing_on):
        return local_date(first.exported_at), first.processing_on
    day = bacs.processing_day(wished or first_bacs_day(today), today=today, holidays=holidays_around(today))
    return (local_date(first.exported_at), day) if first and day == first.processing_on else (today, day)


def _credit(run: PaymentRun, row: RunLine, account: tables.Account, covers: RunPart) -> bacs.Credit:
    # A building society finds its member by the roll number, which has no other place in the file.
    reference = account.roll_number or payment_reference(run.reference, row.payee, covers)
    return bacs.Credit(account.sort_code, account.account_number, account.name, row.amount, reference)


def _originator(settings: PaymentSettings) -> bacs.Originator:
    return bacs.Originator(
        settings.service_user_number,
        decrypt(settings.sort_code),
        decrypt(settings.account_number),
        settings.account_name,
    )


def _log(details: Iterable[BankDetails], run: PaymentRun, *, by: User, at: datetime) -> None:
    record_reads(
        by=by,
        what="expenses.bank_details.export",
        subjects={row.user_id: f"account ending {row.last_four}, run {run.reference}" for row in details},
        organisation_id=run.organisation_id,
        at=at,
    )
