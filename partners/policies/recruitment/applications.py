"""What an application needs, how it is scored, and how long it is kept. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from partners.enums.recruitment import ApplicationStatus, ApplicationStep, Stage
from partners.policies.suppression import SuppressedTable, suppress
from psp_portal.dates import add_months, add_working_days, local_date
from psp_portal.exceptions import RuleBroken

LOWEST_SCORE, HIGHEST_SCORE = 0, 3
# Everything else may be left out, but a page must have been seen for it to count as left out on purpose.
NEEDED = (ApplicationStep.REASONS, ApplicationStep.EXPERIENCE)
# Letters and numbers that are not mistaken for one another when they are read out.
REFERENCE_LETTERS = "ABCDEFGHJKMNPQRTUVWXYZ2346789"


def missing(answers: Mapping[str, str]) -> list[ApplicationStep]:
    """Return the steps without which an application cannot be sent."""
    return [step for step in NEEDED if not answers.get(step, "").strip()]


def check_can_send(answers: Mapping[str, str]) -> None:
    """Refuse an application that lacks what every application needs."""
    if lacking := missing(answers):
        raise RuleBroken(f"Before you send it, answer: {', '.join(step.label.lower() for step in lacking)}")


def check_score(points: int) -> None:
    """Refuse points outside the scale."""
    if not LOWEST_SCORE <= points <= HIGHEST_SCORE:
        raise RuleBroken(f"Points must be from {LOWEST_SCORE} to {HIGHEST_SCORE}", field="points")


def check_scored_all(given: Collection[object], asked: Collection[object]) -> None:
    """Refuse a panel member's scores that leave a criterion out, or are for one of another vacancy."""
    if set(given) != set(asked):
        raise RuleBroken("Give points for each of the criteria")


def reference_of(number: int) -> str:
    """Return the six letters and numbers by which people speak of an application, from a number drawn at random."""
    letters = []
    for _ in range(6):
        number, place = divmod(number, len(REFERENCE_LETTERS))
        letters.append(REFERENCE_LETTERS[place])
    return "".join(letters)


def fill_in(words: str, *, name: str, role: str, organisation: str) -> str:
    """Put what only a letter knows in the place of {name}, {role} and {organisation}; other braces stay."""
    filled = words
    for place, value in (("{name}", name), ("{role}", role), ("{organisation}", organisation)):
        filled = filled.replace(place, value)
    return filled


# What is with the staff: the applicant waits for their next step.
UNDECIDED = (
    ApplicationStatus.SENT, ApplicationStatus.SHORTLISTED, ApplicationStatus.CHAT, ApplicationStatus.INTERVIEW,
)  # fmt: skip


def what_waits(status: str, *, chosen_on: date | None, has_times: bool, today: date) -> str:
    """Return what the staff have to do about an application now, as words before its reference; empty for nothing.

    ``chosen_on`` is the day of the talk that the applicant has chosen, ``has_times`` whether times stand at all.
    """
    if status == ApplicationStatus.SENT:
        return "Shortlist application"
    if status == ApplicationStatus.SHORTLISTED:
        return "Say what comes next for application"
    if chosen_on is not None:
        return "Decide after the talk about application" if chosen_on < today else ""
    return "" if has_times else "Offer times for application"


# --- time -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Periods:
    """An organisation's settings. The days are calendar days unless the name says working days."""

    answer_working_days: int
    unsent_days: int
    remind_days_before: int
    keep_months: int


def next_step_due(status: str, *, today: date, periods: Periods, holidays: Collection[date]) -> date | None:
    """Return the day by which an applicant hears what comes next, None once nothing comes."""
    if status in UNDECIDED:
        return add_working_days(today, periods.answer_working_days, holidays)
    return None


def unsent_until(started_at: datetime, periods: Periods) -> date:
    """Return the last day on which an application that was started is kept without being sent."""
    return local_date(started_at) + timedelta(days=periods.unsent_days)


def reminds_on(started_at: datetime, periods: Periods) -> date:
    """Return the day on which somebody who has started is reminded; never the day they started."""
    wait = max(periods.unsent_days - periods.remind_days_before, 1)
    return local_date(started_at) + timedelta(days=wait)


def erased_on(decided_at: datetime, periods: Periods) -> date:
    """Return the day on which the personal data of an application that came to nothing goes."""
    return add_months(local_date(decided_at), periods.keep_months)


def check_periods(periods: Periods) -> None:
    """Refuse settings that make no sense together."""
    if periods.remind_days_before >= periods.unsent_days:
        raise RuleBroken("The reminder must come before the application is removed", field="remind_days_before")


# --- counting -------------------------------------------------------------------------------
@dataclass(frozen=True)
class ChannelRates:
    """What came of one channel: how many came at least so far, by stage; None where a number is left out."""

    label: str
    reached: dict[Stage, int | None]

    def share(self, stage: Stage) -> int | None:
        """Return how many in a hundred of those who started came so far; None where that would tell a number."""
        started, came = self.reached[Stage.STARTED], self.reached[stage]
        return None if not started or came is None else round(came * 100 / started)


def tables_of(counts: Mapping[str, Mapping[str, int]], labels: Sequence[str]) -> SuppressedTable:
    """Return the counts of applications by channel and furthest stage, suppressed: each one is in one cell only."""
    return suppress([[counts.get(label, {}).get(stage, 0) for stage in Stage] for label in labels], from_right=True)


def rates_of(table: SuppressedTable, labels: Sequence[str]) -> list[ChannelRates]:
    """Return how many came at least so far, by channel, with all channels together last.

    Each number is a sum of numbers that the table prints, so it tells nothing that the table does not.
    """
    rows = [
        ChannelRates(label, _at_least(row, whole))
        for label, row, whole in zip(labels, table.rows, table.row_totals, strict=True)
    ]
    return [*rows, ChannelRates("All together", _at_least(table.column_totals, table.total))]


def rates_over_all(vacancies: Iterable[list[ChannelRates]]) -> list[ChannelRates]:
    """Return the rates of several vacancies together, by the channel's words, with all channels together last.

    A number is the sum of the vacancies' own and is left out where one of them is: printed beside theirs, a whole sum
    would give the one that is left out away.
    """
    totals: dict[str, dict[Stage, int | None]] = {}
    for rates in vacancies:
        for row in rates:
            held = totals.setdefault(row.label, dict.fromkeys(Stage, 0))
            for stage in Stage:
                held[stage] = _sum([held[stage], row.reached[stage]])
    together = totals.pop("All together", None)
    rows = [ChannelRates(label, reached) for label, reached in totals.items()]
    return [*rows, ChannelRates("All together", together)] if together else rows


def _at_least(furthest: Sequence[int | None], whole: int | None) -> dict[Stage, int | None]:
    reached = {}
    for place, stage in enumerate(Stage):
        reached[stage], before = _sum(furthest[place:]), _sum(furthest[:place])
        # What is left of the whole is as good as the sum of its parts: the last parts are often too small to print.
        if whole is not None and before is not None:
            reached[stage] = whole - before
    return reached


def _sum(parts: Iterable[int | None]) -> int | None:
    total = 0
    for part in parts:
        if part is None:
            return None
        total += part
    return total
