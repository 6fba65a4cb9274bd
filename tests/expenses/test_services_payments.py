"""Runs: two people, locked totals, the file, paid and failed; and bank details."""

import threading
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from expenses import queries, services
from expenses.enums import ExportFormat, LineStatus, RunStatus
from expenses.models import BankDetails, Claim, PaymentRun, RunLine
from psp_portal.accounts.enums import Role
from psp_portal.audit.context import acting_as
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.paying import change_account, give_account, pay_by_bacs
from tests.expenses.world import make_world


def test_a_run_of_all_that_is_due_has_its_totals_to_the_penny(world):
    first, second = world.approved(), world.approved()
    run = world.run()
    assert (run.line_count, run.time_total, run.expenses_total, run.total) == (
        4, Decimal("150.00"), Decimal("27.06"), Decimal("177.06"),
    )  # fmt: skip
    for claim in (first, second):
        claim.refresh_from_db()
        assert (claim.status, claim.waiting_on) == ("in_run", world.finance_lead)
    assert sum(row.amount for row in run.lines.all()) == run.total


def test_a_run_can_be_of_chosen_lines(world):
    claim = world.approved()
    time = claim.lines.order_by("position").first()
    run = services.make_run(
        organisation_id=world.organisation.pk, line_ids=[time.pk], by=world.finance_lead, at=world.at
    )
    claim.refresh_from_db()
    assert (run.total, claim.status) == (Decimal("75.00"), "approved")


def test_there_must_be_something_to_pay_and_it_must_still_be_there(world):
    with pytest.raises(RuleBroken, match="nothing to pay"):
        world.run()
    line = world.approved().lines.first()
    other = world.approved().lines.first()
    services.make_run(organisation_id=world.organisation.pk, line_ids=[line.pk], by=world.finance_lead, at=world.at)
    with pytest.raises(RuleBroken, match="changed or paid since"):
        services.make_run(
            organisation_id=world.organisation.pk, line_ids=[line.pk, other.pk], by=world.finance_lead, at=world.at
        )


