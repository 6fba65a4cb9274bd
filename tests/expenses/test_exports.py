"""Files of runs: what each holds, that it stays the same, who took it, and what is said when it cannot be the same."""

import csv
import hashlib
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, connection, transaction

from expenses import queries, services
from expenses.enums import BacsDays, ExportFormat, LineAction, LineKind, RunPart
from expenses.models import PaymentRun, PaymentSettings, RunExport
from expenses.policies.statements import tax_year
from expenses.services.exports import ExportFile
from psp_portal.audit.models import AccessLog
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.bacs_parser import parse
from tests.expenses.paying import change_account, give_account, pay_by_bacs, without_triggers


def taken(world, run, wanted, **given) -> ExportFile:
    given.setdefault("by", world.finance_other)
    given.setdefault("at", world.later(hours=1))
    return services.export_run(run_id=run.pk, format=wanted, **given)


def rows_of(file: ExportFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.content.decode())))


def amount(file: ExportFile) -> Decimal:
    return sum(Decimal(row["amount"]) for row in rows_of(file))


# --- tables -----------------------------------------------------------------------------------
def test_ledger_and_payroll_together_are_the_run_to_the_penny(world):
    give_account(world.person, world, name="=HYPERLINK")
    first, _second = world.approved(), world.approved()
    run = world.released()
    ledger, payroll = taken(world, run, ExportFormat.LEDGER), taken(world, run, ExportFormat.PAYROLL)
    assert (ledger.name, payroll.name) == (f"{run.reference}-ledger.csv", f"{run.reference}-payroll.csv")
    assert (
        (amount(ledger), amount(payroll))
        == (run.expenses_total, run.time_total)
        == (Decimal("27.06"), Decimal("150.00"))
    )
    assert ledger.export.line_count + payroll.export.line_count == run.line_count
    assert (ledger.export.covers, payroll.export.covers) == (RunPart.EXPENSES, RunPart.TIME)
    assert rows_of(ledger)[0] == {
        "run": run.reference,
        "claim": first.reference,
        "line": "2",
        "payee": world.person.name,
        "payment_reference": f"{run.reference}-001E",
        "sort_code": "089999",
        "account_number": "66374958",
        "account_name": "'=HYPERLINK",
        "roll_number": "",
        "kind": "Mileage",
        "date": "2026-09-08",
        "committee": "Patient Safety Committee",
        "budget_code": "PS100",
        "amount": "13.53",
    }
    assert {row["payment_reference"] for row in rows_of(payroll)} == {f"{run.reference}-001T"}


# --- mileage above HMRC's rate, for payroll -------------------------------------------------------
def pay_a_mile(pounds: str) -> None:
    """Let the trust pay so much for a mile by car."""
    with factories.acting(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE expenses_mileageband SET rate = %s FROM expenses_mileagerate AS rate "
            "WHERE rate.id = mileage_rate_id AND rate.vehicle = 'car' AND rate.valid_to IS NULL AND up_to IS NOT NULL",
            [pounds],
        )


def two_journeys(world):
    """Return a claim for time and journeys of 24.6 and 30 miles, at 10p a mile above HMRC's 55p."""
    pay_a_mile("0.65")
    claim = world.draft()
    world.line(claim, LineKind.MILEAGE, vehicle="car", miles=Decimal("30.0"), from_place="A", to_place="B")
    return services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)


def above(file: ExportFile) -> list[tuple[str, str]]:
    """Return the lines of which a payroll file says that they are above HMRC's rate, and by how much."""
    found = [row for row in rows_of(file) if row["kind"] == "Mileage above HMRC's rate"]
    assert {row["amount"] for row in found} <= {"0.00"}
    return [(row["line"], row["mileage_above_hmrc"]) for row in found]


def run_of(world, *lines):
    run = services.make_run(
        organisation_id=world.organisation.pk, line_ids=[line.pk for line in lines], by=world.finance_lead, at=world.at
    )
    return services.release_run(run_id=run.pk, by=world.finance_other, at=world.at)


