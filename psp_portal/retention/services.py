"""Writes: an organisation's periods and holds, and the clock's plans and runs."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from partners.services import recruitment
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import users_with_role
from psp_portal.accounts.services.locks import lock_organisation
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.retention import notifications, permissions, policies, queries
from psp_portal.retention.enums import Kept
from psp_portal.retention.kinds import KINDS, Kind
from psp_portal.retention.models import (
    DisposalLog,
    LegalHold,
    PlannedRow,
    RetentionRule,
    RetentionRun,
    RetentionSettings,
)
from psp_portal.retention.policies import Period

logger = structlog.get_logger(__name__)

CLOCK = SystemActor("retention.dispose")
# Rows go so many at a time: a statement that names a hundred thousand keys is none.
BATCH = 500


# --- the schedule ----------------------------------------------------------------------------
@audited("retention.rule.set")
@transaction.atomic
def set_rule(
    *, organisation_id: UUID, kind: str, period: Period, source: str, seen: int, by: User, at: datetime
) -> RetentionRule:
    """Say, or confirm, for how long an organisation keeps a kind of record, and what that rests on.

    ``seen`` is how many records ``by`` was shown that the period would remove with the next run: with more than that
    nothing is saved. Raises RuleBroken, naming the field, for no possible period or without a source.
    """
    today = local_date(at)
    permissions.check_can_manage_rules(by, organisation_id, today=today)
    policies.check_period(period)
    source = policies.check_reason(source, field="source")
    lock_organisation(organisation_id)
    scheduled = next(each for each in queries.schedule(organisation_id) if each.kind.key == kind)
    policies.check_nothing_unseen(len(queries.removed_by(scheduled, organisation_id, period, today=today)), seen=seen)
    rule, _ = RetentionRule.objects.update_or_create(
        organisation_id=organisation_id,
        kind=kind,
        defaults={
            "length": period.length, "unit": period.unit, "source": source, "changed_by": by, "changed_at": at,
        },
    )  # fmt: skip
    if all(each.rule for each in queries.schedule(organisation_id)):
        RetentionSettings.objects.filter(organisation_id=organisation_id).update(asked_to_confirm_at=None)
    return rule


@audited("retention.notice.change")
@transaction.atomic
def change_notice(*, organisation_id: UUID, notice_days: int, by: User, at: datetime) -> RetentionSettings:
    """Say how many days before anything is removed it is shown. Raises RuleBroken for no possible number."""
    permissions.check_can_manage_rules(by, organisation_id, today=local_date(at))
    policies.check_notice(notice_days)
    lock_organisation(organisation_id)
    row, _ = RetentionSettings.objects.update_or_create(
        organisation_id=organisation_id, defaults={"notice_days": notice_days}
    )
    return row


# --- holds -----------------------------------------------------------------------------------
@audited("retention.hold.set")
@transaction.atomic
def set_hold(*, organisation_id: UUID, person_id: UUID | None, reason: str, by: User, at: datetime) -> LegalHold:
    """Keep everything of a person (None: of the whole organisation) until somebody lifts it.

    What is planned already is kept too: a run asks again before it removes anything. Raises RuleBroken without a
    reason, for somebody who was never of the organisation, and for what is held already.
    """
    permissions.check_can_hold(by, organisation_id, today=local_date(at), person_id=person_id)
    reason = policies.check_reason(reason, field="reason")
    lock_organisation(organisation_id)
    if person_id and str(person_id) not in dict(queries.people_to_hold(organisation_id)):
        raise RuleBroken("Select somebody of this organisation", field="person_id")
    if LegalHold.objects.in_force().filter(organisation_id=organisation_id, person_id=person_id).exists():
        raise RuleBroken("This is held back already.", field="person_id")
    hold = LegalHold.objects.create(
        organisation_id=organisation_id, person_id=person_id, reason=reason, set_at=at, set_by=by
    )
    _mark_planned(organisation_id, at=at)
    return hold


@audited("retention.hold.lift")
@transaction.atomic
def lift_hold(*, hold_id: UUID, reason: str, by: User, at: datetime) -> LegalHold:
    """Let records go again that were held back; the next run but one may remove them.

    Raises RuleBroken without a reason, TransitionNotAllowed when it was lifted before.
    """
    hold = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold_id)
    permissions.check_can_hold(by, hold.organisation_id, today=local_date(at), person_id=hold.person_id)
    if not hold.is_in_force:
        raise TransitionNotAllowed("This was let go already.")
    hold.lift_reason = policies.check_reason(reason, field="reason")
    hold.lifted_at, hold.lifted_by = at, by
    hold.save(update_fields=["lift_reason", "lifted_at", "lifted_by"])
    return hold


def _mark_planned(organisation_id: UUID, *, at: datetime) -> None:
    """Show in what is planned that it is held now. What a hold's end lets go is planned anew, and so shown again."""
    for run in RetentionRun.objects.filter(organisation_id=organisation_id, done_at__isnull=True):
        for scheduled in queries.schedule(organisation_id):
            held = [
                row.row_id
                for row in queries.due_rows(scheduled, organisation_id, today=run.runs_on)
                if row.kept == Kept.HELD
            ]
            run.rows.filter(kind=scheduled.kind.key, row_id__in=held, disposed_at__isnull=True).update(kept=Kept.HELD)


