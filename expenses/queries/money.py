"""Reads where a partner's money is, over all organisations: each figure is a sum of lines that a click shows.

A line has one place, by its status, so that the groups add up to all that was ever asked and not withdrawn; finance
counts the same lines by the same statuses from the payer's side, so both come to the same penny.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum, Value, When

from expenses.enums import ClaimStatus, LineStatus, MoneyGroup, RunLineStatus
from expenses.models import ClaimLine, RunLine
from psp_portal.accounts.models import User
from psp_portal.money import ZERO, total

# What the partner has not had and is still to have, if those who decide agree.
OWED = frozenset({MoneyGroup.WAITING, MoneyGroup.QUESTION, MoneyGroup.APPROVED, MoneyGroup.FAILED, MoneyGroup.IN_RUN})
_GROUPS = {
    LineStatus.PENDING: MoneyGroup.WAITING,
    LineStatus.RETURNED: MoneyGroup.QUESTION,
    LineStatus.APPROVED: MoneyGroup.APPROVED,
    LineStatus.IN_RUN: MoneyGroup.IN_RUN,
    LineStatus.PAID: MoneyGroup.PAID,
    LineStatus.NOT_APPROVED: MoneyGroup.CONTESTED,
    LineStatus.APPEALED: MoneyGroup.CONTESTED,
}
_AGREED = [LineStatus.APPROVED, LineStatus.IN_RUN, LineStatus.PAID]


@dataclass(frozen=True)
class Figure:
    """What one payer has of a partner's money in one place."""

    group: MoneyGroup
    payer_id: UUID
    payer: str
    pounds: Decimal
    claims: int
    oldest: datetime


@dataclass(frozen=True)
class Money:
    """All of a partner's money, by where it is and by who pays it."""

    figures: tuple[Figure, ...]

    def pounds(self, groups: Iterable[MoneyGroup], payer_id: UUID | None = None) -> Decimal:
        """Return what is in some places, at one payer or at all."""
        wanted = frozenset(groups)
        return total(
            figure.pounds for figure in self.figures if figure.group in wanted and payer_id in (None, figure.payer_id)
        )

    def claims(self, group: MoneyGroup) -> int:
        """Return how many claims have money in a place; a claim has one payer."""
        return sum(figure.claims for figure in self.figures if figure.group == group)

    @property
    def owed(self) -> Decimal:
        return self.pounds(OWED)

    @property
    def oldest(self) -> datetime | None:
        """Return when the oldest pound that is still owed was asked for."""
        return min((figure.oldest for figure in self.figures if figure.group in OWED), default=None)

    @property
    def payers(self) -> dict[UUID, str]:
        """Return those who pay, by name."""
        return dict(sorted(((figure.payer_id, figure.payer) for figure in self.figures), key=lambda each: each[1]))


def money_lines_of(user: User) -> QuerySet:
    """Return somebody's lines that are money, each with its place (``group``) and its sum (``pounds``).

    Undecided, a line is what the rate card pays and what is held of it; agreed, what was agreed.
    """
    failed = RunLine.objects.filter(line_id=OuterRef("pk"), status=RunLineStatus.FAILED)
    return (
        ClaimLine.objects.filter(claimant=user, status__in=list(_GROUPS))
        .exclude(claim__status=ClaimStatus.DRAFT)
        .annotate(
            group=Case(
                When(Q(Exists(failed), status=LineStatus.APPROVED), then=Value(MoneyGroup.FAILED.value)),
                *[When(status=status, then=Value(group.value)) for status, group in _GROUPS.items()],
                output_field=CharField(),
            ),
            pounds=Case(When(status__in=_AGREED, then=F("approved_amount")), default=F("pay") + F("held")),
        )
        .filter(pounds__gt=0)
    )


def money_in_full(user: User) -> Money:
    """Return where all of somebody's money is. One query, however many claims."""
    rows = (
        money_lines_of(user)
        .order_by()
        .values("group", "claim__payer_id", "claim__payer__name")
        .annotate(sum=Sum("pounds"), claims=Count("claim", distinct=True), oldest=Min("claim__submitted_at"))
    )
    return Money(
        tuple(
            Figure(
                group=MoneyGroup(row["group"]),
                payer_id=row["claim__payer_id"],
                payer=row["claim__payer__name"],
                pounds=row["sum"] or ZERO,
                claims=row["claims"],
                oldest=row["oldest"],
            )
            for row in rows
        )
    )


def money_lines_in(user: User, group: MoneyGroup) -> QuerySet:
    """Return the lines behind a figure of somebody's money, the oldest claim first."""
    return (
        money_lines_of(user)
        .filter(group=group)
        .select_related("claim__payer")
        .order_by("claim__submitted_at", "claim__number", "position")
    )
