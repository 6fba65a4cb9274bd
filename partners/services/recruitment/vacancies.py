"""What an organisation prepares: vacancies, their channels and criteria, its letters and its settings."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from partners.enums.recruitment import VacancyStatus
from partners.models.recruitment import Channel, Criterion, LetterTemplate, RecruitmentSettings, Score, Vacancy
from partners.permissions import recruitment as permissions
from partners.policies.recruitment import applications as policies
from partners.policies.recruitment import vacancies as rules
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


@audited("partners.vacancy.create")
@transaction.atomic
def create_vacancy(
    *,
    organisation_id: UUID,
    slug: str,
    title: str,
    purpose: str,
    tasks: str,
    time_asked: str,
    is_paid: bool,
    contact: str,
    opens_on: date,
    closes_on: date,
    hides_names: bool,
    by: User,
    at: datetime,
) -> Vacancy:
    """Write a vacancy down as a draft. ``slug`` is the last part of its plain address, one in the whole portal.

    Raises RuleBroken when the address is taken or nobody could dictate it, or the role closes before it opens.
    """
    permissions.check_can_recruit(by, organisation_id, today=local_date(at))
    rules.check_days(opens_on, closes_on)
    return Vacancy.objects.create(
        organisation_id=organisation_id,
        slug=_free_slug(slug),
        title=title.strip(),
        purpose=purpose.strip(),
        tasks=tasks.strip(),
        time_asked=time_asked.strip(),
        is_paid=is_paid,
        contact=contact.strip(),
        opens_on=opens_on,
        closes_on=closes_on,
        hides_names=hides_names,
    )


@audited("partners.vacancy.change")
@transaction.atomic
def change_vacancy(*, vacancy_id: UUID, by: User, at: datetime, **changes: Any) -> Vacancy:
    """Change what a vacancy says (the arguments of ``create_vacancy``). Its address stays: it may be printed.

    Raises RuleBroken when the address would change after the vacancy has been open, or it closes before it opens.
    """
    vacancy = lock_vacancy(vacancy_id, by=by, at=at)
    rules.check_days(changes["opens_on"], changes["closes_on"])
    slug = changes.pop("slug")
    if slug.strip().lower() != vacancy.slug:
        if vacancy.status != VacancyStatus.DRAFT:
            raise RuleBroken("The address cannot be changed any more: people may have it on paper", field="slug")
        vacancy.slug = _free_slug(slug)
    for name, value in changes.items():
        setattr(vacancy, name, value.strip() if isinstance(value, str) else value)
    vacancy.save(update_fields=["slug", *changes])
    return vacancy


@audited("partners.vacancy.open")
@transaction.atomic
def open_vacancy(*, vacancy_id: UUID, by: User, at: datetime) -> Vacancy:
    """Let a vacancy's page take applications between its days. Raises RuleBroken when it is open, or would be over."""
    vacancy = lock_vacancy(vacancy_id, by=by, at=at)
    rules.check_can_open(vacancy.status, closes_on=vacancy.closes_on, today=local_date(at))
    return _set_status(vacancy, VacancyStatus.OPEN)


@audited("partners.vacancy.close")
@transaction.atomic
def close_vacancy(*, vacancy_id: UUID, by: User, at: datetime) -> Vacancy:
    """Take no more applications; what was started can still be sent. Raises RuleBroken when it is not open."""
    vacancy = lock_vacancy(vacancy_id, by=by, at=at)
    rules.check_can_close(vacancy.status)
    return _set_status(vacancy, VacancyStatus.CLOSED)


@audited("partners.channel.add")
@transaction.atomic
def add_channel(*, vacancy_id: UUID, label: str, code: str, by: User, at: datetime) -> Channel:
    """Add a way by which people hear of a vacancy. Raises RuleBroken when its code or its words are there already."""
    vacancy = lock_vacancy(vacancy_id, by=by, at=at)
    code = rules.clean_slug(code, field="code", shortest=2)
    channels = Channel.objects.filter(vacancy=vacancy)
    if channels.filter(code=code).exists():
        raise RuleBroken("Another channel of this role has this code", field="code")
    if channels.filter(label__iexact=label.strip()).exists():
        raise RuleBroken("This role has this channel already", field="label")
    return Channel.objects.create(vacancy=vacancy, code=code, label=label.strip())


@audited("partners.criterion.add")
@transaction.atomic
def add_criterion(*, vacancy_id: UUID, words: str, is_essential: bool, by: User, at: datetime) -> Criterion:
    """Add what applications are measured by, as the last. Raises RuleBroken once the first has been scored."""
    vacancy = lock_vacancy(vacancy_id, by=by, at=at)
    _check_not_scored(vacancy)
    last = Criterion.objects.filter(vacancy=vacancy).aggregate(last=Max("position"))["last"] or 0
    return Criterion.objects.create(vacancy=vacancy, position=last + 1, words=words.strip(), is_essential=is_essential)


@audited("partners.criterion.remove")
@transaction.atomic
def remove_criterion(*, criterion_id: UUID, by: User, at: datetime) -> None:
    """Remove what applications would be measured by. Raises RuleBroken once the first has been scored."""
    criterion = Criterion.objects.get(pk=criterion_id)
    _check_not_scored(lock_vacancy(criterion.vacancy_id, by=by, at=at))
    criterion.delete()


@audited("partners.recruitment_letter.change")
@transaction.atomic
def change_letter(*, organisation_id: UUID, kind: str, words: str, by: User, at: datetime) -> LetterTemplate:
    """Keep an organisation's own words for a kind of letter, in the place of those before."""
    permissions.check_can_recruit(by, organisation_id, today=local_date(at))
    template, _created = LetterTemplate.objects.update_or_create(
        organisation_id=organisation_id, kind=kind, defaults={"words": words.strip()}
    )
    return template


@audited("partners.recruitment_settings.change")
@transaction.atomic
def change_settings(
    *,
    organisation_id: UUID,
    answer_working_days: int,
    unsent_days: int,
    remind_days_before: int,
    keep_months: int,
    by: User,
    at: datetime,
) -> RecruitmentSettings:
    """Set how long an organisation takes to answer, and how long it keeps applications."""
    permissions.check_can_recruit(by, organisation_id, today=local_date(at))
    periods = policies.Periods(answer_working_days, unsent_days, remind_days_before, keep_months)
    policies.check_periods(periods)
    settings, _created = RecruitmentSettings.objects.update_or_create(
        organisation_id=organisation_id,
        defaults={
            "answer_working_days": answer_working_days,
            "unsent_days": unsent_days,
            "remind_days_before": remind_days_before,
            "keep_months": keep_months,
        },
    )
    return settings


def lock_vacancy(vacancy_id: UUID, *, by: User, at: datetime) -> Vacancy:
    """Lock a vacancy for one who may change it. Raises PermissionDenied for anybody else."""
    vacancy = Vacancy.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=vacancy_id)
    permissions.check_can_recruit(by, vacancy.organisation_id, today=local_date(at))
    return vacancy


def _set_status(vacancy: Vacancy, status: VacancyStatus) -> Vacancy:
    vacancy.status = status
    vacancy.save(update_fields=["status"])
    return vacancy


def _free_slug(typed: str) -> str:
    slug = rules.clean_slug(typed)
    if Vacancy.objects.filter(slug=slug).exists():
        raise RuleBroken("This address is taken. Choose another", field="slug")
    return slug


def _check_not_scored(vacancy: Vacancy) -> None:
    rules.check_criteria_can_change(scores=Score.objects.filter(application__vacancy=vacancy).count())
