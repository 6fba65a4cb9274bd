"""Writes to the access log."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psp_portal.audit.context import Actor
from psp_portal.audit.erasing import delete
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


def record_reads(
    *, by: Actor, what: str, subjects: Mapping[Any, str], organisation_id: UUID | None, at: datetime
) -> None:
    """Record that ``by`` has read ``what`` of many subjects, each with its name, as ``record_read`` does of one."""
    AccessLog.objects.bulk_create(
        AccessLog(
            at=at,
            actor_id=by.pk,
            actor_name=by.get_full_name(),
            organisation_id=organisation_id,
            what=what,
            subject_id=str(subject_id),
            subject_name=subject_name,
        )
        for subject_id, subject_name in subjects.items()
    )


def dispose_of_readings(ids: Collection[UUID], *, by: Actor, at: datetime) -> int:
    """Delete readings that have been kept long enough; return how many."""
    return delete("audit.AccessLog", ids)
