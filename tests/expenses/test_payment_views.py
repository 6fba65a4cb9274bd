"""Finance's pages: runs made, released by a second person, exported and settled; and who may only read."""

import csv
import hashlib
import io
import sys
import threading
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pypdf import PdfReader

from expenses import services
from expenses.enums import LineStatus, RunLineStatus, RunPart, RunStatus
from expenses.models import Claim, ClaimLine, PaymentRun, RunExport
from psp_portal.accounts.enums import Role
from psp_portal.exceptions import RuleBroken
from tests import factories
from tests.expenses.bacs_parser import parse
from tests.expenses.pages import errors_of, page, sent_by, signed_in, words_of
from tests.expenses.paying import give_account, pay_by_bacs, without_triggers
from tests.expenses.world import make_world


@pytest.fixture(autouse=True)
def now(world):
    """Stop the clock two days after the claims of the world are sent."""
    with time_machine.travel(world.later(days=2), tick=False):
        yield


def run_page(run, name: str = "run_detail") -> str:
    more = {"file": "ledger"} if name == "run_export" else {}
    return page(name, run_id=run.pk, **more)


def file_page(run, file: str) -> str:
    return page("run_export", run_id=run.pk, file=file)


def pay_all(client) -> PaymentRun:
    """Make a run of all that the page shows; return it."""
    response = client.post(page("run_create"), sent_by(client.get(page("run_create"))))
    assert response.status_code == 302, errors_of(response)
    return PaymentRun.objects.latest("number")


# --- from approved to paid ----------------------------------------------------------------
@pytest.mark.slow
def test_forty_claims_are_paid_in_a_few_pages_and_the_totals_agree_to_the_penny(world):
    give_account(world.person, world)
    world.many_approved(40)
    maker, second = signed_in(world.finance_lead), signed_in(world.finance_other)

    words = words_of(maker.get(page("run_create")))
    assert "Time £3,000.00 Expenses £541.20 Total £3,541.20 Count 80 lines of 40 claims, 1 person" in words
    run = pay_all(maker)
    assert (run.line_count, run.time_total, run.expenses_total) == (80, Decimal("3000.00"), Decimal("541.20"))
    assert sum(row.amount for row in run.lines.all()) == run.total == Decimal("3541.20")

    assert second.post(run_page(run, "run_release")).status_code == 302
    files = [second.post(file_page(run, name)).content.decode() for name in ("ledger", "payroll")]
    rows = [row for file in files for row in csv.DictReader(io.StringIO(file))]
    assert len(rows) == 80
    assert sum(Decimal(row["amount"]) for row in rows) == run.total

    settle = run_page(run, "run_settle")
    assert "All together: £3,541.20" in words_of(second.get(settle))
    paid = second.post(settle, sent_by(second.get(settle)))
    assert paid.status_code == 302
    assert "80 lines marked as paid" in words_of(second.get(paid.url))
    assert set(Claim.objects.values_list("status", flat=True)) == {"paid"}
    assert sum(Claim.objects.values_list("paid", flat=True)) == Decimal("3541.20")
    run.refresh_from_db()
    assert run.status == RunStatus.SETTLED


# --- making a run -------------------------------------------------------------------------
def test_run_create_lists_the_oldest_due_first_and_who_has_no_bank_details(world):
    late, new = world.approved(), world.approved(at=world.later(days=39))
    with time_machine.travel(world.later(days=40), tick=False):
        client = signed_in(world.finance_lead)
        words = words_of(client.get(page("run_create")))
        assert words.index(late.reference) < words.index(new.reference)
        assert words.count("Overdue") == 1 + 2, "the choice, and both lines of the late claim"
        assert words.count("No bank details") == 4
        give_account(world.person, world)
        with_account = words_of(client.get(page("run_create")))
    assert with_account.count("Ends in 4958") == 4
    assert "No bank details" not in with_account


def test_run_create_takes_the_ticked_lines_only(world):
    claim = world.approved()
    time, mileage = claim.lines.order_by("position")
    client = signed_in(world.finance_lead)
    data = sent_by(client.get(page("run_create"))) | {"lines": [str(mileage.pk)]}
    response = client.post(page("run_create"), data)
    run = PaymentRun.objects.get()
    assert response.url == run_page(run)
    assert (run.line_count, run.time_total, run.expenses_total) == (1, Decimal("0.00"), Decimal("13.53"))
    assert "Payment run made. A second finance person must release it." in words_of(client.get(response.url))
    time.refresh_from_db()
    assert time.status == LineStatus.APPROVED


def test_run_create_without_a_tick_says_so_and_leaves_the_ticks_as_they_were(world):
    world.approved()
    client = signed_in(world.finance_lead)
    data = sent_by(client.get(page("run_create")))
    del data["lines"]
    response = client.post(page("run_create"), data)
    assert "There is nothing to pay" in errors_of(response)[0][1]
    assert "lines" not in sent_by(response)
    assert "Total £0.00" in words_of(response)


