"""Reads what is late: the claims beyond the first step of their ladders, and those that have come before the board."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q

from expenses.enums import StepKind
from expenses.models import Claim, ClaimQuerySet, Escalation
from expenses.policies import states
from expenses.queries.claims import claims_of_organisation
from psp_portal.accounts.models import User

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
    """The claims that came before the board in a period, both days included, oldest first, and what they come to."""

    since: date
    until: date
    claims: list[Claim]

    @property
    def unsettled(self) -> int:
        return sum(claim.is_open for claim in self.claims)


def board_report(user: User, *, today: date, organisation_id: UUID, since: date, until: date) -> BoardReport:
    """Return the claims of an organisation that reached the board's step in a period; one that came again counts once.

    The days are those on which the steps fell due. Two queries.
    """
    reached = Escalation.objects.filter(kind=StepKind.BOARD, due_on__range=(since, until))
    claims = (
        claims_of_organisation(user, today=today, organisation_id=organisation_id)
        .filter(Q(pk__in=reached.values("claim_id")))
        .prefetch_related(_steps())
    )
    return BoardReport(since, until, list(claims))
