"""What somebody saw when they decided: two readings of a line with one version say the same. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from psp_portal.exceptions import TransitionNotAllowed


def version_of(values: Iterable[object]) -> str:
    """Return a short text that changes whenever one of the values does.

    1.5 and 1.50 are the same value, and so is one moment in two time zones.
    """
    said = "\x1f".join(_said(value) for value in values)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _said(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value.timestamp()) if isinstance(value, datetime) else str(value)


def check_seen(seen: str, now: str, what: str) -> None:
    """Raise TransitionNotAllowed when ``what`` is no longer as it was seen; an empty ``seen`` says nothing was."""
    if seen and seen != now:
        raise TransitionNotAllowed(f"{what} has changed since you opened the page. Look at it again.")
