"""How partners are looked after: talks, mentors, reviews; and what is theirs alone to read.

``PrivateNote``, ``WellbeingPlan``, ``CheckInAnswer`` and ``FollowUp`` hold words that staff must never come upon. Each
is a table of its own with its text encrypted, no model has a way back to it (``related_name="+"``), and there is no
history of it and no actor to name, because staff read histories (docs/adr/0023).
"""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from partners.enums.support import CheckInItem, MentoringStatus, ReviewSide, ReviewStatus, TalkKind, TalkStatus
from partners.policies import support as policies
from psp_portal.audit.triggers import actor_required
from psp_portal.encryption import EncryptedField

USER = settings.AUTH_USER_MODEL


@pghistory.track()
class SupportSettings(models.Model):
    """An organisation's own times and people. No source gives a number for any (domain.md marks such U)."""

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="support_settings"
    )
    ask_after_days = models.PositiveSmallIntegerField(default=3)
    review_months = models.PositiveSmallIntegerField(default=12)
    who_to_talk_to = models.TextField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ask_after_days__lte=30, review_months__gte=1, review_months__lte=36),
                name="support_settings_in_range",
            )
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"Support at {self.organisation_id}"


# --- talks --------------------------------------------------------------------------------
# The words of the notes are for the two alone: not even their history is kept.
@pghistory.track(exclude=["shared_notes"])
class OneToOne(models.Model):
    """A talk between a partner and somebody of their organisation, with notes that both agree."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="one_to_ones")
    with_user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="one_to_ones_with")
    kind = models.CharField(max_length=10, choices=TalkKind)
    status = models.CharField(max_length=10, choices=TalkStatus, default=TalkStatus.PLANNED)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=60)
    place = models.CharField(max_length=200, blank=True)
    online_link = models.URLField(max_length=500, blank=True)
    planned_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    cancelled_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)

    shared_notes = models.TextField(max_length=5000, blank=True)
    # Counts the changes of the notes: each side agrees to what it has read.
    notes_revision = models.PositiveSmallIntegerField(default=0)
    notes_changed_at = models.DateTimeField(null=True)
    partner_agreed_at = models.DateTimeField(null=True)
    other_agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TalkKind.values), name="one_to_one_kind_known"),
            models.CheckConstraint(condition=Q(status__in=TalkStatus.values), name="one_to_one_status_known"),
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=policies.LONGEST_TALK), name="one_to_one_minutes_in_range"
            ),
            models.CheckConstraint(condition=~Q(place="", online_link=""), name="one_to_one_is_somewhere"),
            models.CheckConstraint(
                condition=Q(status=TalkStatus.CANCELLED, cancelled_by__isnull=False, cancelled_at__isnull=False)
                & ~Q(cancel_reason="")
                | ~Q(status=TalkStatus.CANCELLED)
                & Q(cancelled_by__isnull=True, cancelled_at__isnull=True, cancel_reason=""),
                name="one_to_one_cancelled_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(shared_notes="") | Q(partner_agreed_at__isnull=True, other_agreed_at__isnull=True),
                name="one_to_one_agreed_to_some_notes",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "-starts_at"], name="one_to_one_of_partner"),
            models.Index(fields=["with_user", "-starts_at"], name="one_to_one_with"),
        ]
        triggers = [
            actor_required(),
            pgtrigger.FSM(
                name="one_to_one_moves", field="status", transitions=policies.transitions(policies.TALK_MOVES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} and {self.with_user_id} at {self.starts_at}"


class PrivateNote(models.Model):
    """What one side of a talk wrote for themselves. Only the writer's own query reads it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    talk = models.ForeignKey(OneToOne, on_delete=models.CASCADE, related_name="+")
    writer = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    written_at = models.DateTimeField()
    sealed = EncryptedField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["talk", "writer"], name="private_note_one_each")]

    def __str__(self) -> str:
        return "A private note"


# --- wellbeing ----------------------------------------------------------------------------
class CheckIn(models.Model):
    """A partner wrote down how they are; ``CheckInAnswer`` says what of it they share."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["partner", "-made_at"], name="check_in_of_partner")]

    def __str__(self) -> str:
        return "A wellbeing check-in"


class CheckInAnswer(models.Model):
    """One answer of a check-in, a row of its own: what is not shared never leaves the database for anybody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(max_length=5, choices=CheckInItem)
    sealed = EncryptedField()
    is_shared = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(item__in=CheckInItem.values), name="check_in_item_known"),
            models.UniqueConstraint(fields=["check_in", "item"], name="check_in_item_once"),
        ]

    def __str__(self) -> str:
        return "An answer of a wellbeing check-in"


class WellbeingPlan(models.Model):
    """What keeps a partner well in the role, in their own words; their lead reads it only while they share it."""

    partner = models.OneToOneField("partners.Partner", on_delete=models.CASCADE, primary_key=True, related_name="+")
    sealed = EncryptedField()
    is_shared = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return "A wellbeing plan"