# --- the clock -------------------------------------------------------------------------------
def expire_applications(*, at: datetime) -> int:
    """Let recruitment empty applications whose own time is over, but for those of organisations held back; how many.

    Applicants have no account, so that no hold on a person speaks of them, and no plan names them.
    """
    return recruitment.expire_applications(at=at, held=queries.organisations_held())


def plan_runs(*, at: datetime) -> int:
    """Plan, for every organisation that has none planned, what it will remove, and tell its leads; return how many.

    Each in a transaction of its own. Where nothing would be removed nothing is planned; where something would but for
    a period that nobody has confirmed, the lead is asked to confirm it. Safe to run twice or late.
    """
    return sum(_plan_run(organisation_id, at=at) for organisation_id in queries.organisations_to_plan())


@transaction.atomic
def _plan_run(organisation_id: UUID, *, at: datetime) -> int:
    lock_organisation(organisation_id)
    if RetentionRun.objects.filter(organisation_id=organisation_id, done_at__isnull=True).exists():
        return 0
    runs_on = local_date(at) + timedelta(days=queries.notice_days(organisation_id))
    rows = [
        PlannedRow(
            kind=scheduled.kind.key, row_id=row.row_id, person_id=row.person_id, began_on=row.began_on, kept=row.kept
        )
        for scheduled in queries.schedule(organisation_id)
        for row in queries.due_rows(scheduled, organisation_id, today=runs_on)
    ]
    with acting_as(CLOCK, "retention.run.plan"):
        if any(row.kept == Kept.NOT_CONFIRMED for row in rows):
            RetentionSettings.objects.get_or_create(organisation_id=organisation_id)
            RetentionSettings.objects.filter(organisation_id=organisation_id, asked_to_confirm_at__isnull=True).update(
                asked_to_confirm_at=at
            )
        removes = sum(row.kept == Kept.NO for row in rows)
        if not removes:
            return 0
        run = RetentionRun.objects.create(organisation_id=organisation_id, planned_at=at, runs_on=runs_on)
        for row in rows:
            row.run = run
        PlannedRow.objects.bulk_create(rows, batch_size=BATCH)
        leads = users_with_role(Role.PROGRAMME_LEAD, organisation_id=organisation_id, today=local_date(at))
        notifications.run_planned(run, leads=list(leads), removes=removes, at=at)
    return 1


def carry_out_runs(*, at: datetime) -> int:
    """Remove what runs planned whose day has come; return how many records. Safe to run twice, late or in pieces.

    Each kind of each run is a transaction of its own with its line in the log: one that fails is tried again the next
    night, and the others are done. Only what was planned, and shown, is removed; and of it only what still would be
    planned: not what was held back since, nor what a longer period keeps.
    """
    removed = 0
    for run_id in queries.runs_due(today=local_date(at)):
        failed = False
        for kind in KINDS.values():
            try:
                removed += _carry_out(run_id, kind, at=at)
            except Exception:
                # What went wrong is not logged: an error of the database names values, and these are somebody's words.
                logger.error("disposal_failed", run_id=str(run_id), kind=kind.key)
                failed = True
        if not failed:
            _finish(run_id, at=at)
    if removed:
        logger.info("records_disposed_of", count=removed)
    return removed


@transaction.atomic
def _carry_out(run_id: UUID, kind: Kind, *, at: datetime) -> int:
    """Remove what a run planned of one kind, and log it; nothing when it is logged already."""
    run = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    planned = {row.row_id: row for row in run.rows.filter(kind=kind.key, disposed_at__isnull=True)}
    if not planned or run.log.filter(kind=kind.key).exists():
        return 0
    lock_organisation(run.organisation_id)
    scheduled = next(each for each in queries.schedule(run.organisation_id) if each.kind == kind)
    due = [
        row for row in queries.due_rows(scheduled, run.organisation_id, today=local_date(at)) if row.row_id in planned
    ]
    goes = [row.row_id for row in due if row.kept == Kept.NO and planned[row.row_id].kept == Kept.NO]
    with acting_as(CLOCK, "retention.run.carry_out"):
        for first in range(0, len(goes), BATCH):
            kind.dispose(goes[first : first + BATCH], by=CLOCK, at=at)
        gone = run.rows.filter(kind=kind.key, row_id__in=goes)
        if kind.leaves_rows:
            gone.update(disposed_at=at, person=None)
        run.rows.filter(kind=kind.key, disposed_at__isnull=True).delete()
        rule = scheduled.rule
        DisposalLog.objects.create(
            run=run,
            kind=kind.key,
            removed=len(goes),
            held=sum(row.kept == Kept.HELD for row in due),
            not_confirmed=sum(row.kept == Kept.NOT_CONFIRMED for row in due),
            length=rule.length if rule else None,
            unit=rule.unit if rule else "",
            done_at=at,
        )
    return len(goes)


@transaction.atomic
def _finish(run_id: UUID, *, at: datetime) -> None:
    with acting_as(CLOCK, "retention.run.finish"):
        RetentionRun.objects.filter(pk=run_id, done_at__isnull=True).update(done_at=at)
