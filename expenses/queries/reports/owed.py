"""What was owed at the end of a day, and how old it was: by what is known of each line's moments.

A line is owed from the day its claim was sent until it comes to its end; what happens later (a payment, a decision)
does not change what was owed on a day. A claim that its partner took back to change counts from when it was sent again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models import Min as Least

from expenses.models import ClaimLine
from expenses.policies import performance
from expenses.policies.performance import Aged, Bucket
from expenses.policies.performance import Sum as Total
from expenses.queries.reports.scope import Counted, Scope, columns, day_of, days_between, is_key
from expenses.queries.reports.speed import Target, in_bucket
from psp_portal.dates import start_of_day

# How a line stood at the end of the day.
TO_DECIDE, TO_PAY, CONTESTED = "to_decide", "to_pay", "contested"
STANDING_LABELS = {
    TO_DECIDE: "Waiting for a decision",
    TO_PAY: "Approved, waiting for payment",
    CONTESTED: "Not approved, can still be appealed",
}


@dataclass(frozen=True)
class OwedReport:
    """What is owed as at the end of a day; what was not approved and can be appealed stands apart, and is not owed."""

    as_at: date
    by_age: list[tuple[Bucket, Total]]
    by_standing: list[tuple[str, Total]]
    whole: Total
    overdue: Total
    oldest_days: int | None
    contested: Total
    elsewhere: list["Elsewhere"]


@dataclass(frozen=True)
class Elsewhere:
    """What another organisation owes for claims made here: it is in that organisation's figures."""

    payer_id: UUID
    payer: str
    whole: Total
    oldest_days: int


def end_of(day: date) -> datetime:
    """Return the first moment after a day."""
    return start_of_day(day + timedelta(days=1))


def lines_unsettled(claims: Q, day: date, *, today: date) -> QuerySet[Any, Any]:
    """Return the lines of sent claims that had not come to their end on a day, each with how it stood (``standing``)
    and what was to be paid of it (``owed``), with the days since its claim was sent.

    Undecided, a line is owed what the rate card pays and what is held of it; decided, what was approved.
    """
    end = end_of(day)
    open_then = Q(claim__closed_at__isnull=True, settled_at__isnull=True)
    if day < today:
        # Of today nothing has been settled later: without this the database needs not look at what is over.
        open_then = (Q(claim__closed_at__isnull=True) | Q(claim__closed_at__gte=end)) & (
            Q(settled_at__isnull=True) | Q(settled_at__gte=end)
        )
    refused = Q(decided_at__lt=end, appeal_until__isnull=False)
    agreed = Q(decided_at__lt=end, approved_amount__isnull=False)
    return (
        ClaimLine.objects.filter(claims, open_then, claim__submitted_at__lt=end, is_trust_booked=False)
        .annotate(
            standing=Case(
                # An appeal that was turned down ended the line; one that was allowed made it payable.
                When(appeal_decided_at__lt=end, then=Value(TO_PAY)),
                When(refused, then=Value(CONTESTED)),
                When(agreed, then=Value(TO_PAY)),
                default=Value(TO_DECIDE),
                output_field=CharField(),
            ),
            owed=Case(
                When(appeal_decided_at__lt=end, then=F("approved_amount")),
                When(refused, then=F("pay") + F("held")),
                When(agreed, then=F("approved_amount")),
                default=F("pay") + F("held"),
            ),
            days=days_between("claim__submitted_at", day),
        )
        .filter(owed__gt=0)
    )


def lines_of_scope(scope: Scope) -> QuerySet[Any, Any]:
    """Return the unsettled lines that a scope's payer has to pay, as at its day."""
    return lines_unsettled(scope.of_payer("claim__"), scope.as_at, today=scope.today)


def _lines_elsewhere(scope: Scope) -> QuerySet[Any, Any]:
    """Return what is owed for claims made here that another organisation pays."""
    lines = lines_unsettled(scope.elsewhere("claim__"), scope.as_at, today=scope.today)
    return lines.exclude(standing=CONTESTED)


