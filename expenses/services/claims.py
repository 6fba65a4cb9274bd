"""What a partner does with a claim: send it, take it back, withdraw it, answer a question, appeal."""

from collections.abc import Hashable
from datetime import date, datetime
from typing import IO, TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from expenses import notifications, permissions, queries
from expenses.enums import (
    ClaimAction,
    ClaimStatus,
    LineAction,
    LineStatus,
)
from expenses.models import Cap, Claim, ClaimLine, MileageRate, RateCard, TimeRate
from expenses.policies import card as cards
from expenses.policies import states
from expenses.policies.seen import check_seen
from expenses.services.drafts import as_input, check_line, draft_lines, renew_draft, reprice
from expenses.services.duplicates import look_again, release_duplicates
from expenses.services.holding import PRICE_FIELDS, renew_hold, start_holds, store_receipt, take_receipt
from expenses.services.moving import (
    HOLD_FIELDS,
    close,
    end_hold,
    line_of,
    lock_claim,
    lock_lines,
    move_line,
    settle,
    write_event,
)
from psp_portal.accounts.models import User
from psp_portal.accounts.services.locks import lock_user
from psp_portal.audit.context import audited
from psp_portal.dates import format_date, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

if TYPE_CHECKING:
    pass


# --- sending ------------------------------------------------------------------------------
def send_claim(*, claim_id: UUID, by: User, at: datetime, seen_version: str) -> Claim:
    """Price one's own draft anew, and send it if it is still what its partner saw.

    The new prices are kept even when it is not: they are what the partner looks at next. Raises as ``submit_claim``.
    """
    renew_draft(claim_id=claim_id, by=by, at=at)
    return submit_claim(claim_id=claim_id, by=by, at=at, seen_version=seen_version)


@audited("expenses.claim.submit")
@transaction.atomic
def submit_claim(*, claim_id: UUID, by: User, at: datetime, seen_version: str = "") -> Claim:
    """Send one's own draft: its prices are fixed, its clock starts, and somebody is responsible from this moment.

    ``seen_version`` is ``queries.version_of_draft`` of what the partner saw. Raises RuleBroken for a claim with no
    lines or a line that cannot stand, TransitionNotAllowed for one sent already or changed meanwhile.
    """
    # One claim of a person at a time: two sent at one moment would not see each other's hours, miles and lines.
    lock_user(by.pk)
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.SUBMIT, today=local_date(at))
    if claim.status != ClaimStatus.DRAFT:
        raise TransitionNotAllowed("You have already sent this claim.")
    lines = draft_lines(claim)
    if not lines:
        raise RuleBroken("Add at least one thing to claim for.")
    for line in lines:
        try:
            check_line(claim, as_input(line), at)
        except RuleBroken as broken:
            # Of several lines on one page, say which.
            raise RuleBroken(f"Line {line.position}, {line.get_kind_display().lower()}: {broken.message}") from None
    priced = reprice(claim, at=at)
    check_seen(seen_version, queries.version_of_draft(claim, draft_lines(claim)), "This claim")
    _mark_rows_used(priced, lines, at=at)
    claim.submitted_at = at
    claim.decision_due_on = priced.clock.decision_due
    claim.payment_due_on = priced.clock.payment_due
    claim.ladder = list(priced.clock.steps)
    claim.steps_written = 0
    lines = lock_lines(claim)
    claim = settle(claim, lines, ClaimAction.SUBMIT, by=by, at=at)
    start_holds(claim, lines, at=at)
    return claim


def _mark_rows_used(priced: cards.PricedClaim, lines: list[ClaimLine], *, at: datetime) -> None:
    """Mark the rate card's rows that set these prices: from now on they cannot change."""
    on: dict[Hashable, date] = {line.pk: line.date for line in lines}
    used: dict[Hashable, date] = {}
    for row in priced.lines:
        if row.row is not None:
            used[row.row] = max(used.get(row.row, on[row.key]), on[row.key])
    for model in (TimeRate, MileageRate, Cap):
        for rate in model.objects.select_for_update().filter(pk__in=list(used)).order_by("pk"):
            if rate.valid_to and rate.valid_to < used[rate.pk]:
                raise RuleBroken("The rates have just changed. Look at the claim again before you send it.")
            rate.used_at = rate.used_at or at
            rate.last_used_on = max(rate.last_used_on or used[rate.pk], used[rate.pk])
            rate.save(update_fields=["used_at", "last_used_on"])


