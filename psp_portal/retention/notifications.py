"""Who is told of what will be removed."""

from datetime import datetime

from django.urls import reverse

from psp_portal.accounts.models import User
from psp_portal.notifications.outbox import Letter, queue
from psp_portal.retention.models import RetentionRun


def run_planned(run: RetentionRun, *, leads: list[User], removes: int, at: datetime) -> None:
    """Tell an organisation's leads how many records will be removed, and on which day; of whom is not said."""
    queue(
        [
            Letter(
                kind="retention.run.plan",
                recipient_id=lead.pk,
                subject="Records will be removed",
                template="retention/email/run_planned.txt",
                dedupe_key=f"retention.run.plan:{run.pk}:{lead.pk}",
                link=reverse("retention:run_detail", args=[run.pk]),
                context={"person": lead, "run": run, "removes": removes},
            )
            for lead in leads
        ],
        at=at,
    )
