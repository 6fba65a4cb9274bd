"""The bank's files taken in: whole or not at all, once, and by row; and the nightly proof that all sums agree."""

import io
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, connection, transaction

from expenses import queries, services
from expenses.enums import (
    ExportFormat,
    LineStatus,
    ResultOutcome,
    ResultRows,
    RunLineStatus,
    RunPart,
    RunStatus,
)
from expenses.models import (
    BankResult,
    Claim,
    ClaimLine,
    PaymentRun,
    PaymentSettings,
    Reconciliation,
    ResultUpload,
    RunLine,
)
from psp_portal.accounts.enums import Role
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.paying import give_account, pay_by_bacs, take_files, without_triggers
from tests.expenses.world import make_world

COLUMNS = {"reference": "Ref", "amount": "Amount", "outcome": "Status", "code": "Code", "last_four": "Account"}


def file_of(*rows: str) -> io.BytesIO:
    return io.BytesIO("\n".join(["Ref,Amount,Status,Code,Account", *rows]).encode())


def uploaded(world, *rows: str, by=None, columns=COLUMNS) -> ResultUpload:
    upload = services.upload_result(
        organisation_id=world.organisation.pk, file=file_of(*rows), name="C:\\bank\\result.csv",
        by=by or world.finance_lead, at=world.at,
    )  # fmt: skip
    if columns:
        services.set_result_columns(
            upload_id=upload.pk, columns=columns, rows=ResultRows.MIXED, paid_words=["Paid"],
            failed_words=["Returned"], by=by or world.finance_lead, at=world.at,
        )  # fmt: skip
    return upload


def take(world, upload, by=None) -> BankResult:
    return services.take_result(upload_id=upload.pk, by=by or world.finance_lead, at=world.later(days=3))


@pytest.fixture
def run(world) -> PaymentRun:
    """A released run of one claim: £75.00 for time, £13.53 of expenses."""
    give_account(world.person, world)
    world.approved()
    return world.released()


# --- taking a file in ---------------------------------------------------------------------------
def test_a_file_marks_paid_and_failed_at_once_and_the_failed_line_waits_again(world, run):
    claim = Claim.objects.get()
    before = (claim.submitted_at, claim.payment_due_on, claim.ladder)
    upload = uploaded(
        world, f"{run.reference}-001T,75.00,paid,,4958", f"{run.reference}-001E,13.53,,B,4958", "R99999-001,1.00,paid,,"
    )
    result = take(world, upload)
    claim.refresh_from_db()
    run.refresh_from_db()
    assert (claim.status, claim.paid, run.status) == ("approved", Decimal("75.00"), RunStatus.SETTLED)
    assert (claim.submitted_at, claim.payment_due_on, claim.ladder) == before
    failed = run.lines.get(status=RunLineStatus.FAILED)
    assert (failed.failure_reason, failed.amount, failed.settled_by) == (
        "The account has been closed", Decimal("13.53"), world.finance_lead,
    )  # fmt: skip
    assert (result.paid_count, result.paid_total, result.failed_count, result.failed_total, result.not_used_count) == (
        1, Decimal("75.00"), 1, Decimal("13.53"), 1,
    )  # fmt: skip
    assert [(row["row"], row["outcome"], row["words"]) for row in result.rows] == [
        (2, "paid_row", ""), (3, "failed_row", "The account has been closed"),
        (4, "unmatched_row", "No payment of your runs has this reference."),
    ]  # fmt: skip
    assert (result.file_name, result.imported_by) == ("result.csv", world.finance_lead)
    assert not ResultUpload.objects.exists()
    assert {message.kind for message in Message.objects.filter(recipient=world.person)} >= {
        "expenses.remittance.ready", "expenses.claim.payment_failed",
    }  # fmt: skip
    take_files(world, run)
    assert services.reconcile_payments(at=world.later(days=4)) == 0


def test_a_dry_run_changes_nothing(world, run):
    upload = uploaded(world, f"{run.reference}-001,88.53,paid,,")
    found = services.dry_run(upload, by=world.finance_lead, today=world.today)
    assert [matched.outcome for matched in found.rows] == [ResultOutcome.PAID]
    assert set(run.lines.values_list("status", flat=True)) == {RunLineStatus.LISTED}
    assert not BankResult.objects.exists()


