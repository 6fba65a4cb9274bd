"""A trust's rate card: its rules, and dated rows that are never changed once a claim has used them."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from expenses.enums import AtBoundary, LineKind, PaymentBasis, RoleCategory, Vehicle
from psp_portal.audit.triggers import actor_required


@pghistory.track()
class RateCard(models.Model):
    """An organisation's rules for claims, and the rows of its rates. Each claim keeps what it was priced with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, related_name="rate_card")
    name = models.CharField(max_length=100)
    # When a rate was last put in for days gone by: lines of claims sent before it may be worth more now.
    backdated_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    mileage_year_month = models.PositiveSmallIntegerField(default=4)
    mileage_year_day = models.PositiveSmallIntegerField(default=6)
    needs_approval = ArrayField(models.CharField(max_length=20, choices=LineKind), default=list, blank=True)
    first_class_needs_approval = models.BooleanField(default=True)
    claim_window_months = models.PositiveSmallIntegerField()
    late_cancellation_hours = models.PositiveSmallIntegerField(null=True)
    late_cancellation_pays = models.CharField(max_length=10, choices=AtBoundary, blank=True)
    decision_working_days = models.PositiveSmallIntegerField()
    payment_days = models.PositiveSmallIntegerField()
    steps_days = ArrayField(models.PositiveSmallIntegerField())
    reply_working_days = models.PositiveSmallIntegerField(
        default=5, help_text="Working days in which whoever is asked about a claim must answer"
    )
    appeal_working_days = models.PositiveSmallIntegerField(
        default=20, help_text="Working days in which a partner may appeal"
    )
    verifies_first_bank_details = models.BooleanField(
        default=True, help_text="Finance calls a partner about their first bank details too, not only about a change"
    )
    payment_target_percent = models.PositiveSmallIntegerField(
        default=95, help_text="How many of a hundred claims, and pounds, are to be paid in time"
    )
    standing_approval_months = models.PositiveSmallIntegerField(
        default=12, help_text="The longest time, in months, for which a standing approval is given"
    )
    duplicate_percent = models.PositiveSmallIntegerField(
        default=10, help_text="Two amounts are near when they differ by no more than this percentage of the larger"
    )
    duplicate_pounds = models.DecimalField(
        max_digits=6, decimal_places=2, default=1, help_text="Or by no more than these pounds"
    )

    keeps_original_receipts = models.BooleanField(
        default=False, help_text="Keep receipts as they came, besides the copies without hidden details"
    )
    retention_years = models.PositiveSmallIntegerField(
        default=6, help_text="Years after the financial year of payment for which originals are kept"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mileage_year_month__range=(1, 12), mileage_year_day__range=(1, 28)),
                name="rate_card_year_starts_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(late_cancellation_hours__isnull=True, late_cancellation_pays="")
                | Q(late_cancellation_hours__isnull=False, late_cancellation_pays__in=AtBoundary.values),
                name="rate_card_both_late_cancellation_set",
            ),
            models.CheckConstraint(condition=Q(steps_days__len__gte=1), name="rate_card_has_steps"),
            models.CheckConstraint(
                condition=Q(claim_window_months__gte=1, decision_working_days__gte=1, payment_days__gte=1),
                name="rate_card_periods_positive",
            ),
            models.CheckConstraint(
                condition=Q(payment_target_percent__gte=1, payment_target_percent__lte=100),
                name="rate_card_target_is_a_percentage",
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.name} ({self.organisation_id})"