@audited("expenses.claim.recall")
@transaction.atomic
def recall_claim(*, claim_id: UUID, by: User, at: datetime) -> Claim:
    """Take one's own claim back to change it, until a line of it is decided. Sent again, its clock starts anew."""
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.RECALL, today=local_date(at))
    lines = lock_lines(claim)
    if claim.has_set_prices:
        raise TransitionNotAllowed("The amounts of this claim are set, so you cannot change it. You can withdraw it.")
    if claim.status == ClaimStatus.SUBMITTED and any(line.decided_at for line in lines):
        raise TransitionNotAllowed("Part of this claim has been decided, so you cannot take it back.")
    if claim.escalations.exists():
        raise TransitionNotAllowed(
            "This claim is overdue and its steps have begun, so you cannot take it back. You can withdraw it instead."
        )
    states.check_claim(claim.status, ClaimAction.RECALL)
    old, claim.status = claim.status, ClaimStatus.DRAFT
    close(claim, at=at)
    # A draft has no clock: what was counted from its sending goes.
    claim.closed_at = claim.submitted_at = claim.decision_due_on = claim.payment_due_on = claim.waiting_since = None
    claim.ladder = []
    claim.save()
    for line in lines:
        if line.held_since:
            end_hold(line)
            line.save(update_fields=HOLD_FIELDS)
    claim.update_requests.owed().update(needs_reply=False)
    release_duplicates(lines)
    write_event(claim, ClaimAction.RECALL, by=by, at=at, from_status=old, to_status=claim.status)
    notifications.claim_changed(claim, ClaimAction.RECALL, by=by, at=at)
    return claim


@audited("expenses.claim.withdraw")
@transaction.atomic
def withdraw_claim(*, claim_id: UUID, by: User, at: datetime, reason: str = "") -> Claim:
    """Withdraw what has not been agreed of one's own claim; lines that are approved or paid go on."""
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.WITHDRAW, today=local_date(at))
    if claim.status == ClaimStatus.DRAFT:
        raise TransitionNotAllowed("You have not sent this claim. Delete the draft instead.")
    lines = lock_lines(claim)
    open_lines = [line for line in lines if line.status in states.LINE_TRANSITIONS[LineAction.WITHDRAW].sources]
    if not open_lines:
        raise TransitionNotAllowed("Everything on this claim has been agreed, so there is nothing to withdraw.")
    for line in open_lines:
        move_line(line, LineAction.WITHDRAW, by=by, at=at, note=reason)
    release_duplicates(open_lines)
    return settle(claim, lines, ClaimAction.WITHDRAW, by=by, at=at, note=reason)


# --- answering back -----------------------------------------------------------------------
@audited("expenses.line.answer")
@transaction.atomic
def answer_question(
    *, claim_id: UUID, line_id: UUID, answer: str, by: User, at: datetime, upload: IO[bytes] | None = None
) -> Claim:
    """Answer an approver's question on a line, with a receipt where one was missing: the line waits on them again."""
    document = store_receipt(claim_id, upload, ClaimAction.ANSWER, by=by, at=at)
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.ANSWER, today=local_date(at))
    line = line_of(lock_lines(claim), line_id)
    states.check_line(line.status, LineAction.ANSWER)
    if document is not None:
        take_receipt(line, document, at=at)
    line.answer = answer
    renew_hold(claim, line, at=at)
    fields = ["answer", *PRICE_FIELDS, *HOLD_FIELDS]
    move_line(line, LineAction.ANSWER, by=by, at=at, note=answer, fields=fields)
    return settle(claim, lock_lines(claim), ClaimAction.ANSWER, by=by, at=at)


@audited("expenses.line.appeal")
@transaction.atomic
def appeal_line(*, claim_id: UUID, line_id: UUID, reason: str, by: User, at: datetime) -> Claim:
    """Appeal against a refusal while that is open: a second person decides. Raises RuleBroken when it is too late."""
    lock_user(by.pk)
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.APPEAL, today=local_date(at))
    lines = lock_lines(claim)
    line = line_of(lines, line_id)
    if line.status == LineStatus.NOT_APPROVED and line.appeal_until < local_date(at):
        raise RuleBroken(f"You could appeal until {format_date(line.appeal_until)}. Talk to your lead about it.")
    line.appeal_reason = reason
    look_again(line, RateCard.objects.get(organisation_id=claim.payer_id), at=at)
    move_line(line, LineAction.APPEAL, by=by, at=at, note=reason, fields=["appeal_reason", "problems"])
    return settle(claim, lines, ClaimAction.APPEAL, by=by, at=at)
