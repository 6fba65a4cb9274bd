"""Reads a trust's own list of unpaid claims against what is here: the dry run, which writes nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet

from committees.queries import assignments_of_organisation
from expenses.enums import BacklogColumn, ClaimOrigin, ClaimStatus, LineStatus
from expenses.models import BacklogDraft, BacklogImport, ClaimLine, RateCard
from expenses.policies import backlog, deadlines
from expenses.policies import escalation as ladder
from expenses.policies.card import ClaimClock, Clock
from partners.queries import partners_of
from psp_portal.accounts.models import User
from psp_portal.calendar_england import bank_holidays
from psp_portal.money import total

if TYPE_CHECKING:
    from committees.models import Assignment
    from partners.models import Partner

OVER = [LineStatus.WITHDRAWN, LineStatus.REFUSED]


def backlog_drafts_visible_to(user: User) -> QuerySet[BacklogDraft]:
    """Return the lists that somebody has uploaded and not brought in yet."""
    return BacklogDraft.objects.filter(by=user).select_related("organisation")


def backlog_imports_of(organisation_id: UUID) -> QuerySet[BacklogImport]:
    """Return the lists that an organisation has brought in, the latest first."""
    return BacklogImport.objects.filter(organisation_id=organisation_id).select_related("by").order_by("-at", "pk")


# --- the plan ----------------------------------------------------------------------------------
@dataclass
class ClaimPlan:
    """A claim that the list would make: its rows, its clock, and the steps that its age has earned."""

    number: int
    partner: "Partner"
    assignment: "Assignment | None"
    payer_id: UUID
    claimed_on: date
    reference: str
    clock: ClaimClock
    steps: list[ladder.Step]
    rows: list[backlog.Row] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return total(row.amount for row in self.rows)


@dataclass(frozen=True)
class RowPlan:
    """A row with what it would become: whose it is, and which claim it is part of."""

    row: backlog.Row
    partner: str
    claim: ClaimPlan | None


@dataclass(frozen=True)
class BacklogPlan:
    """What bringing a list in would do."""

    rows: list[RowPlan]
    claims: list[ClaimPlan]
    headings_again: int

    @property
    def broken(self) -> list[RowPlan]:
        return [planned for planned in self.rows if not planned.row.is_sound]

    @property
    def known(self) -> list[RowPlan]:
        """The rows that were brought in before: whoever brings them in again says that they are owed as well."""
        return [planned for planned in self.rows if planned.row.is_known]

    @property
    def is_sound(self) -> bool:
        return bool(self.rows) and not self.broken

    @property
    def amount(self) -> Decimal:
        return total(claim.amount for claim in self.claims)


def columns_of(draft: BacklogDraft) -> dict[BacklogColumn, int]:
    """Return which column of a list (from 0) is what."""
    return {BacklogColumn(name): place for name, place in draft.columns.items()}


def backlog_plan(draft: BacklogDraft, *, today: date) -> BacklogPlan:
    """Return what bringing a list in would do today, row by row, with all that stands against it.

    A row that is not sound belongs to no claim. The number of queries does not depend on the number of rows.
    """
    read = backlog.read_list(draft.rows, draft.heading_row, columns_of(draft), today=today)
    people = _People(draft)
    clocks = _Clocks(draft.organisation_id, people.payers, today)
    owners = {row.number: people.owner_of(row) for row in read.rows}
    _mark_repeats(read.rows, owners)
    _mark_known(draft.organisation_id, read.rows, owners)
    claims: dict[tuple, ClaimPlan] = {}
    planned = []
    for row in read.rows:
        owner = owners[row.number]
        assignment = people.assignment_of(row, owner) if owner else None
        payer_id = assignment.payer_id if assignment else draft.organisation_id
        if owner and not clocks.has_card(payer_id):
            row.say(BacklogColumn.COMMITTEE, "Whoever pays for this has no rates here yet, so nobody could pay it")
        claim = None
        if row.is_sound:
            key = backlog.claim_key(row, owner, assignment.pk if assignment else None)
            claim = claims.get(key)
            if claim is None:
                clock, steps = clocks.run(payer_id, row.claimed_on)
                appointment = people.appointment_on(owner, row.on)
                claim = ClaimPlan(
                    len(claims) + 1, appointment, assignment, payer_id, row.claimed_on, row.reference, clock, steps
                )
                claims[key] = claim
            claim.rows.append(row)
        planned.append(RowPlan(row, people.names.get(owner, "") if owner else "", claim))
    return BacklogPlan(planned, list(claims.values()), read.headings_again)


class _People:
    """The partners of the organisation that brings the list in, and what they are assigned to. Two queries."""

    def __init__(self, draft: BacklogDraft) -> None:
        self.by = draft.by_id
        self.appointments: dict[UUID, list[Partner]] = defaultdict(list)
        self.names: dict[UUID, str] = {}
        self.emails: dict[str, UUID] = {}
        self.named: dict[str, set[UUID]] = defaultdict(set)
        for partner in partners_of(draft.organisation_id):
            self.appointments[partner.user_id].append(partner)
            self.names[partner.user_id] = partner.user.name
            self.emails[partner.user.email.casefold()] = partner.user_id
            self.named[partner.user.name.casefold()].add(partner.user_id)
        self.assignments: dict[UUID, list[Assignment]] = defaultdict(list)
        for assignment in assignments_of_organisation(draft.organisation_id):
            self.assignments[assignment.partner.user_id].append(assignment)

    @property
    def payers(self) -> set[UUID]:
        return {assignment.payer_id for found in self.assignments.values() for assignment in found}

    def owner_of(self, row: backlog.Row) -> UUID | None:
        """Return whose row it is, by e-mail address or else by exact name; say what is wrong where nobody's."""
        if row.email:
            column, found = BacklogColumn.EMAIL, {self.emails[row.email]} if row.email in self.emails else set()
        else:
            column, found = BacklogColumn.NAME, self.named.get(row.name.casefold(), set())
        if not row.email and not row.name:
            return None
        if not found:
            row.say(column, "No partner of this organisation has this name or address. Appoint them first")
            return None
        if len(found) > 1:
            row.say(column, "Two partners have this name. Use their email address")
            return None
        (owner,) = found
        if owner == self.by:
            row.say(column, "This is your own claim. Somebody else in finance must bring it in")
            return None
        if row.email and row.name and self.names[owner].casefold() != row.name.casefold():
            row.warnings.append(f"The list says {row.name}; the address is that of {self.names[owner]}.")
        return owner

    def appointment_on(self, owner: UUID, day: date) -> "Partner":
        """Return the appointment in force on a day, or else the latest."""
        found = sorted(self.appointments[owner], key=lambda partner: partner.starts_on)
        there = [
            partner for partner in found
            if partner.starts_on <= day and (partner.left_on is None or day <= partner.left_on)
        ]  # fmt: skip
        return (there or found)[-1]

    def assignment_of(self, row: backlog.Row, owner: UUID) -> "Assignment | None":
        """Return the assignment that a row's committee or budget code names; None where it names none."""
        if not row.committee:
            return None
        wanted = row.committee.casefold()
        found = [
            assignment for assignment in self.assignments[owner]
            if wanted in (assignment.committee.name.casefold(), assignment.budget_code.casefold())
        ]  # fmt: skip
        if not found:
            row.say(BacklogColumn.COMMITTEE, "The partner is on no committee with this name or budget code")
            return None
        day = row.on or date.max
        then = [each for each in found if each.starts_on <= day and (each.ends_on is None or day <= each.ends_on)]
        return max(then or found, key=lambda each: (each.starts_on, each.pk))


