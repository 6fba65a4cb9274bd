"""Who is told of claims brought in from a trust's list: everybody once, however many claims."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from expenses.models import BacklogImport
from expenses.notifications.escalation import count_of_claims
from psp_portal.notifications.outbox import Letter, queue


@dataclass
class Share:
    """How many of the claims brought in somebody must decide, must reply about, and is told of as late."""

    to_decide: int = 0
    to_reply: int = 0
    late: int = 0


def backlog_brought_in(
    brought: BacklogImport, shares: Mapping[UUID, Share], claimants: Mapping[UUID, int], *, at: datetime
) -> None:
    """Tell everybody who has work from it, and every partner whose claims came, in one letter each."""
    letters = [
        Letter(
            kind="expenses.backlog.staff",
            recipient_id=person,
            subject="Earlier claims have been brought in",
            template="expenses/email/backlog_staff.txt",
            dedupe_key=f"expenses.backlog.staff:{brought.pk}:{person}",
            link=reverse("expenses:overdue_list" if share.late else "expenses:decision_list"),
            context={
                "to_decide": count_of_claims(share.to_decide) if share.to_decide else "",
                "to_reply": count_of_claims(share.to_reply) if share.to_reply else "",
                "late": count_of_claims(share.late) if share.late else "",
            },
        )
        for person, share in shares.items()
    ]
    letters += [
        Letter(
            kind="expenses.backlog.partner",
            recipient_id=person,
            subject="We have brought in your earlier claims",
            template="expenses/email/backlog_partner.txt",
            dedupe_key=f"expenses.backlog.partner:{brought.pk}:{person}",
            link=reverse("expenses:claim_list"),
            context={"claims": count_of_claims(count), "organisation": brought.organisation.name},
        )
        for person, count in claimants.items()
    ]
    queue(letters, at=at)
