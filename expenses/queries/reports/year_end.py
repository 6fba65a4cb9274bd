"""What the accounts of a year need as at its last day: what was unpaid, and what was attended and not claimed.

Nothing that happens after the day changes these figures: see ``owed``. What is expected changes when attendance is
recorded late, and it stands under the payer and budget code that are agreed now: those are what its claim will be sent
with.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet, Sum

from committees.queries import attended_meetings_paid_by
from expenses.enums import ClaimStatus, LineKind
from expenses.models import Claim, ClaimLine, RateCard
from expenses.policies import accruals, periods
from expenses.policies.accruals import Attended
from expenses.policies.card import TimeBefore
from expenses.policies.deadlines import claim_window_ends
from expenses.policies.performance import Bucket
from expenses.policies.performance import Sum as Total
from expenses.queries.claims import COUNTING
from expenses.queries.payments import TIME_KINDS
from expenses.queries.rates import as_values, with_rows
from expenses.queries.reports.owed import CONTESTED, STANDING_LABELS, end_of, lines_of_scope
from expenses.queries.reports.scope import Counted, Row, Scope, columns, day_of
from expenses.queries.reports.speed import Target, in_bucket
from expenses.queries.reports.spend import NO_CODE
from psp_portal.dates import local_date
from psp_portal.money import ZERO, total


@dataclass(frozen=True)
class Ledgers:
    """Lines for time and lines for expenses, which are paid from separate ledgers."""

    name: str
    time: Total
    expenses: Total
    # By what its rows are found.
    key: str = ""

    @property
    def whole(self) -> Total:
        return self.time + self.expenses


@dataclass(frozen=True)
class Expected:
    """A meeting attended and not claimed by the day, and what the rate card would pay for its time."""

    attendance_id: UUID
    partner: str
    committee: str
    budget_code: str
    on: date
    minutes: int
    estimate: Decimal
    is_in_window: bool


@dataclass(frozen=True)
class ExpectedOf:
    """What is expected under one budget code."""

    name: str
    in_window: Total
    late: Total


@dataclass(frozen=True)
class YearEnd:
    """What a year's accounts need. What was refused and can still be appealed stands apart, and is not accrued."""

    day: date
    by_age: list[tuple[Bucket, Ledgers]]
    by_code: list[Ledgers]
    whole: Ledgers
    contested: Total
    expected: list[Expected]
    expected_by_code: list[ExpectedOf]

    @property
    def expected_whole(self) -> ExpectedOf:
        return ExpectedOf(
            "All",
            sum((each.in_window for each in self.expected_by_code), Total()),
            sum((each.late for each in self.expected_by_code), Total()),
        )

    @property
    def expected_sum(self) -> Decimal:
        return total(each.estimate for each in self.expected)


@dataclass(frozen=True)
class Accrual:
    """A line that was unpaid on the day, for the file that goes to the ledger."""

    reference: str
    position: int
    budget_code: str
    committee: str
    kind: str
    is_time: bool
    sent_on: date
    days: int
    standing: str
    amount: Decimal


def year_ends_of(organisation_id: UUID, *, today: date) -> list[date]:
    """Return the year ends that an organisation can ask for, the latest first: since its first claim was sent."""
    first = Claim.objects.filter(payer_id=organisation_id).aggregate(first=Min("submitted_at"))["first"]
    return periods.year_ends(today, local_date(first) if first else today)


def year_end(scope: Scope, target: Target) -> YearEnd:
    """Return what was unpaid, and what was attended and unclaimed, as at the end of the scope's last day."""
    day = scope.as_at
    by_days: dict[int, dict[bool, Total]] = defaultdict(lambda: {True: Total(), False: Total()})
    by_code: dict[str, dict[bool, Total]] = defaultdict(lambda: {True: Total(), False: Total()})
    contested = Total()
    grouped = lines_of_scope(scope).order_by().values("days", "kind", "standing", code=F("claim__budget_code"))
    for row in grouped.annotate(lines=Count("*"), pounds=Sum("owed")):
        lines, is_time = Total(row["lines"], row["pounds"]), row["kind"] in TIME_KINDS
        if row["standing"] == CONTESTED:
            contested += lines
            continue
        by_days[row["days"].days][is_time] += lines
        by_code[row["code"]][is_time] += lines
    expected = expected_claims(scope)
    return YearEnd(
        day=day,
        by_age=[(bucket, _of_bucket(bucket, by_days)) for bucket in target.buckets],
        by_code=[Ledgers(code or NO_CODE, sums[True], sums[False], code) for code, sums in sorted(by_code.items())],
        whole=_ledgers("All", by_days.values()),
        contested=contested,
        expected=expected,
        expected_by_code=_expected_by_code(expected),
    )


