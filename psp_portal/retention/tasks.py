"""Celery's door to retention."""

from celery import shared_task
from django.utils import timezone

from psp_portal.retention import services


@shared_task
def expire_applications() -> None:
    """Remove what applications that came to nothing hold about people when it is no longer needed."""
    services.expire_applications(at=timezone.now())


@shared_task
def plan_runs() -> None:
    """Plan what will be removed, and show it to the leads."""
    services.plan_runs(at=timezone.now())


@shared_task
def carry_out_runs() -> None:
    """Remove what was planned for today or before."""
    services.carry_out_runs(at=timezone.now())
