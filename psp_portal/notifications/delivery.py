"""Sends the e-mail of a message that is written, once."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from psp_portal.notifications import keys
from psp_portal.notifications.models import Message

logger = logging.getLogger(__name__)

# How long to wait after the first, second… failed attempt; after the last one we give up and the row says so.
WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440)]


def deliver(message_id: UUID, *, at: datetime) -> bool:
    """Send the message's e-mail unless it has been sent; return whether this call sent it.

    The row is locked while the mail server is spoken to, so two workers never send the same one. A message another
    worker holds is left to it.
    """
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .unsent()
            .filter(pk=message_id)
            .first()
        )
        if message is None:
            return False
        message.attempts += 1
        try:
            _send(message)
        except (SMTPException, OSError) as error:
            # The address may stand in the error's text, and logs hold no personal data: only its class is written.
            logger.warning("message %s not sent, attempt %s: %s", message.pk, message.attempts, type(error).__name__)
            if message.attempts > len(WAITS):
                message.given_up_at = at
            else:
                message.next_try_at = at + WAITS[message.attempts - 1]
            message.save(update_fields=["attempts", "next_try_at", "given_up_at"])
            return False
        message.sent_at = at
        message.save(update_fields=["attempts", "sent_at"])
        return True


def _send(message: Message) -> None:
    address = message.address or message.recipient.email
    path = message.link.replace(keys.PLACEHOLDER, keys.key_for(message.dedupe_key))
    link = f"\n{settings.PUBLIC_URL}{path}\n" if path else ""
    EmailMessage(
        subject=message.subject,
        body=f"{message.body}{link}\n{settings.SITE_NAME}\n",
        to=[address],
        headers={"Auto-Submitted": "auto-generated", "Message-ID": f"<{message.pk}@psp-portal>"},
    ).send()
