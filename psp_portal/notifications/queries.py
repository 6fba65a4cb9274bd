"""Reads messages; always those of one person, or ids for the sweep."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from psp_portal.notifications.models import Message, MessageQuerySet


def messages_visible_to(user: AbstractBaseUser) -> MessageQuerySet:
    """Return the person's own messages, newest first."""
    return Message.objects.filter(recipient_id=user.pk).order_by("-created_at", "pk")


def unread_count(user: AbstractBaseUser) -> int:
    """Return how many of the person's messages they have not opened."""
    return Message.objects.filter(recipient_id=user.pk).unread().count()


def ids_due(*, at: datetime, limit: int = 500) -> list[UUID]:
    """Return ids of unsent messages whose next attempt is due, oldest first."""
    due = Message.objects.unsent().filter(next_try_at__lte=at).order_by("next_try_at")
    return list(due.values_list("pk", flat=True)[:limit])


def messages_before(at: datetime) -> MessageQuerySet:
    """Return everybody's messages written before a moment: for the clock that disposes of them, and for no page."""
    return Message.objects.filter(created_at__lt=at)
