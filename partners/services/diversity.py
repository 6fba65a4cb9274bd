"""Keeps what people say for equality monitoring, apart from everything else.

No answer is in a history, a log or a message. Whoever comes with an application's own link, or is the partner
themselves, has the key worked out for them, and may change or withdraw what stands under it. Nobody else finds it.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from partners.enums.diversity import DiversityStage
from partners.enums.recruitment import ApplicationStatus
from partners.models.diversity import DiversityAnswer, DiversitySettings, DiversityTotal
from partners.models.recruitment import Application
from partners.permissions import diversity as permissions
from partners.policies import diversity as policies
from partners.queries import diversity as queries
from partners.services.moving import lock_partner
from psp_portal.accounts.models import User
from psp_portal.audit.context import Actor, SystemActor, acting_as, audited
from psp_portal.audit.services import record_read
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

CLOCK = SystemActor("diversity.clock")
# Those who come no further, and are not wanted to come back to their answers once these are counted.
_CAME_TO_NOTHING = (DiversityStage.APPLIED, DiversityStage.SHORTLISTED, DiversityStage.INTERVIEWED)


# --- by whose the answers are ------------------------------------------------------------------
@audited("partners.diversity.answer")
@transaction.atomic
def answer_as_applicant(*, application_id: UUID, answers: Mapping[str, str], by: Actor, at: datetime) -> None:
    """Keep an applicant's answers (choice by question) in place of those before; a question left out has none.

    Raises RuleBroken when the organisation does not ask, the application is not with it (or has come to nothing), or
    an answer is none of those there are.
    """
    application = _lock_application(application_id)
    policies.check_can_be_asked(application.status)
    _keep(
        application.vacancy.organisation_id,
        application.pk,
        answers,
        stage=policies.stage_of(application.status) or DiversityStage.APPLIED,
        is_final=policies.is_final(application.status),
        at=at,
    )


@audited("partners.diversity.withdraw")
@transaction.atomic
def withdraw_as_applicant(*, application_id: UUID, by: Actor, at: datetime) -> None:
    """Delete an applicant's answers, whatever has become of the application; a second time there is nothing to do."""
    application = _lock_application(application_id)
    queries.answers_under(application.vacancy.organisation_id, application.pk).delete()


@audited("partners.diversity.answer")
@transaction.atomic
def answer_as_partner(*, partner_id: UUID, answers: Mapping[str, str], by: User, at: datetime) -> None:
    """Keep a partner's own answers, as ``answer_as_applicant`` does. Raises PermissionDenied for anybody else."""
    partner = lock_partner(partner_id)
    permissions.check_is_own(by, partner)
    _keep(
        partner.organisation_id,
        queries.subject_of(partner),
        answers,
        stage=DiversityStage.SERVING,
        is_final=True,
        at=at,
    )


@audited("partners.diversity.withdraw")
@transaction.atomic
def withdraw_as_partner(*, partner_id: UUID, by: User, at: datetime) -> None:
    """Delete a partner's own answers. Raises PermissionDenied for anybody else."""
    partner = lock_partner(partner_id)
    permissions.check_is_own(by, partner)
    queries.answers_under(partner.organisation_id, queries.subject_of(partner)).delete()


def _lock_application(application_id: UUID) -> Application:
    return Application.objects.select_for_update(of=("self",)).select_related("vacancy").get(pk=application_id)


def _keep(
    organisation_id: UUID,
    subject_id: UUID,
    answers: Mapping[str, str],
    *,
    stage: DiversityStage,
    is_final: bool,
    at: datetime,
) -> None:
    version = queries.version_asked(organisation_id)
    if version is None:
        raise RuleBroken("Your organisation does not ask these questions now.")
    policies.check_answers(answers, version=version)
    rows = queries.answers_under(organisation_id, subject_id)
    held = {row.question: row for row in rows}
    rows.delete()
    quarter = policies.quarter_of(local_date(at))
    for question, choice in answers.items():
        before = held.get(question)
        DiversityAnswer.objects.create(
            key=queries.key_in_use(organisation_id, subject_id, question),
            organisation_id=organisation_id,
            version=version,
            question=question,
            choice=choice,
            stage=before.stage if before else stage,
            is_final=before.is_final if before else is_final,
            answered_in=quarter,
            # Who is in a table already is in no other, whatever they say later.
            counted_in=before.counted_in if before else None,
        )


