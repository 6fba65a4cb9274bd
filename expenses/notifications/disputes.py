"""Who is told that it is open, and then decided, who pays a claim."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from expenses.models import Claim, PayerDispute
from expenses.notifications.claims import claim_letter
from expenses.policies.responsibility import ANSWERING_ROLES
from psp_portal.accounts.enums import Post
from psp_portal.accounts.queries import directories
from psp_portal.dates import format_date, local_date
from psp_portal.notifications.outbox import Letter, queue


def dispute_raised(dispute: PayerDispute, *, at: datetime) -> None:
    """Tell whoever decides, both organisations' leads, and the partner, for whom nothing changes."""
    claim = dispute.claim
    subject = "Claim {reference}: it is being decided who pays it"
    letters = [
        claim_letter(claim, "dispute_raised", subject, person, at=at, arbiter=dispute.arbiter.get_full_name())
        for person in _leads(dispute, at=at)
        if person != dispute.arbiter_id
    ]
    partners = claim_letter(
        claim, "dispute_told", subject, claim.claimant_id, at=at, arbiter=dispute.arbiter.get_full_name(),
        due_on=format_date(dispute.reply_due_on),
    )  # fmt: skip
    queue([_to_arbiter(dispute, at=at), *letters, partners], at=at)


def dispute_passed_on(dispute: PayerDispute, *, at: datetime) -> None:
    """Tell the new person that they decide who pays, and the partner who that is now."""
    claim = dispute.claim
    partners = claim_letter(
        claim, "dispute_passed_on", "Claim {reference} has a new person", claim.claimant_id, at=at,
        arbiter=dispute.arbiter.get_full_name(), due_on=format_date(dispute.reply_due_on),
    )  # fmt: skip
    queue([_to_arbiter(dispute, at=at), partners], at=at)


def dispute_decided(dispute: PayerDispute, *, at: datetime) -> None:
    """Tell both organisations' leads, the partner, and whoever has the claim now, which organisation pays."""
    claim = dispute.claim
    told = dict.fromkeys([claim.claimant_id, *_leads(dispute, at=at)])
    subject = "Claim {reference}: it has been decided who pays it"
    letters = [
        claim_letter(claim, "dispute_decided", subject, person, at=at, payer=claim.payer.name) for person in told
    ]
    if claim.waiting_on_id not in told:
        waits = "Claim {reference} is with you"
        letters.append(claim_letter(claim, "dispute_over", waits, claim.waiting_on_id, at=at, payer=claim.payer.name))
    queue(letters, at=at)


def remind_to_settle(claims: Iterable[Claim], *, at: datetime) -> None:
    """Remind those who decide who pays that they are late; at most once a day for each claim and person."""
    today = local_date(at)
    queue(
        [
            Letter(
                kind="expenses.claim.dispute_overdue",
                recipient_id=claim.arbiter_id,
                subject=f"Claim {claim.reference} waits for you: which organisation pays?",
                template="expenses/email/claim_dispute_overdue.txt",
                dedupe_key=f"expenses.claim.dispute_overdue:{claim.pk}:{today}:{claim.arbiter_id}",
                link=reverse("expenses:dispute_decide", kwargs={"claim_id": claim.pk}),
                context={"claim": claim, "due_on": format_date(claim.waiting_due_on)},
            )
            for claim in claims
        ],
        at=at,
    )


def _to_arbiter(dispute: PayerDispute, *, at: datetime) -> Letter:
    claim = dispute.claim
    return Letter(
        kind="expenses.claim.dispute_to_decide",
        recipient_id=dispute.arbiter_id,
        subject=f"Claim {claim.reference}: please decide which organisation pays",
        template="expenses/email/claim_dispute_to_decide.txt",
        dedupe_key=f"expenses.claim.dispute_to_decide:{dispute.pk}:{at.isoformat()}:{dispute.arbiter_id}",
        link=reverse("expenses:dispute_decide", kwargs={"claim_id": claim.pk}),
        context={"claim": claim, "due_on": format_date(dispute.reply_due_on)},
    )


def _leads(dispute: PayerDispute, *, at: datetime) -> list[UUID]:
    """Return the programme leads of both organisations, those away replaced; never the partner."""
    claim = dispute.claim
    both = directories([dispute.payer_id, claim.organisation_id], local_date(at))
    found = [
        there.stand_in(there.posts.get(Post.PROGRAMME_LEAD), roles=ANSWERING_ROLES, not_these={claim.claimant_id})
        for there in both.values()
    ]
    return list(dict.fromkeys(person for person in found if person))
