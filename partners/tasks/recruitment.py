"""Celery to one service about recruitment."""

from celery import shared_task
from django.utils import timezone

from partners.services import recruitment as services


@shared_task
def remind_unsent() -> None:
    """Remind applicants, once each, of what they have begun and not sent."""
    services.remind_unsent(at=timezone.now())
