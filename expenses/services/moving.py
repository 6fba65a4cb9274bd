"""The one place where a claim's status changes: lines move, the claim follows, people and clock are set with it.

Every service of a claim locks its row first (``lock_claim``), moves lines (``move_line``) and ends in ``settle``,
which writes the status, who has it, the next step, the totals, the event that people see, and the messages.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch

from expenses import notifications
from expenses.enums import ClaimAction, ClaimStatus, LineAction, LineStatus, StepKind
from expenses.models import Claim, ClaimEvent, ClaimLine, RateCard, Receipt
from expenses.policies import escalation, responsibility, states
from psp_portal.accounts.queries import directory
from psp_portal.accounts.roles import Directory
from psp_portal.audit.context import Actor
from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import add_working_days, local_date, start_of_day
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.money import ZERO, total

NOBODY = (
    "Nobody at the organisation that pays can take this claim: it has no active staff in the portal. "
    "Contact your lead by telephone."
)


def lock_claim(claim_id: UUID) -> Claim:
    """Return the claim with its row locked until the transaction ends. Raises Claim.DoesNotExist."""
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related("partner", "claimant", "assignment", "payer", "organisation")
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
    return ClaimEvent.objects.create(
        claim=claim,
        line=line,
        at=at,
        action=action,
        from_status=from_status,
        to_status=to_status,
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
    targets = states.LINE_TRANSITIONS[action].targets
    target = to if to is not None else next(iter(targets))
    old, line.status = line.status, LineStatus(target)
    line.save(update_fields=["status", *fields])
    write_event(line.claim, action, by=by, at=at, note=note, line=line, from_status=old, to_status=line.status)


def holidays_around(today: date) -> frozenset[date]:
    """Return England's bank holidays of this year and the next, within which every deadline of a claim falls."""
    return bank_holidays((today.year, today.year + 1))


def settle(
    claim: Claim, lines: list[ClaimLine], action: ClaimAction, *, by: Actor, at: datetime, note: str = ""
) -> Claim:
    """Read the claim's status off its lines and write everything that follows from it.

    Raises TransitionNotAllowed when the table does not allow the move, and RuleBroken when nobody could take it.
    """
    old = ClaimStatus(claim.status)
    states.check_claim(old, action)
    new = states.status_of_claim({line.status for line in lines})
    if new not in states.CLAIM_TRANSITIONS[action].targets:
        raise TransitionNotAllowed(f"This would leave the claim “{new.label.lower()}”, which this step cannot do.")
    claim.status = new
    set_totals(claim, lines)
    if new in states.FINAL_STATUSES:
        close(claim, at=at)
    else:
        card = RateCard.objects.get(organisation_id=claim.payer_id)
        is_new_turn = old != new or action in (ClaimAction.ANSWER, ClaimAction.RECORD_FAILURE)
        due_on = turn_ends_on(claim, lines, card, action, local_date(at)) if is_new_turn else claim.waiting_due_on
        give_to(claim, lines, directory(claim.payer_id, local_date(at)), at=at, due_on=due_on, is_new_turn=is_new_turn)
        claim.next_step_at = next_step(claim, lines)
    claim.save()
    write_event(claim, action, by=by, at=at, note=note, from_status=old, to_status=new)
    notifications.claim_changed(claim, action, by=by, at=at)
    return claim


def set_totals(claim: Claim, lines: list[ClaimLine]) -> None:
    """Set the claim's sums from its lines; what was withdrawn or refused for good no longer counts as approved."""
    claim.asked = total(line.pay + line.held + line.disallowed for line in lines)
    claim.held = total(line.held for line in lines if line.status in (LineStatus.PENDING, LineStatus.RETURNED))
    claim.disallowed = total(line.disallowed for line in lines)
    claim.declined = total(line.declined for line in lines)
    approved = (LineStatus.APPROVED, LineStatus.IN_RUN, LineStatus.PAID)
    claim.approved = total(line.approved_amount or ZERO for line in lines if line.status in approved)
    claim.paid = total(line.approved_amount or ZERO for line in lines if line.status == LineStatus.PAID)


def close(claim: Claim, *, at: datetime) -> None:
    """Take the claim out of everybody's hands: it is at its end."""
    claim.closed_at = at
    claim.responsible_id = claim.waiting_on_id = claim.waiting_due_on = claim.next_step_at = None


def turn_ends_on(claim: Claim, lines: list[ClaimLine], card: RateCard, action: ClaimAction, today: date) -> date:
    """Return the day by which whoever has the claim after ``action`` must have acted."""
    holidays = holidays_around(today)
    match claim.status:
        case ClaimStatus.SUBMITTED if action == ClaimAction.SUBMIT:
            return claim.decision_due_on
        case ClaimStatus.SUBMITTED:
            # What comes back to an approver gives them a few days, and takes none from those they had.
            return max(claim.decision_due_on, add_working_days(today, card.reply_working_days, holidays))
        case ClaimStatus.APPEALED:
            return add_working_days(today, card.decision_working_days, holidays)
        case ClaimStatus.RETURNED:
            return add_working_days(today, card.reply_working_days, holidays)
        case ClaimStatus.NOT_APPROVED:
            return max(line.appeal_until for line in lines if line.status == LineStatus.NOT_APPROVED)
        case _:
            return claim.payment_due_on


def next_step(claim: Claim, lines: list[ClaimLine]) -> datetime:
    """Return when the clock next acts on an open claim: a step of the ladder, or a refusal becoming final."""
    if claim.status in states.CLIMBING_STATUSES:
        return escalation.next_step_at(claim.ladder, claim.steps_written)
    until = min(line.appeal_until for line in lines if line.status == LineStatus.NOT_APPROVED)
    return start_of_day(until + timedelta(days=1))


def in_hand(claim: Claim, deciders: Iterable[UUID]) -> responsibility.ClaimInHand:
    """Return what of a claim decides who has it; its assignment must be loaded."""
    written = claim.steps_written
    return responsibility.ClaimInHand(
        status=ClaimStatus(claim.status),
        claimant=claim.claimant_id,
        budget_holder=claim.assignment.budget_holder_id if claim.assignment else None,
        deputy=claim.assignment.deputy_id if claim.assignment else None,
        deciders=frozenset(deciders),
        last_step=StepKind(escalation.step(claim.ladder, written).kind) if written else None,
    )


def deciders_of(lines: Iterable[ClaimLine]) -> set[UUID]:
    """Return who has decided lines that are still to be paid or appealed."""
    return {
        decider
        for line in lines
        if line.status not in states.FINAL_LINE_STATUSES
        for decider in (line.decided_by_id, line.appeal_decided_by_id)
        if decider
    }


def give_to(
    claim: Claim,
    lines: Iterable[ClaimLine],
    people_there: Directory,
    *,
    at: datetime,
    due_on: date,
    is_new_turn: bool,
) -> bool:
    """Put the claim into the hands it belongs in; return whether they changed. Raises RuleBroken for no hands."""
    people = responsibility.people_for(in_hand(claim, deciders_of(lines)), people_there)
    if people is None:
        raise RuleBroken(NOBODY)
    changed = (claim.responsible_id, claim.waiting_on_id) != (people.responsible, people.waiting_on)
    if is_new_turn or claim.waiting_on_id != people.waiting_on:
        claim.waiting_since = at
    claim.responsible_id, claim.waiting_on_id, claim.waiting_due_on = people.responsible, people.waiting_on, due_on
    return changed
