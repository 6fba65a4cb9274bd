"""Celery to one service about questions."""

from celery import shared_task
from django.utils import timezone

from partners.services import questions as services


@shared_task
def follow_questions() -> None:
    """Remind of questions, let them go up a step, ask whether answers settle them, and close what needed no reply."""
    services.follow_questions(at=timezone.now())
