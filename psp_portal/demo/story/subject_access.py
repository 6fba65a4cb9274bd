"""Requests for copies of records: one by letter that is owed an answer in 12 days, one that was answered."""

from datetime import date, datetime, timedelta
from functools import partial

from psp_portal.dates import add_months, is_working_day, local_date
from psp_portal.demo.story.setting import LEADS
from psp_portal.demo.story.stage import Stage
from psp_portal.subject_access import services
from psp_portal.subject_access.models import SubjectRequest

PLACE = "marshvale"
DAYS_LEFT = 12
BY_LETTER, ANSWERED = "desmond", "eleri"
ANSWERED_AGO = 60


def plan_subject_access(stage: Stage) -> None:
    """Plan who asks, and what the lead does about it."""
    ago = (stage.today - _received_on(stage)).days
    # A letter is recorded on the first working day after it came.
    while not is_working_day(stage.day(ago), stage.holidays):
        ago -= 1
    stage.plan(stage.at(ago, 11), partial(_record, stage, BY_LETTER))
    stage.plan(stage.in_office(ANSWERED_AGO, 11), partial(_answer, stage))


def _received_on(stage: Stage) -> date:
    """Return the last day from which an answer has so many days left today, or fewer where no month has that day."""
    due = stage.today + timedelta(days=DAYS_LEFT)
    day = add_months(due, -1)
    while add_months(day, 1) > due:
        day -= timedelta(days=1)
    return day


def _record(stage: Stage, who: str, at: datetime) -> SubjectRequest:
    received_on = _received_on(stage) if who == BY_LETTER else local_date(at)
    return services.record_request(
        organisation_id=stage.organisations[PLACE].pk,
        person_id=stage.people[who].pk,
        email="",
        name="",
        received_on=received_on,
        by=stage.people[LEADS[PLACE]],
        at=at,
    )


def _answer(stage: Stage, at: datetime) -> None:
    lead = stage.people[LEADS[PLACE]]
    request = _record(stage, ANSWERED, at)
    services.confirm_identity(
        request_id=request.pk, how="She came to the office and showed her passport.", by=lead, at=at
    )
    services.collect_file(request_id=request.pk, by=lead, at=at)[1].close()
