"""Who is told what of a claim."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from expenses.enums import ClaimAction, ClaimStatus, LineStatus
from expenses.models import Claim
from psp_portal.audit.context import Actor
from psp_portal.dates import format_date, local_date
from psp_portal.notifications.outbox import Letter, queue

if TYPE_CHECKING:
    from expenses.services.hands import Hands

# What the partner is told when their claim moves; nothing where they moved it themselves and see it at once.
_TO_CLAIMANT = {
    ClaimStatus.RETURNED: ("returned", "Claim {reference}: a question for you"),
    ClaimStatus.APPROVED: ("approved", "Claim {reference} has been approved"),
    ClaimStatus.NOT_APPROVED: ("not_approved", "Claim {reference}: a decision you can appeal against"),
    ClaimStatus.REFUSED: ("refused", "Claim {reference} is closed"),
    ClaimStatus.NOTHING_TO_PAY: ("nothing_to_pay", "Claim {reference} is settled"),
    ClaimStatus.PAID: ("paid", "Claim {reference} has been paid"),
    ClaimStatus.SUBMITTED: ("part_decided", "Part of claim {reference} has been decided"),
    ClaimStatus.APPEALED: ("part_decided", "Part of claim {reference} has been decided"),
    ClaimStatus.IN_RUN: ("approved", "Claim {reference} has been approved"),
}
_BY_STAFF_OR_CLOCK = {ClaimAction.DECIDE, ClaimAction.DECIDE_APPEAL, ClaimAction.LET_STAND, ClaimAction.RECORD_PAYMENT}
_TO_WHOEVER_HAS_IT = {
    ClaimAction.SUBMIT: ("to_decide", "Claim {reference} waits for your decision"),
    ClaimAction.ANSWER: ("answered", "Claim {reference}: your question has been answered"),
    ClaimAction.ANSWER_HOLD: ("hold_answered", "Claim {reference}: what was missing has been given"),
    ClaimAction.APPEAL: ("appealed", "Claim {reference}: an appeal waits for your decision"),
}


# Of more claims than these somebody is reminded in one letter: a list brought in makes hundreds late on one day.
MANY = 5


def claim_letter(claim: Claim, name: str, subject: str, recipient_id: UUID, *, at: datetime, **context: Any) -> Letter:
    """Return a letter about a claim, linking to its page."""
    return Letter(
        kind=f"expenses.claim.{name}",
        recipient_id=recipient_id,
        subject=subject.format(reference=claim.reference),
        template=f"expenses/email/claim_{name}.txt",
        # The moment tells a second question on the same claim from the first; a repeated job has the same moment.
        dedupe_key=f"expenses.claim.{name}:{claim.pk}:{at.isoformat()}:{recipient_id}",
        link=reverse("expenses:claim_detail", kwargs={"claim_id": claim.pk}),
        context={"claim": claim, **context},
    )


# So many letters go to the worker as one task.
BATCH = 100


def claim_changed(
    claim: Claim, action: ClaimAction, *, by: Actor, at: datetime, must_find: bool = False, to_pay: UUID | None = None
) -> None:
    """Tell the partner what others did with their claim, and whoever has it now that it has come to them.

    With ``must_find`` these may not do the work themselves: they are told to find somebody. ``to_pay`` is whoever of
    finance must hear that something of it can be paid now.
    """
    letters = _letters_of_change(claim, action, at=at, must_find=must_find)
    if to_pay:
        what = "Claim {reference}" if claim.status == ClaimStatus.APPROVED else "Part of claim {reference}"
        letters.append(claim_letter(claim, "to_pay", f"{what} is ready to pay", to_pay, at=at))
    queue(letters, at=at)


def claims_changed(claims: Iterable[Claim], action: ClaimAction, *, by: Actor, at: datetime) -> None:
    """Tell everybody of many claims what ``claim_changed`` tells of one."""
    letters = [letter for claim in claims for letter in _letters_of_change(claim, action, at=at)]
    for start in range(0, len(letters), BATCH):
        queue(letters[start : start + BATCH], at=at)


def _letters_of_change(claim: Claim, action: ClaimAction, *, at: datetime, must_find: bool = False) -> list[Letter]:
    letters = []
    if action in _BY_STAFF_OR_CLOCK:
        name, subject = _TO_CLAIMANT[ClaimStatus(claim.status)]
        if action == ClaimAction.DECIDE and name == "part_decided" and _has_question(claim):
            name, subject = "part_returned", "Claim {reference}: a question for you"
        if action == ClaimAction.RECORD_PAYMENT and claim.status != ClaimStatus.PAID:
            name, subject = "part_paid", "Part of claim {reference} has been paid"
        letters.append(claim_letter(claim, name, subject, claim.claimant_id, at=at))
    if action == ClaimAction.RECORD_FAILURE:
        letters.append(
            claim_letter(claim, "payment_failed", "Claim {reference}: a payment failed", claim.claimant_id, at=at)
        )
    if action == ClaimAction.RECORD_RETURN:
        subject = "Claim {reference}: the bank sent a payment back"
        letters.append(claim_letter(claim, "payment_returned", subject, claim.claimant_id, at=at))
    if action == ClaimAction.SUBMIT:
        letters.append(claim_letter(claim, "sent", "We have your claim {reference}", claim.claimant_id, at=at))
    if must_find:
        letters.append(_find_somebody(claim, at=at))
    elif action in _TO_WHOEVER_HAS_IT:
        name, subject = _TO_WHOEVER_HAS_IT[action]
        letters.append(claim_letter(claim, name, subject, claim.waiting_on_id, at=at))
    return letters


def _has_question(claim: Claim) -> bool:
    """Say whether a line of a claim of which the rest goes on waits for its partner's answer."""
    return claim.lines.filter(status=LineStatus.RETURNED).exists()