def _of_bucket(bucket: Bucket, by_days: dict[int, dict[bool, Total]]) -> Ledgers:
    return _ledgers(bucket.label, [sums for days, sums in by_days.items() if bucket.holds(days)])


def _ledgers(name: str, sums: Iterable[dict[bool, Total]]) -> Ledgers:
    each = list(sums)
    return Ledgers(name, sum((one[True] for one in each), Total()), sum((one[False] for one in each), Total()))


def accruals_of(scope: Scope) -> list[Accrual]:
    """Return every line that was unpaid on the day, the oldest first: what the figures of the year end add up."""
    found = (
        lines_of_scope(scope)
        .exclude(standing=CONTESTED)
        .order_by("claim__submitted_at", "claim__number", "position")
        .values_list(
            "claim__number",
            "position",
            "claim__budget_code",
            "claim__assignment__committee__name",
            "kind",
            "claim__submitted_at",
            "days",
            "standing",
            "owed",
        )
    )
    return [
        Accrual(
            reference=f"C{number:06d}",
            position=position,
            budget_code=code,
            committee=committee or "",
            kind=LineKind(kind).label,
            is_time=kind in TIME_KINDS,
            sent_on=local_date(sent_at),
            days=days.days,
            standing=STANDING_LABELS[standing],
            amount=owed,
        )
        for number, position, code, committee, kind, sent_at, days, standing, owed in found
    ]


# --- what each figure counts ------------------------------------------------------------------
def year_end_rows(scope: Scope, figure: str, target: Target) -> Counted | None:
    """Return the rows that a figure of the year end counts, the oldest first; None for a figure it has not.

    A figure is ``contested``; or ``unpaid``, ``time`` or ``expenses``, perhaps of an age (``time-age-31``) or a budget
    code (``unpaid-code-PS100``; of none, ``unpaid-code-``); or ``expected``, ``in_window`` or ``late``, perhaps of a
    code.
    """
    what, _, rest = figure.partition("-")
    by, _, key = rest.partition("-")
    if what in ("expected", "in_window", "late"):
        return _expected_rows(scope, what, key) if by == "code" or not rest else None
    lines = lines_of_scope(scope)
    if figure == "contested":
        lines = lines.filter(standing=CONTESTED)
    elif what in ("unpaid", "time", "expenses"):
        found = _narrowed(lines.exclude(standing=CONTESTED), by, key, target)
        if found is None:
            return None
        lines = {
            "unpaid": found, "time": found.filter(kind__in=TIME_KINDS), "expenses": found.exclude(kind__in=TIME_KINDS),
        }[what]  # fmt: skip
    else:
        return None
    rows = lines.order_by("claim__submitted_at", "claim__number", "position").values(
        **columns(
            "claim__", what=F("kind"), on=day_of("claim__submitted_at"), days=F("days"), value=F("owed"),
        )
    )  # fmt: skip
    return Counted(rows, unit="line", on="Sent on", value="Unpaid", words=lambda kind: LineKind(kind).label)


def _narrowed(lines: QuerySet, by: str, key: str, target: Target) -> QuerySet | None:
    """Narrow lines to an age or a budget code; None for one there is not."""
    match by:
        case "":
            return lines
        case "code":
            return lines.filter(claim__budget_code=key)
        case "age":
            bucket = next((each for each in target.buckets if str(each.first) == key), None)
            return in_bucket(lines, bucket) if bucket else None
        case _:
            return None


@dataclass(frozen=True)
class _Meetings(Counted):
    """Meetings nobody has claimed for: what they would pay is worked out, so the rows are no query."""

    head = "Partner"

    def as_row(self, found: Any) -> Row:
        return found

    def total(self) -> Total:
        return Total(len(self.rows), total(row.value for row in self.rows))


