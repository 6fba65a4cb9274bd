"""Tells partners of meetings they can still claim for in time."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from expenses.queries.claim_window import ClosingWindow
from psp_portal.dates import format_date
from psp_portal.notifications.outbox import Letter, queue


def windows_closing(windows: Iterable[ClosingWindow], *, at: datetime) -> None:
    """Write to each partner once for each reminder that falls due: how many meetings, and the first last day."""
    queue(
        [
            Letter(
                kind="expenses.claim.window_closing",
                recipient_id=window.user_id,
                subject="Meetings you have not claimed for",
                template="expenses/email/claim_window_closing.txt",
                dedupe_key=f"expenses.claim.window_closing:{window.payer_id}:{window.due_on}:{window.user_id}",
                link=reverse("expenses:claim_start"),
                context={"window": window, "ends_on": format_date(window.first_ends_on)},
            )
            for window in windows
        ],
        at=at,
    )
