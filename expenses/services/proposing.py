"""Offers partners what a backdated rate owes them. Never a silent change: a line that was sent keeps its price, and
the difference is a ``TopUp`` that its partner may ask for.

Offers are made at two moments: when the rate is put in, for every line that is approved, in a run or paid; and when a
line sent before that is approved later. A line that still waits for its decision also keeps the price it was sent
with: offered before it is agreed, the difference would be promised for something that may be refused.
"""

from collections.abc import Iterable
from datetime import datetime

from expenses import notifications, queries
from expenses.enums import ClockEvent, TopUpStatus
from expenses.models import Cap, Claim, ClaimLine, MileageRate, RateCard, TimeRate, TopUp
from expenses.services.moving import write_event
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor
from psp_portal.money import format_pounds

PORTAL = SystemActor("expenses.propose_top_ups")


def propose_for_rate(row: TimeRate | MileageRate | Cap, *, by: User, at: datetime) -> list[TopUp]:
    """Offer what agreed lines are owed by a backdated row of a card that is locked; nothing for any other row.

    The claims are locked: one that is being decided now is waited for, so that no line falls between the two moments.
    """
    if not row.backdated_at:
        return []
    found = queries.claims_on(row).select_for_update(of=("self",)).select_related("partner")
    return _propose(found, queries.rate_card_of(row.card.organisation_id), by=by, at=at)


def propose_on_approval(claim: Claim, *, at: datetime) -> list[TopUp]:
    """Offer what the lines of a claim just decided are owed by rates put in since it was sent."""
    cards = queries.with_rows(
        RateCard.objects.filter(organisation_id=claim.payer_id, backdated_at__gt=claim.submitted_at)
    )
    card = cards.first()
    return _propose([claim], card, by=None, at=at) if card else []


def withdraw_for_rate(row: TimeRate | MileageRate | Cap, reason: str, *, by: User, at: datetime) -> None:
    """Take back what a row of a card has offered and nobody has answered: the row is about to change or go."""
    offered = TopUp.objects.select_for_update(of=("self",)).filter(rate_id=row.pk, status=TopUpStatus.PROPOSED)
    take_back(list(offered.select_related("line__claim")), reason, by=by, at=at)


def take_back(top_ups: Iterable[TopUp], reason: str, *, by: User, at: datetime) -> None:
    """Take offers back, and tell their partners why."""
    top_ups = list(top_ups)
    for top_up in top_ups:
        top_up.status, top_up.answered_at, top_up.answered_by = TopUpStatus.WITHDRAWN, at, by
        top_up.withdrawal_reason = reason
        top_up.save(update_fields=["status", "answered_at", "answered_by", "withdrawal_reason"])
        write_event(top_up.line.claim, ClockEvent.WITHDRAW_TOP_UP, by=by, at=at, note=_note(top_up.line, reason))
    notifications.top_ups_withdrawn(top_ups, at=at)


def _propose(claims: Iterable[Claim], card: RateCard, *, by: User | None, at: datetime) -> list[TopUp]:
    made = []
    for claim in claims:
        for owed in queries.raises_of(claim, card):
            made.append(
                TopUp.objects.create(
                    line=owed.line,
                    card=card,
                    rate_kind=owed.rate_kind,
                    rate_id=owed.rate_id,
                    was=owed.was,
                    amount=owed.amount,
                    above_hmrc=owed.above_hmrc,
                    rule=owed.rule,
                    proposed_at=at,
                    proposed_by=by,
                )
            )
            note = _note(owed.line, f"{format_pounds(owed.amount)} more")
            write_event(claim, ClockEvent.OFFER_TOP_UP, by=by or PORTAL, at=at, note=note)
    notifications.top_ups_proposed(made, at=at)
    return made


def _note(line: ClaimLine, words: str) -> str:
    return f"Line {line.position}, {line.get_kind_display().lower()}: {words}"
