"""Celery to one service about inductions."""

from celery import shared_task
from django.utils import timezone

from partners.services import induction as services


@shared_task
def remind_of_induction() -> None:
    """Remind people of what they have to do in inductions."""
    services.remind_of_items(at=timezone.now())
