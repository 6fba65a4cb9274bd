"""Payment runs: made by one finance person, released by another, settled line by line or all at once.

What leaves the portal of a run stands in ``exports``, what the bank answers in ``results``.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery

from expenses import notifications, permissions, queries
from expenses.enums import ClaimAction, LineAction, LineStatus, RunLineStatus, RunPart, RunStatus
from expenses.models import BankDetails, ClaimLine, PaymentRun, RunLine
from expenses.policies import payment_day
from expenses.policies.card import TIME_KINDS
from expenses.services.hands import holidays_around
from expenses.services.moving import lines_of_claims, lock_claims, move_many, settle_many
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import format_date, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.money import format_pounds, total


@dataclass(frozen=True)
class Seen:
    """What a page said could be paid: how many lines, and what they come to."""

    lines: int
    total: Decimal


@audited("expenses.run.make")
@transaction.atomic
def make_run(
    *,
    organisation_id: UUID,
    line_ids: Iterable[UUID] | None,
    by: User,
    at: datetime,
    not_these: Collection[UUID] = (),
    due_by: date | None = None,
    seen: Seen | None = None,
) -> PaymentRun:
    """Put approved lines into a new run: those named, or with None all that ``by`` may pay.

    With ``due_by`` what is due later waits for another run, and so do ``not_these``; ``seen`` is what the page said
    could be paid, with them. The run's count and totals are fixed from now on. Raises RuleBroken when there is nothing
    to pay, when a named line can no longer be paid by this person, and when other lines can be paid than were seen.
    """
    today = local_date(at)
    permissions.check_can_pay_for(by, organisation_id, today=today)
    payable = queries.payable_lines(by, organisation_id, today=today)
    named = None if line_ids is None else set(line_ids)
    if named is not None:
        payable = payable.filter(pk__in=named)
    if due_by is not None:
        payable = payable.filter(claim__payment_due_on__lte=due_by)
    found = list(payable.order_by().select_related(None).values_list("pk", "claim_id", "approved_amount"))
    now = Seen(len(found), total(amount for _, _, amount in found))
    if seen is not None and seen != now:
        raise RuleBroken(
            f"What can be paid has changed since you opened the page: it is now {now.lines} "
            f"{'line' if now.lines == 1 else 'lines'} of {format_pounds(now.total)}. Look again, then make the run."
        )
    wanted = {line_id: claim_id for line_id, claim_id, _ in found if line_id not in not_these}
    if not wanted:
        raise RuleBroken("There is nothing to pay: no approved line is left that you may put in a run.")
    if named is not None and len(wanted) < len(named):
        raise RuleBroken("Some of these lines have been changed or paid since you opened the page. Look again.")
    claims = lock_claims(wanted.values())
    lines_of = lines_of_claims(claims)
    chosen = [line for lines in lines_of.values() for line in lines if line.pk in wanted]
    if len(chosen) < len(wanted) or any(line.status != LineStatus.APPROVED for line in chosen):
        raise RuleBroken("Somebody has just put some of these lines in another run. Look again.")
    chosen.sort(key=lambda line: (line.claim.number, line.position))
    run = PaymentRun.objects.create(
        organisation_id=organisation_id,
        made_by=by,
        made_at=at,
        line_count=len(chosen),
        time_total=total(line.approved_amount for line in chosen if line.kind in TIME_KINDS),
        expenses_total=total(line.approved_amount for line in chosen if line.kind not in TIME_KINDS),
    )
    _list_lines(run, chosen, by=by)
    notes = dict.fromkeys([*wanted, *lines_of], run.reference)
    move_many(chosen, LineAction.ADD_TO_RUN, by=by, at=at, notes=notes)
    settle_many(claims, lines_of, ClaimAction.ADD_TO_RUN, by=by, at=at, notes=notes)
    notifications.run_made(run, by=by, at=at)
    return run


def _list_lines(run: PaymentRun, lines: Iterable[ClaimLine], *, by: User) -> None:
    """Write a run's lines; each person among them has a number, in the order of their first claim."""
    payees: dict[UUID, int] = {}
    RunLine.objects.bulk_create(
        RunLine(
            run=run,
            line=line,
            amount=line.approved_amount,
            is_for_time=line.kind in TIME_KINDS,
            claimant_id=line.claimant_id,
            decided_by_id=line.appeal_decided_by_id or line.decided_by_id,
            made_by=by,
            payee=payees.setdefault(line.claimant_id, len(payees) + 1),
        )
        for line in lines
    )


def _lock_run(run_id: UUID) -> PaymentRun:
    return PaymentRun.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=run_id)


def _lock_run_lines(run: PaymentRun, run_line_ids: Iterable[UUID] | None = None) -> list[RunLine]:
    rows = run.lines.select_for_update(of=("self",)).select_related("line", "claimant").order_by("line__claim_id", "pk")
    return list(rows if run_line_ids is None else rows.filter(pk__in=list(run_line_ids)))


