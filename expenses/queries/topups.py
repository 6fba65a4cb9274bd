"""Reads top-ups: what lines are owed since a rate was raised, and who may see what was offered."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from expenses.enums import ClaimOrigin, LineKind, LineStatus, RateKind, TopUpStatus
from expenses.models import Cap, Claim, ClaimLine, MileageRate, RateCard, TimeRate, TopUp
from expenses.models.lines import COUNTING
from expenses.policies import card as cards
from expenses.policies import mileage, topups
from expenses.policies.pricing import price_claim
from expenses.queries.claims import claim_to_price, pounds_offered
from expenses.queries.rates import as_values
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_where
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.dates import local_date
from psp_portal.money import ZERO, total

# Decided, and for the partner: what was refused is owed nothing, and what waits is looked at when it is decided.
AGREED = [LineStatus.APPROVED, LineStatus.IN_RUN, LineStatus.PAID, LineStatus.NOTHING_TO_PAY]


@dataclass(frozen=True)
class Raise:
    """What a line is owed, in pounds, by a row of the card that was put in for days gone by."""

    line: ClaimLine
    rate_kind: RateKind
    rate_id: Any
    was: Decimal
    amount: Decimal
    above_hmrc: Decimal
    rule: str


# --- for people ---------------------------------------------------------------------------
def top_ups_visible_to(user: User, *, today: date) -> QuerySet[TopUp]:
    """Return the top-ups of organisations whose claims and rates somebody sees as staff, what is open first."""
    mine = organisation_ids_where(user, roles_with(Permission.SEE_CLAIMS) & roles_with(Permission.SEE_RATES), today)
    return (
        TopUp.objects.filter(card__organisation_id__in=mine)
        .select_related("card", "line__claim", "line__claimant", "claim_line__claim")
        .order_by("line__claimant__name", "line__claimant_id", "line__date", "pk")
    )


def top_ups_offered_to(user: User) -> QuerySet[TopUp]:
    """Return what is offered to somebody and waits for their answer, oldest day first."""
    return (
        TopUp.objects.filter(line__claimant=user, status=TopUpStatus.PROPOSED)
        .select_related("card__organisation", "line__claim")
        .order_by("line__date", "line__claim__number", "line__position", "pk")
    )


def pounds_offered_to(user: User) -> Decimal:
    """Return what is offered to somebody and waits for their answer, in pounds. One query."""
    return top_ups_offered_to(user).order_by().aggregate(pounds=Sum("amount"))["pounds"] or ZERO


def totals_of(found: QuerySet[TopUp]) -> dict[TopUpStatus, tuple[int, Decimal]]:
    """Return how many top-ups there are in each status, and their pounds. One query."""
    rows = found.order_by().values("status").annotate(count=Count("pk"), pounds=Sum("amount"))
    by_status = {row["status"]: (row["count"], row["pounds"]) for row in rows}
    return {status: by_status.get(status, (0, ZERO)) for status in TopUpStatus}


# --- what is owed -------------------------------------------------------------------------
def claims_on(row: TimeRate | MileageRate | Cap) -> QuerySet[Claim]:
    """Return the sent claims, the earliest first, that have a line which a row of a card would price today."""
    match row:
        case TimeRate():
            like = Q(kind__in=cards.TIME_KINDS, claim__partner__role_category=row.role_category)
        case MileageRate():
            like = Q(kind=LineKind.MILEAGE, vehicle=row.vehicle)
        case Cap():
            like = Q(kind=row.kind)
    lines = ClaimLine.objects.filter(like, status__in=COUNTING, date__gte=row.valid_from)
    if row.valid_to:
        lines = lines.filter(date__lte=row.valid_to)
    return Claim.objects.filter(
        pk__in=lines.values("claim_id"),
        payer_id=row.card.organisation_id,
        origin=ClaimOrigin.PARTNER,
        submitted_at__isnull=False,
    ).order_by("submitted_at", "number")


def raises_of(claim: Claim, card: RateCard) -> list[Raise]:
    """Return what the agreed lines of a sent claim are owed by rows put in since for days gone by; nothing is written.

    The claim is priced twice in its own context, with those rows and without them; its partner must be loaded and the
    card's rows prefetched. Only prices that the card set can rise: not those of a claim that was brought in.
    """
    values = as_values(card)
    since = {pk for pk, row in _rows(card).items() if row.backdated_at and row.backdated_at > claim.submitted_at}
    if not since or claim.has_set_prices:
        return []
    lines = list(claim.lines.order_by("position").prefetch_related("receipts"))
    to_price = claim_to_price(claim, lines, values, local_date(claim.submitted_at), sent_before=claim.submitted_at)
    new = price_claim(to_price, values, ())
    old = price_claim(to_price, topups.without(values, since), ())
    above = dict(mileage.above_hmrc_by_journey(to_price, values))
    offered = dict(claim.lines.annotate(offered=pounds_offered()).values_list("pk", "offered"))
    rooms: dict[date, Decimal] = {}
    found = []
    for line, priced, was in zip(lines, new.lines, old.lines, strict=True):
        rate = _rate_of(line, to_price.role_category, values)
        if rate is None or rate[1] not in since or line.status not in AGREED or line.is_trust_booked:
            continue
        claimed = topups.Claimed(line.approved_amount or ZERO, offered[line.pk])
        amount = topups.raised_by(priced, was, claimed)
        if line.kind in cards.TIME_KINDS and amount:
            room = rooms.get(line.date)
            if room is None:
                room = _room_of_day(line, to_price, values)
            amount = min(amount, room)
            rooms[line.date] = room - amount
        if amount:
            found.append(
                Raise(
                    line,
                    *rate,
                    was=claimed.worth + claimed.offered,
                    amount=amount,
                    above_hmrc=min(amount, above.get(line.pk, ZERO)),
                    rule=topups.in_words(priced, claimed, amount, claim.reference),
                )
            )
    return found


def _rows(card: RateCard) -> dict[UUID, TimeRate | MileageRate | Cap]:
    rows: list[Any] = [*card.time_rates.all(), *card.mileage_rates.all(), *card.caps.all()]
    return {row.pk: row for row in rows}


def _rate_of(line: ClaimLine, role_category: int, card: cards.RateCard) -> tuple[RateKind, Hashable] | None:
    """Return the row of the card that prices a line today: its table and its key."""
    table: Sequence[Any]
    if line.kind in cards.TIME_KINDS:
        kind, table = RateKind.TIME, [row for row in card.time_rates if role_category in row.role_categories]
    elif line.kind == LineKind.MILEAGE:
        kind, table = RateKind.MILEAGE, [row for row in card.mileage_rates if row.vehicle == line.vehicle]
    else:
        kind, table = RateKind.CAP, [row for row in card.caps if row.kind == line.kind]
    row = cards.in_force(table, line.date)
    return None if row is None else (kind, row.row)


def _room_of_day(line: ClaimLine, claim: cards.ClaimToPrice, card: cards.RateCard) -> Decimal:
    """Return what all the claims of a line's payer for its day may still be raised by for time, in pounds."""
    of_day = (
        ClaimLine.objects.filter(
            claimant_id=line.claimant_id, claim__payer_id=line.claim.payer_id, date=line.date,
            kind__in=cards.TIME_KINDS, status__in=COUNTING, tops_up__isnull=True, claim__submitted_at__isnull=False,
        )
        .annotate(offered=pounds_offered())
        .order_by("claim__submitted_at", "claim_id", "position")
    )  # fmt: skip
    time_lines = [
        cards.LineToPrice(
            key=other.pk,
            kind=LineKind(other.kind),
            on=other.date,
            minutes=other.minutes or 0,
            notice_hours=Decimal(other.notice_hours or 0),
        )
        for other in of_day
    ]
    already = total(other.pay + other.declined + other.offered for other in of_day)
    return topups.room_of_day(time_lines, claim, card, already)
