"""The stretches of time that reports are about. Pure: today is passed in. The NHS's financial year ends on 31 March."""

from dataclasses import dataclass
from datetime import date, timedelta

from expenses.enums import ReportPeriod
from psp_portal.dates import add_months, format_date, year_starting
from psp_portal.exceptions import RuleBroken

YEAR_STARTS = (4, 1)
MONTHS_IN_QUARTER = 3
# Ten years: what is kept at all is kept for six.
MOST_DAYS = 3660


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def label(self) -> str:
        return f"{format_date(self.first)} to {format_date(self.last)}"


def period_of(period: ReportPeriod, today: date) -> Period:
    """Return the days that a named period means today. A period under way ends on its own last day, not today."""
    month = today.replace(day=1)
    year = year_starting(today, YEAR_STARTS)
    match period:
        case ReportPeriod.THIS_MONTH:
            return _months(month, 1)
        case ReportPeriod.LAST_MONTH:
            return _months(add_months(month, -1), 1)
        case ReportPeriod.THIS_QUARTER:
            # Quarters of the financial year begin in April, July, October and January, as those of the calendar do.
            return _months(month.replace(month=month.month - (month.month - 1) % MONTHS_IN_QUARTER), MONTHS_IN_QUARTER)
        case ReportPeriod.THIS_YEAR:
            return _months(year, 12)
        case _:
            return _months(year.replace(year=year.year - 1), 12)


def _months(first: date, count: int) -> Period:
    return Period(first, add_months(first, count) - timedelta(days=1))


def year_to(last: date) -> Period:
    """Return the year that ends on a day."""
    return Period(add_months(last + timedelta(days=1), -12), last)


def check_period(first: date, last: date) -> Period:
    """Return the days somebody has typed. Raises RuleBroken when the last comes before the first, or years later."""
    if last < first:
        raise RuleBroken("The last day must be the first day or later", field="last")
    if (last - first).days > MOST_DAYS:
        raise RuleBroken("The period must be ten years or less", field="last")
    return Period(first, last)


def last_year_end(today: date) -> date:
    """Return the latest 31 March that is over."""
    return year_starting(today, YEAR_STARTS) - timedelta(days=1)


def year_ends(today: date, earliest: date) -> list[date]:
    """Return every 31 March from ``earliest`` on that is over, the latest first; the latest one in any case."""
    ends = [last_year_end(today)]
    while (before := ends[-1].replace(year=ends[-1].year - 1)) >= earliest:
        ends.append(before)
    return ends
