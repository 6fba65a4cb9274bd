"""What a partner's record holds besides the appointment: the pages of every part, from one table.

A part joins in with a line in ``SECTIONS``: its words, the name of its address (which takes the partner's key), one
sentence, and who of those that see the record may open it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from partners.permissions.training import can_ask

# (user, partner, today=…) → whether they may open the page, given that they see the partner's record.
Allows = Callable[..., bool]


def _whoever_sees_it(user: Any, partner: Any, *, today: date) -> bool:
    return True


def _its_partner(user: Any, partner: Any, *, today: date) -> bool:
    return can_ask(user, partner)


@dataclass(frozen=True)
class RecordPage:
    """A page of a partner's record."""

    label: str
    url_name: str
    about: str
    allows: Allows = _whoever_sees_it
    # Some pages are about more than this partner.
    takes_partner: bool = True


def _serving_partner(user: Any, partner: Any, *, today: date) -> bool:
    return can_ask(user, partner) and partner.left_on is None


SECTIONS: tuple[tuple[str, tuple[RecordPage, ...]], ...] = (
    (
        "Term",
        (
            RecordPage("Term, pauses and leaving", "leaving:term_detail", "Until when, and what happens then."),
            RecordPage(
                "Handover packs of others",
                "people:handover_list",
                "What partners before handed on.",
                takes_partner=False,
            ),
        ),
    ),
    (
        "Beginning",
        (
            RecordPage("Induction", "induction:induction_detail", "What is done in the first weeks, and by whom."),
            RecordPage("Checks", "checks:partner_detail", "What was checked, and until when it counts."),
            RecordPage("Agreements", "agreements:partner_detail", "What was signed, and what waits."),
            RecordPage("Declared interests", "interests:interest_list", "And when they were last gone through."),
        ),
    ),
    (
        "Time and access",
        (
            RecordPage("Time, skills and interests", "capacity:capacity_detail", "How much time, when, and for what."),
            RecordPage("Access and communication needs", "access:needs_detail", "And who may know of them."),
            RecordPage(
                "Questions about equality",
                "diversity:own_answers_edit",
                "Nobody sees your own answers.",
                _serving_partner,
            ),
        ),
    ),
    (
        "Training and support",
        (
            RecordPage("Training and development", "training:training_detail", "What is done, due and asked for."),
            RecordPage("Support, talks and reviews", "support:overview_detail", "Talks, a mentor, the yearly review."),
            RecordPage(
                "What other organisations offer to learn",
                "training:directory_list",
                "Ask your lead about any of it.",
                _its_partner,
                takes_partner=False,
            ),
        ),
    ),
)


def sections_for(user: Any, partner: Any, *, today: date) -> list[dict[str, Any]]:
    """Return the pages of a partner's record that somebody who sees it may open, under their headings."""
    found = [
        (heading, [page for page in pages if page.allows(user, partner, today=today)]) for heading, pages in SECTIONS
    ]
    return [
        {
            "heading": heading,
            "entries": [
                {
                    "label": page.label,
                    "url": reverse(page.url_name, args=[partner.pk] if page.takes_partner else []),
                    "about": page.about,
                }
                for page in pages
            ],
        }
        for heading, pages in found
        if pages
    ]
