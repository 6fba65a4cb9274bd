"""Questions that partners ask of a role, what was written about each, and the steps of its ladder.

The words are for the asker, whoever has the question, their deputy and those whom its ladder reached: they stand in
``QuestionEntry`` and in the subject, of which there is no history, for auditors read histories (docs/adr/0028).
"""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from partners.enums.questions import AskedRole, EntryKind, QuestionStatus, QuestionStepKind
from partners.policies import questions as policies
from psp_portal.audit.triggers import actor_required

USER = settings.AUTH_USER_MODEL
S = QuestionStatus


@pghistory.track()
class QuestionSettings(models.Model):
    """An organisation's own times for questions, in working days (product.md P10 gives the first five)."""

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="question_settings"
    )
    reply_days = models.PositiveSmallIntegerField(default=5)
    first_days = models.PositiveSmallIntegerField(default=3)
    second_days = models.PositiveSmallIntegerField(default=5)
    manager_days = models.PositiveSmallIntegerField(default=8)
    executive_days = models.PositiveSmallIntegerField(default=15)
    confirm_days = models.PositiveSmallIntegerField(default=5)
    reopen_days = models.PositiveSmallIntegerField(default=10)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    first_days__gte=1,
                    second_days__gt=F("first_days"),
                    manager_days__gt=F("second_days"),
                    executive_days__gt=F("manager_days"),
                    executive_days__lte=policies.MOST_WORKING_DAYS,
                ),
                name="question_settings_steps_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    reply_days__range=(1, policies.MOST_WORKING_DAYS),
                    confirm_days__range=(1, policies.MOST_WORKING_DAYS),
                    reopen_days__range=(1, policies.MOST_WORKING_DAYS),
                ),
                name="question_settings_in_range",
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"Questions at {self.organisation_id}"

    @property
    def times(self) -> policies.Times:
        """The same, as rules take it."""
        steps = (self.first_days, self.second_days, self.manager_days, self.executive_days)
        return policies.Times(self.reply_days, steps, self.confirm_days, self.reopen_days)


class QuestionQuerySet(models.QuerySet["Question"]):
    """Filters that read as people speak of questions."""

    def open(self) -> "QuestionQuerySet":
        return self.exclude(status=S.CLOSED)

    def waiting(self) -> "QuestionQuerySet":
        return self.filter(status=S.WAITING)

    def answered(self) -> "QuestionQuerySet":
        """Keep those with an answer that stands: the asker has not said that it is none."""
        return self.filter(answered_at__isnull=False)


