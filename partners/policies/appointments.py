"""Rules of an appointment, pure: values in, nothing or RuleBroken out."""

import re
from datetime import date
from decimal import Decimal

from partners.enums import PartnerStatus
from psp_portal.dates import format_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

# Nobody travels further for a meeting in England: Penzance to Berwick and back is 1,000 miles.
LONGEST_JOURNEY = Decimal(2000)


def check_term(starts_on: date, term_ends_on: date) -> None:
    """Refuse a term whose last day is before its first."""
    if term_ends_on < starts_on:
        raise RuleBroken(
            f"The term must end on or after the day it starts, {format_date(starts_on)}", field="term_ends_on"
        )


def check_is_serving(status: str) -> None:
    """Refuse to change the appointment of a partner who has left."""
    if status == PartnerStatus.LEFT:
        raise TransitionNotAllowed("This partner has left, so the appointment cannot be changed any more.")


def check_last_day(left_on: date, *, starts_on: date, today: date) -> None:
    """Refuse a last day before the first, or still to come: until then the partner has not left.

    An end that is planned is the term's last day.
    """
    if left_on < starts_on:
        raise RuleBroken(f"The last day must be on or after the first day, {format_date(starts_on)}", field="left_on")
    if left_on > today:
        raise RuleBroken(
            "The last day must be today or in the past. If the end is planned, change the term instead",
            field="left_on",
        )


def check_journey(*, from_place: str, to_place: str, miles: Decimal) -> None:
    """Refuse a usual journey without its two places or with impossible miles (there and back)."""
    if not from_place.strip():
        raise RuleBroken("Enter where you travel from", field="from_place")
    if not to_place.strip():
        raise RuleBroken("Enter where you travel to", field="to_place")
    if not 0 < miles <= LONGEST_JOURNEY:
        raise RuleBroken(f"Miles must be more than 0, and {LONGEST_JOURNEY:,f} or less", field="miles")


def clean_telephone(number: str) -> str:
    """Return a telephone number with single spaces. Raises RuleBroken for what nobody could call.

    It ends in four digits at least, because that end is what a record of a call shows of it.
    """
    cleaned = " ".join(number.split())
    digits = re.sub(r"[ ()-]", "", cleaned)
    if re.fullmatch(r"\+?[0-9]{10,15}", digits) is None or re.search(r"[0-9]{4}$", cleaned) is None:
        raise RuleBroken("Enter a telephone number, like 01632 960001 or +44 7700 900982", field="number")
    return cleaned
