"""Reads equality monitoring: the totals from a user, answers from whose they are alone. No query joins the two."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from partners.enums.diversity import DiversityStage
from partners.models import Partner
from partners.models.diversity import DiversityAnswer, DiversitySettings, DiversityTotal
from partners.models.recruitment import Application
from partners.policies import diversity as policies
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission


# --- whose answers ----------------------------------------------------------------------------
def _secrets() -> list[str]:
    """Return what keys are worked out with, the one in use first; replaced ones find what was answered before."""
    return [
        sha256(f"partners.diversity:{secret}".encode()).hexdigest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def key_in_use(organisation_id: UUID, subject_id: UUID, question: str) -> str:
    """Return the key under which a subject's answer to a question is kept from now on."""
    return policies.key_of(_secrets()[0], organisation_id, subject_id, question)


def keys_of(organisation_id: UUID, subject_ids: Iterable[UUID]) -> list[str]:
    """Return every key under which answers of these subjects may stand."""
    questions = policies.question_codes()
    return [
        policies.key_of(secret, organisation_id, subject_id, question)
        for secret in _secrets()
        for subject_id in subject_ids
        for question in questions
    ]


def answers_under(organisation_id: UUID, subject_id: UUID) -> QuerySet[DiversityAnswer]:
    """Return what a subject has answered."""
    return DiversityAnswer.objects.filter(pk__in=keys_of(organisation_id, [subject_id]))


def own_appointments(user: User) -> QuerySet[Partner]:
    """Return the appointments in which somebody serves, for their own answers; nobody else's."""
    return Partner.objects.serving().filter(user=user).select_related("organisation")


def subject_of(partner: Partner) -> UUID:
    """Return under what a partner's answers stand: the application's that led here, else the appointment's own."""
    return Application.objects.filter(partner=partner).values_list("pk", flat=True).first() or partner.pk


def subjects_of_leavers(organisation_id: UUID) -> list[UUID]:
    """Return under what answers of an organisation's former partners may stand. Two queries."""
    left = Partner.objects.filter(organisation_id=organisation_id, left_on__isnull=False)
    applied = Application.objects.filter(partner__in=left).values_list("pk", flat=True)
    return [*left.values_list("pk", flat=True), *applied]


# --- what is asked ----------------------------------------------------------------------------
def settings_of(organisation_id: UUID) -> DiversitySettings | None:
    """Return what an organisation has confirmed, or None before it has."""
    return DiversitySettings.objects.filter(organisation_id=organisation_id).first()


def questions_asked(organisation_id: UUID) -> Sequence[policies.Question]:
    """Return the questions that an organisation asks; none where it does not ask."""
    version = version_asked(organisation_id)
    return policies.QUESTION_SETS[version] if version else ()


def version_asked(organisation_id: UUID) -> int | None:
    """Return the number of the set of questions that an organisation asks, or None when it asks none."""
    held = settings_of(organisation_id)
    return held.version if held and held.is_asked else None


def has_a_page_for(organisation_id: UUID, subject_id: UUID) -> bool:
    """Say whether the questions' page is of use to a subject: they are asked, or can withdraw what they answered."""
    return version_asked(organisation_id) is not None or answers_under(organisation_id, subject_id).exists()


# --- totals -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class TotalRow:
    """One answer of a printed table: its number at each stage and at all; None where it is left out."""

    quarter: date
    version: int
    question: str
    label: str
    counts: tuple[int | None, ...]
    total: int | None


def totals_visible_to(user: User, *, today: date) -> QuerySet[DiversityTotal]:
    """Return the printed numbers of the organisations whose programme somebody may see."""
    theirs = organisation_ids_allowing(user, Permission.SEE_PROGRAMME, today)
    return DiversityTotal.objects.filter(organisation_id__in=theirs)


def quarters_of(totals: QuerySet[DiversityTotal]) -> list[date]:
    """Return the quarters in which there are printed tables, the latest first."""
    return list(totals.order_by("-quarter").values_list("quarter", flat=True).distinct())


def rows_of(totals: QuerySet[DiversityTotal]) -> list[TotalRow]:
    """Return printed numbers as rows, in the order of quarters (the latest first), questions and answers. One query."""
    numbers = {(each.quarter, each.version, each.question, each.choice, each.stage): each.count for each in totals}
    tables = {place[:3] for place in numbers}
    found = []
    for version, questions in policies.QUESTION_SETS.items():
        for quarter in sorted({quarter for quarter, _version, _question in tables}, reverse=True):
            for question in questions:
                if (quarter, version, question.code) not in tables:
                    continue
                for choice, label in [*question.answers.items(), ("", "All who answered")]:
                    place = (quarter, version, question.code, choice)
                    found.append(
                        TotalRow(
                            quarter, version, question.label, label,
                            tuple(numbers[*place, stage] for stage in DiversityStage), numbers[*place, ""],
                        )
                    )  # fmt: skip
    return found
