"""England's bank holidays, from the ``holidays`` package: the only place that asks it."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import holidays


def bank_holidays(years: Iterable[int]) -> frozenset[date]:
    """Return the bank holidays of England in some years, substitute days and one-off days included.

    The package also lists the week-end date of a holiday that has a substitute day, which no count of working days
    sees. Its calendar is offline; a newly proclaimed day comes with a newer version of it.
    """
    return _bank_holidays(tuple(years))


@lru_cache(maxsize=64)
def _bank_holidays(years: tuple[int, ...]) -> frozenset[date]:
    # Working the days out takes some 30 ms, and every change to a draft asks.
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=list(years)))
