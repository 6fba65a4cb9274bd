"""How much time partners give, when they can come, and what they care about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from partners.enums.capacity import Audience, CapacityUnit
from partners.services import capacity as services
from psp_portal.dates import local_date
from psp_portal.demo.story.cast import BEGINS, PARTNERS
from psp_portal.demo.story.setting import LEADS
from psp_portal.demo.story.stage import Stage

HOURS, DAYS = CapacityUnit.HOURS, CapacityUnit.DAYS
TAGS = ("Falls and frailty", "Medicines", "Coming home from hospital", "Maternity", "Children", "Mental health", "Food")


@dataclass(frozen=True)
class Offer:
    """What a partner gave when they began: time a month, times of a week ("1:morning"), and words of their own."""

    amount: str
    unit: CapacityUnit = HOURS
    slots: tuple[str, ...] = ()
    skills: str = ""
    interests: str = ""
    tags: tuple[str, ...] = ()
    experience: str = ""
    audience: Audience = Audience.LEAD


OFFERS = {
    "priya": Offer(
        "1.5", DAYS, ("0:afternoon", "1:morning", "1:afternoon", "3:morning"),
        "I kept a school’s accounts for twenty years, and I am not afraid of figures. I speak Tamil.",
        "That letters say what happens next.", ("Medicines", "Coming home from hospital"),
        "My father was given another patient’s tablets. He got well; nobody told us how it had happened.",
    ),
    "desmond": Offer(
        "8", HOURS, ("1:morning", "2:morning"), "Chairing meetings, and getting people to say what they think.",
        "How staff are treated after something went wrong.", ("Falls and frailty",),
    ),
    "margaret": Offer(
        "6", HOURS, ("3:afternoon",), "Listening.", "My mother’s ward, and all wards like it.",
        ("Falls and frailty", "Food"), "My mother broke her hip on a ward at night.", Audience.MATCHING,
    ),
    "aisha": Offer(
        "5", HOURS, ("0:evening", "2:evening", "3:evening"), "I test software for a living.",
        "Online care that works for people who cannot see well.", ("Mental health",),
    ),
    "colin": Offer("3", HOURS, ("2:evening",), "", "", ("Mental health",)),
    "grace": Offer("1", DAYS, ("4:morning", "4:afternoon"), "Teaching.", "", ("Maternity", "Children")),
    "eleri": Offer(
        "8", HOURS, ("0:morning", "4:morning", "4:afternoon"), "Telling a story so that people remember it.",
        "That I am asked, and not the person beside me.", ("Coming home from hospital",),
        "I have had a tremor for thirty years and have been in hospital eleven times.", Audience.MATCHING,
    ),
    "kwame": Offer("1", DAYS, ("0:afternoon",), "Data.", "", ("Medicines",)),
    "ruth": Offer("8", HOURS, ("3:evening",), "Nursing, long ago.", "Leg ulcers.", ()),
    "dev": Offer("6", HOURS, ("3:evening",)),
}  # fmt: skip

# Desmond has less time for a few weeks now, so that more is promised than agreed; Lin waits for an answer.
LESS, LESS_AGO, LESS_AMOUNT = "desmond", 20, "3"
ASKS, ASKED_AGO = "lin", 3
# By partner: how many days ago they said so, and the days from and to, counted from the day of loading.
AWAY = {"aisha": (9, 6, 16), "margaret": (4, 30, 30)}


def plan_capacity(stage: Stage) -> None:
    """Plan how time is counted, what each partner offers once they have begun, and who is away."""
    for place in LEADS:
        stage.plan(stage.at(BEGINS, 12), partial(_set_up, stage, place))
    for appointment in PARTNERS:
        if appointment.key in OFFERS:
            entered = min(BEGINS, appointment.began + 7)
            stage.plan(stage.at(entered - 3, 19), partial(_offer, stage, appointment.key))
            stage.plan(stage.in_office(entered - 9, 10), partial(_agree, stage, appointment.key, appointment.at))
    stage.plan(stage.at(LESS_AGO, 19), partial(_propose, stage, LESS, LESS_AMOUNT, HOURS))
    stage.plan(stage.in_office(LESS_AGO - 6, 10), partial(_agree, stage, LESS, "marshvale"))
    stage.plan(stage.at(ASKED_AGO, 18), partial(_propose, stage, ASKS, "1", DAYS))
    for key, (said_ago, first, last) in AWAY.items():
        stage.plan(stage.at(said_ago, 20), partial(_go_away, stage, key, first, last))


def _set_up(stage: Stage, place: str, at: datetime) -> None:
    services.change_capacity_settings(
        organisation_id=stage.organisations[place].pk, day_minutes=450, preparation_minutes=60, tags=TAGS,
        by=stage.people[LEADS[place]], at=at,
    )  # fmt: skip


def _propose(stage: Stage, key: str, amount: str, unit: CapacityUnit, at: datetime) -> None:
    partner = stage.partners[key]
    # Kept for the answer that comes the day after.
    stage.proposed[key] = services.propose_time(
        partner_id=partner.pk, amount=Decimal(amount), unit=unit, starts_on=local_date(at).replace(day=1),
        by=partner.user, at=at,
    ).pk  # fmt: skip


def _agree(stage: Stage, key: str, place: str, at: datetime) -> None:
    services.answer_time(agreement_id=stage.proposed[key], agrees=True, reason="", by=stage.people[LEADS[place]], at=at)


def _offer(stage: Stage, key: str, at: datetime) -> None:
    offer, partner = OFFERS[key], stage.partners[key]
    said: dict[str, Any] = {"partner_id": partner.pk, "by": partner.user, "at": at}
    _propose(stage, key, offer.amount, offer.unit, at)
    services.save_availability(slots=offer.slots, **said)
    services.save_skills(skills=offer.skills, **said)
    services.save_interests(interests=offer.interests, tags=offer.tags, **said)
    if offer.experience:
        services.save_experience(experience=offer.experience, experience_for=offer.audience, **said)


def _go_away(stage: Stage, key: str, first: int, last: int, at: datetime) -> None:
    partner = stage.partners[key]
    services.record_away(
        partner_id=partner.pk, starts_on=stage.today + timedelta(days=first),
        ends_on=stage.today + timedelta(days=last), by=partner.user, at=at,
    )  # fmt: skip
