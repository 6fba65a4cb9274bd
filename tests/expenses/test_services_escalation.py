"""The clock: steps once each, absence and leaving, asking and answering."""

import re
import threading
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import Error, IntegrityError, connection, transaction

from expenses import permissions, queries, services, tasks
from expenses.enums import LineAction, StepKind
from expenses.models import Claim, ClaimEvent, Escalation, UpdateRequest
from expenses.policies import states
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import Membership, User
from psp_portal.audit.context import acting_as
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from psp_portal.people import services as people
from tests import factories
from tests.expenses.world import make_world

SENT_ON = date(2026, 9, 15)


def steps(claim):
    return list(claim.escalations.order_by("number").values_list("number", "kind", "due_on", "responsible__name"))


def pass_at(world, days):
    return services.escalate_overdue_claims(at=world.later(days=days))


# --- steps --------------------------------------------------------------------------------
def test_a_claim_left_lying_climbs_to_the_board(world):
    claim = world.sent()
    for days in (19, 20, 30, 31, 45, 60, 90, 120):
        pass_at(world, days)
    names = [person.name for person in (world.lead, world.lead, world.executive, *[world.chief_executive] * 3)]
    kinds = [*StepKind, StepKind.BOARD]
    due = [SENT_ON + timedelta(days=days) for days in (20, 31, 45, 60, 90, 120)]
    assert steps(claim) == [
        (number, kind, on, name) for number, (kind, on, name) in enumerate(zip(kinds, due, names, strict=True), start=1)
    ]
    claim.refresh_from_db()
    assert (claim.responsible, claim.waiting_on, claim.steps_written, claim.next_step_at) == (
        world.chief_executive, world.approver, 6, datetime(2027, 2, 12, tzinfo=LONDON),
    )  # fmt: skip


def test_a_pass_that_runs_twice_or_after_weeks_writes_each_step_once(world):
    claim = world.sent()
    assert [pass_at(world, 61), pass_at(world, 61), pass_at(world, 62)] == [4, 0, 0]
    assert [number for number, *_ in steps(claim)] == [1, 2, 3, 4]
    overdue = Message.objects.filter(kind="expenses.claim.overdue")
    assert overdue.count() == 5  # lead; lead and finance; executive; chief executive
    assert Message.objects.filter(kind="expenses.claim.step_taken", recipient=world.person).count() == 4


def test_a_pass_lists_every_step_on_the_timeline(world):
    claim = world.sent()
    pass_at(world, 31)
    notes = list(claim.timeline.filter(action="step").order_by("note").values_list("note", "by_name"))
    assert notes == [
        ("Step 1: Programme lead is reminded", "The portal"), ("Step 2: Programme lead and finance", "The portal"),
    ]  # fmt: skip


def test_after_a_decision_the_claim_stays_with_whoever_it_has_climbed_to(world):
    claim = world.sent()
    pass_at(world, 46)
    claim = world.decide(claim, LineAction.APPROVE, at=world.later(days=47))
    claim.refresh_from_db()
    assert (claim.responsible, claim.waiting_on) == (world.executive, world.finance_lead)


def test_drafts_refusals_and_ended_claims_do_not_climb(world):
    world.draft()
    world.paid()
    services.withdraw_claim(claim_id=world.sent().pk, by=world.person, at=world.at)
    refused = world.decide(world.sent(), LineAction.REFUSE)
    assert pass_at(world, 300) == 0
    assert refused.escalations.count() == 0


def test_a_refusal_appealed_late_catches_up_on_every_step(world):
    claim = world.decide(world.sent(), LineAction.REFUSE)
    line = claim.lines.first()
    services.appeal_line(
        claim_id=claim.pk, line_id=line.pk, reason="It was agreed", by=world.person, at=world.later(days=25)
    )
    assert pass_at(world, 32) == 2
    assert [number for number, *_ in steps(claim)] == [1, 2]


def test_the_database_refuses_a_step_twice_skipped_or_deleted(world):
    claim = world.sent()
    pass_at(world, 21)
    step = claim.escalations.get()
    copy = {
        "claim": claim, "kind": StepKind.LEAD, "due_on": step.due_on, "written_at": world.at,
        "responsible": world.lead, "reply_due_on": step.due_on,
    }  # fmt: skip
    for number in (1, 3):
        with pytest.raises(Error, match="skips a step or is written twice"), transaction.atomic():
            Escalation.objects.create(number=number, **copy)
    with pytest.raises(Error, match="Cannot delete"), transaction.atomic():
        step.delete()


