"""Who is told what about accounts, and in which words."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from psp_portal.accounts.models import Invitation
from psp_portal.dates import format_date, local_date
from psp_portal.notifications import keys, outbox


def _dedupe_key(invitation_id: UUID) -> str:
    return f"accounts.user.invite:{invitation_id}"


def invitation_token(invitation_id: UUID) -> str:
    """Return the key that the e-mail of an invitation carries in its link; the database holds its hash alone."""
    return keys.key_for(_dedupe_key(invitation_id))


def invitations_sent(invitations: Iterable[Invitation], *, at: datetime) -> None:
    """Tell the people who are invited."""
    outbox.queue([_letter(invitation) for invitation in invitations], at=at)


def _letter(invitation: Invitation) -> outbox.Letter:
    return outbox.Letter(
        kind="accounts.user.invite",
        recipient_id=None,
        address=invitation.email,
        subject=f"You are invited to {settings.SITE_NAME}",
        template="accounts/email/invitation.txt",
        dedupe_key=_dedupe_key(invitation.pk),
        link=reverse("accounts:invitation_accept", args=[keys.PLACEHOLDER]),
        context={
            "name": invitation.name,
            "organisation": invitation.organisation.name,
            "inviter": invitation.invited_by.name if invitation.invited_by else "",
            "role": invitation.get_role_display().lower(),
            "good_until": format_date(local_date(invitation.expires_at)),
            "service": settings.SITE_NAME,
        },
    )
