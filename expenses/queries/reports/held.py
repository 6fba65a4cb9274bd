"""What was held for which reason: flagged lines of the claims that were sent in the period."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Sum

from expenses.enums import LineKind, LineStatus, Problem
from expenses.models import ClaimLine
from expenses.models.lines import LineQuerySet
from expenses.policies.performance import Sum as Total
from expenses.queries.reports.scope import Counted, Scope, columns, day_of, days_between
from psp_portal.money import ZERO

WAITING = [LineStatus.PENDING, LineStatus.RETURNED]


@dataclass(frozen=True)
class HeldFor:
    """Lines held for one reason: all of them, and those that still wait, with what is held of those."""

    problem: Problem
    lines: int
    waiting: Total


@dataclass(frozen=True)
class HeldReport:
    """Lines by the reason they are held for. A line with two reasons is in both, and once in the whole."""

    reasons: list[HeldFor]
    lines: int
    waiting: Total
    asked: Total


def held_report(scope: Scope) -> HeldReport:
    """Return the flagged lines of claims sent in the period by reason, and what was asked back. Two queries."""
    waiting = Q(status__in=WAITING)
    wanted = {"lines": Count("*"), "waiting": Count("pk", filter=waiting), "pounds": Sum("held", filter=waiting)}
    for problem in Problem:
        holds = Q(problems__contains=[problem])
        wanted |= {
            f"lines_{problem}": Count("pk", filter=holds),
            f"waiting_{problem}": Count("pk", filter=holds & waiting),
            f"pounds_{problem}": Sum("held", filter=holds & waiting),
        }
    found = _flagged(scope).aggregate(**wanted)
    asked = _asked(scope).aggregate(lines=Count("*"), pounds=Sum(F("pay") + F("held")))
    return HeldReport(
        reasons=[
            HeldFor(
                problem,
                found[f"lines_{problem}"],
                Total(found[f"waiting_{problem}"], found[f"pounds_{problem}"] or ZERO),
            )
            for problem in Problem
        ],
        lines=found["lines"],
        waiting=Total(found["waiting"], found["pounds"] or ZERO),
        asked=Total(asked["lines"], asked["pounds"] or ZERO),
    )


def _sent(scope: Scope) -> LineQuerySet:
    return ClaimLine.objects.filter(scope.of_payer("claim__"), scope.within("claim__submitted_at"))


def _flagged(scope: Scope) -> LineQuerySet:
    return _sent(scope).exclude(problems=[])


def _asked(scope: Scope) -> LineQuerySet:
    """Return the lines that wait for an answer from their partner."""
    return _sent(scope).filter(status=LineStatus.RETURNED)


def held_rows(scope: Scope, figure: str) -> Counted | None:
    """Return the lines that a figure of the report counts, the oldest first; None for a figure it has not."""
    lines = _flagged(scope)
    value: Any = F("held")
    match figure.partition("-"):
        case ("held", _, ""):
            pass
        case ("waiting", _, ""):
            lines = lines.filter(status__in=WAITING)
        case ("asked", _, ""):
            lines, value = _asked(scope), F("pay") + F("held")
        case ("for", _, problem) if problem in Problem.values:
            lines = lines.filter(problems__contains=[problem])
        case ("waiting_for", _, problem) if problem in Problem.values:
            lines = lines.filter(problems__contains=[problem], status__in=WAITING)
        case _:
            return None
    rows = lines.order_by("claim__submitted_at", "claim__number", "position").values(
        **columns(
            "claim__",
            what=F("kind"),
            on=day_of("claim__submitted_at"),
            days=days_between("claim__submitted_at", scope.today),
            value=value,
        )
    )
    return Counted(rows, unit="line", on="Sent on", value="Held", words=lambda kind: LineKind(kind).label)
