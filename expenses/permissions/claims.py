"""Who may do what to a claim: role, relation and turn together."""

from datetime import date

from django.core.exceptions import PermissionDenied

from expenses import queries
from expenses.enums import ClaimAction, ClaimStatus, LineStatus, Who
from expenses.models import Claim, ClaimLine
from expenses.permissions.backlog import has_brought_in
from expenses.permissions.held import holds
from expenses.policies import states
from psp_portal.accounts.models import User
from psp_portal.accounts.roles import Permission


def can_act_as(user: User, claim: Claim, who: Who, *, today: date) -> bool:
    """Say whether somebody may act on a claim as the partner, as an approver or as finance.

    The claimant is never their own approver or payer, nor is whoever prepared the claim for them, or
    brought it in from a list.
    """
    if who == Who.CLAIMANT:
        return claim.claimant_id == user.pk
    if user.pk in (claim.claimant_id, claim.prepared_by_id):
        return False
    if has_brought_in(user, claim):
        return False
    if who == Who.APPROVER:
        return holds(user, claim.payer_id, Permission.DECIDE_CLAIMS, today)
    if who == Who.FINANCE:
        return holds(user, claim.payer_id, Permission.PAY_CLAIMS, today)
    return False


def can_act_on_claim(user: User, claim: Claim, action: ClaimAction, *, today: date) -> bool:
    """Say whether somebody is the one whose turn an action on a claim is; the claim's status is not asked.

    While it is open who pays, its payer's people may do nothing.
    """
    actor = states.CLAIM_TRANSITIONS[action].actor
    if claim.arbiter_id and states.stops_for_dispute(actor):
        return False
    return can_act_as(user, claim, actor, today=today)


def check_can_act_on_claim(user: User, claim: Claim, action: ClaimAction, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may do this to the claim."""
    if not can_act_on_claim(user, claim, action, today=today):
        if claim.claimant_id == user.pk:
            raise PermissionDenied("You cannot decide or pay your own claim. Somebody else must.")
        if claim.arbiter_id and states.stops_for_dispute(states.CLAIM_TRANSITIONS[action].actor):
            raise PermissionDenied(states.DISPUTED)
        raise PermissionDenied("You cannot do this to the claim.")


def actions_open_to(user: User, claim: Claim, *, today: date) -> frozenset[ClaimAction]:
    """Return what somebody may do to a claim now: it is their turn, and the claim and its lines are ready for it.

    The claim's lines must be prefetched.
    """
    statuses = [line.status for line in claim.lines.all()]
    is_undecided = all(line.decided_at is None for line in claim.lines.all())
    is_held = any(line.status == LineStatus.PENDING and line.held_since for line in claim.lines.all())
    ready = {
        ClaimAction.SUBMIT: True,
        # Once the ladder has begun, or where its prices are set, a claim is withdrawn, not taken back.
        ClaimAction.RECALL: is_undecided and not claim.steps_written and not claim.has_set_prices,
        ClaimAction.WITHDRAW: claim.status != ClaimStatus.DRAFT,
        ClaimAction.DECIDE: LineStatus.PENDING in statuses,
        ClaimAction.ANSWER: LineStatus.RETURNED in statuses,
        ClaimAction.ANSWER_HOLD: is_held,
        ClaimAction.APPEAL: LineStatus.NOT_APPROVED in statuses,
        ClaimAction.DECIDE_APPEAL: any(
            line.status == LineStatus.APPEALED and not has_handled(user, line) for line in claim.lines.all()
        ),
    }
    possible = {
        action for action, is_ready in ready.items()
        if is_ready and claim.status in states.CLAIM_TRANSITIONS[action].sources
    }  # fmt: skip
    turns = {
        who: not (claim.arbiter_id and states.stops_for_dispute(who)) and can_act_as(user, claim, who, today=today)
        for who in {states.CLAIM_TRANSITIONS[action].actor for action in possible}
    }
    return frozenset(action for action in possible if turns[states.CLAIM_TRANSITIONS[action].actor])


def check_can_change_draft(user: User, claim: Claim) -> None:
    """Raise PermissionDenied unless the claim is somebody's own: sending, preferences and deleting are theirs alone."""
    if claim.claimant_id != user.pk:
        raise PermissionDenied("Only the person who claims can do this to a claim.")


def check_can_prepare_draft(user: User, claim: Claim, *, today: date) -> None:
    """Raise PermissionDenied unless the claim is somebody's own, or its partner lets them prepare it."""
    if claim.claimant_id != user.pk and not queries.may_prepare_for(user, claim.partner_id, today=today):
        raise PermissionDenied("Only the person who claims, and whoever they let help them, can change a claim.")


def check_can_decide_appeal(user: User, line: ClaimLine, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may decide the appeal: an approver who has not decided the line before."""
    check_can_act_on_claim(user, line.claim, ClaimAction.DECIDE_APPEAL, today=today)
    if has_handled(user, line):
        raise PermissionDenied(
            "You have decided this line or asked about it before. Somebody who has not must decide the appeal."
        )


def has_handled(user: User, line: ClaimLine) -> bool:
    """Say whether somebody has decided a line or returned it with a question: then its appeal is not theirs."""
    return user.pk == line.decided_by_id or user.pk in line.handled_by
