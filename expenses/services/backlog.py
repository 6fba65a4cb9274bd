"""Bringing in a trust's own list of unpaid claims: upload, columns, and all of it at once or nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import IO
from uuid import UUID

from django.db import transaction

from expenses import notifications, permissions, queries
from expenses.enums import BacklogColumn, ClaimOrigin, ClaimStatus, ClockEvent, LineStatus
from expenses.models import (
    BacklogColumns,
    BacklogDraft,
    BacklogImport,
    Claim,
    ClaimEvent,
    ClaimLine,
    Escalation,
    LikelyDuplicate,
    RateCard,
)
from expenses.policies import backlog, responsibility
from expenses.policies import escalation as ladder
from expenses.queries.backlog import BacklogPlan, ClaimPlan
from expenses.services.duplicates import flag_brought_in
from expenses.services.hands import holidays_around, in_hand
from expenses.services.moving import open_brought_in
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import directories
from psp_portal.accounts.roles import Directory
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import LONDON, add_working_days, format_date, local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.uploads import Uploads

CLOCK = SystemActor("expenses.remove_old_lists")
BATCH = 500
RULE = "Brought in from the trust's list: the amount is the one in the list."
NOT_CONFIRMED = "Select the box if these rows are owed as well as what came in before, or take them out of your list"
UPLOADS = Uploads(
    BacklogDraft, BacklogColumns, BacklogImport, backlog.HEADINGS, backlog.what_is_missing, backlog.MOST_ROWS
)


# --- the list ---------------------------------------------------------------------------------
@audited("expenses.backlog.upload")
@transaction.atomic
def upload_backlog(*, organisation_id: UUID, upload: IO[bytes], file_name: str, by: User, at: datetime) -> BacklogDraft:
    """Keep an uploaded list until it is brought in, for a day at most; one that somebody uploaded before it goes.

    Raises RuleBroken (field ``file``) for what is no table, and for a file that was brought in before.
    """
    permissions.check_can_bring_in(by, organisation_id, today=local_date(at))
    return UPLOADS.keep(organisation_id=organisation_id, upload=upload, file_name=file_name, by=by, at=at)


def _lock_list(draft_id: UUID, *, by: User, at: datetime) -> BacklogDraft:
    draft = UPLOADS.lock(draft_id)
    permissions.check_can_use_list(by, draft, today=local_date(at))
    return draft


@audited("expenses.backlog.choose_columns")
@transaction.atomic
def choose_columns(
    *, draft_id: UUID, heading_row: int, columns: Mapping[BacklogColumn, int], by: User, at: datetime
) -> BacklogDraft:
    """Say which row of a list has the headings, and which column (from 0) is what.

    With another row than before, the columns are guessed anew from its words. Raises RuleBroken at a column's field.
    """
    draft = _lock_list(draft_id, by=by, at=at)
    UPLOADS.choose_columns(draft, heading_row=heading_row, columns=columns)
    return draft


def remove_old_lists(*, at: datetime) -> int:
    """Delete the lists that were uploaded more than a day ago and not brought in; return how many."""
    with acting_as(CLOCK, "expenses.backlog.remove"), transaction.atomic():
        return UPLOADS.forget_old(at=at)


# --- bringing it in -----------------------------------------------------------------------------
@audited("expenses.backlog.import")
@transaction.atomic
def import_backlog(*, draft_id: UUID, by: User, at: datetime, is_confirmed: bool = False) -> BacklogImport:
    """Bring a list in whole, each claim with its true age and at the step it has earned; or nothing of it.

    The dry run is made again, under lock: what it says now is what happens. Raises RuleBroken when a row is not sound,
    and (field ``is_confirmed``) for rows that came in before, unless it is confirmed that they are owed as well.
    """
    draft = _lock_list(draft_id, by=by, at=at)
    today = local_date(at)
    UPLOADS.check_ready(draft, at=at)
    missing = backlog.what_is_missing(queries.columns_of(draft))
    plan = queries.backlog_plan(draft, today=today) if not missing else None
    if plan is None or not plan.is_sound:
        raise RuleBroken("Some rows cannot be brought in. Put them right in your list, then upload it again.")
    if plan.known and not is_confirmed:
        raise RuleBroken(NOT_CONFIRMED, field="is_confirmed")
    brought = BacklogImport.objects.create(
        organisation_id=draft.organisation_id, by=by, at=at, file_name=draft.file_name, checksum=draft.checksum,
        rows=len(plan.rows), claims=len(plan.claims), total=plan.amount,
    )  # fmt: skip
    claims = _write_claims(plan, brought, by=by, at=at)
    steps = _write_steps(plan, claims, at=at)
    _tell(brought, claims, steps, at=at)
    UPLOADS.finish(draft)
    return brought


def _write_claims(plan: BacklogPlan, brought: BacklogImport, *, by: User, at: datetime) -> list[Claim]:
    """Write the claims with their lines, first as drafts, then open; return them in the order of the plan."""
    claims = [
        Claim(
            partner=planned.partner,
            claimant=planned.partner.user,
            organisation_id=brought.organisation_id,
            payer_id=planned.payer_id,
            assignment=planned.assignment,
            origin=ClaimOrigin.BACKLOG,
            brought_in=brought,
            created_at=at,
        )
        for planned in plan.claims
    ]
    Claim.objects.bulk_create(claims, batch_size=BATCH)
    lines_of = {claim.pk: _lines(claim, planned) for claim, planned in zip(claims, plan.claims, strict=True)}
    of_payer = RateCard.objects.filter(organisation_id__in={claim.payer_id for claim in claims})
    card_of = {card.organisation_id: card for card in of_payer}
    flags = flag_brought_in([(claim, lines_of[claim.pk]) for claim in claims], card_of, at=at)
    ClaimLine.objects.bulk_create([line for lines in lines_of.values() for line in lines], batch_size=BATCH)
    LikelyDuplicate.objects.bulk_create(flags, batch_size=BATCH)
    replies = _reply_days(claims, local_date(at))
    for claim, planned in zip(claims, plan.claims, strict=True):
        claim.submitted_at = datetime.combine(planned.claimed_on, time(12), tzinfo=LONDON)
        claim.decision_due_on = planned.clock.decision_due
        claim.payment_due_on = planned.clock.payment_due
        claim.ladder = list(planned.clock.steps)
        claim.steps_written = len(planned.steps)
    open_brought_in(claims, lines_of, at=at)
    for claim in claims:
        # Whoever decides gets the few days that anything new to them gives; the claim's own days are long over.
        claim.waiting_due_on = max(claim.waiting_due_on, replies[claim.payer_id])
    Claim.objects.bulk_update(
        claims,
        [
            "status", "submitted_at", "decision_due_on", "payment_due_on", "ladder", "steps_written", "next_step_at",
            "responsible", "waiting_on", "waiting_since", "waiting_due_on", "asked", "budget_code",
        ],
        batch_size=BATCH,
    )  # fmt: skip
    ClaimEvent.objects.bulk_create(
        [
            ClaimEvent(
                claim=claim, at=at, action=ClockEvent.BRING_IN, by_id=by.pk, by_name=by.get_full_name(),
                note=_note(planned), from_status=ClaimStatus.DRAFT, to_status=claim.status,
            )
            for claim, planned in zip(claims, plan.claims, strict=True)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    return claims


def _lines(claim: Claim, planned: ClaimPlan) -> list[ClaimLine]:
    return [
        ClaimLine(
            claim=claim,
            claimant_id=claim.claimant_id,
            position=position,
            kind=row.kind,
            date=row.on,
            status=LineStatus.PENDING,
            amount=row.amount,
            pay=row.amount,
            rule=RULE,
            description=row.note,
        )
        for position, row in enumerate(planned.rows, start=1)
    ]


def _note(planned: ClaimPlan) -> str:
    first = f"First claimed on {format_date(planned.claimed_on)}"
    return f"{first}, as {planned.reference}" if planned.reference else first


def _reply_days(claims: Iterable[Claim], today: date) -> dict[UUID, date]:
    holidays = holidays_around(today)
    cards = RateCard.objects.filter(organisation_id__in={claim.payer_id for claim in claims})
    return {
        payer_id: add_working_days(today, days, holidays)
        for payer_id, days in cards.values_list("organisation_id", "reply_working_days")
    }


def _write_steps(plan: BacklogPlan, claims: list[Claim], *, at: datetime) -> list[tuple[Escalation, list[UUID]]]:
    """Write the steps that the claims have earned; only the highest of each asks for a reply and tells anybody.

    Returns the highest ones with those whom they tell.
    """
    today = local_date(at)
    there = directories({claim.payer_id for claim in claims}, today)
    replies = _reply_days(claims, today)
    steps: list[Escalation] = []
    told: list[tuple[Escalation, list[UUID]]] = []
    for claim, planned in zip(claims, plan.claims, strict=True):
        for step in planned.steps:
            is_highest = step.number == claim.steps_written
            written = Escalation(
                claim=claim,
                number=step.number,
                kind=step.kind,
                due_on=step.due_on,
                written_at=at,
                responsible_id=_responsible(claim, step, there[claim.payer_id]),
                reply_due_on=replies[claim.payer_id],
                needs_reply=is_highest,
            )
            steps.append(written)
            if is_highest:
                people = responsibility.recipients_of_step(step.kind, there[claim.payer_id], claimant=claim.claimant_id)
                told.append((written, people))
    Escalation.objects.bulk_create(steps, batch_size=BATCH)
    return told


def _responsible(claim: Claim, step: ladder.Step, there: Directory) -> UUID:
    """Return who answers for a claim at one of its steps: whom that step would reach today."""
    highest, claim.steps_written = claim.steps_written, step.number
    people = responsibility.people_for(in_hand(claim, []), there)
    claim.steps_written = highest
    return people.responsible


def _tell(
    brought: BacklogImport, claims: list[Claim], told: list[tuple[Escalation, list[UUID]]], *, at: datetime
) -> None:
    shares: dict[UUID, notifications.Share] = defaultdict(notifications.Share)
    for claim in claims:
        shares[claim.waiting_on_id].to_decide += 1
    for step, people in told:
        shares[step.responsible_id].to_reply += 1
        for person in {step.responsible_id, *people}:
            shares[person].late += 1
    claimants = Counter(claim.claimant_id for claim in claims)
    notifications.backlog_brought_in(brought, shares, claimants, at=at)