def test_payroll_is_told_what_mileage_is_above_hmrc(world):
    claim = two_journeys(world)
    world.decide(claim, LineAction.APPROVE)
    payroll = taken(world, world.released(), ExportFormat.PAYROLL)
    assert above(payroll) == [("2", "2.46"), ("3", "3.00")]
    claim.refresh_from_db()
    assert claim.above_hmrc_mileage == Decimal("5.46")
    time = rows_of(payroll)[0]
    assert (time["amount"], time["mileage_above_hmrc"]) == ("75.00", "0.00")
    assert (payroll.export.line_count, payroll.export.total) == (1, Decimal("75.00"))


def test_payroll_is_told_nothing_of_a_journey_that_was_refused(world):
    claim = two_journeys(world)
    world.decide(claim, LineAction.APPROVE, LineAction.APPROVE, LineAction.REFUSE)
    assert above(taken(world, world.released(), ExportFormat.PAYROLL)) == [("2", "2.46")]


def test_each_run_tells_payroll_of_its_own_journeys(world):
    time, first, second = world.decide(two_journeys(world), LineAction.APPROVE).lines.order_by("position")
    one, other = run_of(world, time, first), run_of(world, second)
    assert above(taken(world, one, ExportFormat.PAYROLL)) == [("2", "2.46")]
    assert above(taken(world, other, ExportFormat.PAYROLL)) == [("3", "3.00")]


def test_what_fails_in_one_run_and_is_paid_in_the_next_is_above_once(world):
    world.decide(two_journeys(world), LineAction.APPROVE, LineAction.APPROVE, LineAction.REFUSE)
    run = world.released()
    before = taken(world, run, ExportFormat.PAYROLL)
    failed = run.lines.get(is_for_time=False)
    services.record_failure(run_id=run.pk, run_line_id=failed.pk, reason="Closed", by=world.finance_lead, at=world.at)
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    again = world.released()
    payroll = taken(world, again, ExportFormat.PAYROLL)
    assert (above(payroll), amount(payroll), payroll.export.line_count) == ([("2", "2.46")], 0, 0)
    services.record_payment(run_id=again.pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    assert taken(world, run, ExportFormat.PAYROLL).content == before.content
    (statement,) = queries.statements_of(world.person, tax_year(world.today))
    assert statement.above_hmrc == Decimal("2.46")


def test_each_file_is_on_record_with_who_took_it(world):
    give_account(world.person, world)
    world.approved()
    run = world.released()
    file = taken(world, run, ExportFormat.LEDGER)
    export = RunExport.objects.get()
    assert (export.checksum, export.exported_by, export.total, export.line_count, export.first, export.is_same) == (
        hashlib.sha256(file.content).hexdigest(), world.finance_other, run.expenses_total, 1, None, True,
    )  # fmt: skip
    assert "66374958" not in str(export.parts)
    read = AccessLog.objects.get()
    assert (read.what, read.actor_id, read.subject_id, read.organisation_id) == (
        "expenses.bank_details.export", world.finance_other.pk, str(world.person.pk), world.organisation.pk,
    )  # fmt: skip
    for change in (lambda: RunExport.objects.update(total=0), lambda: RunExport.objects.all().delete()):
        with pytest.raises(Error, match="append_only|Cannot"), transaction.atomic(), factories.acting():
            change()


def test_each_taking_of_each_format_is_logged(world):
    give_account(world.person, world)
    pay_by_bacs(world)
    world.approved()
    run = world.released()
    for wanted in ExportFormat:
        taken(world, run, wanted)
    kinds = AccessLog.objects.values_list("what", flat=True)
    assert sorted(kinds) == ["expenses.bank_details.export"] * 3 + ["expenses.payment_settings.export"]


def test_a_claim_without_committee_or_bank_details_leaves_those_cells_empty(world):
    claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    world.receipt(claim, world.line(claim, LineKind.PARKING, amount=Decimal("4.20")))
    world.decide(services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at), LineAction.APPROVE)
    (row,) = rows_of(taken(world, world.released(), ExportFormat.LEDGER))
    assert (row["sort_code"], row["budget_code"], row["kind"], row["amount"]) == ("", "", "Parking", "4.20")
    assert not AccessLog.objects.exists()


def test_a_file_with_nothing_in_it_is_not_made(world):
    time = world.approved().lines.order_by("position").first()
    run = services.make_run(
        organisation_id=world.organisation.pk, line_ids=[time.pk], by=world.finance_lead, at=world.at
    )
    services.release_run(run_id=run.pk, by=world.finance_other, at=world.at)
    with pytest.raises(RuleBroken, match="nothing for this file"):
        taken(world, run, ExportFormat.LEDGER)


