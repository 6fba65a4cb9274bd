"""Periods, holds, plans and runs: who may, what is shown before, what is kept all the same."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from partners import services as partners
from psp_portal.accounts.enums import Role
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from psp_portal.retention import queries, services, tasks
from psp_portal.retention.enums import Kept, PeriodUnit
from psp_portal.retention.kinds import KINDS
from psp_portal.retention.models import (
    DisposalLog,
    LegalHold,
    PlannedRow,
    RetentionRule,
    RetentionRun,
    RetentionSettings,
)
from psp_portal.retention.policies import Period
from tests import factories
from tests.expenses.world import make_world
from tests.psp_portal.retention.samples import LEFT_AT, LEFT_ON, confirm_all, leaver, run_to, years_later

pytestmark = pytest.mark.django_db

# Usual journeys go 90 days after 31 October 2026.
GOES_ON = date(2027, 1, 30)
BEFORE = LEFT_AT + timedelta(days=87)  # plans for 29 January, when the 90 days are just not over
EVENING = LEFT_AT + timedelta(days=88)


@pytest.fixture
def world():
    """A trust whose partner has left; nothing is confirmed."""
    world = make_world()
    partners.end_appointment(partner_id=world.partner.pk, left_on=LEFT_ON, by=world.lead, at=LEFT_AT)
    return world


def set_rule(world, kind="journey", *, by=None, at=LEFT_AT, length=90, unit=PeriodUnit.DAYS, seen=0, source="Policy"):
    return services.set_rule(
        organisation_id=world.organisation.pk, kind=kind, period=Period(length, unit), source=source, seen=seen,
        by=by or world.lead, at=at,
    )  # fmt: skip


def hold(world, *, person=None, by=None, reason="A complaint", at=LEFT_AT):
    return services.set_hold(
        organisation_id=world.organisation.pk, person_id=person and person.pk, reason=reason, by=by or world.lead, at=at
    )


def logged():
    return {entry.kind: (entry.removed, entry.held, entry.not_confirmed) for entry in DisposalLog.objects.all()}


# --- periods ---------------------------------------------------------------------------------
def test_period_is_set_and_changed_with_who_and_when(world):
    rule = set_rule(world, source="  Records policy ")
    assert (rule.length, rule.unit, rule.source, rule.changed_by, rule.changed_at) == (
        90, "days", "Records policy", world.lead, LEFT_AT,
    )  # fmt: skip
    later = LEFT_AT + timedelta(days=1)
    again = set_rule(world, length=12, unit=PeriodUnit.MONTHS, at=later)
    assert again.pk == rule.pk
    assert RetentionRule.objects.count() == 1
    scheduled = {each.kind.key: each for each in queries.schedule(world.organisation.pk)}
    assert scheduled["journey"].period == Period(12, PeriodUnit.MONTHS)
    assert scheduled["telephone"].period == KINDS["telephone"].default
    assert scheduled["telephone"].source == "No national rule is known. Your trust must confirm."
    assert scheduled["claim"].source.startswith("NHS Records Management Code")


@pytest.mark.parametrize("who", ["executive", "auditor", "finance_lead", "approver", "requester", "person"])
def test_only_leads_set_periods(world, who):
    with pytest.raises(PermissionDenied):
        set_rule(world, by=getattr(world, who))
    with pytest.raises(PermissionDenied):
        services.change_notice(organisation_id=world.organisation.pk, notice_days=3, by=getattr(world, who), at=LEFT_AT)


def test_a_lead_elsewhere_sets_no_period_here(world):
    with pytest.raises(PermissionDenied):
        set_rule(world, by=make_world().lead)


def test_impossible_period_is_refused(world):
    with pytest.raises(RuleBroken, match="between 1 and"):
        set_rule(world, length=0)
    with pytest.raises(RuleBroken, match="Enter the reason"):
        set_rule(world, source=" ")


def test_a_shorter_period_removes_nothing_that_was_not_shown(world):
    set_rule(world, length=24, unit=PeriodUnit.MONTHS)
    at = EVENING + timedelta(days=5)
    with pytest.raises(RuleBroken, match="1 record would be removed next, more than you were shown"):
        set_rule(world, length=90, at=at)
    scheduled = next(each for each in queries.schedule(world.organisation.pk) if each.kind.key == "journey")
    shown = queries.removed_by(scheduled, world.organisation.pk, Period(90, PeriodUnit.DAYS), today=at.date())
    assert [row.row_id for row in shown] == [world.partner.usual_journey.pk]
    set_rule(world, length=90, at=at, seen=len(shown))


def test_what_is_held_is_not_counted_as_removed_by_a_period(world):
    hold(world, person=world.person)
    set_rule(world, length=1, at=EVENING)


def test_notice_is_kept_for_each_organisation(world):
    services.change_notice(organisation_id=world.organisation.pk, notice_days=7, by=world.lead, at=LEFT_AT)
    assert queries.notice_days(world.organisation.pk) == 7
    assert queries.notice_days(make_world().organisation.pk) == 1
    with pytest.raises(RuleBroken, match="between 1 and 30"):
        services.change_notice(organisation_id=world.organisation.pk, notice_days=31, by=world.lead, at=LEFT_AT)


# --- plans -----------------------------------------------------------------------------------
def test_run_is_planned_for_the_day_on_which_the_time_is_over_and_the_lead_is_told(world):
    set_rule(world)
    assert services.plan_runs(at=BEFORE) == 0
    assert services.plan_runs(at=EVENING) == 1
    run = RetentionRun.objects.get()
    assert (run.organisation, run.planned_at, run.runs_on, run.done_at) == (world.organisation, EVENING, GOES_ON, None)
    row = run.rows.get()
    assert (row.kind, row.row_id, row.person, row.began_on, row.kept) == (
        "journey", world.partner.usual_journey.pk, world.person, LEFT_ON, Kept.NO,
    )  # fmt: skip
    letter = Message.objects.get(kind="retention.run.plan")
    assert letter.recipient == world.lead
    assert "On 30 January 2027 the portal will remove 1 record that" in letter.body
    assert world.person.name not in letter.body
    assert letter.link == f"/retention/runs/{run.pk}/"


def test_plan_twice_is_plan_once(world):
    set_rule(world)
    assert [services.plan_runs(at=EVENING), services.plan_runs(at=EVENING + timedelta(hours=1))] == [1, 0]
    assert services._plan_run(world.organisation.pk, at=EVENING) == 0
    assert RetentionRun.objects.count() == 1
    assert Message.objects.filter(kind="retention.run.plan").count() == 1


def test_more_notice_shows_it_earlier(world):
    set_rule(world)
    services.change_notice(organisation_id=world.organisation.pk, notice_days=7, by=world.lead, at=LEFT_AT)
    services.plan_runs(at=EVENING - timedelta(days=6))
    run = RetentionRun.objects.get()
    assert run.runs_on == GOES_ON
    assert services.carry_out_runs(at=EVENING) == 0
    run.refresh_from_db()
    assert run.done_at is None


def test_without_a_confirmed_period_nothing_goes_and_the_lead_is_asked(world):
    services.plan_runs(at=EVENING)
    assert not RetentionRun.objects.exists()
    [asked] = queries.waiting(world.lead, today=GOES_ON)
    assert (asked.label, asked.since, asked.due_on) == ("Confirm how long records are kept", EVENING, None)
    assert queries.waiting(world.executive, today=GOES_ON) == []
    services.plan_runs(at=EVENING + timedelta(days=1))
    assert RetentionSettings.objects.get().asked_to_confirm_at == EVENING
    confirm_all(world, at=EVENING)
    assert queries.waiting(world.lead, today=GOES_ON) == []


def test_what_is_planned_waits_for_the_lead(world):
    set_rule(world)
    services.plan_runs(at=EVENING)
    [waiting] = queries.waiting(world.lead, today=EVENING.date())
    assert (waiting.label, waiting.since, waiting.due_on) == (
        "Look at what will be removed on 30 January 2027", EVENING, GOES_ON,
    )  # fmt: skip
    assert queries.waiting(make_world().lead, today=EVENING.date()) == []
    # One that the clock is late with is not the lead's to be late with.
    [late] = queries.waiting(world.lead, today=GOES_ON + timedelta(days=4))
    assert late.due_on == GOES_ON + timedelta(days=4)


def test_tasks_do_what_the_services_do(world):
    set_rule(world)
    with time_machine.travel(EVENING, tick=False):
        tasks.plan_runs()
    with time_machine.travel(EVENING + timedelta(hours=12), tick=False):
        tasks.carry_out_runs()
    assert logged() == {"journey": (1, 0, 0)}


# --- runs ------------------------------------------------------------------------------------
def test_run_removes_what_it_planned_and_logs_it(world):
    set_rule(world)
    assert run_to(world, EVENING) == 1
    assert logged() == {"journey": (1, 0, 0)}
    entry = DisposalLog.objects.get()
    assert (entry.length, entry.unit, entry.run.organisation) == (90, "days", world.organisation)
    assert entry.done_at == EVENING + timedelta(hours=12)
    assert not PlannedRow.objects.exists()


def test_run_is_done_late_and_then_once(world):
    set_rule(world)
    services.plan_runs(at=EVENING)
    late = EVENING + timedelta(days=9)
    assert [services.carry_out_runs(at=late), services.carry_out_runs(at=late)] == [1, 0]
    assert services._carry_out(RetentionRun.objects.get().pk, KINDS["journey"], at=late) == 0


def test_only_what_was_shown_goes(world):
    """What comes due between the plan and the run waits for the next plan."""
    set_rule(world)
    services.plan_runs(at=EVENING)
    with factories.acting():
        other = factories.make_partner(world.organisation, lead=world.lead)
    partners.save_usual_journey(
        partner_id=other.pk, from_place="A", to_place="B", miles=1, vehicle="car", by=world.lead, at=LEFT_AT
    )
    partners.end_appointment(partner_id=other.pk, left_on=LEFT_ON, by=world.lead, at=LEFT_AT)
    assert services.carry_out_runs(at=EVENING + timedelta(hours=12)) == 1
    assert other.usual_journey is not None


def test_a_period_made_longer_after_the_plan_keeps_what_was_planned(world):
    set_rule(world)
    services.plan_runs(at=EVENING)
    set_rule(world, length=24, unit=PeriodUnit.MONTHS, at=EVENING)
    assert services.carry_out_runs(at=EVENING + timedelta(hours=12)) == 0
    assert logged() == {"journey": (0, 0, 0)}
    assert not PlannedRow.objects.exists()


def test_another_organisation_s_records_stay(world):
    other = make_world()
    partners.end_appointment(partner_id=other.partner.pk, left_on=LEFT_ON, by=other.lead, at=LEFT_AT)
    set_rule(world)
    assert run_to(world, EVENING) == 1
    assert other.partner.usual_journey is not None
    assert not RetentionRun.objects.filter(organisation=other.organisation).exists()


# --- holds -----------------------------------------------------------------------------------
def test_hold_on_a_person_keeps_what_is_theirs_and_is_counted(world):
    other = factories.make_partner(world.organisation, lead=world.lead)
    partners.save_usual_journey(
        partner_id=other.pk, from_place="A", to_place="B", miles=1, vehicle="car", by=world.lead, at=LEFT_AT
    )
    partners.end_appointment(partner_id=other.pk, left_on=LEFT_ON, by=world.lead, at=LEFT_AT)
    set_rule(world)
    hold(world, person=world.person)
    assert run_to(world, EVENING) == 1
    assert logged() == {"journey": (1, 1, 0)}
    world.partner.refresh_from_db()
    assert world.partner.usual_journey is not None


def test_hold_on_the_organisation_keeps_everything(world):
    set_rule(world)
    hold(world)
    services.plan_runs(at=EVENING)
    assert not RetentionRun.objects.exists()


def test_hold_set_after_the_plan_keeps_it_and_shows_it(world):
    set_rule(world)
    services.plan_runs(at=EVENING)
    hold(world, person=world.person, at=EVENING)
    assert PlannedRow.objects.get().kept == Kept.HELD
    assert services.carry_out_runs(at=EVENING + timedelta(hours=12)) == 0
    assert logged() == {"journey": (0, 1, 0)}


def test_what_is_let_go_is_shown_again_before_it_goes(world):
    set_rule(world)
    services.plan_runs(at=EVENING)
    held = hold(world, person=world.person, at=EVENING)
    services.lift_hold(hold_id=held.pk, reason="Settled", by=world.executive, at=EVENING)
    assert services.carry_out_runs(at=EVENING + timedelta(hours=12)) == 0
    assert run_to(world, EVENING + timedelta(days=1)) == 1


def test_another_organisation_s_hold_keeps_what_belongs_to_the_person():
    world = leaver()
    elsewhere = make_world()
    with factories.acting():
        factories.give_role(Role.PARTNER, world.person, elsewhere.organisation)
        world.person.memberships.filter(organisation=elsewhere.organisation).update(ends_on=LEFT_ON)
    confirm_all(world)
    services.set_hold(
        organisation_id=elsewhere.organisation.pk, person_id=None, reason="An inquiry", by=elsewhere.lead, at=LEFT_AT
    )
    run_to(world, years_later(8))
    removed = {entry.kind: entry.removed for entry in DisposalLog.objects.filter(run__organisation=world.organisation)}
    assert removed["journey"] == 1
    assert "account" not in {kind for kind, count in removed.items() if count}
    world.person.refresh_from_db()
    assert world.person.name == "Zebedee Quill"
    held = queries.held_people(world.organisation.pk, [world.person.pk, None], is_shared=True)
    assert held == {world.person.pk}
    assert queries.held_people(world.organisation.pk, [world.person.pk], is_shared=False) == set()


@pytest.mark.parametrize("who", ["auditor", "finance_lead", "approver", "requester", "person"])
def test_only_leads_and_executives_hold_and_let_go(world, who):
    with pytest.raises(PermissionDenied):
        hold(world, person=world.partner.lead, by=getattr(world, who))
    held = hold(world, person=world.person, by=world.executive)
    with pytest.raises(PermissionDenied):
        services.lift_hold(hold_id=held.pk, reason="No", by=getattr(world, who), at=LEFT_AT)


def test_nobody_holds_or_lets_go_their_own(world):
    with pytest.raises(PermissionDenied):
        hold(world, person=world.lead)
    held = hold(world, person=world.lead, by=world.executive)
    with pytest.raises(PermissionDenied):
        services.lift_hold(hold_id=held.pk, reason="Mine", by=world.lead, at=LEFT_AT)


def test_hold_needs_a_reason_a_person_of_here_and_none_in_force(world):
    with pytest.raises(RuleBroken, match="Enter the reason"):
        hold(world, reason=" ")
    with pytest.raises(RuleBroken, match="Select somebody of this organisation") as refused:
        hold(world, person=make_world().person)
    assert refused.value.field == "person_id"
    hold(world, person=world.person)
    hold(world)
    for person in (world.person, None):
        with pytest.raises(RuleBroken, match="held back already"):
            hold(world, person=person)


def test_hold_is_lifted_once_with_a_reason(world):
    held = hold(world, person=world.person)
    with pytest.raises(RuleBroken, match="Enter the reason"):
        services.lift_hold(hold_id=held.pk, reason=" ", by=world.lead, at=LEFT_AT)
    services.lift_hold(hold_id=held.pk, reason="Settled", by=world.lead, at=LEFT_AT)
    held.refresh_from_db()
    assert (held.lifted_by, held.lifted_at, held.lift_reason, held.is_in_force) == (
        world.lead, LEFT_AT, "Settled", False,
    )  # fmt: skip
    with pytest.raises(TransitionNotAllowed, match="let go already"):
        services.lift_hold(hold_id=held.pk, reason="Again", by=world.lead, at=LEFT_AT)
    assert hold(world, person=world.person).is_in_force


# --- what the database holds -----------------------------------------------------------------
def test_two_holds_of_the_whole_organisation_cannot_be_in_force(world):
    hold(world)
    with pytest.raises(IntegrityError, match="legal_hold_in_force_once"), factories.acting():
        LegalHold.objects.create(organisation=world.organisation, reason="x", set_at=LEFT_AT, set_by=world.lead)


def test_hold_is_kept_and_two_runs_are_not_planned(world):
    held = hold(world)
    with pytest.raises(Exception, match="Cannot delete"), factories.acting(), transaction.atomic():
        held.delete()
    set_rule(world)
    with factories.acting():
        RetentionRun.objects.create(organisation=world.organisation, planned_at=LEFT_AT, runs_on=GOES_ON)
        with pytest.raises(IntegrityError, match="retention_run_one_planned"):
            RetentionRun.objects.create(organisation=world.organisation, planned_at=LEFT_AT, runs_on=GOES_ON)


def test_kinds_are_keyed_by_themselves_and_say_what_they_are():
    assert {key: kind.key for key, kind in KINDS.items()} == {key: key for key in KINDS}
    assert all(kind.label and kind.runs_from for kind in KINDS.values())
