"""What the clock does about meetings that nobody has claimed for."""

from datetime import datetime

from django.db import transaction

from expenses import notifications
from expenses.queries.claim_window import closing_windows
from psp_portal.audit.context import SystemActor, acting_as
from psp_portal.dates import local_date

CLOCK = SystemActor("expenses.remind_unclaimed_meetings")


def remind_unclaimed_meetings(*, at: datetime) -> int:
    """Remind partners of meetings they attended and have not claimed for, before there is no time left.

    Returns how many partners there are to remind; each reminder is sent once, however often this runs.
    """
    windows = closing_windows(today=local_date(at))
    with acting_as(CLOCK, "expenses.claim.remind_unclaimed"), transaction.atomic():
        notifications.windows_closing(windows, at=at)
    return len(windows)
