"""A payment that the bank sends back days after it was marked as paid: owed again, with the clock it always had."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction

from expenses import queries, services
from expenses.enums import ClaimStatus, LineStatus, ResultOutcome, RunLineStatus, RunStatus
from expenses.models import Claim, ClaimLine, PaymentRun
from expenses.policies.statements import tax_year
from psp_portal.accounts.enums import Role
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.pages import errors_of, page, signed_in, words_of
from tests.expenses.paying import give_account, take_files
from tests.expenses.test_results import take, uploaded
from tests.expenses.world import World, make_world


def settled(world: World, *, days: int = 3) -> PaymentRun:
    """Return a run of one claim, both of its files taken, paid whole after some days."""
    give_account(world.person, world)
    world.approved()
    run = world.released()
    take_files(world, run)
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=days))
    run.refresh_from_db()
    return run


def sent_back(world: World, run: PaymentRun, *, days: int = 8, **given) -> None:
    row = run.lines.get(is_for_time=False)
    given = {"by": world.finance_other, "reason": "Account closed", **given}
    services.record_return(run_id=run.pk, run_line_id=row.pk, at=world.later(days=days), **given)


def test_a_claim_that_was_paid_and_came_back_is_open_again_with_its_own_clock(world):
    before = Claim.objects.filter(pk=world.approved().pk).values(
        "submitted_at", "decision_due_on", "payment_due_on", "ladder", "steps_written", "next_step_at", "responsible"
    )
    clock = before.get()
    run = world.released()
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=3))
    claim = Claim.objects.get()
    assert (claim.status, claim.closed_at, claim.responsible) == (ClaimStatus.PAID, world.later(days=3), None)
    sent_back(world, run)
    claim.refresh_from_db()
    assert before.get() == clock
    assert (claim.status, claim.closed_at, claim.waiting_on, claim.waiting_since, claim.waiting_due_on) == (
        ClaimStatus.APPROVED, None, world.finance_lead, world.later(days=8), claim.payment_due_on,
    )  # fmt: skip
    assert (claim.paid, claim.approved, claim.paid_at) == (Decimal("75.00"), Decimal("88.53"), world.later(days=3))
    row = run.lines.get(is_for_time=False)
    run.refresh_from_db()
    assert (row.status, row.failure_reason, row.settled_by, row.settled_at, row.paid_on, run.status) == (
        RunLineStatus.FAILED, "Account closed", world.finance_other, world.later(days=8), world.later(days=3).date(),
        RunStatus.SETTLED,
    )  # fmt: skip
    event = claim.timeline.filter(line=row.line).latest("pk")
    assert (event.label, event.from_status, event.to_status, event.note) == (
        "Mark as sent back by the bank", "paid", "approved", "Account closed",
    )  # fmt: skip
    letter = Message.objects.get(kind="expenses.claim.payment_returned")
    assert (letter.recipient, letter.subject) == (
        world.person,
        f"Claim {claim.reference}: the bank sent a payment back",
    )
    assert "13.53" not in letter.body + letter.subject


def test_it_waits_for_another_run_and_is_paid_once(world):
    run = settled(world)
    sent_back(world, run)
    (line,) = queries.payable_lines(world.finance_lead, world.organisation.pk, today=world.today)
    assert (line.status, line.settled_at, line.approved_amount) == (LineStatus.APPROVED, None, Decimal("13.53"))
    again = world.released(at=world.later(days=9))
    take_files(world, again)
    services.record_payment(run_id=again.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=12))
    claim = Claim.objects.get()
    assert (claim.status, claim.paid, claim.paid_at) == (ClaimStatus.PAID, Decimal("88.53"), world.later(days=12))
    assert services.reconcile_payments(at=world.later(days=13)) == 0


def test_statements_money_and_sums_are_of_what_stayed(world):
    run = settled(world)
    sent_back(world, run)
    (statement,) = queries.statements_of(world.person, tax_year(world.today))
    assert (statement.time, statement.expenses) == (Decimal("75.00"), Decimal("0.00"))
    assert queries.money_of(world.person).paid == Decimal("75.00")
    assert [row.amount for row in queries.sent_back_of(world.person)] == [Decimal("13.53")]
    (sums,) = queries.run_sums([run])
    assert (sums.said, sums.of(RunLineStatus.PAID).amount, sums.of(RunLineStatus.FAILED).amount) == (
        sums.of(), Decimal("75.00"), Decimal("13.53"),
    )  # fmt: skip
    assert services.reconcile_payments(at=world.later(days=9)) == 0


def test_the_steps_that_were_due_meanwhile_follow_at_once(world):
    world.approved()
    claim = Claim.objects.get()
    services.escalate_overdue_claims(at=world.later(days=21))
    run = world.released(at=world.later(days=22))
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=25))
    assert services.escalate_overdue_claims(at=world.later(days=50)) == 0
    sent_back(world, run, days=50)
    claim.refresh_from_db()
    assert (claim.steps_written, claim.next_step_at.astimezone(LONDON)) == (
        1, datetime.combine(claim.ladder[1], datetime.min.time(), tzinfo=LONDON),
    )  # fmt: skip
    assert services.escalate_overdue_claims(at=world.later(days=50)) == 2
    assert list(claim.escalations.order_by("number").values_list("number", "due_on")) == [
        (number, claim.ladder[number - 1]) for number in (1, 2, 3)
    ]


def test_a_claim_that_is_still_open_goes_on_with_the_line_owed(world):
    world.approved()
    run = world.released()
    time, expenses = run.lines.order_by("line__position")
    services.record_payment(run_id=run.pk, run_line_ids=[expenses.pk], by=world.finance_lead, at=world.at)
    sent_back(world, run)
    run.refresh_from_db()
    assert (run.status, Claim.objects.get().status) == (RunStatus.RELEASED, ClaimStatus.APPROVED)
    services.record_payment(run_id=run.pk, run_line_ids=[time.pk], by=world.finance_lead, at=world.later(days=9))
    assert Claim.objects.get().paid == Decimal("75.00")


def test_whoever_decided_or_may_not_pay_does_not_mark_it_and_it_needs_a_reason(world):
    run = settled(world)
    factories.give_role(Role.FINANCE, world.approver, world.organisation)
    with pytest.raises(RuleBroken, match="somebody else in finance must mark it"):
        sent_back(world, run, by=world.approver)
    for who in (world.lead, world.auditor, make_world().finance_lead):
        with pytest.raises(PermissionDenied):
            sent_back(world, run, by=who)
    with pytest.raises(RuleBroken, match="Say why the payment failed"):
        sent_back(world, run, reason=" ")
    sent_back(world, run)
    with pytest.raises(TransitionNotAllowed, match="These lines are not marked as paid"):
        sent_back(world, run)


def test_what_was_not_paid_is_not_sent_back(world):
    world.approved()
    with pytest.raises(TransitionNotAllowed, match="released"):
        sent_back(world, world.run())


def test_the_database_knows_the_one_way_back(world):
    run = settled(world)
    line = ClaimLine.objects.filter(run_lines__run=run).first()
    for status in (LineStatus.IN_RUN, LineStatus.PENDING):
        with pytest.raises(Error, match="Invalid transition"), transaction.atomic(), factories.acting():
            ClaimLine.objects.filter(pk=line.pk).update(status=status, settled_at=None)
    with pytest.raises(Error, match="run_line_paid_on_when_paid"), transaction.atomic(), factories.acting():
        run.lines.update(paid_on=None)


# --- from the bank's file -----------------------------------------------------------------------
def test_a_file_of_returns_puts_right_what_was_marked_as_paid(world):
    run = settled(world)
    upload = uploaded(world, f"{run.reference}-001E,13.53,,B,4958", f"{run.reference}-001T,75.00,paid,,4958")
    back, before = services.dry_run(upload, by=world.finance_lead, today=world.today).rows
    assert (back.outcome, before.outcome) == (ResultOutcome.SENT_BACK, ResultOutcome.SETTLED)
    result = take(world, upload)
    assert (result.paid_count, result.failed_count, result.failed_total, result.not_used_count) == (
        0, 1, Decimal("13.53"), 1,
    )  # fmt: skip
    assert [row["outcome"] for row in result.rows] == ["sent_back_row", "settled_row"]
    row = run.lines.get(is_for_time=False)
    assert (row.status, row.failure_reason) == (RunLineStatus.FAILED, "The account has been closed")
    assert Claim.objects.get().status == ClaimStatus.APPROVED
    second = uploaded(world, f"{run.reference}-001E,13.53,,B,4958", "nothing,1.00,paid,,")
    again = services.dry_run(second, by=world.finance_lead, today=world.today).rows[0]
    assert (again.outcome, again.words) == (ResultOutcome.SETTLED, "Its lines have been marked before: failed.")


def test_of_a_payment_marked_in_part_all_comes_back(world):
    give_account(world.person, world)
    world.approved()
    run = world.released()
    row = run.lines.get(is_for_time=True)
    services.record_payment(run_id=run.pk, run_line_ids=[row.pk], by=world.finance_lead, at=world.at)
    result = take(world, uploaded(world, f"{run.reference}-001,88.53,returned,,"))
    run.refresh_from_db()
    assert (result.failed_count, run.status) == (2, RunStatus.SETTLED)
    actions = Claim.objects.get().timeline.filter(line=None).order_by("pk").values_list("action", flat=True)
    assert list(actions)[-2:] == ["record_failure", "record_return"]


def test_a_building_society_s_return_is_found_among_the_payments_of_a_month(world):
    give_account(world.person, world, reference="3/1234-5")
    world.approved()
    run = world.released()
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    upload = uploaded(world, "3/1234-5,13.53,returned,,")

    def outcome(days):
        (row,) = services.dry_run(upload, by=world.finance_lead, today=world.later(days=days).date()).rows
        return row.outcome

    assert (outcome(31), outcome(32)) == (ResultOutcome.SENT_BACK, ResultOutcome.UNMATCHED)


# --- pages ----------------------------------------------------------------------------------------
def test_finance_marks_a_line_as_sent_back_on_a_page(world):
    run = settled(world)
    row = run.lines.get(is_for_time=False)
    client = signed_in(world.finance_other)
    address = page("run_line_return", run_id=run.pk, run_line_id=row.pk)
    detail = page("run_detail", run_id=run.pk)
    assert address in client.get(detail).content.decode()
    assert address not in signed_in(world.auditor).get(detail).content.decode()
    assert "24.6 miles by car or van" in words_of(client.get(address))
    assert errors_of(client.post(address, {"reason": ""})) == [("#id_reason", "Say why the payment failed")]
    assert client.post(address, {"reason": "Account closed"}).url == detail
    words = words_of(client.get(detail))
    assert "Failed paid on 18 September 2026 Account closed" in words
    assert errors_of(client.post(address, {"reason": "Twice"}))[0][1] == "These lines are not marked as paid."


def test_a_run_of_which_nothing_is_paid_has_nothing_to_send_back(world):
    world.approved()
    run = world.run()
    address = page("run_line_return", run_id=run.pk, run_line_id=run.lines.first().pk)
    assert signed_in(world.finance_other).get(address).status_code == 302
    assert signed_in(make_world().finance_lead).get(address).status_code == 404


@pytest.mark.parametrize("claims", [1, 12])
def test_the_page_takes_the_same_queries_for_a_small_run_and_a_large_one(world, claims, django_assert_max_num_queries):
    world.many_approved(claims)
    run = world.released()
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    address = page("run_line_return", run_id=run.pk, run_line_id=run.lines.first().pk)
    client = signed_in(world.finance_other)
    client.get(address)
    with django_assert_max_num_queries(12):
        assert client.get(address).status_code == 200


def test_the_partner_s_advice_says_what_came_back(world):
    run = settled(world)
    address = page("remittance_detail", run_id=run.pk)
    client = signed_in(world.person)
    assert "The bank sent" not in words_of(client.get(address))
    sent_back(world, run)
    words = words_of(client.get(address))
    assert "£75.00 paid on 18 September 2026" in words
    assert "24.6 miles by car or van: £13.53 (Account closed)" in words
    assert client.get(page("remittance_download", run_id=run.pk)).status_code == 200
    time = run.lines.get(is_for_time=True)
    services.record_return(
        run_id=run.pk, run_line_id=time.pk, reason="No such account", by=world.finance_other, at=world.later(days=9)
    )
    words = words_of(client.get(address))
    assert "The bank sent this payment back" in words
    assert "£0.00 paid" not in words
