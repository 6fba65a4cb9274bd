"""Payment runs, what has been exported of them, and partners' bank details."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from expenses.enums import BankCheckStatus, ExportFormat, ModulusResult, RunLineStatus, RunPart, RunStatus
from expenses.models.lines import ClaimLine
from expenses.models.sequences import next_in
from psp_portal.audit.triggers import actor_required, append_only
from psp_portal.encryption import EncryptedField


@pghistory.track()
class PaymentRun(models.Model):
    """A batch that one finance person makes and another releases. Its count and totals are fixed when it is made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False, db_default=next_in("expenses_run_number"))
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="payment_runs")
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    line_count = models.PositiveIntegerField()
    time_total = models.DecimalField(max_digits=11, decimal_places=2)
    expenses_total = models.DecimalField(max_digits=11, decimal_places=2)
    # What its BACS file pays, fixed when it is released: a setting that is changed later must not pay time twice, by
    # the bank and by payroll. Empty before the release, and for runs released before it was kept.
    bacs_covers = models.CharField(max_length=10, choices=RunPart, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="payment_run_status_known"),
            models.CheckConstraint(
                condition=Q(bacs_covers__in=["", RunPart.EXPENSES, RunPart.BOTH]), name="payment_run_bacs_covers_known"
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="payment_run_both_released_set",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[RunStatus.DRAFT, RunStatus.CANCELLED], released_by__isnull=True)
                | Q(status__in=[RunStatus.RELEASED, RunStatus.SETTLED], released_by__isnull=False),
                name="payment_run_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("made_by")),
                name="payment_run_released_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(line_count__gte=1, time_total__gte=0, expenses_total__gte=0), name="payment_run_has_lines"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-made_at"], name="payment_run_of_organisation")]
        triggers = [
            actor_required(),
            pgtrigger.Protect(name="run_is_kept", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="payment_run_moves",
                field="status",
                transitions=[
                    (RunStatus.DRAFT.value, RunStatus.RELEASED.value),
                    (RunStatus.DRAFT.value, RunStatus.CANCELLED.value),
                    (RunStatus.RELEASED.value, RunStatus.SETTLED.value),
                ],
            ),
            pgtrigger.ReadOnly(name="run_totals_are_locked", fields=["line_count", "time_total", "expenses_total"]),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people quote."""
        return f"R{self.number:05d}"

    @property
    def total(self):
        """The run's whole value in pounds."""
        return self.time_total + self.expenses_total


@pghistory.track()
class RunLine(models.Model):
    """A claim's line in a run. The four people stand beside each other so that the database can keep them apart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="run_lines")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    is_for_time = models.BooleanField()
    status = models.CharField(max_length=10, choices=RunLineStatus, default=RunLineStatus.LISTED)
    claimant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    failure_reason = models.CharField(max_length=200, blank=True)
    # The day on which the bank paid it, in London; kept when the bank sends the payment back days later.
    paid_on = models.DateField(null=True)
    # Kept at release, so that a file taken again names the account that the second person released; none, none known.
    bank_details = models.ForeignKey(
        "expenses.BankDetails", on_delete=models.PROTECT, null=True, related_name="run_lines"
    )
    # The number of the person in this run: what a bank is paid by and answers with. Runs made before it have none.
    payee = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RunLineStatus.values), name="run_line_status_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="run_line_amount_positive"),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(status__in=[RunLineStatus.LISTED, RunLineStatus.PAID]),
                name="run_line_paid_once",
            ),
            models.CheckConstraint(
                condition=~Q(claimant=F("decided_by"))
                & ~Q(made_by=F("claimant"))
                & ~Q(made_by=F("decided_by"))
                & (
                    Q(released_by__isnull=True)
                    | (~Q(released_by=F("claimant")) & ~Q(released_by=F("decided_by")) & ~Q(released_by=F("made_by")))
                ),
                name="run_line_different_people",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[RunLineStatus.PAID, RunLineStatus.FAILED])
                | Q(released_by__isnull=False, settled_at__isnull=False, settled_by__isnull=False),
                name="run_line_settled_after_release",
            ),
            models.CheckConstraint(
                condition=Q(status=RunLineStatus.PAID, paid_on__isnull=False)
                | Q(status=RunLineStatus.FAILED)
                | Q(status__in=[RunLineStatus.LISTED, RunLineStatus.REMOVED], paid_on__isnull=True),
                name="run_line_paid_on_when_paid",
            ),
            models.CheckConstraint(
                condition=Q(status=RunLineStatus.FAILED) & ~Q(failure_reason="")
                | ~Q(status=RunLineStatus.FAILED) & Q(failure_reason=""),
                name="run_line_failure_has_reason",
            ),
        ]
        triggers = [
            actor_required(),
            pgtrigger.Protect(name="run_line_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="run_line_is_locked", fields=["run", "line", "amount", "is_for_time", "payee"]),
            pgtrigger.Protect(
                name="run_line_account_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__bank_details__isnull=False)
                & pgtrigger.Q(old__bank_details__df=pgtrigger.F("new__bank_details")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.line_id}"


class RunExport(models.Model):
    """That somebody took a file out of the portal, and which: its format, count, total and SHA-256.

    ``first`` is the first file of the same format; ``is_same`` says that this one has the same bytes, and ``reason``
    why it was taken although it has not. ``parts`` holds a digest of each thing that may differ (never of an account
    number), so that it can be said what did. Files taken before there were parts covered the whole run.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="exports")
    format = models.CharField(max_length=20, choices=ExportFormat)
    covers = models.CharField(max_length=10, choices=RunPart, default=RunPart.BOTH, db_default=RunPart.BOTH)
    exported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    exported_at = models.DateTimeField()
    line_count = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=11, decimal_places=2)
    checksum = models.CharField(max_length=64)
    payment_count = models.PositiveIntegerField(null=True)
    left_out_count = models.PositiveIntegerField(default=0, db_default=0)
    left_out_total = models.DecimalField(max_digits=11, decimal_places=2, default=0, db_default=0)
    processing_on = models.DateField(null=True)
    parts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="again")
    is_same = models.BooleanField(default=True, db_default=True)
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(format__in=ExportFormat.values), name="run_export_format_known"),
            models.CheckConstraint(condition=Q(covers__in=RunPart.values), name="run_export_covers_known"),
            models.CheckConstraint(
                condition=Q(is_same=True) | (Q(first__isnull=False) & ~Q(reason="")),
                name="run_export_another_file_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(format=ExportFormat.BACS) | Q(processing_on__isnull=False, payment_count__isnull=False),
                name="run_export_bacs_has_day",
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.run_id} as {self.format} at {self.exported_at:%Y-%m-%d %H:%M}"


