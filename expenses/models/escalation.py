"""The steps that an unpaid claim has climbed, and the updates its partner has asked for."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from expenses.enums import StepKind
from expenses.models.claims import Claim
from psp_portal.audit.triggers import actor_required


class Escalation(models.Model):
    """A step of the ladder, written once, with whom it went to and what they replied."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="escalations")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=StepKind)
    due_on = models.DateField()
    written_at = models.DateTimeField()
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="escalations_received"
    )
    reply_due_on = models.DateField()
    replied_at = models.DateTimeField(null=True)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reply = models.CharField(max_length=500, blank=True)
    # Of the steps that a claim brought in had earned before, only the highest asks for a reply.
    needs_reply = models.BooleanField(default=True, db_default=True)
    # Who must reply instead of ``responsible``, who is away or has left.
    passed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="escalations_passed_on"
    )
    # A promise is in force until the claim is settled or decided by the end of its day (kept), or is not (missed).
    promised_on = models.DateField(null=True)
    promise_kept_at = models.DateTimeField(null=True)
    promise_missed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="escalation_step_once"),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="escalation_kind_known"),
            models.CheckConstraint(
                condition=Q(replied_at__isnull=True, replied_by__isnull=True, reply="")
                | Q(replied_at__isnull=False, replied_by__isnull=False) & ~Q(reply=""),
                name="escalation_all_reply_set",
            ),
            models.CheckConstraint(
                condition=Q(promised_on__isnull=True, promise_kept_at__isnull=True, promise_missed_at__isnull=True)
                | Q(promised_on__isnull=False, replied_at__isnull=False)
                & (Q(promise_kept_at__isnull=True) | Q(promise_missed_at__isnull=True)),
                name="escalation_promise_of_a_reply",
            ),
        ]
        indexes = [
            models.Index(fields=["responsible"], name="escalation_unanswered", condition=Q(replied_at__isnull=True)),
            models.Index(fields=["written_at"], name="escalation_by_time"),
            models.Index(fields=["due_on"], name="escalation_to_board", condition=Q(kind=StepKind.BOARD)),
            models.Index(
                fields=["reply_due_on"],
                name="escalation_reply_late",
                condition=Q(replied_at__isnull=True, needs_reply=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="step_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_step_is_skipped",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.number <> 1 + (
                        SELECT coalesce(max(number), 0) FROM expenses_escalation WHERE claim_id = NEW.claim_id
                    ) THEN
                        RAISE EXCEPTION 'Step % of claim % skips a step or is written twice.', NEW.number, NEW.claim_id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} step {self.number}"


class UpdateRequestQuerySet(models.QuerySet["UpdateRequest"]):
    """Filters that read as people speak of updates."""

    def owed(self) -> "UpdateRequestQuerySet":
        """Return those that still wait for an answer."""
        return self.filter(answered_at__isnull=True, needs_reply=True)


@pghistory.track()
class UpdateRequest(models.Model):
    """A partner asks how their claim stands; somebody named must answer by a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="update_requests")
    asked_at = models.DateTimeField()
    asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="update_requests_received"
    )
    question = models.CharField(max_length=500, blank=True)
    reply_due_on = models.DateField()
    # Who must answer instead of ``asked_of``, who is away or has left.
    passed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="update_requests_passed_on"
    )
    # What was asked about a claim that its partner then took back needs no answer any more.
    needs_reply = models.BooleanField(default=True, db_default=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=500, blank=True)

    objects = UpdateRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="update_request_all_answer_set",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_of"], name="update_request_unanswered", condition=Q(answered_at__isnull=True)),
            models.Index(fields=["asked_at"], name="update_request_by_time"),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.claim_id} asked at {self.asked_at:%Y-%m-%d %H:%M}"