def _row_triggers(same_thing: str) -> list[pgtrigger.Trigger]:
    """Return what keeps a table of dated rows: no overlap and no gap (rows with ``same_thing`` alike), no change once
    used.

    An exclusion constraint would need the extension btree_gist, which not every server here has; the card's row is
    locked instead, so that two writers cannot slip past each other.
    """
    return [
        actor_required(),
        pgtrigger.Trigger(
            name="rows_do_not_overlap",
            when=pgtrigger.Before,
            # Not for every update: a claim that marks its rows as used must not wait for, or lock, the card.
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("card_id", "valid_from", "valid_to", same_thing),
            func=pgtrigger.Func(
                f"""
                PERFORM 1 FROM expenses_ratecard WHERE id = NEW.card_id FOR UPDATE;
                IF EXISTS (
                    SELECT 1 FROM {{meta.db_table}} AS other
                    WHERE other.card_id = NEW.card_id AND other.id <> NEW.id
                    AND other.{same_thing} = NEW.{same_thing}
                    AND daterange(other.valid_from, other.valid_to, '[]')
                        && daterange(NEW.valid_from, NEW.valid_to, '[]')
                ) THEN
                    RAISE EXCEPTION 'Rows of % overlap.', TG_TABLE_NAME USING ERRCODE = 'exclusion_violation';
                END IF;
                RETURN NEW;
                """  # noqa: S608  the names are this module's own
            ),
        ),
        pgtrigger.Trigger(
            name="rows_leave_no_gap",
            when=pgtrigger.After,
            operation=pgtrigger.Insert
            | pgtrigger.UpdateOf("card_id", "valid_from", "valid_to", same_thing)
            | pgtrigger.Delete,
            # Asked when all is written: a row ends before the one that follows it is there.
            timing=pgtrigger.Deferred,
            declare=[("row_card", "uuid"), ("row_thing", "text")],
            func=pgtrigger.Func(
                f"""
                IF TG_OP = 'DELETE' THEN
                    row_card := OLD.card_id; row_thing := OLD.{same_thing}::text;
                ELSE
                    row_card := NEW.card_id; row_thing := NEW.{same_thing}::text;
                END IF;
                IF EXISTS (
                    SELECT 1 FROM (
                        SELECT valid_to, lead(valid_from) OVER (ORDER BY valid_from) AS next_from
                        FROM {{meta.db_table}} WHERE card_id = row_card AND {same_thing}::text = row_thing
                    ) AS days WHERE valid_to + 1 < next_from
                ) THEN
                    RAISE EXCEPTION 'Rows of % leave days between them without a row.', TG_TABLE_NAME
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
                """  # noqa: S608  the names are this module's own
            ),
        ),
        pgtrigger.Trigger(
            name="used_row_keeps",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            condition=pgtrigger.Q(old__used_at__isnull=False),
            # All that may happen to a used row is that its end moves: to before a day it was used for only when the
            # same update says that it is cut back for a backdated row. It may move again: a mistyped first day of the
            # next row would otherwise leave days that no row could ever fill.
            func="""
                IF TG_OP = 'DELETE' THEN
                    RAISE EXCEPTION 'A row of % that claims have used cannot be deleted.', TG_TABLE_NAME;
                END IF;
                IF to_jsonb(NEW) - 'valid_to' - 'used_at' - 'last_used_on' - 'cut_back_at'
                        IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' - 'used_at' - 'last_used_on' - 'cut_back_at'
                    OR (NEW.cut_back_at IS NULL AND OLD.cut_back_at IS NOT NULL)
                    OR (
                        NEW.valid_to < least(OLD.last_used_on, coalesce(OLD.valid_to, 'infinity'))
                        AND NEW.cut_back_at IS NOT DISTINCT FROM OLD.cut_back_at
                    )
                THEN
                    RAISE EXCEPTION 'A row of % that claims have used cannot be changed.', TG_TABLE_NAME;
                END IF;
                RETURN NEW;
            """,
        ),
    ]