@pytest.mark.parametrize("wrong", [{"lines": ["nonsense"]}, {"shown": ["x"]}, {"seen_lines": ["x"]}, {"step": ["x"]}])
def test_run_create_refuses_nonsense(world, wrong):
    world.approved()
    client = signed_in(world.finance_lead)
    response = client.post(page("run_create"), sent_by(client.get(page("run_create"))) | wrong)
    assert response.status_code == 200
    assert errors_of(response)
    assert not PaymentRun.objects.exists()


def test_run_create_sent_twice_makes_one_run(world):
    world.approved()
    client = signed_in(world.finance_lead)
    data = sent_by(client.get(page("run_create")))
    assert client.post(page("run_create"), data).status_code == 302
    again = client.post(page("run_create"), data)
    assert again.status_code == 200
    assert "it is now 0 lines of £0.00. Look again" in errors_of(again)[0][1]
    assert PaymentRun.objects.count() == 1


def test_run_create_says_when_a_line_has_gone_meanwhile(world):
    first, _second = world.approved(), world.approved()
    client = signed_in(world.finance_lead)
    data = sent_by(client.get(page("run_create")))
    line = first.lines.first()
    services.make_run(organisation_id=world.organisation.pk, line_ids=[line.pk], by=world.finance_other, at=world.at)
    response = client.post(page("run_create"), data)
    assert "What can be paid has changed since you opened the page: it is now 3 lines of" in errors_of(response)[0][1]
    assert len(sent_by(response)["lines"]) == 3, "what is left stays ticked"
    assert PaymentRun.objects.count() == 1


def test_run_create_leaves_what_one_decided_to_a_colleague(world):
    world.approved()
    factories.give_role(Role.FINANCE, world.approver, world.organisation)
    assert "Nothing waits to be paid here." in words_of(signed_in(world.approver).get(page("run_create")))


def test_run_create_shows_nothing_of_another_organisation(world):
    claim = make_world().approved()
    response = signed_in(world.finance_lead).get(page("run_create"))
    assert claim.reference not in words_of(response)
    theirs = str(claim.lines.first().pk)
    data = {"lines": [theirs], "shown": [theirs], "seen_lines": 0, "seen_total": "0.00"}
    posted = signed_in(world.finance_lead).post(page("run_create"), data)
    assert "nothing to pay" in errors_of(posted)[0][1]
    assert claim.reference not in words_of(posted)
    assert not PaymentRun.objects.exists()


def test_run_create_is_of_the_organisation_that_one_has_chosen(world):
    other = make_world()
    mine, theirs = world.approved(), other.approved()
    factories.give_role(Role.FINANCE, world.finance_lead, other.organisation)
    client = signed_in(world.finance_lead)
    for chosen, shown, hidden in ((world, mine, theirs), (other, theirs, mine)):
        session = client.session
        session["organisation_id"] = str(chosen.organisation.pk)
        session.save()
        words = words_of(client.get(page("run_create")))
        assert shown.reference in words
        assert hidden.reference not in words


def test_what_is_unticked_stays_so_from_page_to_page(world, monkeypatch):
    monkeypatch.setattr("expenses.views.making.LINES_ON_A_PAGE", 3)
    for _ in range(3):
        world.approved()
    client = signed_in(world.finance_lead)
    first = client.get(page("run_create"))
    assert "What is ticked on all pages Time £225.00 Expenses £40.59 Total £265.59 Count 6 lines" in words_of(first)
    data = sent_by(first)
    left_out = data["lines"].pop(0)
    moved = client.post(page("run_create"), data | {"step": "2"})
    assert moved.status_code == 302
    second = client.get(moved.url)
    assert "Page 2 of 2" in words_of(second)
    assert "Count 5 lines" in words_of(second)
    assert left_out not in sent_by(second)["shown"]
    back = client.post(moved.url, sent_by(second) | {"step": "1"})
    assert left_out not in sent_by(client.get(back.url))["lines"]
    made = client.post(moved.url, sent_by(second))
    run = PaymentRun.objects.get()
    assert made.url == run_page(run)
    assert run.line_count == 5
    assert str(ClaimLine.objects.get(status=LineStatus.APPROVED).pk) == left_out
    assert "Count 1 line of 1 claim" in words_of(client.get(page("run_create"))), "the next run begins with all ticked"


