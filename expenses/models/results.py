"""What the bank answered: its result files, and each night's proof that all sums agree."""

import uuid

from django.conf import settings
from django.db import models

from psp_portal.audit.triggers import actor_required, append_only
from psp_portal.encryption import EncryptedField


class ResultUpload(models.Model):
    """A result file between being uploaded and being taken in: encrypted, and deleted within two days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    rows = EncryptedField()

    class Meta:
        triggers = [actor_required()]

    def __str__(self) -> str:
        return self.file_name


class BankResult(models.Model):
    """A result file that was taken in: how many rows did what, row by row. The same file is never taken twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="bank_results")
    file_name = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()
    paid_count = models.PositiveIntegerField()
    paid_total = models.DecimalField(max_digits=11, decimal_places=2)
    failed_count = models.PositiveIntegerField()
    failed_total = models.DecimalField(max_digits=11, decimal_places=2)
    not_used_count = models.PositiveIntegerField()
    # What each row was and did: its number, the reference, the amount, the outcome and why. No account numbers.
    rows = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "checksum"], name="bank_result_taken_once"),
        ]
        indexes = [models.Index(fields=["organisation", "-imported_at"], name="bank_result_of_organisation")]
        triggers = [append_only()]

    def __str__(self) -> str:
        return self.file_name


class Reconciliation(models.Model):
    """One check that claims, run lines, files and payments of an organisation agree; what did not, in ``problems``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="reconciliations")
    checked_at = models.DateTimeField()
    run_count = models.PositiveIntegerField()
    line_count = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=13, decimal_places=2)
    sums = models.JSONField()
    problems = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-checked_at"], name="reconciliation_newest")]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.organisation_id} at {self.checked_at:%Y-%m-%d %H:%M}"

    @property
    def agrees(self) -> bool:
        """Whether everything agreed."""
        return not self.problems
