"""Finance's pages: runs made, released by a second person, exported and settled; and who may only read."""

import csv
import hashlib
import io
import threading
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from expenses import services
from expenses.enums import LineStatus, RunLineStatus, RunStatus
from expenses.models import Claim, ClaimLine, PaymentRun, RunExport
from psp_portal.accounts.enums import Role
from tests import factories
from tests.expenses.pages import errors_of, ids_of, page, sent_by, signed_in, words_of
from tests.expenses.world import World, make_world


@pytest.fixture(autouse=True)
def now(world):
    """Stop the clock two days after the claims of the world are sent."""
    with time_machine.travel(world.later(days=2), tick=False):
        yield


def give_bank_details(user, world: World, *, account_name: str = "") -> None:
    services.change_bank_details(
        account_name=account_name or user.name, sort_code="200000", account_number="55779911", by=user, at=world.at
    )


def run_page(run, name: str = "run_detail") -> str:
    return page(name, run_id=run.pk)


def pay_all(client) -> PaymentRun:
    """Make a run of all that the page shows; return it."""
    response = client.post(page("run_create"), sent_by(client.get(page("run_create"))))
    assert response.status_code == 302, errors_of(response)
    return PaymentRun.objects.latest("number")


# --- from approved to paid ----------------------------------------------------------------
@pytest.mark.slow
def test_forty_claims_are_paid_in_a_few_pages_and_the_totals_agree_to_the_penny(world):
    give_bank_details(world.person, world)
    for _ in range(40):
        world.approved()
    maker, second = signed_in(world.finance_lead), signed_in(world.finance_other)

    words = words_of(maker.get(page("run_create")))
    assert "Time £3,000.00 Expenses £541.20 Total £3,541.20 Count 80 lines of 40 claims, 1 person" in words
    run = pay_all(maker)
    assert (run.line_count, run.time_total, run.expenses_total) == (80, Decimal("3000.00"), Decimal("541.20"))
    assert sum(row.amount for row in run.lines.all()) == run.total == Decimal("3541.20")

    assert second.post(run_page(run, "run_release")).status_code == 302
    file = second.post(run_page(run, "run_export"))
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
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
        assert words.count("Overdue") == 2, "both lines of the late claim"
        assert words.count("No bank details") == 1 + 4
        assert f"but the file will have no account to pay into: {world.person.name}" in words
        give_bank_details(world.person, world)
        with_account = words_of(client.get(page("run_create")))
    assert with_account.count("Ends in 9911") == 4
    assert "No bank details" not in with_account


def test_run_create_takes_the_ticked_lines_only(world):
    claim = world.approved()
    time, mileage = claim.lines.order_by("position")
    client = signed_in(world.finance_lead)
    response = client.post(page("run_create"), {"lines": [str(mileage.pk)]})
    run = PaymentRun.objects.get()
    assert response.url == run_page(run)
    assert (run.line_count, run.time_total, run.expenses_total) == (1, Decimal("0.00"), Decimal("13.53"))
    assert "Payment run made. A second finance person must release it." in words_of(client.get(response.url))
    time.refresh_from_db()
    assert time.status == LineStatus.APPROVED


def test_run_create_without_a_tick_says_so_and_leaves_the_ticks_as_they_were(world):
    world.approved()
    response = signed_in(world.finance_lead).post(page("run_create"), {})
    assert errors_of(response) == [("#id_lines_0", "Tick at least one line to pay")]
    assert "Error: Tick at least one line to pay" in words_of(response), "beside the table as well"
    assert "id_lines_0" in ids_of(response)
    assert "lines" not in sent_by(response)


def test_run_create_refuses_nonsense(world):
    world.approved()
    response = signed_in(world.finance_lead).post(page("run_create"), {"lines": ["nonsense"]})
    assert errors_of(response) == [("#id_lines_0", "This page was out of date. Look again, then send it")]


def test_run_create_sent_twice_makes_one_run(world):
    world.approved()
    client = signed_in(world.finance_lead)
    data = sent_by(client.get(page("run_create")))
    assert client.post(page("run_create"), data).status_code == 302
    again = client.post(page("run_create"), data)
    assert again.status_code == 200
    assert "nothing to pay" in errors_of(again)[0][1]
    assert PaymentRun.objects.count() == 1