def test_a_run_can_be_of_what_is_due_alone(world):
    due, later = world.approved(), world.approved(at=world.later(days=10))
    with time_machine.travel(world.later(days=25), tick=False):
        client = signed_in(world.finance_lead)
        address = page("run_create") + "?show=soon"
        response = client.get(address)
        assert due.reference in words_of(response)
        assert later.reference not in words_of(response)
        assert client.post(address, sent_by(response)).status_code == 302
        assert {row.line.claim for row in PaymentRun.objects.get().lines.all()} == {due}
        assert "Nothing waits to be paid here" in words_of(client.get(page("run_create") + "?show=overdue"))
    with time_machine.travel(world.later(days=60), tick=False):
        overdue = signed_in(world.finance_lead).get(page("run_create") + "?show=overdue")
        assert later.reference in words_of(overdue)


def test_whose_bank_details_wait_for_a_check_is_left_out_and_named(world):
    world.approved()
    services.change_bank_details(
        account_name="A", sort_code="089999", account_number="66374958", by=world.person, at=world.at
    )
    client = signed_in(world.finance_lead)
    words = words_of(client.get(page("run_create")))
    assert "Nothing waits to be paid here" in words
    assert f"{world.person.name} Their bank details wait for a check 2 £88.53" in words
    with pytest.raises(RuleBroken, match="nothing to pay"):
        world.run()


def test_with_bacs_what_it_pays_needs_bank_details(world):
    world.approved()
    pay_by_bacs(world)
    client = signed_in(world.finance_lead)
    words = words_of(client.get(page("run_create")))
    assert f"{world.person.name} They have given no bank details 1 £13.53" in words
    assert "Total £75.00" in words
    pay_by_bacs(world, covers=RunPart.BOTH)
    assert "They have given no bank details 2 £88.53" in words_of(client.get(page("run_create")))


@pytest.mark.parametrize("rows", [1, 30])
def test_run_create_takes_the_same_queries_for_one_row_and_many(world, rows, django_assert_num_queries):
    world.many_approved(rows)
    client = signed_in(world.finance_lead)
    client.get(page("run_create"))
    with django_assert_num_queries(13):
        client.get(page("run_create"))


# --- the list -----------------------------------------------------------------------------
def test_run_list_shows_totals_and_who(world):
    world.approved()
    run = world.released()
    words = words_of(signed_in(world.auditor).get(page("run_list")))
    assert (
        f"{run.reference} Released, waiting for the bank 15 September 2026 {world.finance_lead.name} "
        f"15 September 2026 {world.finance_other.name} 2 £75.00 £13.53 £88.53" in words
    )
    assert "Make a payment run" not in words
    assert "Make a payment run" in words_of(signed_in(world.finance_other).get(page("run_list")))
    assert run.reference not in words_of(signed_in(factories.make_member(Role.FINANCE)).get(page("run_list")))


@pytest.mark.parametrize("rows", [1, 30])
def test_run_list_takes_the_same_queries_for_one_row_and_many(world, rows, django_assert_num_queries):
    for claim in world.many_approved(rows):
        lines = claim.lines.values_list("pk", flat=True)
        services.make_run(
            organisation_id=world.organisation.pk, line_ids=list(lines), by=world.finance_lead, at=world.at
        )
    client = signed_in(world.finance_lead)
    client.get(page("run_list"))
    with django_assert_num_queries(6):
        response = client.get(page("run_list"))
    assert words_of(response).count("Not released") == min(rows, 25)


# --- one run: who may do what -------------------------------------------------------------
ACTIONS = ["run_release", "run_cancel", "run_settle", "run_export"]


def test_run_detail_says_why_its_maker_cannot_release_it(world):
    world.approved()
    run = world.run()
    own = words_of(signed_in(world.finance_lead).get(run_page(run)))
    assert "Release this run: You made this run. A second finance person must release it." in own
    assert "Cancel this run" in own
    other = signed_in(world.finance_other).get(run_page(run)).content.decode()
    assert run_page(run, "run_release") in other


def test_run_release_refuses_its_maker_with_words(world):
    world.approved()
    run = world.run()
    client = signed_in(world.finance_lead)
    for answer in (client.get(run_page(run, "run_release")), client.post(run_page(run, "run_release"))):
        assert answer.status_code == 403
        assert "You made this run. A second finance person must release it." in words_of(answer)
    run.refresh_from_db()
    assert run.status == RunStatus.DRAFT


def test_run_release_refuses_whoever_decided_a_line(world):
    world.approved()
    run = world.run()
    factories.give_role(Role.FINANCE, world.approver, world.organisation)
    response = signed_in(world.approver).post(run_page(run, "run_release"))
    assert response.status_code == 403
    assert "You claimed or decided a line of this run, or" in words_of(response)


