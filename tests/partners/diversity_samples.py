"""Lets people answer the questions of equality monitoring in tests, through the services."""

from datetime import datetime
from uuid import UUID, uuid4

from partners.enums.diversity import DiversityStage
from partners.models import Partner
from partners.models.diversity import DiversityAnswer, DiversitySettings
from partners.models.recruitment import Application
from partners.policies import diversity as policies
from partners.queries import diversity as queries
from partners.services import diversity as services
from partners.services.recruitment import APPLICANT
from psp_portal.accounts.models import Organisation, User
from psp_portal.audit.context import acting_as
from tests.factories import START, TESTS, make_lead

ANSWERS = {"age": "45_54", "ethnicity": "M", "disability": "yes"}


def make_asking(organisation: Organisation, lead: User | None = None, *, at: datetime = START) -> DiversitySettings:
    """Return the settings of an organisation that asks."""
    return services.decide_asking(
        organisation_id=organisation.pk, is_asked=True, by=lead or make_lead(organisation), at=at
    )


def answer(about: Application | Partner, *, at: datetime = START, **answers: str) -> None:
    """Let an applicant or a partner answer."""
    answers = answers or ANSWERS
    if isinstance(about, Application):
        services.answer_as_applicant(application_id=about.pk, answers=answers, by=APPLICANT, at=at)
    else:
        services.answer_as_partner(partner_id=about.pk, answers=answers, by=about.user, at=at)


def answers_of(about: Application | Partner) -> dict[str, str]:
    """Return what somebody has answered, by question."""
    if isinstance(about, Application):
        organisation_id, subject_id = about.vacancy.organisation_id, about.pk
    else:
        organisation_id, subject_id = about.organisation_id, queries.subject_of(about)
    return dict(queries.answers_under(organisation_id, subject_id).values_list("question", "choice"))


def make_answers(
    organisation: Organisation,
    choices: dict[tuple[str, str], int],
    *,
    question: str = "age",
    at: datetime = START,
    is_final: bool = True,
    version: int = 1,
) -> list[UUID]:
    """Write answers of so many people by (answer, stage), without their applications; return whose they are."""
    subjects = [(uuid4(), choice, stage) for (choice, stage), many in choices.items() for _ in range(many)]
    with acting_as(TESTS, "tests.make"):
        DiversityAnswer.objects.bulk_create(
            DiversityAnswer(
                key=queries.key_in_use(organisation.pk, subject, question),
                organisation=organisation,
                version=version,
                question=question,
                choice=choice,
                stage=DiversityStage(stage),
                is_final=is_final,
                answered_in=policies.quarter_of(at.date()),
            )
            for subject, choice, stage in subjects
        )
    return [subject for subject, _choice, _stage in subjects]
