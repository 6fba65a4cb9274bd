"""Reads claims: what somebody may see, and what a claim is priced from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import DecimalField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from committees.queries import attended_meetings_of
from expenses.enums import ClaimStatus, FareClass, LineKind, Preference, TopUpStatus, Vehicle
from expenses.models import (
    BacklogImport,
    Claim,
    ClaimEvent,
    ClaimLine,
    ClaimQuerySet,
    Escalation,
    PayerDispute,
    Receipt,
    UpdateRequest,
)
from expenses.models.claims import OPEN, TO_DECIDE
from expenses.models.lines import COUNTING, LineQuerySet
from expenses.policies import card as cards
from expenses.queries.approvals import agreements_of
from expenses.queries.helping import helped_partner_ids
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_where
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.dates import year_starting
from psp_portal.money import ZERO, total

if TYPE_CHECKING:
    from committees.models import Attendance


def claims_visible_to(user: User, *, today: date) -> ClaimQuerySet:
    """Return the claims somebody may see: their own, and those sent to or made at organisations whose claims they see.

    A draft is its partner's alone, and whoever's they let prepare it; so is what was taken back and then given up.
    """
    mine = organisation_ids_where(user, roles_with(Permission.SEE_CLAIMS), today)
    return Claim.objects.filter(
        Q(claimant=user)
        | Q(status=ClaimStatus.DRAFT, partner_id__in=helped_partner_ids(user, today=today))
        # Whoever decides which organisation pays it may be of neither's finance.
        | Q(arbiter=user)
        | (Q(submitted_at__isnull=False) & (Q(payer_id__in=mine) | Q(organisation_id__in=mine)))
    )


def claims_of(user: User) -> ClaimQuerySet:
    """Return somebody's own claims, newest first, with what a list shows."""
    return (
        Claim.objects.filter(claimant=user)
        .select_related("payer", "organisation", "meeting", "assignment__committee", "waiting_on")
        .order_by("-created_at", "pk")
    )


def claims_to_decide(user: User, *, today: date) -> ClaimQuerySet:
    """Return the claims that wait for a decision at organisations where somebody approves, oldest first.

    Never their own, nor those that they brought in; those that wait on them by name come first only on the page, so
    that a colleague's are not lost.
    """
    mine = _ids_where(user, Permission.DECIDE_CLAIMS, today)
    return (
        Claim.objects.filter(payer_id__in=mine, status__in=TO_DECIDE)
        # While it is open who pays a claim, it waits for no approver.
        .filter(arbiter__isnull=True)
        .exclude(claimant=user)
        .exclude(brought_in_id__in=BacklogImport.objects.filter(by=user).values("pk"))
        .select_related("claimant", "payer", "organisation", "brought_in", "meeting", "assignment__committee")
        .prefetch_related(Prefetch("lines", ClaimLine.objects.order_by("position")))
        .order_by("submitted_at", "number")
    )


def claims_of_organisation(user: User, *, today: date, organisation_id: UUID | None = None) -> ClaimQuerySet:
    """Return every sent claim at organisations whose claims somebody sees as staff, the longest waiting first.

    With ``organisation_id`` only the claims that this organisation pays, or that were made there.
    """
    mine = _ids_where(user, Permission.SEE_CLAIMS, today)
    if organisation_id is not None:
        mine &= {organisation_id}
    return (
        Claim.objects.filter(Q(payer_id__in=mine) | Q(organisation_id__in=mine))
        .filter(submitted_at__isnull=False)
        .select_related("claimant", "payer", "organisation", "waiting_on", "meeting", "assignment__committee")
        .order_by("submitted_at", "number")
    )


def _ids_where(user: User, permission: Permission, today: date) -> set[UUID]:
    """Return the organisations that allow somebody something, read at once.

    As a subquery they would keep the database from reading claims in their order: it would sort all there are.
    """
    return set(organisation_ids_where(user, roles_with(permission), today).values_list("organisation_id", flat=True))


def claim_in_full(user: User, claim_id: UUID, *, today: date) -> ClaimQuerySet:
    """Return the one claim, if somebody may see it, with all that its page shows."""
    return (
        claims_visible_to(user, today=today)
        .filter(pk=claim_id)
        .select_related(
            "claimant", "prepared_by", "payer", "organisation", "arbiter", "responsible", "waiting_on", "meeting",
            "assignment__committee",
        )
        .prefetch_related(
            Prefetch(
                "lines",
                ClaimLine.objects.order_by("position").select_related("decided_by", "appeal_decided_by"),
            ),
            receipts_shown("lines__receipts"),
            Prefetch("timeline", ClaimEvent.objects.order_by("at", "pk")),
            Prefetch(
                "disputes",
                PayerDispute.objects.order_by("raised_at").select_related(
                    "payer", "raised_by", "arbiter", "decided_by", "decided_payer"
                ),
            ),
            Prefetch(
                "escalations",
                Escalation.objects.order_by("number").select_related("responsible", "replied_by", "passed_to"),
            ),
            Prefetch(
                "update_requests",
                UpdateRequest.objects.order_by("asked_at").select_related("asked_of", "answered_by", "passed_to"),
            ),
        )
    )  # fmt: skip