@pghistory.track(exclude=["subject", "ladder", "steps_written", "next_step_on"])
class Question(models.Model):
    """Something that a partner asks of a role at an organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="questions")
    asker = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="questions_asked")
    to_role = models.CharField(max_length=20, choices=AskedRole)
    subject = models.CharField(max_length=policies.LONGEST_SUBJECT)
    status = models.CharField(max_length=10, choices=QuestionStatus, default=S.WAITING)
    asked_at = models.DateTimeField()
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="questions_owned")
    owned_since = models.DateTimeField()
    deputy = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="questions_deputised")
    due_on = models.DateField()
    # Each time the asker says that it is not answered a new round begins, with a ladder of its own.
    round = models.PositiveSmallIntegerField(default=1)
    ladder = ArrayField(models.DateField())
    steps_written = models.PositiveSmallIntegerField(default=0)
    # When the clock next does something about it.
    next_step_on = models.DateField(null=True)
    # The answer that stands; the first there ever was, and after how many working days it came.
    answered_at = models.DateTimeField(null=True)
    first_answered_at = models.DateTimeField(null=True)
    first_answer_days = models.PositiveSmallIntegerField(null=True)
    no_reply_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    # The last day on which the asker can object to that.
    reopen_until = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Empty when the clock closed it, which it does only after "no reply needed".
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=S.values), name="question_status_known"),
            models.CheckConstraint(condition=Q(to_role__in=AskedRole.values), name="question_role_known"),
            models.CheckConstraint(condition=~Q(subject=""), name="question_has_subject"),
            models.CheckConstraint(
                condition=~Q(owner=F("asker")) & (Q(deputy__isnull=True) | ~Q(deputy=F("asker"))),
                name="question_owner_is_another_person",
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("owner")), name="question_deputy_is_another_person"
            ),
            models.CheckConstraint(condition=Q(ladder__len__gte=1), name="question_has_ladder"),
            models.CheckConstraint(
                condition=~Q(status=S.WAITING) | Q(answered_at__isnull=True), name="question_waiting_is_unanswered"
            ),
            models.CheckConstraint(
                condition=~Q(status=S.ANSWERED) | Q(answered_at__isnull=False), name="question_answered_has_answer"
            ),
            models.CheckConstraint(
                condition=Q(first_answered_at__isnull=True, first_answer_days__isnull=True, answered_at__isnull=True)
                | Q(first_answered_at__isnull=False, first_answer_days__isnull=False),
                name="question_all_first_answer_set",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[S.WAITING, S.ANSWERED], no_reply_by__isnull=True, reopen_until__isnull=True)
                | Q(status=S.NO_REPLY, no_reply_by__isnull=False, reopen_until__isnull=False)
                | Q(status=S.CLOSED),
                name="question_no_reply_by_somebody",
            ),
            # The promise: only the asker closes a question, or the clock what somebody has said needs no reply.
            models.CheckConstraint(
                condition=~Q(status=S.CLOSED) & Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(status=S.CLOSED, closed_at__isnull=False)
                & (
                    Q(closed_by__isnull=False, closed_by=F("asker"))
                    | Q(closed_by__isnull=True, no_reply_by__isnull=False)
                ),
                name="question_closed_by_asker_or_no_reply",
            ),
            models.CheckConstraint(
                condition=Q(status=S.CLOSED, next_step_on__isnull=True)
                | ~Q(status=S.CLOSED) & Q(next_step_on__isnull=False),
                name="question_open_has_next_step",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "asked_at"], name="question_by_organisation"),
            models.Index(fields=["asker", "-asked_at"], name="question_by_asker"),
            models.Index(fields=["owner"], name="question_open_by_owner", condition=~Q(status=S.CLOSED)),
            models.Index(fields=["next_step_on"], name="question_by_next_step", condition=~Q(status=S.CLOSED)),
        ]
        triggers = [
            actor_required(),
            pgtrigger.FSM(name="question_moves", field="status", transitions=policies.moves()),
            pgtrigger.Protect(
                name="question_begins_waiting",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__status__df=S.WAITING),
            ),
            pgtrigger.Protect(name="question_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.asker_id} asks {self.to_role} at {self.organisation_id}"


class QuestionEntry(models.Model):
    """Something written or done about a question, once, in its order: its thread and its story."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=12, choices=EntryKind)
    written_at = models.DateTimeField()
    # Empty when the clock did it.
    by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    # To whom it was handed over.
    handed_to = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(max_length=policies.LONGEST_TEXT, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="question_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.HANDED_OVER, handed_to__isnull=False)
                | ~Q(kind=EntryKind.HANDED_OVER) & Q(handed_to__isnull=True),
                name="question_entry_handed_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[EntryKind.CLOSED, EntryKind.ASKED_AGAIN]) | ~Q(text=""),
                name="question_entry_has_text",
            ),
        ]
        indexes = [models.Index(fields=["question", "written_at"], name="question_entry_in_order")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} about {self.question_id}"


class QuestionStep(models.Model):
    """A step of a question's ladder, written once, with whom it reached."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=QuestionStepKind)
    due_on = models.DateField()
    written_at = models.DateTimeField()
    told = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="question_steps")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "round", "number"], name="question_step_once"),
            models.CheckConstraint(condition=Q(kind__in=QuestionStepKind.values), name="question_step_kind_known"),
        ]
        indexes = [models.Index(fields=["told", "kind"], name="question_step_by_told")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_step_is_skipped",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.number <> 1 + (
                        SELECT coalesce(max(number), 0) FROM partners_questionstep
                        WHERE question_id = NEW.question_id AND round = NEW.round
                    ) THEN
                        RAISE EXCEPTION 'Step % of question % skips a step or is written twice.',
                            NEW.number, NEW.question_id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} round {self.round} step {self.number}"
