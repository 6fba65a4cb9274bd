"""Celery to one service about checks."""

from celery import shared_task
from django.utils import timezone

from partners.services import checks as services


@shared_task
def warn_of_checks() -> None:
    """Warn partners and their leads of checks that run out."""
    services.warn_of_checks(at=timezone.now())
