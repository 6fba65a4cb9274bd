"""What the first page shows. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from committees import queries as committees
from expenses import queries as expenses
from partners.queries import questions
from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.accounts.models import User
from psp_portal.home.queries.waiting import AwaitedItem, Item, awaited_by, waiting_for

MEETINGS_SHOWN = 3
# The oldest of what waits; the rest has a page of its own.
MOST_SHOWN, MOST_AWAITED = 15, 5
# A longer list is easier to read in parts.
LONG = 8


@dataclass(frozen=True)
class Group:
    """Things that wait under one heading; without one when the list is short."""

    heading: str
    items: list[Item]


@dataclass(frozen=True)
class FirstPage:
    """What the first page shows."""

    waiting: list[Item]
    awaited: list[AwaitedItem]
    ahead: list[Any]
    to_claim: int
    is_partner: bool
    is_staff: bool
    is_helper: bool
    # A partner's own limits, which they alone see.
    limits: list[Any] = field(default_factory=list)
    # How their own questions have been answered.
    answering: questions.QuestionFigures | None = None

    @property
    def groups(self) -> list[Group]:
        """The oldest of what waits, in parts when there are many; the part with the oldest first."""
        return grouped(self.waiting[:MOST_SHOWN])

    @property
    def more(self) -> int:
        """How much waits beyond what is shown."""
        return max(len(self.waiting) - MOST_SHOWN, 0)

    @property
    def awaited_shown(self) -> list[AwaitedItem]:
        return self.awaited[:MOST_AWAITED]

    @property
    def awaited_more(self) -> int:
        return max(len(self.awaited) - MOST_AWAITED, 0)


def grouped(items: Sequence[Item]) -> list[Group]:
    """Return things that wait in their order: as one list, or when it is long under the headings they stand under."""
    if len(items) <= LONG:
        return [Group("", list(items))] if items else []
    headings = dict.fromkeys(item.heading for item in items)
    return [Group(heading, [item for item in items if item.heading == heading]) for heading in headings]


def first_page(user: User, roles: Collection[Role], *, today: date) -> FirstPage:
    """Return what waits for somebody, oldest first, whom they wait for, and what lies ahead, at all organisations.

    ``roles`` are those at their current organisation: they choose what the page offers, not what waits.
    """
    is_partner = Role.PARTNER in roles
    return FirstPage(
        waiting=waiting_for(user, today=today),
        awaited=awaited_by(user, today=today),
        ahead=list(committees.meetings_ahead(user, today=today)[:MEETINGS_SHOWN]),
        to_claim=expenses.meetings_to_claim(user, today=today).count() if is_partner else 0,
        is_partner=is_partner,
        is_staff=bool(set(roles) & STAFF_ROLES),
        limits=expenses.limits_ahead(user, today=today) if is_partner else [],
        is_helper=Role.HELPER in roles,
        answering=questions.figures_of(questions.own_questions(user)) if is_partner else None,
    )
