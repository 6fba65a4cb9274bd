"""Who is told of requests for copies of records; what is in them is never said."""

from datetime import datetime

from django.urls import reverse

from psp_portal.accounts.models import User
from psp_portal.notifications.outbox import Letter, queue
from psp_portal.subject_access.models import SubjectRequest


def person_told(request: SubjectRequest, what: str, subject: str, *, at: datetime) -> None:
    """Tell the person what happened to their request: through their account, or at their address without one."""
    queue(
        [
            Letter(
                kind=f"subject_access.request.{what}",
                recipient_id=request.person_id,
                address="" if request.person_id else request.email,
                subject=subject,
                template=f"subject_access/email/{what}.txt",
                dedupe_key=f"subject_access.request.{what}:{request.pk}:{at.isoformat()}",
                link=reverse("subject_access:request_detail", args=[request.pk]) if request.person_id else "",
                context={"request": request},
            )
        ],
        at=at,
    )


def file_collected(request: SubjectRequest, *, by: User, at: datetime) -> None:
    """Tell somebody with an account that their file was collected: if it was not they, they must know."""
    if request.person_id:
        queue(
            [
                Letter(
                    kind="subject_access.file.collect",
                    recipient_id=request.person_id,
                    subject="A copy of your records was collected",
                    template="subject_access/email/collected.txt",
                    dedupe_key=f"subject_access.file.collect:{request.pk}:{by.pk}",
                    link=reverse("subject_access:request_detail", args=[request.pk]),
                    context={"request": request, "by": by},
                )
            ],
            at=at,
        )
