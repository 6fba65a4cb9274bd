"""The one place where a claim's status changes: lines move, the claim follows, people and clock are set with it.

Every service of a claim locks its row first (``lock_claim``), moves lines (``move_line``) and ends in ``settle``,
which writes the status, who has it, the next step, the totals, the event that people see, and the messages.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from expenses import notifications
from expenses.enums import ClaimAction, ClaimStatus, ClockEvent, LineAction, LineStatus
from expenses.models import Claim, ClaimEvent, ClaimLine, RateCard, Receipt
from expenses.policies import responsibility, states
from expenses.services.hands import (
    deciders_to_pay,
    find_somebody,
    give_to,
    in_hand,
    next_step,
    turn_ends_on,
)
from expenses.services.receipts import free_receipts
from psp_portal.accounts.queries import directory
from psp_portal.accounts.roles import Directory
from psp_portal.audit.context import Actor, SystemActor
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.money import ZERO, total

PORTAL = SystemActor("expenses.settle")
# What settling asks of a payer: its rules, and who is there and who is away.
Payers = Callable[[UUID], tuple[RateCard, Directory]]
HOLD_FIELDS = ["held_since", "hold_due_on", "hold_asked_at", "hold_reminded_at"]
# A line in any other status is decided or given up: nothing of it is held any more.
HOLDABLE = frozenset({LineStatus.PENDING, LineStatus.RETURNED})


def lock_claim(claim_id: UUID) -> Claim:
    """Return the claim with its row locked until the transaction ends. Raises Claim.DoesNotExist."""
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related("partner", "claimant", "assignment", "payer", "organisation", "brought_in")
        .get(pk=claim_id)
    )


def lock_lines(claim: Claim) -> list[ClaimLine]:
    """Return the locked claim's lines in order, each knowing the claim itself."""
    receipts = Prefetch("receipts", Receipt.objects.filter(freed_at__isnull=True).order_by("added_at"))
    lines = list(claim.lines.order_by("position").prefetch_related(receipts))
    for line in lines:
        line.claim = claim
    return lines


def line_of(lines: Iterable[ClaimLine], line_id: UUID) -> ClaimLine:
    """Return one of a claim's lines. Raises RuleBroken when the claim has no such line any more."""
    for line in lines:
        if line.pk == line_id:
            return line
    raise RuleBroken("This line is no longer part of the claim.")


def write_event(
    claim: Claim,
    action: str,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    line: ClaimLine | None = None,
    from_status: str = "",
    to_status: str = "",
) -> ClaimEvent:
    """Write what happened to a claim, for its timeline."""
    event = _event(claim, action, by=by, at=at, note=note, line=line, moved=(from_status, to_status))
    event.save(force_insert=True)
    return event


def _event(
    claim: Claim,
    action: str,
    *,
    by: Actor,
    at: datetime,
    note: str,
    line: ClaimLine | None,
    moved: tuple[str, str],
) -> ClaimEvent:
    """Return an event, unsaved; ``moved`` are the statuses from which and to which."""
    return ClaimEvent(
        claim=claim,
        line=line,
        at=at,
        action=action,
        from_status=moved[0],
        to_status=moved[1],
        by_id=by.pk,
        by_name=by.get_full_name(),
        note=note,
    )


def move_line(
    line: ClaimLine,
    action: LineAction,
    to: LineStatus | None = None,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    fields: Iterable[str] = (),
) -> None:
    """Move a line by the table and save it with the other ``fields`` changed; an event tells of it.

    ``to`` is needed only where the table leaves a choice. Raises TransitionNotAllowed.
    """
    states.check_line(line.status, action)
    states.check_not_disputed(states.LINE_TRANSITIONS[action].actor, is_disputed=line.claim.arbiter_id is not None)
    targets = states.LINE_TRANSITIONS[action].targets
    target = to if to is not None else next(iter(targets))
    old, line.status = line.status, LineStatus(target)
    line.settled_at = at if line.status in states.FINAL_LINE_STATUSES else None
    if line.held_since and line.status not in HOLDABLE:
        end_hold(line)
        fields = [*fields, *HOLD_FIELDS]
    line.save(update_fields=list({"status", "settled_at", *fields}))
    write_event(line.claim, action, by=by, at=at, note=note, line=line, from_status=old, to_status=line.status)


