"""Terms and how they change, pauses, leaving, and what a leaver hands on."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from partners.enums.leaving import (
    ExitSharing,
    ExitStatus,
    LeavingReason,
    PackSection,
    PackStatus,
    PauseReason,
    SuccessionChoice,
    SuccessionStatus,
)
from psp_portal.audit.triggers import actor_required, append_only
from psp_portal.encryption import EncryptedField

USER = settings.AUTH_USER_MODEL


class TermChange(models.Model):
    """One change of the last day of a term, with who made it and why. It is its own history, so none is kept of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="term_changes")
    ended_on = models.DateField(help_text="The last day before the change")
    ends_on = models.DateField(help_text="The last day after the change")
    reason = models.CharField(max_length=500)
    changed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="term_change_has_reason"),
            models.CheckConstraint(condition=~Q(ends_on=F("ended_on")), name="term_change_changes_something"),
        ]
        indexes = [models.Index(fields=["partner", "-changed_at"], name="term_change_of_partner")]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"Term of {self.partner_id}: {self.ended_on} to {self.ends_on}"


@pghistory.track(exclude=["notes"])
class SuccessionPlan(models.Model):
    """What is to happen when a term ends: made by the clock six months before, decided by the partner's lead."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="succession_plans")
    term_ends_on = models.DateField()
    status = models.CharField(max_length=10, choices=SuccessionStatus, default=SuccessionStatus.OPEN)
    opened_at = models.DateTimeField()
    decide_by = models.DateField()
    notes = models.TextField(max_length=3000, blank=True)
    choice = models.CharField(max_length=10, choices=SuccessionChoice, blank=True)
    # Empty when a change of the term, or the partner's leaving, decided it.
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "term_ends_on"], name="succession_once_for_a_term"),
            models.CheckConstraint(condition=Q(status__in=SuccessionStatus.values), name="succession_status_known"),
            models.CheckConstraint(
                condition=Q(choice="") | Q(choice__in=SuccessionChoice.values), name="succession_choice_known"
            ),
            models.CheckConstraint(
                condition=Q(status=SuccessionStatus.OPEN, choice="", decided_at__isnull=True, decided_by__isnull=True)
                | Q(status=SuccessionStatus.DECIDED, decided_at__isnull=False) & ~Q(choice=""),
                name="succession_decided_says_what",
            ),
        ]
        indexes = [
            models.Index(fields=["decide_by"], name="succession_open", condition=Q(status=SuccessionStatus.OPEN))
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"Succession of {self.partner_id} on {self.term_ends_on}"


@pghistory.track()
class Pause(models.Model):
    """Days on which a partner takes no part, and by when they hope to be back; over once it has ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="pauses")
    starts_on = models.DateField()
    expected_back_on = models.DateField(null=True)
    reason = models.CharField(max_length=12, choices=PauseReason)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # The last day of the pause; before ``starts_on`` when it never began.
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=PauseReason.values), name="pause_reason_known"),
            models.CheckConstraint(
                condition=Q(expected_back_on__isnull=True) | Q(expected_back_on__gt=F("starts_on")),
                name="pause_back_after_it_starts",
            ),
            models.UniqueConstraint(fields=["partner"], condition=Q(ended_on__isnull=True), name="pause_one_at_a_time"),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"Pause of {self.partner_id} from {self.starts_on}"


@pghistory.track()
class Departure(models.Model):
    """A partner has said that they will leave, or their lead has: when and why; open until they left or stayed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="departures")
    last_day = models.DateField()
    reason = models.CharField(max_length=12, choices=LeavingReason)
    announced_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=LeavingReason.values), name="departure_reason_known"),
            models.UniqueConstraint(
                fields=["partner"], condition=Q(closed_at__isnull=True), name="departure_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["last_day"], name="departure_open", condition=Q(closed_at__isnull=True))]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.partner_id} leaves on {self.last_day}"


@pghistory.track()
class ExitConversation(models.Model):
    """Questions put to somebody who leaves. They may decline, and say who reads their answers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.OneToOneField("partners.Partner", on_delete=models.PROTECT, related_name="exit_conversation")
    status = models.CharField(max_length=10, choices=ExitStatus, default=ExitStatus.OFFERED)
    sharing = models.CharField(max_length=10, choices=ExitSharing, default=ExitSharing.NOBODY)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ExitStatus.values), name="exit_status_known"),
            models.CheckConstraint(condition=Q(sharing__in=ExitSharing.values), name="exit_sharing_known"),
            models.CheckConstraint(
                condition=Q(status=ExitStatus.OFFERED, answered_at__isnull=True)
                | ~Q(status=ExitStatus.OFFERED) & Q(answered_at__isnull=False),
                name="exit_answered_at_when_answered",
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"Exit conversation of {self.partner_id}"


class ExitAnswer(models.Model):
    """A question as it was put, and the answer: encrypted and without a history, for whom the partner chose alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(ExitConversation, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=300)
    sealed = EncryptedField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "position"], name="exit_answer_once")]

    def __str__(self) -> str:
        return "An answer of an exit conversation"


@pghistory.track()
class HandoverPack(models.Model):
    """What a partner hands on: theirs alone until they publish it, then their successor's and their leads' to read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.OneToOneField("partners.Partner", on_delete=models.PROTECT, related_name="handover_pack")
    status = models.CharField(max_length=10, choices=PackStatus, default=PackStatus.WRITING)
    opened_at = models.DateTimeField()
    successor = models.ForeignKey(
        "partners.Partner", on_delete=models.PROTECT, null=True, related_name="packs_for_them"
    )
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PackStatus.values), name="pack_status_known"),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("partner")), name="pack_is_for_another"
            ),
            models.CheckConstraint(
                condition=Q(status=PackStatus.PUBLISHED, published_at__isnull=False)
                | Q(status=PackStatus.WRITING, published_at__isnull=True, successor__isnull=True),
                name="pack_published_at_when_published",
            ),
        ]
        triggers = [
            actor_required(),
            pgtrigger.FSM(name="pack_moves", field="status", transitions=[("writing", "published")]),
        ]

    def __str__(self) -> str:
        return f"Handover of {self.partner_id}"


class PackText(models.Model):
    """One part of a handover pack in the partner's words. No history: what they took out again is gone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pack = models.ForeignKey(HandoverPack, on_delete=models.CASCADE, related_name="texts")
    section = models.CharField(max_length=12, choices=PackSection)
    text = models.TextField(max_length=5000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "section"], name="pack_section_once"),
            models.CheckConstraint(condition=Q(section__in=PackSection.values), name="pack_section_known"),
        ]

    def __str__(self) -> str:
        return f"{self.section} of {self.pack_id}"