def test_a_run_is_not_exported_before_its_release_nor_by_others(world):
    world.approved()
    run = world.run()
    with pytest.raises(TransitionNotAllowed, match="once a second person has released it"):
        taken(world, run, ExportFormat.LEDGER)
    for who in (world.auditor, world.lead, world.executive, world.approver):
        with pytest.raises(PermissionDenied):
            taken(world, run, ExportFormat.LEDGER, by=who)
    assert not RunExport.objects.exists()


# --- the same bytes, or why not -----------------------------------------------------------------
@pytest.mark.parametrize("wanted", ExportFormat)
def test_a_file_taken_again_has_the_same_bytes_whatever_accounts_have_become(world, wanted):
    give_account(world.person, world)
    pay_by_bacs(world)
    world.approved()
    run = world.released()
    first = taken(world, run, wanted)
    change_account(world.person, world, days=1)
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=3))
    again = taken(world, run, wanted, by=world.finance_lead, at=world.later(days=60))
    assert again.content == first.content
    assert (again.export.first, again.export.is_same, again.export.checksum) == (
        first.export, True, first.export.checksum,
    )  # fmt: skip


def test_a_file_that_cannot_be_the_same_says_what_differs_and_needs_a_reason(world):
    world.approved()
    run = world.released()
    first = taken(world, run, ExportFormat.LEDGER)
    with factories.acting():
        type(world.person).objects.filter(pk=world.person.pk).update(name="Grace Newname")
    with pytest.raises(RuleBroken, match="What is different: the name of a person. Say why") as refused:
        taken(world, run, ExportFormat.LEDGER, reason="  ")
    assert refused.value.field == "reason"
    assert RunExport.objects.count() == 1
    again = taken(world, run, ExportFormat.LEDGER, reason=" The ledger lost it ")
    assert (again.export.first, again.export.is_same, again.export.reason) == (
        first.export, False, "The ledger lost it",
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="run_export_another_file_has_reason"), transaction.atomic():
        RunExport.objects.create(
            **{name: getattr(again.export, name) for name in ("run", "format", "covers", "exported_by", "exported_at",
               "line_count", "total", "checksum", "first", "is_same")}
        )  # fmt: skip


def test_a_run_from_before_accounts_were_kept_names_those_in_use(world):
    world.approved()
    run = world.released()
    with without_triggers():
        run.lines.update(payee=None)
    give_account(world.person, world)
    (row,) = rows_of(taken(world, run, ExportFormat.LEDGER))
    assert (row["account_number"], row["payment_reference"]) == ("66374958", "")
    pay_by_bacs(world)
    with pytest.raises(RuleBroken, match="before there were BACS files"):
        taken(world, run, ExportFormat.BACS)


# --- BACS ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("days", BacsDays)
@pytest.mark.parametrize(("covers", "pence", "letter"), [(RunPart.EXPENSES, 2706, "E"), (RunPart.BOTH, 17706, "")])
def test_the_bank_can_read_the_file_and_its_sum_is_the_run_s(world, days, covers, pence, letter):
    give_account(world.person, world, name="Zoë O'Neill")
    pay_by_bacs(world, covers=covers, days=days)
    world.approved()
    world.approved()
    run = world.released()
    file = taken(world, run, ExportFormat.BACS)
    parsed = parse(file.content)
    (payment,) = parsed.payments
    assert (payment.sort_code, payment.account, payment.name, payment.reference, payment.pence) == (
        "089999", "66374958", "ZOE O NEILL", f"{run.reference}-001{letter}", pence,
    )  # fmt: skip
    assert (parsed.service_user, parsed.payer_sort_code, parsed.payer_account) == ("654321", "601613", "12345678")
    assert (parsed.serial, parsed.contra_narrative, parsed.is_multi) == (
        f"{run.number:06}", run.reference, days == BacsDays.MULTI,
    )  # fmt: skip
    assert (parsed.created, parsed.processing) == (world.today, date(2026, 9, 16))
    export = file.export
    assert (export.covers, export.payment_count, export.processing_on, export.left_out_count) == (
        covers, 1, date(2026, 9, 16), 0,
    )  # fmt: skip
    assert int(export.total * 100) == parsed.total == pence


