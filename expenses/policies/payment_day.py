"""On which day a payment counts as made: reports, tax years and the thirty days go by it. Pure."""

from collections.abc import Collection
from datetime import date, datetime, time

from psp_portal.dates import LONDON, add_working_days, format_date, local_date


def expected_on(processing_on: date | None, *, today: date, holidays: Collection[date]) -> date:
    """Return the day on which a run was probably paid, as long as nobody says another.

    BACS puts the money into the accounts on the working day after ``processing_on``, the day a file of it names.
    Without such a file, and while that day is still to come, it is today.
    """
    if processing_on is None:
        return today
    entry = add_working_days(processing_on, 1, holidays)
    return min(entry, today)


def why_not(day: date, *, released_on: date, today: date) -> str:
    """Return why a payment cannot have been made on a day; nothing when it can."""
    if day > today:
        return "The day it was paid must be today or in the past."
    if day < released_on:
        return f"The day it was paid must be on or after {format_date(released_on)}, when the run was released."
    return ""


def moment_of(day: date, *, at: datetime) -> datetime:
    """Return the moment that is kept for a payment marked at ``at``: that moment itself, or noon of an earlier day."""
    return at if day == local_date(at) else datetime.combine(day, time(12), tzinfo=LONDON)
