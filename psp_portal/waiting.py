"""One thing that waits for somebody, as every app tells it to the first page."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Waiting:
    """What it is, where it is done, since when it waits, and by when it is due."""

    label: str
    detail: str
    url: str
    since: datetime
    due_on: date | None = None