# --- by the other parts ---------------------------------------------------------------------------
def note_stage(*, organisation_id: UUID, subject_id: UUID, stage: str, at: datetime) -> None:
    """Note how far somebody who answered has come (a stage of recruitment); nothing for whoever has not answered."""
    if stage == ApplicationStatus.STARTED:
        return
    came = policies.stage_of(stage)
    changes: dict[str, object] = {"stage": came} if came else {}
    queries.answers_under(organisation_id, subject_id).update(**changes, is_final=policies.is_final(stage))


# --- by those who run the programme -----------------------------------------------------------------
@audited("partners.diversity_settings.change")
@transaction.atomic
def decide_asking(*, organisation_id: UUID, is_asked: bool, by: User, at: datetime) -> DiversitySettings:
    """Say whether an organisation asks: with yes, its lead confirms the newest questions and the policy behind them.

    What has been answered stays as it is; who answered can still withdraw it.
    """
    permissions.check_can_decide_asking(by, organisation_id, today=local_date(at))
    kept, _made = DiversitySettings.objects.update_or_create(
        organisation_id=organisation_id,
        defaults={"is_asked": is_asked, "version": policies.newest_version()},
    )
    return kept


def note_export(*, organisation_id: UUID, organisation_name: str, by: User, at: datetime) -> None:
    """Record that somebody took an organisation's totals away as a file."""
    record_read(
        by=by,
        what="partners.diversity_totals.export",
        subject_id=organisation_id,
        subject_name=organisation_name,
        organisation_id=organisation_id,
        at=at,
    )


# --- by the clock ---------------------------------------------------------------------------------
def close_quarters(*, at: datetime) -> int:
    """Make each organisation's tables for the quarter that ended last, once; return how many tables were made.

    A question with too few people has none, and they wait for the next quarter. It is done once a quarter and not as
    soon as there are enough, so that a day on which somebody's application ends makes no table.
    """
    quarter = policies.quarters_before(policies.quarter_of(local_date(at)), 1)
    organisations = DiversitySettings.objects.order_by("pk").values_list("pk", flat=True)
    return sum(_close(organisation_id, quarter) for organisation_id in organisations)


@transaction.atomic
def _close(organisation_id: UUID, quarter: date) -> int:
    with acting_as(CLOCK, "partners.diversity.count"):
        held = DiversitySettings.objects.select_for_update().get(pk=organisation_id)
        if held.counted_until is not None and held.counted_until >= quarter:
            return 0
        held.counted_until = quarter
        held.save(update_fields=["counted_until"])
        made = _count(organisation_id, quarter)
        _forget_old(organisation_id, quarter)
    return made


def _count(organisation_id: UUID, quarter: date) -> int:
    ready = DiversityAnswer.objects.select_for_update().filter(
        organisation_id=organisation_id, is_final=True, counted_in__isnull=True, answered_in__lte=quarter
    )
    counted: defaultdict[tuple[int, str], list[DiversityAnswer]] = defaultdict(list)
    for answer in ready:
        counted[answer.version, answer.question].append(answer)
    made = 0
    for version, questions in policies.QUESTION_SETS.items():
        for question in questions:
            people = counted[version, question.code]
            table = policies.table_of(question, [(answer.choice, answer.stage) for answer in people])
            if table is None:
                continue
            DiversityTotal.objects.bulk_create(
                DiversityTotal(
                    organisation_id=organisation_id,
                    version=version,
                    quarter=quarter,
                    question=question.code,
                    choice=choice,
                    stage=stage,
                    count=count,
                )
                for (choice, stage), count in policies.cells_of(question, table).items()
            )
            DiversityAnswer.objects.filter(pk__in=[answer.pk for answer in people]).update(counted_in=quarter)
            made += 1
    return made


def _forget_old(organisation_id: UUID, quarter: date) -> None:
    answers = DiversityAnswer.objects.filter(organisation_id=organisation_id)
    over = answers.filter(is_final=True, stage__in=_CAME_TO_NOTHING)
    over.filter(counted_in__isnull=False).delete()
    over.filter(answered_in__lte=policies.quarters_before(quarter, policies.QUARTERS_AFTER_APPLYING)).delete()
    answers.filter(answered_in__lte=policies.quarters_before(quarter, policies.MOST_QUARTERS)).delete()


def forget_leavers(*, at: datetime) -> int:
    """Delete the answers of partners who have left; return how many. What they are counted in names nobody."""
    forgotten = 0
    for organisation_id in DiversitySettings.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic(), acting_as(CLOCK, "partners.diversity.forget"):
            keys = queries.keys_of(organisation_id, queries.subjects_of_leavers(organisation_id))
            forgotten += DiversityAnswer.objects.filter(pk__in=keys).delete()[0]
    return forgotten
