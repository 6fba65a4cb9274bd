"""Gives and ends roles and posts."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pghistory
from django.db import transaction
from django.db.models import Q

from psp_portal.accounts import permissions, queries
from psp_portal.accounts.enums import POST_ROLES, Post, Role
from psp_portal.accounts.models import Absence, Membership, PostHolding
from psp_portal.accounts.policies import terms
from psp_portal.accounts.services.locks import lock_organisation, lock_user
from psp_portal.audit.context import Actor, audited
from psp_portal.dates import format_date, local_date
from psp_portal.exceptions import RuleBroken

ONE_DAY = timedelta(days=1)


@audited("accounts.role.grant")
@transaction.atomic
def grant_role(
    *, user_id: UUID, organisation_id: UUID, role: Role, starts_on: date, by: Actor, at: datetime
) -> Membership:
    """Give somebody a role at an organisation from a day on.

    Raises PermissionDenied unless ``by`` manages people there, and for the role of helper, which a partner gives by an
    invitation; RuleBroken when the account or the organisation is closed or the role is held then.
    """
    permissions.check_can_give_role(by, organisation_id, role, local_date(at))
    return give_role(user_id=user_id, organisation_id=organisation_id, role=role, starts_on=starts_on)


def give_role(*, user_id: UUID, organisation_id: UUID, role: Role, starts_on: date) -> Membership:
    """Write the membership after its rules; the caller has asked who may."""
    user = lock_user(user_id)
    organisation = lock_organisation(organisation_id)
    if not user.is_active:
        raise RuleBroken(f"{user.name}'s account is closed.")
    if not organisation.is_open:
        raise RuleBroken(f"{organisation.name} is closed.")
    held = Membership.objects.filter(user=user, organisation=organisation, role=role)
    if held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)).exists():
        raise RuleBroken(f"{user.name} has the role of {Role(role).label.lower()} already.", field="role")
    return Membership.objects.create(user=user, organisation=organisation, role=role, starts_on=starts_on)


@audited("accounts.role.end")
@transaction.atomic
def end_role(*, membership_id: UUID, ends_on: date, by: Actor, at: datetime) -> Membership:
    """End a role after its last day, and with it the posts at that organisation that need it.

    Raises PermissionDenied unless ``by`` manages people there; RuleBroken when the role has ended or would end before
    it starts or before yesterday.
    """
    today = local_date(at)
    user_id = Membership.objects.values_list("user_id", flat=True).get(pk=membership_id)
    lock_user(user_id)
    membership = Membership.objects.select_related("organisation").get(pk=membership_id)
    permissions.check_can_manage_people(by, membership.organisation_id, today)
    if membership.ends_on is not None and membership.ends_on < today:
        raise RuleBroken(f"This role ended on {format_date(membership.ends_on)}.")
    terms.check_ends(membership.starts_on, ends_on)
    terms.check_last_day_not_long_past(ends_on, today)
    lock_organisation(membership.organisation_id)
    membership.ends_on = ends_on
    membership.save(update_fields=["ends_on"])
    posts = [post for post, role in POST_ROLES.items() if role == membership.role]
    PostHolding.objects.filter(user_id=user_id, organisation_id=membership.organisation_id, post__in=posts).end_before(
        ends_on + ONE_DAY
    )
    return membership


def end_helper_role(*, user_id: UUID, organisation_id: UUID, at: datetime) -> None:
    """End somebody's role as a helper at an organisation at once; the caller has asked who may."""
    lock_user(user_id)
    held = Membership.objects.filter(user_id=user_id, organisation_id=organisation_id, role=Role.HELPER)
    held.end_before(local_date(at))


@audited("accounts.role.end_all")
@transaction.atomic
def end_roles_at(*, user_id: UUID, organisation_id: UUID, reason: str, by: Actor, at: datetime) -> int:
    """End every role, post and absence of somebody at an organisation at once; return how many roles there were.

    ``reason`` is kept in the history.

    Raises PermissionDenied unless ``by`` manages people there.
    """
    today = local_date(at)
    permissions.check_can_manage_people(by, organisation_id, today)
    lock_user(user_id)
    lock_organisation(organisation_id)
    held = Membership.objects.in_force_from(today).filter(user_id=user_id, organisation_id=organisation_id)
    count = held.count()
    with pghistory.context(reason=reason.strip()):
        end_all_at(user_id, organisation_id, today)
    return count


def end_all_at(user_id: UUID, organisation_id: UUID, today: date) -> None:
    """Let somebody hold no role, post or absence at an organisation from today; the caller has asked who may."""
    for rows in (Membership, PostHolding, Absence):
        rows.objects.filter(user_id=user_id, organisation_id=organisation_id).end_before(today)


@audited("accounts.post.appoint")
@transaction.atomic
def appoint_to_post(
    *, organisation_id: UUID, post: Post, user_id: UUID, starts_on: date, by: Actor, at: datetime
) -> PostHolding:
    """Give somebody a post from a day on; whoever holds it until then holds it until the day before.

    Raises PermissionDenied unless ``by`` manages people there; RuleBroken when the person does not hold the post's
    role on that day, holds the post already, or somebody takes it up later.
    """
    permissions.check_can_manage_people(by, organisation_id, local_date(at))
    lock_organisation(organisation_id)
    user = lock_user(user_id)
    role = POST_ROLES[post]
    label = Post(post).label
    if not user.is_active or not queries.has_role(user, organisation_id, [role], starts_on):
        raise RuleBroken(
            f"{user.name} needs the role of {role.label.lower()} on {format_date(starts_on)} to hold this post.",
            field="user_id",
        )
    holdings = PostHolding.objects.filter(organisation_id=organisation_id, post=post)
    later = holdings.filter(starts_on__gt=starts_on).select_related("user").order_by("starts_on").first()
    if later is not None:
        raise RuleBroken(
            f"{later.user.name} is {label} from {format_date(later.starts_on)}. Choose that day or a later one.",
            field="starts_on",
        )
    current = holdings.on(starts_on).first()
    if current is not None and current.user_id == user.pk and current.ends_on is None:
        raise RuleBroken(f"{user.name} is {label} already.", field="user_id")
    holdings.end_before(starts_on)
    return PostHolding.objects.create(organisation_id=organisation_id, post=post, user=user, starts_on=starts_on)
