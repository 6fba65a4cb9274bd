"""Reads what is late: the claims beyond the first step of their ladders, and those that are before the board."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, DateField, ExpressionWrapper, F, Prefetch, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from expenses.enums import StepKind
from expenses.models import Claim, ClaimQuerySet, Escalation
from expenses.models.claims import OPEN
from expenses.policies import escalation, states
from expenses.queries.claims import claims_of_organisation
from expenses.queries.reports.scope import day_of
from psp_portal.accounts.models import User
from psp_portal.dates import start_of_day

CLIMBING = sorted(states.CLIMBING_STATUSES)


def late_claims() -> ClaimQuerySet:
    """Return every claim, anywhere, that has climbed the first step and still climbs: for the weekly letter."""
    return Claim.objects.filter(status__in=CLIMBING, steps_written__gt=0)


def late_by_organisation() -> dict[UUID, int]:
    """Return how many claims are late at each organisation that pays them or whose partners made them. Two queries."""
    counts = dict(late_claims().order_by().values_list("payer_id").annotate(count=Count("pk")))
    of_others = late_claims().exclude(organisation_id=F("payer_id")).order_by()
    for organisation_id, count in of_others.values_list("organisation_id").annotate(count=Count("pk")):
        counts[organisation_id] = counts.get(organisation_id, 0) + count
    return counts


def overdue_claims(user: User, *, today: date, organisation_id: UUID) -> ClaimQuerySet:
    """Return an organisation's late claims that somebody may see, the oldest first, each with its steps."""
    return (
        claims_of_organisation(user, today=today, organisation_id=organisation_id)
        .filter(status__in=CLIMBING, steps_written__gt=0)
        .select_related("claimant", "payer", "responsible", "waiting_on", "meeting", "assignment__committee")
        .prefetch_related(_steps())
    )


def _steps() -> Prefetch:
    steps = Escalation.objects.order_by("number").select_related("responsible", "replied_by", "passed_to")
    return Prefetch("escalations", steps)


def replies_late(user: User, *, today: date, organisation_id: UUID) -> int:
    """Return how many replies to steps of an organisation's late claims should have come before today."""
    claims = overdue_claims(user, today=today, organisation_id=organisation_id).order_by()
    return Escalation.objects.filter(
        claim__in=claims.values("pk"), replied_at__isnull=True, needs_reply=True, reply_due_on__lt=today
    ).count()


@dataclass(frozen=True)
class BoardReport:
    """The claims that were before the board in a period, both days included, oldest first, and what they come to.

    ``as_at`` is the period's last day, or today while it lasts.
    """

    since: date
    until: date
    as_at: date
    claims: list[Claim]

    @property
    def unsettled(self) -> int:
        return sum(claim.is_open for claim in self.claims)


def board_report(user: User, *, today: date, organisation_id: UUID, since: date, until: date) -> BoardReport:
    """Return the claims of an organisation that were open and before the board on any day of a period, each once.

    A claim is before the board from the fifth day of its own ladder on, or from ``BOARD_DAYS`` where its ladder is
    shorter, and in any case from a board's step on that was written sooner. Whether a step fell due in the period is
    no matter: the repeats come every 30 days, and a month can pass between two. Two queries.
    """
    as_at = min(until, today)
    claims = claims_of_organisation(user, today=today, organisation_id=organisation_id)
    claims = claims.filter(_before_board(since, as_at)) if since <= as_at else claims.none()
    return BoardReport(since, until, as_at, list(claims.prefetch_related(_steps())))


def _before_board(since: date, as_at: date) -> Q:
    """Return the filter for claims that were open on a day from ``since`` to ``as_at``, and before the board by it."""
    sent_on, closed_on = day_of("submitted_at"), day_of("closed_at")
    own_day = F(f"ladder__{len(escalation.STEP_KINDS) - 1}")
    board_on = Coalesce(
        own_day, ExpressionWrapper(sent_on + timedelta(days=escalation.BOARD_DAYS), output_field=DateField())
    )
    reached = Escalation.objects.filter(kind=StepKind.BOARD, due_on__lte=as_at)
    by_age = Q(LessThanOrEqual(board_on, Value(as_at))) & (
        Q(status__in=OPEN) | Q(GreaterThanOrEqual(closed_on, board_on))
    )
    return (Q(status__in=OPEN) | Q(closed_at__gte=start_of_day(since))) & (
        by_age | Q(pk__in=reached.values("claim_id"))
    )
