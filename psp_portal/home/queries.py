"""What waits for a person, from every app. Reads only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from committees import queries as committees
from expenses import queries as expenses
from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.accounts.models import User
from psp_portal.dates import format_date, local_date
from psp_portal.money import format_pounds

MEETINGS_SHOWN = 3


@dataclass(frozen=True)
class Item:
    """One thing that waits, with how long it has waited and whether it should have been done by now."""

    label: str
    detail: str
    url: str
    since: datetime
    due_on: date | None
    days: int
    is_late: bool


@dataclass(frozen=True)
class FirstPage:
    """What the first page shows."""

    waiting: list[Item]
    ahead: list[Any]
    to_claim: int
    is_partner: bool
    is_staff: bool
    is_helper: bool
    # A partner's own limits, which they alone see.
    limits: list[Any] = field(default_factory=list)


def first_page(user: User, roles: Collection[Role], *, today: date) -> FirstPage:
    """Return what waits for somebody, oldest first, and what lies ahead of them, at all their organisations.

    ``roles`` are those at their current organisation: they choose what the page offers, not what waits.
    """
    is_partner = Role.PARTNER in roles
    waiting = [_item(found, today) for found in expenses.waiting_for(user, today=today)]
    if is_partner:
        waiting += [*_meetings_to_record(user, today), *_cancellations(user, today)]
    return FirstPage(
        waiting=sorted(waiting, key=lambda item: item.since),
        ahead=list(committees.meetings_ahead(user, today=today)[:MEETINGS_SHOWN]),
        to_claim=expenses.meetings_to_claim(user, today=today).count() if is_partner else 0,
        is_partner=is_partner,
        is_staff=bool(set(roles) & STAFF_ROLES),
        limits=expenses.limits_ahead(user, today=today) if is_partner else [],
        is_helper=Role.HELPER in roles,
    )


def _item(found: Any, today: date) -> Item:
    return Item(
        label=found.label,
        detail=found.detail,
        url=found.url,
        since=found.since,
        due_on=found.due_on,
        days=max((today - local_date(found.since)).days, 0),
        is_late=found.due_on is not None and found.due_on < today,
    )


def _meetings_to_record(user: User, today: date) -> list[Item]:
    # Each carries ``assignment_id``, which the type of a meeting does not know.
    meetings: Iterable[Any] = committees.meetings_to_record(user, today=today)
    return [
        Item(
            label=f"Say whether you were at {meeting.committee.name}",
            detail=f"It met on {format_date(local_date(meeting.starts_at))}. You can claim for it once you have said.",
            url=reverse("committees:attendance_record", args=[meeting.pk, meeting.assignment_id]),
            since=meeting.starts_at,
            due_on=None,
            days=max((today - local_date(meeting.starts_at)).days, 0),
            is_late=False,
        )
        for meeting in meetings
    ]


def _cancellations(user: User, today: date) -> list[Item]:
    """Return the meetings that were cancelled so late that they pay: whoever would have gone may not know it."""
    return [
        Item(
            label=f"Claim {format_pounds(found.pays)} for a cancelled meeting",
            detail=f"{meeting.committee.name}, {format_date(local_date(meeting.starts_at))}",
            url=reverse("expenses:cancellation_detail", args=[meeting.pk]),
            since=meeting.starts_at,
            due_on=None,
            days=max((today - local_date(meeting.starts_at)).days, 0),
            is_late=False,
        )
        for found in expenses.cancellations_to_claim(user, today=today)
        for meeting in [found.cancelled.meeting]
    ]
