"""Reads vacancies and applications; every function starts from a user, an organisation or an applicant's own key."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Avg, Count, Prefetch, Q, QuerySet
from django.urls import reverse

from partners.enums.recruitment import ApplicationStatus, Stage, VacancyStatus
from partners.models.recruitment import (
    Application,
    ApplicationQuerySet,
    Channel,
    Criterion,
    Letter,
    LetterTemplate,
    Offer,
    RecruitmentSettings,
    Score,
    TalkTime,
    Vacancy,
)
from partners.policies.recruitment import applications as policies
from partners.policies.recruitment.words import DEFAULT_LETTERS
from psp_portal.accounts.models import User
from psp_portal.accounts.policies.terms import hash_of
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission
from psp_portal.dates import local_date
from psp_portal.waiting import Waiting

WAITING_SHOWN = 50
NOT_SAID = "Came without a code"


# --- vacancies ------------------------------------------------------------------------------
def vacancies_visible_to(user: User, *, today: date) -> QuerySet[Vacancy]:
    """Return the vacancies of the organisations whose partners somebody manages."""
    theirs = organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
    return Vacancy.objects.filter(organisation_id__in=theirs).select_related("organisation")


def with_counts(vacancies: QuerySet[Vacancy]) -> QuerySet[Vacancy]:
    """Give each vacancy the number of its applications sent in (``sent_in``) and still ``undecided``."""
    return vacancies.annotate(
        sent_in=Count("applications", filter=Q(applications__sent_at__isnull=False)),
        undecided=Count("applications", filter=Q(applications__status__in=policies.UNDECIDED)),
    )


def public_vacancy(slug: str) -> Vacancy | None:
    """Return the vacancy with a plain address, for anybody; None for none, and for one that is still a draft."""
    published = Vacancy.objects.exclude(status=VacancyStatus.DRAFT).select_related("organisation")
    return published.filter(slug=slug).first()


def channels_visible_to(user: User, *, today: date) -> QuerySet[Channel]:
    """Return the channels of the vacancies that somebody manages."""
    return Channel.objects.filter(vacancy__in=vacancies_visible_to(user, today=today)).select_related("vacancy")


def criteria_visible_to(user: User, *, today: date) -> QuerySet[Criterion]:
    """Return the criteria of the vacancies that somebody manages."""
    return Criterion.objects.filter(vacancy__in=vacancies_visible_to(user, today=today)).select_related("vacancy")


def channels_of(vacancy: Vacancy) -> QuerySet[Channel]:
    """Return a vacancy's channels, by their words."""
    return Channel.objects.filter(vacancy=vacancy).order_by("label", "pk")


def channel_with(vacancy: Vacancy, code: str) -> Channel | None:
    """Return the channel that a code in the address names, or None."""
    return Channel.objects.filter(vacancy=vacancy, code=code.strip().lower()).first()


def criteria_of(vacancy: Vacancy) -> QuerySet[Criterion]:
    """Return what a vacancy's applications are measured by, in their order."""
    return Criterion.objects.filter(vacancy=vacancy).order_by("position")


# --- applications ---------------------------------------------------------------------------
def applications_visible_to(user: User, *, today: date) -> ApplicationQuerySet:
    """Return the applications that somebody may see as staff: sent in, at organisations whose partners they manage.

    Nobody sees their own as staff.
    """
    theirs = organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
    return (
        Application.objects.in_hand()
        .filter(vacancy__organisation_id__in=theirs)
        .exclude(email__iexact=user.email)
        .select_related("vacancy__organisation", "channel", "entered_by", "partner__user")
    )


def application_with(token: str) -> Application | None:
    """Return the application that a key from an e-mail opens, or None for an unknown key."""
    return (
        Application.objects.filter(keys__key_hash=hash_of(token))
        .select_related("vacancy__organisation", "channel")
        .first()
    )


def live_application(vacancy: Vacancy, email: str) -> Application | None:
    """Return the application for a vacancy from an e-mail address, in any case of letters, unless it has ended."""
    ended = (ApplicationStatus.WITHDRAWN, ApplicationStatus.EXPIRED)
    return Application.objects.filter(vacancy=vacancy, email__iexact=email).exclude(status__in=ended).first()


def times_of(application: Application) -> QuerySet[TalkTime]:
    """Return the times that stand for an application: offered or chosen, not dropped, the first first."""
    return TalkTime.objects.filter(application=application, dropped_at__isnull=True).order_by("starts_at", "pk")


def times_open(application: Application, *, at: datetime) -> QuerySet[TalkTime]:
    """Return the times of which the applicant can still choose one: still to come, for what they are invited to."""
    if application.status not in (ApplicationStatus.CHAT, ApplicationStatus.INTERVIEW):
        return TalkTime.objects.none()
    times = times_of(application).filter(kind=application.status, starts_at__gt=at)
    return times.none() if times.filter(chosen_at__isnull=False).exists() else times


