"""Reads steps and requests for updates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from expenses.enums import ClaimStatus, StepKind
from expenses.models import Claim, Escalation, RateCard, UpdateRequest
from expenses.policies import escalation as ladder
from expenses.policies import responsibility
from expenses.policies.escalation import Step, steps_to_show
from expenses.queries.claims import claims_visible_to
from psp_portal.accounts.enums import Post
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import directory


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


@dataclass(frozen=True)
class Reached:
    """Somebody whom a step to come would reach, with the post that they hold or stand in for, if it is for that."""

    name: str
    post: Post | None


def whom_steps_reach(claim: Claim, kinds: Iterable[StepKind], *, today: date) -> dict[StepKind, list[Reached]]:
    """Return whom steps of an open claim would reach if they were taken today, by kind. Five queries."""
    there = directory(claim.payer_id, today)
    reached = {
        kind: responsibility.reached_by_step(kind, there, status=ClaimStatus(claim.status), claimant=claim.claimant_id)
        for kind in kinds
    }
    people = User.objects.in_bulk({person for found in reached.values() for _post, person in found})
    return {
        kind: [Reached(people[person].get_full_name(), post) for post, person in found]
        for kind, found in reached.items()
    }


def ladder_of(claim: Claim) -> list[tuple[Step, Escalation | None]]:
    """Return every step of a claim's ladder, past and to come, each with what was written of it.

    One that was taken back and given up has none.
    """
    if not claim.ladder:
        return []
    written = {step.number: step for step in claim.escalations.all()}
    return [
        (step, written.get(step.number)) for step in steps_to_show(claim.ladder, claim.steps_written, claim.promised_on)
    ]