class FollowUp(models.Model):
    """Something was hard for a partner; some days later the portal asks them, and nobody else, how they are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.CASCADE, related_name="+")
    # What it came from, so that the same thing is asked about once; never shown.
    source = models.CharField(max_length=100)
    marked_at = models.DateTimeField()
    ask_on = models.DateField()
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # What was hard, and how the partner is, as JSON.
    sealed = EncryptedField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "source"], name="follow_up_once_for_each_thing"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(asked_at__isnull=False), name="follow_up_answered_once_asked"
            ),
        ]
        indexes = [models.Index(fields=["ask_on"], name="follow_up_to_ask", condition=Q(asked_at__isnull=True))]

    def __str__(self) -> str:
        return "A quiet question"


class NoFollowUp(models.Model):
    """Somebody does not want to be asked after hard material: while the row is there, the portal does not."""

    user = models.OneToOneField(USER, on_delete=models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return "Does not want to be asked"


# --- mentors ------------------------------------------------------------------------------
@pghistory.track()
class Mentoring(models.Model):
    """Another partner, or a member of staff, whom a partner can turn to; it begins once both have said yes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="mentorings")
    mentor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="mentors_of")
    status = models.CharField(max_length=10, choices=MentoringStatus, default=MentoringStatus.PROPOSED)
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    # Yes, no, or not answered yet.
    partner_answer = models.BooleanField(null=True)
    mentor_answer = models.BooleanField(null=True)
    began_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=MentoringStatus.values), name="mentoring_status_known"),
            models.CheckConstraint(
                condition=~Q(status=MentoringStatus.RUNNING)
                | Q(partner_answer=True, mentor_answer=True, began_on__isnull=False),
                name="mentoring_runs_once_both_said_yes",
            ),
            models.CheckConstraint(
                condition=Q(status=MentoringStatus.ENDED, ended_on__isnull=False)
                | ~Q(status=MentoringStatus.ENDED) & Q(ended_on__isnull=True),
                name="mentoring_ended_on_when_ended",
            ),
            models.UniqueConstraint(
                fields=["partner"],
                condition=Q(status__in=[MentoringStatus.PROPOSED, MentoringStatus.RUNNING]),
                name="mentoring_one_at_a_time",
            ),
        ]
        triggers = [
            actor_required(),
            pgtrigger.FSM(
                name="mentoring_moves", field="status", transitions=policies.transitions(policies.MENTORING_MOVES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor_id} for {self.partner_id}"


# --- the annual review ----------------------------------------------------------------------
@pghistory.track()
class ReviewQuestion(models.Model):
    """A question of an organisation's annual review. A review keeps the words it was opened with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="review_questions")
    side = models.CharField(max_length=10, choices=ReviewSide)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    is_in_use = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(side__in=ReviewSide.values), name="review_question_side_known"),
            models.CheckConstraint(condition=~Q(text=""), name="review_question_has_text"),
            models.UniqueConstraint(fields=["organisation", "side", "position"], name="review_question_position_once"),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return self.text


# What both agree is for the two to read, as their answers are.
@pghistory.track(exclude=["agreed_points", "development_plan"])
class AnnualReview(models.Model):
    """A look back at a year in both directions; each side sees the other's answers once both have sent theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="reviews")
    status = models.CharField(max_length=10, choices=ReviewStatus, default=ReviewStatus.OPEN)
    opened_at = models.DateTimeField()
    partner_sent_at = models.DateTimeField(null=True)
    lead_sent_at = models.DateTimeField(null=True)
    lead_sent_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_points = models.TextField(max_length=3000, blank=True)
    development_plan = models.TextField(max_length=3000, blank=True)
    points_revision = models.PositiveSmallIntegerField(default=0)
    partner_agreed_at = models.DateTimeField(null=True)
    lead_agreed_at = models.DateTimeField(null=True)
    lead_agreed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ReviewStatus.values), name="review_status_known"),
            models.CheckConstraint(
                condition=Q(status=ReviewStatus.OPEN) & ~Q(partner_sent_at__isnull=False, lead_sent_at__isnull=False)
                | ~Q(status=ReviewStatus.OPEN) & Q(partner_sent_at__isnull=False, lead_sent_at__isnull=False),
                name="review_both_sent_before_talking",
            ),
            models.CheckConstraint(
                condition=Q(status=ReviewStatus.CLOSED, closed_at__isnull=False)
                & Q(partner_agreed_at__isnull=False, lead_agreed_at__isnull=False)
                | ~Q(status=ReviewStatus.CLOSED) & Q(closed_at__isnull=True),
                name="review_closed_by_both",
            ),
            models.UniqueConstraint(
                fields=["partner"], condition=~Q(status=ReviewStatus.CLOSED), name="review_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["partner", "-opened_at"], name="review_of_partner")]
        triggers = [
            actor_required(),
            pgtrigger.FSM(name="review_moves", field="status", transitions=policies.transitions(policies.REVIEW_MOVES)),
        ]

    def __str__(self) -> str:
        return f"Review of {self.partner_id} from {self.opened_at}"


class ReviewAnswer(models.Model):
    """A question as it was asked, and what one side answered. Encrypted: the other side must not come upon it early."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(AnnualReview, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=10, choices=ReviewSide)
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=300)
    sealed = EncryptedField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "side", "position"], name="review_answer_position_once"),
            models.CheckConstraint(condition=Q(side__in=ReviewSide.values), name="review_answer_side_known"),
        ]

    def __str__(self) -> str:
        return "An answer of an annual review"
