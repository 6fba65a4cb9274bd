"""What a partner does with a draft: start it, fill it, add receipts, throw it away. It is priced at every change."""

from collections.abc import Iterable
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
    Problem,
    Vehicle,
)
from expenses.models import Claim, ClaimLine, Receipt
from expenses.policies import card as cards
from expenses.policies import lines as line_rules
from expenses.policies import states
from expenses.policies.limits import rests_on_a_word
from expenses.policies.pricing import price_claim
from expenses.services import receipts
from expenses.services.duplicates import look_for_duplicates
from expenses.services.hands import holidays_around
from expenses.services.moving import close, line_of, lock_claim, lock_lines, move_line, set_totals, write_event
from partners.queries import appointments_of
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.money import ZERO

if TYPE_CHECKING:
    from committees.models import Assignment, Attendance
    from partners.models import Partner

# What pricing a draft sets of each line.
PRICED = ["pay", "held", "disallowed", "declined", "problems", "rule", "prior_approval", "standing_approval"]
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
    is_trust_booked: bool = False


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

    A helper starts one for the partner who has named them, whose claim it is. From a meeting it has the time and, where
    one is known, the usual journey. Raises RuleBroken when the appointment is not theirs, the meeting was not attended
    or is claimed already, or the payer has no rate card.
    """
    helped = queries.helping(by, today=local_date(at)).select_related("partner__user").filter(partner_id=partner_id)
    person = next((helper.partner.user for helper in helped), by)
    partner = appointments_of(person).filter(pk=partner_id).first()
    if partner is None:
        raise RuleBroken("This appointment is not yours.")
    attendance = assignment = None
    if meeting_id:
        attended = queries.meetings_to_claim(person, today=local_date(at))
        attendance = attended.filter(meeting_id=meeting_id, assignment__partner_id=partner_id).first()
        if attendance is None:
            raise RuleBroken(f"You can claim for meetings that you attended, once each. {ALREADY_STARTED}")
        assignment = attendance.assignment
    elif assignment_id:
        mine = assignments_visible_to(person, today=local_date(at))
        assignment = mine.filter(pk=assignment_id, partner_id=partner_id).first()
        if assignment is None:
            raise RuleBroken("This committee is not one of yours.", field="assignment")
    claim = create_draft(partner, assignment, meeting_id, by=by, at=at)
    if attendance:
        _fill_from_meeting(claim, attendance)
        reprice(claim, at=at)
    return claim


def create_draft(
    partner: "Partner", assignment: "Assignment | None", meeting_id: UUID | None, *, by: User, at: datetime
) -> Claim:
    """Write an empty draft. Raises RuleBroken for a payer without a rate card, and for a meeting claimed already."""
    payer_id = assignment.payer_id if assignment else partner.organisation_id
    queries.rate_card_of(payer_id)
    try:
        with transaction.atomic():
            return Claim.objects.create(
                partner=partner,
                claimant=partner.user,
                prepared_by=None if by == partner.user else by,
                organisation=partner.organisation,
                payer_id=payer_id,
                assignment=assignment,
                budget_code=assignment.budget_code if assignment else "",
                meeting_id=meeting_id,
                created_at=at,
            )
    except IntegrityError:
        raise RuleBroken(ALREADY_STARTED) from None


def _fill_from_meeting(claim: Claim, attendance: "Attendance") -> None:
    on = local_date(attendance.meeting.starts_at)
    write_line(
        claim,
        LineInput(LineKind.INVOLVEMENT_PAYMENT, on, minutes=attendance.minutes, activity=Activity.MEETING),
    )
    journey = getattr(claim.partner, "usual_journey", None)
    if journey and attendance.meeting.place:
        write_line(
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
    claim = _lock_to_prepare(claim_id, by, at)
    check_line(claim, line, at)
    added = write_line(claim, line)
    reprice(claim, at=at)
    added.refresh_from_db()
    return added


@audited("expenses.line.change")
@transaction.atomic
def change_line(*, claim_id: UUID, line_id: UUID, line: LineInput, by: User, at: datetime) -> ClaimLine:
    """Change a line of one's own draft and price the draft anew. Raises RuleBroken with the field that is wrong."""
    claim = _lock_to_prepare(claim_id, by, at)
    check_line(claim, line, at)
    changed = line_of(draft_lines(claim), line_id)
    if changed.training:
        # What is recorded of a training is the lead's word: its line says no more.
        line_rules.check_training_time(
            line.date, line.minutes, recorded_on=changed.training.done_on, recorded_minutes=changed.training.minutes
        )
        line = replace(line, description=changed.description)
    # What the organisation booked pays nothing, which the database holds: the old price goes before the new one comes.
    unpriced = dict.fromkeys(["pay", "held", "disallowed", "declined"], ZERO)
    said = asdict(line) | unpriced
    for field, value in said.items():
        setattr(changed, field, value)
    changed.save(update_fields=list(said))
    reprice(claim, at=at)
    changed.refresh_from_db()
    return changed


