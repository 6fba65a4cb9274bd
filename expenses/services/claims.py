"""What a partner does with a claim: start it, fill it, send it, take it back, answer, appeal, withdraw."""

from collections.abc import Hashable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from committees.queries import assignments_visible_to
from expenses import notifications, permissions, queries
from expenses.enums import (
    Activity,
    ClaimAction,
    ClaimStatus,
    FareClass,
    LineAction,
    LineKind,
    LineStatus,
    Preference,
    Vehicle,
)
from expenses.models import Cap, Claim, ClaimLine, MileageRate, Receipt, TimeRate
from expenses.policies import card as cards
from expenses.policies import holding, states
from expenses.policies import lines as line_rules
from expenses.policies.pricing import price_claim
from expenses.services import receipts
from expenses.services.moving import (
    close,
    holidays_around,
    line_of,
    lock_claim,
    lock_lines,
    move_line,
    set_totals,
    settle,
    write_event,
)
from partners.queries import appointments_of
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import format_date, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

if TYPE_CHECKING:
    from committees.models import Attendance

ALREADY_STARTED = "You have already started or sent a claim for this meeting."


@dataclass(frozen=True)
class LineInput:
    """What a partner says of one line; which fields count depends on the kind. Money in pounds, miles to 0.1."""

    kind: LineKind
    date: date
    minutes: int | None = None
    activity: Activity | str = ""
    notice_hours: int | None = None
    vehicle: Vehicle | str = ""
    miles: Decimal | None = None
    passengers: int = 0
    from_place: str = ""
    to_place: str = ""
    amount: Decimal | None = None
    fare_class: FareClass | str = ""
    standard_fare: Decimal | None = None
    description: str = ""
    approval: str = ""
    no_receipt_reason: str = ""


# --- drafts -------------------------------------------------------------------------------
@audited("expenses.claim.start")
@transaction.atomic
def start_claim(
    *,
    partner_id: UUID,
    by: User,
    at: datetime,
    meeting_id: UUID | None = None,
    assignment_id: UUID | None = None,
) -> Claim:
    """Start a draft for one of ``by``'s appointments: from a meeting they attended, for an assignment, or blank.

    From a meeting it has the time and, where one is known, the usual journey. Raises RuleBroken when the appointment
    is not theirs, the meeting was not attended or is claimed already, or the payer has no rate card.
    """
    partner = appointments_of(by).filter(pk=partner_id).first()
    if partner is None:
        raise RuleBroken("This appointment is not yours.")
    attendance = assignment = None
    if meeting_id:
        attended = queries.meetings_to_claim(by, today=local_date(at))
        attendance = attended.filter(meeting_id=meeting_id, assignment__partner_id=partner_id).first()
        if attendance is None:
            raise RuleBroken(f"You can claim for meetings that you attended, once each. {ALREADY_STARTED}")
        assignment = attendance.assignment
    elif assignment_id:
        mine = assignments_visible_to(by, today=local_date(at))
        assignment = mine.filter(pk=assignment_id, partner_id=partner_id).first()
        if assignment is None:
            raise RuleBroken("This committee is not one of yours.", field="assignment")
    payer_id = assignment.payer_id if assignment else partner.organisation_id
    queries.rate_card_of(payer_id)
    try:
        with transaction.atomic():
            claim = Claim.objects.create(
                partner=partner,
                claimant=by,
                organisation=partner.organisation,
                payer_id=payer_id,
                assignment=assignment,
                meeting_id=meeting_id,
                created_at=at,
            )
    except IntegrityError:
        raise RuleBroken(ALREADY_STARTED) from None
    if attendance:
        _fill_from_meeting(claim, attendance)
        _reprice(claim, at=at)
    return claim


def _fill_from_meeting(claim: Claim, attendance: "Attendance") -> None:
    on = local_date(attendance.meeting.starts_at)
    _write_line(
        claim,
        LineInput(LineKind.INVOLVEMENT_PAYMENT, on, minutes=attendance.minutes, activity=Activity.MEETING),
    )
    journey = getattr(claim.partner, "usual_journey", None)
    if journey and attendance.meeting.place:
        _write_line(
            claim,
            LineInput(
                LineKind.MILEAGE,
                on,
                vehicle=Vehicle(journey.vehicle),
                miles=journey.miles,
                from_place=journey.from_place,
                to_place=journey.to_place,
            ),
        )