def end_hold(line: ClaimLine) -> None:
    """Stop the clock of a line's hold; whoever calls saves ``HOLD_FIELDS``."""
    line.held_since = line.hold_due_on = line.hold_asked_at = line.hold_reminded_at = None


def settle(
    claim: Claim, lines: list[ClaimLine], action: ClaimAction, *, by: Actor, at: datetime, note: str = ""
) -> Claim:
    """Read the claim's status off its lines and write everything that follows from it.

    Raises TransitionNotAllowed when the table does not allow the move, and RuleBroken when nobody could take it.
    """
    payers = _payers(local_date(at))
    old, must_find = _follow_lines(claim, lines, action, payers, at=at)
    free_receipts(claim, lines, at=at)
    claim.save()
    write_event(claim, action, by=by, at=at, note=note, from_status=old, to_status=claim.status)
    if must_find:
        write_event(claim, ClockEvent.HAND_OVER, by=PORTAL, at=at, note=find_somebody(claim))
    to_pay = _who_can_pay(claim, lines, old, payers, at=at)
    notifications.claim_changed(claim, action, by=by, at=at, must_find=must_find, to_pay=to_pay)
    return claim


def _who_can_pay(
    claim: Claim, lines: list[ClaimLine], old: ClaimStatus, payers: Payers, *, at: datetime
) -> UUID | None:
    """Return who of finance must hear that there is something to pay; None when nothing of the claim became payable.

    Lines that are approved can be paid at once, whatever waits of the rest of their claim; and a claim whose rest was
    decided or withdrawn is finance's from then on.
    """
    is_decided_now = any(
        line.status == LineStatus.APPROVED and at in (line.decided_at, line.appeal_decided_at) for line in lines
    )
    comes_to_finance = claim.status == ClaimStatus.APPROVED and old not in responsibility.PAYING
    if not (is_decided_now or comes_to_finance):
        return None
    _card, people_there = payers(claim.payer_id)
    return responsibility.payer_for(in_hand(claim, deciders_to_pay(lines)), people_there)


def _payers(today: date) -> Payers:
    """Return a function that reads a payer's rules and people, once for each payer."""

    @cache
    def read(payer_id: UUID) -> tuple[RateCard, Directory]:
        return RateCard.objects.get(organisation_id=payer_id), directory(payer_id, today)

    return read


def _follow_lines(
    claim: Claim, lines: list[ClaimLine], action: ClaimAction, payers: Payers, *, at: datetime
) -> tuple[ClaimStatus, bool]:
    """Set on a claim, unsaved, what its lines make of it; return the status it had, and whether it has come to
    somebody who may not do the work, and must find who may."""
    old = ClaimStatus(claim.status)
    states.check_claim(old, action)
    states.check_not_disputed(states.CLAIM_TRANSITIONS[action].actor, is_disputed=claim.arbiter_id is not None)
    new = states.status_of_claim({line.status for line in lines})
    if new not in states.CLAIM_TRANSITIONS[action].targets:
        raise TransitionNotAllowed(f"This would leave the claim “{new.label.lower()}”, which this step cannot do.")
    claim.status = new
    if action == ClaimAction.SUBMIT:
        claim.budget_code = budget_code_of(claim)
    is_final = new in states.FINAL_STATUSES
    # What was paid some days ago ended the claim on that day.
    ended_at = max((line.settled_at for line in lines if line.settled_at), default=at) if is_final else at
    if claim.promised_on and new not in states.CLIMBING_STATUSES:
        end_promises(claim, ended_on=local_date(ended_at), at=at)
    set_totals(claim, lines)
    if is_final:
        close(claim, at=ended_at)
        return old, False
    claim.closed_at = None
    card, people_there = payers(claim.payer_id)
    # While it is open who pays, the claim stays with whoever decides that, until the day they were given.
    is_new_turn = claim.arbiter_id is None and (
        old != new or action in (ClaimAction.ANSWER, ClaimAction.RECORD_FAILURE, ClaimAction.RECORD_RETURN)
    )
    due_on = turn_ends_on(claim, lines, card, action, local_date(at)) if is_new_turn else claim.waiting_due_on
    hands = give_to(claim, lines, people_there, at=at, due_on=due_on, is_new_turn=is_new_turn)
    claim.next_step_at = next_step(claim, lines)
    return old, hands.must_find and hands.changed


