"""What the bank answers: a file is uploaded, read without effect, and then taken in whole, in one transaction."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from expenses import permissions, queries
from expenses.enums import ResultOutcome, ResultRows, RunLineStatus, RunStatus
from expenses.models import BankResult, PaymentRun, PaymentSettings, ResultUpload, RunLine
from expenses.policies.bank_result import (
    COLUMNS,
    NEEDED,
    KnownLine,
    KnownPayee,
    Matched,
    Reading,
    ResultRow,
    match_rows,
    missing_columns,
    read_result,
)
from expenses.policies.exports.references import read_reference
from expenses.services.moving import lock_claims
from expenses.services.payment_settings import settings_of
from expenses.services.payments import record_failures, record_payment, record_returns
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import format_date, local_date
from psp_portal.encryption import decrypt, encrypt
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.money import total
from psp_portal.spreadsheets import read_rows

CLOCK = SystemActor("expenses.forget_result_uploads")
KEPT_FOR = timedelta(days=2)
# A payment that went to a building society's member comes back without our reference: among so many days' payments of
# settled runs it is looked for. Older ones are marked by hand.
COMES_BACK_WITHIN = timedelta(days=31)


@dataclass(frozen=True)
class DryRun:
    """What a file would do: row by row, and in all."""

    rows: list[Matched]

    def of(self, outcome: ResultOutcome) -> list[Matched]:
        """Return the rows with an outcome."""
        return [matched for matched in self.rows if matched.outcome == outcome]

    @property
    def not_used(self) -> list[Matched]:
        """The rows that do nothing."""
        return [matched for matched in self.rows if not matched.lines]


# --- uploading ----------------------------------------------------------------------------------
@audited("expenses.bank_result.upload")
@transaction.atomic
def upload_result(*, organisation_id: UUID, file: IO[bytes], name: str, by: User, at: datetime) -> ResultUpload:
    """Keep an uploaded result file, encrypted, until it is taken in or two days have passed.

    Raises RuleBroken for what is no table, and for a file that was taken in before.
    """
    permissions.check_can_pay_for(by, organisation_id, today=local_date(at))
    rows = read_rows(file)
    file.seek(0)
    checksum = hashlib.sha256(file.read()).hexdigest()
    _check_is_new(organisation_id, checksum)
    if len(rows) < 2:
        raise RuleBroken("The file has a heading and no rows below it.", field="file")
    return ResultUpload.objects.create(
        organisation_id=organisation_id,
        uploaded_by=by,
        uploaded_at=at,
        file_name=PurePath(name.replace("\\", "/")).name[-200:],
        checksum=checksum,
        rows=encrypt(json.dumps(rows)),
    )


def _check_is_new(organisation_id: UUID, checksum: str) -> None:
    taken = (
        BankResult.objects.filter(organisation_id=organisation_id, checksum=checksum)
        .select_related("imported_by")
        .first()
    )
    if taken:
        raise RuleBroken(
            f"{taken.imported_by.get_full_name()} took this file in on "
            f"{format_date(local_date(taken.imported_at))}. A file is taken in once.",
            field="file",
        )


def header_of(upload: ResultUpload) -> list[str]:
    """Return the headings of an uploaded file's columns."""
    return list(dict.fromkeys(heading for heading in _rows_of(upload)[0] if heading))


def _rows_of(upload: ResultUpload) -> list[list[str]]:
    rows: list[list[str]] = json.loads(decrypt(upload.rows))
    return rows


