"""Reads the access log, for the clock alone; pages read it through ``psp_portal.reports.audit``."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from psp_portal.audit.models import AccessLog


def readings_before(organisation_id: UUID, at: datetime) -> QuerySet[AccessLog]:
    """Return the readings recorded for an organisation before a moment."""
    return AccessLog.objects.filter(organisation_id=organisation_id, at__lt=at)
