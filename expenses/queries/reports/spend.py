"""What was spent: the lines paid in the period, and what the organisation booked itself, which nobody was paid for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from committees.queries import names_of_committees
from expenses.enums import LineKind, LineStatus
from expenses.models import ClaimLine
from expenses.models.lines import LineQuerySet
from expenses.policies.performance import Sum as Total
from expenses.queries.payments import TIME_KINDS
from expenses.queries.reports.scope import Counted, Scope, columns, day_of, days_between, is_key

NO_CODE, NO_COMMITTEE = "No budget code", "No committee"


@dataclass(frozen=True)
class Part:
    """A share of what was spent: by what it is called, and by what its rows are found."""

    key: str
    label: str
    lines: Total


@dataclass(frozen=True)
class SpendReport:
    """What was paid in the period. Time and expenses are separate ledgers; what was booked is in none of the sums."""

    time: Total
    expenses: Total
    by_kind: list[Part]
    by_code: list[Part]
    by_committee: list[Part]
    booked: list[Part]

    @property
    def whole(self) -> Total:
        return self.time + self.expenses

    @property
    def booked_whole(self) -> Total:
        return sum((part.lines for part in self.booked), Total())


def spend_report(scope: Scope) -> SpendReport:
    """Return what was paid and booked in the period. Three queries."""
    found = _grouped(_paid(scope), "approved_amount")
    booked = _grouped(_booked(scope), "amount")
    committees = names_of_committees({row["committee_id"] for row in found} - {None})
    return SpendReport(
        time=_sum(row for row in found if row["kind"] in TIME_KINDS),
        expenses=_sum(row for row in found if row["kind"] not in TIME_KINDS),
        by_kind=_parts(found, _kind),
        by_code=_parts(found, _code),
        by_committee=_parts(
            found, lambda row: (str(row["committee_id"] or "none"), committees.get(row["committee_id"], NO_COMMITTEE))
        ),
        booked=_parts(booked, _kind),
    )


def _paid(scope: Scope) -> LineQuerySet:
    return ClaimLine.objects.filter(scope.of_payer("claim__"), scope.within("settled_at"), status=LineStatus.PAID)


def _booked(scope: Scope) -> LineQuerySet:
    """Return what the organisation booked and an approver has agreed to: on record for its cost."""
    return ClaimLine.objects.filter(
        scope.of_payer("claim__"),
        scope.within("settled_at"),
        is_trust_booked=True,
        status=LineStatus.NOTHING_TO_PAY,
    )


def _grouped(lines: LineQuerySet, amount: str) -> list[dict[str, Any]]:
    # Not by the committee's name: to carry that through a million lines would take longer than to add them up.
    grouped: QuerySet[Any, Any] = lines.order_by().values(
        "kind", code=F("claim__budget_code"), committee_id=F("claim__assignment__committee_id")
    )
    return list(grouped.annotate(lines=Count("*"), pounds=Sum(amount)))


def _kind(row: dict[str, Any]) -> tuple[str, str]:
    return row["kind"], LineKind(row["kind"]).label


def _code(row: dict[str, Any]) -> tuple[str, str]:
    return row["code"], row["code"] or NO_CODE


def _sum(rows: Any) -> Total:
    return sum((Total(row["lines"], row["pounds"]) for row in rows), Total())


def _parts(rows: list[dict[str, Any]], name: Callable[[dict[str, Any]], tuple[str, str]]) -> list[Part]:
    """Add rows up by a name, the dearest first."""
    sums: dict[tuple[str, str], Total] = {}
    for row in rows:
        sums[name(row)] = sums.get(name(row), Total()) + Total(row["lines"], row["pounds"])
    parts = [Part(key, label, lines) for (key, label), lines in sums.items()]
    return sorted(parts, key=lambda part: (-part.lines.value, part.label, part.key))


def spend_rows(scope: Scope, figure: str) -> Counted | None:
    """Return the lines that a figure of the report counts, the latest first; None for a figure it has not."""
    lines, value = _paid(scope), "approved_amount"
    match figure.partition("-"):
        case ("paid", _, ""):
            pass
        case ("time", _, ""):
            lines = lines.filter(kind__in=TIME_KINDS)
        case ("expenses", _, ""):
            lines = lines.exclude(kind__in=TIME_KINDS)
        case ("booked", _, ""):
            lines, value = _booked(scope), "amount"
        case ("kind", _, kind) if kind in LineKind.values:
            lines = lines.filter(kind=kind)
        case ("booked_kind", _, kind) if kind in LineKind.values:
            lines, value = _booked(scope).filter(kind=kind), "amount"
        case ("code", "-", code):
            lines = lines.filter(claim__budget_code=code)
        case ("committee", _, "none"):
            lines = lines.filter(claim__assignment__isnull=True)
        case ("committee", _, committee) if is_key(committee):
            lines = lines.filter(claim__assignment__committee_id=committee)
        case _:
            return None
    rows = lines.order_by("-settled_at", "claim__number", "position").values(
        **columns(
            "claim__",
            what=F("kind"),
            on=day_of("settled_at"),
            days=days_between("claim__submitted_at", day_of("settled_at")),
            value=F(value),
        )
    )
    word = "Cost" if value == "amount" else "Paid"
    return Counted(rows, unit="line", on=f"{word} on" if word == "Paid" else "Decided on", value=word, words=_label)


def _label(kind: str) -> str:
    return LineKind(kind).label