# --- which column is what -----------------------------------------------------------------------
@audited("expenses.bank_result.read_by")
@transaction.atomic
def set_result_columns(
    *,
    upload_id: UUID,
    columns: Mapping[str, str],
    rows: ResultRows,
    paid_words: Collection[str],
    failed_words: Collection[str],
    by: User,
    at: datetime,
) -> PaymentSettings:
    """Remember, for this file and those to come, which column of the bank's file is what, and what its words mean."""
    upload = ResultUpload.objects.get(pk=upload_id)
    permissions.check_can_pay_for(by, upload.organisation_id, today=local_date(at))
    chosen = {name: columns.get(name, "") for name in COLUMNS}
    for name in NEEDED:
        if not chosen[name]:
            raise RuleBroken("Choose the column", field=name)
    used = [heading for heading in chosen.values() if heading]
    if len(set(used)) < len(used):
        raise RuleBroken("Choose each column for one thing only")
    if rows == ResultRows.MIXED and not (chosen["outcome"] or chosen["code"]):
        raise RuleBroken("Choose the column that says whether a payment was made", field="outcome")
    settings = settings_of(upload.organisation_id)
    settings.result_columns, settings.result_rows = chosen, rows
    settings.paid_words, settings.failed_words = _words(paid_words), _words(failed_words)
    if set(settings.paid_words) & set(settings.failed_words):
        raise RuleBroken("A word cannot mean both that a payment was made and that it was not", field="failed_words")
    settings.save()
    return settings


def _words(words: Collection[str]) -> list[str]:
    return sorted({word.strip().casefold()[:30] for word in words if word.strip()})


def can_be_read(upload: ResultUpload) -> bool:
    """Say whether it is known which column of an uploaded file is what."""
    settings = queries.payment_settings_of(upload.organisation_id)
    columns = settings.result_columns if settings else {}
    return bool(columns) and not missing_columns(_rows_of(upload)[0], columns)


# --- reading and taking in ----------------------------------------------------------------------
def dry_run(upload: ResultUpload, *, by: User, today: date) -> DryRun:
    """Return what an uploaded file would do if ``by`` took it in today; nothing is changed."""
    settings = queries.payment_settings_of(upload.organisation_id)
    if settings is None or not can_be_read(upload):
        raise RuleBroken("Say first which column of this file is what.")
    reading = Reading(
        settings.result_columns, ResultRows(settings.result_rows), settings.paid_words, settings.failed_words
    )
    rows = read_result(_rows_of(upload), reading)
    read = [read_reference(row.reference) for row in rows]
    numbers = {int(found[0][1:]) for found in read if found}
    payees = _payees(
        RunLine.objects.filter(run__organisation_id=upload.organisation_id, run__number__in=numbers), by=by
    )
    by_roll: dict[str, list[KnownPayee]] = defaultdict(list)
    if not all(read):
        sent = RunLine.objects.filter(
            Q(run__status=RunStatus.RELEASED)
            | Q(run__status=RunStatus.SETTLED, paid_on__gte=today - COMES_BACK_WITHIN),
            run__organisation_id=upload.organisation_id,
        )
        members = sent.exclude(bank_details=None).exclude(bank_details__reference="")
        for payee, roll_number in _with_roll_numbers(members, by=by):
            by_roll[roll_number].append(payee)
    return DryRun(match_rows(rows, payees, by_roll, today=today))


def _payees(lines: Any, *, by: User) -> list[KnownPayee]:
    """Return the people of runs with what each run pays them."""
    grouped: dict[tuple[UUID, int], list[RunLine]] = defaultdict(list)
    for row in lines.exclude(payee=None).select_related("run", "claimant", "bank_details").order_by("pk"):
        grouped[row.run_id, row.payee].append(row)
    return [_payee(rows, by=by) for rows in grouped.values()]


def _payee(rows: list[RunLine], *, by: User) -> KnownPayee:
    first = rows[0]
    return KnownPayee(
        run=first.run.reference,
        run_key=str(first.run_id),
        run_status=RunStatus(first.run.status),
        payee=first.payee,
        name=first.claimant.get_full_name(),
        last_four=first.bank_details.last_four if first.bank_details else "",
        lines=[
            KnownLine(
                key=str(row.pk),
                is_for_time=row.is_for_time,
                amount=row.amount,
                status=RunLineStatus(row.status),
                is_mine=by.pk in (row.claimant_id, row.decided_by_id),
            )
            for row in rows
        ],
        released_on=local_date(first.run.released_at) if first.run.released_at else date.max,
    )


