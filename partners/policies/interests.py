"""Rules of declared interests, pure: values in, a value or RuleBroken out."""

from datetime import date

from partners.enums.interests import DeclarationState
from psp_portal.dates import add_months
from psp_portal.exceptions import RuleBroken

# Interests are looked at again every year (issue 4).
REVIEW_MONTHS = 12


def check_interest(*, organisation: str, description: str, starts_on: date, ends_on: date | None, today: date) -> None:
    """Refuse an interest that does not say with whom and what, begins in the future, or ends before it begins."""
    if not organisation.strip():
        raise RuleBroken("Enter the organisation or person", field="organisation")
    if not description.strip():
        raise RuleBroken("Enter what the interest is", field="description")
    if starts_on > today:
        raise RuleBroken("The first day must be today or in the past", field="starts_on")
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken("The last day must be on or after the first day", field="ends_on")


def check_declaration(*, has_nothing: bool, count: int) -> None:
    """Refuse to declare nothing while interests stand in the list, or a complete list while none does."""
    if has_nothing and count:
        raise RuleBroken(
            "There are interests in your list. Say when they ended, or select that the list is complete", field="is_all"
        )
    if not has_nothing and not count:
        raise RuleBroken("Your list is empty. Add an interest, or select that you have none", field="is_all")


def next_due(declared_on: date) -> date:
    """Return the day on which what was declared on a day is looked at again."""
    return add_months(declared_on, REVIEW_MONTHS)


def state_of(due_on: date | None, *, today: date) -> DeclarationState:
    """Return how somebody stands today whose last declaration is due for review on a day; None when there is none."""
    if due_on is None:
        return DeclarationState.NEVER
    return DeclarationState.OVERDUE if due_on <= today else DeclarationState.DECLARED
