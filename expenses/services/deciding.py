"""What an approver does with a claim: line by line, many at once, and appeals; and what time does with a refusal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from expenses import permissions, queries
from expenses.enums import ClaimAction, LineAction, LineStatus, Problem
from expenses.models import Claim, ClaimLine, RateCard
from expenses.policies import holding, states
from expenses.policies.seen import check_seen
from expenses.services import proposing
from expenses.services.duplicates import clear_by_deciding, release_duplicates
from expenses.services.hands import holidays_around
from expenses.services.moving import line_of, lock_claim, lock_lines, move_line, settle
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import add_working_days, local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.money import ZERO

CLOCK = SystemActor("expenses.let_refusals_stand")


@dataclass(frozen=True)
class Decision:
    """What an approver decides of one line; a return and a refusal need their question or reason.

    ``seen`` is the version (``queries.version_of_line``) of what they saw: it is not decided when it has changed.
    """

    line_id: UUID
    action: LineAction
    reason: str = ""
    seen: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A line that a bulk approval left for a person to look at, and why."""

    claim_reference: str
    line_position: int | None
    why: str


@dataclass
class BulkResult:
    """What a bulk approval did: the claims it approved lines of, which and how many lines, and what it left out."""

    approved: list[Claim] = field(default_factory=list)
    positions: dict[UUID, list[int]] = field(default_factory=dict)
    lines_approved: int = 0
    left_out: list[LeftOut] = field(default_factory=list)


@audited("expenses.claim.decide")
@transaction.atomic
def decide_lines(
    *, claim_id: UUID, decisions: Iterable[Decision], by: User, at: datetime, seen_version: str = ""
) -> Claim:
    """Decide some lines of a claim; the others wait on. Raises RuleBroken when a decision lacks what it needs.

    ``seen_version`` is ``queries.version_of_claim`` of what the approver saw. It and each decision's ``seen`` are
    compared while the claim is locked: nothing is decided on figures that have changed meanwhile.
    """
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.DECIDE, today=local_date(at))
    lines = lock_lines(claim)
    decisions = list(decisions)
    if not decisions:
        raise RuleBroken("Decide at least one line.")
    check_seen(seen_version, queries.version_of_claim(claim, lines), "This claim")
    chosen = [(line_of(lines, decision.line_id), decision) for decision in decisions]
    for line, decision in chosen:
        check_seen(decision.seen, queries.version_of_line(claim, line), f"Line {line.position}")
    appeal_until = _appeal_until(claim, at)
    for line, decision in chosen:
        _decide(line, decision, appeal_until, by=by, at=at)
    settle(claim, lines, ClaimAction.DECIDE, by=by, at=at)
    proposing.propose_on_approval(claim, at=at)
    return claim


def _appeal_until(claim: Claim, at: datetime) -> date:
    card = RateCard.objects.get(organisation_id=claim.payer_id)
    today = local_date(at)
    return add_working_days(today, card.appeal_working_days, holidays_around(today))


def _decide(line: ClaimLine, decision: Decision, appeal_until: date, *, by: User, at: datetime) -> None:
    reason = decision.reason.strip()
    line.decided_by, line.decided_at, line.decision_reason = by, at, reason
    line.handled_by = list(dict.fromkeys([*line.handled_by, by.pk]))
    fields = ["decided_by", "decided_at", "decision_reason", "handled_by"]
    match decision.action:
        case LineAction.APPROVE:
            line.approved_amount = holding.amount_if_approved(
                pay=line.pay, held=line.held, problems=line.problems, reason=reason
            )
            clear_by_deciding(line, reason=reason, by=by, at=at)
            to = states.approved_line_status(line.approved_amount == ZERO)
            fields.append("approved_amount")
        case LineAction.RETURN:
            if not reason:
                raise RuleBroken("Write the question you want the partner to answer.", field="reason")
            line.question, line.answer, line.decision_reason = reason, "", ""
            to = LineStatus.RETURNED
            # The approver's own question takes the place of what was asked because money is held.
            line.hold_asked_at = None
            fields += ["question", "answer", "hold_asked_at"]
        case LineAction.REFUSE:
            if not reason:
                raise RuleBroken("Say why you do not approve this line.", field="reason")
            line.appeal_until = appeal_until
            to = LineStatus.NOT_APPROVED
            fields.append("appeal_until")
        case _:
            raise RuleBroken("A line can be approved, returned with a question, or not approved.")
    move_line(line, decision.action, to, by=by, at=at, note=reason, fields=fields)