@pytest.mark.parametrize("who", ["auditor", "lead"])
def test_readers_see_a_run_and_change_nothing(world, who):
    world.approved()
    run = world.run()
    client = signed_in(getattr(world, who))
    response = client.get(run_page(run))
    assert response.status_code == 200
    text = response.content.decode()
    assert not any(run_page(run, name) in text for name in ACTIONS)
    for name in ACTIONS:
        assert client.post(run_page(run, name)).status_code == 403
    row = run.lines.first()
    fail = page("run_line_fail", run_id=run.pk, run_line_id=row.pk)
    assert client.post(fail, {"reason": "Mine"}).status_code == 403
    assert client.post(page("run_create")).status_code == 403
    run.refresh_from_db()
    assert run.status == RunStatus.DRAFT


@pytest.mark.parametrize("name", ["run_detail", *ACTIONS])
def test_a_run_is_not_found_elsewhere_nor_by_those_who_see_no_runs(world, name):
    world.approved()
    run = world.run()
    for user in (factories.make_member(Role.FINANCE), world.approver, world.executive, world.person):
        client = signed_in(user)
        method = client.post if name == "run_export" else client.get
        assert method(run_page(run, name)).status_code == 404


@pytest.mark.parametrize("name", ["run_list", "run_create"])
def test_run_pages_ask_who_it_is_and_whether_they_may(client, world, name):
    assert client.get(page(name)).status_code == 302
    assert signed_in(world.approver).get(page(name)).status_code == 403


def test_run_release_sent_twice_says_that_it_is_done(world):
    world.approved()
    run = world.run()
    client = signed_in(world.finance_other)
    assert client.post(run_page(run, "run_release")).status_code == 302
    again = client.post(run_page(run, "run_release"))
    assert errors_of(again) == [("", "This run has been released or cancelled already.")]
    looked = client.get(run_page(run, "run_release"), follow=True)
    assert "This run has been released or cancelled already" in words_of(looked)


def test_run_cancel_puts_the_lines_back(world):
    claim = world.approved()
    run = world.run()
    client = signed_in(world.finance_lead)
    assert "Its 2 lines of £88.53 go back" in words_of(client.get(run_page(run, "run_cancel")))
    assert client.post(run_page(run, "run_cancel")).status_code == 302
    run.refresh_from_db()
    claim.refresh_from_db()
    assert (run.status, claim.status) == (RunStatus.CANCELLED, "approved")
    again = client.post(run_page(run, "run_cancel"))
    assert errors_of(again) == [("", "This run has been released or cancelled already.")]
    words = words_of(client.get(run_page(run)))
    assert "Taken out" in words
    assert "Cancel this run" not in words


# --- paid and failed ----------------------------------------------------------------------
def test_run_settle_marks_the_ticked_lines_and_the_rest_can_fail(world):
    claim = world.approved()
    run = world.released()
    client = signed_in(world.finance_lead)
    settle = run_page(run, "run_settle")
    first, second = run.lines.order_by("line__position")
    assert client.post(settle, sent_by(client.get(settle)) | {"lines": [str(first.pk)]}).status_code == 302
    words = words_of(client.get(run_page(run)))
    assert "Paid so far £75.00" in words

    fail = page("run_line_fail", run_id=run.pk, run_line_id=second.pk)
    assert fail in client.get(run_page(run)).content.decode()
    asked = client.get(fail)
    assert "Why did the payment fail?" in words_of(asked)
    assert "24.6 miles by car or van" in words_of(asked)
    assert errors_of(client.post(fail, {"reason": " "})) == [("#id_reason", "Say why the payment failed")]
    assert errors_of(client.post(fail, {"reason": "x" * 201})) == [
        ("#id_reason", "Why the payment failed must be 200 characters or fewer")
    ]
    assert client.post(fail, {"reason": "Account closed"}).status_code == 302
    second.refresh_from_db()
    assert (second.status, second.failure_reason) == (RunLineStatus.FAILED, "Account closed")
    claim.refresh_from_db()
    run.refresh_from_db()
    assert (claim.status, claim.paid, run.status) == ("approved", Decimal("75.00"), RunStatus.SETTLED)
    words = words_of(client.get(run_page(run)))
    assert "Failed £13.53" in words
    assert "Failed Account closed" in words
    assert "24.6 miles by car or van" in words_of(client.get(page("run_create"))), "it waits for another run"
    assert client.post(fail, {"reason": "Twice"}).status_code == 200


def test_run_settle_sent_twice_says_that_it_is_done(world):
    world.approved()
    run = world.released()
    client = signed_in(world.finance_other)
    data = sent_by(client.get(run_page(run, "run_settle")))
    assert client.post(run_page(run, "run_settle"), data).status_code == 302
    again = client.post(run_page(run, "run_settle"), data)
    assert "Only a run that a second person has released can be marked" in errors_of(again)[0][1]
    assert client.get(run_page(run, "run_settle")).status_code == 302


