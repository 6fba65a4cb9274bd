"""Who may ask how a claim stands, answer, and reply to a step of the ladder."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from expenses.models import Claim, Escalation, UpdateRequest
from expenses.permissions.held import holds
from expenses.policies import states
from expenses.policies.escalation import EXECUTIVE_STEPS
from psp_portal.accounts.models import User
from psp_portal.accounts.roles import Permission


def can_ask_for_update(user: User, claim: Claim) -> bool:
    """Say whether somebody may ask how a claim stands: its partner always may while it is open."""
    return claim.claimant_id == user.pk and claim.is_open


def check_can_ask_for_update(user: User, claim: Claim) -> None:
    """Raise PermissionDenied unless somebody may ask how the claim stands."""
    if not can_ask_for_update(user, claim):
        raise PermissionDenied("You can ask for an update on your own claims until they are settled.")


def _answers_for(user: User, claim: Claim, asked: set[UUID | None], today: date) -> bool:
    """Whoever was asked, or is asked instead, may answer; so may whoever has the claim by now, and the payer's lead."""
    if claim.claimant_id == user.pk:
        return False
    return user.pk in asked | {claim.responsible_id, claim.waiting_on_id} or holds(
        user, claim.payer_id, Permission.MANAGE_PEOPLE, today
    )


def can_answer_update(user: User, request: UpdateRequest, *, today: date) -> bool:
    """Say whether somebody may answer a partner's request for an update."""
    return request.answered_at is None and request.needs_reply and _answers_update(user, request, today)


def _answers_update(user: User, request: UpdateRequest, today: date) -> bool:
    return _answers_for(user, request.claim, {request.asked_of_id, request.passed_to_id}, today)


def check_can_answer_update(user: User, request: UpdateRequest, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may answer the request."""
    if not _answers_update(user, request, today):
        raise PermissionDenied("Only the person who was asked, or who has the claim now, can answer.")


def can_reply_to_step(user: User, step: Escalation, *, today: date) -> bool:
    """Say whether somebody may reply to a step of the ladder: while the claim climbs and the step asks for it."""
    return (
        step.replied_at is None
        and step.needs_reply
        and step.claim.status in states.CLIMBING_STATUSES
        and _replies_to(user, step, today)
    )


def _replies_to(user: User, step: Escalation, today: date) -> bool:
    """What has come to an executive is answered by them, or by whoever it has passed or climbed to.

    Neither by the person who is late nor by the lead, whom it has left behind.
    """
    asked = {step.responsible_id, step.passed_to_id}
    if step.kind in EXECUTIVE_STEPS:
        return user.pk in asked | {step.claim.responsible_id}
    return _answers_for(user, step.claim, asked, today)


def check_can_reply_to_step(user: User, step: Escalation, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may reply to the step."""
    if not _replies_to(user, step, today):
        if step.kind in EXECUTIVE_STEPS:
            raise PermissionDenied("Only the person this went to, or who answers for the claim now, can reply.")
        raise PermissionDenied("Only the person this went to, or who has the claim now, can reply.")
