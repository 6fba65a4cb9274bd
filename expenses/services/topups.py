"""What becomes of money offered because a rate was raised: its partner asks for it or does not, or finance takes it
back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from expenses import permissions, queries
from expenses.enums import ClaimAction, ClaimOrigin, ClockEvent, RateKind, TopUpStatus
from expenses.models import Cap, Claim, ClaimLine, MileageRate, RateCard, TimeRate, TopUp
from expenses.policies import card as cards
from expenses.policies import deadlines
from expenses.services import proposing
from expenses.services.hands import holidays_around
from expenses.services.moving import lock_claim, lock_lines, settle, write_event
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.money import total

ANSWERED = "Some of these amounts have been answered or taken back since you opened the page. Look again."
# What a line that tops up another repeats of it: what was done, and when.
_REPEATED = [
    "claimant_id", "kind", "date", "minutes", "activity", "notice_hours", "vehicle", "miles", "passengers",
    "from_place", "to_place", "fare_class", "description",
]  # fmt: skip
_TABLES: dict[str, Any] = {RateKind.TIME: TimeRate, RateKind.MILEAGE: MileageRate, RateKind.CAP: Cap}


@audited("expenses.top_up.accept")
@transaction.atomic
def accept_top_ups(*, top_up_ids: Iterable[UUID], by: User, at: datetime) -> list[Claim]:
    """Ask for money that was offered to ``by``: it is sent at once as a claim, with a line for each amount.

    One claim for each payer and assignment, so that each budget holder decides their own. Its prices are set: the
    difference, and why. Raises RuleBroken when an amount has been answered or taken back.
    """
    chosen = _lock(top_up_ids, by)
    claims = []
    for _of, top_ups in sorted(_by_claim(chosen).items(), key=lambda each: str(each[0])):
        claim = _start(top_ups[0].line.claim, by=by, at=at)
        for position, top_up in enumerate(top_ups, start=1):
            line = _write_line(claim, position, top_up)
            _answer(top_up, TopUpStatus.ACCEPTED, by=by, at=at, claim_line=line)
            _mark_used(top_up, at=at)
        claim.above_hmrc_mileage = total(top_up.above_hmrc for top_up in top_ups)
        claims.append(_send(claim, by=by, at=at))
    return claims


@audited("expenses.top_up.decline")
@transaction.atomic
def decline_top_ups(*, top_up_ids: Iterable[UUID], by: User, at: datetime) -> None:
    """Say that ``by`` does not want money that was offered; it is not offered again.

    Raises RuleBroken when an amount has been answered or taken back.
    """
    for top_up in _lock(top_up_ids, by):
        _answer(top_up, TopUpStatus.DECLINED, by=by, at=at)
        line = top_up.line
        note = f"Line {line.position}, {line.get_kind_display().lower()}"
        write_event(line.claim, ClockEvent.DECLINE_TOP_UP, by=by, at=at, note=note)


@audited("expenses.top_up.withdraw")
@transaction.atomic
def withdraw_top_up(*, top_up_id: UUID, reason: str, by: User, at: datetime) -> TopUp:
    """Take an offer back, with a reason that its partner reads. Raises RuleBroken when it has been answered."""
    top_up = TopUp.objects.select_for_update(of=("self",)).select_related("card", "line__claim").get(pk=top_up_id)
    permissions.check_can_withdraw_top_up(by, top_up, today=local_date(at))
    if top_up.status != TopUpStatus.PROPOSED:
        raise RuleBroken("The partner has answered this offer, or it was taken back already.")
    if not reason.strip():
        raise RuleBroken("Say why, so that the partner understands.", field="reason")
    proposing.take_back([top_up], reason.strip(), by=by, at=at)
    return top_up


# --- inside -------------------------------------------------------------------------------
def _lock(top_up_ids: Iterable[UUID], by: User) -> list[TopUp]:
    """Return the offers locked, the card first: a rate that is being corrected meanwhile takes them back."""
    wanted = set(top_up_ids)
    if not wanted:
        raise RuleBroken("Choose at least one amount.", field="top_ups")
    of = TopUp.objects.filter(pk__in=wanted)
    list(RateCard.objects.select_for_update().filter(top_ups__in=of).order_by("pk"))
    found = list(
        of.select_for_update(of=("self",))
        .select_related("line__claim")
        .order_by("line__date", "line__claim__number", "line__position", "pk")
    )
    for top_up in found:
        permissions.check_can_answer_top_up(by, top_up)
    if len(found) < len(wanted) or any(top_up.status != TopUpStatus.PROPOSED for top_up in found):
        raise RuleBroken(ANSWERED)
    return found


def _by_claim(top_ups: Iterable[TopUp]) -> dict[tuple[Any, ...], list[TopUp]]:
    found: dict[tuple[Any, ...], list[TopUp]] = {}
    for top_up in top_ups:
        claim = top_up.line.claim
        found.setdefault((claim.partner_id, claim.payer_id, claim.assignment_id), []).append(top_up)
    return found


def _start(original: Claim, *, by: User, at: datetime) -> Claim:
    """Return a new claim that is paid from where the original one is."""
    claim = Claim.objects.create(
        partner_id=original.partner_id,
        claimant=by,
        organisation_id=original.organisation_id,
        payer_id=original.payer_id,
        assignment_id=original.assignment_id,
        budget_code=original.budget_code,
        origin=ClaimOrigin.TOP_UP,
        created_at=at,
    )
    return lock_claim(claim.pk)


def _write_line(claim: Claim, position: int, top_up: TopUp) -> ClaimLine:
    original = top_up.line
    return ClaimLine.objects.create(
        claim=claim,
        position=position,
        tops_up=original,
        amount=top_up.amount if original.kind in cards.AMOUNT_KINDS else None,
        pay=top_up.amount,
        rule=top_up.rule,
        **{name: getattr(original, name) for name in _REPEATED},
    )


def _answer(top_up: TopUp, status: TopUpStatus, *, by: User, at: datetime, claim_line: ClaimLine | None = None) -> None:
    top_up.status, top_up.answered_at, top_up.answered_by, top_up.claim_line = status, at, by, claim_line
    top_up.save(update_fields=["status", "answered_at", "answered_by", "claim_line"])


def _mark_used(top_up: TopUp, *, at: datetime) -> None:
    """Mark the row of the card that raised the price: a claim stands on it from now on."""
    rate = _TABLES[top_up.rate_kind].objects.select_for_update().get(pk=top_up.rate_id)
    rate.used_at = rate.used_at or at
    rate.last_used_on = max(rate.last_used_on or top_up.line.date, top_up.line.date)
    rate.save(update_fields=["used_at", "last_used_on"])


def _send(claim: Claim, *, by: User, at: datetime) -> Claim:
    """Send the claim: its clock starts, and somebody is responsible from this moment, as for any other claim."""
    card = queries.as_values(queries.rate_card_of(claim.payer_id))
    today = local_date(at)
    clock = deadlines.claim_clock(today, card.clock, holidays_around(today))
    claim.submitted_at, claim.steps_written = at, 0
    claim.decision_due_on, claim.payment_due_on, claim.ladder = clock.decision_due, clock.payment_due, list(clock.steps)
    return settle(claim, lock_lines(claim), ClaimAction.SUBMIT, by=by, at=at)
