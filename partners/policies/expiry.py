"""When people are warned that something of a partner's runs out. Pure."""

from collections.abc import Collection
from datetime import date


def warning_due(
    expires_on: date, *, today: date, told: Collection[int], at: Collection[int] = (90, 60, 30)
) -> int | None:
    """Return the step, in days before the end, whose warning is due today; None when none is.

    ``told`` holds the steps for which somebody has been warned already, ``at`` all there are. After days down only the
    nearest step is due: nobody is told on one day that there are 90 days left and that there are 30. What has run out
    is past warning.
    """
    left = (expires_on - today).days
    reached = [step for step in at if 0 <= left <= step]
    if not reached:
        return None
    nearest = min(reached)
    return None if any(step <= nearest for step in told) else nearest
