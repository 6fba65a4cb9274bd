"""Reads what a partner was paid and declined between two days, for their tax-year summary and their letters."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from expenses.enums import ClaimStatus, LineKind, LineStatus, RunLineStatus, Vehicle
from expenses.models import ClaimLine, PaymentRun, RunLine
from expenses.models.lines import COUNTING
from expenses.policies import statements
from expenses.policies.mileage import TAX_YEAR_STARTS
from expenses.policies.statements import Period, Statement
from psp_portal.accounts.models import User
from psp_portal.dates import local_date, start_of_day, year_starting
from psp_portal.money import ZERO


def _between(period: Period, field: str) -> dict[str, object]:
    return {
        f"{field}__gte": start_of_day(period.first),
        f"{field}__lt": start_of_day(period.last + timedelta(days=1)),
    }


def payments_between(user: User, period: Period) -> QuerySet[RunLine]:
    """Return what somebody was paid on the days of a period, in the order in which it was paid."""
    return (
        RunLine.objects.filter(claimant=user, status=RunLineStatus.PAID, **_between(period, "settled_at"))
        .select_related("run__organisation", "line__claim")
        .order_by("settled_at", "line__claim__number", "line__position")
    )


def declined_between(user: User, period: Period) -> QuerySet[ClaimLine]:
    """Return the lines of which somebody took nothing, or less, by the day on which that was settled."""
    return (
        ClaimLine.objects.filter(
            claimant=user,
            declined__gt=0,
            status__in=[LineStatus.PAID, LineStatus.NOTHING_TO_PAY],
            **_between(period, "settled_at"),
        )
        .select_related("claim__payer")
        .order_by("settled_at", "claim__number", "position")
    )


def statements_of(user: User, period: Period) -> list[Statement]:
    """Return, for each organisation, what it paid somebody in a period and what they declined. Five queries at most."""
    paid = list(payments_between(user, period))
    before = _paid_before(user, paid)
    payments = [
        statements.Payment(
            payer=payment.run.organisation.name,
            payer_key=payment.run.organisation_id,
            kind=LineKind(payment.line.kind),
            pounds=payment.amount,
            journey=_journey(payment),
            # A line that raises the price of another repeats its miles.
            miles=(payment.line.miles or Decimal(0)) if payment.line.tops_up_id is None else Decimal(0),
            paid_before=before.get(payment.pk, ZERO),
        )
        for payment in paid
    ]
    declined = [
        statements.Declined(line.claim.payer.name, line.claim.payer_id, line.declined)
        for line in declined_between(user, period)
    ]
    journeys = _journeys_of(paid).get(user.pk, [])
    return statements.add_up(payments, declined, statements.approved_amounts(journeys))


def above_hmrc_in_run(run: PaymentRun, rows: Sequence[RunLine]) -> dict[UUID, Decimal]:
    """Return, for lines of mileage of a run in its order, what each pays above HMRC's amount, in pounds.

    What runs before this one pay for the same journey counts first, unless the payment failed. Two queries.
    """
    keys = {_journey(row) for row in rows}
    so_far: dict[UUID, Decimal] = defaultdict(Decimal)
    earlier = RunLine.objects.filter(
        Q(line_id__in=keys) | Q(line__tops_up_id__in=keys),
        run__number__lt=run.number,
        status__in=[RunLineStatus.LISTED, RunLineStatus.PAID],
    )
    for row in earlier.select_related("line"):
        so_far[_journey(row)] += row.amount
    approved: dict[Hashable, Decimal] = {}
    for journeys in _journeys_of(rows).values():
        approved |= statements.approved_amounts(journeys)
    above = {}
    for row in rows:
        payment = statements.Payment(
            payer="",
            payer_key=run.organisation_id,
            kind=LineKind.MILEAGE,
            pounds=row.amount,
            journey=_journey(row),
            paid_before=so_far[_journey(row)],
        )
        above[row.pk] = statements.above_hmrc(payment, approved)
        so_far[_journey(row)] += row.amount
    return above


def _journey(payment: RunLine) -> UUID:
    return payment.line.tops_up_id or payment.line_id


def _paid_before(user: User, paid: Iterable[RunLine]) -> dict[UUID, Decimal]:
    """Return, for each payment of mileage, what earlier payments for the same journey came to."""
    if not any(payment.line.kind == LineKind.MILEAGE for payment in paid):
        return {}
    so_far: dict[UUID, Decimal] = {}
    before: dict[UUID, Decimal] = {}
    ever = RunLine.objects.filter(claimant=user, status=RunLineStatus.PAID, line__kind=LineKind.MILEAGE)
    for payment in ever.select_related("line").order_by("settled_at", "line__claim__number", "line__position"):
        before[payment.pk] = so_far.get(_journey(payment), ZERO)
        so_far[_journey(payment)] = before[payment.pk] + payment.amount
    return before


def _journeys_of(paid: Iterable[RunLine]) -> dict[UUID, list[statements.Journey]]:
    """Return, by person, the journeys that fill HMRC's bands up to those paid, by date; what was refused fills none."""
    mileage = [payment for payment in paid if payment.line.kind == LineKind.MILEAGE]
    if not mileage:
        return {}
    days = [payment.line.date for payment in mileage]
    lines = (
        ClaimLine.objects.filter(
            claimant__in={payment.claimant_id for payment in mileage},
            kind=LineKind.MILEAGE,
            status__in=COUNTING,
            tops_up__isnull=True,
            miles__isnull=False,
            date__gte=year_starting(min(days), TAX_YEAR_STARTS),
            date__lte=max(days),
        )
        .exclude(claim__status=ClaimStatus.DRAFT)
        .order_by("date", "claim__number", "position")
    )
    found: dict[UUID, list[statements.Journey]] = defaultdict(list)
    for line in lines:
        found[line.claimant_id].append(
            statements.Journey(line.pk, line.date, Vehicle(line.vehicle), line.miles, line.passengers)
        )
    return found


@dataclass(frozen=True)
class Day:
    """What one organisation paid on one day, in pounds: for time, and as expenses."""

    on: date
    payer: str
    time: Decimal
    expenses: Decimal


def days_paid(user: User, period: Period) -> list[Day]:
    """Return what was paid day by day and organisation by organisation, in order."""
    sums: dict[tuple[date, str, UUID], list[Decimal]] = {}
    for payment in payments_between(user, period):
        key = (local_date(payment.settled_at), payment.run.organisation.name, payment.run.organisation_id)
        sums.setdefault(key, [ZERO, ZERO])[0 if payment.is_for_time else 1] += payment.amount
    return [Day(on, payer, time, expenses) for (on, payer, _), (time, expenses) in sorted(sums.items())]


def first_payment_on(user: User) -> date | None:
    """Return the day on which somebody was first paid or first declined something; None before that."""
    paid = RunLine.objects.filter(claimant=user, status=RunLineStatus.PAID).order_by("settled_at").first()
    declined = (
        ClaimLine.objects.filter(claimant=user, declined__gt=0, status=LineStatus.NOTHING_TO_PAY)
        .filter(settled_at__isnull=False)
        .order_by("settled_at")
        .first()
    )
    days = [local_date(row.settled_at) for row in (paid, declined) if row is not None]
    return min(days, default=None)
