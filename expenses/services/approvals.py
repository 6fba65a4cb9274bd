"""What is agreed before a journey: asked for and answered once, or standing until a day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from committees.queries import assignments_visible_to, partners_paid_by
from expenses import notifications, permissions, queries
from expenses.enums import ApprovalStatus, ClaimStatus, FareClass, LineKind
from expenses.models import PriorApproval, RateCard, StandingApproval
from expenses.policies import approvals as policy
from expenses.policies import responsibility
from expenses.services.agreed import follow_agreement, price_drafts_anew
from expenses.services.hands import NOBODY, holidays_around
from partners.queries import appointments_of
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import directories, directory
from psp_portal.accounts.roles import Directory
from psp_portal.audit.context import Actor, SystemActor, acting_as, audited
from psp_portal.audit.services import record_reads
from psp_portal.dates import add_working_days, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

if TYPE_CHECKING:
    from committees.models import Assignment

CLOCK = SystemActor("expenses.remind_of_approvals")


@dataclass(frozen=True)
class Request:
    """What a partner asks for before a journey. ``expected`` is in pounds; both days are included."""

    kind: LineKind
    starts_on: date
    ends_on: date
    expected: Decimal
    why: str
    fare_class: FareClass | str = ""
    is_over_limit: bool = False


@dataclass(frozen=True)
class Standing:
    """What is agreed for a partner until a day. ``limit`` is in pounds for each item, None for whatever it costs."""

    kinds: frozenset[LineKind]
    covers_first_class: bool
    reason: str
    starts_on: date
    ends_on: date
    limit: Decimal | None


# --- asked for once -----------------------------------------------------------------------
@audited("expenses.prior_approval.ask")
@transaction.atomic
def ask_for_approval(
    *, partner_id: UUID, assignment_id: UUID | None, request: Request, by: User, at: datetime
) -> PriorApproval:
    """Ask, before a journey, whether it will be paid: it goes to a named person with a day by which to answer.

    Raises RuleBroken with the field that is wrong: not one's own appointment or committee, nothing that the payer wants
    to agree to, a day that has passed, or a question that is already there.
    """
    today = local_date(at)
    partner = appointments_of(by).filter(pk=partner_id).first()
    if partner is None:
        raise RuleBroken("This appointment is not yours.", field="about")
    assignment = None
    if assignment_id:
        mine = assignments_visible_to(by, today=today)
        assignment = mine.filter(pk=assignment_id, partner_id=partner_id).first()
        if assignment is None:
            raise RuleBroken("This committee is not one of yours.", field="about")
    payer_id = assignment.payer_id if assignment else partner.organisation_id
    card = queries.rate_card_of(payer_id)
    policy.check_request(
        policy.Wanted(
            request.kind, policy.is_first_class(request.kind, request.fare_class), request.starts_on, request.expected
        ),
        queries.as_values(card),
        asks_over_limit=request.is_over_limit,
        ends_on=request.ends_on,
        term=(partner.starts_on, partner.left_on or partner.term_ends_on),
        today=today,
    )
    if not request.why.strip():
        raise RuleBroken("Enter what it is for", field="why")
    _check_not_asked(payer_id, request, by=by)
    holder = _holder(assignment, by.pk, directory(payer_id, today))
    if holder is None:
        raise RuleBroken(NOBODY)
    approval = PriorApproval.objects.create(
        partner=partner,
        claimant=by,
        payer_id=payer_id,
        assignment=assignment,
        kind=request.kind,
        fare_class=request.fare_class,
        is_over_limit=request.is_over_limit,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        expected=request.expected,
        why=request.why.strip(),
        asked_at=at,
        due_on=add_working_days(today, card.reply_working_days, holidays_around(today)),
        waiting_on_id=holder,
        waiting_since=at,
    )
    notifications.approval_asked(approval, at=at)
    return approval


def _check_not_asked(payer_id: UUID, request: Request, *, by: User) -> None:
    """Refuse the same question twice, as a double click sends it."""
    same = PriorApproval.objects.asked().filter(
        claimant=by,
        payer_id=payer_id,
        kind=request.kind,
        fare_class=request.fare_class,
        is_over_limit=request.is_over_limit,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
    )
    if same.exists():
        raise RuleBroken("You have asked for this already. It is in your list, with who has it.")


def _holder(assignment: "Assignment | None", claimant_id: UUID, there: Directory) -> UUID | None:
    """Return who must answer: whoever a claim sent today would wait on."""
    in_hand = responsibility.ClaimInHand(
        status=ClaimStatus.SUBMITTED,
        claimant=claimant_id,
        budget_holder=assignment.budget_holder_id if assignment else None,
        deputy=assignment.deputy_id if assignment else None,
        deciders=frozenset(),
        last_step=None,
    )
    people = responsibility.people_for(in_hand, there)
    return people.waiting_on if people else None


def _lock(approval_id: UUID) -> PriorApproval:
    """Return a request locked, before any claim; a claim that is being sent may still name it."""
    return (
        PriorApproval.objects.select_for_update(of=("self",), no_key=True)
        .select_related("claimant", "payer", "partner", "assignment")
        .get(pk=approval_id)
    )


@audited("expenses.prior_approval.answer")
@transaction.atomic
def answer_approval(
    *, approval_id: UUID, agrees: bool, limit: Decimal | None, note: str, by: User, at: datetime
) -> PriorApproval:
    """Agree to what a partner asked for, up to ``limit`` pounds or whatever it costs, or say no with a reason.

    Drafts that it fits are priced anew at once, and what was sent and waited for it is freed. Raises
    TransitionNotAllowed when it is answered or withdrawn already.
    """
    approval = _lock(approval_id)
    permissions.check_can_answer_approval(by, approval, today=local_date(at))
    if approval.status != ApprovalStatus.ASKED:
        raise TransitionNotAllowed("This has been answered or withdrawn already.")
    if agrees:
        policy.check_limit(limit)
    elif not note.strip():
        raise RuleBroken("Say why not, so that the partner understands", field="note")
    approval.status = ApprovalStatus.AGREED if agrees else ApprovalStatus.REFUSED
    approval.limit = limit if agrees else None
    approval.note = note.strip()
    approval.answered_at, approval.answered_by = at, by
    approval.waiting_on = approval.waiting_since = None
    approval.save()
    if agrees:
        follow_agreement(approval, by=by, at=at)
    notifications.approval_answered(approval, at=at)
    return approval


@audited("expenses.prior_approval.withdraw")
@transaction.atomic
def withdraw_approval(*, approval_id: UUID, by: User, at: datetime) -> PriorApproval:
    """Take back one's own request, answered or not, until a claim that has been sent stands on it."""
    approval = _lock(approval_id)
    permissions.check_can_withdraw_approval(by, approval)
    if approval.status not in (ApprovalStatus.ASKED, ApprovalStatus.AGREED):
        raise TransitionNotAllowed("This has been answered or withdrawn already.")
    if approval.lines.exclude(claim__status=ClaimStatus.DRAFT).exists():
        raise TransitionNotAllowed("You have sent a claim for this, so you cannot withdraw it.")
    told = approval.waiting_on_id or approval.answered_by_id
    was_agreed = approval.status == ApprovalStatus.AGREED
    approval.status, approval.withdrawn_at = ApprovalStatus.WITHDRAWN, at
    approval.waiting_on = approval.waiting_since = None
    approval.save()
    if was_agreed:
        price_drafts_anew(approval.partner_id, approval.payer_id, at=at)
    notifications.approval_withdrawn(approval, told, at=at)
    return approval