def approve_in_bulk(
    *, claim_ids: Iterable[UUID], by: User, at: datetime, seen_versions: Mapping[UUID, str] | None = None
) -> BulkResult:
    """Approve every plain line of some claims; flagged lines are left out and named, and never stop the others.

    Each claim is its own transaction: one that somebody has changed meanwhile is left out, and the rest goes on.
    ``seen_versions`` are ``queries.version_of_claim`` by claim, as the approver saw them.
    """
    seen_versions = seen_versions or {}
    result = BulkResult()
    # Of a claim that they may not decide nobody learns so much as its number.
    visible = queries.claims_to_decide(by, today=local_date(at))
    for claim_id in claim_ids:
        claim = visible.filter(pk=claim_id).first()
        if claim is None:
            continue
        pending = sorted(
            (line for line in claim.lines.all() if line.status == LineStatus.PENDING), key=lambda line: line.position
        )
        plain = [line for line in pending if not line.problems]
        if plain:
            try:
                claim = decide_lines(
                    claim_id=claim_id,
                    decisions=[
                        Decision(line.pk, LineAction.APPROVE, seen=queries.version_of_line(claim, line))
                        for line in plain
                    ],
                    seen_version=seen_versions.get(claim_id, ""),
                    by=by,
                    at=at,
                )
            except (RuleBroken, PermissionDenied) as refusal:
                result.left_out.append(LeftOut(claim.reference, None, str(refusal)))
                continue
            result.approved.append(claim)
            result.positions[claim.pk] = [line.position for line in plain]
            result.lines_approved += len(plain)
        result.left_out += [
            LeftOut(claim.reference, line.position, ", ".join(Problem(code).label.lower() for code in line.problems))
            for line in pending
            if line.problems
        ]
    return result


@audited("expenses.line.decide_appeal")
@transaction.atomic
def decide_appeal(*, claim_id: UUID, line_id: UUID, allow: bool, reason: str, by: User, at: datetime) -> Claim:
    """Decide an appeal as the second person: the line is approved after all, or the refusal stands for good."""
    claim = lock_claim(claim_id)
    lines = lock_lines(claim)
    line = line_of(lines, line_id)
    permissions.check_can_decide_appeal(by, line, today=local_date(at))
    if not reason.strip():
        raise RuleBroken("Say why, so that the partner understands.", field="reason")
    line.appeal_decided_by, line.appeal_decided_at, line.appeal_decision_reason = by, at, reason.strip()
    fields = ["appeal_decided_by", "appeal_decided_at", "appeal_decision_reason"]
    if allow:
        line.approved_amount = line.pay + line.held
        clear_by_deciding(line, reason=reason.strip(), by=by, at=at)
        to = states.approved_line_status(line.approved_amount == ZERO)
        action = LineAction.ALLOW_APPEAL
        fields.append("approved_amount")
    else:
        to, action = LineStatus.REFUSED, LineAction.DISMISS_APPEAL
        release_duplicates([line])
    move_line(line, action, to, by=by, at=at, note=reason.strip(), fields=fields)
    settle(claim, lines, ClaimAction.DECIDE_APPEAL, by=by, at=at)
    proposing.propose_on_approval(claim, at=at)
    return claim


def let_refusals_stand(*, at: datetime) -> int:
    """Make final every refusal whose time for an appeal has passed; return how many claims that touched.

    A claim that nobody could take because its payer has no staff stays as it is, and holds up no other.
    """
    today = local_date(at)
    due = ClaimLine.objects.filter(status=LineStatus.NOT_APPROVED, appeal_until__lt=today)
    claim_ids = list(due.order_by().values_list("claim_id", flat=True).distinct())
    touched = 0
    for claim_id in claim_ids:
        try:
            touched += _let_stand(claim_id, at=at)
        except RuleBroken:
            # Once somebody is there, it is done the next time that this runs.
            continue
    return touched


def _let_stand(claim_id: UUID, *, at: datetime) -> bool:
    """Make a claim's refusals final that can no longer be appealed; return whether there were any."""
    today = local_date(at)
    with acting_as(CLOCK, "expenses.line.let_stand"), transaction.atomic():
        claim = lock_claim(claim_id)
        lines = lock_lines(claim)
        final = [line for line in lines if line.status == LineStatus.NOT_APPROVED and line.appeal_until < today]
        release_duplicates(final)
        for line in final:
            move_line(line, LineAction.LET_STAND, by=CLOCK, at=at)
        if final:
            settle(claim, lines, ClaimAction.LET_STAND, by=CLOCK, at=at)
    return bool(final)
