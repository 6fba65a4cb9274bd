"""Changes an organisation's people and, in the same transaction, who answers for its open claims and questions.

Each is a service of ``accounts`` followed by ``hand_over``, so that no claim and no question is left with somebody who
is away or gone. That raises RuleBroken when nobody would be left to answer, and nothing has changed.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from psp_portal.accounts import queries, services
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import Absence, Membership, PostHolding, User
from psp_portal.audit.context import Actor, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.people.policies import needs_two_people
from psp_portal.people.queries.shutting_out import is_owed_or_asks
from psp_portal.people.services.handing_over import hand_over


@audited("people.role.grant")
@transaction.atomic
def grant_role(
    *, user_id: UUID, organisation_id: UUID, role: Role, starts_on: date, by: Actor, at: datetime
) -> Membership:
    """Give somebody a role; whoever stood in for a vacancy hands its claims over."""
    membership = services.grant_role(
        user_id=user_id, organisation_id=organisation_id, role=role, starts_on=starts_on, by=by, at=at
    )
    hand_over(organisation_id, by=by, at=at)
    return membership


@audited("people.role.end")
@transaction.atomic
def end_role(*, membership_id: UUID, ends_on: date, by: Actor, at: datetime) -> Membership:
    """End a role and the posts that need it, and hand over what its holder answered for.

    Raises RuleBroken for a partner's role while their claims or questions there are open: that needs two people.
    """
    held = Membership.objects.select_related("user").get(pk=membership_id)
    if held.role == Role.PARTNER and is_owed_or_asks(held.user_id, held.organisation_id):
        raise RuleBroken(needs_two_people(held.user.name))
    membership = services.end_role(membership_id=membership_id, ends_on=ends_on, by=by, at=at)
    hand_over(membership.organisation_id, by=by, at=at)
    return membership


@audited("people.post.appoint")
@transaction.atomic
def appoint_to_post(
    *, organisation_id: UUID, post: Post, user_id: UUID, starts_on: date, by: Actor, at: datetime
) -> PostHolding:
    """Give somebody a post, and with it the claims that its holder answers for."""
    holding = services.appoint_to_post(
        organisation_id=organisation_id, post=post, user_id=user_id, starts_on=starts_on, by=by, at=at
    )
    hand_over(organisation_id, by=by, at=at)
    return holding


@audited("people.absence.record")
@transaction.atomic
def record_absence(
    *,
    organisation_id: UUID,
    user_id: UUID,
    deputy_id: UUID | None,
    starts_on: date,
    ends_on: date | None,
    by: Actor,
    at: datetime,
) -> Absence:
    """Record that somebody is away, and hand what they answer for to their deputy."""
    absence = services.record_absence(
        organisation_id=organisation_id,
        user_id=user_id,
        deputy_id=deputy_id,
        starts_on=starts_on,
        ends_on=ends_on,
        by=by,
        at=at,
    )
    hand_over(organisation_id, by=by, at=at)
    return absence


@audited("people.absence.end")
@transaction.atomic
def end_absence(*, absence_id: UUID, ends_on: date, by: Actor, at: datetime) -> None:
    """Give an absence another last day, and hand back what its person answers for."""
    organisation_id = Absence.objects.values_list("organisation_id", flat=True).get(pk=absence_id)
    services.end_absence(absence_id=absence_id, ends_on=ends_on, by=by, at=at)
    hand_over(organisation_id, by=by, at=at)


@audited("people.account.close")
@transaction.atomic
def close_account(*, user_id: UUID, organisation_id: UUID, reason: str, by: Actor, at: datetime) -> User:
    """End somebody's roles at an organisation at once, hand over what they answered for, and close their account.

    Somebody with a role elsewhere keeps the account for that, which is nobody's business here. Raises RuleBroken while
    their own claims or questions are open, which needs two people (product.md P8), when it is one's own account,
    without a reason, or when nobody would be left to answer for open claims.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if by.pk == user.pk:
        raise RuleBroken("You cannot close your own account. Ask somebody else to do it.")
    if not reason.strip():
        raise RuleBroken("Say why the account is closed.", field="reason")
    today = local_date(at)
    held = queries.memberships_on(user, today)
    has_role_elsewhere = held.exclude(organisation_id=organisation_id).exists()
    is_partner = held.filter(organisation_id=organisation_id, role=Role.PARTNER).exists()
    if (is_partner or not has_role_elsewhere) and is_owed_or_asks(
        user.pk, organisation_id if has_role_elsewhere else None
    ):
        raise RuleBroken(needs_two_people(user.name))
    services.end_roles_at(user_id=user.pk, organisation_id=organisation_id, reason=reason, by=by, at=at)
    hand_over(organisation_id, by=by, at=at)
    if not has_role_elsewhere:
        services.disable_account(user_id=user.pk, reason=reason, by=by, at=at)
    user.refresh_from_db()
    return user
