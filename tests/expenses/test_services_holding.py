"""Lines whose money is held: asked about at once, answered without an approver, with a clock of their own."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from expenses import queries, services
from expenses.enums import ClaimStatus, ClockEvent, LineAction, LineKind, LineStatus, Problem
from expenses.models import Claim, ClaimLine
from expenses.services import holding
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.receipts import photo
from tests.expenses.world import make_world

APPROVE, RETURN, REFUSE = LineAction.APPROVE, LineAction.RETURN, LineAction.REFUSE
# Sent on Tuesday 15 September 2026: five working days on.
ASKED_BY = date(2026, 9, 22)


def held(world, kind=LineKind.PARKING, **fields):
    """Return a claim just sent and its held line: parking without a receipt unless another kind is given."""
    draft = world.draft()
    world.line(draft, kind, amount=Decimal("4.20"), **fields)
    claim = services.submit_claim(claim_id=draft.pk, by=world.person, at=world.at)
    return claim, claim.lines.get(kind=kind)


def hold_of(line) -> tuple:
    line.refresh_from_db()
    return line.held_since, line.hold_asked_at, line.hold_due_on


def answer(world, line, *, at=None, by=None, **given):
    return services.answer_hold(
        claim_id=line.claim_id, line_id=line.pk, by=by or world.person, at=at or world.later(days=1), **given
    )


def test_the_partner_is_asked_at_once_and_the_rest_goes_on(world):
    claim, line = held(world)
    assert hold_of(line) == (world.at, world.at, ASKED_BY)
    event = claim.timeline.get(action=ClockEvent.ASK_HOLD)
    assert (event.note, event.by_name) == ("Line 3, Parking: add a receipt, or say why there is none", "The portal")
    message = Message.objects.get(kind="expenses.claim.hold_asked")
    assert (message.recipient, message.subject) == (world.person, f"Claim {claim.reference}: something is missing")
    assert "Line 3, Parking: add a receipt, or say why there is none" in message.body
    assert "Please do this by 22 September 2026." in message.body
    assert "£" not in message.body
    assert "4.20" not in message.body
    assert list(claim.lines.exclude(pk=line.pk).values_list("held_since", flat=True)) == [None, None]
    world.decide(claim, APPROVE, APPROVE, APPROVE, by=world.approver)


def test_a_claim_with_nothing_held_asks_nothing(world):
    claim = world.sent()
    assert not claim.timeline.filter(action=ClockEvent.ASK_HOLD).exists()
    assert not Message.objects.filter(kind="expenses.claim.hold_asked").exists()


def test_what_the_partner_has_said_already_goes_to_the_approver_unasked(world):
    _claim, line = held(world, no_receipt_reason="The machine gave none")
    assert hold_of(line) == (world.at, None, date(2026, 9, 29)), "by the day of the decision"
    assert not Message.objects.filter(kind="expenses.claim.hold_asked").exists()


def test_two_things_missing_are_asked_in_one_sentence(world):
    _claim, line = held(world, LineKind.TAXI)
    assert queries.hold_question(line) == (
        "Line 3, Taxi: add a receipt, or say why there is none; "
        "say who agreed to it beforehand, or why nobody was asked"
    )


def test_a_receipt_frees_the_money_at_once(world):
    claim, line = held(world)
    claim = answer(world, line, upload=photo())
    assert hold_of(line) == (None, None, None)
    assert (line.pay, line.held, line.problems, line.status) == (Decimal("4.20"), 0, [], LineStatus.PENDING)
    assert (claim.status, claim.held, claim.waiting_on) == (ClaimStatus.SUBMITTED, 0, world.approver)
    event = claim.timeline.filter(line=line).latest("pk")
    assert (event.label, event.note, event.by) == ("Give what is missing", "Receipt added", world.person)
    told = Message.objects.get(kind="expenses.claim.hold_answered")
    assert told.recipient == world.approver
    # It is plain now: it goes with the others.
    assert services.approve_in_bulk(claim_ids=[claim.pk], by=world.approver, at=world.later(days=1)).left_out == []


def test_an_answer_takes_no_day_from_the_approver_and_gives_none(world):
    claim, line = held(world)
    before = Claim.objects.get(pk=claim.pk)
    answer(world, line, upload=photo())
    after = Claim.objects.get(pk=claim.pk)
    for name in ("waiting_since", "waiting_due_on", "next_step_at", "decision_due_on", "responsible", "ladder"):
        assert getattr(after, name) == getattr(before, name)


def test_words_pass_the_question_to_the_approver(world):
    claim, line = held(world)
    answer(world, line, no_receipt_reason=" The machine gave none ", at=world.later(days=13))
    assert hold_of(line) == (world.at, None, date(2026, 10, 5)), "five working days from 28 September"
    assert (line.no_receipt_reason, line.held) == ("The machine gave none", Decimal("4.20"))
    assert claim.timeline.filter(line=line).latest("pk").note == "The machine gave none"
    answer(world, line, upload=photo(), at=world.later(days=14))
    assert hold_of(line) == (None, None, None), "a receipt may come later still"


def test_half_an_answer_leaves_the_other_half_with_the_partner_by_the_same_day(world):
    _claim, line = held(world, LineKind.TAXI)
    answer(world, line, upload=photo())
    assert hold_of(line) == (world.at, world.at, ASKED_BY)
    assert queries.hold_question(line) == "Line 3, Taxi: say who agreed to it beforehand, or why nobody was asked"
    answer(world, line, answer="The lead, by telephone", at=world.later(days=2))
    assert hold_of(line) == (world.at, None, date(2026, 9, 29))
    assert (line.answer, line.held) == ("The lead, by telephone", Decimal("4.20"))


@pytest.mark.parametrize(("kind", "field"), [(LineKind.PARKING, "receipt"), (LineKind.TAXI, "answer")])
def test_an_empty_answer_is_none(world, kind, field):
    _claim, line = held(world, kind)
    if kind == LineKind.TAXI:
        answer(world, line, upload=photo())
    with pytest.raises(RuleBroken, match="Give what is missing") as refused:
        answer(world, line, answer=" ", no_receipt_reason=" ")
    assert refused.value.field == field


def test_only_the_partner_answers_and_only_while_something_is_held(world):
    claim, line = held(world)
    for somebody in (world.approver, world.lead, make_world().person):
        with pytest.raises(PermissionDenied):
            answer(world, line, by=somebody, answer="Mine")
    plain = claim.lines.order_by("position").first()
    with pytest.raises(TransitionNotAllowed, match="Nothing is missing on this line any more"):
        answer(world, plain, answer="More")
    world.decide(claim, APPROVE, APPROVE, REFUSE)
    with pytest.raises(TransitionNotAllowed, match="Nothing is missing"):
        answer(world, line, upload=photo())


@pytest.mark.parametrize("action", [APPROVE, REFUSE])
def test_a_decision_ends_the_hold(world, action):
    claim, line = held(world)
    world.decide(claim, APPROVE, APPROVE, action)
    assert hold_of(line) == (None, None, None)


def test_what_is_taken_back_or_withdrawn_is_on_hold_no_more_and_anew_when_sent_again(world):
    claim, line = held(world)
    services.recall_claim(claim_id=claim.pk, by=world.person, at=world.later(days=1))
    assert hold_of(line) == (None, None, None)
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.later(days=2))
    assert hold_of(line)[0] == world.later(days=2)
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=3))
    assert hold_of(line) == (None, None, None)


def test_an_approver_s_own_question_takes_the_place_of_what_was_asked(world):
    claim, line = held(world)
    claim = world.decide(claim, APPROVE, APPROVE, RETURN)
    assert hold_of(line) == (world.at, None, ASKED_BY)
    services.answer_question(
        claim_id=claim.pk, line_id=line.pk, answer="I lost it", by=world.person, at=world.later(days=1)
    )
    line.refresh_from_db()
    assert line.hold_asked_at == world.later(days=1), "a receipt, or a reason for none, is missing still"
    services.answer_hold(claim_id=claim.pk, line_id=line.pk, by=world.person, at=world.later(days=2), upload=photo())
    assert hold_of(line) == (None, None, None)


def test_an_answer_with_a_receipt_to_an_approver_s_question_frees_the_money(world):
    claim, line = held(world)
    claim = world.decide(claim, APPROVE, APPROVE, RETURN)
    assert (claim.status, claim.waiting_on, claim.waiting_due_on) == (ClaimStatus.RETURNED, world.person, ASKED_BY)
    claim = services.answer_question(
        claim_id=claim.pk, line_id=line.pk, answer="Here", by=world.person, at=world.later(days=14), upload=photo()
    )
    assert hold_of(line) == (None, None, None)
    # Back with the approver at once, with days of their own.
    assert (claim.status, claim.waiting_on, claim.waiting_due_on) == (
        ClaimStatus.SUBMITTED, world.approver, date(2026, 10, 6),
    )  # fmt: skip


# --- reminders and lists --------------------------------------------------------------------
def test_the_partner_is_reminded_once_when_the_day_has_passed(world):
    claim, line = held(world)
    assert services.remind_of_held_lines(at=world.later(days=7)) == 0
    assert services.remind_of_held_lines(at=world.later(days=8)) == 1
    assert services.remind_of_held_lines(at=world.later(days=9)) == 0
    message = Message.objects.get(kind="expenses.line.hold_due")
    assert (message.recipient, message.link) == (
        world.person, f"/expenses/claims/{claim.pk}/lines/{line.pk}/hold/",
    )  # fmt: skip
    assert "Line 3, Parking: add a receipt, or say why there is none" in message.body


def test_nobody_is_reminded_of_what_they_have_answered(world):
    _claim, line = held(world)
    answer(world, line, no_receipt_reason="None given")
    assert services.remind_of_held_lines(at=world.later(days=60)) == 0


def test_held_lines_are_listed_by_reason_and_age(world):
    other = make_world()
    held(other)
    _claim, first = held(world)
    _later, second = held(world, LineKind.TAXI)
    answer(world, first, no_receipt_reason="None given")
    rows = queries.held_lines(world.organisation.pk, today=date(2026, 9, 23))
    assert [(row.line, row.problems, row.days, row.is_late, row.is_with_partner, row.pounds) for row in rows] == [
        (row, problems, 8, is_late, with_partner, Decimal("4.20"))
        for row, problems, is_late, with_partner in sorted(
            [
                (first, (Problem.NO_RECEIPT,), False, False),
                (second, (Problem.NO_RECEIPT, Problem.NEEDS_APPROVAL), True, True),
            ],
            key=lambda row: str(row[0].pk),
        )
    ]
    late = queries.held_lines(world.organisation.pk, today=date(2026, 9, 23), only_late=True)
    assert [row.line for row in late] == [second]


def test_the_database_holds_a_hold_to_undecided_lines(world):
    claim, line = held(world)
    world.decide(claim, APPROVE, APPROVE, APPROVE)
    with pytest.raises(IntegrityError, match="claim_line_held_until_decided"), transaction.atomic(), factories.acting():
        ClaimLine.objects.filter(pk=line.pk).update(held_since=world.at, hold_due_on=world.today)


def test_a_line_that_is_not_held_has_no_clock_to_renew(world):
    claim = world.sent()
    line = claim.lines.first()
    holding.renew_hold(claim, line, at=world.at)
    assert line.held_since is None


def test_what_was_held_and_handled_before_the_columns_were_there_is_read_off_what_is_known(world):
    claim, line = held(world)
    decided = world.decide(world.sent(), RETURN, REFUSE, by=world.deputy)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE expenses_claimline DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE expenses_claimline SET handled_by = '{}', held_since = NULL, hold_due_on = NULL, "
            "hold_asked_at = NULL"
        )
        cursor.execute("ALTER TABLE expenses_claimline ENABLE TRIGGER USER")
        cursor.execute(import_module("expenses.migrations.0007_held_and_handled").BACKFILL)
    assert hold_of(line) == (world.at, None, date(2026, 9, 29)), "since it was sent, and with an approver"
    assert ClaimLine.objects.filter(held_since__isnull=False).count() == 1
    assert [each.handled_by for each in decided.lines.all()] == [[world.deputy.pk]] * 2
    assert not any(each.handled_by for each in claim.lines.all())
