"""Sends the e-mail of a message that is written, once."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPResponseException
from uuid import UUID

from django.conf import settings
from django.db import connection

from psp_portal.notifications import keys
from psp_portal.notifications.models import Message
from psp_portal.notifications.smtp import Outgoing

logger = logging.getLogger(__name__)

# What a braille display or a voice stumbles over, and what says the same.
_PLAINER = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\u00a0": " ",
    }
)

# How long to wait after the first, second… failed attempt; after the last one we give up and the row says so.
WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440)]


def deliver(message_id: UUID, *, at: datetime) -> bool:
    """Send the message's e-mail unless it has been sent; return whether this call sent it.

    A message that another worker has in hand is left to it. One that was handed to the mail server by a worker that
    did not live to hear the answer is *in doubt*: it stands in the person's messages, and is never sent again, for the
    mail server has very likely taken it (docs/adr/0011).
    """
    with _alone_with(message_id) as is_ours:
        if not is_ours:
            return False
        message = Message.objects.unsent().select_related("recipient").filter(pk=message_id).first()
        return message is not None and _try_to_send(message, at=at)


@contextmanager
def _alone_with(message_id: UUID) -> Iterator[bool]:
    """Hold the message for this worker while the mail server is spoken to; say whether it could be had.

    A lock of the session and not of the row: what is known of the message must be committed while it is held. The
    database lets go of it when the worker dies.
    """
    key = message_id.int % 2**63
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_ours = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _try_to_send(message: Message, *, at: datetime) -> bool:
    message.attempts += 1
    letter = _letter(message, at=at)
    try:
        letter.send()
    except (SMTPException, OSError) as error:
        if not letter.is_taken:
            _not_sent(message, error, at=at)
            return False
        # The mail server took it and was rude afterwards.
    message.sent_at = at
    message.save(update_fields=["attempts", "sent_at"])
    return True


def _not_sent(message: Message, error: Exception, *, at: datetime) -> None:
    # The address may stand in the error's text, and logs hold no personal data: only its class is written.
    logger.warning("message %s not sent, attempt %s: %s", message.pk, message.attempts, type(error).__name__)
    if message.handed_over_at and not isinstance(error, SMTPResponseException):
        logger.error("message %s is in doubt: the mail server did not say whether it took it", message.pk)
        message.save(update_fields=["attempts"])
        return
    message.handed_over_at = None
    if message.attempts > len(WAITS):
        message.given_up_at = at
    else:
        message.next_try_at = at + WAITS[message.attempts - 1]
    message.save(update_fields=["attempts", "handed_over_at", "next_try_at", "given_up_at"])


def _letter(message: Message, *, at: datetime) -> Outgoing:
    def hand_over() -> None:
        message.handed_over_at = at
        message.save(update_fields=["handed_over_at"])

    subject, body = message.subject, f"{message.body}{_link(message)}\n{settings.SITE_NAME}\n"
    if _is_plain(message):
        subject, body = subject.translate(_PLAINER), body.translate(_PLAINER)
    return Outgoing(
        subject=subject,
        body=body,
        to=[message.address or message.recipient.email],
        headers={"Auto-Submitted": "auto-generated", "Message-ID": f"<{message.pk}@psp-portal>"},
        hand_over=hand_over,
    )


def _is_plain(message: Message) -> bool:
    return message.recipient is not None and message.recipient.wants_plain_email


def _link(message: Message) -> str:
    """Return the lines about where to go on.

    A long address is spelled out letter by letter by a voice, so whoever wants plain e-mails gets the portal's own
    instead, and finds the link with the message there; but for a link with a key, which stands nowhere else.
    """
    if not message.link:
        return ""
    if _is_plain(message) and keys.PLACEHOLDER not in message.link:
        return f"\n{settings.PUBLIC_URL}\nThen open Messages.\n"
    path = message.link.replace(keys.PLACEHOLDER, keys.key_for(message.dedupe_key))
    return f"\n{settings.PUBLIC_URL}{path}\n"