def owed_report(scope: Scope, target: Target) -> OwedReport:
    """Return what is owed as at the scope's day, by age. Two queries."""
    lines = lines_of_scope(scope)
    # A claim may have lines that stand differently: it is counted once in each figure.
    found = list(
        lines.order_by()
        .values("claim_id", "days", "standing")
        .annotate(pounds=Sum("owed"))
        .values_list("claim_id", "days", "standing", "pounds")
    )
    owed = [(claim, days.days, standing, pounds) for claim, days, standing, pounds in found if standing != CONTESTED]
    by_claim: dict = {}
    for claim, days, _, pounds in owed:
        before = by_claim.get(claim, Aged(days, 1, performance.ZERO))
        by_claim[claim] = Aged(days, 1, before.value + pounds)
    aged = list(by_claim.values())
    return OwedReport(
        as_at=scope.as_at,
        by_age=list(zip(target.buckets, performance.by_age(aged, target.buckets), strict=True)),
        by_standing=[
            (standing, _total(pounds for _, _, found_standing, pounds in owed if found_standing == standing))
            for standing in (TO_DECIDE, TO_PAY)
        ],
        whole=_total(each.value for each in aged),
        overdue=_total(each.value for each in aged if each.days > target.payment_days),
        oldest_days=max((each.days for each in aged), default=None),
        contested=_total(pounds for _, _, standing, pounds in found if standing == CONTESTED),
        elsewhere=_elsewhere(scope),
    )


def _total(pounds: Iterable) -> Total:
    each = list(pounds)
    return Total(len(each), sum(each, performance.ZERO))


def _elsewhere(scope: Scope) -> list[Elsewhere]:
    lines = _lines_elsewhere(scope)
    found = (
        lines.order_by()
        .values("claim__payer_id", payer=F("claim__payer__name"))
        .annotate(claims=Count("claim", distinct=True), pounds=Sum("owed"), sent=Least("claim__submitted_at"))
        .annotate(oldest=days_between("sent", scope.as_at))
        .order_by("payer")
    )
    return [
        Elsewhere(row["claim__payer_id"], row["payer"], Total(row["claims"], row["pounds"]), row["oldest"].days)
        for row in found
    ]


def owed_rows(scope: Scope, figure: str, target: Target) -> Counted | None:
    """Return the claims that a figure of the report counts, the oldest first; None for a figure it has not."""
    lines = lines_of_scope(scope)
    owed = lines.exclude(standing=CONTESTED)
    match figure.partition("-"):
        case ("owed", _, ""):
            lines = owed
        case ("overdue", _, ""):
            lines = owed.filter(days__gt=timedelta(days=target.payment_days))
        case (("to_decide" | "to_pay" | "contested") as standing, _, ""):
            lines = lines.filter(standing=standing)
        case ("elsewhere", _, payer):
            lines = lines_unsettled(scope.elsewhere("claim__"), scope.as_at, today=scope.today).exclude(
                standing=CONTESTED
            )
            if payer and not is_key(payer):
                return None
            lines = lines.filter(claim__payer_id=payer) if payer else lines
        case ("age", _, first):
            bucket = next((each for each in target.buckets if str(each.first) == first), None)
            if bucket is None:
                return None
            lines = in_bucket(owed, bucket)
        case _:
            return None
    return Counted(by_claim(lines), unit="claim", on="Sent on", value="Owed", words=_payer)


def by_claim(lines: QuerySet) -> QuerySet:
    """Return one row for each claim of some unsettled lines, with what is owed of them."""
    grouped = columns(
        "claim__",
        what=F("claim__payer__name"),
        on=day_of("claim__submitted_at"),
        days=F("days"),
        value=Sum("owed"),
    )
    value = grouped.pop("value")
    return lines.order_by().values(**grouped).annotate(value=value).order_by("-days", "claim_number")


def _payer(name: str) -> str:
    return f"Paid by {name}"
