"""Writes to the access log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psp_portal.audit.context import Actor
from psp_portal.audit.models import AccessLog


def record_read(
    *, by: Actor, what: str, subject_id: Any, subject_name: str, organisation_id: UUID | None, at: datetime
) -> AccessLog:
    """Record that ``by`` has read ``what`` (``app.noun.verb``) of a subject; call it in the reader's transaction."""
    return AccessLog.objects.create(
        at=at,
        actor_id=by.pk,
        actor_name=by.get_full_name(),
        organisation_id=organisation_id,
        what=what,
        subject_id=str(subject_id),
        subject_name=subject_name,
    )