@audited("expenses.line.add")
@transaction.atomic
def add_line(*, claim_id: UUID, line: LineInput, by: User, at: datetime) -> ClaimLine:
    """Add a line to one's own draft and price the draft anew. Raises RuleBroken with the field that is wrong."""
    claim = _lock_draft(claim_id, by)
    _check_line(claim, line, at)
    added = _write_line(claim, line)
    _reprice(claim, at=at)
    added.refresh_from_db()
    return added


@audited("expenses.line.change")
@transaction.atomic
def change_line(*, claim_id: UUID, line_id: UUID, line: LineInput, by: User, at: datetime) -> ClaimLine:
    """Change a line of one's own draft and price the draft anew. Raises RuleBroken with the field that is wrong."""
    claim = _lock_draft(claim_id, by)
    _check_line(claim, line, at)
    changed = line_of(lock_lines(claim), line_id)
    for field, value in asdict(line).items():
        setattr(changed, field, value)
    changed.save(update_fields=list(asdict(line)))
    _reprice(claim, at=at)
    changed.refresh_from_db()
    return changed


@audited("expenses.line.remove")
@transaction.atomic
def remove_line(*, claim_id: UUID, line_id: UUID, by: User, at: datetime) -> None:
    """Take a line, and its receipts, out of one's own draft."""
    claim = _lock_draft(claim_id, by)
    line = line_of(lock_lines(claim), line_id)
    for receipt in line.receipts.all():
        receipts.detach(claim, receipt.pk)
    line.delete()
    _reprice(claim, at=at)


@audited("expenses.claim.set_preference")
@transaction.atomic
def set_preference(
    *, claim_id: UUID, preference: Preference, reduced_to: Decimal | None, by: User, at: datetime
) -> Claim:
    """Set how much of the payment for time the partner takes on this draft; expenses are never touched by it."""
    claim = _lock_draft(claim_id, by)
    if preference == Preference.REDUCED and reduced_to is None:
        raise RuleBroken("Enter the most you want to be paid for your time", field="reduced_to")
    claim.preference = preference
    claim.reduced_to = reduced_to if preference == Preference.REDUCED else None
    claim.save(update_fields=["preference", "reduced_to"])
    _reprice(claim, at=at)
    return claim


@audited("expenses.claim.discard")
@transaction.atomic
def discard_claim(*, claim_id: UUID, by: User, at: datetime) -> None:
    """Delete one's own draft. A claim that has been sent is withdrawn instead, and kept."""
    claim = _lock_draft(claim_id, by)
    for line in lock_lines(claim):
        for receipt in line.receipts.all():
            receipts.detach(claim, receipt.pk)
    claim.delete()


@audited("expenses.receipt.add")
@transaction.atomic
def add_receipt(*, claim_id: UUID, line_id: UUID, upload: IO[bytes], by: User, at: datetime) -> Receipt:
    """Add a photo or PDF to a line of one's own draft. Raises RuleBroken (field ``receipt``) when it is not taken."""
    claim = _lock_draft(claim_id, by)
    receipt = receipts.attach(line_of(lock_lines(claim), line_id), upload, by=by, at=at)
    _reprice(claim, at=at)
    return receipt


@audited("expenses.receipt.remove")
@transaction.atomic
def remove_receipt(*, claim_id: UUID, receipt_id: UUID, by: User, at: datetime) -> None:
    """Take a receipt off a line of one's own draft, and delete its file. One that is gone already is no error."""
    claim = _lock_draft(claim_id, by)
    receipts.detach(claim, receipt_id)
    _reprice(claim, at=at)


def _lock_draft(claim_id: UUID, by: User) -> Claim:
    claim = lock_claim(claim_id)
    permissions.check_can_change_draft(by, claim)
    if claim.status != ClaimStatus.DRAFT:
        raise TransitionNotAllowed("You have sent this claim. To change it, take it back first.")
    return claim