def test_another_organisation_s_lines_are_never_in_a_run(world):
    theirs = make_world().approved()
    world.approved()
    assert {row.line.claim.payer for row in world.run().lines.all()} == {world.organisation}
    with pytest.raises(RuleBroken, match="nothing to pay"):
        services.make_run(
            organisation_id=world.organisation.pk, line_ids=[theirs.lines.first().pk], by=world.finance_lead,
            at=world.at,
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        services.make_run(organisation_id=theirs.payer_id, line_ids=None, by=world.finance_lead, at=world.at)


@pytest.mark.parametrize("who", ["lead", "approver", "executive", "auditor"])
def test_only_finance_makes_runs(world, who):
    world.approved()
    with pytest.raises(PermissionDenied, match="Only finance"):
        services.make_run(organisation_id=world.organisation.pk, line_ids=None, by=getattr(world, who), at=world.at)


def test_whoever_decided_does_not_pay(world):
    factories.make_member(Role.FINANCE, world.organisation, user=world.approver)
    world.approved()
    with pytest.raises(RuleBroken, match="nothing to pay"):
        services.make_run(organisation_id=world.organisation.pk, line_ids=None, by=world.approver, at=world.at)
    run = world.run()
    with pytest.raises(PermissionDenied, match="claimed or decided a line"):
        services.release_run(run_id=run.pk, by=world.approver, at=world.at)
    with (
        pytest.raises(IntegrityError, match="run_line_different_people"),
        transaction.atomic(),
        acting_as(world.approver, "test"),
    ):
        RunLine.objects.filter(run=run).update(released_by=world.approver)


def test_nobody_releases_their_own_run_in_code_or_by_constraint(world):
    world.approved()
    run = world.run()
    with pytest.raises(PermissionDenied, match="A second finance person must release it"):
        services.release_run(run_id=run.pk, by=world.finance_lead, at=world.at)
    with (
        pytest.raises(IntegrityError, match="payment_run_released_by_another_person"),
        transaction.atomic(),
        acting_as(world.finance_lead, "test"),
    ):
        PaymentRun.objects.filter(pk=run.pk).update(
            status=RunStatus.RELEASED, released_by=world.finance_lead, released_at=world.at
        )


def test_totals_are_locked(world):
    world.approved()
    run = world.run()
    with (
        pytest.raises(Error, match="run_totals_are_locked|Cannot update|read.only"),
        transaction.atomic(),
        acting_as(world.finance_lead, "test"),
    ):
        PaymentRun.objects.filter(pk=run.pk).update(time_total=Decimal("1.00"))


def test_a_run_is_released_once_and_then_not_cancelled(world):
    world.approved()
    run = world.released()
    with pytest.raises(TransitionNotAllowed, match="released or cancelled already"):
        services.release_run(run_id=run.pk, by=factories.make_member(Role.FINANCE, world.organisation), at=world.at)
    with pytest.raises(TransitionNotAllowed, match="released or cancelled already"):
        services.cancel_run(run_id=run.pk, by=world.finance_lead, at=world.at)


def test_a_cancelled_run_gives_its_lines_back(world):
    claim = world.approved()
    run = services.cancel_run(run_id=world.run().pk, by=world.finance_other, at=world.at)
    claim.refresh_from_db()
    assert (run.status, claim.status) == ("cancelled", "approved")
    assert world.run().total == Decimal("88.53")


def test_paying_a_run_pays_its_claims_and_tells_the_partner_without_a_sum(world):
    claim = world.paid()
    assert (claim.status, claim.paid, claim.closed_at, claim.responsible) == (
        "paid", Decimal("88.53"), world.at, None,
    )  # fmt: skip
    assert PaymentRun.objects.get().status == "settled"
    letter = Message.objects.get(kind="expenses.remittance.ready")
    assert letter.recipient == world.person
    assert "£" not in letter.body + letter.subject
    assert "88.53" not in letter.body + letter.subject
    paid = queries.payments_of(world.person)
    assert sum(row.amount for row in paid) == claim.paid
    assert queries.money_of(world.person) == queries.Owed(Decimal("0.00"), Decimal("0.00"), Decimal("88.53"))


def test_a_failed_line_goes_back_to_the_queue_with_its_clock_running(world):
    claim = world.approved()
    before = (claim.submitted_at, claim.payment_due_on, claim.ladder)
    run = world.released()
    first, second = run.lines.order_by("line__position")
    services.record_failure(
        run_id=run.pk, run_line_id=first.pk, reason="Account closed", by=world.finance_lead, at=world.later(days=3)
    )
    claim.refresh_from_db()
    assert (claim.status, claim.waiting_on, claim.waiting_since) == (
        "approved", world.finance_lead, world.later(days=3),
    )  # fmt: skip
    assert (claim.submitted_at, claim.payment_due_on, claim.ladder) == before
    services.record_payment(run_id=run.pk, run_line_ids=[second.pk], by=world.finance_lead, at=world.at)
    run.refresh_from_db()
    claim.refresh_from_db()
    assert (run.status, claim.status, claim.paid) == ("settled", "approved", second.amount)
    again = world.run()
    assert [row.line for row in again.lines.all()] == [first.line]


def test_marking_needs_a_released_run_an_open_line_and_a_reason(world):
    world.approved()
    run = world.run()
    row = run.lines.first()
    with pytest.raises(TransitionNotAllowed, match="second person has released"):
        services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    services.release_run(run_id=run.pk, by=world.finance_other, at=world.at)
    with pytest.raises(RuleBroken, match="Say why the payment failed"):
        services.record_failure(run_id=run.pk, run_line_id=row.pk, reason=" ", by=world.finance_lead, at=world.at)
    services.record_payment(run_id=run.pk, run_line_ids=[row.pk], by=world.finance_lead, at=world.at)
    with pytest.raises(TransitionNotAllowed, match="marked already"):
        services.record_payment(run_id=run.pk, run_line_ids=[row.pk], by=world.finance_lead, at=world.at)


def test_whoever_decided_a_line_does_not_mark_it(world):
    factories.make_member(Role.FINANCE, world.organisation, user=world.approver)
    world.approved()
    run = world.released()
    with pytest.raises(RuleBroken, match="somebody else in finance must mark it"):
        services.record_payment(run_id=run.pk, run_line_ids=None, by=world.approver, at=world.at)


# --- many lines -----------------------------------------------------------------------------
def life_of_a_run(world) -> list[int]:
    """Return how many queries each step of a run of all that is due takes: made, released, files, paid."""
    counts = []

    def count(step, **given):
        with CaptureQueriesContext(connection) as queries_made:
            made = step(by=world.finance_lead, at=world.at, **given)
        counts.append(len(queries_made))
        return made

    run = count(services.make_run, organisation_id=world.organisation.pk, line_ids=None)
    services.release_run(run_id=run.pk, by=world.finance_other, at=world.at)
    for wanted in ExportFormat:
        count(services.export_run, run_id=run.pk, format=wanted)
    failed = run.lines.order_by("line__claim__number", "line__position").last()
    count(services.record_failures, run_id=run.pk, reasons={failed.pk: "Account closed"})
    count(services.record_payment, run_id=run.pk, run_line_ids=None)
    return counts


def test_a_run_of_many_claims_takes_as_many_queries_as_one_of_few(world):
    give_account(world.person, world)
    pay_by_bacs(world)
    for _ in range(2):
        world.approved()
    few = life_of_a_run(world)
    services.cancel_run(run_id=world.run().pk, by=world.finance_lead, at=world.at)
    for _ in range(15):
        world.approved()
    assert life_of_a_run(world) == few


def test_what_is_done_to_many_is_what_is_done_to_each(world):
    """The history of each claim, its events and its letters are there as if it had been alone."""
    give_account(world.person, world)
    for _ in range(3):
        world.approved()
    run = world.released()
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=3))
    for claim in Claim.objects.all():
        moves = claim.timeline.filter(action__in=["add_to_run", "record_payment"]).order_by("pk")
        shown = moves.values_list("action", "from_status", "to_status", "note", "line")
        assert [(*told, line is None) for *told, line in shown] == [
            ("add_to_run", "approved", "in_run", run.reference, False),
            ("add_to_run", "approved", "in_run", run.reference, False),
            ("add_to_run", "approved", "in_run", run.reference, True),
            ("record_payment", "in_run", "paid", run.reference, False),
            ("record_payment", "in_run", "paid", run.reference, False),
            ("record_payment", "in_run", "paid", run.reference, True),
        ]  # fmt: skip
        assert (claim.status, claim.paid, claim.closed_at, claim.responsible, claim.next_step_at) == (
            "paid", Decimal("88.53"), world.later(days=3), None, None,
        )  # fmt: skip
        assert Message.objects.filter(kind="expenses.claim.paid", dedupe_key__contains=str(claim.pk)).count() == 1