def test_the_day_is_the_next_working_day_and_another_day_is_another_file(world):
    give_account(world.person, world)
    pay_by_bacs(world)
    world.approved()
    run = world.released()
    first = taken(world, run, ExportFormat.BACS, processing_on=date(2026, 9, 19))
    assert parse(first.content).processing == date(2026, 9, 21)
    assert taken(world, run, ExportFormat.BACS).content == first.content
    assert taken(world, run, ExportFormat.BACS, processing_on=date(2026, 9, 20)).content == first.content
    with pytest.raises(RuleBroken, match="What is different: the processing day"):
        taken(world, run, ExportFormat.BACS, processing_on=date(2026, 9, 22), at=world.later(days=1))
    other = {"processing_on": date(2026, 9, 22), "reason": "Missed", "at": world.later(days=1)}
    with pytest.raises(RuleBroken, match="You took the first file. .*somebody else in finance must take another one"):
        taken(world, run, ExportFormat.BACS, **other)
    with pytest.raises(RuleBroken, match="the processing day. Say why you need it"):
        taken(world, run, ExportFormat.BACS, by=world.finance_lead, **other | {"reason": " "})
    later = taken(world, run, ExportFormat.BACS, by=world.finance_lead, **other)
    parsed = parse(later.content)
    assert (parsed.created, parsed.processing, parsed.serial) == (
        date(2026, 9, 16), date(2026, 9, 22), f"{run.number:06}",
    )  # fmt: skip
    assert (later.export.is_same, later.export.reason, later.export.exported_by) == (
        False, "Missed", world.finance_lead,
    )  # fmt: skip
    with pytest.raises(RuleBroken, match="must be on or after 16 September 2026"):
        taken(world, run, ExportFormat.BACS, processing_on=world.today, reason="Now")


@pytest.mark.parametrize("mark", ["record_payment", "record_failures"])
def test_once_a_line_is_marked_there_is_the_first_bacs_file_alone(world, mark):
    give_account(world.person, world)
    pay_by_bacs(world, covers=RunPart.BOTH)
    world.approved()
    run = world.released()
    first = taken(world, run, ExportFormat.BACS)
    row = run.lines.first()
    said = {"run_line_ids": [row.pk]} if mark == "record_payment" else {"reasons": {row.pk: "Closed"}}
    getattr(services, mark)(run_id=run.pk, by=world.finance_lead, at=world.later(hours=1), **said)
    with pytest.raises(RuleBroken, match="processing day. Lines of this run have been marked .* only the first file"):
        taken(world, run, ExportFormat.BACS, by=world.finance_lead, processing_on=date(2026, 9, 22), reason="Missed")
    assert taken(world, run, ExportFormat.BACS, at=world.later(days=9)).content == first.content
    assert RunExport.objects.count() == 2


@pytest.mark.parametrize(("covers", "other"), [(RunPart.EXPENSES, RunPart.BOTH), (RunPart.BOTH, RunPart.EXPENSES)])
def test_what_bacs_pays_of_a_run_is_fixed_at_its_release(world, covers, other):
    give_account(world.person, world)
    pay_by_bacs(world, covers=covers)
    world.approved()
    run = world.released()
    pay_by_bacs(world, covers=other)
    assert (run.bacs_covers, taken(world, run, ExportFormat.BACS).export.covers) == (covers, covers)


def test_of_a_run_released_before_that_was_kept_every_file_pays_what_the_first_did(world):
    give_account(world.person, world)
    pay_by_bacs(world, covers=RunPart.BOTH)
    world.approved()
    run = world.released()
    with without_triggers():
        PaymentRun.objects.update(bacs_covers="")
    first = taken(world, run, ExportFormat.BACS)
    pay_by_bacs(world, covers=RunPart.EXPENSES)
    assert taken(world, run, ExportFormat.BACS).content == first.content
    assert first.export.covers == RunPart.BOTH


def test_another_paying_account_is_another_file(world):
    give_account(world.person, world)
    pay_by_bacs(world)
    world.approved()
    run = world.released()
    taken(world, run, ExportFormat.BACS)
    services.change_payment_settings(
        organisation_id=world.organisation.pk,
        account=services.PayingAccount("654321", "HILLSIDE NHS TRUST", "601613", "87654321"),
        bacs_covers=RunPart.EXPENSES,
        bacs_days=BacsDays.MULTI,
        by=world.finance_lead,
        at=world.at,
    )
    with pytest.raises(RuleBroken, match="the account that pays, the layout of the file"):
        taken(world, run, ExportFormat.BACS)


