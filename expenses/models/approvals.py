"""What was agreed before a journey: asked for once, or standing for somebody's access needs."""

import uuid

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from expenses.enums import ApprovalStatus, FareClass, LineKind
from psp_portal.audit.triggers import actor_required


class PriorApprovalQuerySet(models.QuerySet["PriorApproval"]):
    """Filters that read as people speak of what was asked for."""

    def asked(self) -> "PriorApprovalQuerySet":
        return self.filter(status=ApprovalStatus.ASKED)


@pghistory.track()
class PriorApproval(models.Model):
    """A partner's question, before a journey, whether it will be paid; while it is asked somebody named has it.

    ``limit`` is the most in pounds that was agreed, for all that is claimed under it together; None agrees to whatever
    it costs. ``is_over_limit`` asks for more than the rate card's limit of that kind.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="prior_approvals")
    claimant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="prior_approvals")
    payer = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="prior_approvals")
    assignment = models.ForeignKey(
        "committees.Assignment", on_delete=models.PROTECT, null=True, related_name="prior_approvals"
    )
    kind = models.CharField(max_length=20, choices=LineKind)
    fare_class = models.CharField(max_length=10, choices=FareClass, blank=True)
    is_over_limit = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField()
    expected = models.DecimalField(max_digits=9, decimal_places=2)
    why = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=ApprovalStatus, default=ApprovalStatus.ASKED)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    waiting_on = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="prior_approvals_waiting"
    )
    waiting_since = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    limit = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    note = models.CharField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = PriorApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ApprovalStatus.values, kind__in=LineKind.values),
                name="prior_approval_words_known",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="prior_approval_ends_after_start"),
            models.CheckConstraint(
                condition=Q(expected__gt=0) & (Q(limit__isnull=True) | Q(limit__gt=0)),
                name="prior_approval_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(status=ApprovalStatus.ASKED, waiting_on__isnull=False, waiting_since__isnull=False)
                | ~Q(status=ApprovalStatus.ASKED) & Q(waiting_on__isnull=True, waiting_since__isnull=True),
                name="prior_approval_asked_has_person",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ApprovalStatus.AGREED, ApprovalStatus.REFUSED])
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="prior_approval_answered_has_person",
            ),
            models.CheckConstraint(
                condition=~Q(status=ApprovalStatus.REFUSED) | ~Q(note=""), name="prior_approval_refused_has_reason"
            ),
            models.CheckConstraint(
                condition=(Q(waiting_on__isnull=True) | ~Q(waiting_on=F("claimant")))
                & (Q(answered_by__isnull=True) | ~Q(answered_by=F("claimant"))),
                name="prior_approval_not_answered_by_asker",
            ),
        ]
        indexes = [
            models.Index(fields=["claimant", "-asked_at"], name="prior_approval_of_claimant"),
            models.Index(fields=["payer", "-asked_at"], name="prior_approval_of_payer"),
            models.Index(
                fields=["waiting_on"], name="prior_approval_waiting", condition=Q(status=ApprovalStatus.ASKED)
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.kind} of {self.partner_id} from {self.starts_on}"


class StandingApprovalQuerySet(models.QuerySet["StandingApproval"]):
    """Filters that read as people speak of standing approvals."""

    def not_over(self, today) -> "StandingApprovalQuerySet":
        return self.filter(ended_at__isnull=True, ends_on__gte=today)


@pghistory.track()
class StandingApproval(models.Model):
    """Some kinds of expense agreed for a partner until a day, for an access need that nobody writes down here.

    ``limit`` is in pounds for each item, None for whatever it costs. Ended early, it counts up to the day of
    ``ended_at``, that day included.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="standing_approvals")
    payer = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="standing_approvals")
    kinds = ArrayField(models.CharField(max_length=20, choices=LineKind), default=list, blank=True)
    covers_first_class = models.BooleanField(default=False)
    reason = models.CharField(max_length=100, default="Agreed access need")
    starts_on = models.DateField()
    ends_on = models.DateField()
    limit = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    objects = StandingApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kinds__len__gte=1) | Q(covers_first_class=True), name="standing_approval_covers_something"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="standing_approval_ends_after_start"),
            models.CheckConstraint(
                condition=Q(limit__isnull=True) | Q(limit__gt=0), name="standing_approval_limit_positive"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason=""),
                name="standing_approval_all_end_set",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "payer"], name="standing_approval_of_partner"),
            models.Index(fields=["ends_on"], name="standing_approval_ending", condition=Q(ended_at__isnull=True)),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.partner_id} until {self.ends_on}"
