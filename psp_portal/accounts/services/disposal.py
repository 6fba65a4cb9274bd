"""Disposes of who somebody was, once all that needs their name has been kept long enough."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from psp_portal.accounts.enums import STAFF_ROLES
from psp_portal.accounts.models import Invitation, Membership, ShutOut, User
from psp_portal.accounts.policies.forgotten import FORGOTTEN, neutral, neutral_address
from psp_portal.accounts.queries import words_naming
from psp_portal.accounts.services.locks import lock_user
from psp_portal.audit.context import SystemActor, audited
from psp_portal.audit.erasing import ERASED, delete, erase, erase_words, rename_actor
from psp_portal.dates import local_date
from psp_portal.notifications.services import dispose_of_messages_to_addresses


@audited("accounts.invitation.dispose")
@transaction.atomic
def dispose_of_invitations(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete invitations that nobody used, and the e-mails by which they were sent."""
    dispose_of_messages_to_addresses(Invitation.objects.filter(pk__in=ids).values_list("email", flat=True))
    return delete("accounts.Invitation", ids)


@audited("accounts.invitation.dispose")
@transaction.atomic
def forget_who_was_invited(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take the names and addresses from invitations that other rows still point at, and delete their e-mails."""
    dispose_of_messages_to_addresses(Invitation.objects.filter(pk__in=ids).values_list("email", flat=True))
    for invitation_id in ids:
        # Each its own address, so that two to one role stay two.
        erase("accounts.Invitation", [invitation_id], {"name": ERASED, "email": neutral_address(invitation_id)})
    return len(ids)


@audited("accounts.user.dispose")
@transaction.atomic
def dispose_of_account(*, user_id: UUID, by: SystemActor, at: datetime) -> User:
    """Close somebody's account for good and put a neutral name, "Former partner 1234", in place of who they were.

    The row stays, because figures point at it: who claimed, decided and paid are kept apart by it still. Roles end
    today. Returns the account under its new name.
    """
    user = lock_user(user_id)
    known_as = words_naming(user_id)
    was_staff = Membership.objects.filter(user=user, role__in=STAFF_ROLES).exists()
    Membership.objects.filter(user=user).end_before(local_date(at))
    user.is_active = False
    user.set_password(None)
    user.save(update_fields=["is_active", "password"])
    # No row is ever deleted: the next number is one more than there are. Two at once meet at the address's constraint.
    number = User.objects.filter(email__endswith=FORGOTTEN).count() + 1
    instead = neutral(was_staff=was_staff, number=number)
    erase("accounts.User", [user_id], instead)
    for rows in (EmailAddress, Authenticator, UserSession):
        rows.objects.filter(user=user).delete()
    accepted = list(Invitation.objects.filter(accepted_by=user).values_list("pk", flat=True))
    forget_who_was_invited(accepted, by=by, at=at)
    asked = list(ShutOut.objects.filter(user=user).values_list("pk", flat=True))
    erase_words("accounts.ShutOut", asked, "reason", "turn_to", "answer")
    rename_actor(user_id, known_as=known_as, name=instead["name"])
    user.refresh_from_db()
    return user
