"""Celery's door to accounts."""

from celery import shared_task
from django.utils import timezone

from psp_portal.accounts import services


@shared_task
def lapse_unused_invitations() -> None:
    """Mark invitations that nobody used in time."""
    services.lapse_unused_invitations(at=timezone.now())
