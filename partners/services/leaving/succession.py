"""What happens when a term ends: a plan made six months before, notes on it, and the decision."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from partners.enums.leaving import SuccessionChoice
from partners.models.leaving import SuccessionPlan
from partners.notifications import leaving as notifications
from partners.permissions import appointments as permissions
from partners.policies import leaving as policies
from partners.queries import leaving as queries
from partners.services.appointments import write_term
from partners.services.closing import settle_succession
from partners.services.moving import lock_partner
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import local_date

CLOCK = SystemActor("partners.open_succession_plans")


def open_succession_plans(*, at: datetime) -> int:
    """Make a plan for each term that ends within six months or is over, once for each last day; return how many.

    The partner and their lead are told. Each is a transaction of its own.
    """
    today, count = local_date(at), 0
    for found in queries.partners_without_plan(today=today):
        with acting_as(CLOCK, "partners.succession.open"), transaction.atomic():
            partner = lock_partner(found.pk)
            if not queries.partners_without_plan(today=today).filter(pk=partner.pk).exists():
                continue
            plan = SuccessionPlan.objects.create(
                partner=partner,
                term_ends_on=partner.term_ends_on,
                opened_at=at,
                decide_by=policies.decide_by(partner.term_ends_on, today=today),
            )
            notifications.succession_opened(plan, at=at)
            count += 1
    return count


@audited("partners.succession.note")
@transaction.atomic
def write_notes(*, plan_id: UUID, notes: str, by: User, at: datetime) -> SuccessionPlan:
    """Keep the steps and notes of a plan. Raises TransitionNotAllowed when it has been decided."""
    plan = _lock_plan(plan_id)
    permissions.check_can_change_partner(by, plan.partner, today=local_date(at))
    policies.check_plan_is_open(plan.status)
    plan.notes = notes.strip()
    plan.save(update_fields=["notes"])
    return plan


@audited("partners.succession.decide")
@transaction.atomic
def decide_succession(
    *, plan_id: UUID, choice: SuccessionChoice, term_ends_on: date | None, by: User, at: datetime
) -> SuccessionPlan:
    """Decide what happens when a term ends; the partner is told. To extend it takes the new last day.

    Raises TransitionNotAllowed when it has been decided, RuleBroken for a new last day that is missing or no extension.
    """
    plan = _lock_plan(plan_id)
    permissions.check_can_change_partner(by, plan.partner, today=local_date(at))
    policies.check_plan_is_open(plan.status)
    if choice == SuccessionChoice.EXTEND:
        policies.check_extension(plan.term_ends_on, term_ends_on)
        partner = lock_partner(plan.partner_id)
        write_term(partner, term_ends_on, reason="Decided as the term came to its end", by=by, at=at)
        return _lock_plan(plan_id)
    settle_succession(plan.partner, choice, by=by, at=at)
    plan = _lock_plan(plan_id)
    notifications.succession_decided(plan, at=at)
    return plan


def _lock_plan(plan_id: UUID) -> SuccessionPlan:
    return (
        SuccessionPlan.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__lead", "partner__organisation")
        .get(pk=plan_id)
    )
