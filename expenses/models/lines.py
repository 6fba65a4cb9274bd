"""The lines of a claim, and what has happened to it and them."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from expenses.enums import (
    Activity,
    ClaimAction,
    ClockEvent,
    FareClass,
    LineAction,
    LineKind,
    LineStatus,
    Problem,
    Vehicle,
)
from expenses.models.claims import Claim
from expenses.policies import states
from expenses.policies.responsibility import PARTNERS_TURN
from psp_portal.audit.triggers import actor_required, append_only

FINAL_LINES = sorted(states.FINAL_LINE_STATUSES)
UNDECIDED = [LineStatus.PENDING, LineStatus.RETURNED, LineStatus.APPEALED]
# A line that still asks for money, or has had it: what counts for miles so far and for the day's time.
COUNTING = [
    LineStatus.PENDING,
    LineStatus.RETURNED,
    LineStatus.APPROVED,
    LineStatus.APPEALED,
    LineStatus.IN_RUN,
    LineStatus.PAID,
    LineStatus.NOTHING_TO_PAY,
]


def _money(**options):
    return models.DecimalField(max_digits=9, decimal_places=2, **options)


class LineQuerySet(models.QuerySet["ClaimLine"]):
    """Filters that read as people speak of lines."""

    def payable(self) -> "LineQuerySet":
        return self.filter(status=LineStatus.APPROVED)

    def undecided(self) -> "LineQuerySet":
        return self.filter(status__in=UNDECIDED)


@pghistory.track()
class ClaimLine(models.Model):
    """One thing asked for: an involvement payment (for time) or an expense.

    ``pay``, ``held``, ``disallowed``, ``declined``, ``problems`` and ``rule`` are what the rate card said when the
    claim was sent, kept so that no later change alters it; in a draft they are renewed with every change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    claimant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=LineKind)
    date = models.DateField()
    status = models.CharField(max_length=15, choices=LineStatus, default=LineStatus.PENDING)
    # The line whose price a later rate raised: this one asks for the difference, and its time and miles count there.
    tops_up = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="top_ups")

    minutes = models.PositiveSmallIntegerField(null=True)
    activity = models.CharField(max_length=12, choices=Activity, blank=True)
    notice_hours = models.PositiveIntegerField(null=True)
    vehicle = models.CharField(max_length=12, choices=Vehicle, blank=True)
    miles = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    passengers = models.PositiveSmallIntegerField(default=0)
    from_place = models.CharField(max_length=100, blank=True)
    to_place = models.CharField(max_length=100, blank=True)
    amount = _money(null=True)
    fare_class = models.CharField(max_length=10, choices=FareClass, blank=True)
    standard_fare = _money(null=True)
    description = models.CharField(max_length=200, blank=True)
    approval = models.CharField(max_length=100, blank=True, help_text="Who agreed to it beforehand, and when")
    no_receipt_reason = models.CharField(max_length=300, blank=True)
    # The organisation booked and paid for it: ``amount`` is what it cost, for the record, and nothing is paid.
    is_trust_booked = models.BooleanField(default=False, db_default=False)
    prior_approval = models.ForeignKey(
        "expenses.PriorApproval", on_delete=models.PROTECT, null=True, related_name="lines"
    )
    standing_approval = models.ForeignKey(
        "expenses.StandingApproval", on_delete=models.PROTECT, null=True, related_name="lines"
    )
    # The training, as its lead recorded it, whose time the line asks for: it is asked for once.
    training = models.ForeignKey(
        "partners.TrainingRecord", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    not_duplicate_reason = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Why the partner says that it is no duplicate"
    )

    pay = _money(default=0)
    held = _money(default=0)
    disallowed = _money(default=0)
    declined = _money(default=0)
    problems = ArrayField(models.CharField(max_length=25, choices=Problem), default=list, blank=True)
    rule = models.CharField(max_length=400, blank=True)

    # While a problem holds its money a line has a clock and a question of its own, asked of the partner at once;
    # ``hold_asked_at`` is empty when nothing is asked of them: an approver decides then.
    held_since = models.DateTimeField(null=True)
    hold_due_on = models.DateField(null=True)
    hold_asked_at = models.DateTimeField(null=True)
    hold_reminded_at = models.DateTimeField(null=True)

    approved_amount = _money(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    # Everybody who has decided the line or returned it with a question: none of them decides an appeal.
    handled_by = ArrayField(models.UUIDField(), default=list, blank=True)
    question = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    appeal_until = models.DateField(null=True)
    appeal_reason = models.CharField(max_length=500, blank=True)
    appeal_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    appeal_decided_at = models.DateTimeField(null=True)
    appeal_decision_reason = models.CharField(max_length=500, blank=True)
    # When the line came to its end (paid, nothing to pay, refused for good, withdrawn): reports as at a day go by it.
    settled_at = models.DateTimeField(null=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "position"], name="claim_line_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="claim_line_kind_known"),
            models.CheckConstraint(condition=Q(status__in=LineStatus.values), name="claim_line_status_known"),
            models.CheckConstraint(
                condition=Q(tops_up__isnull=True) | ~Q(tops_up=F("id")), name="claim_line_tops_up_another"
            ),
            models.CheckConstraint(
                condition=Q(pay__gte=0, held__gte=0, disallowed__gte=0, declined__gte=0)
                & (Q(amount__isnull=True) | Q(amount__gt=0))
                & (Q(miles__isnull=True) | Q(miles__gt=0))
                & (Q(minutes__isnull=True) | Q(minutes__gte=1, minutes__lte=1440)),
                name="claim_line_amounts_in_range",
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.INVOLVEMENT_PAYMENT, minutes__isnull=False, activity__in=Activity.values)
                | Q(kind=LineKind.CANCELLED_MEETING, notice_hours__isnull=False)
                | Q(kind=LineKind.MILEAGE, miles__isnull=False, vehicle__in=Vehicle.values)
                # A trust's list has pounds only.
                | Q(amount__isnull=False, minutes__isnull=True, notice_hours__isnull=True, miles__isnull=True)
                | (
                    ~Q(kind__in=[LineKind.INVOLVEMENT_PAYMENT, LineKind.CANCELLED_MEETING, LineKind.MILEAGE])
                    & Q(amount__isnull=False)
                ),
                name="claim_line_has_what_its_kind_needs",
            ),
            models.CheckConstraint(
                condition=Q(is_trust_booked=False)
                | Q(pay=0, held=0, disallowed=0, declined=0)
                & ~Q(kind__in=[LineKind.INVOLVEMENT_PAYMENT, LineKind.CANCELLED_MEETING, LineKind.MILEAGE]),
                name="claim_line_booked_pays_nothing",
            ),
            models.CheckConstraint(
                condition=Q(training__isnull=True) | Q(kind=LineKind.INVOLVEMENT_PAYMENT),
                name="claim_line_training_is_time",
            ),
            models.UniqueConstraint(
                fields=["training"],
                condition=Q(training__isnull=False) & ~Q(status=LineStatus.WITHDRAWN),
                name="claim_line_training_once",
            ),
            models.CheckConstraint(
                condition=Q(prior_approval__isnull=True) | Q(standing_approval__isnull=True),
                name="claim_line_one_approval",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="claim_line_both_decided_set",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("claimant")),
                name="claim_line_not_decided_by_claimant",
            ),
            models.CheckConstraint(
                condition=Q(appeal_decided_by__isnull=True)
                | (~Q(appeal_decided_by=F("claimant")) & ~Q(appeal_decided_by=F("decided_by"))),
                name="claim_line_appeal_decided_by_third_person",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[LineStatus.APPROVED, LineStatus.IN_RUN, LineStatus.PAID])
                | Q(approved_amount__gt=0, decided_by__isnull=False),
                name="claim_line_approved_has_amount_and_approver",
            ),
            models.CheckConstraint(
                condition=~Q(status=LineStatus.NOT_APPROVED) | Q(appeal_until__isnull=False) & ~Q(decision_reason=""),
                name="claim_line_refused_has_reason_and_appeal",
            ),
            models.CheckConstraint(
                condition=~Q(status=LineStatus.RETURNED) | ~Q(question=""), name="claim_line_returned_has_question"
            ),
            models.CheckConstraint(
                condition=Q(
                    held_since__isnull=True,
                    hold_due_on__isnull=True,
                    hold_asked_at__isnull=True,
                    hold_reminded_at__isnull=True,
                )
                | Q(
                    held_since__isnull=False,
                    hold_due_on__isnull=False,
                    status__in=[LineStatus.PENDING, LineStatus.RETURNED],
                ),
                name="claim_line_held_until_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["claimant", "date"], name="claim_line_by_day"),
            models.Index(fields=["claimant", "kind", "-date"], name="claim_line_by_kind"),
            models.Index(fields=["hold_due_on"], name="claim_line_held", condition=Q(held_since__isnull=False)),
            models.Index(fields=["status"], name="claim_line_to_pay", condition=Q(status=LineStatus.APPROVED)),
            models.Index(
                fields=["appeal_until"], name="claim_line_to_stand", condition=Q(status=LineStatus.NOT_APPROVED)
            ),
            models.Index(
                fields=["claimant"],
                include=["claim", "pay", "held"],
                name="claim_line_undecided",
                condition=Q(status__in=UNDECIDED),
            ),
            models.Index(
                fields=["settled_at"],
                include=["claim", "kind", "approved_amount"],
                name="claim_line_paid",
                condition=Q(status=LineStatus.PAID),
            ),
            models.Index(
                fields=["settled_at"],
                include=["claim", "kind", "amount"],
                name="claim_line_booked",
                condition=Q(is_trust_booked=True),
            ),
            models.Index(fields=["training"], name="claim_line_of_training", condition=Q(training__isnull=False)),
            models.Index(fields=["claim"], name="claim_line_flagged", condition=~Q(problems=[])),
            models.Index(fields=["claim"], name="claim_line_unsettled", condition=Q(settled_at__isnull=True)),
        ]
        triggers = [
            actor_required(),
            pgtrigger.FSM(name="claim_line_moves", field="status", transitions=states.moves(states.LINE_TRANSITIONS)),
            pgtrigger.Protect(
                name="claim_line_begins_pending",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__status__df=LineStatus.PENDING),
            ),
            # Not a constraint: it would ask what was settled before the column was there.
            pgtrigger.Protect(
                name="claim_line_settled_at_its_end",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__status__in=FINAL_LINES, new__settled_at__isnull=True)
                | pgtrigger.Q(new__settled_at__isnull=False) & ~pgtrigger.Q(new__status__in=FINAL_LINES),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} line {self.position}: {self.kind} on {self.date}"

    @property
    def claimed(self):
        """What the line asks for in pounds before any rule takes something off it."""
        return self.pay + self.held + self.disallowed + self.declined


_CLAIM_EVENT_LABELS = dict([*ClaimAction.choices, *ClockEvent.choices])


class ClaimEvent(models.Model):
    """Something that happened to a claim, as its partner and everybody else who may see it reads it."""

    # A counting key, unlike everywhere else: things that happen at one moment are read in the order they happened.
    id = models.BigAutoField(primary_key=True)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="timeline")
    line = models.ForeignKey(ClaimLine, on_delete=models.CASCADE, null=True, related_name="timeline")
    at = models.DateTimeField()
    action = models.CharField(max_length=20)
    from_status = models.CharField(max_length=15, blank=True)
    to_status = models.CharField(max_length=15, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    note = models.CharField(max_length=600, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["claim", "at"], name="claim_event_by_time"),
            # The claims that have been with their partner at some time, for reports.
            models.Index(
                fields=["claim"],
                name="claim_event_to_partner",
                condition=Q(line__isnull=True, to_status__in=sorted(PARTNERS_TURN)),
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.action} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def label(self) -> str:
        """What happened, in the words of the action: a line's own, or the claim's."""
        if self.line_id:
            return LineAction(self.action).label
        return _CLAIM_EVENT_LABELS[self.action]
