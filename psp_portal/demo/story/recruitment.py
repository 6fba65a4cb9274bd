"""Marsh Vale looks for partners: a role that closed in the spring of the story, and one that is open now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from partners.enums import RoleCategory
from partners.enums.recruitment import ApplicationMove as M
from partners.enums.recruitment import ApplicationStep as Step
from partners.enums.recruitment import LetterKind, TalkMode
from partners.queries import recruitment as queries
from partners.services import recruitment as services
from psp_portal.dates import LONDON
from psp_portal.demo.story.diversity import applicant_answers
from psp_portal.demo.story.stage import Stage

if TYPE_CHECKING:
    from partners.models.recruitment import Application, Vacancy

LEAD = "joanne.tierney"
CHANNELS = (("gp", "GP surgery poster"), ("radio", "Local radio"), ("social", "Social media"))
CRITERIA = (
    ("Has used our services, or cares for somebody who has", True),
    ("Listens to others and asks when something is not clear", True),
    ("Knows a community that we hear too little from", False),
)


@dataclass(frozen=True)
class Role:
    """A vacancy of the story: days before the day of loading on which it opened and closes (below nought: ahead)."""

    slug: str
    title: str
    opened: int
    closes: int


SPRING = Role("patient-safety-partner", "Patient Safety Partner", 190, 150)
NOW = Role("maternity-safety-partner", "Maternity Safety Partner", 24, -12)


@dataclass(frozen=True)
class Hopeful:
    """Somebody who applies: when they began, by which channel, and what then happens, in the order it does."""

    name: str
    ago: int
    channel: str
    story: str = ""
    needs: str = ""


# What a story says: s sent, p points, l shortlisted, c chat, t a time offered, k a time chosen, i interview,
# n not this time, o offered, w withdrawn; T times offered that are still ahead on the day of loading.
NOW_APPLY = (
    Hopeful("Ngozi Amadi-Wells", 22, "radio", "spctkio", "My baby comes with me, so a private room to feed her."),
    Hopeful("Bronwen Hollis", 9, "gp", "spcT", "I use a wheelchair. I need level access and a wide door."),
    Hopeful("Farah Siddiqui-Lane", 20, "social", "spl", "The questions in advance, please."),
    Hopeful("Maeve Corrigan", 18, "gp", "spn"),
    Hopeful("Teresa Abello", 12, "", "sp", "A Spanish interpreter for the interview."),
    Hopeful("Jodie Strand", 9, "social", "s", "I am partially sighted. Large print, 20 point."),
    Hopeful("Kirsty Penhaligon", 6, "radio", "s"),
    Hopeful("Wanjiru Njoroge", 5, "social", "sw"),
    Hopeful("Alice Tolland", 3, "gp", ""),
)
# Those who came in the spring have their names by number.
FIRST_NAMES = ("Abeni", "Brigid", "Chandra", "Donal", "Edith", "Farouk", "Glenys", "Hari")
LAST_NAMES = ("Ashdown", "Bakare", "Coulson", "Dhillon", "Eastwood", "Fenn", "Garrick", "Hussain")
# How many came by each channel in the spring, and what then happened to them.
SPRING_APPLY = (
    ("gp", 7, ""), ("gp", 6, "sn"), ("gp", 6, "sln"), ("gp", 5, "slin"),
    ("radio", 5, ""), ("radio", 6, "sn"), ("radio", 5, "sln"), ("radio", 5, "slin"),
    ("social", 8, ""), ("social", 9, "sn"), ("social", 1, "sln"),
)  # fmt: skip


def plan_recruitment(stage: Stage) -> None:
    """Plan both roles, and everybody who applies."""
    for role in (SPRING, NOW):
        stage.plan(stage.in_office(role.opened, 9, 30), partial(_open, stage, role))
    if SPRING.closes > 0:
        stage.plan(stage.in_office(SPRING.closes - 1, 17), partial(_close, stage))
    for hopeful in NOW_APPLY:
        stage.plan(stage.at(hopeful.ago, 19), partial(_apply, stage, NOW, hopeful))
    came = [(channel, story) for channel, many, story in SPRING_APPLY for _ in range(many)]
    names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
    for number, ((channel, story), name) in enumerate(zip(came, names, strict=False)):
        hopeful = Hopeful(name, SPRING.opened - 2 - number % 30, channel, story)
        stage.plan(stage.at(hopeful.ago, 18, number % 60), partial(_apply, stage, SPRING, hopeful))
    for ago in (90, 60, 30, 7, 1):
        stage.plan(stage.at(ago, 3, 25), _expire)


def _expire(at: datetime) -> None:
    services.remind_unsent(at=at)
    services.expire_applications(at=at)


def _vacancy(role: Role) -> "Vacancy":
    vacancy = queries.public_vacancy(role.slug)
    if vacancy is None:
        raise LookupError(role.slug)
    return vacancy


def _open(stage: Stage, role: Role, at: datetime) -> None:
    lead = stage.people[LEAD]
    vacancy = services.create_vacancy(
        organisation_id=stage.organisations["marshvale"].pk,
        slug=role.slug,
        title=role.title,
        purpose="We want care to be safer, and we cannot see it with your eyes.\n\nYou do not need to know how the "
        "NHS works, or to have a degree. You need to have been here as a patient, a carer or a member of a family.",
        tasks="Sit on a safety committee as an equal member\nRead papers, with time to ask about them\nSay what an "
        "incident looks like from the patient’s side\nHelp to write what patients are told",
        time_asked="1 to 2 days a month, with training, for 2 years",
        is_paid=True,
        contact="Joanne Tierney, 01632 960140, joanne.tierney@marshvale.example",
        opens_on=stage.day(role.opened),
        closes_on=stage.day(role.closes),
        hides_names=True,
        by=lead,
        at=at,
    )
    for words, is_essential in CRITERIA:
        services.add_criterion(vacancy_id=vacancy.pk, words=words, is_essential=is_essential, by=lead, at=at)
    for code, label in CHANNELS:
        services.add_channel(vacancy_id=vacancy.pk, code=code, label=label, by=lead, at=at)
    services.open_vacancy(vacancy_id=vacancy.pk, by=lead, at=at)


def _close(stage: Stage, at: datetime) -> None:
    services.close_vacancy(vacancy_id=_vacancy(SPRING).pk, by=stage.people[LEAD], at=at)


def _apply(stage: Stage, role: Role, hopeful: Hopeful, at: datetime) -> None:
    vacancy = _vacancy(role)
    email = f"{hopeful.name.lower().replace(' ', '.')}@post.example"
    services.start_application(
        vacancy_id=vacancy.pk,
        name=hopeful.name,
        email=email,
        channel_code=hopeful.channel,
        by=services.APPLICANT,
        at=at,
    )
    application = queries.live_application(vacancy, email)
    if application is None:
        raise LookupError(email)
    answers = {
        Step.REASONS: "After what happened to us I asked what would be different for the next family. Nobody could "
        "say. I would like to be in the room where that is decided.",
        Step.EXPERIENCE: "Three stays at Marsh Vale, one of them an emergency. I run a group at the library.",
        Step.NEEDS: hopeful.needs,
    }
    for step, words in answers.items():
        services.answer_step(
            application_id=application.pk, step=step, words=words, by=services.APPLICANT, at=at + timedelta(minutes=9)
        )
    for days, act in enumerate(hopeful.story):
        # What staff do follows a day at a time; what has not come by the day of loading is left out.
        stage.plan(at + timedelta(days=2 * days, hours=1), partial(ACTS[act], stage, application))


# --- what happens then ------------------------------------------------------------------------
def _send(stage: Stage, application: "Application", at: datetime) -> None:
    services.send_application(application_id=application.pk, by=services.APPLICANT, at=at)
    applicant_answers(application, at + timedelta(minutes=9))


def _score(stage: Stage, application: "Application", at: datetime) -> None:
    criteria = queries.criteria_of(application.vacancy)
    points = {each.pk: (stage.chance.randint(1, 3), "") for each in criteria}
    services.score_application(application_id=application.pk, points=points, by=stage.people[LEAD], at=at)


def _decide(move: M, stage: Stage, application: "Application", at: datetime) -> None:
    words = queries.letter_words(application.vacancy.organisation_id, LetterKind(move))
    services.decide(application_id=application.pk, step=move, words=words, by=stage.people[LEAD], at=at)


def _offer_times(stage: Stage, application: "Application", at: datetime, *, is_ahead: bool = False) -> None:
    begins = stage.now if is_ahead else at
    for days, mode, place in (
        (5, TalkMode.IN_PERSON, "Room 2, Alder House: step-free, parking outside"),
        (6, TalkMode.ONLINE, "https://meet.marshvale.example/maternity"),
    ):
        starts_at = (begins + timedelta(days=days)).astimezone(LONDON).replace(hour=10 + days, minute=0)
        services.offer_time(
            application_id=application.pk, starts_at=starts_at, mode=mode, place=place, by=stage.people[LEAD], at=at
        )


def _choose(stage: Stage, application: "Application", at: datetime) -> None:
    time = queries.times_of(application)[0]
    services.choose_time(application_id=application.pk, time_id=time.pk, by=services.APPLICANT, at=at)


def _offer(stage: Stage, application: "Application", at: datetime) -> None:
    lead = stage.people[LEAD]
    services.offer_role(
        application_id=application.pk,
        role_category=RoleCategory.SENIOR,
        is_paid=True,
        starts_on=stage.day(-20),
        term_ends_on=stage.day(-750),
        lead_id=lead.pk,
        words=queries.letter_words(application.vacancy.organisation_id, LetterKind.OFFER),
        by=lead,
        at=at,
    )


def _withdraw(stage: Stage, application: "Application", at: datetime) -> None:
    services.withdraw_application(application_id=application.pk, by=services.APPLICANT, at=at)


ACTS: dict[str, Callable[..., None]] = {
    "s": _send,
    "p": _score,
    "l": partial(_decide, M.SHORTLIST),
    "c": partial(_decide, M.CHAT),
    "t": _offer_times,
    "T": partial(_offer_times, is_ahead=True),
    "k": _choose,
    "i": partial(_decide, M.INTERVIEW),
    "n": partial(_decide, M.NOT_THIS_TIME),
    "o": _offer,
    "w": _withdraw,
}
