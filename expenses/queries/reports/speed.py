"""How fast claims were paid: those whose last payment was made in the period."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from expenses.enums import ClaimStatus
from expenses.models import Claim, ClaimEvent, RateCard
from expenses.policies import performance
from expenses.policies.performance import Aged, Bucket, Speed
from expenses.policies.responsibility import PARTNERS_TURN
from expenses.policies.timeline import days_with
from expenses.queries.reports.scope import Counted, Scope, columns, day_of, days_between
from psp_portal.dates import LONDON, local_date

# What an organisation without a rate card is measured by: the defaults of every template (domain.md 11.4).
_DEFAULTS = ([20, 31, 45, 60, 90], 30, 95)


@dataclass(frozen=True)
class Target:
    """What payment is measured by: the rate card's clock and the percentage to be reached."""

    payment_days: int
    percent: int
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True)
class SpeedReport:
    """How fast claims were paid: all of the period, month by month, and by the days it took."""

    target: Target
    whole: Speed
    months: list[tuple[date, Speed]]
    by_days: list[tuple[Bucket, performance.Sum]]


@dataclass(frozen=True)
class DaysWithPartners:
    """Of the claims paid, those that waited on their partner at some time: shown apart, taken off nothing."""

    claims: int
    days: int


def target_of(scope: Scope) -> Target:
    """Return what an organisation's payments are measured by today."""
    cards = RateCard.objects.filter(organisation_id=scope.organisation_id)
    found = cards.values_list("steps_days", "payment_days", "payment_target_percent").first()
    steps, payment_days, percent = found or _DEFAULTS
    return Target(payment_days, percent, performance.age_buckets(steps, payment_days))


def speed_report(scope: Scope, target: Target) -> SpeedReport:
    """Return how fast the claims paid in the period were paid. One query."""
    months: dict[date, list[Aged]] = {}
    grouped = (
        _paid(scope)
        .order_by()
        .values("days", "is_in_time", month=TruncMonth("paid_at", tzinfo=LONDON))
        .annotate(claims=Count("*"), pounds=Sum("paid"))
    )
    for row in grouped:
        aged = Aged(row["days"].days, row["claims"], row["pounds"], row["is_in_time"])
        months.setdefault(local_date(row["month"]), []).append(aged)
    everything = [aged for rows in months.values() for aged in rows]
    return SpeedReport(
        target=target,
        whole=performance.speed(everything, target.percent),
        months=[(month, performance.speed(months[month], target.percent)) for month in sorted(months)],
        by_days=list(zip(target.buckets, performance.by_age(everything, target.buckets), strict=True)),
    )


def _paid(scope: Scope) -> QuerySet[Any, Any]:
    """Return the claims paid whole whose last payment was in the period. One is in time that was paid by its day."""
    return Claim.objects.filter(scope.of_payer(), scope.within("paid_at"), status=ClaimStatus.PAID).annotate(
        paid_on=day_of("paid_at"),
        days=days_between("submitted_at", day_of("paid_at")),
        is_in_time=ExpressionWrapper(Q(payment_due_on__gte=day_of("paid_at")), output_field=BooleanField()),
    )


def days_with_partners(scope: Scope) -> DaysWithPartners:
    """Return how long the claims paid in the period had waited on their partners. Two queries."""
    sent = {
        pk: (local_date(submitted_at), local_date(paid_at))
        for pk, submitted_at, paid_at in _waited(scope).values_list("pk", "submitted_at", "paid_at")
    }
    turns: dict[Any, list[tuple[date, str]]] = {}
    events = ClaimEvent.objects.filter(claim__in=_waited(scope).values("pk"), line__isnull=True).order_by("at", "pk")
    for claim_id, at, status in events.values_list("claim_id", "at", "to_status"):
        turns.setdefault(claim_id, []).append((local_date(at), status))
    waits = [
        days_with(turns[claim_id], submitted_on=submitted_on, until=paid_on).partner
        for claim_id, (submitted_on, paid_on) in sent.items()
    ]
    return DaysWithPartners(len(waits), sum(waits))


def _waited(scope: Scope) -> QuerySet[Any, Any]:
    """Return the claims paid in the period that were at some time with their partner."""
    asked = ClaimEvent.objects.filter(line__isnull=True, to_status__in=sorted(PARTNERS_TURN)).exclude(
        from_status=F("to_status")
    )
    return _paid(scope).filter(pk__in=asked.values("claim_id"))


def speed_rows(scope: Scope, figure: str, target: Target) -> Counted | None:
    """Return the claims that a figure of the report counts, the slowest first; None for a figure it has not."""
    claims = _paid(scope)
    match figure.partition("-"):
        case ("paid", _, ""):
            pass
        case ("in_time", _, ""):
            claims = claims.filter(is_in_time=True)
        case ("late", _, ""):
            claims = claims.filter(is_in_time=False)
        case ("asked", _, ""):
            claims = _waited(scope)
        case ("days", _, first):
            bucket = next((each for each in target.buckets if str(each.first) == first), None)
            if bucket is None:
                return None
            claims = in_bucket(claims, bucket)
        case _:
            return None
    rows = claims.order_by("-days", "number").values(
        **columns("", what=F("status"), on=F("paid_on"), days=F("days"), value=F("paid"))
    )
    return Counted(rows, unit="claim", on="Paid on", value="Paid", words=lambda status: ClaimStatus(status).label)


def in_bucket(rows: QuerySet, bucket: Bucket) -> QuerySet:
    """Narrow rows that know their ``days`` to those of an age."""
    rows = rows.filter(days__gte=timedelta(days=bucket.first))
    return rows if bucket.last is None else rows.filter(days__lte=timedelta(days=bucket.last))
