"""How long a claim has been with whom, counted in days. Pure: what happened comes in as dates and statuses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from expenses.policies.responsibility import PARTNERS_TURN


@dataclass(frozen=True)
class DaysWith:
    """Days since a claim was sent, split by whose turn it was."""

    total: int
    trust: int
    partner: int


def days_with(turns: Iterable[tuple[date, str]], *, submitted_on: date, until: date) -> DaysWith:
    """Return how many days a claim has been with the trust and with its partner (domain.md 11.4).

    ``turns`` are (day, status the claim took that day) in order of time; what came before ``submitted_on``, when the
    claim was sent, does not count. ``until`` is today, or the day on which the claim was settled.
    """
    total = (until - submitted_on).days
    partner = 0
    is_partners, since = False, submitted_on
    for day, status in turns:
        if day < submitted_on:
            continue
        if is_partners:
            partner += (day - since).days
        is_partners, since = status in PARTNERS_TURN, day
    if is_partners:
        partner += (until - since).days
    return DaysWith(total=total, trust=total - partner, partner=partner)
