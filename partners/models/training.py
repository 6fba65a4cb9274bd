"""Courses, who has done them, and what partners ask for to grow in their role."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from partners.enums import RoleCategory
from partners.enums.training import DevelopmentKind, RequestStatus, SyllabusLevel
from partners.policies import training as policies
from psp_portal.audit.triggers import actor_required


@pghistory.track()
class TrainingSettings(models.Model):
    """An organisation's own times. No source gives a number for either (domain.md marks such U)."""

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="training_settings"
    )
    first_due_days = models.PositiveSmallIntegerField(default=90)
    answer_working_days = models.PositiveSmallIntegerField(default=10)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_due_days__lte=730, answer_working_days__gte=1, answer_working_days__lte=60),
                name="training_settings_in_range",
            )
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"Training at {self.organisation_id}"


class CourseQuerySet(models.QuerySet["Course"]):
    """Filters that read as people speak of courses."""

    def open(self) -> "CourseQuerySet":
        return self.filter(closed_on__isnull=True)


@pghistory.track()
class Course(models.Model):
    """Something that an organisation lets its partners learn, once or again and again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="courses")
    title = models.CharField(max_length=150)
    # Of the national patient safety syllabus; empty for what is none of its courses.
    level = models.PositiveSmallIntegerField(choices=SyllabusLevel, null=True)
    provider = models.CharField(max_length=100, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, help_text="How long it takes on one day")
    renewal_months = models.PositiveSmallIntegerField(null=True, help_text="Empty when once is enough")
    required_of = ArrayField(models.PositiveSmallIntegerField(choices=RoleCategory), default=list, blank=True)
    is_published = models.BooleanField(default=False)
    closed_on = models.DateField(null=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="course_has_title"),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__in=SyllabusLevel.values), name="course_level_known"
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1, minutes__lte=policies.DAY_MINUTES),
                name="course_minutes_in_a_day",
            ),
            models.CheckConstraint(
                condition=Q(renewal_months__isnull=True) | Q(renewal_months__gte=1), name="course_renewal_is_some_time"
            ),
            models.CheckConstraint(
                condition=Q(required_of__contained_by=RoleCategory.values), name="course_required_of_known"
            ),
            models.UniqueConstraint(
                Lower("title"), "organisation", condition=Q(closed_on__isnull=True), name="course_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["title"], name="course_published", condition=Q(is_published=True, closed_on=None))
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return self.title

    @property
    def required_words(self) -> str:
        """Of whom it is asked, in words."""
        return ", ".join(RoleCategory(each).label for each in self.required_of)


@pghistory.track(exclude=["warned"])
class TrainingRecord(models.Model):
    """A partner did a course on a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="trainings")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="records")
    done_on = models.DateField()
    minutes = models.PositiveSmallIntegerField(null=True)
    # From the course's renewal on the day it was recorded: a change of the course's rule changes no certificate.
    expires_on = models.DateField(null=True)
    reference = models.CharField(max_length=100, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    # The days before the end for which somebody has been warned already.
    warned = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "course", "done_on"], name="training_once_a_day"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1, minutes__lte=policies.DAY_MINUTES),
                name="training_minutes_in_a_day",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gt=F("done_on")),
                name="training_expires_after_it_was_done",
            ),
        ]
        indexes = [models.Index(fields=["expires_on"], name="training_by_end", condition=Q(expires_on__isnull=False))]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.partner_id} did {self.course_id} on {self.done_on}"


@pghistory.track()
class DevelopmentRequest(models.Model):
    """What a partner asks for, as of right, to grow in the role; their lead answers by a day, and says why if not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="development_requests")
    kind = models.CharField(max_length=10, choices=DevelopmentKind)
    what = models.CharField(max_length=200)
    why = models.CharField(max_length=1000)
    when = models.CharField(max_length=200, blank=True)
    hours = models.PositiveSmallIntegerField(null=True)
    cost = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.ASKED)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    # The day by which what was agreed is to happen, and the day it did.
    agreed_for = models.DateField(null=True)
    done_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DevelopmentKind.values), name="development_kind_known"),
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="development_status_known"),
            models.CheckConstraint(condition=~Q(what="") & ~Q(why=""), name="development_says_what_and_why"),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0), name="development_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="development_both_decided_set",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[RequestStatus.AGREED, RequestStatus.NOT_AGREED, RequestStatus.DONE])
                | Q(decided_at__isnull=False),
                name="development_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.NOT_AGREED) | ~Q(reason=""), name="development_refused_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.DONE, done_on__isnull=False)
                | ~Q(status=RequestStatus.DONE) & Q(done_on__isnull=True),
                name="development_done_on_when_done",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="development_waiting", condition=Q(status=RequestStatus.ASKED)),
            models.Index(fields=["partner", "-asked_at"], name="development_of_partner"),
        ]
        triggers = [
            actor_required(),
            pgtrigger.FSM(name="development_moves", field="status", transitions=policies.moves()),
            pgtrigger.Protect(
                name="development_begins_asked",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__status__df=RequestStatus.ASKED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} asks for {self.kind}"
