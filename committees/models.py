"""Committees, who is assigned to them, and their meetings."""

import uuid
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from committees.enums import AttendanceKind, CommitteeKind, MeetingStatus
from psp_portal.audit.triggers import actor_required


@pghistory.track()
class Committee(models.Model):
    """Any body a partner is assigned to: committee, project, oversight group, board, training panel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="committees")
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=10, choices=CommitteeKind, default=CommitteeKind.COMMITTEE)
    purpose = models.TextField()
    is_safety_related = models.BooleanField(default=True)
    # Two partners on each safety-related committee (Framework 2021, Part B; domain.md 1).
    seats = models.PositiveSmallIntegerField(default=2)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(closed_on__isnull=True), name="committee_name_unique"
            ),
            models.CheckConstraint(condition=Q(kind__in=CommitteeKind.values), name="committee_kind_known"),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.name} ({self.organisation_id})"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Filters that read as people speak of assignments."""

    def not_over(self, today: Any) -> "AssignmentQuerySet":
        """Keep those not over before a day (a date, or an expression in a query); over when the partner has left."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today),
            Q(partner__left_on__isnull=True) | Q(partner__left_on__gte=today),
        )

    def on(self, today: Any) -> "AssignmentQuerySet":
        """Keep those in force on a day (a date, or an expression in a query)."""
        return self.not_over(today).filter(starts_on__lte=today)


@pghistory.track()
class Assignment(models.Model):
    """A partner on a committee, with who pays agreed before the first meeting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="assignments")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="assignments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    payer = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="assignments_paid")
    budget_code = models.CharField(max_length=30)
    budget_holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="budgets_held")
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="budgets_deputised"
    )

    # Decides which organisation pays when the two disagree (product.md C4): a third person to both budget and partner.
    dispute_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="disputes_to_settle"
    )

    # Goes along to the first meeting (domain.md 1): who, since when, and where the two meet.
    escort = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="escorts")
    escort_named_at = models.DateTimeField(null=True)
    how_to_meet = models.CharField(max_length=300, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(escort__isnull=True, escort_named_at__isnull=True, how_to_meet="")
                | Q(escort__isnull=False, escort_named_at__isnull=False) & ~Q(how_to_meet=""),
                name="assignment_escort_meets_somewhere",
            ),
            models.CheckConstraint(condition=~Q(budget_code=""), name="assignment_has_budget_code"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="assignment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("budget_holder")),
                name="assignment_deputy_is_another_person",
            ),
            models.CheckConstraint(
                condition=Q(dispute_person__isnull=True)
                | (~Q(dispute_person=F("budget_holder")) & (Q(deputy__isnull=True) | ~Q(dispute_person=F("deputy")))),
                name="assignment_dispute_person_is_a_third_person",
            ),
            models.UniqueConstraint(
                fields=["partner", "committee"], condition=Q(ends_on__isnull=True), name="assignment_open_once"
            ),
        ]
        triggers = [
            actor_required(),
            pgtrigger.Trigger(
                name="escort_is_another_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("escort_id", "partner_id"),
                condition=pgtrigger.Q(new__escort__isnull=False),
                func="""
                    IF NEW.escort_id = (SELECT user_id FROM partners_partner WHERE id = NEW.partner_id) THEN
                        RAISE EXCEPTION 'Nobody goes along with themselves.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} on {self.committee_id} from {self.starts_on}"


@pghistory.track()
class Meeting(models.Model):
    """One meeting of a committee, with planned and actual minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=150, blank=True)
    online_link = models.URLField(blank=True)
    planned_minutes = models.PositiveSmallIntegerField()
    actual_minutes = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=10, choices=MeetingStatus, default=MeetingStatus.PLANNED)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cancel_reason = models.CharField(max_length=300, blank=True)
    # What of it may be hard to hear; empty for nothing. Whoever was there is asked quietly how they are, later.
    content_warning = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=MeetingStatus.values), name="meeting_status_known"),
            models.CheckConstraint(
                condition=Q(planned_minutes__gte=1, planned_minutes__lte=1440), name="meeting_planned_minutes_in_a_day"
            ),
            models.CheckConstraint(
                condition=Q(actual_minutes__isnull=True) | Q(actual_minutes__gte=1, actual_minutes__lte=1440),
                name="meeting_actual_minutes_in_a_day",
            ),
            models.CheckConstraint(
                condition=Q(status=MeetingStatus.CANCELLED, cancelled_at__isnull=False, cancelled_by__isnull=False)
                & ~Q(cancel_reason="")
                | ~Q(status=MeetingStatus.CANCELLED)
                & Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancel_reason=""),
                name="meeting_all_cancellation_set",
            ),
            models.CheckConstraint(
                condition=Q(status=MeetingStatus.HELD, actual_minutes__isnull=False)
                | ~Q(status=MeetingStatus.HELD) & Q(actual_minutes__isnull=True),
                name="meeting_minutes_when_held",
            ),
            models.CheckConstraint(condition=~Q(place="", online_link=""), name="meeting_has_place_or_link"),
        ]
        indexes = [models.Index(fields=["committee", "starts_at"], name="meeting_by_time")]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.committee_id} at {self.starts_at:%Y-%m-%d %H:%M}"


@pghistory.track()
class Attendance(models.Model):
    """Whether a partner was at a meeting, and for how long; recorded by the lead or the partner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="attendances")
    kind = models.CharField(max_length=10, choices=AttendanceKind)
    minutes = models.PositiveSmallIntegerField(default=0)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "assignment"], name="attendance_once"),
            models.CheckConstraint(condition=Q(kind__in=AttendanceKind.values), name="attendance_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=AttendanceKind.ATTENDED, minutes__gte=1, minutes__lte=1440)
                | Q(kind=AttendanceKind.APOLOGIES, minutes=0),
                name="attendance_minutes_when_attended",
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.kind} {self.meeting_id}"
