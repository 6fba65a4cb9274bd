"""Lines whose money is held: the partner is asked at once what is missing, and the rest of the claim goes on."""

from collections.abc import Iterable
from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import transaction

from expenses import notifications, permissions, queries
from expenses.enums import ClaimAction, ClockEvent, LineAction, LineStatus, Problem
from expenses.models import Claim, ClaimLine, RateCard
from expenses.policies import holding
from expenses.services import receipts
from expenses.services.hands import holidays_around
from expenses.services.moving import (
    HOLD_FIELDS,
    PORTAL,
    end_hold,
    line_of,
    lock_claim,
    lock_lines,
    move_line,
    settle,
    write_event,
)
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import add_working_days, local_date
from psp_portal.documents.models import Document
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

CLOCK = SystemActor("expenses.remind_of_held_lines")
# What a receipt changes on a line besides its hold.
PRICE_FIELDS = ["problems", "pay", "held", "rule"]
NOTHING_ASKED = "Nothing is missing on this line any more. Somebody may have changed it since you opened the page."


def start_holds(claim: Claim, lines: Iterable[ClaimLine], *, at: datetime) -> None:
    """Start the clock of every line of a claim just sent whose money is held, and ask its partner what is missing.

    What the partner has said something about already, such as why there is no receipt, goes to an approver unasked.
    """
    on_hold = [line for line in lines if holding.is_on_hold(line.problems, held=line.held)]
    for line in on_hold:
        line.held_since = at
        _ask(claim, line, at=at)
        line.save(update_fields=HOLD_FIELDS)
    asked = [line for line in on_hold if line.hold_asked_at]
    for line in asked:
        write_event(claim, ClockEvent.ASK_HOLD, by=PORTAL, at=at, note=queries.hold_question(line))
    notifications.hold_asked(claim, asked, at=at)


def _ask(claim: Claim, line: ClaimLine, *, at: datetime) -> None:
    """Set with whom the question of a held line is, and by when they must have answered it."""
    today = local_date(at)
    card = RateCard.objects.get(organisation_id=claim.payer_id)
    reply_by = add_working_days(today, card.reply_working_days, holidays_around(today))
    if queries.missing_from(line):
        line.hold_asked_at, line.hold_due_on = at, reply_by
    else:
        line.hold_asked_at, line.hold_due_on = None, max(claim.decision_due_on, reply_by)
    line.hold_reminded_at = None


def store_receipt(
    claim_id: UUID, upload: IO[bytes] | None, action: ClaimAction, *, by: User, at: datetime
) -> Document | None:
    """Keep what a partner gives for a sent claim of their own before it is locked; nothing where they give nothing."""
    if upload is None:
        return None
    claim = Claim.objects.get(pk=claim_id)
    permissions.check_can_act_on_claim(by, claim, action, today=local_date(at))
    return receipts.store(claim_id, upload, by=by, at=at)


def take_receipt(line: ClaimLine, document: Document, *, at: datetime) -> None:
    """Add a receipt to a line that has been sent, and free what waited for it; whoever calls saves ``PRICE_FIELDS``."""
    receipts.attach(line, document, at=at)
    freed = holding.with_receipt(line.problems, held=line.held, pay=line.pay, rule=line.rule)
    line.problems, line.pay, line.held, line.rule = list(freed.problems), freed.pay, freed.held, freed.rule


def renew_hold(claim: Claim, line: ClaimLine, *, at: datetime) -> None:
    """Set a held line's clock after something was said or given; whoever calls saves ``HOLD_FIELDS``.

    Freed money has no clock. What the partner has answered waits on an approver, from today; what is still missing
    keeps the day by which it was asked for.
    """
    if line.held_since is None:
        return
    if not holding.is_on_hold(line.problems, held=line.held):
        end_hold(line)
    elif not (line.hold_asked_at and queries.missing_from(line)):
        _ask(claim, line, at=at)


@audited("expenses.line.answer_hold")
@transaction.atomic
def answer_hold(
    *,
    claim_id: UUID,
    line_id: UUID,
    by: User,
    at: datetime,
    upload: IO[bytes] | None = None,
    no_receipt_reason: str = "",
    answer: str = "",
) -> Claim:
    """Give what is missing on one's own line that is held: a receipt, why there is none, or who agreed to it.

    A receipt frees the money at once; words pass the question to the approver. No approver has to act for either.
    Raises RuleBroken when nothing is given.
    """
    document = store_receipt(claim_id, upload, ClaimAction.ANSWER_HOLD, by=by, at=at)
    claim = lock_claim(claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.ANSWER_HOLD, today=local_date(at))
    line = line_of(lock_lines(claim), line_id)
    if line.held_since is None or line.status != LineStatus.PENDING:
        raise TransitionNotAllowed(NOTHING_ASKED)
    said = [words for words in (no_receipt_reason.strip(), answer.strip()) if words]
    if document is None and not said:
        field = "receipt" if Problem.NO_RECEIPT in line.problems else "answer"
        raise RuleBroken("Give what is missing, or say why you cannot.", field=field)
    if document is not None:
        take_receipt(line, document, at=at)
    line.no_receipt_reason = no_receipt_reason.strip() or line.no_receipt_reason
    line.answer = answer.strip() or line.answer
    renew_hold(claim, line, at=at)
    note = "; ".join([*(["Receipt added"] if document is not None else []), *said])
    fields = [*PRICE_FIELDS, *HOLD_FIELDS, "no_receipt_reason", "answer"]
    move_line(line, LineAction.ANSWER_HOLD, by=by, at=at, note=note[:600], fields=fields)
    return settle(claim, lock_lines(claim), ClaimAction.ANSWER_HOLD, by=by, at=at)


def remind_of_held_lines(*, at: datetime) -> int:
    """Remind partners, once for each line, of what was due from them yesterday or before; return how many lines."""
    today = local_date(at)
    with acting_as(CLOCK, "expenses.line.remind_hold"), transaction.atomic():
        late = list(
            ClaimLine.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(hold_asked_at__isnull=False, hold_reminded_at__isnull=True, hold_due_on__lt=today)
            .filter(status=LineStatus.PENDING)
            .select_related("claim")
            .order_by("claim_id", "position")
        )
        ClaimLine.objects.filter(pk__in=[line.pk for line in late]).update(hold_reminded_at=at)
        notifications.remind_of_held_lines(late, at=at)
    return len(late)
