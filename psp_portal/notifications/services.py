"""What happens to messages once they are written: their person reads them, and they go when their time is over."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q

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


def dispose_of_messages(ids: Collection[UUID]) -> int:
    """Delete messages that have been kept long enough; return how many."""
    return Message.objects.filter(pk__in=ids).delete()[0]


def dispose_of_messages_to_addresses(addresses: Collection[str]) -> int:
    """Delete the messages to people without an account, by their addresses; return how many."""
    return Message.objects.filter(recipient__isnull=True, address__in=list(addresses)).delete()[0]


def dispose_of_messages_naming(user_id: UUID, words: Collection[str]) -> int:
    """Delete the messages to somebody, and those to anybody in which one of these words stands; return how many."""
    naming = Q(recipient_id=user_id)
    for each in words:
        naming |= Q(subject__icontains=each) | Q(body__icontains=each) | Q(address__iexact=each)
    return Message.objects.filter(naming).delete()[0]


def remove_letters(dedupe_prefix: str) -> int:
    """Delete the messages to an address alone whose dedupe keys begin so: their person is forgotten; return how many.

    One that has not been sent yet never will be.
    """
    return Message.objects.filter(recipient__isnull=True, dedupe_key__startswith=dedupe_prefix).delete()[0]
