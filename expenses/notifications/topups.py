"""Who is told what of money offered because a rate was raised for days gone by."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from expenses.models import TopUp
from psp_portal.notifications.outbox import Letter, queue


def top_ups_proposed(top_ups: Iterable[TopUp], *, at: datetime) -> None:
    """Tell each partner once, however many lines it is about, that a rate was raised and they may ask for more."""
    _tell(top_ups, "proposed", "A rate went up for days you have claimed for", at=at)


def top_ups_withdrawn(top_ups: Iterable[TopUp], *, at: datetime) -> None:
    """Tell each partner once that an offer was taken back; the reason stands on the page of their claim."""
    _tell(top_ups, "withdrawn", "An offer of more money was taken back", at=at)


def _tell(top_ups: Iterable[TopUp], name: str, subject: str, *, at: datetime) -> None:
    about: dict[object, list[TopUp]] = {}
    for top_up in top_ups:
        about.setdefault(top_up.line.claimant_id, []).append(top_up)
    queue(
        [
            Letter(
                kind=f"expenses.top_up.{name}",
                recipient_id=theirs[0].line.claimant_id,
                subject=subject,
                template=f"expenses/email/top_up_{name}.txt",
                # One offer is in one letter of each kind; the first of them tells the letters apart.
                dedupe_key=f"expenses.top_up.{name}:{theirs[0].pk}",
                link=reverse("expenses:top_up_answer"),
                context={
                    "references": sorted({top_up.line.claim.reference for top_up in theirs}),
                },
            )
            for theirs in about.values()
        ],
        at=at,
    )