# --- handing over, reminding --------------------------------------------------------------
def hand_over_approvals(*, organisation_id: UUID, by: Actor, at: datetime, is_strict: bool) -> int:
    """Give every open request to whoever should have it now; return how many moved.

    Called in the transaction that records an absence or an end of a role (strict: raises RuleBroken rather than leave
    one with nobody), and by the clock, which leaves it where it is.
    """
    there = directory(organisation_id, local_date(at))
    asked = PriorApproval.objects.asked().filter(payer_id=organisation_id)
    moved = []
    for approval in asked.select_for_update(of=("self",)).select_related("assignment", "claimant").order_by("pk"):
        holder = _holder(approval.assignment, approval.claimant_id, there)
        if holder is None and is_strict:
            raise RuleBroken("Somebody else must take over first: a partner's request would be left with nobody.")
        if holder in (None, approval.waiting_on_id):
            continue
        approval.waiting_on_id, approval.waiting_since = holder, at
        approval.save(update_fields=["waiting_on", "waiting_since"])
        moved.append(approval)
    notifications.approvals_handed_over(moved, at=at)
    return len(moved)


def remind_of_approvals(*, at: datetime) -> int:
    """Hand on requests that are with the wrong person, and remind of those that are overdue; return how many are."""
    today = local_date(at)
    payers = list(PriorApproval.objects.asked().order_by().values_list("payer_id", flat=True).distinct())
    for organisation_id in payers:
        with acting_as(CLOCK, "expenses.prior_approval.hand_over"), transaction.atomic():
            hand_over_approvals(organisation_id=organisation_id, by=CLOCK, at=at, is_strict=False)
    late = list(PriorApproval.objects.asked().filter(due_on__lt=today).select_related("claimant").order_by("pk"))
    with transaction.atomic():
        notifications.remind_to_answer(late, at=at)
    return len(late)


