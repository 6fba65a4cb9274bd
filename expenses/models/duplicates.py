"""Two lines that look like one thing claimed twice."""

import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from expenses.models.lines import ClaimLine
from psp_portal.audit.triggers import actor_required


@pghistory.track()
class LikelyDuplicate(models.Model):
    """A line that looks like another one of the same person; it takes no money off, and whoever decides clears it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(ClaimLine, on_delete=models.CASCADE, related_name="likely_duplicates")
    other_line = models.ForeignKey(ClaimLine, on_delete=models.CASCADE, related_name="likely_duplicates_of")
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cleared_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "other_line"], name="likely_duplicate_once"),
            models.CheckConstraint(condition=~Q(line=F("other_line")), name="likely_duplicate_of_another_line"),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True, cleared_by__isnull=True, cleared_reason="")
                | Q(cleared_at__isnull=False, cleared_by__isnull=False) & ~Q(cleared_reason=""),
                name="likely_duplicate_all_clearing_set",
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.line_id} like {self.other_line_id}"
