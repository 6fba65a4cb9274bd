"""How finance pays: a run by two people, files that are the same each time, the bank's answer, and sums that agree."""

import csv
import hashlib
import io
from dataclasses import replace
from decimal import Decimal

import pytest

from committees.services import assign_partner
from expenses import services
from expenses.enums import ExportFormat, LineKind, LineStatus, ResultRows, RunLineStatus, RunStatus
from expenses.models import PaymentRun, RunLine
from partners.enums import Vehicle
from partners.services import save_usual_journey
from psp_portal.dates import format_date
from psp_portal.money import total
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.bacs_parser import parse
from tests.expenses.pages import page
from tests.expenses.paying import give_account, pay_by_bacs
from tests.expenses.world import World, attended_meeting
from tests.journeys.conftest import DESK, PHONE, text_of_pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("now")]


@pytest.fixture
def world(world) -> World:
    """A trust that pays by BACS, and a partner whose account it knows."""
    pay_by_bacs(world)
    give_account(world.person, world)
    return world


@pytest.fixture
def colleague(world) -> World:
    """The same trust, with another partner of the same committee as the one whose claims are made."""
    partner = factories.make_partner(world.organisation, user=factories.make_user("Jo Second"), lead=world.lead)
    save_usual_journey(
        partner_id=partner.pk, from_place="Home", to_place="Trust headquarters", miles=Decimal("40.0"),
        vehicle=Vehicle.CAR, by=world.lead, at=factories.START,
    )  # fmt: skip
    assignment = assign_partner(
        partner_id=partner.pk, committee_id=world.committee.pk, starts_on=partner.starts_on, ends_on=None,
        payer_id=world.organisation.pk, budget_code="PS200", budget_holder_id=world.approver.pk,
        deputy_id=world.deputy.pk, by=world.lead, at=factories.START,
    )  # fmt: skip
    meeting = attended_meeting(assignment, starts_at=world.meeting.starts_at.replace(hour=16), by=world.lead)
    theirs = replace(
        world, person=partner.user, partner=partner, assignment=assignment, meeting=meeting, made=[]
    )  # fmt: skip
    give_account(theirs.person, theirs, number="88837491", sort_code="107999")
    return theirs


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_a_run_is_a_choice_of_what_is_due_and_a_second_person_releases_it(world, colleague, new_window, has_javascript):
    # given: what three claims of two partners have been approved for
    first, second, third = world.approved(), world.approved(), colleague.approved()
    left_out = second.lines.get(kind=LineKind.MILEAGE)

    # when: finance opens the page of a new run, which offers all that is due, time and expenses apart
    maker = new_window(DESK, user=world.finance_lead, has_javascript=has_javascript)
    maker.open(page("run_list"))
    maker.check()
    maker.press("Make a payment run")
    assert maker.reads("Time £225.00 Expenses £49.06 Total £274.06 Count 6 lines of 3 claims, 2 people")
    maker.check()

    # and: leaves one line for another run
    maker.page.locator(f"input[name=lines][value='{left_out.pk}']").uncheck()
    maker.press("Make the payment run")

    # then: the run's count and totals are fixed, and whoever made it cannot release it
    run = PaymentRun.objects.get()
    assert maker.reads("Time £225.00 Expenses £35.53 Total £260.53 Lines 5")
    assert maker.reads("Release this run: ")
    assert maker.page.get_by_role("button", name="Release this run").count() == 0
    maker.check()
    left_out.refresh_from_db()
    assert left_out.status == LineStatus.APPROVED

    # when: a second person, on whose first page it is, looks at it and releases it
    releaser = new_window(DESK, user=world.finance_other, has_javascript=has_javascript)
    releaser.open("/")
    releaser.check()
    releaser.follow(f"Check and release payment run {run.reference}")
    releaser.check()
    releaser.press("Release this run")
    assert releaser.reads("You are the second person.")
    releaser.check()
    releaser.press("Release the run")
    assert releaser.reads(f"Made by {world.finance_lead.name}")
    assert releaser.reads(f"Released by {world.finance_other.name}")
    releaser.check()

    # then: the partners see that it is on its way, and the line left out waits for the next run
    run.refresh_from_db()
    assert (run.status, run.released_by) == (RunStatus.RELEASED, world.finance_other)
    assert {row.line.claim for row in RunLine.objects.select_related("line__claim")} == {first, second, third}
    maker.open(page("run_create"))
    assert maker.reads("Time £0.00 Expenses £13.53 Total £13.53 Count 1 line of 1 claim, 1 person")
    maker.check()


def test_files_taken_again_are_the_same_to_the_byte_and_each_taking_is_on_record(world, colleague, new_window):
    # given: a released run
    world.approved()
    colleague.approved()
    run = world.released()
    desk = new_window(DESK, user=world.finance_lead)
    desk.open(page("payment_settings_edit"))
    desk.check()

    # when: finance takes each file, and takes it again
    taken = {}
    for wanted, what in (
        (ExportFormat.LEDGER, "expenses"), (ExportFormat.PAYROLL, "involvement payments"),
        (ExportFormat.BACS, "for the bank"),
    ):  # fmt: skip
        desk.open(page("run_detail", run_id=run.pk))
        desk.press(f"{wanted.label} ({what})")
        desk.check()
        taken[wanted] = desk.download("Download the file")
        desk.page.reload()
        assert desk.reads(f"{world.finance_lead.name} first took this file on {format_date(world.today)}")
        desk.check()
        # then: it is the same to the byte
        assert desk.download("Download the file") == taken[wanted]

    # and: what is in the three comes to the run's totals, to the penny
    ledger, payroll = rows_of(taken[ExportFormat.LEDGER]), rows_of(taken[ExportFormat.PAYROLL])
    assert total(Decimal(row["amount"]) for row in ledger) == run.expenses_total == Decimal("35.53")
    assert total(Decimal(row["amount"]) for row in payroll) == run.time_total == Decimal("150.00")
    bacs = parse(taken[ExportFormat.BACS])
    assert (bacs.total, len(bacs.payments)) == (3553, 2)

    # and: the run's page names each taking with its count, total and checksum
    desk.open(page("run_detail", run_id=run.pk))
    record = desk.page.get_by_role("table", name="Files taken, newest first")
    for wanted, pounds in ((ExportFormat.LEDGER, "£35.53"), (ExportFormat.PAYROLL, "£150.00")):
        checksum = hashlib.sha256(taken[wanted]).hexdigest()
        rows = record.get_by_role("row").filter(has_text=checksum)
        assert rows.count() == 2
        assert pounds in rows.first.inner_text()
    assert "Not the first file" not in record.inner_text()
    desk.check()