def test_people_in_a_run_have_numbers_and_accounts_of_the_moment_it_was_released(world):
    details = give_account(world.person, world)
    world.approved()
    run = world.run()
    assert set(run.lines.values_list("payee", "bank_details")) == {(1, None)}
    services.release_run(run_id=run.pk, by=world.finance_other, at=world.at)
    assert set(run.lines.values_list("bank_details", flat=True)) == {details.pk}
    change_account(world.person, world, hours=1)
    with pytest.raises(Error, match="run_line_account_is_kept|Cannot"), transaction.atomic(), factories.acting():
        run.lines.update(bank_details=world.person.bank_details.get(replaced_at=None))


def test_a_change_of_account_before_release_stops_it_and_names_the_person(world):
    give_account(world.person, world)
    world.approved()
    run = world.run()
    change_account(world.person, world, hours=1)
    with pytest.raises(RuleBroken, match=f"wait for a check: {world.person.name}. Check them first"):
        services.release_run(run_id=run.pk, by=world.finance_other, at=world.later(hours=2))
    services.cancel_run(run_id=run.pk, by=world.finance_lead, at=world.at)
    with pytest.raises(RuleBroken, match="nothing to pay"):
        world.run()


def test_a_run_may_be_of_what_is_due_or_without_some_lines_and_is_what_was_seen(world):
    due, later = world.approved(), world.approved(at=world.later(days=10))
    seen = services.Seen(4, Decimal("177.06"))
    with pytest.raises(RuleBroken, match="it is now 2 lines of £88.53"):
        make(world, due_by=due.payment_due_on, seen=seen)
    line, other = later.lines.order_by("position")
    run = make(world, seen=seen, not_these={line.pk, *due.lines.values_list("pk", flat=True)})
    assert [row.line for row in run.lines.all()] == [other]
    assert make(world, due_by=due.payment_due_on).line_count == 2
    with pytest.raises(RuleBroken, match="it is now 1 line of £75.00"):
        make(world, seen=seen)


def make(world, **given):
    return services.make_run(
        organisation_id=world.organisation.pk, line_ids=None, by=world.finance_lead, at=world.at, **given
    )


# --- bank details -------------------------------------------------------------------------
def change(world, number="66374958", at=None):
    return services.change_bank_details(
        account_name="A Partner", sort_code="089999", account_number=number, by=world.person, at=at or world.at
    )


def test_bank_details_are_encrypted_and_only_the_last_four_digits_can_be_read(world):
    details = change(world)
    stored = BankDetails.objects.filter(pk=details.pk).values().get()
    assert "66374958" not in str(stored)
    assert "089999" not in str(stored)
    assert queries.bank_details_of(world.person).last_four == "4958"
    columns = {field.name for field in BankDetails.pgh_event_model._meta.get_fields()}
    assert not columns & {"account_name", "sort_code", "account_number"}


def test_a_change_keeps_the_old_row_and_alerts_the_old_contact(world):
    change(world)
    change(world, number="88837491", at=world.later(days=1))
    assert list(BankDetails.objects.order_by("given_at").values_list("last_four", "replaced_at")) == [
        ("4958", world.later(days=1)), ("7491", None),
    ]  # fmt: skip
    letters = Message.objects.filter(kind="expenses.bank_details.change").order_by("created_at")
    assert [(letter.subject, letter.address) for letter in letters] == [
        ("Your bank details were added", world.person.email),
        ("Your bank details were changed", world.person.email),
    ]
    assert "7491" not in letters[1].body


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_made_at_the_same_moment_each_line_is_in_one():
    world = make_world()
    world.approved()
    outcomes = []

    def make(person):
        try:
            services.make_run(organisation_id=world.organisation.pk, line_ids=None, by=person, at=world.at)
            outcomes.append("made")
        except RuleBroken:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=[person]) for person in (world.finance_lead, world.finance_other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused"]
    assert RunLine.objects.filter(line__status=LineStatus.IN_RUN).count() == 2