def test_a_building_society_finds_its_member_by_the_roll_number(world):
    give_account(world.person, world, reference="3/1234-5")
    pay_by_bacs(world)
    world.approved()
    run = world.released()
    (payment,) = parse(taken(world, run, ExportFormat.BACS).content).payments
    assert payment.reference == "3/1234-5"
    (row,) = rows_of(taken(world, run, ExportFormat.LEDGER))
    assert row["roll_number"] == "3/1234-5"


def test_without_a_paying_account_there_is_no_bacs_file(world):
    give_account(world.person, world)
    world.approved()
    run = world.released()
    with pytest.raises(RuleBroken, match="from which account your organisation pays"):
        taken(world, run, ExportFormat.BACS)


def test_lines_without_an_account_are_left_out_of_the_file_and_counted(world):
    world.approved()
    run = world.released()
    pay_by_bacs(world)
    with pytest.raises(RuleBroken, match="nothing to pay by BACS"):
        taken(world, run, ExportFormat.BACS)
    give_account(world.person, world)
    with without_triggers():
        run.lines.filter(is_for_time=False).update(bank_details=world.person.bank_details.get())
        time = run.lines.get(is_for_time=True)
        PaymentRun.objects.update(bacs_covers=RunPart.BOTH)
    export = taken(world, run, ExportFormat.BACS).export
    assert (export.line_count, export.total) == (1, Decimal("13.53"))
    assert (export.left_out_count, export.left_out_total) == (1, time.amount)


# --- how an organisation pays -------------------------------------------------------------------
def test_the_paying_account_is_encrypted_told_to_finance_and_of_one_organisation(world):
    pay_by_bacs(world)
    stored = PaymentSettings.objects.values().get()
    assert "12345678" not in str(stored)
    assert "601613" not in str(stored)
    assert (stored["last_four"], stored["organisation_id"]) == ("5678", world.organisation.pk)
    letters = Message.objects.filter(kind="expenses.payment_settings.change")
    assert {letter.recipient for letter in letters} == {world.finance_other}
    assert "5678" not in letters[0].body
    columns = {field.name for field in PaymentSettings.pgh_event_model._meta.get_fields()}
    assert not columns & {"sort_code", "account_number"}
    services.change_payment_settings(
        organisation_id=world.organisation.pk, account=None, bacs_covers=RunPart.BOTH, bacs_days=BacsDays.MULTI,
        by=world.finance_other, at=world.at,
    )  # fmt: skip
    settings = PaymentSettings.objects.get()
    assert (settings.last_four, settings.bacs_covers, settings.bacs_days) == ("5678", RunPart.BOTH, BacsDays.MULTI)
    assert Message.objects.filter(kind="expenses.payment_settings.change").count() == 1


GOOD = services.PayingAccount("654321", "HILLSIDE NHS TRUST", "601613", "12345678")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"service_user_number": "65432"}, "service_user_number"),
        ({"account_name": "李"}, "account_name"),
        ({"sort_code": "000000"}, "sort_code"),
        ({"account_number": "1234567"}, "account_number"),
    ],
)
def test_what_cannot_be_an_account_is_refused_at_its_field(world, wrong, field):
    with pytest.raises(RuleBroken) as refused:
        services.change_payment_settings(
            organisation_id=world.organisation.pk, account=replace(GOOD, **wrong), bacs_covers=RunPart.EXPENSES,
            bacs_days=BacsDays.SINGLE, by=world.finance_lead, at=world.at,
        )  # fmt: skip
    assert refused.value.field == field
    assert not PaymentSettings.objects.exists()


def test_only_finance_says_how_an_organisation_pays(world):
    for who in (world.auditor, world.lead, factories.make_member("finance")):
        with pytest.raises(PermissionDenied):
            services.change_payment_settings(
                organisation_id=world.organisation.pk, account=GOOD, bacs_covers=RunPart.EXPENSES,
                bacs_days=BacsDays.SINGLE, by=who, at=world.at,
            )  # fmt: skip