def test_run_settle_needs_a_tick_and_a_released_run(world):
    world.approved()
    run = world.run()
    client = signed_in(world.finance_other)
    assert client.get(run_page(run, "run_settle")).status_code == 302
    services.release_run(run_id=run.pk, by=world.finance_other, at=world.at)
    form = sent_by(client.get(run_page(run, "run_settle")))
    response = client.post(run_page(run, "run_settle"), form | {"lines": []})
    assert errors_of(response) == [("#id_lines_0", "Tick at least one line that is paid")]
    assert errors_of(client.post(run_page(run, "run_settle"), form | {"lines": ["nonsense"]}))
    assert "lines" not in sent_by(response), "what was unticked stays so"


def test_run_settle_leaves_what_one_decided_to_a_colleague(world):
    world.approved()
    run = world.released()
    factories.give_role(Role.FINANCE, world.approver, world.organisation)
    client = signed_in(world.approver)
    response = client.get(run_page(run, "run_settle"))
    assert "You claimed or decided 2 lines of this run, so somebody else in finance must mark them." in words_of(
        response
    )
    assert "lines" not in sent_by(response)
    row = run.lines.first()
    form = sent_by(signed_in(world.finance_other).get(run_page(run, "run_settle")))
    refused = client.post(run_page(run, "run_settle"), form | {"lines": [str(row.pk)]})
    assert "somebody else in finance must mark it" in errors_of(refused)[0][1]


def test_run_line_fail_knows_its_own_run_only(world):
    world.approved()
    run = world.released()
    world.approved()
    other = world.run()
    wrong = page("run_line_fail", run_id=run.pk, run_line_id=other.lines.first().pk)
    assert signed_in(world.finance_lead).get(wrong).status_code == 404


def test_all_lines_of_a_long_run_are_marked_with_one_button(world, monkeypatch):
    monkeypatch.setattr("expenses.views.payments.LINES_ON_A_PAGE", 3)
    for _ in range(3):
        world.approved()
    run = world.released()
    client = signed_in(world.finance_other)
    settle = run_page(run, "run_settle")
    response = client.get(settle)
    assert len(sent_by(response)["lines"]) == 3
    assert "6 lines are not marked yet." in words_of(response)
    some = client.post(settle, sent_by(response) | {"scope": "ticked"})
    assert some.url == settle, "there is more to mark"
    done = client.post(settle, sent_by(client.get(settle)) | {"lines": [], "scope": "all"})
    assert done.url == run_page(run)
    run.refresh_from_db()
    assert run.status == RunStatus.SETTLED


# --- files ------------------------------------------------------------------------------------
def test_run_export_hands_out_the_file_and_records_its_checksum(world):
    give_account(world.person, world, name="=HYPERLINK(1)")
    world.approved()
    run = world.released()
    client = signed_in(world.finance_lead)
    assert "The file holds full bank details." in words_of(client.get(file_page(run, "ledger")))
    assert not RunExport.objects.exists(), "looking takes nothing"
    response = client.post(file_page(run, "ledger"))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{run.reference}-ledger.csv"'
    assert response["Cache-Control"] == "private, no-store"
    export = RunExport.objects.get()
    assert export.checksum == hashlib.sha256(response.content).hexdigest()
    assert (export.exported_by, export.line_count, export.total) == (world.finance_lead, 1, Decimal("13.53"))
    (row,) = csv.DictReader(io.StringIO(response.content.decode()))
    assert (row["account_name"], row["account_number"], row["amount"]) == ("'=HYPERLINK(1)", "66374958", "13.53")

    assert f"{world.finance_lead.name} first took this file" in words_of(client.get(file_page(run, "ledger")))
    again = client.post(file_page(run, "ledger"))
    assert again.content == response.content
    words = words_of(signed_in(world.auditor).get(run_page(run)))
    assert words.count(export.checksum) == 2, "each time it is taken is on record"
    assert f"Ledger file {world.finance_lead.name} 1 £13.53 {export.checksum}" in words
    assert "66374958" not in words


def test_run_export_that_is_not_the_first_file_asks_why(world):
    world.approved()
    run = world.released()
    client = signed_in(world.finance_lead)
    client.post(file_page(run, "payroll"))
    with factories.acting():
        type(world.person).objects.filter(pk=world.person.pk).update(name="Grace Newname")
    refused = client.post(file_page(run, "payroll"), {"reason": ""})
    assert errors_of(refused) == [
        ("#id_reason", "This would not be the file that was first taken. What is different: the name of a person. "
         "Say why you need it.")
    ]  # fmt: skip
    too_long = client.post(file_page(run, "payroll"), {"reason": "x" * 301})
    assert errors_of(too_long) == [("#id_reason", "Why you need it must be 300 characters or fewer")]
    assert "x" * 301 in too_long.content.decode()
    assert client.post(file_page(run, "payroll"), {"reason": "Payroll lost it"}).status_code == 200
    assert "Not the first file Payroll lost it" in words_of(client.get(run_page(run)))