def test_the_same_file_twice_is_refused(world, run):
    row = f"{run.reference}-001,88.53,paid,,"
    first, second = uploaded(world, row), uploaded(world, row)
    take(world, first)
    with pytest.raises(RuleBroken, match="took this file in on 18 September 2026. A file is taken in once"):
        take(world, second)
    with pytest.raises(TransitionNotAllowed, match="taken in already"):
        take(world, first)
    with pytest.raises(RuleBroken, match="took this file in") as refused:
        uploaded(world, row)
    assert refused.value.field == "file"
    assert BankResult.objects.count() == 1


def test_what_was_marked_before_is_reported_and_a_file_of_nothing_else_is_not_taken(world, run):
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    upload = uploaded(world, f"{run.reference}-001,88.53,paid,,")
    (matched,) = services.dry_run(upload, by=world.finance_lead, today=world.today).rows
    assert (matched.outcome, matched.words) == (ResultOutcome.SETTLED, "Its lines have been marked before: paid.")
    with pytest.raises(RuleBroken, match="No row of this file marks anything"):
        take(world, upload)
    assert ResultUpload.objects.exists(), "the file is still there to be looked at"


def test_nothing_is_half_written(world, run, monkeypatch):
    upload = uploaded(world, f"{run.reference}-001T,75.00,paid,,", f"{run.reference}-001E,13.53,returned,,")

    def break_down(**_given):
        raise RuleBroken("Gone wrong")

    monkeypatch.setattr("expenses.services.results.record_payment", break_down)
    with pytest.raises(RuleBroken, match="Gone wrong"):
        take(world, upload)
    assert set(run.lines.values_list("status", flat=True)) == {RunLineStatus.LISTED}
    assert not BankResult.objects.exists()
    assert ResultUpload.objects.filter(pk=upload.pk).exists()


def test_rows_about_another_organisation_s_runs_do_nothing(world, run):
    other = make_world()
    give_account(other.person, other)
    other.approved()
    theirs = other.released()
    upload = uploaded(world, f"{theirs.reference}-001,88.53,paid,,")
    (matched,) = services.dry_run(upload, by=world.finance_lead, today=world.today).rows
    assert matched.words == "No payment of your runs has this reference."
    with pytest.raises(PermissionDenied):
        take(world, upload, by=other.finance_lead)


def test_whoever_decided_a_line_does_not_mark_it_by_file(world, run):
    factories.give_role(Role.FINANCE, world.approver, world.organisation)
    upload = uploaded(world, f"{run.reference}-001,88.53,paid,,")
    (matched,) = services.dry_run(upload, by=world.approver, today=world.today).rows
    assert matched.words.startswith("You claimed or decided a line of it")


def test_a_building_society_s_answer_is_found_by_roll_number(world):
    give_account(world.person, world, reference="3/1234-5")
    world.approved()
    run = world.released()
    upload = uploaded(world, "3/1234-5,13.53,paid,,4958", "nonsense,1.00,paid,,")
    paid, unknown = services.dry_run(upload, by=world.finance_lead, today=world.today).rows
    assert (paid.outcome, paid.lines[0].amount, unknown.outcome) == (
        ResultOutcome.PAID, Decimal("13.53"), ResultOutcome.UNMATCHED,
    )  # fmt: skip
    take(world, upload)
    assert run.lines.filter(status=RunLineStatus.PAID).count() == 1


def test_a_file_of_returns_alone_marks_nothing_as_paid(world, run):
    result = take(world, uploaded(world, f"{run.reference}-001,88.53,returned,,"))
    assert (result.paid_count, result.failed_count, result.failed_total) == (0, 2, Decimal("88.53"))
    assert set(run.lines.values_list("failure_reason", flat=True)) == {"The bank sent the payment back"}


def test_a_file_may_answer_for_two_runs(world):
    give_account(world.person, world)
    world.approved()
    first = world.released()
    world.approved()
    second = world.released()
    upload = uploaded(world, *[f"{run.reference}-001,88.53,paid,," for run in (first, second)])
    assert take(world, upload).paid_count == 4
    assert set(PaymentRun.objects.values_list("status", flat=True)) == {RunStatus.SETTLED}


# --- uploading and columns ----------------------------------------------------------------------
def test_what_is_uploaded_is_encrypted_and_forgotten(world, run):
    upload = uploaded(world, f"{run.reference}-001,88.53,paid,,66374958")
    assert "66374958" not in str(ResultUpload.objects.values().get())
    assert services.forget_result_uploads(at=world.later(days=2)) == 0
    assert services.forget_result_uploads(at=world.later(days=2, minutes=1)) == 1
    with pytest.raises(TransitionNotAllowed, match="uploaded too long ago"):
        take(world, upload)