class _Clocks:
    """The clocks of those who pay. One query."""

    def __init__(self, organisation_id: UUID, payers: Iterable[UUID], today: date) -> None:
        self.today = today
        cards = RateCard.objects.filter(organisation_id__in={organisation_id, *payers})
        self.cards = {
            card.organisation_id: Clock(card.decision_working_days, card.payment_days, tuple(card.steps_days))
            for card in cards
        }
        self.holidays = bank_holidays(range(backlog.EARLIEST.year, today.year + 2))

    def has_card(self, payer_id: UUID) -> bool:
        return payer_id in self.cards

    def run(self, payer_id: UUID, claimed_on: date) -> tuple[ClaimClock, list[ladder.Step]]:
        """Return the days of a claim claimed on a day, and the steps that it has earned by today."""
        clock = deadlines.claim_clock(claimed_on, self.cards[payer_id], self.holidays)
        return clock, ladder.steps_due(clock.steps, 0, self.today)


def _mark_repeats(rows: list[backlog.Row], owners: dict[int, UUID | None]) -> None:
    """Warn of rows that say the same as one above: two bus fares on a day are common, a row pasted twice is too."""
    seen: dict[tuple, int] = {}
    for row in rows:
        key = (owners[row.number], row.on, row.kind, row.amount)
        if None in key:
            continue
        if key in seen:
            row.warnings.append(f"The same as row {seen[key]}. Check that it is not listed twice.")
        else:
            seen[key] = row.number


def _mark_known(organisation_id: UUID, rows: list[backlog.Row], owners: dict[int, UUID | None]) -> None:
    """Mark rows that a list has brought in before, and warn of those that the partner has claimed here.

    What was withdrawn or refused for good is over unpaid, and may come in again.
    """
    days = {row.on for row in rows if row.on}
    lines = (
        ClaimLine.objects.filter(claimant_id__in=set(owners.values()) - {None}, date__in=days)
        .filter(Q(claim__payer_id=organisation_id) | Q(claim__organisation_id=organisation_id))
        .exclude(Q(claim__status=ClaimStatus.DRAFT) | Q(status__in=OVER))
        .select_related("claim")
        .order_by("claim__number", "position")
    )
    brought: dict[tuple, str] = {}
    claimed: dict[tuple, str] = {}
    for line in lines:
        key = (line.claimant_id, line.date, line.kind)
        if line.claim.origin == ClaimOrigin.BACKLOG:
            brought.setdefault((*key, line.amount), line.claim.reference)
        else:
            claimed.setdefault(key, line.claim.reference)
    for row in rows:
        key = (owners[row.number], row.on, row.kind)
        if (reference := brought.get((*key, row.amount))) is not None:
            row.is_known = True
            row.warnings.append(f"This has been brought in before, as part of claim {reference}.")
        elif (reference := claimed.get(key)) is not None:
            row.warnings.append(f"Claim {reference} asks for the same kind of thing on the same day.")