def test_run_create_says_when_a_line_has_gone_meanwhile(world):
    first, _second = world.approved(), world.approved()
    client = signed_in(world.finance_lead)
    data = sent_by(client.get(page("run_create")))
    line = first.lines.first()
    services.make_run(organisation_id=world.organisation.pk, line_ids=[line.pk], by=world.finance_other, at=world.at)
    response = client.post(page("run_create"), data)
    assert "have been changed or paid since you opened the page" in errors_of(response)[0][1]
    assert len(sent_by(response)["lines"]) == 3, "what is left stays ticked"
    assert PaymentRun.objects.count() == 1


def test_run_create_leaves_what_one_decided_to_a_colleague(world):
    world.approved()
    factories.give_role(Role.FINANCE, world.approver, world.organisation)
    assert "Nothing waits to be paid." in words_of(signed_in(world.approver).get(page("run_create")))


def test_run_create_shows_nothing_of_another_organisation(world):
    claim = make_world().approved()
    response = signed_in(world.finance_lead).get(page("run_create"))
    assert claim.reference not in words_of(response)
    posted = signed_in(world.finance_lead).post(page("run_create"), {"lines": [str(claim.lines.first().pk)]})
    assert "nothing to pay" in errors_of(posted)[0][1]
    assert claim.reference not in words_of(posted)


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


def test_a_page_takes_500_lines_and_says_that_there_are_more(world, monkeypatch):
    monkeypatch.setattr("expenses.views.payments.MOST_LINES", 3)
    world.approved()
    client = signed_in(world.finance_lead)
    assert "There is more than fits on one page" not in words_of(client.get(page("run_create")))
    world.approved()
    response = client.get(page("run_create"))
    assert "There is more than fits on one page" in words_of(response)
    assert len(sent_by(response)["lines"]) == 3


@pytest.mark.parametrize("rows", [1, 30])
def test_run_create_takes_the_same_queries_for_one_row_and_many(world, rows, django_assert_num_queries):
    for _ in range(rows):
        world.approved()
    client = signed_in(world.finance_lead)
    client.get(page("run_create"))
    with django_assert_num_queries(6):
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
    for _ in range(rows):
        world.approved()
        world.run()
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
    assert client.post(settle, {"lines": [str(first.pk)]}).status_code == 302
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
    response = client.post(run_page(run, "run_settle"), {})
    assert errors_of(response) == [("#id_lines_0", "Tick at least one line that is paid")]
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
    refused = client.post(run_page(run, "run_settle"), {"lines": [str(row.pk)]})
    assert "somebody else in finance must mark it" in errors_of(refused)[0][1]


def test_run_line_fail_knows_its_own_run_only(world):
    world.approved()
    run = world.released()
    world.approved()
    other = world.run()
    wrong = page("run_line_fail", run_id=run.pk, run_line_id=other.lines.first().pk)
    assert signed_in(world.finance_lead).get(wrong).status_code == 404


# --- the file -----------------------------------------------------------------------------
def test_run_export_hands_out_the_file_and_records_its_checksum(world):
    give_bank_details(world.person, world, account_name="=HYPERLINK(1)")
    world.approved()
    run = world.released()
    client = signed_in(world.finance_lead)
    response = client.post(run_page(run, "run_export"))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{run.reference}-ledger.csv"'
    assert response["Cache-Control"] == "private, no-store"
    export = RunExport.objects.get()
    assert export.checksum == hashlib.sha256(response.content).hexdigest()
    assert (export.exported_by, export.line_count, export.total) == (world.finance_lead, 2, Decimal("88.53"))
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert {row["account_name"] for row in rows} == {"'=HYPERLINK(1)"}, "no spreadsheet may run it"
    assert {row["account_number"] for row in rows} == {"55779911"}
    assert sum(Decimal(row["amount"]) for row in rows) == export.total

    again = client.post(run_page(run, "run_export"))
    assert again.content == response.content
    words = words_of(signed_in(world.auditor).get(run_page(run)))
    assert words.count(export.checksum) == 2, "each time it is taken is on record"
    assert f"{world.finance_lead.name} 2 £88.53 {export.checksum}" in words
    assert "55779911" not in words


def test_run_export_of_a_run_that_nobody_released_says_so(world):
    world.approved()
    run = world.run()
    client = signed_in(world.finance_other)
    response = client.post(run_page(run, "run_export"), follow=True)
    assert "A run can be exported once a second person has released it." in words_of(response)
    assert not RunExport.objects.exists()


def test_run_export_is_never_a_link(world):
    world.approved()
    run = world.released()
    assert signed_in(world.finance_lead).get(run_page(run, "run_export")).status_code == 405


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
