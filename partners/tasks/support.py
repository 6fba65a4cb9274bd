"""Celery to one service about support."""

from celery import shared_task
from django.utils import timezone

from partners.services import support as services


@shared_task
def ask_how_they_are() -> None:
    """Ask partners, privately, how they are after something hard."""
    services.ask_how_they_are(at=timezone.now())


@shared_task
def open_due_reviews() -> None:
    """Open the annual reviews whose time has come."""
    services.open_due_reviews(at=timezone.now())
