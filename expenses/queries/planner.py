"""Reads a partner's private limits, and what their claims and their meetings to come earn: for their own pages alone.

No other module of the portal asks these but the person's own views: every function takes the person who asks and
answers about them and nobody else.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, F, When

from committees.queries import assignments_visible_to, meetings_ahead
from expenses.enums import ClaimStatus, LineStatus
from expenses.models import ClaimLine, EarningsPlan, RateCard
from expenses.models.lines import COUNTING
from expenses.policies import card as cards
from expenses.policies import planner
from expenses.policies.entitlement import earned
from expenses.policies.planner import Earning, Plan
from expenses.queries.claims import meetings_to_claim
from expenses.queries.rates import as_values, with_rows
from psp_portal.accounts.models import User
from psp_portal.dates import local_date
from psp_portal.encryption import decrypt
from psp_portal.money import ZERO

_AGREED = [LineStatus.APPROVED, LineStatus.IN_RUN, LineStatus.PAID]


def plan_of(user: User) -> Plan | None:
    """Return somebody's own limits; None when they have set none, or when no key opens what they set."""
    row = EarningsPlan.objects.filter(user=user).first()
    if row is None:
        return None
    try:
        return unsealed(decrypt(row.sealed))
    except ValueError:
        return None


def sealed(plan: Plan) -> str:
    """Return a plan as the text that is encrypted."""
    return json.dumps(
        {
            "weekly": None if plan.weekly is None else str(plan.weekly),
            "four_weekly": None if plan.four_weekly is None else str(plan.four_weekly),
            "week_starts": plan.week_starts,
            "other": {week.isoformat(): str(pounds) for week, pounds in plan.other.items()},
        }
    )


def unsealed(text: str) -> Plan:
    """Return the plan that was written by ``sealed``."""
    read = json.loads(text)
    return Plan(
        weekly=None if read["weekly"] is None else Decimal(read["weekly"]),
        four_weekly=None if read["four_weekly"] is None else Decimal(read["four_weekly"]),
        week_starts=read["week_starts"],
        other={date.fromisoformat(week): Decimal(pounds) for week, pounds in read["other"].items()},
    )


# --- what is earned -------------------------------------------------------------------------
def earnings_of(user: User, *, besides: UUID | None = None) -> list[Earning]:
    """Return what somebody's sent claims earn for time: agreed, or asked for and not decided; never what is declined.

    ``besides`` leaves out one claim. Expenses are no earnings.
    """
    lines = (
        ClaimLine.objects.filter(claimant=user, kind__in=cards.TIME_KINDS, status__in=COUNTING)
        .exclude(claim__status=ClaimStatus.DRAFT)
        .exclude(claim_id=besides)
        .annotate(pounds=Case(When(status__in=_AGREED, then=F("approved_amount")), default=F("pay")))
        .filter(pounds__gt=0)
        .order_by("date", "pk")
    )
    return [Earning(on, pounds) for on, pounds in lines.values_list("date", "pounds")]


def earnings_in(lines: Iterable[Any]) -> list[Earning]:
    """Return what the lines of one draft would earn for time."""
    return [Earning(line.date, line.pay) for line in lines if line.kind in cards.TIME_KINDS and line.pay > 0]


def earnings_ahead(user: User, *, today: date) -> list[Earning]:
    """Return what somebody's drafts, meetings attended and not claimed for, and meetings to come would earn for time.

    A forecast from the rate cards as they are now: a meeting counts with its planned or recorded minutes, a day's
    minutes at one payer are summed. Somebody appointed without pay earns nothing. A few queries, however many meetings.

    The meetings of an assignment count from the moment that it is made, also of one that starts later: the days that
    are planned name their committees, so that a warning comes before each of them (docs/adr/0017).
    """
    minutes: dict[tuple[UUID, int, date], int] = defaultdict(int)
    committees: dict[tuple[UUID, int, date], list[str]] = defaultdict(list)
    for attendance in meetings_to_claim(user, today=today):
        on = local_date(attendance.meeting.starts_at)
        minutes[_payer_of(attendance.assignment) + (on,)] += attendance.minutes
    assignments = list(assignments_visible_to(user, today=today).filter(partner__user=user).order_by("starts_on", "pk"))
    for meeting in meetings_ahead(user, today=today):
        on = local_date(meeting.starts_at)
        for assignment in assignments:
            is_theirs = assignment.committee_id == meeting.committee_id and assignment.starts_on <= on
            if is_theirs and on <= (assignment.ends_on or date.max):
                day = (*_payer_of(assignment), on)
                minutes[day] += meeting.planned_minutes
                committees[day].append(assignment.committee.name)
                break
    values = _cards({payer_id for payer_id, _, _ in minutes})
    found = [
        Earning(
            on,
            _day_earns(values.get(payer_id), category, on, worked),
            tuple(dict.fromkeys(committees[payer_id, category, on])),
        )
        for (payer_id, category, on), worked in sorted(minutes.items(), key=lambda each: each[0][2])
    ]
    drafts = ClaimLine.objects.filter(claimant=user, claim__status=ClaimStatus.DRAFT, kind__in=cards.TIME_KINDS)
    return [*(earning for earning in found if earning.pounds > 0), *earnings_in(drafts.order_by("date", "pk"))]


def limits_ahead(user: User, *, today: date) -> list[planner.Passed]:
    """Return the limits of somebody's own that what lies ahead of them would pass; one query when they have none."""
    plan = plan_of(user)
    if plan is None:
        return []
    return planner.limits_passed(plan, earnings_of(user), earnings_ahead(user, today=today))


def _payer_of(assignment: Any) -> tuple[UUID, int]:
    return assignment.payer_id, assignment.partner.role_category if assignment.partner.is_paid else 0


def _cards(payer_ids: set[UUID]) -> dict[UUID, cards.RateCard]:
    found = with_rows(RateCard.objects.filter(organisation_id__in=payer_ids))
    return {card.organisation_id: as_values(card) for card in found}


def _day_earns(card: cards.RateCard | None, category: int, on: date, minutes: int) -> Decimal:
    if card is None:
        return ZERO
    row = cards.in_force((rate for rate in card.time_rates if category in rate.role_categories), on)
    return ZERO if row is None else earned(row.terms, minutes)