def budget_code_of(claim: Claim) -> str:
    """Return the budget code with which a claim is sent: the one agreed for its assignment now.

    The codes are the payer's own: once another pays for the assignment, a claim of before keeps the code it began with.
    """
    if claim.assignment is None:
        return ""
    is_of_payer = claim.assignment.payer_id == claim.payer_id
    return claim.assignment.budget_code if is_of_payer or not claim.budget_code else claim.budget_code


# --- many at once: a payment run --------------------------------------------------------------
def lock_claims(claim_ids: Iterable[UUID]) -> list[Claim]:
    """Return claims with their rows locked, always in one order, so that two runs wait and do not deadlock."""
    return list(
        Claim.objects.select_for_update(of=("self",))
        .filter(pk__in=set(claim_ids))
        .select_related("partner", "claimant", "assignment", "payer", "organisation", "brought_in")
        .order_by("pk")
    )


def lines_of_claims(claims: Iterable[Claim]) -> dict[UUID, list[ClaimLine]]:
    """Return the lines of locked claims in order, by claim, each knowing the claim itself. One query."""
    found: dict[UUID, list[ClaimLine]] = {claim.pk: [] for claim in claims}
    by_id = {claim.pk: claim for claim in claims}
    for line in ClaimLine.objects.filter(claim_id__in=found).order_by("claim_id", "position"):
        line.claim = by_id[line.claim_id]
        found[line.claim_id].append(line)
    return found


def move_many(
    lines: Sequence[ClaimLine],
    action: LineAction,
    *,
    by: Actor,
    at: datetime,
    notes: Mapping[UUID, str],
    settled_at: datetime | None = None,
) -> None:
    """Move lines as ``move_line`` does, by an action with one target; ``notes`` are by line. Two writes.

    ``settled_at`` is when they came to their end, if that was before ``at``, which the events keep. Raises
    TransitionNotAllowed, and then none is moved.
    """
    (target,) = states.LINE_TRANSITIONS[action].targets
    for line in lines:
        states.check_line(line.status, action)
        states.check_not_disputed(states.LINE_TRANSITIONS[action].actor, is_disputed=line.claim.arbiter_id is not None)
    ended_at = (settled_at or at) if target in states.FINAL_LINE_STATUSES else None
    events = []
    for line in lines:
        old, line.status, line.settled_at = line.status, LineStatus(target), ended_at
        events.append(_event(line.claim, action, by=by, at=at, note=notes[line.pk], line=line, moved=(old, target)))
    ClaimLine.objects.filter(pk__in=[line.pk for line in lines]).update(status=target, settled_at=ended_at)
    ClaimEvent.objects.bulk_create(events)