# --- standing -----------------------------------------------------------------------------
@audited("expenses.standing_approval.record")
@transaction.atomic
def record_standing_approval(
    *, partner_id: UUID, organisation_id: UUID, standing: Standing, by: User, at: datetime
) -> StandingApproval:
    """Agree to some kinds of expense for a partner until a day; it is used by itself from then on.

    Raises RuleBroken with the field that is wrong; PermissionDenied for oneself.
    """
    today = local_date(at)
    partner = partners_paid_by(organisation_id).filter(pk=partner_id).first()
    if partner is None:
        raise RuleBroken("This person is not a partner whom you pay.", field="partner_id")
    permissions.check_can_manage_standing(by, organisation_id, partner.user_id, today=today)
    card = RateCard.objects.filter(organisation_id=organisation_id).first()
    if card is None:
        raise RuleBroken("Finance must make a rate card first: it says how long this may last.")
    policy.check_standing(
        kinds=standing.kinds,
        covers_first_class=standing.covers_first_class,
        starts_on=standing.starts_on,
        ends_on=standing.ends_on,
        today=today,
        most_months=card.standing_approval_months,
    )
    policy.check_limit(standing.limit)
    if not standing.reason.strip():
        raise RuleBroken("Enter a reason, in neutral words", field="reason")
    approval = StandingApproval.objects.create(
        partner=partner,
        payer_id=organisation_id,
        kinds=sorted(standing.kinds),
        covers_first_class=standing.covers_first_class,
        reason=standing.reason.strip(),
        starts_on=standing.starts_on,
        ends_on=standing.ends_on,
        limit=standing.limit,
        recorded_by=by,
        recorded_at=at,
    )
    price_drafts_anew(partner.pk, organisation_id, at=at)
    notifications.standing_recorded(approval, at=at)
    return approval


@audited("expenses.standing_approval.end")
@transaction.atomic
def end_standing_approval(*, approval_id: UUID, reason: str, by: User, at: datetime) -> StandingApproval:
    """End a standing approval before its last day. It counts up to today; what was claimed under it keeps it."""
    approval = (
        StandingApproval.objects.select_for_update(of=("self",)).select_related("partner__user").get(pk=approval_id)
    )
    permissions.check_can_manage_standing(by, approval.payer_id, approval.partner.user_id, today=local_date(at))
    if approval.ended_at or approval.ends_on < local_date(at):
        raise TransitionNotAllowed("This has ended already.")
    if not reason.strip():
        raise RuleBroken("Say why it ends, so that the partner understands", field="reason")
    approval.ended_at, approval.ended_by, approval.end_reason = at, by, reason.strip()
    approval.save(update_fields=["ended_at", "ended_by", "end_reason"])
    price_drafts_anew(approval.partner_id, approval.payer_id, at=at)
    notifications.standing_ended(approval, at=at)
    return approval


@transaction.atomic
def read_standing_approvals(*, organisation_id: UUID, by: User, at: datetime) -> list[StandingApproval]:
    """Return an organisation's standing approvals to one of its leads or approvers; each one's reading is on record.

    That somebody has one says something of them, so who has looked is known.
    """
    permissions.check_can_see_standing(by, organisation_id, today=local_date(at))
    found = list(queries.standing_approvals_at(by, organisation_id, today=local_date(at)))
    record_reads(
        by=by,
        what="expenses.standing_approval.read",
        subjects={approval.partner_id: approval.partner.user.get_full_name() for approval in found},
        organisation_id=organisation_id,
        at=at,
    )
    return found


def warn_of_expiry(*, at: datetime) -> int:
    """Warn, 30 days ahead and once, of standing approvals that run out; return how many are about to.

    The partner is told, and whoever recorded it; when that person is no longer there, whoever leads the programme.
    """
    today = local_date(at)
    ending = list(
        StandingApproval.objects.not_over(today)
        .filter(ends_on__lte=today + timedelta(days=policy.WARN_DAYS))
        .select_related("partner__user")
        .order_by("pk")
    )
    there = directories({approval.payer_id for approval in ending}, today)
    with transaction.atomic():
        notifications.standing_expires(
            [(approval, _answers_for(approval, there[approval.payer_id])) for approval in ending], at=at
        )
    return len(ending)


def _answers_for(approval: StandingApproval, there: Directory) -> UUID | None:
    leads = [there.posts.get(Post.PROGRAMME_LEAD), *there.with_roles({Role.PROGRAMME_LEAD})]
    who_sees = queries.STAFF_WHO_SEE_APPROVALS
    return there.first_here([approval.recorded_by_id, *leads], roles=who_sees, not_these={approval.partner.user_id})


# --- the settings of a rate card ----------------------------------------------------------
@audited("expenses.rate_card.change_checks")
@transaction.atomic
def change_checks(
    *,
    card_id: UUID,
    standing_approval_months: int,
    duplicate_percent: int,
    duplicate_pounds: Decimal,
    by: User,
    at: datetime,
) -> RateCard:
    """Set how long a standing approval may last, and how near two amounts are that look like one."""
    card = RateCard.objects.select_for_update().get(pk=card_id)
    permissions.check_can_manage_rates(by, card.organisation_id, today=local_date(at))
    policy.check_settings(
        standing_approval_months=standing_approval_months,
        duplicate_percent=duplicate_percent,
        duplicate_pounds=duplicate_pounds,
    )
    card.standing_approval_months = standing_approval_months
    card.duplicate_percent, card.duplicate_pounds = duplicate_percent, duplicate_pounds
    card.save(update_fields=["standing_approval_months", "duplicate_percent", "duplicate_pounds"])
    return card
