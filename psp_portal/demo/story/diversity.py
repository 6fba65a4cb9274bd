"""Marsh Vale asks the questions about equality; most applicants and some partners answer, and quarters are counted."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from partners.queries.diversity import questions_asked
from partners.services import diversity as services
from partners.services.recruitment import APPLICANT
from psp_portal.demo.story.setting import LEADS
from psp_portal.demo.story.stage import Stage

if TYPE_CHECKING:
    from partners.models.recruitment import Application

PLACE = "marshvale"
# Before the first role of the story opens.
ASKED_AGO = 195
PARTNERS_ANSWER_AGO = 180
# Of a hundred questions so many are answered, and of a hundred answers so many are "prefer not to say".
ANSWERED, PREFERS_NOT = 85, 8
# What is answered more often than the rest of a question's answers, and how many times as often.
OFTEN = {
    "35_44": 3, "45_54": 4, "55_64": 4, "65_74": 3, "A": 20, "J": 3, "N": 3, "none": 6, "christian": 8, "muslim": 2,
    "female": 6, "male": 3, "straight": 12, "yes": 2, "no": 5,
}  # fmt: skip


def plan_diversity(stage: Stage) -> None:
    """Plan the asking, what partners answer, and the count at the end of each quarter."""
    stage.plan(stage.in_office(ASKED_AGO, 11), partial(_ask, stage))
    stage.plan(stage.at(PARTNERS_ANSWER_AGO, 20), partial(_partners_answer, stage))
    for ago in range(ASKED_AGO, -1, -7):
        stage.plan(stage.at(ago, 4, 20), _count)


def applicant_answers(application: "Application", at: datetime) -> None:
    """Let somebody who has just applied answer what they like."""
    answers = _answers(application.email, application.vacancy.organisation_id)
    services.answer_as_applicant(application_id=application.pk, answers=answers, by=APPLICANT, at=at)


def _ask(stage: Stage, at: datetime) -> None:
    services.decide_asking(
        organisation_id=stage.organisations[PLACE].pk, is_asked=True, by=stage.people[LEADS[PLACE]], at=at
    )


def _partners_answer(stage: Stage, at: datetime) -> None:
    place = stage.organisations[PLACE]
    for key, partner in stage.partners.items():
        if partner.organisation_id == place.pk:
            answers = _answers(key, place.pk)
            services.answer_as_partner(partner_id=partner.pk, answers=answers, by=partner.user, at=at)


def _answers(who: str, organisation_id: UUID) -> Mapping[str, str]:
    """Return what somebody answers: the same on every run, and nothing that the story says of them."""
    chance = Random(who)  # noqa: S311  no secret hangs on it
    answers = {}
    for question in questions_asked(organisation_id):
        if chance.randrange(100) >= ANSWERED:
            continue
        *choices, last = question.answers
        often = [OFTEN.get(choice, 1) for choice in choices]
        prefers_not = chance.randrange(100) < PREFERS_NOT
        answers[question.code] = last if prefers_not else chance.choices(choices, often)[0]
    return answers


def _count(at: datetime) -> None:
    services.close_quarters(at=at)
    services.forget_leavers(at=at)
