"""Celery to one service about training."""

from celery import shared_task
from django.utils import timezone

from partners.services import training as services


@shared_task
def warn_of_training() -> None:
    """Warn partners and their leads of trainings that run out."""
    services.warn_of_training(at=timezone.now())