class DatedRow(models.Model):
    """What every row of a rate card has: its days (both included), its source, and whether a claim has used it.

    A rate may be announced after the day from which it holds (HMRC's of 6 April 2026 was on 21 May). The row then says
    so (``backdated_at``), and the row before it, though claims have used it, is cut back to end before days it was
    used for (``cut_back_at``, set in the same update). That is safe because a claim never looks a row up again: each
    line keeps its own price and the words of its rule from the day it was sent. What lines would be worth more is
    proposed to their partners as top-ups.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=300, blank=True)
    used_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    backdated_at = models.DateTimeField(null=True)
    cut_back_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="%(class)s_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, last_used_on__isnull=True)
                | Q(used_at__isnull=False, last_used_on__isnull=False),
                name="%(class)s_both_used_set",
            ),
        ]


@pghistory.track(exclude=["used_at", "last_used_on"])
class TimeRate(DatedRow):
    """How one role category is paid for time."""

    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="time_rates")
    role_category = models.PositiveSmallIntegerField(choices=RoleCategory)
    basis = models.CharField(max_length=10, choices=PaymentBasis)
    half_day = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    full_day = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    boundary_minutes = models.PositiveSmallIntegerField(null=True)
    at_boundary = models.CharField(max_length=10, choices=AtBoundary, blank=True)
    rate = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    session_minutes = models.PositiveSmallIntegerField(null=True)
    amount = models.DecimalField(max_digits=9, decimal_places=2, null=True)

    class Meta(DatedRow.Meta):
        constraints = [
            *DatedRow.Meta.constraints,
            models.CheckConstraint(condition=Q(role_category__in=RoleCategory.values), name="timerate_category_known"),
            models.CheckConstraint(
                condition=Q(
                    # A comparison with nothing is no refusal to the database: each figure is also asked to be there.
                    basis=PaymentBasis.DAY,
                    half_day__isnull=False,
                    half_day__gte=0,
                    full_day__isnull=False,
                    full_day__gte=F("half_day"),
                    boundary_minutes__isnull=False,
                    boundary_minutes__gte=1,
                    at_boundary__in=AtBoundary.values,
                    rate__isnull=True,
                    session_minutes__isnull=True,
                    amount__isnull=True,
                )
                | Q(
                    basis=PaymentBasis.HOUR,
                    rate__isnull=False,
                    rate__gte=0,
                    half_day__isnull=True,
                    full_day__isnull=True,
                    boundary_minutes__isnull=True,
                    at_boundary="",
                    session_minutes__isnull=True,
                    amount__isnull=True,
                )
                | Q(
                    basis=PaymentBasis.SESSION,
                    session_minutes__isnull=False,
                    session_minutes__gte=1,
                    amount__isnull=False,
                    amount__gte=0,
                    half_day__isnull=True,
                    full_day__isnull=True,
                    boundary_minutes__isnull=True,
                    at_boundary="",
                    rate__isnull=True,
                )
                | Q(
                    basis=PaymentBasis.NONE,
                    half_day__isnull=True,
                    full_day__isnull=True,
                    boundary_minutes__isnull=True,
                    at_boundary="",
                    rate__isnull=True,
                    session_minutes__isnull=True,
                    amount__isnull=True,
                ),
                name="timerate_figures_fit_basis",
            ),
        ]
        triggers = _row_triggers("role_category")

    def __str__(self) -> str:
        return f"{self.card_id}: category {self.role_category} by {self.basis} from {self.valid_from}"


@pghistory.track(exclude=["used_at", "last_used_on"])
class MileageRate(DatedRow):
    """What a mile pays by one kind of vehicle; the figures by miles in the year are its bands."""

    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="mileage_rates")
    vehicle = models.CharField(max_length=12, choices=Vehicle)
    passenger = models.DecimalField(max_digits=6, decimal_places=4, default=0)

    class Meta(DatedRow.Meta):
        constraints = [
            *DatedRow.Meta.constraints,
            models.CheckConstraint(condition=Q(vehicle__in=Vehicle.values), name="mileagerate_vehicle_known"),
            models.CheckConstraint(condition=Q(passenger__gte=0), name="mileagerate_passenger_not_negative"),
        ]
        triggers = _row_triggers("vehicle")

    def __str__(self) -> str:
        return f"{self.card_id}: {self.vehicle} from {self.valid_from}"


@pghistory.track()
class MileageBand(models.Model):
    """Pounds a mile up to so many miles in the year; the last band has no end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mileage_rate = models.ForeignKey(MileageRate, on_delete=models.CASCADE, related_name="bands")
    up_to = models.DecimalField(max_digits=8, decimal_places=1, null=True)
    rate = models.DecimalField(max_digits=6, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mileage_rate", "up_to"], nulls_distinct=False, name="mileageband_once"),
            models.CheckConstraint(condition=Q(up_to__isnull=True) | Q(up_to__gt=0), name="mileageband_up_to_positive"),
            models.CheckConstraint(condition=Q(rate__gte=0), name="mileageband_rate_not_negative"),
        ]
        triggers = [
            actor_required(),
            pgtrigger.Trigger(
                name="used_band_keeps",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM expenses_mileagerate WHERE id = OLD.mileage_rate_id AND used_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'A band that claims have used cannot be changed.';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mileage_rate_id} up to {self.up_to}"


@pghistory.track(exclude=["used_at", "last_used_on"])
class Cap(DatedRow):
    """The most that one line of a kind is paid."""

    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="caps")
    kind = models.CharField(max_length=20, choices=LineKind)
    amount = models.DecimalField(max_digits=9, decimal_places=2)

    class Meta(DatedRow.Meta):
        constraints = [
            *DatedRow.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="cap_kind_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cap_amount_not_negative"),
        ]
        triggers = _row_triggers("kind")

    def __str__(self) -> str:
        return f"{self.card_id}: {self.kind} from {self.valid_from}"
