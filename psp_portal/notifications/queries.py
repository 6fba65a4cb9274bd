"""Reads messages; always those of one person, or ids for the sweep."""

from datetime import datetime
from uuid import UUID

from psp_portal.notifications.models import Message, MessageQuerySet


def messages_visible_to(user) -> MessageQuerySet:
    """Return the person's own messages, newest first."""
    return Message.objects.filter(recipient=user).order_by("-created_at", "pk")


def unread_count(user) -> int:
    """Return how many of the person's messages they have not opened."""
    return Message.objects.filter(recipient=user).unread().count()


def ids_due(*, at: datetime, limit: int = 500) -> list[UUID]:
    """Return ids of unsent messages whose next attempt is due, oldest first."""
    due = Message.objects.unsent().filter(next_try_at__lte=at).order_by("next_try_at")
    return list(due.values_list("pk", flat=True)[:limit])