def test_the_bank_s_answer_marks_paid_and_failed_and_all_sums_agree(world, colleague, new_window):
    # given: a released run of two partners, whose time payroll has paid
    mine, theirs = world.approved(), colleague.approved()
    clock = (theirs.submitted_at, theirs.payment_due_on, theirs.ladder)
    run = world.released()
    services.record_payment(
        run_id=run.pk, run_line_ids=[line.pk for line in run.lines.all() if line.is_for_time], by=world.finance_lead,
        at=world.at,
    )  # fmt: skip
    ledger, _payroll = (
        services.export_run(
            run_id=run.pk, format=wanted, by=world.finance_lead, at=world.later(minutes=minutes)
        ).content
        for minutes, wanted in enumerate((ExportFormat.LEDGER, ExportFormat.PAYROLL))
    )
    references = {row["payee"]: (row["payment_reference"], row["amount"]) for row in rows_of(ledger)}
    paid, failed = references[world.person.name], references[colleague.person.name]
    file = "\n".join(
        ["Their ref,Value,Outcome,ARUCS", f"{paid[0]},{paid[1]},Done,", f"{failed[0]},{failed[1]},Sent back,B"]
    )

    # when: finance takes in the bank's file, and says which column is what
    desk = new_window(DESK, user=world.finance_lead)
    desk.open(page("bank_result_list"))
    desk.check()
    desk.press("Take in a file")
    desk.check()
    desk.attach(file.encode(), "result.csv")
    desk.press("Continue")
    desk.check()
    for name, column in (
        ("Payment reference", "Their ref"), ("Amount in pounds", "Value"),
        ("Whether it was paid (optional)", "Outcome"), ("Reason code (ARUCS) (optional)", "ARUCS"),
    ):  # fmt: skip
        desk.page.get_by_label(name, exact=True).select_option(label=column)
    desk.tick(ResultRows.MIXED.label)
    desk.page.get_by_label("Words for a payment that was made").fill("Done")
    desk.page.get_by_label("Words for a payment that was sent back").fill("Sent back")
    desk.press("Continue")

    # then: the page says what the file would do, and nothing has been done
    assert desk.reads("Marks as paid 1 line of £13.53 Marks as failed 1 line of £22.00 Rows that do nothing 0")
    desk.check()
    assert run.lines.filter(status=RunLineStatus.LISTED).count() == 2

    # when: it is taken in
    desk.press("Take the file in")
    assert desk.reads("Marked as failed 1 line of £22.00")
    desk.check()

    # then: what failed waits for another run, with the clock it had; its partner reads why
    theirs.refresh_from_db()
    assert (theirs.submitted_at, theirs.payment_due_on, theirs.ladder) == clock
    assert theirs.lines.get(kind=LineKind.MILEAGE).status == LineStatus.APPROVED
    desk.open(page("run_create"))
    assert desk.reads("Time £0.00 Expenses £22.00 Total £22.00")
    assert desk.reads(format_date(theirs.payment_due_on))
    desk.check()
    phone = new_window(PHONE, user=colleague.person)
    phone.open(page("claim_detail", claim_id=theirs.pk))
    assert phone.reads("The account has been closed")
    phone.check()

    # and: whoever was paid has a remittance advice as a page and a PDF, and a letter without amounts
    phone = new_window(PHONE, user=world.person)
    phone.open(page("remittance_list"))
    phone.check()
    phone.follow(format_date(world.today))
    assert phone.reads("For your time £75.00 Expenses £13.53 Total £88.53")
    phone.check()
    words = text_of_pdf(phone.download("Download as a PDF"))
    for expected in (f"Remittance advice {run.reference}", mine.reference, "£88.53"):
        assert expected in words
    letters = Message.objects.filter(recipient=world.person, kind="expenses.remittance.ready")
    assert letters.exists()
    assert not [letter for letter in letters if "£" in letter.body or "88.53" in letter.body]

    # and: finance's page of all sums agrees to the penny
    desk.open(page("reconciliation_detail"))
    desk.check()
    desk.press("Check everything now")
    assert desk.reads("Everything agrees 1 run with 4 lines.")
    row = desk.page.get_by_role("table", name="Run by run").get_by_role("row").filter(has_text=run.reference)
    figures = [" ".join(cell.split()) for cell in row.get_by_role("cell").all_inner_texts()]
    for expected in (
        "Yes",
        "4 of £185.53",
        "Ledger file: 2 of £35.53 Payroll file: 2 of £150.00",
        "3 of £163.53",
        "1 of £22.00",
        "0 of £0.00",
    ):
        assert expected in figures, (expected, figures)
    desk.check()
