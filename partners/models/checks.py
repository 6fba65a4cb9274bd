"""What is checked before somebody begins, and what came of it: nothing of what was found (docs/adr/0020)."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from partners.enums import RoleCategory
from partners.enums.checks import CheckKind, CheckOutcome, DbsLevel, DbsReason
from partners.models.appointments import not_by_the_partner
from partners.policies import checks as policies
from psp_portal.audit.triggers import actor_required

# A level and why it may be asked for belong to a DBS check, both or neither.
_DBS_BOTH_OR_NEITHER = Q(kind=CheckKind.DBS, dbs_level__in=DbsLevel.values, dbs_reason__in=DbsReason.values) | (
    ~Q(kind=CheckKind.DBS) & Q(dbs_level="", dbs_reason="")
)


@pghistory.track()
class CheckRequirement(models.Model):
    """A check that an organisation asks for before partners of a role category begin, and how often again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="required_checks")
    role_category = models.PositiveSmallIntegerField(choices=RoleCategory)
    kind = models.CharField(max_length=12, choices=CheckKind)
    renewal_months = models.PositiveSmallIntegerField(null=True, help_text="Empty when once is enough")
    dbs_level = models.CharField(max_length=10, choices=DbsLevel, blank=True)
    dbs_reason = models.CharField(max_length=10, choices=DbsReason, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "role_category", "kind"], name="requirement_once"),
            models.CheckConstraint(condition=Q(kind__in=CheckKind.values), name="requirement_kind_known"),
            models.CheckConstraint(
                condition=Q(role_category__in=RoleCategory.values), name="requirement_category_known"
            ),
            models.CheckConstraint(
                condition=Q(renewal_months__isnull=True)
                | Q(renewal_months__gte=1, renewal_months__lte=policies.LONGEST_RENEWAL_MONTHS),
                name="requirement_renewal_is_some_time",
            ),
            models.CheckConstraint(condition=_DBS_BOTH_OR_NEITHER, name="requirement_dbs_has_level_and_reason"),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.kind} of category {self.role_category} at {self.organisation_id}"


class CheckQuerySet(models.QuerySet["Check"]):
    """Filters that read as people speak of checks."""

    def current(self) -> "CheckQuerySet":
        """Keep those that wait, and of those recorded the latest of each kind."""
        newer = Check.objects.filter(
            partner=OuterRef("partner"), kind=OuterRef("kind"), recorded_at__gt=OuterRef("recorded_at")
        )
        return self.filter(~Exists(newer))

    def waiting(self) -> "CheckQuerySet":
        return self.filter(outcome=CheckOutcome.WAITING)

    def cleared(self) -> "CheckQuerySet":
        return self.filter(outcome__in=policies.DONE)


@pghistory.track(exclude=["warned"])
class Check(models.Model):
    """One check of one partner: it waits, and then has an outcome once. To renew it makes another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=12, choices=CheckKind)
    dbs_level = models.CharField(max_length=10, choices=DbsLevel, blank=True)
    dbs_reason = models.CharField(max_length=10, choices=DbsReason, blank=True)
    outcome = models.CharField(max_length=12, choices=CheckOutcome, default=CheckOutcome.WAITING)
    asked_at = models.DateTimeField()
    done_on = models.DateField(null=True)
    # A certificate's number; its form lets no sentence in.
    reference = models.CharField(max_length=30, blank=True)
    # From the requirement on the day it was recorded: a change of the template changes no check.
    expires_on = models.DateField(null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    # The days before the end for which somebody has been warned already.
    warned = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "kind"], condition=Q(outcome=CheckOutcome.WAITING), name="check_waits_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=CheckKind.values), name="check_kind_known"),
            models.CheckConstraint(condition=Q(outcome__in=CheckOutcome.values), name="check_outcome_known"),
            models.CheckConstraint(condition=_DBS_BOTH_OR_NEITHER, name="check_dbs_has_level_and_reason"),
            models.CheckConstraint(
                condition=Q(reference="") | Q(reference__regex=policies.REFERENCE) & Q(reference__regex="[0-9]"),
                name="check_reference_is_no_words",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome=CheckOutcome.WAITING, done_on__isnull=True, recorded_at__isnull=True, seen_by__isnull=True,
                    reference="", expires_on__isnull=True,
                )
                | ~Q(outcome=CheckOutcome.WAITING)
                & Q(done_on__isnull=False, recorded_at__isnull=False, seen_by__isnull=False),
                name="check_recorded_whole",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(expires_on__gt=F("done_on"), outcome__in=sorted(policies.DONE)),
                name="check_expires_after_it_was_done",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["expires_on"], name="check_by_end", condition=Q(expires_on__isnull=False)),
            models.Index(fields=["partner", "kind", "recorded_at"], name="check_of_partner"),
        ]
        triggers = [
            actor_required(),
            pgtrigger.FSM(name="check_moves", field="outcome", transitions=policies.moves()),
            pgtrigger.Protect(
                name="check_recorded_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__recorded_at__isnull=False)
                & (
                    pgtrigger.Q(old__done_on__df=pgtrigger.F("new__done_on"))
                    | pgtrigger.Q(old__reference__df=pgtrigger.F("new__reference"))
                    | pgtrigger.Q(old__expires_on__df=pgtrigger.F("new__expires_on"))
                    | pgtrigger.Q(old__seen_by__df=pgtrigger.F("new__seen_by"))
                ),
            ),
            not_by_the_partner("seen_by"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.partner_id}: {self.outcome}"
