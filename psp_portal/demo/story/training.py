"""Courses, who has done them, and what partners have asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from partners.enums import RoleCategory
from partners.enums.training import DevelopmentKind
from partners.services import training as services
from psp_portal.dates import local_date
from psp_portal.demo.story.cast import BEGINS
from psp_portal.demo.story.setting import LEADS
from psp_portal.demo.story.stage import Stage

if TYPE_CHECKING:
    from partners.models.training import DevelopmentRequest

# Every how many days of the story the clock looks at what runs out.
CLOCK_DAYS = range(140, -1, -7)

_ALL = (RoleCategory.MEMBER, RoleCategory.SENIOR)
# By key: where, and what.
COURSES = {
    "essentials": ("marshvale", services.CourseFacts(
        "Essentials for patient safety", 1, "e-learning for healthcare", 30, 36, _ALL, is_published=True)),
    "access": ("marshvale", services.CourseFacts(
        "Access to practice", 2, "e-learning for healthcare", 45, 36, (RoleCategory.SENIOR,), is_published=True)),
    "data": ("marshvale", services.CourseFacts(
        "Data security awareness", None, "e-learning for healthcare", 60, 12, _ALL, is_published=False)),
    "reviews": ("marshvale", services.CourseFacts(
        "Taking part in a learning review", None, "Patient safety team", 180, None, (), is_published=True)),
    "essentials_tb": ("thornbeck", services.CourseFacts(
        "Essentials for patient safety", 1, "e-learning for healthcare", 30, 36, _ALL, is_published=True)),
    "listening": ("thornbeck", services.CourseFacts(
        "Listening to families after harm", None, "Thornbeck family liaison", 240, None, (), is_published=True)),
}  # fmt: skip

# Course, days ago, minutes where not the course's, and who was there. Aisha never did what everybody must.
SESSIONS = (
    ("essentials", 400, ("priya", "desmond", "margaret", "tomasz", "colin", "grace", "eleri", "kwame")),
    ("data", 390, ("priya", "desmond", "colin")),
    ("data", 325, ("margaret", "grace", "eleri")),
    ("access", 210, ("priya", "desmond", "margaret", "grace", "kwame")),
    ("reviews", 26, ("priya", "margaret", "eleri")),
    ("essentials", 18, ("lin",)),
    ("essentials_tb", 150, ("ruth", "dev")),
)


@dataclass(frozen=True)
class Wish:
    """What a partner asks for, days ago; ``answered`` days ago with a yes or a no, ``done`` days ago."""

    who: str
    ago: int
    kind: DevelopmentKind
    what: str
    why: str
    cost: str = ""
    hours: int | None = None
    answered: int | None = None
    agrees: bool = False
    reason: str = ""
    done: int | None = None


WISHES = (
    Wish("desmond", 120, DevelopmentKind.SHADOWING, "A morning with the site coordinator",
         "I sit on the flow group and have never seen how beds are found.", hours=4, answered=112, agrees=True,
         reason="A very good idea. Bring flat shoes.", done=88),
    Wish("eleri", 75, DevelopmentKind.EVENT, "National patient safety conference, two days",
         "To meet partners from other trusts.", "420", 16, 66,
         reason="The budget for this year is spent. We have put you first on the list for next year."),
    Wish("priya", 34, DevelopmentKind.COURSE, "Reading statistics in safety reports",
         "I want to ask better questions about the charts in our papers.", "95", 6, 27, agrees=True,
         reason="Yes. Book it and claim the fee."),
    Wish("kwame", 17, DevelopmentKind.VISIT, "The control room of the ambulance service",
         "Half of what we discuss begins there.", hours=3),
)  # fmt: skip


def plan_training(stage: Stage) -> None:
    """Plan the catalogue, the sessions, what partners ask for, and the clock's warnings."""
    courses: dict[str, UUID] = {}
    stage.plan(stage.at(BEGINS, 12), partial(_add_courses, stage, courses))
    for course, ago, who in SESSIONS:
        stage.plan(stage.in_office(ago, 15), partial(_record, stage, courses, course, who))
    for wish in WISHES:
        stage.plan(stage.at(wish.ago, 19, 30), partial(_ask, stage, wish))
    for ago in CLOCK_DAYS:
        stage.plan(stage.at(ago, 7, 10), _warn)


def _add_courses(stage: Stage, courses: dict[str, UUID], at: datetime) -> None:
    for key, (where, facts) in COURSES.items():
        course = services.create_course(
            organisation_id=stage.organisations[where].pk, facts=facts, by=stage.people[LEADS[where]], at=at
        )
        courses[key] = course.pk


def _record(stage: Stage, courses: dict[str, UUID], course: str, who: tuple[str, ...], at: datetime) -> None:
    where, facts = COURSES[course]
    services.record_session(
        course_id=courses[course],
        done_on=local_date(at) - timedelta(days=1),
        minutes=facts.minutes,
        reference="",
        partner_ids=[stage.partners[key].pk for key in who],
        by=stage.people[LEADS[where]],
        at=at,
    )


def _ask(stage: Stage, wish: Wish, at: datetime) -> None:
    request = services.ask_for_development(
        partner_id=stage.partners[wish.who].pk,
        kind=wish.kind,
        what=wish.what,
        why=wish.why,
        when="",
        hours=wish.hours,
        cost=Decimal(wish.cost) if wish.cost else None,
        by=stage.people[wish.who],
        at=at,
    )
    if wish.answered is not None:
        stage.plan(stage.in_office(wish.answered, 10), partial(_answer, stage, wish, request))
    if wish.done is not None:
        stage.plan(stage.at(wish.done, 20), partial(_finish, stage, wish, request))


def _answer(stage: Stage, wish: Wish, request: "DevelopmentRequest", at: datetime) -> None:
    services.decide_development(
        request_id=request.pk,
        agrees=wish.agrees,
        reason=wish.reason,
        agreed_for=None,
        by=request.partner.lead,
        at=at,
    )


def _finish(stage: Stage, wish: Wish, request: "DevelopmentRequest", at: datetime) -> None:
    services.finish_development(
        request_id=request.pk, done_on=local_date(at) - timedelta(days=1), by=stage.people[wish.who], at=at
    )


def _warn(at: datetime) -> None:
    services.warn_of_training(at=at)
