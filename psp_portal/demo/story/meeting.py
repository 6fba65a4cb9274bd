"""A year of meetings: planned, held or cancelled, and who came."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from committees import services as committees
from committees.enums import AttendanceKind
from psp_portal.dates import local_date
from psp_portal.demo.story.calendar import BODIES, PLANNED_AHEAD, SHORT_NOTICE_HOURS, Sitting, sittings
from psp_portal.demo.story.cast import BEGINS
from psp_portal.demo.story.setting import LEADS
from psp_portal.demo.story.stage import Stage

# How much longer or shorter than planned a meeting went, and somebody stayed.
DRIFT = (-20, -10, 0, 0, 5, 10, 25)
LEFT_EARLY = (0, 0, 0, 15, 40)
ONE_IN_SENDS_APOLOGIES = 8


def plan_meetings(stage: Stage) -> None:
    """Plan every meeting from the day it is put in the calendar."""
    for body in BODIES:
        for sitting in sittings(body, today=stage.today, holidays=stage.holidays):
            planned_at = max(sitting.starts_at - timedelta(days=PLANNED_AHEAD), stage.at(BEGINS, 12))
            stage.plan(planned_at, partial(_schedule, stage, sitting))


def last_cancelled(stage: Stage, member: str, before: datetime) -> Sitting:
    """Return the last meeting of a partner's committees that was cancelled too late to be unpaid."""
    return max(
        (
            sitting
            for sitting in stage.cancelled
            if member in sitting.body.members
            and sitting.notice_hours <= SHORT_NOTICE_HOURS
            and local_date(sitting.starts_at) < local_date(before)
        ),
        key=lambda sitting: sitting.starts_at,
    )


def _schedule(stage: Stage, sitting: Sitting, at: datetime) -> None:
    body = sitting.body
    meeting_id = committees.schedule_meeting(
        committee_id=stage.committees[body.key],
        starts_at=sitting.starts_at,
        planned_minutes=body.minutes,
        place=body.place,
        online_link=body.online_link,
        by=stage.people[LEADS[body.at]],
        at=at,
    ).pk
    if sitting.cancelled_at:
        stage.plan(sitting.cancelled_at, partial(_cancel, stage, sitting, meeting_id))
        return
    if sitting.back == 1 and not body.is_last_recorded:
        # Nobody has got round to it.
        return
    minutes = body.minutes + stage.chance.choice(DRIFT)
    stage.plan(sitting.starts_at + timedelta(days=1), partial(_hold, stage, sitting, meeting_id, minutes))
    for member in body.members:
        came = stage.chance.randrange(ONE_IN_SENDS_APOLOGIES) > 0
        stayed = max(30, minutes - stage.chance.choice(LEFT_EARLY)) if came else 0
        is_by_partner = stage.chance.random() < 0.6
        recorded_at = sitting.starts_at + (timedelta(days=1, hours=6) if is_by_partner else timedelta(days=2))
        stage.plan(recorded_at, partial(_record, stage, sitting, meeting_id, member, stayed, is_by_partner))


def _cancel(stage: Stage, sitting: Sitting, meeting_id: UUID, at: datetime) -> None:
    committees.cancel_meeting(
        meeting_id=meeting_id, reason=sitting.reason, by=stage.people[LEADS[sitting.body.at]], at=at
    )
    stage.cancelled.append(sitting)


def _hold(stage: Stage, sitting: Sitting, meeting_id: UUID, minutes: int, at: datetime) -> None:
    committees.record_held(
        meeting_id=meeting_id, actual_minutes=minutes, by=stage.people[LEADS[sitting.body.at]], at=at
    )


def _record(
    stage: Stage, sitting: Sitting, meeting_id: UUID, member: str, minutes: int, is_by_partner: bool, at: datetime
) -> None:
    assignment = stage.assignments.get(member, {}).get(sitting.body.key)
    day = local_date(sitting.starts_at)
    if assignment is None or day < assignment.starts_on or _has_left(stage, member, day):
        return
    committees.record_attendance(
        meeting_id=meeting_id,
        assignment_id=assignment.pk,
        kind=AttendanceKind.ATTENDED if minutes else AttendanceKind.APOLOGIES,
        minutes=minutes,
        by=stage.people[member if is_by_partner else LEADS[sitting.body.at]],
        at=at,
    )


def _has_left(stage: Stage, member: str, day: date) -> bool:
    left_on = stage.partners[member].left_on
    return left_on is not None and left_on < day
