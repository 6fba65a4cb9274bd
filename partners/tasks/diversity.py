"""Celery to one service about diversity."""

from celery import shared_task
from django.utils import timezone

from partners.services import diversity as services


@shared_task
def close_quarters() -> None:
    """Make the tables of totals of the quarter that ended last."""
    services.close_quarters(at=timezone.now())


@shared_task
def forget_leavers() -> None:
    """Delete the answers of partners who have left."""
    services.forget_leavers(at=timezone.now())
