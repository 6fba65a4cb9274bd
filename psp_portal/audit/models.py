"""The access log: readings of sensitive things, which triggers on tables cannot see."""

import uuid

from django.db import models

from psp_portal.audit.triggers import append_only


class AccessLog(models.Model):
    """One reading. Holds no foreign key, so that it never stands in the way of live data, nor goes with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=200)
    organisation_id = models.UUIDField(null=True, db_index=True)
    what = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=200)

    class Meta:
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.what} {self.subject_id} at {self.at:%Y-%m-%d %H:%M}"