def lines_visible_to(user: User, *, today: date) -> LineQuerySet:
    """Return the lines of the claims somebody may see."""
    return ClaimLine.objects.filter(claim__in=claims_visible_to(user, today=today)).select_related("claim")


def receipts_shown(path: str = "receipts") -> Prefetch:
    """Return what a page that shows lines prefetches of their receipts: files, and which lines each proves."""
    return Prefetch(
        path, Receipt.objects.select_related("document").prefetch_related("lines").order_by("added_at", "pk")
    )


def receipts_to_use(claim: Claim, line: ClaimLine) -> QuerySet[Receipt]:
    """Return the receipts of a claim that do not prove one of its lines, with the lines that they prove."""
    elsewhere = Receipt.objects.filter(claim=claim, freed_at__isnull=True).exclude(uses__line=line)
    return elsewhere.select_related("document").prefetch_related("lines").order_by("added_at", "pk")


def receipts_visible_to(user: User, *, today: date) -> QuerySet[Receipt]:
    """Return the receipts of the claims somebody may see, with their documents."""
    return Receipt.objects.filter(claim__in=claims_visible_to(user, today=today)).select_related("document", "claim")


def meetings_to_claim(user: User, *, today: date) -> QuerySet["Attendance"]:
    """Return the meetings somebody attended and has not claimed for, newest first."""
    claimed = Claim.objects.filter(
        claimant=user, meeting_id=OuterRef("meeting_id"), assignment_id=OuterRef("assignment_id")
    ).exclude(status=ClaimStatus.WITHDRAWN)
    return attended_meetings_of(user, today=today).filter(~Exists(claimed))


def has_open_claims(user_id: UUID, organisation_id: UUID | None = None) -> bool:
    """Say whether somebody has claims of their own, made at or sent to an organisation or any, not at their end."""
    own = Claim.objects.open().filter(claimant_id=user_id)
    if organisation_id is not None:
        own = own.filter(Q(organisation_id=organisation_id) | Q(payer_id=organisation_id))
    return own.exists()


def has_open_claims_elsewhere(user_id: UUID, organisation_id: UUID) -> bool:
    """Say whether somebody has claims of their own, not at their end, that an organisation has no part in."""
    own = Claim.objects.open().filter(claimant_id=user_id)
    return own.exclude(Q(organisation_id=organisation_id) | Q(payer_id=organisation_id)).exists()


@dataclass(frozen=True)
class Owed:
    """A partner's money at a glance, in pounds."""

    waiting: Decimal
    approved: Decimal
    paid: Decimal


def money_of(user: User) -> Owed:
    """Return what somebody's claims have waiting for a decision, approved and not yet paid, and paid. One query."""
    undecided = ClaimLine.objects.undecided().filter(claimant=user, claim__status__in=OPEN)
    waiting = undecided.order_by().values("claimant").annotate(pounds=Sum(F("pay") + F("held"))).values("pounds")
    sums = (
        Claim.objects.filter(claimant=user)
        .values("claimant")
        .annotate(sum_approved=Sum("approved"), sum_paid=Sum("paid"), sum_waiting=Subquery(waiting))
        .order_by("claimant")
        .first()
    )
    if sums is None:
        return Owed(ZERO, ZERO, ZERO)
    # What is paid counts as approved too.
    return Owed(sums["sum_waiting"] or ZERO, sums["sum_approved"] - sums["sum_paid"], sums["sum_paid"])


def claim_to_price(
    claim: Claim,
    lines: list[ClaimLine],
    card: cards.RateCard,
    submitted_on: date,
    *,
    sent_before: datetime | None = None,
) -> cards.ClaimToPrice:
    """Return a stored claim as the values that pricing works on.

    Miles so far and the day's time come from the person's other claims that have been sent and still stand, with
    ``sent_before`` only from those sent before that moment: miles from all of them, time from this payer's alone (docs/
    adr/0015). A line that tops up another is left out: it repeats that one's miles and minutes, and its pounds count
    for the day from the moment that they were offered.
    """
    others = ClaimLine.objects.filter(claimant_id=claim.claimant_id, status__in=COUNTING, tops_up__isnull=True).exclude(
        Q(claim_id=claim.pk) | Q(claim__status=ClaimStatus.DRAFT)
    )
    if sent_before is not None:
        others = others.filter(claim__submitted_at__lt=sent_before)
    agreed = agreements_of(claim, lines, card)
    return cards.ClaimToPrice(
        # Somebody appointed without pay is in no category that the card pays.
        role_category=claim.partner.role_category if claim.partner.is_paid else 0,
        submitted_on=submitted_on,
        lines=tuple(_line_to_price(line, agreed.get(line.pk)) for line in lines),
        preference=Preference(claim.preference),
        reduced_to=claim.reduced_to or ZERO,
        miles_so_far=_miles_so_far(others, lines, card),
        time_before=times_before(others.filter(claim__payer_id=claim.payer_id), lines).get(claim.payer_id, ()),
    )


