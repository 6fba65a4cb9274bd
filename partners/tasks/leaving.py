"""Celery to one service about leaving."""

from celery import shared_task
from django.utils import timezone

from partners.services import leaving as services


@shared_task
def open_succession_plans() -> None:
    """Make a plan for each term that ends within six months."""
    services.open_succession_plans(at=timezone.now())


@shared_task
def begin_pauses() -> None:
    """Let the pauses begin whose first day has come."""
    services.begin_pauses(at=timezone.now())


@shared_task
def let_leavers_go() -> None:
    """Let the partners have left whose last day is over."""
    services.let_leavers_go(at=timezone.now())
