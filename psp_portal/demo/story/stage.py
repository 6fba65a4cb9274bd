"""The stage on which the story is played: who and what there is by now, and what is still to happen, in its order."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psp_portal.accounts.models import Organisation, User
from psp_portal.audit.context import SystemActor
from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import LONDON, is_working_day, local_date
from psp_portal.demo.story.calendar import Sitting

if TYPE_CHECKING:
    from committees.models import Assignment
    from partners.models import Partner

Act = Callable[[datetime], Any]

# Who makes what no person could: the organisations and the first accounts.
LOADER = SystemActor("demo.load_demo")


@dataclass
class Stage:
    """Everything made so far, by the keys of the story's tables, and a diary of what comes.

    ``now`` is the moment of loading. Nothing happens after it.
    """

    now: datetime
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    partners: dict[str, "Partner"] = field(default_factory=dict)
    committees: dict[str, UUID] = field(default_factory=dict)
    # By partner, in the order of the committees.
    assignments: dict[str, dict[str, "Assignment"]] = field(default_factory=dict)
    cancelled: list[Sitting] = field(default_factory=list)
    # What happened to each plot of the table of claims, by its place there.
    claims: dict[int, UUID] = field(default_factory=dict)
    # By partner: the time a month that waits for an answer, and the first thing they need.
    proposed: dict[str, UUID] = field(default_factory=dict)
    needs: dict[str, UUID] = field(default_factory=dict)
    # How many receipts have been drawn.
    receipts: int = 0
    # The same on every run: the story has no dice, only a way to look as if.
    chance: Random = field(default_factory=lambda: Random(20210629))  # noqa: S311  no secret hangs on it
    _diary: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _places: Any = field(default_factory=itertools.count)

    @property
    def today(self) -> date:
        """The day of loading."""
        return local_date(self.now)

    @cached_property
    def holidays(self) -> frozenset[date]:
        """England's bank holidays of all the years the story touches."""
        return bank_holidays(range(self.today.year - 2, self.today.year + 2))

    def day(self, ago: int) -> date:
        """Return the day so many days before the day of loading."""
        return self.today - timedelta(days=ago)

    def at(self, ago: int, hour: int, minute: int = 0) -> datetime:
        """Return a moment so many days ago: a partner's, who has time in the evening and at the week-end."""
        return datetime.combine(self.day(ago), time(hour, minute), tzinfo=LONDON)

    def in_office(self, ago: int, hour: int, minute: int = 0) -> datetime:
        """Return a moment so many days ago, or on the working day before: the staff's."""
        day = self.day(ago)
        while not is_working_day(day, self.holidays):
            day -= timedelta(days=1)
        return datetime.combine(day, time(hour, minute), tzinfo=LONDON)

    def plan(self, at: datetime, act: Act) -> None:
        """Write down what happens at a moment. What would come after the moment of loading is left out."""
        if at <= self.now:
            heapq.heappush(self._diary, (at, next(self._places), act))

    def play(self) -> None:
        """Let everything happen in the order of time; what happens may plan more."""
        while self._diary:
            at, _place, act = heapq.heappop(self._diary)
            act(at)
