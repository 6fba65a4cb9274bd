"""What waits for somebody, and whom they wait for: every app's functions, gathered.

A part of the portal joins in with a line in ``WAITING`` (under the heading that its rows stand under when the list is
long) and, where people ask others for something, one in ``AWAITED``. Its function takes ``user`` and ``today``, returns
``psp_portal.waiting`` rows, at most 50 of a kind, in a bounded number of queries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from committees import queries as committees
from expenses import queries as expenses
from partners.queries import (
    access,
    agreements,
    capacity,
    checks,
    imports,
    induction,
    interests,
    leaving,
    questions,
    recruitment,
    support,
    training,
)
from psp_portal.accounts.models import User
from psp_portal.dates import format_date, local_date
from psp_portal.money import format_pounds
from psp_portal.people.queries import shutting_out
from psp_portal.retention import queries as retention
from psp_portal.subject_access import queries as subject_access
from psp_portal.waiting import Awaited, Waiting

# So many of a kind are looked for: more cannot be done in a day, and the oldest are among them.
MOST = 50


@dataclass(frozen=True)
class Item:
    """One thing that waits, with how long it has waited and whether it should have been done by now."""

    heading: str
    label: str
    detail: str
    url: str
    since: datetime
    due_on: date | None
    days: int
    is_late: bool


@dataclass(frozen=True)
class AwaitedItem:
    """One thing that somebody waits for, with who has it, for how long, and whether they should have answered."""

    label: str
    who: str
    url: str
    since: datetime
    due_on: date | None
    days: int
    is_late: bool


def _meetings_to_record(user: User, *, today: date) -> list[Waiting]:
    return [
        Waiting(
            label=f"Say whether you were at {meeting.committee.name}",
            detail=f"It met on {format_date(local_date(meeting.starts_at))}. You can claim for it once you have said.",
            # Each carries ``assignment_id``, which the type of a meeting does not know.
            url=reverse("committees:attendance_record", args=[meeting.pk, meeting.assignment_id]),  # type: ignore[attr-defined]
            since=meeting.starts_at,
        )
        for meeting in committees.meetings_to_record(user, today=today)[:MOST]
    ]


def _cancellations(user: User, *, today: date) -> list[Waiting]:
    """Return the meetings that were cancelled so late that they pay: whoever would have gone may not know it."""
    return [
        Waiting(
            label=f"Claim {format_pounds(found.pays)} for a cancelled meeting",
            detail=f"{meeting.committee.name}, {format_date(local_date(meeting.starts_at))}",
            url=reverse("expenses:cancellation_detail", args=[meeting.pk]),
            since=meeting.starts_at,
        )
        for found in expenses.cancellations_to_claim(user, today=today)[:MOST]
        for meeting in [found.cancelled.meeting]
    ]


def _first_meetings(user: User, *, today: date) -> list[Waiting]:
    """Return the first meetings to which somebody goes along with a partner."""
    return [
        Waiting(
            label=f"Go along with {assignment.partner.user.name} to their first meeting",
            detail=f"{assignment.committee.name}, {_when(escort.meeting)}. You meet: {assignment.how_to_meet}",
            url=reverse("committees:escort_detail", args=[assignment.pk]),
            since=assignment.escort_named_at,
            due_on=local_date(escort.meeting.starts_at) if escort.meeting else None,
        )
        for escort in committees.escorts_by(user, today=today)[:MOST]
        for assignment in [escort.assignment]
    ]


def _when(meeting: Any) -> str:
    return format_date(local_date(meeting.starts_at)) if meeting else "no meeting is planned yet"


WAITING: tuple[tuple[str, Callable[..., list[Waiting]]], ...] = (
    ("Claims and payments", expenses.waiting_for),
    ("Meetings", _meetings_to_record),
    ("Meetings", _cancellations),
    ("Meetings", _first_meetings),
    ("Recruitment", recruitment.waiting),
    ("Partners", imports.waiting),
    ("Partners", checks.waiting),
    ("Agreements", agreements.waiting),
    ("Agreements", interests.waiting),
    ("Partners", capacity.waiting),
    ("Partners", access.waiting),
    ("Induction", induction.waiting),
    ("Questions", questions.waiting),
    ("Training", training.waiting),
    ("Support", support.waiting),
    ("Partners", leaving.waiting),
    ("People", shutting_out.waiting),
    ("Records", retention.waiting),
    ("Records", subject_access.waiting),
)
AWAITED: tuple[Callable[..., list[Awaited]], ...] = (
    expenses.awaited_by,
    checks.awaited,
    agreements.awaited,
    induction.awaited,
    questions.awaited_by,
    subject_access.awaited,
)


def waiting_for(user: User, *, today: date) -> list[Item]:
    """Return what waits for somebody at all their organisations, the oldest first."""
    found = [
        Item(
            heading=heading,
            label=row.label,
            detail=row.detail,
            url=row.url,
            since=row.since,
            due_on=row.due_on,
            days=_days(row, today),
            is_late=_is_late(row, today),
        )
        for heading, waiting in WAITING
        for row in waiting(user, today=today)
    ]
    return sorted(found, key=lambda item: item.since)


def awaited_by(user: User, *, today: date) -> list[AwaitedItem]:
    """Return what somebody waits for, and of whom, the oldest first."""
    found = [
        AwaitedItem(
            label=row.label,
            who=row.who,
            url=row.url,
            since=row.since,
            due_on=row.due_on,
            days=_days(row, today),
            is_late=_is_late(row, today),
        )
        for awaited in AWAITED
        for row in awaited(user, today=today)
    ]
    return sorted(found, key=lambda item: item.since)


def _days(row: Waiting | Awaited, today: date) -> int:
    return max((today - local_date(row.since)).days, 0)


def _is_late(row: Waiting | Awaited, today: date) -> bool:
    return row.due_on is not None and row.due_on < today