def _with_roll_numbers(lines: Any, *, by: User) -> list[tuple[KnownPayee, str]]:
    rolls = {(row.run_id, row.payee): row.bank_details for row in lines.select_related("bank_details")}
    return [
        (payee, decrypt(rolls[UUID(payee.run_key), payee.payee].reference).strip().upper())
        for payee in _payees(lines, by=by)
    ]


@audited("expenses.bank_result.take")
@transaction.atomic
def take_result(*, upload_id: UUID, by: User, at: datetime) -> BankResult:
    """Mark as paid and failed what the bank's file says, all of it or, when anything goes wrong, nothing.

    Rows that fit no payment do nothing and are kept on record with the rest. Raises RuleBroken when no row does
    anything, and when the same file has been taken in before.
    """
    upload = ResultUpload.objects.select_for_update().filter(pk=upload_id).first()
    if upload is None:
        raise TransitionNotAllowed("This file has been taken in already, or it was uploaded too long ago.")
    permissions.check_can_pay_for(by, upload.organisation_id, today=local_date(at))
    # One file at a time: the second of two at the same moment finds what the first has done.
    settings_of(upload.organisation_id)
    _check_is_new(upload.organisation_id, upload.checksum)
    today = local_date(at)
    keys = {UUID(matched.payee.run_key) for matched in dry_run(upload, by=by, today=today).rows if matched.lines}
    runs = list(PaymentRun.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    lock_claims(RunLine.objects.filter(run__in=runs).order_by().values_list("line__claim_id", flat=True))
    # Read again now that nobody else can mark these lines.
    found = dry_run(upload, by=by, today=today)
    paid = found.of(ResultOutcome.PAID)
    failed = [*found.of(ResultOutcome.FAILED), *found.of(ResultOutcome.SENT_BACK)]
    if not paid and not failed:
        raise RuleBroken("No row of this file marks anything.")
    for run in runs:
        _mark(run, paid, failed, by=by, at=at)
    result = BankResult.objects.create(
        organisation_id=upload.organisation_id,
        file_name=upload.file_name,
        checksum=upload.checksum,
        imported_by=by,
        imported_at=at,
        paid_count=sum(len(matched.lines) for matched in paid),
        paid_total=total(matched.row.amount for matched in paid),
        failed_count=sum(len(matched.lines) for matched in failed),
        failed_total=total(matched.row.amount for matched in failed),
        not_used_count=len(found.not_used),
        rows=[_as_json(matched) for matched in found.rows],
    )
    upload.delete()
    return result


def _mark(run: PaymentRun, paid: list[Matched], failed: list[Matched], *, by: User, at: datetime) -> None:
    def of_run(rows: list[Matched], status: RunLineStatus) -> dict[UUID, ResultRow]:
        return {
            UUID(line.key): matched.row
            for matched in rows
            if matched.payee.run_key == str(run.pk)
            for line in matched.lines
            if line.status == status
        }

    for status, record in ((RunLineStatus.LISTED, record_failures), (RunLineStatus.PAID, record_returns)):
        reasons = {key: row.reason for key, row in of_run(failed, status).items()}
        if reasons:
            record(run_id=run.pk, reasons=reasons, by=by, at=at)
    by_day: dict[date | None, list[UUID]] = defaultdict(list)
    for key, row in of_run(paid, RunLineStatus.LISTED).items():
        by_day[row.paid_on].append(key)
    for day, ids in by_day.items():
        record_payment(run_id=run.pk, run_line_ids=ids, by=by, at=at, paid_on=day)


def _as_json(matched: Matched) -> dict[str, Any]:
    row, payee = matched.row, matched.payee
    return {
        "row": row.number,
        "reference": row.shown_reference,
        "amount": "" if row.amount is None else str(row.amount),
        "outcome": str(matched.outcome),
        "words": matched.words,
        "run": payee.run if payee else "",
        "lines": len(matched.lines),
    }


def forget_result_uploads(*, at: datetime) -> int:
    """Delete result files that were uploaded two days ago and never taken in; return how many."""
    with acting_as(CLOCK, "expenses.bank_result.forget"):
        count, _ = ResultUpload.objects.filter(uploaded_at__lt=at - KEPT_FOR).delete()
    return count