def payer_changed(claim: Claim, *, at: datetime) -> None:
    """Tell a partner that another organisation pays for what they have not sent yet."""
    subject = "Claim {reference}: another organisation pays it now"
    queue([claim_letter(claim, "payer_changed", subject, claim.claimant_id, at=at, payer=claim.payer.name)], at=at)


def claims_handed_over(moved: Iterable[tuple[Claim, "Hands"]], *, at: datetime) -> None:
    """Tell whoever must act on these claims now, whoever answers for them now, and the partners."""
    queue([letter for claim, hands in moved for letter in _letters_of_hand_over(claim, hands, at=at)], at=at)


def _letters_of_hand_over(claim: Claim, hands: "Hands", *, at: datetime) -> list[Letter]:
    letters = []
    acts = claim.waiting_on if hands.acts else None
    answers = claim.responsible if hands.answers else None
    if acts:
        letters.append(
            _find_somebody(claim, at=at)
            if hands.must_find
            else claim_letter(claim, "handed_to_you", "Claim {reference} is now with you", acts.pk, at=at)
        )
    if answers:
        subject = "You now answer for claim {reference}"
        letters.append(claim_letter(claim, "handed_to_answer", subject, answers.pk, at=at))
    partners = claim_letter(
        claim, "handed_over", "Claim {reference} has a new person", claim.claimant_id, at=at,
        acts=acts.get_full_name() if acts else "", answers=answers.get_full_name() if answers else "",
    )  # fmt: skip
    return [*letters, partners]


def _find_somebody(claim: Claim, *, at: datetime) -> Letter:
    """Return the letter to whoever has a claim that nobody who is there may work on."""
    subject = "Claim {reference}: nobody is here who may do what comes next"
    return claim_letter(claim, "find_somebody", subject, claim.waiting_on_id, at=at)


def remind_to_decide(claims: Iterable[Claim], *, at: datetime) -> None:
    """Remind approvers of claims whose decision is overdue, at most once a day; of many claims in one letter."""
    today = local_date(at)
    late: dict[UUID, list[Claim]] = {}
    for claim in claims:
        late.setdefault(claim.waiting_on_id, []).append(claim)
    letters = []
    for person, theirs in late.items():
        if len(theirs) > MANY:
            letters.append(_many_to_decide(person, len(theirs), today))
        else:
            letters += [_late_to_decide(claim, today) for claim in theirs]
    queue(letters, at=at)


def _late_to_decide(claim: Claim, today: date) -> Letter:
    return Letter(
        kind="expenses.claim.decision_overdue",
        recipient_id=claim.waiting_on_id,
        subject=f"Claim {claim.reference} is late for your decision",
        template="expenses/email/claim_decision_overdue.txt",
        dedupe_key=f"expenses.claim.decision_overdue:{claim.pk}:{today}:{claim.waiting_on_id}",
        link=reverse("expenses:claim_decide", kwargs={"claim_id": claim.pk}),
        context={"claim": claim, "due_on": format_date(claim.waiting_due_on)},
    )


def _many_to_decide(person: UUID, count: int, today: date) -> Letter:
    return Letter(
        kind="expenses.claim.decision_overdue",
        recipient_id=person,
        subject=f"{count} claims are late for your decision",
        template="expenses/email/claims_decision_overdue.txt",
        dedupe_key=f"expenses.claims.decision_overdue:{today}:{person}",
        link=reverse("expenses:decision_list"),
        context={"count": count},
    )
