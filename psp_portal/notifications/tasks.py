"""Celery's door to delivery."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from psp_portal.notifications import delivery, queries


@shared_task
def deliver_messages(message_ids: list[str]) -> None:
    """Send each of these messages that is not sent yet."""
    for message_id in message_ids:
        delivery.deliver(UUID(message_id), at=timezone.now())


@shared_task
def retry_unsent() -> None:
    """Send what is due: messages whose worker or mail server was away."""
    for message_id in queries.ids_due(at=timezone.now()):
        delivery.deliver(message_id, at=timezone.now())
