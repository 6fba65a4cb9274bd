"""In whose hands a claim is, until when, and when the clock takes it up. Sets what it is given; saves nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from expenses.enums import ClaimAction, ClaimStatus, LineStatus, StepKind
from expenses.models import Claim, ClaimLine, RateCard
from expenses.policies import escalation, responsibility, states
from psp_portal.accounts.roles import Directory
from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import add_working_days, start_of_day
from psp_portal.exceptions import RuleBroken

NOBODY = (
    "Nobody at the organisation that pays can take this claim: it has no active staff in the portal. "
    "Contact your lead by telephone."
)


def holidays_around(today: date) -> frozenset[date]:
    """Return England's bank holidays of this year and the next, within which every deadline of a claim falls."""
    return bank_holidays((today.year, today.year + 1))


@dataclass(frozen=True)
class Hands:
    """What came of giving a claim to whoever should have it."""

    # Somebody else must act now than before.
    acts: bool
    # Somebody else answers for it now than before, who is not the one who must act now.
    answers: bool
    # Nobody is there who may do the work itself.
    must_find: bool

    @property
    def changed(self) -> bool:
        """Say whether anybody else has it now in any way."""
        return self.acts or self.answers


def give_to(
    claim: Claim,
    lines: Iterable[ClaimLine],
    people_there: Directory,
    *,
    at: datetime,
    due_on: date,
    is_new_turn: bool,
) -> Hands:
    """Put the claim into the hands it belongs in. Raises RuleBroken for no hands."""
    people = responsibility.people_for(in_hand(claim, deciders_of(lines)), people_there)
    if people is None:
        raise RuleBroken(NOBODY)
    acts = claim.waiting_on_id != people.waiting_on
    answers = claim.responsible_id != people.responsible and not (acts and people.responsible == people.waiting_on)
    if is_new_turn or acts:
        claim.waiting_since = at
    claim.responsible_id, claim.waiting_on_id, claim.waiting_due_on = people.responsible, people.waiting_on, due_on
    return Hands(acts, answers, people.must_find)


def find_somebody(claim: Claim) -> str:
    """Return that nobody who may do what comes next is there, and who must find somebody, for the timeline."""
    work = {
        ClaimStatus.APPEALED: "may decide this appeal, because nobody decides the same line twice",
        ClaimStatus.APPROVED: "may pay this claim",
        ClaimStatus.IN_RUN: "may pay this claim",
    }.get(ClaimStatus(claim.status), "may decide this claim")
    return f"Nobody at {claim.payer.name} who {work} is here. {claim.waiting_on.get_full_name()} must find somebody"


def in_hand(claim: Claim, deciders: Iterable[UUID]) -> responsibility.ClaimInHand:
    """Return what of a claim decides who has it; its assignment, and the list it came with, must be loaded."""
    written = claim.steps_written
    return responsibility.ClaimInHand(
        status=ClaimStatus(claim.status),
        claimant=claim.claimant_id,
        budget_holder=claim.assignment.budget_holder_id if claim.assignment else None,
        deputy=claim.assignment.deputy_id if claim.assignment else None,
        deciders=frozenset(deciders),
        last_step=StepKind(escalation.step(claim.ladder, written).kind) if written else None,
        arbiter=claim.arbiter_id,
        helpers=frozenset(filter(None, [claim.prepared_by_id, claim.brought_in.by_id if claim.brought_in else None])),
    )


def deciders_of(lines: Iterable[ClaimLine]) -> set[UUID]:
    """Return who may not do what comes next: who handled lines that are appealed, else who decided what is unpaid."""
    lines = list(lines)
    appealed = [line for line in lines if line.status == LineStatus.APPEALED]
    if appealed:
        return {person for line in appealed for person in handlers_of(line)}
    return deciders_to_pay(lines)


def deciders_to_pay(lines: Iterable[ClaimLine]) -> set[UUID]:
    """Return who decided what is unpaid: they do not pay it."""
    return {
        decider
        for line in lines
        if line.status not in states.FINAL_LINE_STATUSES
        for decider in (line.decided_by_id, line.appeal_decided_by_id)
        if decider
    }


def handlers_of(line: ClaimLine) -> set[UUID]:
    """Return everybody who has decided a line or returned it with a question."""
    return {*line.handled_by, *([line.decided_by_id] if line.decided_by_id else [])}


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
        return escalation.next_step_at(claim.ladder, claim.steps_written, claim.promised_on)
    until = min(line.appeal_until for line in lines if line.status == LineStatus.NOT_APPROVED)
    return start_of_day(until + timedelta(days=1))
