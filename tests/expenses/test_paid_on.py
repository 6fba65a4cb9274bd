"""The day on which a payment was made: asked for, guessed at, and what every figure goes by."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from expenses import queries, services
from expenses.enums import ExportFormat, LineAction, RunPart
from expenses.models import Claim, RunLine
from expenses.policies.statements import tax_year
from psp_portal.dates import LONDON, local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.notifications.models import Message
from tests.expenses.pages import errors_of, page, sent_by, signed_in, words_of
from tests.expenses.paying import give_account, pay_by_bacs
from tests.expenses.test_results import COLUMNS, file_of, take
from tests.expenses.world import World


def pay(world: World, run, *, days: int, **given) -> int:
    return services.record_payment(
        run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=days), **given
    )


def bacs_taken(world: World, processing_on: date):
    """Return a released run of which a BACS file was taken."""
    give_account(world.person, world)
    pay_by_bacs(world, covers=RunPart.BOTH)
    world.approved()
    run = world.released()
    services.export_run(
        run_id=run.pk, format=ExportFormat.BACS, by=world.finance_lead, at=world.at, processing_on=processing_on
    )
    return run


def test_what_is_marked_days_later_was_paid_on_the_day_that_is_named(world):
    claim = world.approved()
    run = world.released()
    assert pay(world, run, days=20, paid_on=date(2026, 9, 18)) == 2
    noon = datetime(2026, 9, 18, 12, tzinfo=LONDON)
    assert set(run.lines.values_list("paid_on", "settled_at")) == {(date(2026, 9, 18), noon)}
    assert set(claim.lines.values_list("settled_at", flat=True)) == {noon}
    claim.refresh_from_db()
    assert (claim.paid_at, claim.closed_at) == (noon, noon)
    event = claim.timeline.filter(action="record_payment").latest("pk")
    assert (event.at, event.note) == (world.later(days=20), f"{run.reference}, paid on 18 September 2026")
    assert "paid on 18 September 2026" in words_of(
        signed_in(world.person).get(page("remittance_detail", run_id=run.pk))
    )


def test_the_tax_year_is_that_of_the_payment_and_not_of_the_click(world):
    world.approved()
    run = world.released()
    at = datetime(2027, 4, 7, 9, tzinfo=LONDON)
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=at, paid_on=date(2027, 4, 5))
    assert [each.paid for each in queries.statements_of(world.person, tax_year(date(2027, 4, 5)))] == [Decimal("88.53")]
    assert queries.statements_of(world.person, tax_year(date(2027, 4, 6))) == []


def test_a_promise_is_kept_that_was_paid_in_time_and_marked_late(world):
    world.sent()
    services.escalate_overdue_claims(at=world.later(days=20))
    claim = Claim.objects.get()
    step = claim.escalations.get()
    services.reply_to_escalation(
        escalation_id=step.pk, reply="Soon", promised_on=date(2026, 10, 8), by=world.lead, at=world.later(days=21)
    )
    world.decide(claim, LineAction.APPROVE, at=world.later(days=22))
    run = world.released(at=world.later(days=22))
    pay(world, run, days=27, paid_on=date(2026, 10, 8))
    step.refresh_from_db()
    assert (step.promise_kept_at, step.promise_missed_at) == (world.later(days=27), None)


@pytest.mark.parametrize(("days", "paid_on"), [(1, 16), (2, 17), (3, 18), (9, 18)])
def test_without_a_day_it_is_that_of_the_bacs_file_once_it_has_come(world, days, paid_on):
    run = bacs_taken(world, date(2026, 9, 17))
    pay(world, run, days=days)
    assert set(run.lines.values_list("paid_on", flat=True)) == {date(2026, 9, paid_on)}


@pytest.mark.parametrize(("day", "words"), [(14, "on or after 15 September 2026"), (19, "today or in the past")])
def test_nothing_is_paid_before_its_release_or_in_days_to_come(world, day, words):
    world.approved()
    run = world.released()
    with pytest.raises(RuleBroken, match=words) as refused:
        pay(world, run, days=3, paid_on=date(2026, 9, day))
    assert refused.value.field == "paid_on"
    assert not RunLine.objects.exclude(paid_on=None).exists()


def test_finance_is_asked_for_the_day(world):
    run = bacs_taken(world, date(2026, 9, 16))
    client = signed_in(world.finance_other)
    address = page("run_settle", run_id=run.pk)
    form = sent_by(client.get(address))
    boxes = sorted(name for name in form if name.startswith("paid_on"))
    assert [form[name] for name in boxes] == [["17"], ["9"], ["2026"]]
    wrong = client.post(address, form | {boxes[2]: "2025"})
    assert "on or after" in errors_of(wrong)[0][1]
    assert errors_of(wrong)[0][0].startswith("#id_paid_on")
    missing = client.post(address, form | dict.fromkeys(boxes, ""))
    assert errors_of(missing)[0][1] == "Enter the day it was paid"
    assert client.post(address, form).status_code == 302
    assert set(run.lines.values_list("paid_on", flat=True)) == {date(2026, 9, 17)}


def test_the_bank_s_file_names_the_day_or_none(world):
    give_account(world.person, world)
    world.approved()
    run = world.released()
    upload = services.upload_result(
        organisation_id=world.organisation.pk,
        file=file_of(f"{run.reference}-001T,75.00,paid,,16/09/2026", f"{run.reference}-001E,13.53,paid,,"),
        name="result.csv",
        by=world.finance_lead,
        at=world.at,
    )
    columns = {**COLUMNS, "last_four": "", "paid_on": "Account"}
    services.set_result_columns(
        upload_id=upload.pk, columns=columns, rows="mixed", paid_words=["paid"], failed_words=[],
        by=world.finance_lead, at=world.at,
    )  # fmt: skip
    take(world, upload)
    days = dict(run.lines.values_list("is_for_time", "paid_on"))
    assert days == {True: date(2026, 9, 16), False: local_date(world.later(days=3))}


def test_a_run_marked_a_page_at_a_time_is_told_of_once(world):
    give_account(world.person, world)
    world.approved()
    run = world.released()
    for days, row in enumerate(run.lines.all()):
        services.record_payment(
            run_id=run.pk, run_line_ids=[row.pk], by=world.finance_lead, at=world.at + timedelta(days=days)
        )
    assert Message.objects.filter(kind="expenses.remittance.ready").count() == 1
