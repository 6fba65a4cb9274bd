"""What partners declare that could be thought to sway them, and that they have said so each year."""

import uuid
from datetime import date

import pghistory
from django.db import models
from django.db.models import F, Q

from partners.enums.interests import InterestKind
from psp_portal.audit.triggers import actor_required


class InterestQuerySet(models.QuerySet["Interest"]):
    """Filters that read as people speak of interests."""

    def on(self, day: date) -> "InterestQuerySet":
        """Keep those that have not ended before a day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


@pghistory.track()
class Interest(models.Model):
    """Something outside the role that a partner has, does or is close to; it is ended, never removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="interests")
    kind = models.CharField(max_length=12, choices=InterestKind)
    organisation = models.CharField(max_length=150)
    description = models.CharField(max_length=500)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=InterestKind.values), name="interest_kind_known"),
            models.CheckConstraint(
                condition=~Q(organisation="") & ~Q(description=""), name="interest_says_with_whom_and_what"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="interest_ends_after_start"
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.kind} interest of {self.partner_id}"


@pghistory.track(exclude=["is_reminded"])
class Declaration(models.Model):
    """A partner said on a day that their list of interests is complete, or that they have none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="declarations")
    has_nothing = models.BooleanField()
    declared_at = models.DateTimeField()
    # The day on which it is looked at again.
    due_on = models.DateField()
    is_reminded = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["partner", "-declared_at"], name="declaration_of_partner")]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.partner_id} declared at {self.declared_at:%Y-%m-%d}"