def _check_line(claim: Claim, line: LineInput, at: datetime) -> None:
    line_rules.check_line_date(
        line.date,
        today=local_date(at),
        starts_on=claim.partner.starts_on,
        ends_on=claim.partner.left_on or claim.partner.term_ends_on,
    )
    line_rules.check_line_figures(
        line.kind, minutes=line.minutes, miles=line.miles, amount=line.amount, passengers=line.passengers,
        standard_fare=line.standard_fare, is_first_class=line.fare_class == FareClass.FIRST,
    )  # fmt: skip


def _write_line(claim: Claim, line: LineInput) -> ClaimLine:
    last = claim.lines.aggregate(last=Max("position"))["last"] or 0
    return ClaimLine.objects.create(claim=claim, claimant_id=claim.claimant_id, position=last + 1, **asdict(line))


def _reprice(claim: Claim, *, at: datetime) -> cards.PricedClaim:
    """Price the claim as if it were sent now, and keep on each line what it would pay and why."""
    lines = lock_lines(claim)
    card = queries.as_values(queries.rate_card_of(claim.payer_id))
    today = local_date(at)
    priced = price_claim(queries.claim_to_price(claim, lines, card, today), card, holidays_around(today))
    by_key = {row.key: row for row in priced.lines}
    for line in lines:
        row = by_key[line.pk]
        line.pay, line.held, line.disallowed, line.declined = row.pay, row.held, row.disallowed, row.declined
        line.problems, line.rule = list(row.problems), row.rule
    ClaimLine.objects.bulk_update(lines, ["pay", "held", "disallowed", "declined", "problems", "rule"])
    set_totals(claim, lines)
    claim.above_hmrc_mileage = priced.above_hmrc_mileage
    claim.save(update_fields=["asked", "held", "disallowed", "declined", "approved", "paid", "above_hmrc_mileage"])
    return priced


# --- sending ------------------------------------------------------------------------------
@audited("expenses.claim.submit")
@transaction.atomic
def submit_claim(*, claim_id: UUID, by: User, at: datetime) -> Claim:
    """Send one's own draft: its prices are fixed, its clock starts, and somebody is responsible from this moment.

    Raises RuleBroken for a claim with no lines or a line that cannot stand, TransitionNotAllowed for one sent already.
    """
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.SUBMIT, today=local_date(at))
    if claim.status != ClaimStatus.DRAFT:
        raise TransitionNotAllowed("You have already sent this claim.")
    lines = lock_lines(claim)
    if not lines:
        raise RuleBroken("Add at least one thing to claim for.")
    for line in lines:
        _check_line(claim, _as_input(line), at)
    priced = _reprice(claim, at=at)
    _mark_rows_used(priced, lines, at=at)
    claim.submitted_at = at
    claim.decision_due_on = priced.clock.decision_due
    claim.payment_due_on = priced.clock.payment_due
    claim.ladder = list(priced.clock.steps)
    claim.steps_written = 0
    return settle(claim, lock_lines(claim), ClaimAction.SUBMIT, by=by, at=at)


def _as_input(line: ClaimLine) -> LineInput:
    return replace(
        LineInput(LineKind(line.kind), line.date),
        **{field: getattr(line, field) for field in LineInput.__dataclass_fields__ if field not in ("kind", "date")},
    )


def _mark_rows_used(priced: cards.PricedClaim, lines: list[ClaimLine], *, at: datetime) -> None:
    """Mark the rate card's rows that set these prices: from now on they cannot change."""
    on: dict[Hashable, date] = {line.pk: line.date for line in lines}
    used: dict[Hashable, date] = {}
    for row in priced.lines:
        if row.row is not None:
            used[row.row] = max(used.get(row.row, on[row.key]), on[row.key])
    for model in (TimeRate, MileageRate, Cap):
        for rate in model.objects.select_for_update().filter(pk__in=list(used)).order_by("pk"):
            rate.used_at = rate.used_at or at
            rate.last_used_on = max(rate.last_used_on or used[rate.pk], used[rate.pk])
            rate.save(update_fields=["used_at", "last_used_on"])


