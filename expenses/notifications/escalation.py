"""Who is told of a step of the ladder, and of what was asked and answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from expenses.models import Claim, Escalation, UpdateRequest
from expenses.notifications.claims import MANY, claim_letter
from psp_portal.dates import format_date, local_date
from psp_portal.notifications.outbox import Letter, queue

if TYPE_CHECKING:
    from expenses.services.escalation import StepWritten


def steps_written(steps: Iterable["StepWritten"], *, at: datetime) -> None:
    """Tell everybody whom a step of the ladder concerns, and the partner that it was taken."""
    letters = []
    for written in steps:
        step: Escalation = written.escalation
        claim = step.claim
        days = (local_date(at) - local_date(claim.submitted_at)).days
        context = {
            "claim": claim, "step": step, "days": days, "kind": step.get_kind_display(), "missed": written.missed,
        }  # fmt: skip
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


def replies_passed_on(owed: Iterable[Escalation | UpdateRequest], *, at: datetime) -> None:
    """Tell whoever must now answer instead of somebody who is away or has left."""
    queue(
        [
            Letter(
                kind="expenses.reply.passed_on",
                recipient_id=each.passed_to_id,
                subject=f"An answer about claim {each.claim.reference} is now yours to give",
                template="expenses/email/reply_passed_on.txt",
                dedupe_key=f"expenses.reply.passed_on:{each.pk}:{at.isoformat()}:{each.passed_to_id}",
                link=_where_to_answer(each),
                context={"claim": each.claim, "due_on": format_date(each.reply_due_on)},
            )
            for each in owed
        ],
        at=at,
    )


def _where_to_answer(each: Escalation | UpdateRequest) -> str:
    if isinstance(each, Escalation):
        return reverse("expenses:escalation_reply", kwargs={"escalation_id": each.pk})
    return reverse("expenses:update_answer", kwargs={"update_id": each.pk})


def remind_of_replies(late: Iterable[Escalation | UpdateRequest], *, at: datetime) -> None:
    """Remind whoever owes a reply to a step, or an update, that it is late: at most once a week, many in one letter."""
    owed: dict[UUID, list[Escalation | UpdateRequest]] = {}
    for each in late:
        asked = each.responsible_id if isinstance(each, Escalation) else each.asked_of_id
        owed.setdefault(each.passed_to_id or asked, []).append(each)
    letters = []
    for person, theirs in owed.items():
        if len(theirs) > MANY:
            letters.append(_many_replies_late(person, len(theirs), at))
        else:
            letters += [_reply_late(person, each, at) for each in theirs]
    queue(letters, at=at)


def _reply_late(person: UUID, each: Escalation | UpdateRequest, at: datetime) -> Letter:
    is_step = isinstance(each, Escalation)
    kind = "expenses.step.reply_late" if is_step else "expenses.update.late"
    return Letter(
        kind=kind,
        recipient_id=person,
        subject=f"Your {'reply' if is_step else 'answer'} about claim {each.claim.reference} is late",
        template=f"expenses/email/{'reply' if is_step else 'update'}_late.txt",
        dedupe_key=f"{kind}:{each.pk}:{_week(at)}:{person}",
        link=_where_to_answer(each),
        context={"claim": each.claim, "due_on": format_date(each.reply_due_on)},
    )


def remind_of_questions(claims: Iterable[Claim], *, at: datetime) -> None:
    """Remind partners that their claims wait for their answer, once for each day that it was asked for by."""
    queue(
        [
            Letter(
                kind="expenses.claim.answer_overdue",
                recipient_id=claim.claimant_id,
                subject=f"Claim {claim.reference} waits for your answer",
                template="expenses/email/claim_answer_overdue.txt",
                dedupe_key=f"expenses.claim.answer_overdue:{claim.pk}:{claim.waiting_due_on}:{claim.claimant_id}",
                link=reverse("expenses:claim_detail", kwargs={"claim_id": claim.pk}),
                context={"claim": claim, "due_on": format_date(claim.waiting_due_on)},
            )
            for claim in claims
        ],
        at=at,
    )


def _many_replies_late(person: UUID, count: int, at: datetime) -> Letter:
    return Letter(
        kind="expenses.step.reply_late",
        recipient_id=person,
        subject=f"{count} of your replies and answers about claims are late",
        template="expenses/email/replies_late.txt",
        dedupe_key=f"expenses.step.replies_late:{_week(at)}:{person}",
        link=reverse("home:home_detail"),
        context={"count": count},
    )


def overdue_digests(letters: Iterable[tuple[UUID, UUID, int]], *, at: datetime) -> None:
    """Tell people how many claims of an organisation are late: (organisation, person, count), once a week each."""
    queue(
        [
            Letter(
                kind="expenses.overdue.digest",
                recipient_id=person,
                subject=f"{count_of_claims(count)} {'has' if count == 1 else 'have'} gone up a step",
                template="expenses/email/overdue_digest.txt",
                dedupe_key=f"expenses.overdue.digest:{organisation}:{_week(at)}:{person}",
                link=reverse("expenses:overdue_list"),
                context={"claims": count_of_claims(count)},
            )
            for organisation, person, count in letters
        ],
        at=at,
    )


def count_of_claims(count: int) -> str:
    """Write a number of claims: 1 claim, 12 claims."""
    return "1 claim" if count == 1 else f"{count:,} claims"


def _week(at: datetime) -> str:
    """Return the week of a moment in London, as in 2026-W46."""
    year, week, _ = local_date(at).isocalendar()
    return f"{year}-W{week:02}"


def step_replied(step: Escalation, *, at: datetime) -> None:
    """Tell the partner that somebody replied to a step."""
    claim = step.claim
    queue([claim_letter(claim, "step_replied", "Claim {reference}: a reply", claim.claimant_id, at=at)], at=at)


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
    queue([claim_letter(claim, "update_answered", "Claim {reference}: an update", claim.claimant_id, at=at)], at=at)
