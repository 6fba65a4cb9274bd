"""Partners whom a trust brings in from a list of its own: the list, what came of it, and who has not answered yet."""

import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from partners.enums import PartnerStatus, RoleCategory
from psp_portal.audit.triggers import actor_required, append_only
from psp_portal.uploads import RememberedHeadings, UploadedList


class PartnerList(UploadedList):
    """An uploaded list of partners between its upload and its import."""

    # What holds for rows that say nothing, by column; and what was chosen for rows that could be two things, by number.
    otherwise = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)

    class Meta(UploadedList.Meta):
        indexes = [models.Index(fields=["at"], name="partner_list_by_age")]


class PartnerListColumns(RememberedHeadings):
    """Which headings an organisation's lists of partners had for what."""


class PartnerImport(models.Model):
    """A list of partners that was brought in: who did it and when, and what it came to. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    invited = models.PositiveIntegerField()
    appointed = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "checksum"], name="partner_import_file_once"),
            models.CheckConstraint(
                condition=Q(invited__gt=0) | Q(appointed__gt=0) | Q(changed__gt=0),
                name="partner_import_brought_something",
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.organisation_id})"


# Not the moment it came in either: "at" is what the audit pages call the moment of a change.
@pghistory.track(exclude=["at", "telephone"])
class AwaitedPartner(models.Model):
    """Somebody in a trust's list who has not accepted their invitation yet: the appointment that waits for it.

    It becomes an appointment, and is gone, when they have said yes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    email = models.EmailField()
    name = models.CharField(max_length=150)
    telephone = models.CharField(max_length=30, blank=True)
    status = models.CharField(max_length=10, choices=PartnerStatus)
    role_category = models.PositiveSmallIntegerField(choices=RoleCategory)
    is_paid = models.BooleanField()
    starts_on = models.DateField()
    term_ends_on = models.DateField()
    left_on = models.DateField(null=True)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("organisation", Lower("email"), name="awaited_partner_once"),
            models.CheckConstraint(
                condition=Q(status__in=[PartnerStatus.ACTIVE, PartnerStatus.PAUSED, PartnerStatus.LEFT]),
                name="awaited_partner_status_known",
            ),
            models.CheckConstraint(
                condition=Q(role_category__in=RoleCategory.values), name="awaited_partner_category_known"
            ),
            models.CheckConstraint(condition=Q(term_ends_on__gte=F("starts_on")), name="awaited_partner_term_in_order"),
            models.CheckConstraint(
                condition=Q(status=PartnerStatus.LEFT, left_on__isnull=False)
                | (~Q(status=PartnerStatus.LEFT) & Q(left_on__isnull=True)),
                name="awaited_partner_left_on_when_left",
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.email} awaited at {self.organisation_id}"
