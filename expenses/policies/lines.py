"""What a line of a claim may say. Pure; forms ask the same things early, services decide."""

from datetime import date
from decimal import Decimal

from expenses.enums import LineKind
from psp_portal.dates import format_date, format_minutes
from psp_portal.exceptions import RuleBroken

DAY_MINUTES = 24 * 60
# One day's driving at a steady 50 miles an hour all day long: a longer journey is a slip of the finger.
MOST_MILES = Decimal("1200")
MOST_PASSENGERS = 8
# Greatest amount a column of the database holds with room for a sum of many lines; a line above it is a slip.
MOST_POUNDS = Decimal("99999.99")

TIME = (LineKind.INVOLVEMENT_PAYMENT,)
NO_AMOUNT = (LineKind.INVOLVEMENT_PAYMENT, LineKind.CANCELLED_MEETING, LineKind.MILEAGE)


def check_line_date(on: date, *, today: date, starts_on: date, ends_on: date) -> None:
    """Raise RuleBroken (field ``date``) for a day still to come, or outside the appointment (both ends included)."""
    if on > today:
        raise RuleBroken("The date must be today or in the past", field="date")
    if on < starts_on:
        raise RuleBroken(f"The date must be on or after {format_date(starts_on)}, when your role began", field="date")
    if on > ends_on:
        raise RuleBroken(f"The date must be on or before {format_date(ends_on)}, when your term ended", field="date")


def check_notice(notice_hours: int | None, *, recorded: int) -> None:
    """Raise RuleBroken (field ``notice_hours``) for other notice of a cancelled meeting than its record says."""
    if notice_hours != recorded:
        hours = f"{recorded} {'hour' if recorded == 1 else 'hours'}"
        raise RuleBroken(f"The meeting's record says {hours}, rounded up. Enter {recorded}", field="notice_hours")


def check_training_time(on: date, minutes: int | None, *, recorded_on: date, recorded_minutes: int | None) -> None:
    """Raise RuleBroken for another day, or for more time, than the record of the training says."""
    if on != recorded_on:
        raise RuleBroken(f"The training was recorded for {format_date(recorded_on)}", field="date")
    if (minutes or 0) > (recorded_minutes or 0):
        raise RuleBroken(
            f"The training was recorded with {format_minutes(recorded_minutes or 0)}. Ask your lead if that is wrong",
            field="hours",
        )


def check_line_figures(
    kind: LineKind,
    *,
    minutes: int | None,
    miles: Decimal | None,
    amount: Decimal | None,
    passengers: int,
    standard_fare: Decimal | None,
    is_first_class: bool,
    is_trust_booked: bool = False,
) -> None:
    """Raise RuleBroken, naming the field, unless the line has the figures its kind needs, within what can be true.

    Minutes are of one day, miles of one journey, amounts pounds.
    """
    if kind in TIME and not (minutes and 1 <= minutes <= DAY_MINUTES):
        raise RuleBroken(f"The time must be between 1 minute and {format_minutes(DAY_MINUTES)}", field="minutes")
    if kind == LineKind.MILEAGE and not (miles and 0 < miles <= MOST_MILES):
        raise RuleBroken(f"Miles must be between 0.1 and {MOST_MILES:,}", field="miles")
    if not 0 <= passengers <= MOST_PASSENGERS:
        raise RuleBroken(f"Passengers must be between 0 and {MOST_PASSENGERS}", field="passengers")
    if kind not in NO_AMOUNT and not (amount and 0 < amount <= MOST_POUNDS):
        raise RuleBroken("Enter an amount of at least 1p, like 4.20", field="amount")
    if is_trust_booked and kind in NO_AMOUNT:
        raise RuleBroken("Only something that has a price can be booked by the organisation", field="is_trust_booked")
    if is_first_class and standard_fare is None and not is_trust_booked:
        raise RuleBroken("Enter what the standard fare would have been", field="standard_fare")
