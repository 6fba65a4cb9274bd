"""How long an organisation keeps what, what it must keep for longer, what will be removed, and how much has been."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from psp_portal.audit.triggers import actor_required, append_only
from psp_portal.retention.enums import Kept, PeriodUnit


@pghistory.track()
class RetentionRule(models.Model):
    """For how long an organisation keeps one kind of record, as its lead has set or confirmed it.

    A kind without a row has the portal's proposal, and nothing of it is removed: the trust has not confirmed it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    length = models.PositiveIntegerField()
    unit = models.CharField(max_length=10, choices=PeriodUnit)
    source = models.CharField(max_length=300, help_text="What the period rests on, in the trust's words.")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="retention_rule_once_per_kind"),
            models.CheckConstraint(condition=Q(length__gte=1), name="retention_rule_has_length"),
            models.CheckConstraint(condition=Q(unit__in=PeriodUnit.values), name="retention_rule_unit_known"),
            models.CheckConstraint(condition=~Q(source=""), name="retention_rule_has_source"),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.organisation_id} keeps {self.kind} for {self.length} {self.unit}"


@pghistory.track()
class RetentionSettings(models.Model):
    """How an organisation wants to be told before anything is removed; made when it is first needed."""

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    notice_days = models.PositiveSmallIntegerField(default=1)
    # Since when something waits to be removed whose period nobody has confirmed.
    asked_to_confirm_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(notice_days__gte=1), name="retention_notice_at_least_a_day")]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.notice_days} days"


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    """Filters that read as people speak of holds."""

    def in_force(self) -> "LegalHoldQuerySet":
        return self.filter(lifted_at__isnull=True)


@pghistory.track()
class LegalHold(models.Model):
    """That nothing of a person, or of a whole organisation, may be removed until somebody lifts it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    # Empty: everything of the organisation.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lift_reason = models.CharField(max_length=500, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"],
                condition=Q(lifted_at__isnull=True),
                nulls_distinct=False,
                name="legal_hold_in_force_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="legal_hold_has_reason"),
            models.CheckConstraint(condition=~Q(person=F("set_by")), name="legal_hold_set_by_another_person"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""),
                name="legal_hold_all_lifting_set",
            ),
        ]
        triggers = [actor_required(), pgtrigger.Protect(name="legal_hold_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.organisation_id} holds {self.person_id or 'everything'} since {self.set_at:%Y-%m-%d}"

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None


class RetentionRun(models.Model):
    """What an organisation will remove on a day, planned some days before so that its lead can look at it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    runs_on = models.DateField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(done_at__isnull=True), name="retention_run_one_planned"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-planned_at"], name="retention_run_newest")]
        triggers = [
            actor_required(),
            pgtrigger.Protect(name="retention_run_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="retention_run_stays", fields=["organisation", "planned_at", "runs_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} on {self.runs_on}"


class PlannedRow(models.Model):
    """One record that a run will remove, or keep because it is held or its period is not confirmed.

    It names the record by its key only. ``person`` is there for holding it back, until it is done. Where the record's
    own row stays (with its words gone) so does this, without the person, so that it is not done again each night.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(RetentionRun, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=40)
    row_id = models.UUIDField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    began_on = models.DateField()
    kept = models.CharField(max_length=15, choices=Kept, blank=True)
    disposed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "row_id"], name="planned_row_once_a_run"),
            models.UniqueConstraint(
                fields=["kind", "row_id"], condition=Q(disposed_at__isnull=False), name="planned_row_disposed_of_once"
            ),
            models.CheckConstraint(
                condition=Q(disposed_at__isnull=True) | Q(person__isnull=True, kept=""),
                name="planned_row_forgets_its_person",
            ),
            models.CheckConstraint(condition=Q(kept__in=Kept.values), name="planned_row_kept_known"),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"

    @property
    def reference(self) -> str:
        """What people may call it: the beginning of its key, which says nothing of anybody."""
        return str(self.row_id)[:8].upper()


class DisposalLog(models.Model):
    """How many records of a kind a run removed, and how many it kept, under which rule. Holds nothing of anybody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(RetentionRun, on_delete=models.PROTECT, related_name="log")
    kind = models.CharField(max_length=40)
    removed = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    not_confirmed = models.PositiveIntegerField()
    # The rule in force: empty for a kind whose period nobody has confirmed.
    length = models.PositiveIntegerField(null=True)
    unit = models.CharField(max_length=10, choices=PeriodUnit, blank=True)
    done_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "kind"], name="disposal_log_once_per_kind"),
            models.CheckConstraint(
                condition=Q(length__isnull=False, unit__in=PeriodUnit.values, not_confirmed=0)
                | Q(length__isnull=True, unit="", removed=0),
                name="disposal_log_removed_by_a_rule",
            ),
        ]
        triggers = [actor_required(), append_only()]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.removed} of {self.kind}"
