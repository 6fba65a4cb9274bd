"""Celery to one service about declared interests."""

from celery import shared_task
from django.utils import timezone

from partners.services import interests as services


@shared_task
def remind_of_interests() -> None:
    """Remind partners whose last declaration is a year old."""
    services.remind_of_interests(at=timezone.now())