def test_only_finance_uploads_and_a_file_needs_rows(world):
    for who in (world.auditor, world.lead, factories.make_member(Role.FINANCE)):
        with pytest.raises(PermissionDenied):
            uploaded(world, "a,1,paid,,", by=who)
    with pytest.raises(RuleBroken, match="no rows below it"):
        uploaded(world)


def test_the_columns_are_remembered_for_the_next_file(world, run):
    upload = uploaded(world, "a,1,paid,,", columns=None)
    assert not services.can_be_read(upload)
    with pytest.raises(RuleBroken, match="Say first which column"):
        services.dry_run(upload, by=world.finance_lead, today=world.today)
    assert services.header_of(upload) == ["Ref", "Amount", "Status", "Code", "Account"]
    uploaded(world, "b,2,paid,,")
    assert services.can_be_read(uploaded(world, "c,3,paid,,", columns=None))
    settings = PaymentSettings.objects.get()
    assert (settings.result_columns["reference"], settings.paid_words, settings.failed_words) == (
        "Ref", ["paid"], ["returned"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"columns": {**COLUMNS, "amount": ""}}, "amount", "Choose the column"),
        ({"columns": {**COLUMNS, "code": "Ref"}}, "", "one thing only"),
        ({"columns": {"reference": "Ref", "amount": "Amount"}}, "outcome", "says whether a payment was made"),
        ({"failed_words": [" PAID "]}, "failed_words", "cannot mean both"),
    ],
)
def test_columns_that_cannot_be_are_refused(world, change, field, words):
    upload = uploaded(world, "a,1,paid,,", columns=None)
    given = {"columns": COLUMNS, "rows": ResultRows.MIXED, "paid_words": ["paid", " "], "failed_words": []} | change
    with pytest.raises(RuleBroken, match=words) as refused:
        services.set_result_columns(upload_id=upload.pk, by=world.finance_lead, at=world.at, **given)
    assert refused.value.field == field


def test_a_result_on_record_never_changes(world, run):
    take(world, uploaded(world, f"{run.reference}-001,88.53,paid,,"))
    with pytest.raises(Error, match="append_only|Cannot"), transaction.atomic(), factories.acting():
        BankResult.objects.update(paid_count=0)
    assert list(queries.bank_results_visible_to(world.auditor, today=world.today)) == [BankResult.objects.get()]
    assert not queries.bank_results_visible_to(factories.make_member(Role.FINANCE), today=world.today)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_file_at_the_same_moment_one_is_refused():
    world = make_world()
    give_account(world.person, world)
    world.approved()
    run = world.released()
    row = f"{run.reference}-001,88.53,paid,,"
    uploads = [uploaded(world, row), uploaded(world, row)]
    outcomes = []

    def go(upload):
        try:
            take(world, upload)
            outcomes.append("taken")
        except RuleBroken:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[upload]) for upload in uploads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "taken"]
    assert BankResult.objects.count() == 1
    assert set(RunLine.objects.values_list("status", flat=True)) == {RunLineStatus.PAID}


# --- does everything agree ----------------------------------------------------------------------
def everything(world) -> None:
    """Bring about a run in every state, with files taken and a payment that failed."""
    give_account(world.person, world)
    pay_by_bacs(world, covers=RunPart.BOTH)
    world.paid()
    take_files(world, PaymentRun.objects.get())
    world.approved()
    failed = world.released()
    first, second = failed.lines.order_by("line__position")
    for wanted in ExportFormat:
        services.export_run(run_id=failed.pk, format=wanted, by=world.finance_lead, at=world.at)
    services.record_failure(run_id=failed.pk, run_line_id=first.pk, reason="No", by=world.finance_lead, at=world.at)
    services.cancel_run(run_id=world.run().pk, by=world.finance_lead, at=world.at)
    world.run()
    services.record_payment(run_id=failed.pk, run_line_ids=[second.pk], by=world.finance_lead, at=world.at)
    world.approved()


def test_whatever_happened_to_runs_everything_agrees(world):
    everything(world)
    other = make_world()
    other.paid()
    take_files(other, PaymentRun.objects.get(organisation=other.organisation))
    assert services.reconcile_payments(at=world.at) == 0
    found = Reconciliation.objects.get(organisation=world.organisation)
    assert (found.agrees, found.problems, found.run_count, found.line_count) == (True, [], 4, 6)
    assert found.sums["paid"] == {"count": 3, "amount": "102.06"}
    assert found.sums["in_run"] == {"count": 1, "amount": "75.00"}
    assert found.sums["approved"] == {"count": 2, "amount": "88.53"}
    assert found.total == Decimal("177.06")
    assert not Message.objects.filter(kind="expenses.reconciliation.alert").exists()
    sums = queries.run_sums(PaymentRun.objects.order_by("number"))
    assert all(run.of() == run.claims == run.said for run in sums)


