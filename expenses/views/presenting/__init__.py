"""Claims and lines as pages show them: words and links made ready, so that no template compares a status."""

from expenses.views.presenting.claims import (
    bodies_words,
    cancellations_of,
    claim_row,
    claim_title,
    days_of,
    is_draft,
    is_overdue,
    links_of_claim,
    next_words,
    replies_owed,
    sums_of,
    updates_of,
    waiting_words,
)
from expenses.views.presenting.lines import (
    TIME_KINDS,
    LineShown,
    can_be_given,
    hold_words,
    line_title,
    lines_in_order,
    links_of_line,
    show_line,
    show_page,
    show_receipt,
)
from expenses.views.presenting.links import (
    Link,
)
from expenses.views.presenting.story import (
    events_of,
    ladder_of,
    promise_words,
    reply_words,
)

__all__ = [
    "LineShown",
    "Link",
    "TIME_KINDS",
    "bodies_words",
    "can_be_given",
    "cancellations_of",
    "claim_row",
    "claim_title",
    "days_of",
    "events_of",
    "hold_words",
    "is_draft",
    "is_overdue",
    "ladder_of",
    "line_title",
    "lines_in_order",
    "links_of_claim",
    "links_of_line",
    "next_words",
    "promise_words",
    "replies_owed",
    "reply_words",
    "show_line",
    "show_page",
    "show_receipt",
    "sums_of",
    "updates_of",
    "waiting_words",
]
