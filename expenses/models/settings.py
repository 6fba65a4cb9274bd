"""How an organisation pays: its account at the bank, its BACS file, and how the bank's answers are read."""

import uuid

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from expenses.enums import BacsDays, ResultRows, RunPart
from psp_portal.audit.triggers import actor_required
from psp_portal.encryption import EncryptedField


def default_paid_words() -> list[str]:
    """Return what banks call a payment that was made, until the organisation says what its own bank does."""
    return ["accepted", "completed", "paid", "processed", "settled"]


def default_failed_words() -> list[str]:
    """Return what banks call a payment that was sent back, likewise."""
    return ["failed", "recalled", "rejected", "returned", "unapplied", "unpaid"]


# As with partners' accounts the numbers have no place in a history: the last four digits tell a change.
@pghistory.track(exclude=["sort_code", "account_number"])
class PaymentSettings(models.Model):
    """One organisation's settings for paying. Without an account it makes no BACS file, and all else works.

    ``service_user_number`` is the one that BACS has given it; ``account_name`` is the account's name at the bank, as
    its 18 characters go into the file. ``result_columns`` remembers which column of the bank's file holds what.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="payment_settings"
    )
    service_user_number = models.CharField(max_length=6, blank=True)
    account_name = models.CharField(max_length=18, blank=True)
    sort_code = EncryptedField(blank=True)
    account_number = EncryptedField(blank=True)
    last_four = models.CharField(max_length=4, blank=True)
    bacs_covers = models.CharField(max_length=10, choices=RunPart, default=RunPart.EXPENSES)
    bacs_days = models.CharField(max_length=10, choices=BacsDays, default=BacsDays.SINGLE)
    result_rows = models.CharField(max_length=10, choices=ResultRows, default=ResultRows.MIXED)
    result_columns = models.JSONField(default=dict, blank=True)
    paid_words = ArrayField(models.CharField(max_length=30), default=default_paid_words)
    failed_words = ArrayField(models.CharField(max_length=30), default=default_failed_words)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(service_user_number="") | Q(service_user_number__regex=r"^[0-9]{6}$"),
                name="payment_settings_sun_six_digits",
            ),
            models.CheckConstraint(
                condition=Q(sort_code="", account_number="", last_four="", account_name="", service_user_number="")
                | (
                    ~Q(sort_code="")
                    & ~Q(account_number="")
                    & ~Q(account_name="")
                    & ~Q(service_user_number="")
                    & Q(last_four__regex=r"^[0-9]{4}$")
                ),
                name="payment_settings_account_whole",
            ),
            models.CheckConstraint(
                condition=Q(bacs_covers__in=[RunPart.EXPENSES, RunPart.BOTH]), name="payment_settings_covers_expenses"
            ),
            models.CheckConstraint(condition=Q(bacs_days__in=BacsDays.values), name="payment_settings_days_known"),
            models.CheckConstraint(condition=Q(result_rows__in=ResultRows.values), name="payment_settings_rows_known"),
        ]
        triggers = [actor_required(), pgtrigger.Protect(name="payment_settings_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"How {self.organisation_id} pays"

    @property
    def pays_by_bacs(self) -> bool:
        """Whether a BACS file can be made."""
        return bool(self.account_number)