@audited("expenses.claim.recall")
@transaction.atomic
def recall_claim(*, claim_id: UUID, by: User, at: datetime) -> Claim:
    """Take one's own claim back to change it, until a line of it is decided. Sent again, its clock starts anew."""
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.RECALL, today=local_date(at))
    lines = lock_lines(claim)
    if claim.status == ClaimStatus.SUBMITTED and any(line.decided_at for line in lines):
        raise TransitionNotAllowed("Part of this claim has been decided, so you cannot take it back.")
    if claim.escalations.exists():
        raise TransitionNotAllowed(
            "This claim is overdue and its steps have begun, so you cannot take it back. You can withdraw it instead."
        )
    states.check_claim(claim.status, ClaimAction.RECALL)
    old, claim.status = claim.status, ClaimStatus.DRAFT
    close(claim, at=at)
    # A draft has no clock: what was counted from its sending goes.
    claim.closed_at = claim.submitted_at = claim.decision_due_on = claim.payment_due_on = claim.waiting_since = None
    claim.ladder = []
    claim.save()
    write_event(claim, ClaimAction.RECALL, by=by, at=at, from_status=old, to_status=claim.status)
    notifications.claim_changed(claim, ClaimAction.RECALL, by=by, at=at)
    return claim


@audited("expenses.claim.withdraw")
@transaction.atomic
def withdraw_claim(*, claim_id: UUID, by: User, at: datetime, reason: str = "") -> Claim:
    """Withdraw what has not been agreed of one's own claim; lines that are approved or paid go on."""
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.WITHDRAW, today=local_date(at))
    if claim.status == ClaimStatus.DRAFT:
        raise TransitionNotAllowed("You have not sent this claim. Delete the draft instead.")
    lines = lock_lines(claim)
    open_lines = [line for line in lines if line.status in states.LINE_TRANSITIONS[LineAction.WITHDRAW].sources]
    if not open_lines:
        raise TransitionNotAllowed("Everything on this claim has been agreed, so there is nothing to withdraw.")
    for line in open_lines:
        move_line(line, LineAction.WITHDRAW, by=by, at=at, note=reason)
    receipts.free_receipts(open_lines, at=at)
    return settle(claim, lines, ClaimAction.WITHDRAW, by=by, at=at, note=reason)


# --- answering back -----------------------------------------------------------------------
@audited("expenses.line.answer")
@transaction.atomic
def answer_question(
    *, claim_id: UUID, line_id: UUID, answer: str, by: User, at: datetime, upload: IO[bytes] | None = None
) -> Claim:
    """Answer an approver's question on a line, with a receipt where one was missing: the line waits on them again."""
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.ANSWER, today=local_date(at))
    line = line_of(lock_lines(claim), line_id)
    states.check_line(line.status, LineAction.ANSWER)
    if upload is not None:
        receipts.attach(line, upload, by=by, at=at)
        freed = holding.with_receipt(line.problems, held=line.held, pay=line.pay)
        line.problems, line.pay, line.held = list(freed.problems), freed.pay, freed.held
    line.answer = answer
    move_line(line, LineAction.ANSWER, by=by, at=at, note=answer, fields=["answer", "problems", "pay", "held"])
    return settle(claim, lock_lines(claim), ClaimAction.ANSWER, by=by, at=at)


@audited("expenses.line.appeal")
@transaction.atomic
def appeal_line(*, claim_id: UUID, line_id: UUID, reason: str, by: User, at: datetime) -> Claim:
    """Appeal against a refusal while that is open: a second person decides. Raises RuleBroken when it is too late."""
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.APPEAL, today=local_date(at))
    lines = lock_lines(claim)
    line = line_of(lines, line_id)
    if line.status == LineStatus.NOT_APPROVED and line.appeal_until < local_date(at):
        raise RuleBroken(f"You could appeal until {format_date(line.appeal_until)}. Talk to your lead about it.")
    line.appeal_reason = reason
    move_line(line, LineAction.APPEAL, by=by, at=at, note=reason, fields=["appeal_reason"])
    return settle(claim, lines, ClaimAction.APPEAL, by=by, at=at)
