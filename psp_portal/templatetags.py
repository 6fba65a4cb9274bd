"""The template library ``psp``: how the portal writes money, dates, times and statuses. Words and colours only."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString

from psp_portal import dates, money
from psp_portal.nhsuk.tags.components import nhs_tag

register = template.Library()

# The one place that gives a status its colour. The same colour always means the same thing, and the words say it too:
#   grey        nothing is under way, or it ended without a payment
#   blue        somebody at the organisation has to act
#   yellow      the partner has to act
#   aqua-green  agreed, not yet paid
#   purple      with finance or the bank
#   green       paid, or done
#   red         the organisation said no
#   orange      something went wrong and is being put right
# Keyed by the label, because a model's field holds a plain value and the same value ("draft") has other meanings
# elsewhere. A test finds a label of the enums of expenses that is missing here.
STATUS_COLOURS = {
    "Draft": "grey",
    "Waiting for a decision": "blue",
    "Question for the partner": "yellow",
    "Returned with a question": "yellow",
    "Appeal being decided": "blue",
    "Approved, waiting for payment": "aqua-green",
    "In a payment run": "purple",
    "In the run": "purple",
    "Released, waiting for the bank": "purple",
    "Waiting to be released": "blue",
    "Not approved": "red",
    "Not approved, final": "red",
    "Paid": "green",
    "Settled": "green",
    "Failed": "orange",
    "Nothing to pay": "grey",
    "Withdrawn": "grey",
    "Taken out": "grey",
    "Cancelled": "grey",
    "Waiting for an answer": "blue",
    "Agreed": "aqua-green",
    "Not agreed": "red",
    "Open for applications": "green",
    "Closed to applications": "grey",
    "Started, not sent": "yellow",
    "Application sent": "blue",
    "Shortlisted": "blue",
    "Invited to a chat": "blue",
    "Invited to an interview": "blue",
    "Role offered": "yellow",
    "Appointed": "green",
    "Not this time": "red",
    "Application withdrawn": "grey",
    "Expired, never sent": "grey",
    "Expired": "orange",
    "Due": "yellow",
    "Runs out soon": "yellow",
    "Done": "green",
    "Planned": "grey",
    "Held": "grey",
    "Declined": "grey",
    "Ended": "grey",
    "Proposed": "yellow",
    "Under way": "aqua-green",
    "Being written": "yellow",
    "To be agreed": "yellow",
    "Agreed by both": "green",
    "Waiting to be checked": "blue",
    "Cleared": "green",
    "Cleared with conditions": "green",
    "Not cleared": "red",
    "To be signed": "yellow",
    "To be signed again": "yellow",
    "Waiting for the second signature": "blue",
    "Signed by both": "green",
    "Consent given": "green",
    "Consent not given": "grey",
    "Consent withdrawn": "grey",
    "Never declared": "yellow",
    "Due for review": "yellow",
    "Declared": "green",
    "Not yet started": "blue",
    "Overdue": "orange",
    "Not needed": "grey",
    "Answered, for the partner to confirm": "yellow",
    "No reply needed": "grey",
    "Question closed": "green",
    "To be decided": "blue",
    "Decided": "green",
    "Offered": "yellow",
    "Answered": "green",
    "Published": "green",
    "Waiting for a second person": "blue",
    "Confirmed by a second person": "blue",
    "Shut out": "red",
    "Not shut out": "grey",
    "Identity to be checked": "yellow",
    "File ready": "blue",
    "File collected": "green",
    "Closed without a file": "grey",
}


@register.simple_tag
def status_tag(status: Any, label: str = "") -> SafeString:
    """Render a status as a tag with its words.

    ``status`` is a member of an enum, or a row with a ``status`` field (``{% status_tag claim %}``), or any value
    when its ``label`` is given. A label without a colour of its own is grey.
    """
    if not label:
        display = getattr(status, "get_status_display", None)
        label = display() if display else str(getattr(status, "label", status))
    return nhs_tag(label, STATUS_COLOURS.get(label, "grey"))


@register.filter
def pounds(amount: Decimal | str | None) -> str:
    """Write an amount in pounds, or its text as it is kept in JSON: £1,234.50; nothing for None."""
    return "" if amount is None else money.format_pounds(Decimal(amount))


@register.filter
def nhs_date(moment: date | datetime | None) -> str:
    """Write a date, or a moment's date in London, as 6 August 2026; nothing for None."""
    if moment is None or moment == "":
        return ""
    return dates.format_date(dates.local_date(moment) if isinstance(moment, datetime) else moment)


@register.filter
def nhs_time(moment: time | datetime | None) -> str:
    """Write a time of day, or a moment's time in London, as 9am, 2:30pm, midday or midnight; nothing for None."""
    if moment is None or moment == "":
        return ""
    if isinstance(moment, datetime):
        moment = moment.astimezone(dates.LONDON)
    if moment.minute == 0 and moment.hour in (0, 12):
        return "midday" if moment.hour else "midnight"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'pm' if moment.hour >= 12 else 'am'}"


@register.filter
def nhs_datetime(moment: datetime | None) -> str:
    """Write a moment as 6 August 2026 at 2:30pm, in London's time; nothing for None."""
    return f"{nhs_date(moment)} at {nhs_time(moment)}" if moment else ""


@register.filter
def working_minutes(minutes: int | None) -> str:
    """Write a length of time given in minutes: 3 h 30 min; nothing for None."""
    return "" if minutes is None else dates.format_minutes(minutes)


@register.filter
def miles(distance: Decimal | None) -> str:
    """Write a distance: 24.6 miles, 1 mile; nothing for None."""
    if distance is None:
        return ""
    number = f"{distance:,f}"
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return f"{number} {'mile' if number == '1' else 'miles'}"
