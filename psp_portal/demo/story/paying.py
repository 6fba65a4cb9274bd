"""Payment runs: made by one person in finance, released by another, settled when the bank has done its part."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from expenses import queries, services
from expenses.enums import ExportFormat
from psp_portal.dates import add_working_days, local_date
from psp_portal.demo.story.claiming import PLOTS
from psp_portal.demo.story.stage import Stage


@dataclass(frozen=True)
class Batch:
    """A run: whose, how many days ago, and how far it has come."""

    at: str
    ago: int
    is_released: bool = True
    is_settled: bool = True


BATCHES = (
    *(Batch("marshvale", ago) for ago in (350, 320, 290, 258, 230, 200, 170, 140, 110, 80, 52, 24)),
    Batch("marshvale", 9, is_settled=False),
    Batch("marshvale", 1, is_released=False, is_settled=False),
    *(Batch("thornbeck", ago) for ago in (310, 220, 145, 88, 45)),
)
MAKERS = {"marshvale": "dorota.shaw", "thornbeck": "leroy.west"}
RELEASERS = {"marshvale": "sunita.rawal", "thornbeck": "hannah.pickles"}
# Working days from release until the bank has paid.
BANK_DAYS = 3


def plan_runs(stage: Stage) -> None:
    """Plan every payment run from the morning it is made."""
    for batch in BATCHES:
        stage.plan(stage.in_office(batch.ago, 10), partial(_make, stage, batch))


def _make(stage: Stage, batch: Batch, at: datetime) -> None:
    maker, organisation = stage.people[MAKERS[batch.at]], stage.organisations[batch.at]
    payable = queries.payable_lines(maker, organisation.pk, today=local_date(at))
    line_ids = list(payable.exclude(claim_id__in=_left_out(stage, batch)).values_list("pk", flat=True))
    if not line_ids:
        return
    run = services.make_run(organisation_id=organisation.pk, line_ids=line_ids, by=maker, at=at)
    if batch.is_released:
        stage.plan(_working_days_later(stage, at, 1), partial(_release, stage, batch, run.pk))


def _left_out(stage: Stage, batch: Batch) -> set[UUID]:
    """Return the claims that the story keeps out of this run."""
    return {
        stage.claims[number]
        for number, plot in enumerate(PLOTS)
        if number in stage.claims and (plot.is_kept_back or plot.fails_in not in (None, batch.ago))
    }


def _working_days_later(stage: Stage, at: datetime, days: int) -> datetime:
    later = add_working_days(local_date(at), days, stage.holidays)
    return at + timedelta(days=(later - local_date(at)).days)


def _release(stage: Stage, batch: Batch, run_id: UUID, at: datetime) -> None:
    run = services.release_run(run_id=run_id, by=stage.people[RELEASERS[batch.at]], at=at)
    if batch.is_settled:
        for file, amount in ((ExportFormat.LEDGER, run.expenses_total), (ExportFormat.PAYROLL, run.time_total)):
            if amount:
                services.export_run(run_id=run_id, format=file, by=stage.people[MAKERS[batch.at]], at=at)
        stage.plan(_working_days_later(stage, at, BANK_DAYS), partial(_settle, stage, batch, run_id))
    else:
        # The run that the bank has: it goes there as a file, and its result has not come back.
        services.export_run(
            run_id=run_id, format=ExportFormat.BACS, by=stage.people[MAKERS[batch.at]], at=at,
            processing_on=add_working_days(local_date(at), 2, stage.holidays),
        )  # fmt: skip


def _settle(stage: Stage, batch: Batch, run_id: UUID, at: datetime) -> None:
    maker = stage.people[MAKERS[batch.at]]
    rows = list(queries.run_lines_visible_to(maker, today=local_date(at)).filter(run=run_id))
    failures = _failures(stage, batch)
    failed = [row for row in rows if row.line.claim_id in failures]
    for row in failed:
        services.record_failure(run_id=run_id, run_line_id=row.pk, reason=failures[row.line.claim_id], by=maker, at=at)
    if len(failed) < len(rows):
        services.record_payment(run_id=run_id, run_line_ids=None, by=maker, at=at)


def _failures(stage: Stage, batch: Batch) -> dict[UUID, str]:
    return {
        stage.claims[number]: plot.failure
        for number, plot in enumerate(PLOTS)
        if plot.fails_in == batch.ago and number in stage.claims
    }
