"""A person's appointment at one organisation."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from partners.enums import PartnerStatus, RoleCategory, Vehicle
from partners.policies import states
from psp_portal.audit.triggers import actor_required


def not_by_the_partner(field: str) -> pgtrigger.Trigger:
    """Refuse a row about a partner on which the partner is named as the one who did what ``field`` says."""
    return pgtrigger.Trigger(
        name=f"{field}_is_another_person",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF EXISTS (
                SELECT 1 FROM partners_partner WHERE id = NEW.partner_id AND user_id = NEW.{field}_id
            ) THEN
                RAISE EXCEPTION 'A partner cannot do this about themselves.';
            END IF;
            RETURN NEW;
        """,  # noqa: S608  the name of a column, from the code
    )


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Filters that read as people speak of partners."""

    def serving(self) -> "PartnerQuerySet":
        return self.exclude(status=PartnerStatus.LEFT)

    def assignable(self) -> "PartnerQuerySet":
        """Keep those who may be given something new to do."""
        return self.filter(status__in=states.ASSIGNABLE_STATUSES)


class DaysInRole(Func):
    """From the first day to the last, both included; without an end while they have not left."""

    function = "DATERANGE"
    output_field = DateRangeField()


class OneKey(Func):
    """A key as a range with nothing else in it: two overlap when they are the same.

    An exclusion compares keys by equality only with the extension btree_gist, which not every server has
    (docs/adr/0004); any range can be compared without one. The type is made in migration 0012.
    """

    function = "partners_keyrange"
    template = "%(function)s(%(expressions)s, %(expressions)s, '[]')"
    output_field = DateRangeField()


@pghistory.track()
class Partner(models.Model):
    """One person's appointment at one organisation; one person may hold several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="partners")
    status = models.CharField(max_length=10, choices=PartnerStatus, default=PartnerStatus.ACTIVE)
    role_category = models.PositiveSmallIntegerField(choices=RoleCategory, default=RoleCategory.SENIOR)
    is_paid = models.BooleanField()
    starts_on = models.DateField()
    term_ends_on = models.DateField()
    left_on = models.DateField(null=True)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="partners_led")

    objects = PartnerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PartnerStatus.values), name="partner_status_known"),
            models.CheckConstraint(condition=Q(role_category__in=RoleCategory.values), name="partner_category_known"),
            models.CheckConstraint(condition=Q(term_ends_on__gte=F("starts_on")), name="partner_term_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status=PartnerStatus.LEFT, left_on__isnull=False)
                | (~Q(status=PartnerStatus.LEFT) & Q(left_on__isnull=True)),
                name="partner_left_on_when_left",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("starts_on")), name="partner_left_after_start"
            ),
            # Whoever comes back to a trust does so after they left it; at two trusts at once is fine.
            ExclusionConstraint(
                name="partner_terms_do_not_overlap",
                expressions=[
                    (DaysInRole("starts_on", "left_on", RangeBoundary(True, True)), RangeOperators.OVERLAPS),
                    (OneKey("user"), RangeOperators.OVERLAPS),
                    (OneKey("organisation"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=~Q(lead=F("user")), name="partner_lead_is_another_person"),
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=~Q(status=PartnerStatus.LEFT),
                name="partner_one_appointment_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "status"], name="partner_by_organisation")]
        triggers = [
            actor_required(),
            pgtrigger.FSM(name="partner_moves", field="status", transitions=states.moves()),
            pgtrigger.Protect(
                name="partner_begins_at_the_start",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status__in=sorted(states.FIRST_STATUSES)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.organisation_id} from {self.starts_on}"


@pghistory.track()
class UsualJourney(models.Model):
    """The journey a partner usually makes, offered when they claim."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="usual_journey")
    from_place = models.CharField(max_length=100)
    to_place = models.CharField(max_length=100)
    miles = models.DecimalField(max_digits=6, decimal_places=1, help_text="Miles there and back")
    vehicle = models.CharField(max_length=12, choices=Vehicle)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(miles__gt=0), name="usual_journey_has_miles"),
            models.CheckConstraint(condition=Q(vehicle__in=Vehicle.values), name="usual_journey_vehicle_known"),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.from_place} to {self.to_place} ({self.partner_id})"


@pghistory.track()
class TelephoneNumber(models.Model):
    """A number on which a partner can be called, as their lead recorded it. The one before is kept beside it.

    A change of bank details is checked by calling a number that was held before, so each has the moment it was given.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="telephone_numbers")
    number = models.CharField(max_length=30)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"[0-9]{4}$"), name="telephone_number_ends_in_digits"),
            models.UniqueConstraint(
                fields=["partner"], condition=Q(replaced_at__isnull=True), name="telephone_number_one_in_use"
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.partner_id}: a number ending {self.number[-4:]}"
