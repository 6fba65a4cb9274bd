"""The committees and when they meet. Pure: the day of loading and the bank holidays come in."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from committees.enums import CommitteeKind
from psp_portal.dates import LONDON, add_months, is_working_day

MONTHS_BACK, MONTHS_AHEAD = 12, 3
SIX_WEEKS = timedelta(weeks=6)
# Meetings are planned this many days ahead; a cancellation can be no earlier.
PLANNED_AHEAD = 90
# A payment for a cancelled meeting is due within a day of it (the national rate card).
SHORT_NOTICE_HOURS = 24


@dataclass(frozen=True)
class Body:
    """A committee: when it meets, who is on it, and which of its meetings were cancelled.

    ``week`` is which such weekday of the month (1 to 4), or 0 for every six weeks. ``cancelled`` counts back from the
    last meeting before the day of loading (1) and forward (0, -1…): with hours of notice, and why. ``members`` are
    partners' keys, each with budget holder, deputy and, where that is not the committee's own organisation, payer.
    """

    key: str
    at: str
    name: str
    kind: CommitteeKind
    purpose: str
    weekday: int
    week: int
    starts: time
    minutes: int
    place: str
    online_link: str
    budget_code: str
    members: dict[str, tuple[str, ...]]
    cancelled: dict[int, tuple[float, str]] = field(default_factory=dict)
    is_last_recorded: bool = True


@dataclass(frozen=True)
class Sitting:
    """One meeting to be: when, and if it is cancelled, when and why. ``back`` counts as in ``Body.cancelled``."""

    body: Body
    back: int
    starts_at: datetime
    cancelled_at: datetime | None = None
    reason: str = ""

    @property
    def notice_hours(self) -> int:
        """Whole hours from being cancelled to the planned start."""
        return int((self.starts_at - self.cancelled_at).total_seconds() // 3600) if self.cancelled_at else 0


MON, TUE, WED, THU, FRI = range(5)
_BEATRIZ, _IMRAN, _WENDY, _GARETH = "beatriz.hall", "imran.chaudry", "wendy.lee", "gareth.owen"
_TOBIAS, _FARIDA = "tobias.engel", "farida.noorzai"

BODIES = (
    Body(
        "safety", "marshvale", "Patient Safety Committee", CommitteeKind.COMMITTEE,
        "Looks every month at what went wrong in our hospitals, what was learnt, and whether the changes we promised "
        "have been made.",
        TUE, 2, time(10), 150, "Board room, Alder House", "", "PSP-4101",
        {"priya": (_BEATRIZ, _IMRAN), "desmond": (_GARETH, _BEATRIZ)},
        {2: (3, "Too few members could come: three wards were short of staff."),
         6: (20, "The chair was called to an urgent meeting with the regulator."),
         10: (24 * 9, "Moved to a longer away day later in the year.")},
    ),
    Body(
        "falls", "marshvale", "Falls and Frailty Improvement Project", CommitteeKind.PROJECT,
        "Tries out small changes that help older people stay on their feet while they are in hospital, and keeps the "
        "ones that work.",
        THU, 0, time(14), 120, "Seminar room 2, Alder House", "", "PSP-4115",
        {"margaret": (_WENDY, _BEATRIZ), "tomasz": (_GARETH, _WENDY)},
        {3: (2, "The data for the meeting was not ready."), 7: (24 * 4, "A train strike.")},
    ),
    Body(
        "incidents", "marshvale", "Incident Response Oversight Group", CommitteeKind.OVERSIGHT,
        "Checks that people and families are listened to when something has gone wrong, and that each review leads to "
        "a change.",
        WED, 1, time(17, 30), 90, "", "https://meet.marshvale.example/incident-oversight", "PSP-4122",
        {"aisha": (_IMRAN, _BEATRIZ), "colin": (_IMRAN, _WENDY)},
        {4: (5, "The online meeting service was down."), 8: (1, "The chair was ill."),
         -1: (24 * 71, "The date falls in the inspection week; a new one will be sent.")},
        is_last_recorded=False,
    ),
    Body(
        "training", "marshvale", "Safety Training Panel", CommitteeKind.TRAINING,
        "Plans and gives safety training for staff, so that every course is told from the patient's side as well.",
        FRI, 0, time(9, 30), 300, "Education centre, Alder House", "", "PSP-4130",
        {"grace": (_WENDY, _IMRAN), "eleri": (_WENDY, _BEATRIZ)},
        {2: (26, "The trainer had to isolate."), 5: (24 * 14, "The education centre was needed for exams.")},
    ),
    Body(
        "transfers", "marshvale", "Moving Safely Between Services", CommitteeKind.PROJECT,
        "A joint project with Thornbeck: makes leaving hospital and coming home safer, from medicines to the first "
        "visit by a nurse.",
        MON, 3, time(13), 180, "Lecture room, Alder House", "https://meet.marshvale.example/moving-safely", "PSP-4140",
        {"kwame": (_BEATRIZ, _IMRAN), "lin": (_TOBIAS, _FARIDA, "thornbeck"), "priya": (_IMRAN, _BEATRIZ)},
        {5: (16, "Both leads were needed for winter planning."), 9: (24 * 6, "Not enough papers to discuss.")},
    ),
    Body(
        "quality", "thornbeck", "Quality and Safety Board Committee", CommitteeKind.BOARD,
        "Tells the board whether the care we give at home and in clinics is safe, and what must get better.",
        THU, 4, time(18), 120, "Thornbeck Lodge, first floor", "", "TB-770",
        {"ruth": (_TOBIAS, _FARIDA), "dev": (_FARIDA, _TOBIAS), "grace_tb": (_FARIDA, _TOBIAS)},
        {3: (22, "Snow and ice on the moor road."), 7: (24 * 3, "The chair was away.")},
        is_last_recorded=False,
    ),
)  # fmt: skip


def sittings(body: Body, *, today: date, holidays: Collection[date]) -> list[Sitting]:
    """Return a committee's meetings of the year before a day and the months after it, in their order."""
    days = _every_six_weeks(body, today) if body.week == 0 else _every_month(body, today)
    days = [_working(day, holidays) for day in days]
    past = sum(day < today for day in days)
    return [_sitting(body, day, past - place) for place, day in enumerate(days)]


def _every_month(body: Body, today: date) -> list[date]:
    first = add_months(today.replace(day=1), -MONTHS_BACK)
    months = [add_months(first, count) for count in range(MONTHS_BACK + MONTHS_AHEAD + 1)]
    return [month + timedelta(days=(body.weekday - month.weekday()) % 7, weeks=body.week - 1) for month in months]


def _every_six_weeks(body: Body, today: date) -> list[date]:
    # Counted from one Monday for ever, so that a committee keeps its rhythm from one day of loading to the next.
    since = (today - date(2024, 1, 1)).days // SIX_WEEKS.days
    latest = date(2024, 1, 1) + since * SIX_WEEKS + timedelta(days=body.weekday)
    return [latest + count * SIX_WEEKS for count in range(-8, 3)]


def _working(day: date, holidays: Collection[date]) -> date:
    """Return the day, or where the office is closed on it the same weekday of a later week."""
    while not is_working_day(day, holidays):
        day += timedelta(weeks=1)
    return day


def _sitting(body: Body, day: date, back: int) -> Sitting:
    starts_at = datetime.combine(day, body.starts, tzinfo=LONDON)
    if back not in body.cancelled:
        return Sitting(body, back, starts_at)
    hours, reason = body.cancelled[back]
    return Sitting(body, back, starts_at, starts_at - timedelta(hours=hours), reason)
