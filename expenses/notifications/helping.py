"""Who is told of helpers, and of what they have prepared."""

from datetime import datetime

from django.urls import reverse

from expenses.models import Claim, Helper
from psp_portal.accounts.models import User
from psp_portal.dates import local_date
from psp_portal.notifications.outbox import Letter, queue


def helper_named(helper: Helper, user: User, *, at: datetime) -> None:
    """Tell somebody who is a helper already that one more partner has named them; an invitation tells the others."""
    queue([_to_helper(helper, user, "named", "{name} has named you as a helper")], at=at)


def helper_ended(helper: Helper, user: User, *, at: datetime) -> None:
    """Tell a helper that they no longer prepare a partner's claims."""
    queue([_to_helper(helper, user, "ended", "You no longer prepare claims for {name}")], at=at)


def claim_prepared(claim: Claim, by: User, *, at: datetime) -> None:
    """Tell the partner that a claim of theirs is ready to check; once a day for as long as it comes to the same."""
    queue(
        [
            Letter(
                kind="expenses.claim.prepared",
                recipient_id=claim.claimant_id,
                subject="Your helper has prepared a claim",
                template="expenses/email/claim_prepared.txt",
                dedupe_key=f"expenses.claim.prepared:{claim.pk}:{local_date(at)}:{claim.asked}",
                link=reverse("expenses:claim_check", kwargs={"claim_id": claim.pk}),
                context={"helper": by.get_full_name()},
            )
        ],
        at=at,
    )


def _to_helper(helper: Helper, user: User, name: str, subject: str) -> Letter:
    partner = helper.partner.user.get_full_name()
    return Letter(
        kind=f"expenses.helper.{name}",
        recipient_id=user.pk,
        subject=subject.format(name=partner),
        template=f"expenses/email/helper_{name}.txt",
        dedupe_key=f"expenses.helper.{name}:{helper.pk}",
        link=reverse("expenses:helping_list"),
        context={"partner": partner},
    )
