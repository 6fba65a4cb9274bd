"""Requests for a copy of what is held about somebody (UK GDPR, article 15), and by when each is owed an answer."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from psp_portal.audit.triggers import actor_required
from psp_portal.subject_access.enums import RequestStatus
from psp_portal.subject_access.policies import requests as policies

USER = settings.AUTH_USER_MODEL


class SubjectRequestQuerySet(models.QuerySet["SubjectRequest"]):
    """Filters that read as people speak of requests."""

    def open(self) -> "SubjectRequestQuerySet":
        return self.filter(status__in=sorted(policies.OPEN))


@pghistory.track()
class SubjectRequest(models.Model):
    """That somebody asked for a copy of their records. The file is never kept: it is made when it is collected."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Empty: the person asked in the portal, for all that it holds.
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    # Empty: somebody without an account, such as an applicant.
    person = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=150)
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.RECEIVED)
    received_on = models.DateField()
    due_on = models.DateField()
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True)
    extension_reason = models.CharField(max_length=500, blank=True)
    identity_how = models.CharField(max_length=200, blank=True)
    identity_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    identity_at = models.DateTimeField(null=True)
    available_until = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    close_reason = models.CharField(max_length=500, blank=True)

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="subject_request_status_known"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(email=""), name="subject_request_is_somebodys"
            ),
            # Everything is given to the person alone: what staff record is about one organisation.
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(person=F("recorded_by")),
                name="subject_request_for_all_by_the_person",
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("received_on")), name="subject_request_due_after_receipt"),
            models.CheckConstraint(
                condition=Q(extended_at__isnull=True, extension_reason="")
                | Q(extended_at__isnull=False) & ~Q(extension_reason=""),
                name="subject_request_extended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[RequestStatus.RECEIVED, RequestStatus.CLOSED])
                | Q(identity_at__isnull=False, identity_by__isnull=False, available_until__isnull=False)
                & ~Q(identity_how=""),
                name="subject_request_ready_once_identity_is_checked",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.ANSWERED) | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="subject_request_answered_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(close_reason="")
                | ~Q(status=RequestStatus.CLOSED) & Q(closed_at__isnull=True, closed_by__isnull=True, close_reason=""),
                name="subject_request_closed_with_reason",
            ),
            models.UniqueConstraint(
                fields=["organisation", "person"],
                condition=Q(status__in=sorted(policies.OPEN), person__isnull=False),
                nulls_distinct=False,
                name="subject_request_open_once",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "due_on"], name="subject_request_by_due_day")]
        triggers = [
            actor_required(),
            pgtrigger.FSM(
                name="subject_request_moves",
                field="status",
                transitions=[(before.value, after.value) for before, after in sorted(policies.MOVES)],
            ),
        ]

    def __str__(self) -> str:
        return f"A request of {self.received_on}"

    @property
    def is_open(self) -> bool:
        return self.status in policies.OPEN

    @property
    def reference(self) -> str:
        """What people may call it: the beginning of its key."""
        return str(self.pk)[:8].upper()
