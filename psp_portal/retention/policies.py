"""How long something is kept, and when it may go (domain.md 11.6). Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from psp_portal.dates import add_months, year_starting
from psp_portal.exceptions import RuleBroken
from psp_portal.retention.enums import PeriodUnit

# A hundred years: longer than any record of a partner is of use.
MOST = {PeriodUnit.DAYS: 36_500, PeriodUnit.MONTHS: 1_200}
MOST_NOTICE = 30


@dataclass(frozen=True)
class Period:
    """So many days or calendar months."""

    length: int
    unit: PeriodUnit

    def __str__(self) -> str:
        words = {PeriodUnit.DAYS: "day", PeriodUnit.MONTHS: "month"}[self.unit]
        if self.unit == PeriodUnit.MONTHS and self.length % 12 == 0:
            return f"{self.length // 12} {'year' if self.length == 12 else 'years'}"
        return f"{self.length} {words}{'' if self.length == 1 else 's'}"


def first_day_kept(today: date, period: Period) -> date:
    """Return the first day of which something that began on it is still kept today.

    What began on a day is kept through the same day of the month so many months on, or that month's last day.
    """
    if period.unit == PeriodUnit.DAYS:
        return today - timedelta(days=period.length)
    return add_months(today, -period.length)


def first_day_kept_by_year(today: date, period: Period) -> date:
    """Return ``first_day_kept`` where the period begins at the end of the financial year, 31 March, of what counts."""
    return year_starting(first_day_kept(today, period), (4, 1))


def check_period(period: Period) -> None:
    """Raise RuleBroken, naming the field, unless something may be kept for so long."""
    most = MOST[period.unit]
    if not 1 <= period.length <= most:
        raise RuleBroken(f"The number must be between 1 and {most:,}", field="length")


def check_notice(days: int) -> None:
    """Raise RuleBroken, naming the field, unless a lead may have so many days to look at what will be removed."""
    if not 1 <= days <= MOST_NOTICE:
        raise RuleBroken(f"The days must be between 1 and {MOST_NOTICE}", field="notice_days")


def check_nothing_unseen(removes: int, *, seen: int) -> None:
    """Raise RuleBroken when a period would remove more at once than whoever sets it has been shown."""
    if removes > seen:
        raise RuleBroken(
            f"With this period {removes:,} {'record' if removes == 1 else 'records'} would be removed next, more than "
            "you were shown. Look again before you save it."
        )


def check_reason(reason: str, *, field: str) -> str:
    """Return what somebody wrote, without spaces around it. Raises RuleBroken, naming the field, for nothing."""
    if not reason.strip():
        raise RuleBroken("Enter the reason", field=field)
    return reason.strip()
