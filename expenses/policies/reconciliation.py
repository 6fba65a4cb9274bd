"""Whether claims, run lines, files and payments agree, to the penny and by count. Pure: sums come in, words go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from expenses.enums import ExportFormat, RunLineStatus, RunPart, RunStatus
from psp_portal.money import ZERO, format_pounds


@dataclass(frozen=True)
class Tally:
    """How many lines, and what they come to."""

    count: int = 0
    amount: Decimal = ZERO

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.count + other.count, self.amount + other.amount)

    def __str__(self) -> str:
        return f"{self.count} {'line' if self.count == 1 else 'lines'} of {format_pounds(self.amount)}"


@dataclass(frozen=True)
class Exported:
    """One file taken of a run: what was in it, and what was left out for want of an account."""

    format: ExportFormat
    covers: RunPart
    lines: Tally
    left_out: Tally

    def holds_all(self, part: RunPart) -> bool:
        """Say whether every line of a ledger is in the file; one with lines left out may hold them or not."""
        return self.covers in (part, RunPart.BOTH) and not self.left_out.count


@dataclass(frozen=True)
class RunSums:
    """A run as its head says it is (``said``), as its lines are, and as the claims' lines behind them are.

    ``claims`` are the approved amounts of the claims' lines; ``waiting`` and ``settled`` those of them that are in a
    run behind a listed line, and paid behind a paid one.
    """

    key: str
    reference: str
    status: RunStatus
    said: Tally
    said_time: Decimal
    said_expenses: Decimal
    time: Mapping[RunLineStatus, Tally] = field(default_factory=dict)
    expenses: Mapping[RunLineStatus, Tally] = field(default_factory=dict)
    claims: Tally = Tally()
    waiting: Tally = Tally()
    settled: Tally = Tally()
    exports: Sequence[Exported] = ()

    def of(self, *statuses: RunLineStatus, part: RunPart = RunPart.BOTH) -> Tally:
        """Return the run's lines of some statuses (of all without any), of one ledger or both."""
        ledgers = {RunPart.TIME: [self.time], RunPart.EXPENSES: [self.expenses]}.get(part, [self.time, self.expenses])
        chosen = statuses or tuple(RunLineStatus)
        return sum((ledger.get(status, Tally()) for ledger in ledgers for status in chosen), Tally())


@dataclass(frozen=True)
class OverallSums:
    """All lines of claims that an organisation pays, by where they are, beside its runs and its claims' own sums."""

    approved: Tally
    in_run: Tally
    paid: Tally
    runs_listed: Tally
    runs_paid: Tally
    claims_approved: Decimal
    claims_paid: Decimal


def run_disagreements(run: RunSums) -> list[str]:
    """Return, in words, what of a run does not agree; nothing when all does."""
    every = run.of()
    found = [
        *_differ("The run's head", run.said, "its lines", every),
        *_differ("Involvement payments", run.said_time, "their lines", run.of(part=RunPart.TIME).amount),
        *_differ("Expenses", run.said_expenses, "their lines", run.of(part=RunPart.EXPENSES).amount),
        *_differ("What was approved in the claims", run.claims, "the run's lines", every),
        *_differ("Claims' lines in the run", run.waiting, "lines not marked yet", run.of(RunLineStatus.LISTED)),
        *_differ("Claims' lines that are paid", run.settled, "lines marked as paid", run.of(RunLineStatus.PAID)),
    ]
    allowed = {
        RunStatus.DRAFT: (RunLineStatus.LISTED,),
        RunStatus.RELEASED: (RunLineStatus.LISTED, RunLineStatus.PAID, RunLineStatus.FAILED),
        RunStatus.SETTLED: (RunLineStatus.PAID, RunLineStatus.FAILED),
        RunStatus.CANCELLED: (RunLineStatus.REMOVED,),
    }[run.status]
    found += _differ(f"A run that is “{run.status.label.lower()}”", every, "its lines in such a run", run.of(*allowed))
    for file in run.exports:
        found += _differ(
            file.format.label, file.lines + file.left_out, "the run's lines for it", run.of(part=file.covers)
        )
    for part, what_for in ((RunPart.TIME, "payroll"), (RunPart.EXPENSES, "the ledger or the bank")):
        paid = run.of(RunLineStatus.PAID, part=part)
        if paid.count and not any(file.holds_all(part) for file in run.exports):
            found.append(
                f"{part.label} of {format_pounds(paid.amount)} are marked as paid, but no file for {what_for} that "
                "holds all of them was taken."
            )
    return found


def overall_disagreements(sums: OverallSums) -> list[str]:
    """Return, in words, what does not agree over all runs of an organisation."""
    approved = sums.approved + sums.in_run + sums.paid
    return [
        *_differ("Claims' lines in runs", sums.in_run, "lines of runs not marked yet", sums.runs_listed),
        *_differ("Claims' lines that are paid", sums.paid, "lines of runs marked as paid", sums.runs_paid),
        *_differ("Claims approved", sums.claims_approved, "their lines", approved.amount),
        *_differ("Claims paid", sums.claims_paid, "their lines", sums.paid.amount),
    ]


def _differ(one: str, first: Tally | Decimal, other: str, second: Tally | Decimal) -> list[str]:
    if first == second:
        return []
    return [f"{one}: {_words(first)}, but {other}: {_words(second)}."]


def _words(value: Tally | Decimal) -> str:
    return str(value) if isinstance(value, Tally) else format_pounds(value)
