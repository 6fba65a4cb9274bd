"""Invites people, and makes their account when they come."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from psp_portal.accounts import notifications, permissions
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Invitation, Membership, Organisation, User
from psp_portal.accounts.policies import terms
from psp_portal.accounts.services.accounts import make_account
from psp_portal.accounts.services.roles import give_role
from psp_portal.audit.context import Actor, SystemActor, acting_as, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

BATCH = 500


@transaction.atomic
def invite_user(*, email: str, name: str, organisation_id: UUID, role: Role, by: Actor, at: datetime) -> Invitation:
    """Invite somebody by e-mail to a role; the link in it is good for 14 days.

    Somebody with an account already gets the role on it when they accept. Raises PermissionDenied unless ``by``
    manages people there, or is a partner there and invites a helper; RuleBroken when the role is held or an invitation
    to it is open.
    """
    email = email.strip().lower()
    return invite_people(people={email: name}, organisation_id=organisation_id, role=role, by=by, at=at)[email]


@audited("accounts.user.invite")
@transaction.atomic
def invite_people(
    *, people: Mapping[str, str], organisation_id: UUID, role: Role, by: Actor, at: datetime
) -> dict[str, Invitation]:
    """Invite people, their names by their addresses in small letters, as ``invite_user`` does each; all or nobody.

    Returns the invitations by address. A number of queries that does not depend on how many they are.
    """
    permissions.check_can_give_role(by, organisation_id, role, local_date(at))
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    if not organisation.is_open:
        raise RuleBroken(f"{organisation.name} is closed.")
    held = Membership.objects.on(local_date(at)).filter(organisation=organisation, role=role, user__is_active=True)
    if {email.lower() for email in held.values_list("user__email", flat=True)} & people.keys():
        raise RuleBroken(f"The person with this email address is {Role(role).label.lower()} already.", field="email")
    waiting = Invitation.objects.filter(organisation=organisation, role=role).open()
    waiting.filter(expires_at__lte=at).update(lapsed_at=at)
    if {email.lower() for email in waiting.values_list("email", flat=True)} & people.keys():
        raise RuleBroken("This person has an invitation to this role already. It is waiting for them.", field="email")
    invitations = {email: _invitation(email, name, organisation, role, by, at) for email, name in people.items()}
    Invitation.objects.bulk_create(invitations.values(), batch_size=BATCH)
    notifications.invitations_sent(invitations.values(), at=at)
    return invitations


def _invitation(email: str, name: str, organisation: Organisation, role: Role, by: Actor, at: datetime) -> Invitation:
    pk = uuid.uuid4()
    return Invitation(
        pk=pk,
        organisation=organisation,
        email=email,
        name=name.strip(),
        role=role,
        token_hash=terms.hash_of(notifications.invitation_token(pk)),
        invited_by=by if isinstance(by, User) else None,
        invited_at=at,
        expires_at=terms.invitation_expires_at(at),
    )


@transaction.atomic
def accept_invitation(*, token: str, password: str | None, name: str, at: datetime) -> User:
    """Use an invitation: make the account with its verified e-mail address, or find it, and give it the role.

    The key in the link proves whose mailbox it is. ``password`` None means that they sign in by a code or passkey; an
    account that is there already keeps its name and password. Raises RuleBroken when the key is unknown, or the
    invitation was used or has run out.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).filter(token_hash=terms.hash_of(token)).first()
    terms.check_invitation(invitation, at=at)
    known = User.objects.filter(email__iexact=invitation.email).first()
    user = known or User(email=invitation.email, name=name.strip() or invitation.name)
    with acting_as(user, "accounts.invitation.accept"):
        if known is None:
            make_account(user, password=password)
        invitation.accepted_at, invitation.accepted_by = at, user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        give_role(
            user_id=user.pk,
            organisation_id=invitation.organisation_id,
            role=Role(invitation.role),
            starts_on=local_date(at),
        )
    return user


@audited("accounts.invitation.withdraw")
@transaction.atomic
def withdraw_invitation(*, invitation_id: UUID, by: Actor, at: datetime) -> Invitation:
    """Make an invitation's link useless before it runs out.

    Raises PermissionDenied unless ``by`` manages people there, or invited a helper; RuleBroken when it was used or has
    run out.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
    permissions.check_can_withdraw_invitation(by, invitation, local_date(at))
    terms.check_invitation(invitation, at=at)
    invitation.lapsed_at = at
    invitation.save(update_fields=["lapsed_at"])
    return invitation


@transaction.atomic
def lapse_unused_invitations(*, at: datetime) -> int:
    """Mark invitations that nobody used in time; return how many."""
    with acting_as(SystemActor("accounts.lapse_unused_invitations"), "accounts.invitation.lapse"):
        return Invitation.objects.open().filter(expires_at__lte=at).update(lapsed_at=at)