def _expected_rows(scope: Scope, what: str, code: str) -> Counted:
    found = [
        Row(
            claim_id=None,
            reference="",
            partner=each.partner,
            committee=each.committee,
            budget_code=each.budget_code,
            what=f"{each.minutes} minutes",
            on=each.on,
            days=(scope.as_at - each.on).days,
            value=each.estimate,
        )
        for each in expected_claims(scope)
        if (what == "expected" or each.is_in_window == (what == "in_window")) and code in ("", each.budget_code)
    ]
    return _Meetings(found, unit="meeting", on="Met on", value="Would pay")


# --- attended and not claimed -----------------------------------------------------------------
def expected_claims(scope: Scope) -> list[Expected]:
    """Return the meetings that partners had attended by the day and not claimed by then, the oldest first.

    A claim sent later, or still a draft, does not count as made; one withdrawn by the day does not either.
    """
    if not scope.payers:
        return []
    end = end_of(scope.as_at)
    claimed = Claim.objects.filter(
        meeting_id=OuterRef("meeting_id"), assignment_id=OuterRef("assignment_id"), submitted_at__lt=end
    ).exclude(status=ClaimStatus.WITHDRAWN, closed_at__lt=end)
    attendances = attended_meetings_paid_by(scope.organisation_id, first=None, last=scope.as_at).filter(
        scope.not_claimed(), ~Exists(claimed)
    )
    found = list(attendances)
    card = with_rows(RateCard.objects.filter(organisation_id=scope.organisation_id)).first()
    estimates = _estimates(found, card, end) if card else {}
    months = card.claim_window_months if card else 0
    return [
        Expected(
            attendance_id=each.pk,
            partner=each.assignment.partner.user.get_full_name(),
            committee=each.meeting.committee.name,
            budget_code=each.assignment.budget_code,
            on=local_date(each.meeting.starts_at),
            minutes=each.minutes,
            estimate=estimates.get(each.pk, ZERO),
            is_in_window=claim_window_ends(local_date(each.meeting.starts_at), months) >= scope.as_at,
        )
        for each in found
    ]


def _estimates(attendances: Iterable, card: RateCard, end: datetime) -> dict[UUID, Decimal]:
    """Return what each meeting would pay, partner by partner. One query for the time that was claimed already."""
    by_partner = defaultdict(list)
    for each in attendances:
        by_partner[each.assignment.partner].append(Attended(each.pk, local_date(each.meeting.starts_at), each.minutes))
    before = _time_claimed({partner.user_id for partner in by_partner}, card.organisation_id, end)
    values = as_values(card)
    estimates: dict[UUID, Decimal] = {}
    for partner, attended in by_partner.items():
        days = {each.on for each in attended}
        estimates |= accruals.expected_payments(
            attended,
            [time for time in before[partner.user_id] if time.on in days],
            # Somebody appointed without pay is in no category that the card pays.
            role_category=partner.role_category if partner.is_paid else 0,
            card=values,
        )
    return estimates


def _time_claimed(people: set[UUID], payer_id: UUID, end: datetime) -> dict[UUID, list[TimeBefore]]:
    found: dict[UUID, list[TimeBefore]] = defaultdict(list)
    lines = ClaimLine.objects.filter(
        claimant_id__in=people,
        claim__payer_id=payer_id,
        kind__in=TIME_KINDS,
        status__in=COUNTING,
        claim__submitted_at__lt=end,
    )
    for claimant_id, on, kind, minutes, pay, declined in lines.values_list(
        "claimant_id", "date", "kind", "minutes", "pay", "declined"
    ):
        is_cancelled = kind == LineKind.CANCELLED_MEETING
        found[claimant_id].append(
            TimeBefore(on, 0, ZERO, pay + declined) if is_cancelled else TimeBefore(on, minutes or 0, pay + declined)
        )
    return found


def _expected_by_code(expected: list[Expected]) -> list[ExpectedOf]:
    codes = sorted({each.budget_code for each in expected})
    return [
        ExpectedOf(
            code,
            _of([each for each in expected if each.budget_code == code and each.is_in_window]),
            _of([each for each in expected if each.budget_code == code and not each.is_in_window]),
        )
        for code in codes
    ]


def _of(expected: list[Expected]) -> Total:
    return Total(len(expected), total(each.estimate for each in expected))
