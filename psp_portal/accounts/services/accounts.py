"""Makes accounts and closes them."""

from datetime import date, datetime
from uuid import UUID

import pghistory
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction

from psp_portal.accounts import permissions
from psp_portal.accounts.models import Absence, Membership, PostHolding, User
from psp_portal.accounts.roles import Permission
from psp_portal.accounts.services.locks import lock_user
from psp_portal.accounts.services.roles import end_all_at
from psp_portal.audit.context import Actor, SystemActor, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


@audited("accounts.user.register")
@transaction.atomic
def register_user(
    *, email: str, name: str, by: Actor, at: datetime, password: str | None = None, telephone: str = ""
) -> User:
    """Make an account whose e-mail address is known to be the person's; without a password they sign in by code.

    Only the portal itself does; people come by ``accept_invitation``. Raises RuleBroken when the address is taken.
    """
    permissions.check_is_system(by)
    return make_account(User(email=email.strip().lower(), name=name.strip(), telephone=telephone), password=password)


def make_account(user: User, *, password: str | None) -> User:
    """Write a new account and its verified e-mail address; the caller has decided that it may be."""
    if User.objects.filter(email__iexact=user.email).exists():
        raise RuleBroken("There is an account with this email address already.", field="email")
    user.set_password(password)  # None makes a password that nothing matches
    user.save(force_insert=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@audited("accounts.user.disable")
@transaction.atomic
def disable_account(*, user_id: UUID, reason: str, by: Actor, at: datetime) -> User:
    """Close an account: the person can no longer sign in, and holds no role, post or absence from today.

    Somebody else does it, with a reason that is kept in the history (product.md P8). Raises PermissionDenied unless
    ``by`` manages people wherever the person holds a role, RuleBroken when a rule says no.
    """
    today = local_date(at)
    user = lock_user(user_id)
    if not reason.strip():
        raise RuleBroken("Say why the account is closed.", field="reason")
    if by.pk == user.pk:
        raise RuleBroken("You cannot close your own account. Ask somebody else to do it.")
    held_at = set(Membership.objects.in_force_from(today).filter(user=user).values_list("organisation_id", flat=True))
    _check_manages_all(by, user, held_at, today)
    if not user.is_active:
        raise RuleBroken("This account is closed already.")
    with pghistory.context(reason=reason.strip()):
        for rows in (Membership, PostHolding, Absence):
            rows.objects.filter(user=user).end_before(today)
        _close(user)
    return user


def shut_out_of(*, user_id: UUID, organisation_id: UUID, closes_account: bool, at: datetime) -> None:
    """End what somebody holds at an organisation from today, and perhaps their account.

    Two people have agreed to it and the person has been told: the caller, ``people.services.confirm_shut_out``, has
    seen to both, and the database refuses it otherwise.
    """
    user = lock_user(user_id)
    end_all_at(user_id, organisation_id, local_date(at))
    if closes_account and user.is_active:
        _close(user)


def _close(user: User) -> None:
    user.is_active = False
    user.save(update_fields=["is_active"])


def _check_manages_all(by: Actor, user: User, organisation_ids: set[UUID], today: date) -> None:
    if isinstance(by, SystemActor):
        return
    if not organisation_ids:
        # Somebody whose roles have ended belongs to the last organisations where they held one.
        organisation_ids = set(Membership.objects.filter(user=user).values_list("organisation_id", flat=True))
        if not any(permissions.may(by, Permission.MANAGE_PEOPLE, pk, today) for pk in organisation_ids):
            raise PermissionDenied
        return
    for organisation_id in organisation_ids:
        permissions.check_can_manage_people(by, organisation_id, today)