@audited("expenses.run.release")
@transaction.atomic
def release_run(*, run_id: UUID, by: User, at: datetime) -> PaymentRun:
    """Release a run as the second finance person; only then can it be exported and paid.

    The accounts that are paid, and what a BACS file pays, are kept with the run now: what somebody changes later is for
    the next run. Raises
    RuleBroken, naming them, when somebody's bank details were changed since the run was made and wait for a check.
    """
    run = _lock_run(run_id)
    rows = _lock_run_lines(run)
    permissions.check_can_release_run(by, run, queries.people_of_run(run), today=local_date(at))
    if run.status != RunStatus.DRAFT:
        raise TransitionNotAllowed("This run has been released or cancelled already.")
    claimants = {row.claimant_id for row in rows}
    held = queries.held_for_verification(claimants, run.organisation_id)
    if held:
        names = sorted({row.claimant.get_full_name() for row in rows if row.claimant_id in held})
        raise RuleBroken(
            f"These bank details are new and wait for a check: {', '.join(names)}. Check them first, or "
            "cancel this run and make another."
        )
    run.lines.update(released_by=by)
    in_use = [details.pk for details in queries.bank_details_to_pay(claimants).values()]
    if in_use:
        account = BankDetails.objects.filter(pk__in=in_use, user=OuterRef("claimant"))
        run.lines.update(bank_details=Subquery(account.values("pk")[:1]))
    run.status, run.released_by, run.released_at = RunStatus.RELEASED, by, at
    settings = queries.payment_settings_of(run.organisation_id)
    run.bacs_covers = settings.bacs_covers if settings and settings.pays_by_bacs else RunPart.EXPENSES
    run.save(update_fields=["status", "released_by", "released_at", "bacs_covers"])
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
    notes = dict.fromkeys([row.pk for row in rows], run.reference)
    _move_claims(rows, LineAction.REMOVE_FROM_RUN, ClaimAction.REMOVE_FROM_RUN, by=by, at=at, notes=notes)
    run.lines.update(status=RunLineStatus.REMOVED)
    run.status = RunStatus.CANCELLED
    run.save(update_fields=["status"])
    return run


@audited("expenses.run.record_payment")
@transaction.atomic
def record_payment(
    *, run_id: UUID, run_line_ids: Iterable[UUID] | None, by: User, at: datetime, paid_on: date | None = None
) -> int:
    """Mark lines of a released run as paid: those named, or with None all still open; return how many.

    ``paid_on`` is the day on which the bank paid them, by which every report counts; without one it is the day on
    which the run's BACS file pays, or else today. Raises RuleBroken at it for a day before the release or to come.
    """
    run, rows = _marked_rows(run_id, run_line_ids, RunLineStatus.LISTED, by=by, at=at)
    today = local_date(at)
    day = expected_paid_on(run, today=today) if paid_on is None else paid_on
    if words := payment_day.why_not(day, released_on=local_date(run.released_at), today=today):
        raise RuleBroken(words, field="paid_on")
    moment = payment_day.moment_of(day, at=at)
    ids = [row.pk for row in rows]
    RunLine.objects.filter(pk__in=ids).update(status=RunLineStatus.PAID, settled_at=moment, settled_by=by, paid_on=day)
    said = run.reference if day == today else f"{run.reference}, paid on {format_date(day)}"
    notes = dict.fromkeys(ids, said)
    _move_claims(
        rows, LineAction.RECORD_PAYMENT, ClaimAction.RECORD_PAYMENT, by=by, at=at, notes=notes, settled_at=moment
    )
    notifications.remittance_ready(run, {row.claimant_id for row in rows}, at=at)
    _settle_run(run)
    return len(rows)


def expected_paid_on(run: PaymentRun, *, today: date) -> date:
    """Return the day on which a run is taken to have been paid as long as nobody says another."""
    return payment_day.expected_on(queries.bacs_day_of(run), today=today, holidays=holidays_around(today))


@audited("expenses.run.record_failure")
@transaction.atomic
def record_failure(*, run_id: UUID, run_line_id: UUID, reason: str, by: User, at: datetime) -> None:
    """Mark one line of a released run as failed; it goes back to the queue with its clock still running."""
    record_failures(run_id=run_id, reasons={run_line_id: reason}, by=by, at=at)


@audited("expenses.run.record_failure")
@transaction.atomic
def record_failures(*, run_id: UUID, reasons: Mapping[UUID, str], by: User, at: datetime) -> int:
    """Mark lines of a released run as failed, each with its reason; return how many.

    They go back to the queue with their clocks still running.
    """
    run, count = _fail(
        run_id, reasons, RunLineStatus.LISTED, (LineAction.RECORD_FAILURE, ClaimAction.RECORD_FAILURE), by=by, at=at
    )
    _settle_run(run)
    return count


