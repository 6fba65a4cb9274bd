"""A claim, its lines, and what has happened to it."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from expenses.enums import (
    ClaimOrigin,
    ClaimStatus,
    Preference,
)
from expenses.models.sequences import next_in
from expenses.policies import states
from psp_portal.audit.triggers import actor_required

OPEN = sorted(states.OPEN_STATUSES)
FINAL = sorted(states.FINAL_STATUSES)
TO_DECIDE = [ClaimStatus.SUBMITTED, ClaimStatus.APPEALED]


def _money(**options):
    return models.DecimalField(max_digits=9, decimal_places=2, **options)


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Filters that read as people speak of claims."""

    def open(self) -> "ClaimQuerySet":
        return self.filter(status__in=OPEN)


# By default the history would be called ClaimEvent, which is the word for what people see.
@pghistory.track(model_name="ClaimHistory")
class Claim(models.Model):
    """Money a partner asks for. Its status is read off its lines; only ``services`` writes it.

    While it is open, ``responsible`` is the person of the payer who answers for it, ``waiting_on`` is whoever must
    act now (the same person, finance, or the partner), and ``next_step_at`` is when the ladder moves.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False, db_default=next_in("expenses_claim_number"))
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="claims")
    claimant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="claims")
    payer = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="claims_to_pay")
    assignment = models.ForeignKey("committees.Assignment", on_delete=models.PROTECT, null=True, related_name="claims")
    meeting = models.ForeignKey("committees.Meeting", on_delete=models.PROTECT, null=True, related_name="claims")
    # The assignment's when the claim was sent: a code that is agreed later moves nothing that was reported.
    budget_code = models.CharField(max_length=30, blank=True, default="", db_default="")
    # The partner's helper who filled it in, if one did; the claim is the partner's all the same.
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="claims_prepared"
    )
    origin = models.CharField(
        max_length=10, choices=ClaimOrigin, default=ClaimOrigin.PARTNER, db_default=ClaimOrigin.PARTNER
    )
    status = models.CharField(max_length=15, choices=ClaimStatus, default=ClaimStatus.DRAFT)
    preference = models.CharField(max_length=10, choices=Preference, default=Preference.FULL)
    reduced_to = _money(null=True)
    created_at = models.DateTimeField()

    submitted_at = models.DateTimeField(null=True)
    decision_due_on = models.DateField(null=True)
    payment_due_on = models.DateField(null=True)
    ladder = ArrayField(models.DateField(), default=list, blank=True)
    steps_written = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="claims_answered_for"
    )
    waiting_on = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="claims_waiting"
    )
    waiting_since = models.DateTimeField(null=True)
    waiting_due_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    # When the latest of its lines to be paid was paid: reports count a claim as paid from then, once it is paid whole.
    paid_at = models.DateTimeField(null=True)

    # Set while two organisations disagree about who pays: whoever decides that.
    arbiter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False, related_name="claims_disputed"
    )

    # The earliest day promised in a reply to a step that is still to come or has just passed (``Escalation``).
    promised_on = models.DateField(null=True)
    # The trust's list that it came with.
    brought_in = models.ForeignKey(
        "expenses.BacklogImport", on_delete=models.PROTECT, null=True, db_index=False, related_name="claims_made"
    )

    # Sums of the lines as priced when the claim was sent; ``to_pay`` is what has been approved.
    asked = _money(default=0)
    held = _money(default=0)
    disallowed = _money(default=0)
    declined = _money(default=0)
    approved = _money(default=0)
    paid = _money(default=0)
    above_hmrc_mileage = _money(default=0)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ClaimStatus.values), name="claim_status_known"),
            models.CheckConstraint(condition=Q(origin__in=ClaimOrigin.values), name="claim_origin_known"),
            models.CheckConstraint(
                condition=~Q(status__in=OPEN)
                | Q(
                    submitted_at__isnull=False,
                    decision_due_on__isnull=False,
                    payment_due_on__isnull=False,
                    ladder__len__gte=1,
                    responsible__isnull=False,
                    waiting_on__isnull=False,
                    waiting_since__isnull=False,
                    waiting_due_on__isnull=False,
                    next_step_at__isnull=False,
                    closed_at__isnull=True,
                ),
                name="claim_open_has_person_and_next_step",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=FINAL)
                | Q(
                    closed_at__isnull=False,
                    responsible__isnull=True,
                    waiting_on__isnull=True,
                    waiting_due_on__isnull=True,
                    next_step_at__isnull=True,
                ),
                name="claim_closed_waits_for_nothing",
            ),
            models.CheckConstraint(
                condition=Q(responsible__isnull=True) | ~Q(responsible=F("claimant")),
                name="claim_responsible_is_not_claimant",
            ),
            models.CheckConstraint(
                condition=Q(arbiter__isnull=True) | (Q(status__in=OPEN) & ~Q(arbiter=F("claimant"))),
                name="claim_arbiter_of_open_claim",
            ),
            models.CheckConstraint(
                condition=Q(promised_on__isnull=True) | Q(status__in=OPEN), name="claim_promise_while_open"
            ),
            models.CheckConstraint(
                condition=Q(origin=ClaimOrigin.BACKLOG, brought_in__isnull=False)
                | ~Q(origin=ClaimOrigin.BACKLOG) & Q(brought_in__isnull=True),
                name="claim_brought_in_by_a_list",
            ),
            models.CheckConstraint(
                condition=Q(preference=Preference.REDUCED, reduced_to__gte=0)
                | Q(preference__in=[Preference.FULL, Preference.DECLINED], reduced_to__isnull=True),
                name="claim_reduced_to_when_reduced",
            ),
            models.CheckConstraint(
                condition=Q(asked__gte=0, held__gte=0, disallowed__gte=0, declined__gte=0, approved__gte=0, paid__gte=0)
                & Q(paid__lte=F("approved")),
                name="claim_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(meeting__isnull=True) | Q(assignment__isnull=False), name="claim_meeting_has_assignment"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | Q(assignment__isnull=True, budget_code="")
                | Q(assignment__isnull=False) & ~Q(budget_code=""),
                name="claim_sent_has_its_budget_code",
            ),
            models.CheckConstraint(
                condition=Q(prepared_by__isnull=True) | ~Q(prepared_by=F("claimant")),
                name="claim_prepared_by_another_person",
            ),
            # One open door for double clicks: a meeting attended is claimed once, unless that claim was withdrawn.
            models.UniqueConstraint(
                fields=["partner", "meeting"],
                condition=Q(meeting__isnull=False) & ~Q(status=ClaimStatus.WITHDRAWN),
                name="claim_once_per_meeting",
            ),
        ]
        indexes = [
            models.Index(fields=["next_step_at"], name="claim_next_step", condition=Q(status__in=OPEN)),
            models.Index(fields=["responsible"], name="claim_responsible", condition=Q(status__in=OPEN)),
            models.Index(fields=["waiting_on", "waiting_since"], name="claim_waiting", condition=Q(status__in=OPEN)),
            models.Index(fields=["arbiter"], name="claim_disputed", condition=Q(arbiter__isnull=False)),
            models.Index(
                fields=["payer", "submitted_at", "number"],
                name="claim_beyond_first_step",
                condition=Q(status__in=OPEN, steps_written__gt=0),
            ),
            models.Index(fields=["brought_in"], name="claim_brought_in", condition=Q(brought_in__isnull=False)),
            models.Index(fields=["claimant", "-created_at"], name="claim_of_claimant"),
            models.Index(fields=["payer", "status", "submitted_at"], name="claim_of_payer"),
            models.Index(fields=["organisation", "-submitted_at"], name="claim_of_organisation"),
            # Lists read a page in their order from these, and count from them, however many claims there are.
            models.Index(fields=["submitted_at", "number"], name="claim_by_sent"),
            models.Index(fields=["submitted_at", "number"], name="claim_open_by_sent", condition=Q(status__in=OPEN)),
            models.Index(fields=["payer", "organisation", "status"], name="claim_of_either"),
            models.Index(
                fields=["payer", "submitted_at", "number"],
                include=["claimant"],
                name="claim_to_decide",
                condition=Q(status__in=TO_DECIDE),
            ),
            models.Index(fields=["claimant"], include=["approved", "paid"], name="claim_money"),
            # Reports read a period of one payer from these alone.
            models.Index(
                fields=["payer", "paid_at"],
                include=["submitted_at", "payment_due_on", "paid", "assignment", "budget_code"],
                name="claim_paid",
                condition=Q(status=ClaimStatus.PAID),
            ),
            models.Index(
                fields=["payer", "closed_at"],
                include=["submitted_at", "assignment", "budget_code"],
                name="claim_closed",
                condition=Q(submitted_at__isnull=False),
            ),
            # The board reads what was open in a period: what is open now, and what has ended since, whoever pays it.
            models.Index(fields=["closed_at"], name="claim_by_end", condition=Q(closed_at__isnull=False)),
        ]
        triggers = [
            actor_required(),
            pgtrigger.FSM(name="claim_moves", field="status", transitions=states.moves(states.CLAIM_TRANSITIONS)),
            pgtrigger.Protect(
                name="claim_begins_as_draft",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__status__df=ClaimStatus.DRAFT),
            ),
            pgtrigger.Protect(
                name="claim_once_sent_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__status__df=ClaimStatus.DRAFT),
            ),
            pgtrigger.Protect(
                name="claim_once_sent_keeps_budget_code",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__status__df=ClaimStatus.DRAFT, old__budget_code__df=pgtrigger.F("new__budget_code")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def has_set_prices(self) -> bool:
        """Whether its lines' prices came from outside the rate card: they are never priced anew."""
        return self.origin != ClaimOrigin.PARTNER

    @property
    def reference(self) -> str:
        """What people quote."""
        return f"C{self.number:06d}"

    @property
    def is_open(self) -> bool:
        return self.status in states.OPEN_STATUSES
