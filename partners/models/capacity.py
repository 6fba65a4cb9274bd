"""How much time partners have, when, and for what."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from partners.enums.capacity import Audience, CapacityStatus, CapacityUnit
from partners.policies import capacity as policies
from psp_portal.audit.triggers import actor_required


@pghistory.track()
class CapacitySettings(models.Model):
    """An organisation's own numbers: no source gives any (domain.md marks such U). And the interests it offers."""

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="capacity_settings"
    )
    day_minutes = models.PositiveSmallIntegerField(default=450)
    preparation_minutes = models.PositiveSmallIntegerField(default=60)
    tags = ArrayField(models.CharField(max_length=policies.LONGEST_TAG), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(day_minutes__gte=60, day_minutes__lte=720, preparation_minutes__lte=720),
                name="capacity_settings_in_range",
            )
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"Time of partners at {self.organisation_id}"


@pghistory.track()
class CapacityAgreement(models.Model):
    """How much time a month a partner gives from a month on: one of the two proposes it, and the other agrees.

    ``minutes`` is what the amount was when it was proposed: an organisation that counts its days differently later
    changes nothing that was agreed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="capacity_agreements")
    amount = models.DecimalField(max_digits=4, decimal_places=1)
    unit = models.CharField(max_length=5, choices=CapacityUnit)
    minutes = models.PositiveIntegerField()
    starts_on = models.DateField(help_text="The first day of a month")
    status = models.CharField(max_length=10, choices=CapacityStatus, default=CapacityStatus.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(unit__in=CapacityUnit.values), name="capacity_unit_known"),
            models.CheckConstraint(condition=Q(status__in=CapacityStatus.values), name="capacity_status_known"),
            models.CheckConstraint(condition=Q(amount__gt=0, minutes__gt=0), name="capacity_is_some_time"),
            models.CheckConstraint(condition=Q(starts_on__day=1), name="capacity_starts_with_a_month"),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="capacity_both_answered_set",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[CapacityStatus.AGREED, CapacityStatus.NOT_AGREED])
                | Q(answered_by__isnull=False) & ~Q(answered_by=F("proposed_by")),
                name="capacity_answered_by_the_other",
            ),
            models.UniqueConstraint(
                fields=["partner"], condition=Q(status=CapacityStatus.PROPOSED), name="capacity_proposed_once"
            ),
        ]
        indexes = [models.Index(fields=["partner", "starts_on"], name="capacity_of_partner")]
        triggers = [
            actor_required(),
            pgtrigger.FSM(
                name="capacity_moves",
                field="status",
                transitions=[
                    (CapacityStatus.PROPOSED.value, each.value)
                    for each in CapacityStatus
                    if each != CapacityStatus.PROPOSED
                ],
            ),
            pgtrigger.Protect(
                name="capacity_begins_proposed",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__status__df=CapacityStatus.PROPOSED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.amount} {self.unit} from {self.starts_on}"

    @property
    def in_words(self) -> str:
        """How much time it is, in words."""
        return policies.time_in_words(self.amount, self.unit)


@pghistory.track()
class AwayPeriod(models.Model):
    """Days on which a partner is away, both included. Why is nobody's business."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="away_periods")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="away_ends_after_start"),
            models.UniqueConstraint(fields=["partner", "starts_on"], name="away_starts_once"),
        ]
        indexes = [models.Index(fields=["partner", "ends_on"], name="away_of_partner")]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.partner_id} away from {self.starts_on} to {self.ends_on}"

    @property
    def period(self) -> policies.Period:
        """The days, as the rules know them."""
        return policies.Period(self.starts_on, self.ends_on)


# What somebody has lived through has no history: taken back, it is gone.
@pghistory.track(exclude=["experience"])
class Profile(models.Model):
    """What a partner offers, in their own words: when they can come, what they can do, and what they care about."""

    partner = models.OneToOneField(
        "partners.Partner", on_delete=models.PROTECT, primary_key=True, related_name="profile"
    )
    slots = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    skills = models.CharField(max_length=1000, blank=True)
    interests = models.CharField(max_length=1000, blank=True)
    tags = ArrayField(models.CharField(max_length=policies.LONGEST_TAG), default=list, blank=True)
    experience = models.CharField(max_length=2000, blank=True)
    experience_for = models.CharField(max_length=8, choices=Audience, default=Audience.LEAD)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(slots__contained_by=list(policies.SLOTS)), name="profile_slots_of_a_week"
            ),
            models.CheckConstraint(condition=Q(experience_for__in=Audience.values), name="profile_audience_known"),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"What {self.partner_id} offers"

    @property
    def week(self) -> list[tuple[str, str]]:
        """The times of a week, in words."""
        return policies.week_in_words(self.slots)
