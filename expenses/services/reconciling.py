"""The nightly proof that claims, run lines, files and payments agree; finance is told when they do not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from expenses import notifications, permissions, queries
from expenses.models import PaymentRun, Reconciliation
from expenses.policies.reconciliation import OverallSums, Tally, overall_disagreements, run_disagreements
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import local_date

CLOCK = SystemActor("expenses.reconcile_payments")
# So many runs are summed at a time: a trust of many years must not be read into memory whole.
RUNS_AT_ONCE = 500
ALL_RUNS = "all runs together"


def reconcile_payments(*, at: datetime) -> int:
    """Check every organisation that has made a run; return at how many something did not agree."""
    wrong = 0
    for organisation_id in queries.organisations_with_runs():
        with acting_as(CLOCK, "expenses.reconciliation.check"):
            wrong += not _check(organisation_id, at=at).agrees
    return wrong


@audited("expenses.reconciliation.check")
def check_runs(*, organisation_id: UUID, by: User, at: datetime) -> Reconciliation:
    """Check an organisation's runs now, for finance."""
    permissions.check_can_pay_for(by, organisation_id, today=local_date(at))
    return _check(organisation_id, at=at)


@transaction.atomic
def _check(organisation_id: UUID, *, at: datetime) -> Reconciliation:
    read = _read(organisation_id)
    if read.problems:
        # The sums are read one after the other: what somebody paid in between must not look like a difference.
        read = _read(organisation_id)
    found = Reconciliation.objects.create(
        organisation_id=organisation_id,
        checked_at=at,
        run_count=read.runs,
        line_count=read.lines,
        total=read.overall.paid.amount + read.overall.in_run.amount,
        sums=_as_json(read.overall),
        problems=read.problems,
    )
    if read.problems:
        where = list(dict.fromkeys(problem["run"] for problem in read.problems))
        notifications.runs_disagree(found, where, at=at)
    return found


@dataclass(frozen=True)
class _Read:
    """What one look at an organisation's payments found."""

    overall: OverallSums
    runs: int
    lines: int
    problems: list[dict[str, str]]


def _read(organisation_id: UUID) -> _Read:
    overall = queries.overall_sums(organisation_id)
    problems = [{"run": ALL_RUNS, "key": "", "words": words} for words in overall_disagreements(overall)]
    runs = PaymentRun.objects.filter(organisation_id=organisation_id).order_by("number")
    keys = list(runs.values_list("pk", flat=True))
    lines = 0
    for start in range(0, len(keys), RUNS_AT_ONCE):
        for sums in queries.run_sums(runs.filter(pk__in=keys[start : start + RUNS_AT_ONCE])):
            lines += sums.said.count
            problems += [{"run": sums.reference, "key": sums.key, "words": words} for words in run_disagreements(sums)]
    return _Read(overall, len(keys), lines, problems)


def _as_json(sums: OverallSums) -> dict[str, Any]:
    """Return sums as they are kept: counts as numbers, pounds as text."""
    return {
        name: {"count": value.count, "amount": str(value.amount)} if isinstance(value, Tally) else str(value)
        for name, value in vars(sums).items()
    }
