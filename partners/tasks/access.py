"""Celery to one service about access needs."""

from celery import shared_task
from django.utils import timezone

from partners.services import access as services


@shared_task
def remind_of_reviews() -> None:
    """Ask partners and leads to go through needs whose review is due."""
    services.remind_of_reviews(at=timezone.now())