# The numbers themselves have no place in a history, encrypted or not: the last four digits tell a change.
@pghistory.track(exclude=["account_name", "sort_code", "account_number", "reference"])
class BankDetails(models.Model):
    """Where a person is paid. The encrypted fields are written by services and read by the export alone.

    ``check_status`` says whether somebody in finance has called the person about them; it's kept on the row so that
    what may be paid is one question to one table. The calls are ``BankCall``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bank_details")
    account_name = EncryptedField()
    sort_code = EncryptedField()
    account_number = EncryptedField()
    # A building society's roll number; empty for most.
    reference = EncryptedField(blank=True, default="", db_default="")
    last_four = models.CharField(max_length=4)
    given_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    # Nobody checked what was given before there were checks, and nobody asked for one.
    modulus = models.CharField(
        max_length=15,
        choices=ModulusResult,
        default=ModulusResult.NOT_CHECKABLE,
        db_default=ModulusResult.NOT_CHECKABLE,
    )
    check_status = models.CharField(
        max_length=15,
        choices=BankCheckStatus,
        default=BankCheckStatus.NOT_NEEDED,
        db_default=BankCheckStatus.NOT_NEEDED,
    )
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(replaced_at__isnull=True), name="bank_details_one_in_use"
            ),
            models.CheckConstraint(condition=Q(last_four__regex=r"^[0-9]{4}$"), name="bank_details_last_four_digits"),
            models.CheckConstraint(
                condition=Q(modulus__in=[ModulusResult.VALID, ModulusResult.NOT_CHECKABLE]),
                name="bank_details_fit_the_sort_code",
            ),
            models.CheckConstraint(
                condition=Q(check_status__in=BankCheckStatus.values), name="bank_details_check_status_known"
            ),
            models.CheckConstraint(
                condition=Q(check_status=BankCheckStatus.CONFIRMED, verified_at__isnull=False)
                & Q(verified_by__isnull=False)
                & ~Q(verified_by=F("user"))
                | ~Q(check_status=BankCheckStatus.CONFIRMED) & Q(verified_at__isnull=True, verified_by__isnull=True),
                name="bank_details_confirmed_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(check_status=BankCheckStatus.NOT_CONFIRMED) | Q(replaced_at__isnull=False),
                name="bank_details_not_confirmed_are_not_used",
            ),
        ]
        indexes = [
            models.Index(
                fields=["given_at"],
                name="bank_details_to_check",
                condition=Q(check_status=BankCheckStatus.WAITING, replaced_at__isnull=True),
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.user_id}: account ending {self.last_four}"
