"""What a person does with their own messages: they read them."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from psp_portal.notifications import queries
from psp_portal.notifications.models import Message


def mark_read(*, message_id: UUID, by: AbstractBaseUser, at: datetime) -> Message | None:
    """Mark one of the person's messages as read, the first time only; return it, or None when it is not theirs."""
    mine = queries.messages_visible_to(by).filter(pk=message_id)
    mine.unread().update(read_at=at)
    return mine.first()


def mark_all_read(*, by: AbstractBaseUser, at: datetime) -> int:
    """Mark all of the person's messages as read; return how many were unread."""
    return queries.messages_visible_to(by).unread().update(read_at=at)


def remove_letters(dedupe_prefix: str) -> int:
    """Delete the messages to an address alone whose dedupe keys begin so: their person is forgotten; return how many.

    One that has not been sent yet never will be.
    """
    return Message.objects.filter(recipient__isnull=True, dedupe_key__startswith=dedupe_prefix).delete()[0]