def letters_of(application: Application) -> QuerySet[Letter]:
    """Return what an applicant has been told, the latest first."""
    return Letter.objects.filter(application=application).order_by("-sent_at", "pk")


def offer_of(application: Application) -> Offer | None:
    """Return what an applicant is offered, or None."""
    return Offer.objects.filter(application=application).select_related("lead", "offered_by").first()


@dataclass(frozen=True)
class Scored:
    """What the panel gave for one criterion; ``scores`` by the names of those who gave them."""

    criterion: Criterion
    scores: list[Score]


def scores_of(application: Application) -> list[Scored]:
    """Return what the panel gave an application, by criterion. Two queries."""
    given = Score.objects.select_related("scorer").filter(application=application).order_by("scorer__name", "pk")
    criteria = criteria_of(application.vacancy).prefetch_related(Prefetch("scores", given, to_attr="given"))
    return [Scored(criterion, criterion.given) for criterion in criteria]


def own_scores(application: Application, scorer: User) -> dict[UUID, Score]:
    """Return what one member of the panel gave an application, by criterion."""
    return {score.criterion_id: score for score in Score.objects.filter(application=application, scorer=scorer)}


def with_points(applications: ApplicationQuerySet) -> ApplicationQuerySet:
    """Give each application the panel's mean points for a criterion (``points``), None before anybody scored."""
    return applications.annotate(points=Avg("scores__points"))


# --- settings -------------------------------------------------------------------------------
def settings_of(organisation_id: UUID) -> RecruitmentSettings:
    """Return an organisation's settings: its own row, or one with the defaults that is not saved."""
    held = RecruitmentSettings.objects.filter(organisation_id=organisation_id).first()
    return held or RecruitmentSettings(organisation_id=organisation_id)


def letter_words(organisation_id: UUID, kind: str) -> str:
    """Return an organisation's words for a letter: its own, or the portal's."""
    own = LetterTemplate.objects.filter(organisation_id=organisation_id, kind=kind).first()
    return own.words if own else DEFAULT_LETTERS[kind]


def kinds_of_own_words(organisation_id: UUID) -> set[str]:
    """Return the kinds of letters for which an organisation has words of its own."""
    return set(LetterTemplate.objects.filter(organisation_id=organisation_id).values_list("kind", flat=True))


# --- rates ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class VacancyRates:
    """How many came how far by each channel of one vacancy, small counts left out."""

    vacancy: Vacancy
    rates: list[policies.ChannelRates]


def rates_of(vacancies: Sequence[Vacancy]) -> list[VacancyRates]:
    """Return the rates of each of these vacancies. Two queries, however many there are."""
    counts: dict[UUID, dict[str, Counter[str]]] = {each.pk: {} for each in vacancies}
    for vacancy_id, label in (
        Channel.objects.filter(vacancy__in=vacancies).order_by("label", "pk").values_list("vacancy_id", "label")
    ):
        counts[vacancy_id][label] = Counter()
    for vacancy_id, channel, stage, number in (
        Application.objects.filter(vacancy__in=vacancies)
        .values_list("vacancy_id", "channel__label", "furthest")
        .annotate(number=Count("pk"))
        .order_by("vacancy_id", "channel__label")
    ):
        counts[vacancy_id].setdefault(channel or NOT_SAID, Counter())[Stage(stage)] += number
    found = []
    for vacancy in vacancies:
        labels = list(counts[vacancy.pk])
        table = policies.tables_of(counts[vacancy.pk], labels)
        found.append(VacancyRates(vacancy, policies.rates_of(table, labels)))
    return found


# --- what waits -----------------------------------------------------------------------------
def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return the applications whose next step is somebody's who recruits, the oldest first. Two queries."""
    told = TalkTime.objects.filter(dropped_at__isnull=True)
    applications = (
        applications_visible_to(user, today=today)
        .filter(status__in=policies.UNDECIDED)
        .prefetch_related(Prefetch("times", told, to_attr="standing"))
        .order_by("status_since", "pk")
    )
    found = []
    for application in applications:
        times = [time for time in application.standing if time.kind == application.status]
        label = policies.what_waits(
            application.status,
            chosen_on=next((local_date(time.starts_at) for time in times if time.chosen_at), None),
            has_times=bool(times),
            today=today,
        )
        if label:
            found.append(
                Waiting(
                    label=f"{label} {application.reference}",
                    detail=f"{application.vacancy.title}.",
                    url=reverse("recruitment:application_detail", args=[application.pk]),
                    since=application.times_asked_at or application.status_since,
                    due_on=application.next_by,
                )
            )
    return sorted(found, key=lambda item: item.since)[:WAITING_SHOWN]
