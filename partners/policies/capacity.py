"""Rules of a partner's time and interests, pure: values in, a value or RuleBroken out."""

import calendar
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from partners.enums.capacity import CapacityStatus as S
from partners.enums.capacity import CapacityUnit, PartOfDay
from psp_portal.dates import add_months, format_date, format_minutes
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

# A month has no more hours or days than these; beyond them a figure was mistyped.
MOST = {CapacityUnit.HOURS: Decimal(200), CapacityUnit.DAYS: Decimal(23)}
# How many months a page looks ahead, this one included, and how far off an agreement may begin.
MONTHS_SHOWN = 3
MONTHS_AHEAD = 12
# Whoever is away for longer pauses the appointment.
LONGEST_AWAY = 366
MOST_TAGS, LONGEST_TAG = 60, 60

# The weekdays of ``date.weekday``; the slots of a week are "<weekday>:<part of day>".
WEEKDAYS = tuple(calendar.day_name)
SLOTS = tuple(f"{weekday}:{part.value}" for weekday in range(7) for part in PartOfDay)

_ANSWERED = {
    S.AGREED: "This has been agreed already.",
    S.NOT_AGREED: "This has been answered already: it was not agreed.",
    S.WITHDRAWN: "This was withdrawn, or something else has been proposed since.",
}


# --- how much time a month --------------------------------------------------------------------
@dataclass(frozen=True)
class Agreed:
    """Time that was agreed: from which month on (its first day), how many minutes a month, and when that was said."""

    starts_on: date
    minutes: int
    at: datetime


@dataclass(frozen=True)
class Promised:
    """What a partner's meetings take of a month: how many they are, and how long together."""

    meetings: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class MonthOfTime:
    """A month of a partner in minutes: agreed (None when nothing is), promised, and left (below nought when over)."""

    month: date
    agreed: int | None
    promised: int
    left: int | None

    @property
    def is_over(self) -> bool:
        """Say whether more is promised than was agreed."""
        return self.left is not None and self.left < 0

    @property
    def in_words(self) -> str:
        """How much is left, in words."""
        return left_in_words(self.left)


