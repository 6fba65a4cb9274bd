"""How long receipts are kept as they came (domain.md 11.6). Pure."""

from datetime import date

from psp_portal.dates import year_starting
from psp_portal.exceptions import RuleBroken

MOST_YEARS = 30


def first_day_kept(today: date, retention_years: int) -> date:
    """Return the day on or after which a claim must have been settled for its originals to be kept today.

    They are kept until so many years after the end of the financial year, which ends on 31 March, of its payment.
    """
    year = year_starting(today, (4, 1))
    return year.replace(year=year.year - retention_years)


def check_retention(years: int) -> None:
    """Raise RuleBroken, naming the field, unless originals may be kept for so many years."""
    if not 1 <= years <= MOST_YEARS:
        raise RuleBroken(f"The years must be between 1 and {MOST_YEARS}", field="retention_years")