def broken_line(world):
    RunLine.objects.filter(status=RunLineStatus.PAID, amount="13.53").update(amount="13.54")


def broken_claim_line(world):
    ClaimLine.objects.filter(status=LineStatus.PAID).update(approved_amount="1.00")


def broken_claim(world):
    Claim.objects.filter(paid__gt=0).update(paid="0.01")


def broken_head(world):
    PaymentRun.objects.filter(status=RunStatus.SETTLED).update(line_count=7)


@pytest.mark.parametrize("break_it", [broken_line, broken_claim_line, broken_claim, broken_head])
def test_when_something_does_not_agree_finance_is_told_and_where(world, break_it):
    everything(world)
    with without_triggers():
        break_it(world)
    assert services.reconcile_payments(at=world.at) == 1
    found = Reconciliation.objects.get()
    assert not found.agrees
    letters = Message.objects.filter(kind="expenses.reconciliation.alert")
    assert {letter.recipient for letter in letters} == {world.finance_lead, world.finance_other}
    where = {problem["run"] for problem in found.problems}
    assert all(run in letters[0].body for run in where)
    assert "£" not in letters[0].body
    (waiting,) = [item for item in queries.waiting_for(world.finance_other, today=world.today) if "agree" in item.label]
    assert waiting.url == "/expenses/runs/reconciliation/"
    assert not [item for item in queries.waiting_for(world.auditor, today=world.today) if "agree" in item.label]
    with pytest.raises(Error, match="append_only|Cannot"), transaction.atomic(), factories.acting():
        found.delete()


def test_what_is_marked_as_paid_without_a_file_having_been_taken_is_said(world):
    world.paid()
    found = services.check_runs(organisation_id=world.organisation.pk, by=world.finance_lead, at=world.at)
    assert [problem["words"] for problem in found.problems] == [
        "Involvement payments of £75.00 are marked as paid, but no file for payroll that holds all of them was taken.",
        "Expenses of £13.53 are marked as paid, but no file for the ledger or the bank that holds all of them was "
        "taken.",
    ]
    take_files(world, PaymentRun.objects.get())
    assert services.check_runs(organisation_id=world.organisation.pk, by=world.finance_lead, at=world.at).agrees


def test_a_run_that_disagrees_is_named_and_mended_is_quiet(world):
    everything(world)
    broken = PaymentRun.objects.filter(status=RunStatus.SETTLED).first()
    with without_triggers():
        PaymentRun.objects.filter(pk=broken.pk).update(line_count=7)
    assert services.check_runs(
        organisation_id=world.organisation.pk, by=world.finance_lead, at=world.at
    ).problems == [
        {"run": broken.reference, "key": str(broken.pk),
         "words": "The run's head: 7 lines of £88.53, but its lines: 2 lines of £88.53."}
    ]  # fmt: skip
    with without_triggers():
        PaymentRun.objects.filter(pk=broken.pk).update(line_count=2)
    assert services.reconcile_payments(at=world.later(days=1)) == 0
    assert not [item for item in queries.waiting_for(world.finance_lead, today=world.today) if "agree" in item.label]


def test_only_finance_checks_by_hand(world):
    with pytest.raises(PermissionDenied):
        services.check_runs(organisation_id=world.organisation.pk, by=world.auditor, at=world.at)


# --- what the database itself refuses -----------------------------------------------------------
def test_paid_with_no_recorded_approver_is_impossible(world):
    world.approved()
    run = world.released()
    line = ClaimLine.objects.filter(run_lines__run=run).first()
    for change in (
        lambda: ClaimLine.objects.filter(pk=line.pk).update(decided_by=None, decided_at=None),
        lambda: ClaimLine.objects.filter(pk=line.pk).update(status=LineStatus.PAID, decided_by=None, decided_at=None),
        lambda: RunLine.objects.filter(line=line).update(decided_by=None),
        lambda: RunLine.objects.filter(line=line).update(status=RunLineStatus.PAID),
    ):
        with pytest.raises(Error), transaction.atomic(), factories.acting():
            change()
    # Even with every trigger switched off the constraints hold.
    with (
        pytest.raises(IntegrityError, match="approved_has_amount_and_approver"),
        transaction.atomic(),
        without_triggers(),
    ):
        ClaimLine.objects.filter(pk=line.pk).update(status=LineStatus.PAID, decided_by=None, decided_at=None)