def test_run_export_for_the_bank_asks_for_the_day(world):
    give_account(world.person, world)
    world.approved()
    run = world.released()
    client = signed_in(world.finance_lead)
    address = file_page(run, "bacs")
    assert "Say first how you pay" in words_of(client.get(address))
    pay_by_bacs(world)
    response = client.get(address)
    assert "It pays: expenses, from the account ending in 5678." in words_of(response)
    assert sent_by(response)["day_0"] == ["18"], "tomorrow"
    past = client.post(address, {"day_0": "17", "day_1": "9", "day_2": "2026"})
    assert errors_of(past)[0][0] == "#id_day_0" or errors_of(past)[0][0] == "#id_day"
    assert sent_by(past)["day_0"] == ["17"]
    assert "Only somebody else in finance" not in words_of(response)
    file = client.post(address, {"day_0": "19", "day_1": "9", "day_2": "2026"})
    assert "Only somebody else in finance can take one" in words_of(client.get(address))
    assert file["Content-Type"] == "text/plain; charset=us-ascii"
    assert parse(file.content).processing == date(2026, 9, 21), "BACS does not work on Saturday"
    assert "BACS file to be paid on 21 September 2026" in words_of(client.get(run_page(run)))


@pytest.mark.parametrize(("covers", "warned"), [(RunPart.EXPENSES, ["ledger"]), (RunPart.BOTH, ["ledger", "payroll"])])
def test_run_export_warns_of_paying_from_two_files(world, covers, warned):
    give_account(world.person, world)
    world.approved()
    before = world.released()
    client = signed_in(world.finance_lead)

    def names(run):
        words = "Do not pay from this file as well"
        return [name for name in ("ledger", "payroll", "bacs") if words in words_of(client.get(file_page(run, name)))]

    assert names(before) == []
    pay_by_bacs(world, covers=covers)
    world.approved()
    assert names(world.released()) == warned


def test_run_export_of_a_run_that_nobody_released_says_so(world):
    world.approved()
    run = world.run()
    client = signed_in(world.finance_other)
    for response in (
        client.get(file_page(run, "ledger"), follow=True),
        client.post(file_page(run, "ledger"), follow=True),
    ):
        assert "A run can be exported once a second person has released it" in words_of(response)
    assert not RunExport.objects.exists()


def test_there_are_three_files_and_no_others(world):
    world.approved()
    run = world.released()
    client = signed_in(world.finance_lead)
    assert client.get(file_page(run, "everything")).status_code == 404
    text = client.get(run_page(run)).content.decode()
    assert all(file_page(run, name) in text for name in ("ledger", "payroll", "bacs"))
    assert file_page(run, "ledger") not in signed_in(world.auditor).get(run_page(run)).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("name", ["run_detail", "run_settle", "run_release"])
def test_pages_of_a_run_take_the_same_queries_for_one_row_and_many(world, rows, name, django_assert_max_num_queries):
    world.many_approved(rows)
    run = world.run() if name == "run_release" else world.released()
    client = signed_in(world.finance_other)
    client.get(run_page(run, name))
    with django_assert_max_num_queries(15):
        assert client.get(run_page(run, name)).status_code == 200


# --- how we pay -------------------------------------------------------------------------------
ACCOUNT = {
    "service_user_number": "654321", "account_name": "Hillside NHS Trust", "sort_code": "60-16-13",
    "account_number": "12345678", "bacs_covers": "expenses", "bacs_days": "single",
}  # fmt: skip


def test_payment_settings_edit_keeps_an_account_and_never_shows_it(world):
    client = signed_in(world.finance_lead)
    address = page("payment_settings_edit")
    assert client.post(address, ACCOUNT).status_code == 302
    response = client.get(address)
    assert "You pay from the account “HILLSIDE NHS TRUST” ending in 5678, as service user 654321." in words_of(response)
    assert "12345678" not in response.content.decode()
    kept = {"bacs_covers": "both", "bacs_days": "multi"}
    assert client.post(address, kept).status_code == 302
    assert "ending in 5678" in words_of(client.get(address))
    assert sent_by(client.get(address))["bacs_covers"] == ["both"]


def test_payment_settings_edit_wants_the_whole_account(world):
    client = signed_in(world.finance_lead)
    response = client.post(page("payment_settings_edit"), ACCOUNT | {"account_name": "", "sort_code": "1"})
    assert [where for where, _ in errors_of(response)] == ["#id_account_name", "#id_sort_code"]
    wrong = client.post(page("payment_settings_edit"), ACCOUNT | {"service_user_number": "12"})
    assert errors_of(wrong) == [("#id_service_user_number", "Enter the service user number with 6 digits, like 123456")]
    assert sent_by(wrong)["account_name"] == ["Hillside NHS Trust"]


