"""Reads lines whose money is held: why, since when, and with whom the question is."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from expenses.enums import Problem
from expenses.models import ClaimLine
from expenses.models.lines import LineQuerySet
from expenses.policies import holding
from psp_portal.dates import local_date


def missing_from(line: ClaimLine) -> list[Problem]:
    """Return the problems of a held line that its partner has said nothing about."""
    return holding.missing(line.problems, has_reason=bool(line.no_receipt_reason), has_answer=bool(line.answer))


def hold_question(line: ClaimLine) -> str:
    """Return what the partner of a held line is asked: "Line 3, Taxi: add a receipt, or say why there is none"."""
    return f"Line {line.position}, {line.get_kind_display()}: {holding.question(missing_from(line))}"


@dataclass(frozen=True)
class HeldLine:
    """A line whose money is held: for which problems, for how many days, until when somebody must answer, and who."""

    line: ClaimLine
    problems: tuple[Problem, ...]
    days: int
    is_late: bool
    is_with_partner: bool

    @property
    def pounds(self) -> Decimal:
        """What is held."""
        return self.line.held


def held_lines(organisation_id: UUID, *, today: date, only_late: bool = False) -> list[HeldLine]:
    """Return the lines held at an organisation that pays, the longest held first; ``only_late``: past their day."""
    rows = _held_at(organisation_id).select_related("claim__claimant").order_by("held_since", "pk")
    if only_late:
        rows = rows.filter(hold_due_on__lt=today)
    return [_held(line, today) for line in rows]


def _held_at(organisation_id: UUID) -> LineQuerySet:
    return ClaimLine.objects.filter(held_since__isnull=False, claim__payer_id=organisation_id)


def _held(line: ClaimLine, today: date) -> HeldLine:
    return HeldLine(
        line=line,
        problems=tuple(Problem(problem) for problem in line.problems if problem in holding.HOLDING),
        days=(today - local_date(line.held_since)).days,
        is_late=line.hold_due_on < today,
        is_with_partner=line.hold_asked_at is not None,
    )
