"""What partners need so that they can take part, who may know, and whether it was there."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from partners.enums.access import NeedKind, NeedStatus, Sharing
from partners.policies import access as policies
from psp_portal.audit.triggers import actor_required


@pghistory.track()
class AccessSettings(models.Model):
    """After how many months an organisation goes through needs again; 12 is domain.md's default, and no source's."""

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="access_settings"
    )
    review_months = models.PositiveSmallIntegerField(default=12)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(review_months__gte=1, review_months__lte=36), name="access_settings_in_range"
            )
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"Access needs at {self.organisation_id}"


# The words themselves have no history: what somebody takes back is gone.
@pghistory.track(exclude=["detail"])
class AccessNeed(models.Model):
    """One thing that a partner needs (the steps of DAPB1605: identified, recorded, shared, met, reviewed).

    What was identified only, in somebody's own words, has no kind yet. Others than the lead learn of a need only when
    the partner has confirmed it and said so: the database holds that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="access_needs")
    status = models.CharField(max_length=10, choices=NeedStatus, default=NeedStatus.IDENTIFIED)
    kind = models.CharField(max_length=14, choices=NeedKind, blank=True)
    detail = models.TextField(blank=True)
    point_size = models.PositiveSmallIntegerField(null=True)
    identified_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    # When the partner wrote it, or said that what their lead wrote is right.
    confirmed_at = models.DateTimeField(null=True)
    sharing = models.CharField(max_length=9, choices=Sharing, default=Sharing.LEAD)
    review_due_on = models.DateField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    # That partner and lead have been asked to go through it again.
    reminded_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=NeedStatus.values), name="need_status_known"),
            models.CheckConstraint(condition=Q(sharing__in=Sharing.values), name="need_sharing_known"),
            models.CheckConstraint(condition=Q(kind__in=["", *NeedKind.values]), name="need_kind_known"),
            models.CheckConstraint(
                condition=~Q(status=NeedStatus.RECORDED)
                | ~Q(kind="") & Q(recorded_by__isnull=False, recorded_at__isnull=False, review_due_on__isnull=False),
                name="need_recorded_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=NeedStatus.IDENTIFIED) | ~Q(detail="") & Q(kind="", recorded_by__isnull=True),
                name="need_identified_in_words",
            ),
            models.CheckConstraint(
                condition=Q(sharing=Sharing.LEAD) | Q(status=NeedStatus.RECORDED, confirmed_at__isnull=False),
                name="need_shared_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=NeedKind.LARGE_PRINT,
                    point_size__isnull=False,
                    point_size__gte=policies.SMALLEST_PRINT,
                    point_size__lte=policies.LARGEST_PRINT,
                )
                | ~Q(kind=NeedKind.LARGE_PRINT) & Q(point_size__isnull=True),
                name="need_size_of_large_print",
            ),
            models.CheckConstraint(
                condition=~Q(detail="") | Q(kind__in=sorted(policies.SPEAKS_FOR_ITSELF)), name="need_says_what"
            ),
            models.CheckConstraint(
                condition=Q(status=NeedStatus.ENDED, ended_on__isnull=False)
                | ~Q(status=NeedStatus.ENDED) & Q(ended_on__isnull=True),
                name="need_ended_on_when_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "status"], name="need_of_partner"),
            models.Index(fields=["review_due_on"], name="need_to_review", condition=Q(status=NeedStatus.RECORDED)),
        ]
        triggers = [
            actor_required(),
            pgtrigger.FSM(name="need_moves", field="status", transitions=policies.moves()),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} needs {self.kind or 'something'}"

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        if not self.kind:
            return "In your own words"
        return f"{self.get_kind_display()}, {self.point_size} point" if self.point_size else self.get_kind_display()


# Nor have these words: they tell what somebody needed, and that it was missing.
@pghistory.track(exclude=["occasion", "how"])
class NeedMet(models.Model):
    """Whether what a partner needs was in place on one occasion, and how, or why not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    need = models.ForeignKey(AccessNeed, on_delete=models.PROTECT, related_name="occasions")
    occasion = models.CharField(max_length=150)
    on = models.DateField()
    was_met = models.BooleanField()
    how = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(occasion=""), name="need_met_on_an_occasion"),
            models.CheckConstraint(condition=Q(was_met=True) | ~Q(how=""), name="need_not_met_says_why"),
        ]
        indexes = [models.Index(fields=["need", "-on"], name="need_met_of_need")]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.need_id} on {self.on}: {'met' if self.was_met else 'not met'}"
