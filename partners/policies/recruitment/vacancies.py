"""What a vacancy may be, and when it takes applications. Pure."""

import re
from datetime import date, datetime

from partners.enums.recruitment import VacancyStatus
from psp_portal.dates import format_date
from psp_portal.exceptions import RuleBroken

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
SHORTEST_SLUG, LONGEST_SLUG = 3, 40


def clean_slug(typed: str, *, field: str = "slug", shortest: int = SHORTEST_SLUG) -> str:
    """Return the last part of a plain address, in small letters. Raises RuleBroken for what nobody could dictate."""
    slug = typed.strip().lower()
    if _SLUG.fullmatch(slug) is None or not shortest <= len(slug) <= LONGEST_SLUG:
        raise RuleBroken(
            f"Use {shortest} to {LONGEST_SLUG} letters and numbers, with single dashes between them", field=field
        )
    return slug


def check_days(opens_on: date, closes_on: date) -> None:
    """Refuse a vacancy that closes before it opens."""
    if closes_on < opens_on:
        raise RuleBroken(f"The last day must be on or after the first day, {format_date(opens_on)}", field="closes_on")


def check_can_open(status: str, *, closes_on: date, today: date) -> None:
    """Refuse to open what is open, or what would be over at once."""
    if status == VacancyStatus.OPEN:
        raise RuleBroken("This vacancy is open already.")
    if closes_on < today:
        raise RuleBroken(f"The last day was {format_date(closes_on)}. Change it first.")


def check_can_close(status: str) -> None:
    """Refuse to close what is not open."""
    if status != VacancyStatus.OPEN:
        raise RuleBroken("This vacancy is not open.")


def is_taking(status: str, *, opens_on: date, closes_on: date, today: date) -> bool:
    """Say whether applications can be started on a day; both days included."""
    return status == VacancyStatus.OPEN and opens_on <= today <= closes_on


def check_is_taking(status: str, *, opens_on: date, closes_on: date, today: date) -> None:
    """Refuse a new application while a vacancy does not take any."""
    if not is_taking(status, opens_on=opens_on, closes_on=closes_on, today=today):
        raise RuleBroken("This role is not open for applications now.")


def check_criteria_can_change(*, scores: int) -> None:
    """Refuse to change what applications are measured by once the first has been measured."""
    if scores:
        raise RuleBroken("Somebody has scored an application already, so the criteria cannot be changed any more.")


def check_time(starts_at: datetime, *, at: datetime) -> None:
    """Refuse to offer a time that has passed."""
    if starts_at <= at:
        raise RuleBroken("The time must be in the future", field="on")
