"""How bank details are checked: calls to the person, and the tables of the banks' own number check."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from expenses.enums import CallOutcome, ModulusMethod
from expenses.models.payments import BankDetails
from expenses.policies import modulus
from psp_portal.audit.triggers import actor_required, append_only


class BankCall(models.Model):
    """A call to somebody, on a number held before, about the bank details they gave; and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    details = models.ForeignKey(BankDetails, on_delete=models.PROTECT, related_name="calls")
    # Stand here too, so that the database can keep the two people apart.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    number_ending = models.CharField(max_length=4)
    number_given_at = models.DateTimeField()
    outcome = models.CharField(max_length=15, choices=CallOutcome)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=CallOutcome.values), name="bank_call_outcome_known"),
            models.CheckConstraint(condition=~Q(called_by=F("person")), name="bank_call_by_another_person"),
            models.CheckConstraint(condition=Q(number_given_at__lt=F("called_at")), name="bank_call_number_was_held"),
            models.CheckConstraint(
                condition=~Q(outcome=CallOutcome.NOT_CONFIRMED) | ~Q(note=""), name="bank_call_refusal_has_note"
            ),
        ]
        indexes = [models.Index(fields=["details", "called_at"], name="bank_call_by_time")]
        triggers = [actor_required(), append_only()]

    def __str__(self) -> str:
        return f"{self.details_id}: {self.outcome} at {self.called_at:%Y-%m-%d %H:%M}"


# --- the banks' tables, loaded by a command --------------------------------------------------
class ModulusWeight(models.Model):
    """A line of Pay.UK's table of weights. ``position`` is its place there: a sort code's checks come in that order."""

    position = models.PositiveIntegerField(primary_key=True)
    first = models.CharField(max_length=6)
    last = models.CharField(max_length=6)
    method = models.CharField(max_length=5, choices=ModulusMethod)
    weights = ArrayField(models.SmallIntegerField(), size=modulus.DIGITS)
    exception = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(method__in=ModulusMethod.values), name="modulus_weight_method_known"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="modulus_weight_ends_after_start"),
            models.CheckConstraint(condition=Q(weights__len=modulus.DIGITS), name="modulus_weight_has_14_weights"),
            models.CheckConstraint(condition=Q(exception__lte=14), name="modulus_weight_exception_known"),
        ]
        indexes = [models.Index(fields=["first", "last"], name="modulus_weight_by_sort_code")]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}: {self.method}"


class ModulusSubstitution(models.Model):
    """A line of Pay.UK's table of sort codes that are checked as if they were another."""

    original = models.CharField(max_length=6, primary_key=True)
    substitute = models.CharField(max_length=6)

    class Meta:
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.original} as {self.substitute}"
