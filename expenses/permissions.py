"""Who may do what to a claim, a run, a rate card: role, relation and turn together.

Each question is a pair: ``can_x`` answers it, ``check_x`` raises PermissionDenied with words for the person.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from expenses.enums import ClaimAction, ClaimStatus, LineStatus, RunStatus, Who
from expenses.models import Claim, ClaimLine, Escalation, PaymentRun, UpdateRequest
from expenses.policies import states
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_role
from psp_portal.accounts.roles import Permission, roles_with


def _holds(user: User, organisation_id: UUID, permission: Permission, today: date) -> bool:
    return has_role(user, organisation_id, roles_with(permission), today)


def can_act_as(user: User, claim: Claim, who: Who, *, today: date) -> bool:
    """Say whether somebody may act on a claim as the partner, as an approver or as finance.

    The claimant is never their own approver or payer.
    """
    if who == Who.CLAIMANT:
        return claim.claimant_id == user.pk
    if claim.claimant_id == user.pk:
        return False
    if who == Who.APPROVER:
        return _holds(user, claim.payer_id, Permission.DECIDE_CLAIMS, today)
    if who == Who.FINANCE:
        return _holds(user, claim.payer_id, Permission.PAY_CLAIMS, today)
    return False


def can_act_on_claim(user: User, claim: Claim, action: ClaimAction, *, today: date) -> bool:
    """Say whether somebody is the one whose turn an action on a claim is; the claim's status is not asked."""
    return can_act_as(user, claim, states.CLAIM_TRANSITIONS[action].actor, today=today)


def check_can_act_on_claim(user: User, claim: Claim, action: ClaimAction, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may do this to the claim."""
    if not can_act_on_claim(user, claim, action, today=today):
        if claim.claimant_id == user.pk:
            raise PermissionDenied("You cannot decide or pay your own claim. Somebody else must.")
        raise PermissionDenied("You cannot do this to the claim.")


def actions_open_to(user: User, claim: Claim, *, today: date) -> frozenset[ClaimAction]:
    """Return what somebody may do to a claim now: it is their turn, and the claim and its lines are ready for it.

    The claim's lines must be prefetched.
    """
    statuses = [line.status for line in claim.lines.all()]
    is_undecided = all(line.decided_at is None for line in claim.lines.all())
    ready = {
        ClaimAction.SUBMIT: True,
        # Once the ladder has begun a claim is withdrawn, not taken back.
        ClaimAction.RECALL: is_undecided and not claim.steps_written,
        ClaimAction.WITHDRAW: claim.status != ClaimStatus.DRAFT,
        ClaimAction.DECIDE: LineStatus.PENDING in statuses,
        ClaimAction.ANSWER: LineStatus.RETURNED in statuses,
        ClaimAction.APPEAL: LineStatus.NOT_APPROVED in statuses,
        ClaimAction.DECIDE_APPEAL: any(
            line.status == LineStatus.APPEALED and line.decided_by_id != user.pk for line in claim.lines.all()
        ),
    }
    possible = {
        action for action, is_ready in ready.items()
        if is_ready and claim.status in states.CLAIM_TRANSITIONS[action].sources
    }  # fmt: skip
    turns = {
        who: can_act_as(user, claim, who, today=today)
        for who in {states.CLAIM_TRANSITIONS[action].actor for action in possible}
    }
    return frozenset(action for action in possible if turns[states.CLAIM_TRANSITIONS[action].actor])


def check_can_change_draft(user: User, claim: Claim) -> None:
    """Raise PermissionDenied unless the claim is somebody's own."""
    if claim.claimant_id != user.pk:
        raise PermissionDenied("Only the person who claims can change a claim.")


def check_can_decide_appeal(user: User, line: ClaimLine, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may decide the appeal: an approver who has not decided the line before."""
    check_can_act_on_claim(user, line.claim, ClaimAction.DECIDE_APPEAL, today=today)
    if line.decided_by_id == user.pk:
        raise PermissionDenied("You decided this line the first time. A second person must decide the appeal.")


def can_ask_for_update(user: User, claim: Claim) -> bool:
    """Say whether somebody may ask how a claim stands: its partner always may while it is open."""
    return claim.claimant_id == user.pk and claim.is_open


def check_can_ask_for_update(user: User, claim: Claim) -> None:
    """Raise PermissionDenied unless somebody may ask how the claim stands."""
    if not can_ask_for_update(user, claim):
        raise PermissionDenied("You can ask for an update on your own claims until they are settled.")


def _answers_for(user: User, claim: Claim, asked_of_id: UUID, today: date) -> bool:
    """Whoever was asked may answer, and so may whoever has the claim by now and the organisation's lead."""
    if claim.claimant_id == user.pk:
        return False
    return user.pk in (asked_of_id, claim.responsible_id, claim.waiting_on_id) or _holds(
        user, claim.payer_id, Permission.MANAGE_PEOPLE, today
    )


def can_answer_update(user: User, request: UpdateRequest, *, today: date) -> bool:
    """Say whether somebody may answer a partner's request for an update."""
    return request.answered_at is None and _answers_for(user, request.claim, request.asked_of_id, today)


def check_can_answer_update(user: User, request: UpdateRequest, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may answer the request."""
    if not _answers_for(user, request.claim, request.asked_of_id, today):
        raise PermissionDenied("Only the person who was asked, or who has the claim now, can answer.")


def can_reply_to_step(user: User, step: Escalation, *, today: date) -> bool:
    """Say whether somebody may reply to a step of the ladder."""
    return step.replied_at is None and _answers_for(user, step.claim, step.responsible_id, today)


def check_can_reply_to_step(user: User, step: Escalation, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may reply to the step."""
    if not _answers_for(user, step.claim, step.responsible_id, today):
        raise PermissionDenied("Only the person this went to, or who has the claim now, can reply.")


def can_pay_for(user: User, organisation_id: UUID, *, today: date) -> bool:
    """Say whether somebody may make payment runs of an organisation."""
    return _holds(user, organisation_id, Permission.PAY_CLAIMS, today)


def check_can_pay_for(user: User, organisation_id: UUID, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may make payment runs of the organisation."""
    if not can_pay_for(user, organisation_id, today=today):
        raise PermissionDenied("Only finance can do this.")


def can_release_run(user: User, run: PaymentRun, involved: Iterable[UUID], *, today: date) -> bool:
    """Say whether somebody may release a run: finance, and neither its maker nor a claimant or decider of a line.

    ``involved`` are the claimants and deciders of its lines.
    """
    return (
        run.status == RunStatus.DRAFT
        and run.made_by_id != user.pk
        and user.pk not in set(involved)
        and can_pay_for(user, run.organisation_id, today=today)
    )


def check_can_release_run(user: User, run: PaymentRun, involved: Iterable[UUID], *, today: date) -> None:
    """Raise PermissionDenied, saying why, unless somebody may release the run."""
    check_can_pay_for(user, run.organisation_id, today=today)
    if run.made_by_id == user.pk:
        raise PermissionDenied("You made this run. A second finance person must release it.")
    if user.pk in set(involved):
        raise PermissionDenied("You claimed or decided a line of this run. Another finance person must release it.")


def can_manage_rates(user: User, organisation_id: UUID, *, today: date) -> bool:
    """Say whether somebody may change an organisation's rate card."""
    return _holds(user, organisation_id, Permission.MANAGE_RATES, today)


def check_can_manage_rates(user: User, organisation_id: UUID, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may change the organisation's rate card."""
    if not can_manage_rates(user, organisation_id, today=today):
        raise PermissionDenied("Only finance can change the rate card.")
