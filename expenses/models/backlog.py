"""Claims that a trust brings in from a list of its own: the list while it is looked at, and what came of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from psp_portal.audit.triggers import append_only
from psp_portal.uploads import RememberedHeadings, UploadedList


class BacklogDraft(UploadedList):
    """An uploaded list of unpaid claims between its upload and its import."""

    class Meta(UploadedList.Meta):
        indexes = [models.Index(fields=["at"], name="backlog_draft_by_age")]


class BacklogColumns(RememberedHeadings):
    """Which headings an organisation's lists of unpaid claims had for what."""


class BacklogImport(models.Model):
    """A list that was brought in: who did it and when, what the file was, and what it came to. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="backlog_imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    claims = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=11, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "checksum"], name="backlog_import_file_once"),
            models.CheckConstraint(
                condition=Q(rows__gte=1, claims__gte=1, total__gt=0), name="backlog_import_brought_something"
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.organisation_id})"