def settle_many(
    claims: Sequence[Claim],
    lines_of: Mapping[UUID, list[ClaimLine]],
    action: ClaimAction,
    *,
    by: Actor,
    at: datetime,
    notes: Mapping[UUID, str],
) -> None:
    """Settle claims whose lines finance has moved, as ``settle`` does each; ``notes`` are by claim.

    Nothing that finance does to a line frees its receipts. Raises what ``settle`` raises, and then none is settled.
    """
    payers, events, changed = _payers(local_date(at)), [], set()
    for claim in claims:
        before = _columns(claim)
        old, _must_find = _follow_lines(claim, lines_of[claim.pk], action, payers, at=at)
        changed |= {name for name, value in _columns(claim).items() if value != before[name]}
        moved = (old, claim.status)
        events.append(_event(claim, action, by=by, at=at, note=notes[claim.pk], line=None, moved=moved))
    if changed:
        Claim.objects.bulk_update(claims, sorted(changed), batch_size=500)
    ClaimEvent.objects.bulk_create(events)
    notifications.claims_changed(claims, action, by=by, at=at)


def open_brought_in(claims: Iterable[Claim], lines_of: Mapping[UUID, list[ClaimLine]], *, at: datetime) -> None:
    """Put claims before whoever decides them: drafts from a trust's list, with their clocks set. Saves nothing."""
    payers = _payers(local_date(at))
    for claim in claims:
        _follow_lines(claim, lines_of[claim.pk], ClaimAction.SUBMIT, payers, at=at)


def _columns(claim: Claim) -> dict[str, Any]:
    """Return a claim's columns as they stand, by the name of their field."""
    return {column.name: getattr(claim, column.attname) for column in claim._meta.concrete_fields}


def set_totals(claim: Claim, lines: list[ClaimLine]) -> None:
    """Set the claim's sums from its lines; what was withdrawn or refused for good no longer counts as approved."""
    claim.asked = total(line.pay + line.held + line.disallowed for line in lines)
    claim.held = total(line.held for line in lines if line.status in (LineStatus.PENDING, LineStatus.RETURNED))
    claim.disallowed = total(line.disallowed for line in lines)
    claim.declined = total(line.declined for line in lines)
    approved = (LineStatus.APPROVED, LineStatus.IN_RUN, LineStatus.PAID)
    claim.approved = total(line.approved_amount or ZERO for line in lines if line.status in approved)
    claim.paid = total(line.approved_amount or ZERO for line in lines if line.status == LineStatus.PAID)
    claim.paid_at = max((line.settled_at for line in lines if line.status == LineStatus.PAID), default=None)


def close(claim: Claim, *, at: datetime) -> None:
    """Take the claim out of everybody's hands: it is at its end, and with it the question who pays."""
    if claim.arbiter_id:
        claim.disputes.filter(closed_at__isnull=True).update(closed_at=at)
        claim.arbiter_id = None
    claim.closed_at = at
    claim.responsible_id = claim.waiting_on_id = claim.waiting_due_on = claim.next_step_at = None


def end_promises(claim: Claim, *, ended_on: date, at: datetime) -> None:
    """Mark what was promised of a claim that climbs no longer since ``ended_on``: kept by its day, or missed.

    What its partner withdraws first is neither.
    """
    running = claim.escalations.filter(
        promised_on__isnull=False, promise_kept_at__isnull=True, promise_missed_at__isnull=True
    )
    running.filter(promised_on__lt=ended_on).update(promise_missed_at=at)
    if claim.status != ClaimStatus.WITHDRAWN:
        running.update(promise_kept_at=at)
    claim.promised_on = None


def turn_starts_anew(claim: Claim, lines: list[ClaimLine], card: RateCard, *, at: datetime) -> None:
    """Give a claim whose payer has been decided to that organisation's people, with the days that an answer gives."""
    due_on = turn_ends_on(claim, lines, card, ClaimAction.ANSWER, local_date(at))
    there = directory(claim.payer_id, local_date(at))
    if give_to(claim, lines, there, at=at, due_on=due_on, is_new_turn=True).must_find:
        write_event(claim, ClockEvent.HAND_OVER, by=PORTAL, at=at, note=find_somebody(claim))
