"""Who is told what of something agreed before a journey. No letter says what it is for, or what anybody needs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from expenses.models import PriorApproval, StandingApproval
from psp_portal.dates import format_date, local_date
from psp_portal.notifications.outbox import Letter, queue


def _letter(
    approval: PriorApproval, name: str, subject: str, recipient_id: UUID, *, when: str, **context: Any
) -> Letter:
    return Letter(
        kind=f"expenses.prior_approval.{name}",
        recipient_id=recipient_id,
        subject=subject,
        template=f"expenses/email/prior_approval_{name}.txt",
        dedupe_key=f"expenses.prior_approval.{name}:{approval.pk}:{when}:{recipient_id}",
        link=reverse("expenses:prior_approval_detail", kwargs={"approval_id": approval.pk}),
        context={"approval": approval, "due_on": format_date(approval.due_on), **context},
    )


def approval_asked(approval: PriorApproval, *, at: datetime) -> None:
    """Tell whoever must answer that a partner asks before a journey."""
    subject = f"{approval.claimant.get_full_name()} asks you to agree to something"
    queue([_letter(approval, "asked", subject, approval.waiting_on_id, when=at.isoformat())], at=at)


def approval_answered(approval: PriorApproval, *, at: datetime) -> None:
    """Tell the partner that there is an answer."""
    subject = "There is an answer to what you asked for"
    queue([_letter(approval, "answered", subject, approval.claimant_id, when=at.isoformat())], at=at)


def approval_withdrawn(approval: PriorApproval, told_id: UUID, *, at: datetime) -> None:
    """Tell whoever had a request, or had agreed to it, that it is no longer needed."""
    subject = f"{approval.claimant.get_full_name()} has withdrawn a request"
    queue([_letter(approval, "withdrawn", subject, told_id, when=at.isoformat())], at=at)


def approvals_handed_over(approvals: Iterable[PriorApproval], *, at: datetime) -> None:
    """Tell the new people, and the partners, who has their requests now."""
    letters = []
    for approval in approvals:
        person = approval.waiting_on.get_full_name()
        subject = f"A request from {approval.claimant.get_full_name()} is now with you"
        letters += [
            _letter(approval, "handed_to_you", subject, approval.waiting_on_id, when=at.isoformat()),
            _letter(
                approval, "handed_over", "Somebody else has your request now", approval.claimant_id,
                when=at.isoformat(), person=person,
            ),
        ]  # fmt: skip
    queue(letters, at=at)


def remind_to_answer(approvals: Iterable[PriorApproval], *, at: datetime) -> None:
    """Remind whoever has requests that are overdue; at most once a day for each."""
    today = str(local_date(at))
    queue(
        [
            _letter(
                approval, "overdue", f"An answer to {approval.claimant.get_full_name()} is late",
                approval.waiting_on_id, when=today,
            )
            for approval in approvals
        ],
        at=at,
    )  # fmt: skip


# --- standing approvals -------------------------------------------------------------------
def _standing_letter(
    approval: StandingApproval, name: str, subject: str, recipient_id: UUID, *, link: str, **context: Any
) -> Letter:
    return Letter(
        kind=f"expenses.standing_approval.{name}",
        recipient_id=recipient_id,
        subject=subject,
        template=f"expenses/email/standing_approval_{name}.txt",
        dedupe_key=f"expenses.standing_approval.{name}:{approval.pk}:{recipient_id}",
        link=link,
        context={"approval": approval, "ends_on": format_date(approval.ends_on), **context},
    )


def standing_recorded(approval: StandingApproval, *, at: datetime) -> None:
    """Tell the partner that something is agreed for them from now on."""
    link = reverse("expenses:prior_approval_list")
    subject = "Something is agreed for your claims from now on"
    queue([_standing_letter(approval, "recorded", subject, approval.partner.user_id, link=link)], at=at)


def standing_ended(approval: StandingApproval, *, at: datetime) -> None:
    """Tell the partner that it was ended early."""
    link = reverse("expenses:prior_approval_list")
    subject = "A standing approval of yours has ended"
    queue([_standing_letter(approval, "ended", subject, approval.partner.user_id, link=link)], at=at)


def standing_expires(approvals: Iterable[tuple[StandingApproval, UUID | None]], *, at: datetime) -> None:
    """Warn the partner, and whoever of the staff answers for it, that an approval runs out soon; each once."""
    letters = []
    for approval, staff_id in approvals:
        letters.append(
            _standing_letter(
                approval, "expires", "A standing approval of yours runs out soon", approval.partner.user_id,
                link=reverse("expenses:prior_approval_list"), is_own=True,
            )
        )  # fmt: skip
        if staff_id:
            letters.append(
                _standing_letter(
                    approval, "expires", f"A standing approval of {approval.partner.user.get_full_name()} runs out",
                    staff_id, link=reverse("expenses:standing_approval_list"), is_own=False,
                )
            )  # fmt: skip
    queue(letters, at=at)
