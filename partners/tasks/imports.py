"""Celery to one service about imports."""

from celery import shared_task
from django.utils import timezone

from partners.services import imports as services


@shared_task
def appoint_who_accepted() -> None:
    """Appoint the people of trusts' lists who have used their invitation."""
    services.appoint_who_accepted(at=timezone.now())


@shared_task
def remove_old_lists() -> None:
    """Delete lists of partners that nobody brought in within a day."""
    services.remove_old_lists(at=timezone.now())
