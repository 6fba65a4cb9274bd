"""After its time nothing that a person said, or was called, stands anywhere; every sum and decision is as it was."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from expenses.policies.periods import Period
from expenses.queries import reports
from psp_portal.accounts.models import User
from psp_portal.audit.tracked import tracked_models
from psp_portal.retention import services
from psp_portal.retention.kinds import KINDS
from psp_portal.retention.models import DisposalLog, PlannedRow, RetentionRun
from tests import factories
from tests.expenses.world import make_world
from tests.psp_portal.retention.samples import WORD, confirm_all, leaver, run_to, where_it_stands, years_later

pytestmark = pytest.mark.django_db

# The figures and keys of claims: what a sum, a decision or a payment rests on.
KEPT_OF = (
    "expenses.Claim", "expenses.ClaimLine", "expenses.ClaimEvent", "expenses.Escalation", "expenses.PaymentRun",
    "expenses.PriorApproval", "expenses.RunLine", "expenses.StandingApproval", "expenses.TopUp",
    "expenses.UpdateRequest", "partners.Partner", "partners.Question", "committees.Assignment", "committees.Attendance",
)  # fmt: skip
WORDS_OF_CLAIMS = {
    "from_place", "to_place", "description", "approval", "no_receipt_reason", "not_duplicate_reason", "decision_reason",
    "question", "answer", "appeal_reason", "appeal_decision_reason", "note", "reply", "by_name", "why", "reason",
    "end_reason", "failure_reason", "withdrawal_reason", "subject",
    # Of an assignment: who went along to the first meeting, and where they met.
    "escort", "escort_named_at", "how_to_meet",
}  # fmt: skip


def figures() -> dict[str, list[dict[str, Any]]]:
    """Return every column of the tables above, and of their history up to now, but for those of words."""
    found = {}
    for label in KEPT_OF:
        model = apps.get_model(label)
        names = [field.attname for field in model._meta.concrete_fields if field.name not in WORDS_OF_CLAIMS]
        found[label] = list(model.objects.order_by("pk").values(*names))
        if label in tracked_models():
            history = tracked_models()[label][1]
            names = [field.attname for field in history._meta.concrete_fields if field.name not in WORDS_OF_CLAIMS]
            found[f"{label} history"] = list(history.objects.order_by("pgh_id").values(*names))
    return found


def sums(world) -> list[Any]:
    """Return what the reports of the year of the claims come to, and the rows behind them."""
    period = Period(date(2026, 4, 1), date(2027, 3, 31))
    scope = reports.report_scope(world.lead, world.organisation.pk, period, today=date(2027, 4, 1))
    target = reports.target_of(scope)
    return [
        reports.speed_report(scope, target), reports.spend_report(scope), reports.owed_report(scope, target),
        reports.answers_report(scope), reports.year_end(scope, target),
    ]  # fmt: skip


def at_hand(before: dict, after: dict) -> dict:
    """Return of the later figures what was there before: a disposal adds lines of its own to the history."""
    return {label: rows[: len(before[label])] for label, rows in after.items()}


def test_nothing_of_the_person_stands_anywhere_and_every_figure_stands():
    world = leaver()
    confirm_all(world)
    before, sums_before = figures(), sums(world)
    assert {
        "accounts_user.name", "accounts_userevent.name", "accounts_invitation.name", "account_emailaddress.email",
        "audit_accesslog.subject_name", "audit_accesslog.actor_name", "documents_document.original_name",
        "documents_documentevent.original_name", "expenses_bankcall.note", "expenses_claimevent.by_name",
        "expenses_claimevent.note", "expenses_claimline.description", "expenses_claimlineevent.description",
        "expenses_claimline.appeal_reason", "expenses_claimline.from_place", "expenses_helper.relation",
        "expenses_helperevent.relation", "expenses_priorapproval.why", "expenses_standingapproval.reason",
        "expenses_updaterequest.question", "notifications_message.body", "partners_usualjourney.from_place",
        "partners_usualjourneyevent.from_place", "partners_question.subject", "partners_questionentry.text",
        "pghistory_context.metadata",
        "committees_assignment.how_to_meet", "committees_assignmentevent.how_to_meet", "partners_induction.agreement",
        "partners_inductionitem.not_needed_because", "partners_inductionitemevent.not_needed_because",
        "partners_newcomernote.text",
        "accounts_shutout.reason",
        "accounts_shutout.answer", "partners_termchange.reason", "partners_successionplan.notes",
        "partners_packtext.text",
    } <= set(where_it_stands(WORD))  # fmt: skip

    assert run_to(world, years_later(7)) > 0

    assert where_it_stands(WORD) == []
    assert where_it_stands("66374958") == []
    assert where_it_stands("4958") == []
    assert where_it_stands("960017") == []
    assert at_hand(before, figures()) == before
    assert sums(world) == sums_before
    person = User.objects.get(pk=world.person.pk)
    assert (person.name, person.email, person.telephone) == ("Former partner 1", "former-1@removed.invalid", "")
    assert not person.is_active
    assert not person.has_usable_password()
    assert not person.memberships.filter(ends_on__isnull=True).exists()


def test_the_files_of_receipts_go_with_the_claims(django_capture_on_commit_callbacks):
    world = leaver()
    confirm_all(world)
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    document = apps.get_model("documents.Document").objects.get(receipt__claim__claimant=world.person)
    assert (folder / document.file.name).exists()
    with django_capture_on_commit_callbacks(execute=True):
        run_to(world, years_later(7))
    assert not (folder / document.file.name).exists()


def test_each_kind_goes_in_its_own_time():
    world = leaver()
    confirm_all(world)
    gone = []
    for at in (years_later(0), years_later(0) + timedelta(days=89), years_later(1, months=1)):
        run_to(world, at)
        gone.append(set(DisposalLog.objects.filter(removed__gt=0).values_list("kind", flat=True)))
    leaving = {"bank_details", "journey", "telephone", "escort"}
    # The letters of April 2025 are two years old by then.
    a_year_on = {
        "helper", "invitation", "message", "access_need", "profile", "support", "induction", "exit", "succession",
    }  # fmt: skip
    assert gone == [set(), leaving, leaving | a_year_on]


def test_run_twice_is_run_once():
    world = leaver()
    confirm_all(world)
    assert run_to(world, years_later(7)) > 0
    log = list(DisposalLog.objects.values_list("pk", flat=True))
    assert services.carry_out_runs(at=years_later(7) + timedelta(hours=13)) == 0
    assert run_to(world, years_later(7) + timedelta(days=1)) == 0
    assert list(DisposalLog.objects.values_list("pk", flat=True)) == log
    assert RetentionRun.objects.get().done_at is not None


def test_a_kind_that_fails_is_left_for_the_next_night_and_the_others_are_done(monkeypatch):
    world = leaver()
    confirm_all(world)
    services.plan_runs(at=years_later(7))

    def fail(*_: Any, **__: Any) -> int:
        raise RuntimeError(f"of {WORD}")

    with monkeypatch.context() as failing:
        failing.setitem(KINDS, "journey", replace(KINDS["journey"], dispose=fail))
        services.carry_out_runs(at=years_later(7) + timedelta(hours=12))
    run = RetentionRun.objects.get()
    assert run.done_at is None
    assert "journey" not in set(run.log.values_list("kind", flat=True))
    assert run.log.get(kind="telephone").removed == 1
    assert where_it_stands(WORD) == ["partners_usualjourney.from_place", "partners_usualjourneyevent.from_place"]
    services.carry_out_runs(at=years_later(7) + timedelta(days=3))
    run.refresh_from_db()
    assert run.done_at is not None
    assert where_it_stands(WORD) == []


def test_log_holds_nothing_of_anybody():
    """No column of the log, or of what is left of a plan, can hold words of a person or lead to one."""
    world = leaver()
    confirm_all(world)
    run_to(world, years_later(7))
    assert {field.name for field in DisposalLog._meta.concrete_fields} == {
        "id", "run", "kind", "removed", "held", "not_confirmed", "length", "unit", "done_at",
    }  # fmt: skip
    assert set(DisposalLog.objects.values_list("kind", flat=True)) <= KINDS.keys()
    assert not PlannedRow.objects.filter(person__isnull=False).exists()
    assert not PlannedRow.objects.filter(disposed_at__isnull=True).exists()
    assert {KINDS[kind].leaves_rows for kind in PlannedRow.objects.values_list("kind", flat=True)} == {True}


@pytest.mark.parametrize(
    "change", ["UPDATE retention_disposallog SET removed = 0", "DELETE FROM retention_disposallog"]
)
def test_log_can_only_grow(change):
    world = leaver()
    confirm_all(world)
    run_to(world, years_later(7))
    with pytest.raises(Exception, match="append_only|Cannot"), connection.cursor() as cursor:
        cursor.execute(change)


def test_history_is_guarded_again_after_a_disposal():
    world = leaver()
    confirm_all(world)
    run_to(world, years_later(7))
    with pytest.raises(Exception, match="Cannot"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM expenses_claimlineevent")


def test_partner_who_serves_or_is_owed_loses_nothing():
    world = make_world()
    claim = world.sent()
    confirm_all(world)
    services.plan_runs(at=years_later(7))
    assert not PlannedRow.objects.exclude(kind="message").exists()
    claim.refresh_from_db()
    assert claim.is_open


def test_leaver_with_a_claim_unpaid_keeps_account_and_bank_details():
    world = leaver()
    with_claim = world.sent(at=world.at)
    confirm_all(world)
    run_to(world, years_later(9))
    removed = dict(DisposalLog.objects.values_list("kind", "removed"))
    assert with_claim.is_open
    assert not {"account", "bank_details", "helper"} & {kind for kind, count in removed.items() if count}
    assert removed["claim"] == 1


def test_person_who_works_with_another_organisation_keeps_their_name_and_account():
    world = leaver()
    elsewhere = factories.make_organisation()
    factories.make_partner(elsewhere, user=world.person, starts_on=date(2026, 11, 3), at=world.later(days=60))
    confirm_all(world)
    run_to(world, years_later(9))
    removed = dict(DisposalLog.objects.values_list("kind", "removed"))
    assert not {"account", "bank_details"} & removed.keys()
    assert removed["journey"] == 1
    world.person.refresh_from_db()
    assert world.person.name == f"{WORD} Quill"
