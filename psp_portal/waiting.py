"""What waits for somebody, and what somebody waits for, as every app tells it to the first page."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for somebody: what it is, where it is done, since when it waits, and by when it is due."""

    label: str
    detail: str
    url: str
    since: datetime
    due_on: date | None = None


@dataclass(frozen=True)
class Awaited:
    """One thing that somebody waits for: what it is, who has it now, since when, and by when they must answer."""

    label: str
    who: str
    url: str
    since: datetime
    due_on: date | None = None