def _line_to_price(line: ClaimLine, agreement: cards.Agreement | None) -> cards.LineToPrice:
    # Several receipts on one line are one proof, and one receipt may prove several lines of its claim on purpose. That
    # the same file is not given twice is held by the database, so each line's proof is its own.
    receipt = str(line.pk) if line.receipts.all() else None
    return cards.LineToPrice(
        key=line.pk,
        kind=LineKind(line.kind),
        on=line.date,
        minutes=line.minutes or 0,
        notice_hours=Decimal(line.notice_hours or 0),
        vehicle=Vehicle(line.vehicle or Vehicle.CAR),
        miles=line.miles or Decimal(0),
        passengers=line.passengers,
        amount=line.amount or ZERO,
        receipt=receipt,
        approval=line.approval or None,
        fare_class=FareClass(line.fare_class or FareClass.STANDARD),
        standard_fare=line.standard_fare or ZERO,
        agreement=agreement,
        is_booked=line.is_trust_booked,
    )


def _miles_so_far(
    others: LineQuerySet, lines: list[ClaimLine], card: cards.RateCard
) -> dict[tuple[date, Vehicle], Decimal]:
    days = [line.date for line in lines if line.kind == LineKind.MILEAGE]
    if not days:
        return {}
    # The tax year's miles are needed besides the card's own mileage year, for what is above HMRC's amount.
    starts = {card.mileage_year_starts, (4, 6)}
    earliest = min(year_starting(day, start) for day in days for start in starts)
    miles: dict[tuple[date, Vehicle], Decimal] = defaultdict(Decimal)
    # What came from a trust's list has pounds and no miles.
    counted = others.filter(kind=LineKind.MILEAGE, date__gte=earliest, miles__isnull=False)
    driven = counted.order_by().values_list("date", "vehicle")
    for on, vehicle, distance in driven.annotate(distance=Sum("miles")):
        for year in {year_starting(on, start) for start in starts}:
            miles[year, Vehicle(vehicle)] += distance
    return dict(miles)


def times_before(others: LineQuerySet, lines: list[ClaimLine]) -> dict[UUID, tuple[cards.TimeBefore, ...]]:
    """Return, by payer, the time on the days of some lines that other lines have claimed of each. One query."""
    days = {line.date for line in lines if line.kind in cards.TIME_KINDS}
    if not days:
        return {}
    found: dict[UUID, dict[date, cards.TimeBefore]] = defaultdict(dict)
    rows = others.filter(kind__in=cards.TIME_KINDS, date__in=days).annotate(offered=pounds_offered())
    said = rows.values_list("claim__payer_id", "date", "kind", "minutes", "pay", "declined", "offered")
    for payer_id, on, kind, minutes, *pounds in said:
        before = found[payer_id].get(on, cards.TimeBefore(on, 0, ZERO))
        if kind == LineKind.CANCELLED_MEETING:
            before = replace(before, cancelled=before.cancelled + total(pounds))
        else:
            before = replace(before, minutes=before.minutes + (minutes or 0), earned=before.earned + total(pounds))
        found[payer_id][on] = before
    return {payer_id: tuple(by_day.values()) for payer_id, by_day in found.items()}


@dataclass(frozen=True)
class Elsewhere:
    """A line of somebody's own on a day and of a kind that they claim for here, which another organisation pays."""

    kind: LineKind
    on: date
    claim_id: UUID
    reference: str


def paid_elsewhere(claim: Claim, lines: Iterable[ClaimLine], user: User) -> list[Elsewhere]:
    """Return what somebody has sent to other payers for the days and kinds of their own claim's lines. One query.

    It is theirs alone to know: for anybody else there is nothing.
    """
    asked = {(line.date, _alike(line.kind)) for line in lines if line.status in COUNTING}
    if claim.claimant_id != user.pk or not asked:
        return []
    there = (
        ClaimLine.objects.filter(claimant=user, date__in={on for on, _ in asked}, status__in=COUNTING)
        .exclude(Q(claim__payer_id=claim.payer_id) | Q(claim__status=ClaimStatus.DRAFT))
        .select_related("claim")
        .order_by("date", "claim__number", "position")
    )
    found = [
        Elsewhere(LineKind(line.kind), line.date, line.claim_id, line.claim.reference)
        for line in there
        if (line.date, _alike(line.kind)) in asked
    ]
    return list(dict.fromkeys(found))


def _alike(kind: str) -> str:
    """Return what a kind is compared as: one day's time is one thing, however it was spent."""
    return "time" if kind in cards.TIME_KINDS else kind


def pounds_offered() -> Coalesce:
    """Return, for a query of lines, what top-ups have offered on top of each in pounds, unless finance took it back."""
    stands = ~Q(raises__status=TopUpStatus.WITHDRAWN)
    return Coalesce(Sum("raises__amount", filter=stands), ZERO, output_field=DecimalField())