@pytest.mark.django_db(transaction=True)
def test_two_passes_at_the_same_moment_write_each_step_once():
    world = make_world()
    claims = [world.sent() for _ in range(3)]
    written = []

    def run():
        written.append(pass_at(world, 61))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written) == 12
    assert all(claim.escalations.count() == 4 for claim in claims)


@pytest.mark.django_db(transaction=True)
def test_a_pass_leaves_a_claim_that_somebody_has_open_for_the_next_time():
    world = make_world()
    held, free = world.sent(), world.sent()
    written = []

    def run():
        written.append(pass_at(world, 21))
        connection.close()

    with transaction.atomic():
        Claim.objects.select_for_update().get(pk=held.pk)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert (written, free.escalations.count(), held.escalations.count()) == ([1], 1, 0)
    assert pass_at(world, 21) == 1


# --- people away or gone ------------------------------------------------------------------
def test_an_absence_hands_over_in_the_transaction_that_records_it(world):
    claim = world.sent()
    other = make_world()
    theirs = other.sent()
    people.record_absence(
        organisation_id=world.organisation.pk, user_id=world.approver.pk, deputy_id=world.deputy.pk,
        starts_on=world.today, ends_on=None, by=world.lead, at=world.later(hours=1),
    )  # fmt: skip
    claim.refresh_from_db()
    theirs.refresh_from_db()
    assert (claim.responsible, claim.waiting_on, claim.waiting_since) == (
        world.deputy, world.deputy, world.later(hours=1),
    )  # fmt: skip
    assert theirs.responsible == other.approver
    assert claim.timeline.latest("at").note == f"Now with {world.deputy.name}"
    told = Message.objects.filter(kind__in=["expenses.claim.handed_to_you", "expenses.claim.handed_over"])
    assert set(told.values_list("recipient__name", flat=True)) == {world.deputy.name, world.person.name}


def test_an_absence_still_to_come_hands_over_when_its_day_is_there(world):
    claim = world.sent()
    people.record_absence(
        organisation_id=world.organisation.pk, user_id=world.approver.pk, deputy_id=None,
        starts_on=world.today + timedelta(days=2), ends_on=world.today + timedelta(days=5), by=world.lead, at=world.at,
    )  # fmt: skip
    holders = []
    for days in (1, 2):
        pass_at(world, days)
        claim.refresh_from_db()
        holders.append(claim.responsible)
    assert holders == [world.approver, world.deputy]


def test_leaving_hands_over_and_closing_the_account_too(world):
    claim = world.sent()
    people.close_account(
        user_id=world.approver.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead, at=world.at
    )
    claim.refresh_from_db()
    assert claim.responsible == world.deputy


def test_no_approver_means_escalated_never_approved(world):
    claim = world.sent()
    for person in (world.approver, world.deputy):
        people.close_account(
            user_id=person.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead, at=world.at
        )
    claim.refresh_from_db()
    assert (claim.status, claim.responsible, claim.waiting_on) == ("submitted", world.lead, world.lead)


def test_the_last_person_cannot_go_while_claims_are_open(world):
    world.sent()
    staff = User.objects.filter(memberships__organisation=world.organisation).exclude(
        pk__in=[world.lead.pk, world.person.pk]
    )
    for person in staff.distinct():
        people.close_account(
            user_id=person.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead, at=world.at
        )
    membership = Membership.objects.get(user=world.lead)
    with pytest.raises(RuleBroken, match="would be left with nobody"):
        people.end_role(
            membership_id=membership.pk, ends_on=world.today - timedelta(days=1), by=world.lead, at=world.at
        )
    membership.refresh_from_db()
    assert membership.ends_on is None


@pytest.mark.django_db(transaction=True)
def test_the_database_does_not_let_a_responsible_person_s_account_close():
    world = make_world()
    world.sent()
    with pytest.raises(IntegrityError, match="hand these over first"), acting_as(world.lead, "test"):
        User.objects.filter(pk=world.approver.pk).update(is_active=False)
    with acting_as(world.lead, "test"):
        User.objects.filter(pk=world.auditor.pk).update(is_active=False)
    claim = Claim.objects.get()
    with pytest.raises(IntegrityError, match="account is closed"), acting_as(world.lead, "test"):
        Claim.objects.filter(pk=claim.pk).update(responsible=world.auditor)


