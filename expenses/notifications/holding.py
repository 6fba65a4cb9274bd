"""Who is told that money of a line is held, and what is missing: in words, without sums."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse

from expenses import queries
from expenses.models import Claim, ClaimLine
from expenses.notifications.claims import claim_letter
from psp_portal.dates import format_date
from psp_portal.notifications.outbox import Letter, queue


def hold_asked(claim: Claim, lines: Sequence[ClaimLine], *, at: datetime) -> None:
    """Ask the partner, in one letter, what is missing on the lines of a claim just sent."""
    if not lines:
        return
    letter = claim_letter(
        claim, "hold_asked", "Claim {reference}: something is missing", claim.claimant_id, at=at,
        questions=[queries.hold_question(line) for line in lines], due_on=format_date(lines[0].hold_due_on),
    )  # fmt: skip
    queue([letter], at=at)


def remind_of_held_lines(lines: Iterable[ClaimLine], *, at: datetime) -> None:
    """Remind partners of what is missing and was due, one letter a line, once each."""
    queue(
        [
            Letter(
                kind="expenses.line.hold_due",
                recipient_id=line.claimant_id,
                subject=f"Claim {line.claim.reference}: something is still missing",
                template="expenses/email/line_hold_due.txt",
                dedupe_key=f"expenses.line.hold_due:{line.pk}:{line.hold_due_on}:{line.claimant_id}",
                link=reverse("expenses:hold_answer", kwargs={"claim_id": line.claim_id, "line_id": line.pk}),
                context={
                    "claim": line.claim,
                    "question": queries.hold_question(line),
                    "due_on": format_date(line.hold_due_on),
                },
            )
            for line in lines
        ],
        at=at,
    )
