"""Whether earnings pass the limits that a partner has set for themselves. Pure.

Earnings count on the day the work was done, in weeks that begin on the day the partner says; a four-week period is any
four weeks one after the other. What a payment is for a benefit is not decided here: the limits are the partner's own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from psp_portal.exceptions import RuleBroken
from psp_portal.money import ZERO, total

WEEK = timedelta(days=7)
WEEKS_TOGETHER = 4


@dataclass(frozen=True)
class Plan:
    """The limits in pounds, the first day of a week (0 is Monday), and other earnings by the week's first day."""

    weekly: Decimal | None = None
    four_weekly: Decimal | None = None
    week_starts: int = 0
    other: Mapping[date, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Earning:
    """What a day's work earns, in pounds; ``meetings_of`` names the committees of meetings that are planned for it."""

    on: date
    pounds: Decimal
    meetings_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passed:
    """A week, or four weeks, in which earnings come to more than the limit, and the planned days that count in it."""

    first: date
    last: date
    pounds: Decimal
    limit: Decimal
    is_week: bool
    planned: tuple[Earning, ...] = ()


def check_plan(plan: Plan) -> None:
    """Raise RuleBroken, naming the field, for limits that make no sense together."""
    if plan.weekly is not None and plan.four_weekly is not None and plan.four_weekly < plan.weekly:
        raise RuleBroken("The limit for 4 weeks cannot be less than the limit for one week", field="four_weekly")


def week_of(day: date, week_starts: int) -> date:
    """Return the first day of the week that a day is in."""
    return day - timedelta(days=(day.weekday() - week_starts) % 7)


def by_week(plan: Plan, earnings: Iterable[Earning]) -> dict[date, Decimal]:
    """Return what each week earns, by its first day, with the other earnings that the partner has typed."""
    weeks: dict[date, Decimal] = defaultdict(Decimal)
    for week, pounds in plan.other.items():
        # Weeks typed before the first day of the week was changed still count, in the week they now fall in.
        weeks[week_of(week, plan.week_starts)] += pounds
    for earning in earnings:
        weeks[week_of(earning.on, plan.week_starts)] += earning.pounds
    return dict(weeks)


@dataclass(frozen=True)
class Week:
    """One week of earnings, in pounds: for claims sent, expected, and from elsewhere."""

    first: date
    last: date
    sent: Decimal
    expected: Decimal
    other: Decimal
    is_over: bool

    @property
    def total(self) -> Decimal:
        return self.sent + self.expected + self.other


def weeks_in_view(plan: Plan, sent: Iterable[Earning], expected: Iterable[Earning], *, first: date) -> list[Week]:
    """Return every week from a week on in which anything is earned, in order."""
    sent_by, expected_by = by_week(replace(plan, other={}), sent), by_week(replace(plan, other={}), expected)
    other_by = by_week(plan, [])
    weeks = sorted(week for week in {*sent_by, *expected_by, *other_by} if week >= first)
    found = []
    for week in weeks:
        sent_in, expected_in, other_in = (each.get(week, ZERO) for each in (sent_by, expected_by, other_by))
        is_over = plan.weekly is not None and sent_in + expected_in + other_in > plan.weekly
        found.append(Week(week, week + WEEK - timedelta(days=1), sent_in, expected_in, other_in, is_over))
    return found


def limits_passed(plan: Plan, earned: Iterable[Earning], added: Iterable[Earning]) -> list[Passed]:
    """Return the weeks, and for each of these the worst four weeks, that more earnings would bring over a limit.

    Only weeks in which something is added are looked at: what was passed without it is no reason to warn of it.
    """
    more = [earning for earning in added if earning.pounds > 0]
    weeks = by_week(plan, [*earned, *more])
    found: dict[tuple[date, date], Passed] = {}
    for week in sorted({week_of(earning.on, plan.week_starts) for earning in more}):
        for passed in (_week_passed(plan, weeks, week), _four_weeks_passed(plan, weeks, week)):
            if passed:
                found[passed.first, passed.last] = replace(passed, planned=_planned(more, passed))
    return sorted(found.values(), key=lambda passed: (passed.first, passed.last))


def _planned(added: Iterable[Earning], passed: Passed) -> tuple[Earning, ...]:
    """Return the days of planned meetings that bring a limit to be passed, the earliest first."""
    days = (each for each in added if each.meetings_of and passed.first <= each.on <= passed.last)
    return tuple(sorted(days, key=lambda each: each.on))


def _week_passed(plan: Plan, weeks: Mapping[date, Decimal], week: date) -> Passed | None:
    if plan.weekly is None or weeks[week] <= plan.weekly:
        return None
    return Passed(week, week + WEEK - timedelta(days=1), weeks[week], plan.weekly, is_week=True)


def _four_weeks_passed(plan: Plan, weeks: Mapping[date, Decimal], week: date) -> Passed | None:
    """Return the four weeks with the most in them of those that hold a week, when that is over the limit."""
    if plan.four_weekly is None:
        return None
    starts = [week - WEEK * back for back in range(WEEKS_TOGETHER)]
    sums = {start: total(weeks.get(start + WEEK * place, ZERO) for place in range(WEEKS_TOGETHER)) for start in starts}
    first = max(sorted(sums), key=lambda start: sums[start])
    if sums[first] <= plan.four_weekly:
        return None
    last = first + WEEK * WEEKS_TOGETHER - timedelta(days=1)
    return Passed(first, last, sums[first], plan.four_weekly, is_week=False)