@pytest.mark.parametrize("column", ["responsible", "waiting_on", "next_step_at", "waiting_due_on", "payment_due_on"])
def test_the_database_keeps_the_promise_of_an_open_claim(world, column):
    claim = world.sent()
    with (
        pytest.raises(IntegrityError, match="claim_open_has_person_and_next_step"),
        transaction.atomic(),
        acting_as(world.lead, "test"),
    ):
        Claim.objects.filter(pk=claim.pk).update(**{column: None})


def check_at_once():
    """Make the database check now what it otherwise checks at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


CLOSED = {"responsible": None, "waiting_on": None, "waiting_due_on": None, "next_step_at": None}


def test_the_database_refuses_a_move_that_is_not_in_the_table(world):
    draft, claim = world.draft(), world.sent()
    with pytest.raises(Error, match="Invalid transition"), transaction.atomic(), acting_as(world.lead, "test"):
        Claim.objects.filter(pk=draft.pk).update(status="paid", closed_at=world.at)
    with pytest.raises(Error, match="Cannot insert"), transaction.atomic(), acting_as(world.lead, "test"):
        Claim.objects.create(
            partner=world.partner, claimant=world.person, organisation=world.organisation, payer=world.organisation,
            status="withdrawn", created_at=world.at, closed_at=world.at,
        )  # fmt: skip
    with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic(), acting_as(world.lead, "test"):
        claim.delete()


@pytest.mark.parametrize("status", ["paid", "refused", "withdrawn", "nothing_to_pay"])
def test_the_database_does_not_let_a_claim_end_while_a_line_waits(world, status):
    claim = world.sent()
    with acting_as(world.lead, "test"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(status=status, closed_at=world.at, **CLOSED)
        with pytest.raises(IntegrityError, match="does not follow from its lines"), transaction.atomic():
            check_at_once()
        transaction.set_rollback(True)


def test_the_database_does_not_let_a_line_move_without_its_claim(world):
    claim = world.sent()
    with acting_as(world.lead, "test"), transaction.atomic():
        claim.lines.update(status="withdrawn", settled_at=world.at)
        with pytest.raises(IntegrityError, match="does not follow from its lines"), transaction.atomic():
            check_at_once()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_database_puts_line_statuses_in_the_order_of_the_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('expenses_status_of_claim'::regproc)")
        (source,) = cursor.fetchone()
    pairs = re.findall(r"WHEN '(\w+)' = ANY \(found\) THEN '(\w+)'", source)
    assert pairs == [(str(line), str(claim)) for line, claim in states.PRECEDENCE]


# --- asking -------------------------------------------------------------------------------
def ask(world, claim, *, by=None):
    return services.ask_for_update(
        claim_id=claim.pk, question="How is it going?", by=by or world.person, at=world.later(days=12)
    )


def test_asking_for_an_update_gives_it_an_owner_and_a_day(world):
    claim = world.sent()
    request = ask(world, claim)
    assert (request.asked_of, request.reply_due_on) == (world.approver, date(2026, 10, 2))
    assert [waiting.label for waiting in queries.waiting_for(world.approver, today=world.today)] == [
        f"Decide claim {claim.reference}", f"Answer {world.person.name} about claim {claim.reference}",
    ]  # fmt: skip
    with pytest.raises(RuleBroken, match="still owed to you"):
        ask(world, claim)


@pytest.mark.parametrize("who", ["approver", "lead", "auditor"])
def test_only_the_partner_asks_and_only_while_it_is_open(world, who):
    with pytest.raises(PermissionDenied):
        ask(world, world.sent(), by=getattr(world, who))
    with pytest.raises(PermissionDenied):
        ask(world, world.paid())


def test_an_update_is_answered_once_by_whoever_was_asked_or_has_it_now(world):
    claim = world.sent()
    request = ask(world, claim)
    with pytest.raises(PermissionDenied):
        services.answer_update(update_id=request.pk, answer="Soon", by=world.auditor, at=world.at)
    with pytest.raises(PermissionDenied):
        services.answer_update(update_id=request.pk, answer="Soon", by=world.person, at=world.at)
    with pytest.raises(RuleBroken, match="Write your answer"):
        services.answer_update(update_id=request.pk, answer=" ", by=world.approver, at=world.at)
    services.answer_update(update_id=request.pk, answer="On Friday", by=world.lead, at=world.later(days=13))
    with pytest.raises(TransitionNotAllowed, match="answered already"):
        services.answer_update(update_id=request.pk, answer="On Monday", by=world.approver, at=world.at)
    answered = UpdateRequest.objects.get()
    assert (answered.answer, answered.answered_by) == ("On Friday", world.lead)
    assert Message.objects.filter(kind="expenses.claim.update_answered", recipient=world.person).count() == 1
    ask(world, claim)


def test_a_claim_taken_back_needs_no_update_and_can_be_asked_about_again(world):
    claim = world.sent()
    request = ask(world, claim)
    services.recall_claim(claim_id=claim.pk, by=world.person, at=world.later(days=13))
    assert queries.waiting_for(world.approver, today=world.today) == []
    assert services.remind_of_replies(at=world.later(days=60)) == 0
    with pytest.raises(TransitionNotAllowed, match="no answer is needed"):
        services.answer_update(update_id=request.pk, answer="Soon", by=world.approver, at=world.later(days=14))
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.later(days=14))
    again = services.ask_for_update(claim_id=claim.pk, question="And now?", by=world.person, at=world.later(days=15))
    request.refresh_from_db()
    assert (request.needs_reply, request.answered_at, again.needs_reply) == (False, None, True)
    assert not permissions.can_answer_update(world.approver, request, today=world.today)


def test_a_late_decision_is_reminded_of_once_a_day(world):
    world.sent()
    for _ in range(3):
        assert services.remind_claims_awaiting_decision(at=world.later(days=15)) == 1
    assert services.remind_claims_awaiting_decision(at=world.later(days=14)) == 0
    assert Message.objects.filter(kind="expenses.claim.decision_overdue").count() == 1


# --- doors --------------------------------------------------------------------------------
def test_the_command_catches_up_and_says_what_it_did(world, capsys):
    world.sent()
    world.decide(world.sent(), LineAction.REFUSE)
    call_command("escalate", "--at", "2026-10-20T08:00")
    assert capsys.readouterr().out == "Steps written: 2. Claims whose refusals became final: 1.\n"
    call_command("escalate", "--at", "2026-10-20T08:00+01:00")
    assert capsys.readouterr().out == "Steps written: 0. Claims whose refusals became final: 0.\n"


def test_the_command_names_a_wrong_moment(db):
    with pytest.raises(CommandError, match="not 'soon'"):
        call_command("escalate", "--at", "soon")


def test_the_tasks_run_three_times_write_once(world):
    claim = world.sent()
    for _ in range(3):
        tasks.escalate_overdue_claims()
        tasks.let_refusals_stand()
        tasks.remind_claims_awaiting_decision()
    claim.refresh_from_db()
    assert ClaimEvent.objects.filter(action="step").count() == claim.steps_written == claim.escalations.count() > 0


def test_a_vacant_post_is_passed_over(world):
    claim = world.sent()
    people.close_account(
        user_id=world.executive.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead, at=world.at
    )
    pass_at(world, 46)
    claim.refresh_from_db()
    assert claim.responsible == world.chief_executive
    factories.make_post(Post.EXECUTIVE_LEAD, world.organisation, starts_on=world.today)


def test_a_pass_that_finds_an_approver_gone_names_the_next_one_with_the_step(world):
    claim = world.sent()
    people.end_role(
        membership_id=Membership.objects.get(user=world.approver).pk, ends_on=world.today, by=world.lead, at=world.at
    )
    assert pass_at(world, 21) == 1
    claim.refresh_from_db()
    assert (claim.responsible, claim.waiting_on, claim.waiting_since) == (
        world.lead, world.deputy, world.later(days=21),
    )  # fmt: skip


def test_with_no_staff_left_a_step_stays_due_until_somebody_is_there(world):
    claim = world.sent()
    with acting_as(world.lead, "test"):
        Membership.objects.filter(organisation=world.organisation).exclude(user=world.person).update(
            ends_on=world.today
        )
    assert pass_at(world, 21) == 0
    claim.refresh_from_db()
    assert (claim.responsible, claim.steps_written) == (world.approver, 0)
    lead = factories.make_member(Role.PROGRAMME_LEAD, world.organisation)
    assert pass_at(world, 22) == 1
    claim.refresh_from_db()
    assert claim.responsible == lead