# --- the bank's files -------------------------------------------------------------------------
def bank_file(*rows: str) -> SimpleUploadedFile:
    text = "\n".join(["Ref,Amount,Status,Code,Account", *rows])
    return SimpleUploadedFile("result.csv", text.encode(), content_type="text/csv")


CHOSEN = {
    "reference": "Ref", "amount": "Amount", "outcome": "Status", "code": "Code", "rows": "mixed",
    "paid_words": "Paid, Settled", "failed_words": "returned",
}  # fmt: skip


def test_a_bank_s_file_goes_from_upload_to_record(world):
    give_account(world.person, world)
    world.approved()
    run = world.released()
    client = signed_in(world.finance_lead)
    rows = [f"{run.reference}-001T,75.00,paid,,", f"{run.reference}-001E,13.53,,B,", "R99999-001,1.00,paid,,"]
    sent = client.post(page("bank_result_create"), {"file": bank_file(*rows)})
    columns = client.get(sent.url)
    assert "result.csv Which column is what?" in words_of(columns)
    bad = client.post(sent.url, CHOSEN | {"amount": ""})
    assert errors_of(bad)[0][0] == "#id_amount"
    assert 'value="Ref" selected' in bad.content.decode()
    read = client.post(sent.url, CHOSEN)
    dry = client.get(read.url)
    words = words_of(dry)
    assert "Marks as paid 1 line of £75.00 Marks as failed 1 line of £13.53 Rows that do nothing 1" in words
    assert words.index("R99999-001") < words.index(f"{run.reference}-001E"), "what does nothing comes first"
    assert "The account has been closed" in words
    assert set(run.lines.values_list("status", flat=True)) == {RunLineStatus.LISTED}

    taken = client.post(read.url)
    assert taken.status_code == 302
    record = words_of(client.get(taken.url))
    assert "Marked as paid 1 line of £75.00 Marked as failed 1 line of £13.53 Rows that did nothing 1" in record
    assert client.get(read.url).status_code == 404, "it is taken in"
    listed = words_of(signed_in(world.auditor).get(page("bank_result_list")))
    assert "result.csv" in listed
    assert "Take in a file" not in listed
    again = client.post(page("bank_result_create"), {"file": bank_file(*rows)})
    assert "A file is taken in once." in errors_of(again)[0][1]

    next_one = client.post(page("bank_result_create"), {"file": bank_file("R1,1,paid,,")})
    assert next_one.url.endswith("/take/"), "the columns are known by now"
    nothing = client.get(next_one.url)
    assert "No row of this file marks anything" in words_of(nothing)
    assert errors_of(client.post(next_one.url)) == [("", "No row of this file marks anything.")]


def test_a_file_whose_columns_are_not_known_is_asked_about_first(world):
    client = signed_in(world.finance_lead)
    sent = client.post(page("bank_result_create"), {"file": bank_file("R1,1,paid,,")})
    take = sent.url.replace("/columns/", "/take/")
    assert client.get(take).url == sent.url
    for other in (factories.make_member(Role.FINANCE), world.auditor):
        assert signed_in(other).get(sent.url).status_code == 404
        assert signed_in(other).get(take).status_code == 404


@pytest.mark.parametrize(
    ("data", "words"),
    [({}, "Select the bank"), ({"file": SimpleUploadedFile("a.csv", b"\x00\x01")}, "must be a spreadsheet")],
)
def test_a_bank_s_file_must_be_a_table(world, data, words):
    response = signed_in(world.finance_lead).post(page("bank_result_create"), data)
    assert words in errors_of(response)[0][1]


# --- does everything agree --------------------------------------------------------------------
def test_reconciliation_detail_shows_each_run_and_the_last_check(world):
    give_account(world.person, world)
    pay_by_bacs(world)
    world.approved()
    run = world.released()
    make_world().paid()
    client = signed_in(world.finance_lead)
    client.post(file_page(run, "ledger"))
    address = page("reconciliation_detail")
    before = words_of(client.get(address))
    assert "There has been no check yet." in before
    assert (
        f"{run.reference} Released, waiting for the bank Yes 2 of £88.53 2 of £88.53 Ledger file: 1 of £13.53 "
        "0 of £0.00 0 of £0.00 2 of £88.53" in before
    )
    assert before.count("R0") == 1 + before.count("Payment run R0"), "another organisation's run is not here"
    assert client.post(page("reconciliation_check"), follow=True).status_code == 200
    assert "Everything agrees 1 run with 2 lines." in words_of(client.get(address))
    with without_triggers():
        PaymentRun.objects.filter(pk=run.pk).update(line_count=3)
    # A minute later: of two checks made at one moment neither is the last.
    with time_machine.travel(world.later(days=2, minutes=1), tick=False):
        after = words_of(client.post(page("reconciliation_check"), follow=True))
    assert "Not everything agrees: see below" in after
    assert f"{run.reference}: The run" in after
    assert "head: 3 lines of £88.53, but its lines: 2 lines of £88.53." in after
    assert "The sums do not agree" in words_of(client.get(run_page(run)))
    for who in (world.auditor, world.lead):
        reader = signed_in(who)
        assert "Check everything now" not in words_of(reader.get(address))
        assert reader.post(page("reconciliation_check")).status_code == 403


