"""Who is told what of a claim, in which words. Letters name no sum, no reason and no bank account: they link."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from expenses.enums import ClaimAction, ClaimStatus
from expenses.models import BankDetails, Claim, Escalation, PaymentRun, UpdateRequest
from psp_portal.accounts.queries import users_with_role
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.audit.context import Actor
from psp_portal.dates import format_date, local_date
from psp_portal.notifications.outbox import Letter, queue

if TYPE_CHECKING:
    from expenses.services.escalation import StepWritten

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
    ClaimAction.APPEAL: ("appealed", "Claim {reference}: an appeal waits for your decision"),
}


def _claim_letter(claim: Claim, name: str, subject: str, recipient_id: UUID, *, at: datetime, **context: Any) -> Letter:
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


def claim_changed(claim: Claim, action: ClaimAction, *, by: Actor, at: datetime) -> None:
    """Tell the partner what others did with their claim, and whoever has it now that it has come to them."""
    letters = []
    if action in _BY_STAFF_OR_CLOCK:
        name, subject = _TO_CLAIMANT[ClaimStatus(claim.status)]
        if action == ClaimAction.RECORD_PAYMENT and claim.status != ClaimStatus.PAID:
            name, subject = "part_paid", "Part of claim {reference} has been paid"
        letters.append(_claim_letter(claim, name, subject, claim.claimant_id, at=at))
    if action == ClaimAction.RECORD_FAILURE:
        letters.append(
            _claim_letter(claim, "payment_failed", "Claim {reference}: a payment failed", claim.claimant_id, at=at)
        )
    if action == ClaimAction.SUBMIT:
        letters.append(_claim_letter(claim, "sent", "We have your claim {reference}", claim.claimant_id, at=at))
    if action in _TO_WHOEVER_HAS_IT:
        name, subject = _TO_WHOEVER_HAS_IT[action]
        letters.append(_claim_letter(claim, name, subject, claim.waiting_on_id, at=at))
    if action in (ClaimAction.DECIDE, ClaimAction.DECIDE_APPEAL) and claim.status == ClaimStatus.APPROVED:
        letters.append(_claim_letter(claim, "to_pay", "Claim {reference} is ready to pay", claim.waiting_on_id, at=at))
    queue(letters, at=at)


def claims_handed_over(claims: Iterable[Claim], *, at: datetime) -> None:
    """Tell the new people, and the partners, who has their claims now."""
    letters = []
    for claim in claims:
        subject = "Claim {reference} is now with you"
        letters.append(_claim_letter(claim, "handed_to_you", subject, claim.responsible_id, at=at))
        letters.append(
            _claim_letter(
                claim,
                "handed_over",
                "Claim {reference} has a new person",
                claim.claimant_id,
                at=at,
                person=claim.responsible.get_full_name(),
            )
        )
    queue(letters, at=at)


def steps_written(steps: Iterable["StepWritten"], *, at: datetime) -> None:
    """Tell everybody whom a step of the ladder concerns, and the partner that it was taken."""
    letters = []
    for written in steps:
        step: Escalation = written.escalation
        claim = step.claim
        days = (local_date(at) - local_date(claim.submitted_at)).days
        context = {"claim": claim, "step": step, "days": days, "kind": step.get_kind_display()}
        for recipient_id in written.recipients:
            letters.append(
                Letter(
                    kind="expenses.claim.overdue",
                    recipient_id=recipient_id,
                    subject=f"Claim {claim.reference} has waited {days} days",
                    template="expenses/email/claim_overdue.txt",
                    dedupe_key=f"expenses.claim.overdue:{claim.pk}:{step.number}:{recipient_id}",
                    link=(
                        reverse("expenses:escalation_reply", kwargs={"escalation_id": step.pk})
                        if recipient_id == step.responsible_id
                        else reverse("expenses:claim_detail", kwargs={"claim_id": claim.pk})
                    ),
                    context=context,
                )
            )
        letters.append(
            Letter(
                kind="expenses.claim.step_taken",
                recipient_id=claim.claimant_id,
                subject=f"Claim {claim.reference}: it has gone a step up",
                template="expenses/email/claim_step_taken.txt",
                dedupe_key=f"expenses.claim.step_taken:{claim.pk}:{step.number}:{claim.claimant_id}",
                link=reverse("expenses:claim_ladder", kwargs={"claim_id": claim.pk}),
                context=context,
            )
        )
    queue(letters, at=at)


def step_replied(step: Escalation, *, at: datetime) -> None:
    """Tell the partner that somebody replied to a step."""
    claim = step.claim
    queue([_claim_letter(claim, "step_replied", "Claim {reference}: a reply", claim.claimant_id, at=at)], at=at)


def update_asked(request: UpdateRequest, *, at: datetime) -> None:
    """Tell the responsible person that the partner asks how the claim stands."""
    claim = request.claim
    letter = Letter(
        kind="expenses.update.ask",
        recipient_id=request.asked_of_id,
        subject=f"{claim.claimant.get_full_name()} asks about claim {claim.reference}",
        template="expenses/email/update_asked.txt",
        dedupe_key=f"expenses.update.ask:{request.pk}",
        link=reverse("expenses:update_answer", kwargs={"update_id": request.pk}),
        context={"claim": claim, "due_on": format_date(request.reply_due_on)},
    )
    queue([letter], at=at)


def update_answered(request: UpdateRequest, *, at: datetime) -> None:
    """Tell the partner that their question has been answered."""
    claim = request.claim
    queue([_claim_letter(claim, "update_answered", "Claim {reference}: an update", claim.claimant_id, at=at)], at=at)


def remind_to_decide(claims: Iterable[Claim], *, at: datetime) -> None:
    """Remind approvers of claims whose decision is overdue; at most once a day for each claim and person."""
    today = local_date(at)
    queue(
        [
            Letter(
                kind="expenses.claim.decision_overdue",
                recipient_id=claim.waiting_on_id,
                subject=f"Claim {claim.reference} is late for your decision",
                template="expenses/email/claim_decision_overdue.txt",
                dedupe_key=f"expenses.claim.decision_overdue:{claim.pk}:{today}:{claim.waiting_on_id}",
                link=reverse("expenses:claim_decide", kwargs={"claim_id": claim.pk}),
                context={"claim": claim, "due_on": format_date(claim.waiting_due_on)},
            )
            for claim in claims
        ],
        at=at,
    )


def _finance_of(run: PaymentRun, *, besides: Actor, at: datetime) -> list[UUID]:
    found: dict[UUID, None] = {}
    for role in sorted(roles_with(Permission.PAY_CLAIMS)):
        for user in users_with_role(role, organisation_id=run.organisation_id, today=local_date(at)):
            if user.pk != besides.pk:
                found[user.pk] = None
    return list(found)


def _run_letters(run: PaymentRun, name: str, subject: str, *, by: Actor, at: datetime) -> list[Letter]:
    return [
        Letter(
            kind=f"expenses.run.{name}",
            recipient_id=recipient_id,
            subject=subject.format(reference=run.reference),
            template=f"expenses/email/run_{name}.txt",
            dedupe_key=f"expenses.run.{name}:{run.pk}:{recipient_id}",
            link=reverse("expenses:run_detail", kwargs={"run_id": run.pk}),
            context={"run": run, "by": by.get_full_name()},
        )
        for recipient_id in _finance_of(run, besides=by, at=at)
    ]


def run_made(run: PaymentRun, *, by: Actor, at: datetime) -> None:
    """Tell the other finance people that a run waits for one of them to release it."""
    queue(_run_letters(run, "made", "Payment run {reference} waits for you to release it", by=by, at=at), at=at)


def run_released(run: PaymentRun, *, by: Actor, at: datetime) -> None:
    """Tell finance that a run can be exported and paid."""
    queue(_run_letters(run, "released", "Payment run {reference} has been released", by=by, at=at), at=at)


def remittance_ready(run: PaymentRun, claimant_ids: Iterable[UUID], *, at: datetime) -> None:
    """Tell partners that money is on its way, once for each run; the amounts stand on the page, not in the e-mail."""
    queue(
        [
            Letter(
                kind="expenses.remittance.ready",
                recipient_id=claimant_id,
                subject="A payment to you",
                template="expenses/email/remittance_ready.txt",
                dedupe_key=f"expenses.remittance.ready:{run.pk}:{claimant_id}:{at.isoformat()}",
                link=reverse("expenses:remittance_detail", kwargs={"run_id": run.pk}),
                context={"run": run},
            )
            for claimant_id in claimant_ids
        ],
        at=at,
    )


def bank_details_changed(details: BankDetails, *, is_first: bool, at: datetime) -> None:
    """Tell the person, at the address held from before, that bank details were given or changed."""
    queue(
        [
            Letter(
                kind="expenses.bank_details.change",
                recipient_id=details.user_id,
                address=details.user.email,
                subject="Your bank details were added" if is_first else "Your bank details were changed",
                template="expenses/email/bank_details_changed.txt",
                dedupe_key=f"expenses.bank_details.change:{details.pk}",
                link=reverse("expenses:bank_details_detail"),
                context={"is_first": is_first},
            )
        ],
        at=at,
    )
