"""How long somebody who has left keeps a partner's role. Pure."""

from datetime import date

from psp_portal.dates import add_months

# Twice the claim window that domain.md 11.3 sets: time to claim for the last meeting, to hear and to appeal. No source
# gives a number. Open claims and questions keep the role for as long as they are open, whatever this says.
MONTHS_AFTER_LEAVING = 6


def last_day_of_role(left_on: date) -> date:
    """Return the last day on which the role stays although nothing is open."""
    return add_months(left_on, MONTHS_AFTER_LEAVING)
