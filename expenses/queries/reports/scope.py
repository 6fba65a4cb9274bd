"""What a report is about, and the shape of the rows that its figures count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum, Value
from django.db.models.functions import TruncDate

from expenses.policies.performance import Sum as Total
from expenses.policies.periods import Period
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_permission
from psp_portal.accounts.roles import Permission
from psp_portal.dates import LONDON, start_of_day
from psp_portal.money import ZERO


@dataclass(frozen=True)
class Scope:
    """Whose money a report is about, in which days; perhaps of one committee or budget code alone.

    Money is its payer's: a claim that another organisation pays is in that one's figures, and stands apart here.
    Make it with ``report_scope``: ``payers`` is empty for somebody who may not see the reports.
    """

    organisation_id: UUID
    payers: frozenset[UUID]
    period: Period
    today: date
    committee_id: UUID | None = None
    budget_code: str = ""

    @property
    def starts_at(self) -> datetime:
        return start_of_day(self.period.first)

    @property
    def ends_at(self) -> datetime:
        """The first moment after the period."""
        return start_of_day(self.period.last + timedelta(days=1))

    @property
    def as_at(self) -> date:
        """The day as at whose end the report says what is owed: the period's last, or today while it lasts."""
        return min(self.period.last, self.today)

    def within(self, field: str) -> Q:
        """Return the filter for a moment in the period."""
        return Q(**{f"{field}__gte": self.starts_at, f"{field}__lt": self.ends_at})

    def of_payer(self, claim: str = "") -> Q:
        """Return the filter for the claims that are counted; ``claim`` is the way to the claim, like ``claim__``."""
        return Q(**{f"{claim}payer_id__in": self.payers}) & self._narrowed(claim)

    def elsewhere(self, claim: str = "") -> Q:
        """Return the filter for the claims made here that another organisation pays."""
        made_here = Q(**{f"{claim}organisation_id__in": self.payers}) & ~Q(**{f"{claim}payer_id__in": self.payers})
        return made_here & self._narrowed(claim)

    def not_claimed(self) -> Q:
        """Return the filter for attendances nobody has claimed for: of the committee, and of the code agreed now."""
        return self._narrowed(code="assignment__budget_code")

    def _narrowed(self, claim: str = "", *, code: str = "budget_code") -> Q:
        """Return the filter for the committee and budget code alone."""
        wanted = Q()
        if self.committee_id:
            wanted &= Q(**{f"{claim}assignment__committee_id": self.committee_id})
        if self.budget_code:
            wanted &= Q(**{f"{claim}{code}": self.budget_code})
        return wanted


def report_scope(
    user: User,
    organisation_id: UUID,
    period: Period,
    *,
    today: date,
    committee_id: UUID | None = None,
    budget_code: str = "",
) -> Scope:
    """Return what a report shows somebody: nothing at all unless they may see the organisation's reports."""
    is_allowed = has_permission(user, Permission.SEE_REPORTS, organisation_id, today)
    payers = frozenset({organisation_id} if is_allowed else ())
    return Scope(organisation_id, payers, period, today, committee_id, budget_code)


@dataclass(frozen=True)
class Row:
    """One thing that a figure counts: a claim, a line of one, a step, a request for an update, or a meeting nobody has
    claimed for, which has no claim."""

    claim_id: UUID | None
    reference: str
    partner: str
    committee: str
    budget_code: str
    what: str
    on: date | None
    days: int | None
    value: Any


@dataclass(frozen=True)
class Counted:
    """The rows that a figure counts, each a dict with the columns of ``columns``, in the order of the list."""

    rows: Any
    # What one row is called.
    unit: str
    # What the day and the pounds of a row are.
    on: str
    value: str
    words: Callable[[Any], str] = str
    head = "Claim"

    def as_row(self, found: dict[str, Any]) -> Row:
        """Return a row as it is shown."""
        days = found["days"]
        return Row(
            claim_id=found["of_claim"],
            reference=f"C{found['claim_number']:06d}",
            partner=found["partner_name"],
            committee=found["committee"] or "",
            budget_code=found["code"],
            what=self.words(found["what"]),
            on=found["on"],
            days=None if days is None else days.days,
            value=found["value"],
        )

    def total(self) -> Total:
        """Count and add up the rows themselves. One query."""
        found = self.rows.order_by().aggregate(count=Count("*"), pounds=Sum("value"))
        return Total(found["count"], found["pounds"] or ZERO)


def columns(claim: str, *, what: Any, on: Any, days: Any, value: Any) -> dict[str, Any]:
    """Return the columns of a list of rows; ``claim`` is the way from the row to its claim, like ``claim__``."""
    return {
        "of_claim": F(f"{claim}pk"),
        "claim_number": F(f"{claim}number"),
        "partner_name": F(f"{claim}claimant__name"),
        "committee": F(f"{claim}assignment__committee__name"),
        "code": F(f"{claim}budget_code"),
        "what": what,
        "on": on,
        "days": days,
        "value": value,
    }


def day_of(field: str) -> TruncDate:
    """Return the day in London of a moment."""
    return TruncDate(field, tzinfo=LONDON)


def days_between(sent: str, until: Any) -> ExpressionWrapper:
    """Return the days from the day of a moment until a day (an expression, or a date)."""
    until = Value(until) if isinstance(until, date) else until
    return ExpressionWrapper(until - day_of(sent), output_field=DurationField())


def is_key(text: str) -> bool:
    """Say whether a part of an address can be the key of a row."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
