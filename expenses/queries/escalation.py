"""Reads steps and requests for updates."""

from datetime import date

from django.db.models import QuerySet

from expenses.models import Claim, Escalation, RateCard, UpdateRequest
from expenses.policies import escalation as ladder
from expenses.policies.escalation import Step, steps_to_show
from expenses.queries.claims import claims_visible_to
from psp_portal.accounts.models import User


def escalations_visible_to(user: User, *, today: date) -> QuerySet[Escalation]:
    """Return the steps of the claims somebody may see."""
    return Escalation.objects.filter(claim__in=claims_visible_to(user, today=today)).select_related(
        "claim__claimant", "responsible"
    )


def update_requests_visible_to(user: User, *, today: date) -> QuerySet[UpdateRequest]:
    """Return the requests for an update on the claims somebody may see."""
    return UpdateRequest.objects.filter(claim__in=claims_visible_to(user, today=today)).select_related(
        "claim__claimant", "asked_of"
    )


def latest_promise(claim: Claim, *, today: date) -> date:
    """Return the last day that a reply about a claim may promise: as far ahead as its payer pays a whole claim."""
    days = RateCard.objects.values_list("payment_days", flat=True).get(organisation_id=claim.payer_id)
    return ladder.latest_promise(today, most_days=days)


def ladder_of(claim: Claim) -> list[tuple[Step, Escalation | None]]:
    """Return every step of a sent claim's ladder, past and to come, each with what was written of it."""
    written = {step.number: step for step in claim.escalations.all()}
    return [
        (step, written.get(step.number)) for step in steps_to_show(claim.ladder, claim.steps_written, claim.promised_on)
    ]
