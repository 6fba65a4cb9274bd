"""A rate card's figures in words. Pure: every door to a card says the same of it."""

from collections.abc import Sequence
from decimal import Decimal

from expenses.enums import AtBoundary
from expenses.policies.card import Band, ByDay, ByHour, BySession, LateCancellation, TimeTerms
from psp_portal.dates import format_minutes
from psp_portal.money import format_number, format_pounds, format_rate


def terms_in_words(terms: TimeTerms) -> str:
    """Return what time pays: "Half day £75.00 (up to and including 4 h), full day £150.00"."""
    match terms:
        case ByDay():
            limit = format_minutes(terms.boundary_minutes)
            up_to = f"up to and including {limit}" if terms.at_boundary == AtBoundary.HALF_DAY else f"less than {limit}"
            return f"Half day {format_pounds(terms.half_day)} ({up_to}), full day {format_pounds(terms.full_day)}"
        case ByHour():
            return f"{format_pounds(terms.rate)} an hour, by the minute"
        case BySession():
            length = format_minutes(terms.session_minutes)
            return f"{format_pounds(terms.amount)} for each session of {length} or part of one"
        case _:
            return "Time is not paid"


def mileage_in_words(bands: Sequence[Band], passenger: Decimal) -> str:
    """Return what a mile pays: "55p a mile up to 10,000 miles a year, then 25p; 5p for each passenger"."""
    parts = []
    for place, band in enumerate(bands):
        rate = format_rate(band.rate) + (" a mile" if place == 0 else "")
        parts.append(rate if band.up_to is None else f"{rate} up to {format_miles_a_year(band.up_to)}")
    carried = f"; {format_rate(passenger)} a mile for each passenger" if passenger else ""
    return ", then ".join(parts) + carried


def cap_in_words(amount: Decimal) -> str:
    """Return the most that a line is paid: "At most £5.00"."""
    return f"At most {format_pounds(amount)}"


def late_cancellation_in_words(late: LateCancellation | None) -> str:
    """Return what a meeting cancelled late pays."""
    if late is None:
        return "Not paid"
    hours = f"{late.within_hours} {'hour' if late.within_hours == 1 else 'hours'}"
    return f"A {late.pays.label.lower()}, when the notice is {hours} or less"


def format_miles_a_year(miles: Decimal) -> str:
    """Write a band's end: 10,000 miles a year."""
    whole = format_number(miles)
    return f"{Decimal(whole):,f} miles a year"
