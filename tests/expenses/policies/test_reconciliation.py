"""What must agree of a run and of all runs, and what is said when it does not."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from expenses.enums import ExportFormat, RunLineStatus, RunPart, RunStatus
from expenses.policies.reconciliation import (
    Exported,
    OverallSums,
    RunSums,
    Tally,
    overall_disagreements,
    run_disagreements,
)

L = RunLineStatus
RUN = RunSums(
    key="1",
    reference="R00001",
    status=RunStatus.RELEASED,
    said=Tally(4, D("177.06")),
    said_time=D("150.00"),
    said_expenses=D("27.06"),
    time={L.LISTED: Tally(1, D("75.00")), L.PAID: Tally(1, D("75.00"))},
    expenses={L.PAID: Tally(1, D("13.53")), L.FAILED: Tally(1, D("13.53"))},
    claims=Tally(4, D("177.06")),
    waiting=Tally(1, D("75.00")),
    settled=Tally(2, D("88.53")),
    exports=(
        Exported(ExportFormat.LEDGER, RunPart.EXPENSES, Tally(2, D("27.06")), Tally()),
        Exported(ExportFormat.PAYROLL, RunPart.TIME, Tally(2, D("150.00")), Tally()),
        Exported(ExportFormat.BACS, RunPart.BOTH, Tally(3, D("163.53")), Tally(1, D("13.53"))),
    ),
)


LEDGER, PAYROLL, PARTLY = RUN.exports
WHOLE = Exported(ExportFormat.BACS, RunPart.BOTH, Tally(4, D("177.06")), Tally())
NO_PAYROLL = (
    "Involvement payments of £75.00 are marked as paid, but no file for payroll that holds all of them was taken."
)
NO_LEDGER = (
    "Expenses of £13.53 are marked as paid, but no file for the ledger or the bank that holds all of them was taken."
)


def test_a_run_whose_sums_agree_has_nothing_to_say():
    assert run_disagreements(RUN) == []
    assert RUN.of() == Tally(4, D("177.06"))
    assert RUN.of(L.PAID) == Tally(2, D("88.53"))
    assert RUN.of(L.PAID, part=RunPart.TIME) == Tally(1, D("75.00"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"said": Tally(5, D("177.06"))}, ["The run's head: 5 lines of £177.06, but its lines: 4 lines of £177.06."]),
        ({"said_time": D("150.01")}, ["Involvement payments: £150.01, but their lines: £150.00."]),
        ({"said_expenses": D("27.05")}, ["Expenses: £27.05, but their lines: £27.06."]),
        (
            {"claims": Tally(4, D("177.05"))},
            ["What was approved in the claims: 4 lines of £177.05, but the run's lines: 4 lines of £177.06."],
        ),
        (
            {"waiting": Tally()},
            ["Claims' lines in the run: 0 lines of £0.00, but lines not marked yet: 1 line of £75.00."],
        ),
        (
            {"settled": Tally(1, D("75.00"))},
            ["Claims' lines that are paid: 1 line of £75.00, but lines marked as paid: 2 lines of £88.53."],
        ),
        (
            {"status": RunStatus.SETTLED},
            ["A run that is “settled”: 4 lines of £177.06, but its lines in such a run: 3 lines of £102.06."],
        ),
        (
            {"status": RunStatus.DRAFT},
            ["A run that is “waiting to be released”: 4 lines of £177.06, but its lines in such a run: "
             "1 line of £75.00."],
        ),
        (
            {"status": RunStatus.CANCELLED},
            ["A run that is “cancelled”: 4 lines of £177.06, but its lines in such a run: 0 lines of £0.00."],
        ),
        (
            {"exports": (Exported(ExportFormat.LEDGER, RunPart.EXPENSES, Tally(2, D("27.05")), Tally()), PAYROLL)},
            ["Ledger file: 2 lines of £27.05, but the run's lines for it: 2 lines of £27.06."],
        ),
        ({"exports": (PAYROLL,)}, [NO_LEDGER]),
        ({"exports": (LEDGER,)}, [NO_PAYROLL]),
        ({"exports": ()}, [NO_PAYROLL, NO_LEDGER]),
        # What was left out for want of an account may be what is marked as paid.
        ({"exports": (PARTLY,)}, [NO_PAYROLL, NO_LEDGER]),
        ({"exports": (WHOLE,)}, []),
    ],
)  # fmt: skip
def test_a_penny_or_a_line_too_many_is_said(change, words):
    assert run_disagreements(replace(RUN, **change)) == words


ALL = OverallSums(
    approved=Tally(1, D("5.00")), in_run=Tally(1, D("75.00")), paid=Tally(2, D("88.53")),
    runs_listed=Tally(1, D("75.00")), runs_paid=Tally(2, D("88.53")), claims_approved=D("168.53"),
    claims_paid=D("88.53"),
)  # fmt: skip


def test_all_runs_together_agree():
    assert overall_disagreements(ALL) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"runs_listed": Tally()},
         "Claims' lines in runs: 1 line of £75.00, but lines of runs not marked yet: 0 lines of £0.00."),
        ({"runs_paid": Tally(2, D("88.52"))},
         "Claims' lines that are paid: 2 lines of £88.53, but lines of runs marked as paid: 2 lines of £88.52."),
        ({"claims_approved": D("168.54")}, "Claims approved: £168.54, but their lines: £168.53."),
        ({"claims_paid": D("0.00")}, "Claims paid: £0.00, but their lines: £88.53."),
    ],
)  # fmt: skip
def test_what_differs_over_all_runs_is_said(change, words):
    assert overall_disagreements(replace(ALL, **change)) == [words]