@audited("expenses.run.record_return")
@transaction.atomic
def record_return(*, run_id: UUID, run_line_id: UUID, reason: str, by: User, at: datetime) -> None:
    """Record that the bank sent back the payment of one line that was marked as paid; see ``record_returns``."""
    record_returns(run_id=run_id, reasons={run_line_id: reason}, by=by, at=at)


@audited("expenses.run.record_return")
@transaction.atomic
def record_returns(*, run_id: UUID, reasons: Mapping[UUID, str], by: User, at: datetime) -> int:
    """Record that the bank sent back payments that were marked as paid, each with its reason; return how many.

    Banks do so days later. The lines are owed again and wait for another run; a claim that was closed is open again
    with the clock and the ladder it has had since it was sent. The run's own count and totals stay.
    """
    _, count = _fail(
        run_id, reasons, RunLineStatus.PAID, (LineAction.RECORD_RETURN, ClaimAction.RECORD_RETURN), by=by, at=at
    )
    return count


def _fail(
    run_id: UUID,
    reasons: Mapping[UUID, str],
    status: RunLineStatus,
    actions: tuple[LineAction, ClaimAction],
    *,
    by: User,
    at: datetime,
) -> tuple[PaymentRun, int]:
    """Mark lines of a run that have a status as failed, each with its reason, and move their claims by ``actions``.

    Return the run and how many lines it were.
    """
    said = {run_line_id: reason.strip() for run_line_id, reason in reasons.items()}
    if not all(said.values()):
        raise RuleBroken("Say why the payment failed.", field="reason")
    run, rows = _marked_rows(run_id, said, status, by=by, at=at)
    for row in rows:
        row.status, row.settled_at, row.settled_by = RunLineStatus.FAILED, at, by
        row.failure_reason = said[row.pk]
    RunLine.objects.bulk_update(rows, ["status", "settled_at", "settled_by", "failure_reason"], batch_size=500)
    _move_claims(rows, *actions, by=by, at=at, notes=said)
    return run, len(rows)


# In which runs lines of a status can be marked: what is paid can come back after all of its run has been marked.
_MARKED_IN = {
    RunLineStatus.LISTED: (RunStatus.RELEASED,),
    RunLineStatus.PAID: (RunStatus.RELEASED, RunStatus.SETTLED),
}
_NONE_OF = {
    RunLineStatus.LISTED: "These lines have been marked already.",
    RunLineStatus.PAID: "These lines are not marked as paid.",
}


def _marked_rows(
    run_id: UUID, run_line_ids: Iterable[UUID] | None, status: RunLineStatus, *, by: User, at: datetime
) -> tuple[PaymentRun, list[RunLine]]:
    """Return a run, locked, and those of the named lines (of all with None) that have a status and are to be marked."""
    run = _lock_run(run_id)
    permissions.check_can_pay_for(by, run.organisation_id, today=local_date(at))
    if run.status not in _MARKED_IN[status]:
        raise TransitionNotAllowed("Only a run that a second person has released can be marked as paid or failed.")
    rows = [row for row in _lock_run_lines(run, run_line_ids) if row.status == status]
    if not rows:
        raise TransitionNotAllowed(_NONE_OF[status])
    if any(by.pk in (row.claimant_id, row.decided_by_id) for row in rows):
        raise RuleBroken("You claimed or decided one of these lines, so somebody else in finance must mark it.")
    return run, rows


def _move_claims(
    rows: list[RunLine],
    line_action: LineAction,
    claim_action: ClaimAction,
    *,
    by: User,
    at: datetime,
    notes: Mapping[UUID, str],
    settled_at: datetime | None = None,
) -> None:
    """Move the lines of run lines and settle their claims; ``notes`` are by run line, a claim has its first line's.

    ``settled_at`` is when the lines came to their end, if that was before ``at``.
    """
    claims = lock_claims(row.line.claim_id for row in rows)
    lines_of = lines_of_claims(claims)
    by_line = {row.line_id: notes[row.pk] for row in rows}
    moving = [line for lines in lines_of.values() for line in lines if line.pk in by_line]
    by_claim: dict[UUID, str] = {}
    for line in moving:
        by_claim.setdefault(line.claim_id, by_line[line.pk])
    move_many(moving, line_action, by=by, at=at, notes=by_line, settled_at=settled_at)
    settle_many(claims, lines_of, claim_action, by=by, at=at, notes=by_claim)


def _settle_run(run: PaymentRun) -> None:
    if not run.lines.filter(status=RunLineStatus.LISTED).exists():
        run.status = RunStatus.SETTLED
        run.save(update_fields=["status"])
