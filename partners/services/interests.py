"""Writes about declared interests; one function for each thing a person, or the clock, can do."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from partners.models.interests import Declaration, Interest
from partners.notifications import interests as notifications
from partners.permissions import interests as permissions
from partners.policies import interests as policies
from partners.queries import interests as queries
from partners.services.moving import lock_partner
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import local_date

CLOCK = SystemActor("partners.remind_of_interests")


@dataclass(frozen=True)
class InterestFacts:
    """What a partner says of an interest. ``ends_on`` is its last day, None while it lasts."""

    kind: str
    organisation: str
    description: str
    starts_on: date
    ends_on: date | None


@audited("partners.interest.add")
@transaction.atomic
def add_interest(*, partner_id: UUID, facts: InterestFacts, by: User, at: datetime) -> Interest:
    """Put an interest of one's own in the list. Raises RuleBroken when words are missing or the days cannot be."""
    partner = lock_partner(partner_id)
    permissions.check_can_declare(by, partner)
    return _save(Interest(partner=partner), facts, at=at)


@audited("partners.interest.change")
@transaction.atomic
def change_interest(*, interest_id: UUID, facts: InterestFacts, by: User, at: datetime) -> Interest:
    """Change an interest of one's own, or say when it ended: it stays, among those that have. Raises as above."""
    interest = Interest.objects.select_for_update(of=("self",)).select_related("partner").get(pk=interest_id)
    permissions.check_can_declare(by, interest.partner)
    return _save(interest, facts, at=at)


def _save(interest: Interest, facts: InterestFacts, *, at: datetime) -> Interest:
    policies.check_interest(
        organisation=facts.organisation,
        description=facts.description,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        today=local_date(at),
    )
    interest.kind, interest.starts_on, interest.ends_on = facts.kind, facts.starts_on, facts.ends_on
    interest.organisation, interest.description = facts.organisation.strip(), facts.description.strip()
    interest.save()
    return interest


@audited("partners.interests.declare")
@transaction.atomic
def declare_interests(*, partner_id: UUID, has_nothing: bool, by: User, at: datetime) -> Declaration:
    """Declare that one's list is complete, or that there is nothing to declare; in a year it is asked again.

    The lead is told. Raises RuleBroken when the list says something else.
    """
    partner = lock_partner(partner_id)
    permissions.check_can_declare(by, partner)
    today = local_date(at)
    policies.check_declaration(has_nothing=has_nothing, count=partner.interests.on(today).count())
    declaration = Declaration.objects.create(
        partner=partner, has_nothing=has_nothing, declared_at=at, due_on=policies.next_due(today)
    )
    notifications.interests_declared(declaration, at=at)
    return declaration


def remind_of_interests(*, at: datetime) -> int:
    """Remind partners whose last declaration is a year old, once for each; return how many.

    Each is a transaction of its own.
    """
    count = 0
    for found in queries.due_and_not_reminded(today=local_date(at)):
        with acting_as(CLOCK, "partners.interests.remind"), transaction.atomic():
            updated = Declaration.objects.filter(pk=found.pk, is_reminded=False).update(is_reminded=True)
            if updated:
                notifications.review_due(found, at=at)
                count += 1
    return count
