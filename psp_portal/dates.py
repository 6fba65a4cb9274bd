"""Dates as the NHS works with them. Pure: today and the bank holidays are passed in."""

import calendar
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Say whether an office works on this day: not at a week-end, not on a bank holiday."""
    return day.weekday() < 5 and day not in holidays


def add_working_days(start: date, count: int, holidays: Collection[date]) -> date:
    """Return the working day that is ``count`` working days after ``start``; ``start`` is day 0.

    Raises ValueError when ``count`` is negative.
    """
    if count < 0:
        raise ValueError("count must not be negative")
    day = start
    while count:
        day += timedelta(days=1)
        if is_working_day(day, holidays):
            count -= 1
    return day


def working_days_between(start: date, end: date, holidays: Collection[date]) -> int:
    """Return how many working days after ``start`` the day ``end`` is; ``start`` is day 0, and so is any day before."""
    days = (start + timedelta(days=count) for count in range(1, (end - start).days + 1))
    return sum(is_working_day(day, holidays) for day in days)


def add_months(day: date, count: int) -> date:
    """Return the same day of the month ``count`` months on, or that month's last day."""
    years, month0 = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def year_starting(day: date, starts: tuple[int, int]) -> date:
    """Return the first day of the year that ``day`` falls in, for years starting on (month, day)."""
    this_year = date(day.year, *starts)
    return this_year if day >= this_year else date(day.year - 1, *starts)


def local_date(at: datetime) -> date:
    """Return the date in London at an aware moment."""
    return at.astimezone(LONDON).date()


def start_of_day(day: date) -> datetime:
    """Return the aware moment at which a day begins in London."""
    return datetime.combine(day, time.min, tzinfo=LONDON)


def format_date(day: date) -> str:
    """Write a date as the NHS does: 6 August 2026."""
    return f"{day.day} {day:%B %Y}"


def format_minutes(minutes: int) -> str:
    """Write a length of time: 45 min, 3 h, 3 h 30 min."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return " ".join(parts)