@audited("expenses.line.remove")
@transaction.atomic
def remove_line(*, claim_id: UUID, line_id: UUID, by: User, at: datetime) -> None:
    """Take a line, and the receipts that prove nothing else, out of one's own draft.

    What was sent once and taken back stays on record: the line is withdrawn.
    """
    claim = _lock_to_prepare(claim_id, by, at)
    line = line_of(draft_lines(claim), line_id)
    for receipt in line.receipts.all():
        receipts.take_off(line, receipt.pk)
    if claim.timeline.exists():
        _give_up(line, by=by, at=at)
    else:
        line.delete()
    reprice(claim, at=at)


def _give_up(line: ClaimLine, *, by: User, at: datetime) -> None:
    """Withdraw a line of a draft that was sent once: whoever has read it finds it again, with nothing to pay."""
    line.likely_duplicates.all().delete()
    line.pay = line.held = line.disallowed = line.declined = ZERO
    line.problems, line.rule = [], ""
    line.prior_approval_id = line.standing_approval_id = None
    move_line(line, LineAction.WITHDRAW, by=by, at=at, fields=PRICED)


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
    reprice(claim, at=at)
    return claim


@audited("expenses.claim.discard")
@transaction.atomic
def discard_claim(*, claim_id: UUID, by: User, at: datetime) -> None:
    """Delete one's own draft, or withdraw one that was sent once and taken back: what happened to it is kept.

    Either way its meeting can be claimed for again.
    """
    claim = _lock_draft(claim_id, by)
    for receipt in claim.receipts.all():
        receipts.delete(receipt)
    if not claim.timeline.exists():
        claim.delete()
        return
    for line in draft_lines(claim):
        _give_up(line, by=by, at=at)
    states.check_claim(claim.status, ClaimAction.GIVE_UP)
    claim.status = ClaimStatus.WITHDRAWN
    set_totals(claim, lock_lines(claim))
    close(claim, at=at)
    claim.save()
    write_event(
        claim, ClaimAction.GIVE_UP, by=by, at=at, from_status=ClaimStatus.DRAFT, to_status=ClaimStatus.WITHDRAWN
    )


@audited("expenses.receipt.add")
@transaction.atomic
def add_receipt(*, claim_id: UUID, line_id: UUID, upload: IO[bytes], by: User, at: datetime) -> Receipt:
    """Add a photo or PDF to a line of one's own draft. Raises RuleBroken (field ``receipt``) when it is not taken."""
    _check_can_prepare(Claim.objects.get(pk=claim_id), by, at)
    document = receipts.store(claim_id, upload, by=by, at=at)
    claim = _lock_to_prepare(claim_id, by, at)
    receipt = receipts.attach(line_of(draft_lines(claim), line_id), document, at=at)
    reprice(claim, at=at)
    return receipt


@audited("expenses.receipt.use")
@transaction.atomic
def use_receipts(*, claim_id: UUID, line_id: UUID, receipt_ids: Iterable[UUID], by: User, at: datetime) -> ClaimLine:
    """Let receipts that are on a draft already prove one more of its lines. Raises RuleBroken (``receipts``)."""
    claim = _lock_to_prepare(claim_id, by, at)
    line = line_of(draft_lines(claim), line_id)
    receipts.use(line, receipt_ids)
    reprice(claim, at=at)
    line.refresh_from_db()
    return line


@audited("expenses.receipt.remove")
@transaction.atomic
def remove_receipt(*, claim_id: UUID, line_id: UUID, receipt_id: UUID, by: User, at: datetime) -> None:
    """Take a receipt off a line of one's own draft; it stays on the others it proves. One that is gone is no error."""
    claim = _lock_to_prepare(claim_id, by, at)
    receipts.take_off(line_of(draft_lines(claim), line_id), receipt_id)
    reprice(claim, at=at)


def draft_lines(claim: Claim) -> list[ClaimLine]:
    """Return the lines that a locked draft asks for: not those that were given up after it had been sent once."""
    return [line for line in lock_lines(claim) if line.status == LineStatus.PENDING]


def _lock_draft(claim_id: UUID, by: User) -> Claim:
    """Return one's own draft, locked."""
    claim = lock_claim(claim_id)
    permissions.check_can_change_draft(by, claim)
    _check_is_draft(claim)
    return claim


def _lock_to_prepare(claim_id: UUID, by: User, at: datetime) -> Claim:
    """Return one's own draft, or one that its partner lets one prepare, locked; the claim keeps who prepared it."""
    claim = lock_claim(claim_id)
    _check_can_prepare(claim, by, at)
    if by.pk not in (claim.claimant_id, claim.prepared_by_id):
        claim.prepared_by = by
        claim.save(update_fields=["prepared_by"])
    return claim


