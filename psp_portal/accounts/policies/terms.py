"""When a role, a post or an absence may begin and end, and how long an invitation is good. Pure."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Protocol

from psp_portal.dates import format_date
from psp_portal.exceptions import RuleBroken

INVITATION_LASTS = timedelta(days=14)


def check_ends(starts_on: date, ends_on: date | None, *, field: str = "ends_on") -> None:
    """Refuse a last day before the first."""
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken(f"The last day must be {format_date(starts_on)} or later, the day it starts.", field=field)


def check_last_day_not_long_past(ends_on: date, today: date) -> None:
    """Refuse a last day before yesterday: what somebody did since then would have been done without the role."""
    if ends_on < today - timedelta(days=1):
        raise RuleBroken("The last day cannot be before yesterday.", field="ends_on")


def overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Say whether two stretches of days, both ends included and None for no end, share a day."""
    (first_start, first_end), (second_start, second_end) = first, second
    return (second_end is None or first_start <= second_end) and (first_end is None or second_start <= first_end)


def hash_of(token: str) -> str:
    """Return what is kept of an invitation's key: enough to know it again, too little to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_expires_at(invited_at: datetime) -> datetime:
    """Return the moment at which an invitation is no longer good."""
    return invited_at + INVITATION_LASTS


class Invitation(Protocol):
    """What the rule looks at."""

    accepted_at: datetime | None
    lapsed_at: datetime | None
    expires_at: datetime


def check_invitation(invitation: Invitation | None, *, at: datetime) -> None:
    """Refuse an invitation that is unknown, was used, was withdrawn or is too old, saying which."""
    if invitation is None:
        raise RuleBroken("This link is not right. Check that you have copied all of it from the email.")
    if invitation.accepted_at is not None:
        raise RuleBroken("This invitation has been used. You can sign in with your email address.")
    if invitation.lapsed_at is not None or at >= invitation.expires_at:
        raise RuleBroken("This invitation has run out. Ask the person who invited you to send a new one.")
