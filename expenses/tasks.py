"""Celery to one service."""

from celery import shared_task
from django.utils import timezone

from expenses import services


@shared_task
def escalate_overdue_claims() -> None:
    """Write the steps of the ladder that are due, and hand over what is with people who are away or gone."""
    services.escalate_overdue_claims(at=timezone.now())


@shared_task
def let_refusals_stand() -> None:
    """Make refusals final whose time for an appeal has passed."""
    services.let_refusals_stand(at=timezone.now())


@shared_task
def remind_claims_awaiting_decision() -> None:
    """Remind approvers of late decisions."""
    services.remind_claims_awaiting_decision(at=timezone.now())