@pytest.mark.parametrize("rows", [1, 20])
def test_reconciliation_detail_takes_the_same_queries_for_one_run_and_many(world, rows, django_assert_max_num_queries):
    for claim in world.many_approved(rows):
        lines = claim.lines.values_list("pk", flat=True)
        services.make_run(
            organisation_id=world.organisation.pk, line_ids=list(lines), by=world.finance_lead, at=world.at
        )
    client = signed_in(world.finance_lead)
    client.get(page("reconciliation_detail"))
    with django_assert_max_num_queries(10):
        client.get(page("reconciliation_detail"))


# --- remittance advice ------------------------------------------------------------------------
def test_remittance_download_says_what_the_page_says_and_can_be_read_aloud(world):
    give_account(world.person, world)
    world.paid()
    run = PaymentRun.objects.get()
    client = signed_in(world.person)
    text = client.get(page("remittance_detail", run_id=run.pk)).content.decode()
    address = page("remittance_download", run_id=run.pk)
    assert address in text
    response = client.get(address)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="remittance-{run.reference}.pdf"'
    assert response["Cache-Control"] == "private, no-store"
    reader = PdfReader(io.BytesIO(response.content))
    words = " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())
    for said in (run.reference, world.organisation.name, world.person.name, "£88.53", "£75.00", "£13.53", "24.6 miles"):
        assert said in words
    assert "66374958" not in words
    assert (reader.trailer["/Root"]["/Lang"], reader.metadata.title) == ("en-GB", f"Remittance advice {run.reference}")
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    for other in (world.finance_lead, world.auditor, make_world().person):
        assert signed_in(other).get(address).status_code == 404


def test_remittance_download_where_pdfs_cannot_be_made_leads_back_to_the_page(world, monkeypatch):
    world.paid()
    run = PaymentRun.objects.get()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    client = signed_in(world.person)
    response = client.get(page("remittance_download", run_id=run.pk), follow=True)
    assert "A PDF cannot be made now. Print this page instead." in words_of(response)
    assert "Download as a PDF" not in words_of(response)


# --- two at the same moment ---------------------------------------------------------------
def at_once(*posts):
    """Send posts (client, address, data) at the same moment; return the answers."""
    start, answers = threading.Barrier(len(posts)), []

    def send(client, address, data) -> None:
        start.wait()
        try:
            answers.append(client.post(address, data))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=post) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def one_done_one_refused(answers) -> str:
    """Return the words of the refusal."""
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    return next(errors_of(answer)[0][1] for answer in answers if answer.status_code == 200)


@pytest.mark.django_db(transaction=True)
def test_two_finance_people_at_the_same_moment_make_one_run(world):
    world.approved()
    posts = []
    for user in (world.finance_lead, world.finance_other):
        client = signed_in(user)
        posts.append((client, page("run_create"), sent_by(client.get(page("run_create")))))
    refusal = one_done_one_refused(at_once(*posts))
    assert any(words in refusal for words in ("Look again", "nothing to pay")), refusal
    assert PaymentRun.objects.count() == 1
    assert ClaimLine.objects.filter(status=LineStatus.IN_RUN).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_finance_people_at_the_same_moment_release_once(world):
    world.approved()
    run = world.run()
    third = factories.make_member(Role.FINANCE, world.organisation)
    clients = [signed_in(user) for user in (world.finance_other, third)]
    refusal = one_done_one_refused(at_once(*[(client, run_page(run, "run_release"), {}) for client in clients]))
    assert refusal == "This run has been released or cancelled already."


@pytest.mark.django_db(transaction=True)
def test_two_finance_people_at_the_same_moment_mark_once(world):
    world.approved()
    run = world.released()
    posts = []
    for user in (world.finance_lead, world.finance_other):
        client = signed_in(user)
        posts.append((client, run_page(run, "run_settle"), sent_by(client.get(run_page(run, "run_settle")))))
    refusal = one_done_one_refused(at_once(*posts))
    assert "marked" in refusal
    assert RunStatus(PaymentRun.objects.get().status) == RunStatus.SETTLED
