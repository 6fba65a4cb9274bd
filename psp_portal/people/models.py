"""Which two accounts were found to be one person's, and became one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from psp_portal.audit.triggers import append_only

USER = settings.AUTH_USER_MODEL


class JoinedRecord(models.Model):
    """That what was one account's is another's now: who was who, for whoever meets the old account in an old record.

    ``moved`` holds how many rows of each field went over. Names and addresses stand in the accounts' own history.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    gone = models.OneToOneField(USER, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    moved = models.JSONField()
    # Empty when the portal's own command did it.
    joined_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="joined_record_of_two_accounts"),
            models.CheckConstraint(condition=~Q(reason=""), name="joined_record_has_reason"),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.gone_id} became {self.kept_id}"
