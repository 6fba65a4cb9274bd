"""A claim keeps the budget code with which it was sent: whatever is agreed later, no past figure moves."""

from datetime import date, datetime
from importlib import import_module

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.urls import reverse

from committees.queries import budgets_of
from committees.services import change_budget
from expenses import services
from expenses.enums import ExportFormat, LineKind
from expenses.models import Claim
from expenses.policies.performance import Sum
from expenses.policies.periods import Period, year_to
from expenses.queries import reports
from psp_portal.dates import LONDON
from tests import factories
from tests.expenses.pages import signed_in, words_of
from tests.expenses.payers import pay_elsewhere
from tests.expenses.test_reports import WHOLE, recounted
from tests.expenses.test_services_backlog import brought, row
from tests.expenses.world import AT, World

YEAR = year_to(date(2027, 3, 31))
LATER = datetime(2027, 4, 20, 9, 0, tzinfo=LONDON)


def agree(world: World, code: str, *, at: datetime = LATER) -> None:
    """Agree another budget code for the partner's place on the committee."""
    change_budget(
        assignment_id=world.assignment.pk, payer_id=world.organisation.pk, budget_code=code,
        budget_holder_id=world.approver.pk, deputy_id=world.deputy.pk, by=world.lead, at=at,
    )  # fmt: skip


def figures(world: World, code: str):
    """Return all that is reported of a year by budget code, and of one code alone."""
    found = []
    for more in ({}, {"budget_code": code}):
        scope = reports.report_scope(world.lead, world.organisation.pk, YEAR, today=date(2027, 5, 1), **more)
        target = reports.target_of(scope)
        found += [
            reports.speed_report(scope, target), reports.owed_report(scope, target), reports.held_report(scope),
            reports.answers_report(scope), reports.spend_report(scope), reports.year_end(scope, target),
            reports.accruals_of(scope),
        ]  # fmt: skip
        found += [
            recounted(scope, *figure)
            for figure in (("speed", "paid"), ("owed", "owed"), ("spend", f"code-{code}"), ("spend", "code-NEW"))
        ]
    return found


def test_no_past_figure_moves_when_another_code_is_agreed(world):
    world.paid()
    world.sent(with_taxi=True)
    services.escalate_overdue_claims(at=world.later(days=21))
    before = figures(world, "PS100")
    spend, one = before[4], before[11:][4]
    assert [(part.label, part.lines) for part in spend.by_code] == [("PS100", Sum(2, WHOLE))]
    assert one == spend, "all of it is under the one code"
    assert before[9] == Sum(2, WHOLE)
    agree(world, "NEW")
    assert figures(world, "PS100") == before
    assert world.sent(at=LATER).budget_code == "NEW"


def test_a_file_of_a_run_has_the_code_of_its_claims_however_often_it_is_made(world):
    world.approved()
    run = world.released()
    files = [
        services.export_run(run_id=run.pk, format=ExportFormat.LEDGER, by=world.finance_lead, at=at).content
        for at in (AT, LATER)
        if at == AT or agree(world, "NEW") is None
    ]
    assert files[0] == files[1]
    assert b",PS100," in files[1]


def test_the_approver_reads_the_code_of_the_claim(world):
    claim = world.sent()
    agree(world, "NEW", at=world.later(days=1))
    words = words_of(signed_in(world.approver).get(reverse("expenses:claim_decide", kwargs={"claim_id": claim.pk})))
    assert "budget code PS100" in words
    assert "NEW" not in words


def test_reports_can_be_asked_of_a_code_of_before(world):
    assert budgets_of(world.organisation.pk) == [(world.committee.pk, world.committee.name, "PS100")]
    agree(world, "NEW")
    assert budgets_of(world.organisation.pk) == [
        (world.committee.pk, world.committee.name, code) for code in ("NEW", "PS100")
    ]


# --- which code a claim is sent with ------------------------------------------------------------
def test_a_draft_is_sent_with_the_code_agreed_when_it_is_sent(world):
    claim = world.draft()
    agree(world, "NEW", at=world.later(hours=1))
    claim = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=2))
    assert claim.budget_code == "NEW"
    services.recall_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=3))
    agree(world, "NEWER", at=world.later(hours=4))
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=5))
    claim.refresh_from_db()
    assert claim.budget_code == "NEWER"


def test_a_draft_goes_to_whoever_pays_now_with_their_code(world):
    claim = world.draft()
    elsewhere = pay_elsewhere(world).organisation
    claim = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=2))
    assert (claim.payer, claim.budget_code) == (elsewhere, "AB1")


def test_a_claim_of_no_committee_has_no_code(world):
    claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    world.line(claim, LineKind.PRINTING, amount=4, no_receipt_reason="Lost")
    assert services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at).budget_code == ""
    scope = reports.report_scope(
        world.lead, world.organisation.pk, Period(date(2026, 9, 1), date(2026, 9, 30)), today=world.today
    )
    assert [each.name for each in reports.year_end(scope, reports.target_of(scope)).by_code] == ["No budget code"]


def test_a_claim_brought_in_has_the_code_of_its_committee(world):
    brought(world, row(world, committee=world.committee.name))
    assert Claim.objects.get().budget_code == "PS100"


def test_the_database_holds_a_sent_claim_to_its_code(world):
    claim = world.sent()
    with pytest.raises(Error, match="Cannot update"), transaction.atomic(), factories.acting():
        Claim.objects.filter(pk=claim.pk).update(budget_code="NEW")
    draft = world.draft()
    nameless = pytest.raises(IntegrityError, match="claim_sent_has_its_budget_code")
    with nameless, transaction.atomic(), factories.acting():
        Claim.objects.filter(pk=draft.pk).update(submitted_at=AT, budget_code="")


def test_claims_of_before_take_the_code_that_is_agreed_now(world):
    claim, draft = world.sent(), world.draft()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE expenses_claim DISABLE TRIGGER USER;"
            "ALTER TABLE expenses_claim DROP CONSTRAINT claim_sent_has_its_budget_code;"
            "UPDATE expenses_claim SET budget_code = '';"
            "ALTER TABLE expenses_claim ENABLE TRIGGER USER"
        )
        cursor.execute(import_module("expenses.migrations.0008_claims_and_payments_mended").BACKFILL)
    claim.refresh_from_db()
    draft.refresh_from_db()
    assert (claim.budget_code, draft.budget_code) == ("PS100", "")