def _check_can_prepare(claim: Claim, by: User, at: datetime) -> None:
    permissions.check_can_prepare_draft(by, claim, today=local_date(at))
    _check_is_draft(claim)


def _check_is_draft(claim: Claim) -> None:
    if claim.status != ClaimStatus.DRAFT:
        raise TransitionNotAllowed("You have sent this claim. To change it, take it back first.")


def check_line(claim: Claim, line: LineInput, at: datetime) -> None:
    """Raise RuleBroken, naming the field, unless a line can stand on the claim today."""
    line_rules.check_line_date(
        line.date,
        today=local_date(at),
        starts_on=claim.partner.starts_on,
        ends_on=claim.partner.left_on or claim.partner.term_ends_on,
    )
    if line.kind == LineKind.CANCELLED_MEETING and claim.meeting_id:
        cancelled = queries.cancellation_of(claim.claimant, claim.meeting_id, today=local_date(at))
        if cancelled:
            line_rules.check_notice(line.notice_hours, recorded=cancelled.cancelled.notice_hours)
    line_rules.check_line_figures(
        line.kind, minutes=line.minutes, miles=line.miles, amount=line.amount, passengers=line.passengers,
        standard_fare=line.standard_fare, is_first_class=line.fare_class == FareClass.FIRST,
        is_trust_booked=line.is_trust_booked,
    )  # fmt: skip


def write_line(claim: Claim, line: LineInput) -> ClaimLine:
    last = claim.lines.aggregate(last=Max("position"))["last"] or 0
    return ClaimLine.objects.create(claim=claim, claimant_id=claim.claimant_id, position=last + 1, **asdict(line))


def reprice(claim: Claim, *, at: datetime) -> cards.PricedClaim:
    """Price the claim as if it were sent now, to whoever pays now; keep on each line what it would pay and why.

    Raises TransitionNotAllowed for a claim whose prices are set: no rate card said them.
    """
    if claim.has_set_prices:
        raise TransitionNotAllowed("The amounts of this claim are set. The rate card cannot change them.")
    if _follow_payer(claim):
        notifications.payer_changed(claim, at=at)
    lines = draft_lines(claim)
    rates = queries.rate_card_of(claim.payer_id)
    card = queries.as_values(rates)
    today = local_date(at)
    to_price = queries.claim_to_price(claim, lines, card, today)
    priced = price_claim(to_price, card, holidays_around(today))
    flagged = look_for_duplicates(claim, lines, rates, at=at)
    for line, asked, row in zip(lines, to_price.lines, priced.lines, strict=True):
        line.pay, line.held, line.disallowed, line.declined = row.pay, row.held, row.disallowed, row.declined
        line.problems, line.rule = list(row.problems), row.rule
        if line.pk in flagged:
            line.problems.append(Problem.LIKELY_DUPLICATE)
        if rests_on_a_word(asked, card):
            line.problems.append(Problem.AGREED_ELSEWHERE)
        _set_agreement(line, asked.agreement)
    ClaimLine.objects.bulk_update(lines, PRICED)
    set_totals(claim, lines)
    claim.above_hmrc_mileage = priced.above_hmrc_mileage
    claim.save(
        update_fields=["payer", "asked", "held", "disallowed", "declined", "approved", "paid", "above_hmrc_mileage"]
    )
    return priced


def _follow_payer(claim: Claim) -> bool:
    """Let the draft be paid by whoever pays for its assignment now; say whether that is another organisation.

    One whose payer was decided when two disagreed keeps it.
    """
    payer_id = claim.assignment.payer_id if claim.assignment else claim.partner.organisation_id
    if payer_id == claim.payer_id or claim.disputes.exists():
        return False
    claim.payer_id = payer_id
    receipts.move_receipts(claim)
    return True


@audited("expenses.claim.renew")
@transaction.atomic
def renew_draft(*, claim_id: UUID, by: User, at: datetime) -> None:
    """Price one's own draft by today's rates, agreements and payer, and keep that. One that was sent stays as it is."""
    claim = lock_claim(claim_id)
    permissions.check_can_change_draft(by, claim)
    if claim.status == ClaimStatus.DRAFT:
        reprice(claim, at=at)


def _set_agreement(line: ClaimLine, agreement: cards.Agreement | None) -> None:
    """Keep on a line what was agreed beforehand that it comes under."""
    line.prior_approval_id = line.standing_approval_id = None
    if agreement is None:
        return
    if agreement.is_standing:
        line.standing_approval_id = agreement.key
    else:
        line.prior_approval_id = agreement.key


def as_input(line: ClaimLine) -> LineInput:
    """Return a stored line as what its partner said."""
    return replace(
        LineInput(LineKind(line.kind), line.date),
        **{field: getattr(line, field) for field in LineInput.__dataclass_fields__ if field not in ("kind", "date")},
    )