def first_of_month(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def months_from(day: date, count: int = MONTHS_SHOWN) -> list[date]:
    """Return the first days of so many months, beginning with the day's own."""
    return [add_months(first_of_month(day), ahead) for ahead in range(count)]


def check_amount(amount: Decimal, unit: str) -> None:
    """Refuse an amount of time that is none, or more than a month has."""
    most = MOST[CapacityUnit(unit)]
    if not 0 < amount <= most:
        noun = CapacityUnit(unit).value
        raise RuleBroken(f"The time must be more than 0, and {most} {noun} a month or less", field="amount")


def check_first_month(month: date, *, today: date) -> None:
    """Refuse an agreement that begins within a month, in a month gone by, or more than a year ahead."""
    if month not in months_from(today, MONTHS_AHEAD + 1):
        raise RuleBroken("Select a month from this one to a year ahead", field="starts_on")


def minutes_of(amount: Decimal, unit: str, *, day_minutes: int) -> int:
    """Return an amount of hours or days in whole minutes; ``day_minutes`` is what the organisation calls a day."""
    return int(amount * (60 if unit == CapacityUnit.HOURS else day_minutes))


def time_in_words(amount: Decimal, unit: str) -> str:
    """Write an amount of time a month: 8 hours a month, 1 day a month, 1.5 days a month."""
    noun = CapacityUnit(unit).value
    return f"{amount.normalize():f} {noun[:-1] if amount == 1 else noun} a month"


def check_can_be_answered(status: str) -> None:
    """Refuse to answer, or to withdraw, what waits for no answer any more."""
    if status != S.PROPOSED:
        raise TransitionNotAllowed(_ANSWERED[S(status)])


def agreed_in(month: date, agreements: Iterable[Agreed]) -> int | None:
    """Return the minutes agreed for a month: by the latest agreement that had begun by then; None without one."""
    begun = [each for each in agreements if each.starts_on <= month]
    return max(begun, key=lambda each: (each.starts_on, each.at)).minutes if begun else None


def promised_minutes(promised: Promised, *, preparation_minutes: int) -> int:
    """Return what meetings take with the preparation that the organisation allows for each."""
    return promised.minutes + promised.meetings * preparation_minutes


def capacity_left(agreed_minutes: int | None, promised_minutes: int) -> int | None:
    """Return the minutes left of a month; below nought when too much is promised, None when nothing is agreed."""
    return None if agreed_minutes is None else agreed_minutes - promised_minutes


def left_in_words(left: int | None) -> str:
    """Say how much of a month is left."""
    if left is None:
        return "No time has been agreed"
    if left < 0:
        return f"{format_minutes(-left)} more than agreed"
    return f"{format_minutes(left)} left" if left else "Nothing left"


def check_settings(*, day_minutes: int, preparation_minutes: int, tags: Collection[str]) -> None:
    """Refuse an organisation's own numbers that are out of reason, and too many or too long interests to choose."""
    if not 60 <= day_minutes <= 720:
        raise RuleBroken("Minutes must be from 60 to 720, which is 12 hours", field="day_minutes")
    if not 0 <= preparation_minutes <= 720:
        raise RuleBroken("Minutes must be from 0 to 720, which is 12 hours", field="preparation_minutes")
    if len(tags) > MOST_TAGS:
        raise RuleBroken(f"There can be {MOST_TAGS} interests at most", field="tags")
    if any(len(tag) > LONGEST_TAG for tag in tags):
        raise RuleBroken(f"Each interest must be {LONGEST_TAG} characters or fewer", field="tags")


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Return the words to choose from with single spaces, each once however it is capitalised, in their order."""
    cleaned = [" ".join(tag.split()) for tag in tags]
    return list({tag.casefold(): tag for tag in reversed(cleaned) if tag}.values())[::-1]


# --- when -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Period:
    """Days on which somebody is away, both included."""

    starts_on: date
    ends_on: date

    def touches(self, other: "Period") -> bool:
        """Say whether two periods share a day, or one begins the day after the other ends."""
        one_day = timedelta(days=1)
        return self.starts_on <= other.ends_on + one_day and other.starts_on <= self.ends_on + one_day

    @property
    def in_words(self) -> str:
        """The days, in words."""
        if self.starts_on == self.ends_on:
            return f"on {format_date(self.starts_on)}"
        return f"from {format_date(self.starts_on)} to {format_date(self.ends_on)}"


def check_away(period: Period, *, today: date) -> None:
    """Refuse days away that end before they start, are over, or are so many that the appointment should be paused."""
    if period.ends_on < period.starts_on:
        raise RuleBroken(
            f"The last day away must be on or after the first, {format_date(period.starts_on)}", field="ends_on"
        )
    if period.ends_on < today:
        raise RuleBroken("The last day away must be today or later", field="ends_on")
    if (period.ends_on - period.starts_on).days >= LONGEST_AWAY:
        raise RuleBroken(
            "Days away must be a year or less. For longer, ask your lead to pause the role", field="ends_on"
        )


def merged(period: Period, others: Iterable[Period]) -> tuple[Period, list[Period]]:
    """Return the period with all that it touches as one, and those that it has taken in."""
    taken: list[Period] = []
    left = sorted(others, key=lambda each: each.starts_on)
    while touching := [each for each in left if period.touches(each)]:
        taken += touching
        left = [each for each in left if each not in touching]
        together = [period, *touching]
        period = Period(min(each.starts_on for each in together), max(each.ends_on for each in together))
    return period, taken


def check_slots(slots: Collection[str]) -> None:
    """Refuse times of a week that are none."""
    if not set(slots) <= set(SLOTS):
        raise RuleBroken("Select the times when you can usually take part")


def week_in_words(slots: Collection[str]) -> list[tuple[str, str]]:
    """Return (weekday, its parts of the day in words) for each day on which somebody can take part."""
    words = []
    for weekday, name in enumerate(WEEKDAYS):
        parts = [part.label.lower() for part in PartOfDay if f"{weekday}:{part.value}" in slots]
        if parts:
            words.append((name, _listed(parts)))
    return words


def _listed(parts: Sequence[str]) -> str:
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last
