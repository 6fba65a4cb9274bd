"""The one door for telling people something: ``queue`` a message in the transaction of what it tells of."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string

from psp_portal.notifications import tasks
from psp_portal.notifications.models import Message

BATCH = 500
# How many letters one task takes: a mail server may need seconds for each.
SHARE = 50


@dataclass(frozen=True)
class Letter:
    """A message to be queued. ``template`` is a text template; its context must hold nothing sensitive.

    ``dedupe_key`` says what makes two messages the same one, such as
    ``expenses.claim.escalate:<claim>:<step>:<person>``: the second is never written. ``address`` is where the e-mail
    goes when that is not the recipient's own address; without a recipient it is needed. ``keys.PLACEHOLDER`` in the
    link becomes ``keys.key_for(dedupe_key)`` in the e-mail.
    """

    kind: str
    recipient_id: uuid.UUID | None
    subject: str
    template: str
    dedupe_key: str
    link: str = ""
    address: str = ""
    context: dict[str, Any] = field(default_factory=dict)


def queue(letters: Iterable[Letter], *, at: datetime) -> int:
    """Write the letters not written before, hand them to the worker after commit; return how many letters there were.

    A broker that is away does not hurt: the rows are there, and ``retry_unsent`` sweeps them.
    """
    messages = [
        Message(
            dedupe_key=letter.dedupe_key,
            kind=letter.kind,
            recipient_id=letter.recipient_id,
            address=letter.address,
            subject=letter.subject,
            body=render_to_string(letter.template, letter.context).strip() + "\n",
            link=letter.link,
            created_at=at,
            next_try_at=at,
        )
        for letter in letters
    ]
    if messages:
        Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=BATCH)
        ids = [str(message.pk) for message in messages]

        def hand_to_worker() -> None:
            # A worker that is stopped leaves the rest of its share to the sweep: the shares are small.
            for start in range(0, len(ids), SHARE):
                tasks.deliver_messages.delay(ids[start : start + SHARE])

        # A named function: Django names what failed in its log, and stumbles over a partial.
        transaction.on_commit(hand_to_worker, robust=True)
    return len(messages)
