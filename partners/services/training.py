"""Writes about training; one function for each thing a person, or the clock, can do."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from partners.enums.training import DevelopmentKind, RequestAction, RequestMove
from partners.models import Partner
from partners.models.training import Course, DevelopmentRequest, TrainingRecord, TrainingSettings
from partners.notifications import training as notifications
from partners.permissions import training as permissions
from partners.policies import training as policies
from partners.queries import training as queries
from partners.services.expiring import warn_of_ends
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, audited
from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import add_working_days, local_date
from psp_portal.exceptions import RuleBroken

CLOCK = SystemActor("partners.warn_of_training")


@dataclass(frozen=True)
class CourseFacts:
    """What somebody says of a course. ``minutes`` is its length on one day; ``renewal_months`` None when it lasts."""

    title: str
    level: int | None
    provider: str
    minutes: int | None
    renewal_months: int | None
    required_of: Collection[int]
    is_published: bool


@dataclass(frozen=True)
class Recorded:
    """What became of a session: who was recorded, and who had it that day already and was left out."""

    records: list[TrainingRecord]
    had_it: list[Partner]


# --- the catalogue --------------------------------------------------------------------------
@audited("partners.course.create")
@transaction.atomic
def create_course(*, organisation_id: UUID, facts: CourseFacts, by: User, at: datetime) -> Course:
    """Put a course in the catalogue. Raises RuleBroken for facts that cannot be, and for a name that is used."""
    permissions.check_can_manage_training(by, organisation_id, today=local_date(at))
    return _save(Course(organisation_id=organisation_id), facts)


@audited("partners.course.change")
@transaction.atomic
def change_course(*, course_id: UUID, facts: CourseFacts, by: User, at: datetime) -> Course:
    """Change a course. What was recorded already keeps its last day, for a certificate says what it said.

    Raises RuleBroken for facts that cannot be, a name that is used, or a course that is closed.
    """
    course = _lock_course(course_id)
    permissions.check_can_manage_training(by, course.organisation_id, today=local_date(at))
    _check_not_closed(course)
    return _save(course, facts)


@audited("partners.course.close")
@transaction.atomic
def close_course(*, course_id: UUID, by: User, at: datetime) -> Course:
    """Take a course out of the catalogue: it is asked of nobody any more, and who did it stays on record."""
    course = _lock_course(course_id)
    permissions.check_can_manage_training(by, course.organisation_id, today=local_date(at))
    _check_not_closed(course)
    course.closed_on = local_date(at)
    course.save(update_fields=["closed_on"])
    return course


def _save(course: Course, facts: CourseFacts) -> Course:
    policies.check_course(title=facts.title, minutes=facts.minutes, renewal_months=facts.renewal_months)
    course.title, course.level, course.provider = facts.title.strip(), facts.level, facts.provider.strip()
    course.minutes, course.renewal_months = facts.minutes, facts.renewal_months
    course.required_of, course.is_published = sorted(facts.required_of), facts.is_published
    try:
        with transaction.atomic():
            course.save()
    except IntegrityError:
        raise RuleBroken("There is a course with this name already", field="title") from None
    return course


def _lock_course(course_id: UUID) -> Course:
    return Course.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=course_id)


def _check_not_closed(course: Course) -> None:
    if course.closed_on is not None:
        raise RuleBroken("This course is closed, so it cannot be changed any more.")


@audited("partners.training_settings.change")
@transaction.atomic
def change_training_settings(
    *, organisation_id: UUID, first_due_days: int, answer_working_days: int, by: User, at: datetime
) -> TrainingSettings:
    """Set an organisation's own times: days until required training is due, working days until a request is answered.

    Raises RuleBroken for times out of reason.
    """
    permissions.check_can_manage_training(by, organisation_id, today=local_date(at))
    policies.check_times(first_due_days=first_due_days, answer_working_days=answer_working_days)
    settings, _made = TrainingSettings.objects.update_or_create(
        organisation_id=organisation_id,
        defaults={"first_due_days": first_due_days, "answer_working_days": answer_working_days},
    )
    return settings


# --- who was there --------------------------------------------------------------------------
@audited("partners.training.record")
@transaction.atomic
def record_session(
    *,
    course_id: UUID,
    done_on: date,
    minutes: int | None,
    reference: str,
    partner_ids: Iterable[UUID],
    by: User,
    at: datetime,
) -> Recorded:
    """Record that some partners did a course on a day; each is told, and who has it that day already is left out.

    All or nothing: raises RuleBroken for a day to come, a course closed by then, a length that cannot be, nobody
    chosen, somebody of another organisation, somebody who had left by then, or oneself.
    """
    course, today = _lock_course(course_id), local_date(at)
    permissions.check_can_manage_training(by, course.organisation_id, today=today)
    policies.check_done_on(done_on, today=today)
    policies.check_is_open(course.closed_on, done_on=done_on)
    policies.check_minutes(minutes)
    wanted = set(partner_ids)
    # Locked in one order, so that two sessions recorded at once wait for each other instead of colliding.
    here = Partner.objects.select_for_update(of=("self",)).filter(organisation_id=course.organisation_id)
    partners = list(here.filter(pk__in=wanted).select_related("user", "organisation").order_by("pk"))
    if not partners or len(partners) != len(wanted):
        raise RuleBroken("Select who was there", field="partner_ids")
    had = set(
        TrainingRecord.objects.filter(course=course, done_on=done_on, partner__in=partners).values_list(
            "partner_id", flat=True
        )
    )
    records = []
    for partner in partners:
        if partner.user_id == by.pk:
            raise RuleBroken("You cannot record your own training. Ask another lead", field="partner_ids")
        policies.check_can_have_been_there(done_on, left_on=partner.left_on, name=partner.user.name)
        if partner.pk not in had:
            records.append(
                TrainingRecord(
                    partner=partner,
                    course=course,
                    done_on=done_on,
                    minutes=minutes,
                    expires_on=policies.expires_on(done_on, course.renewal_months),
                    reference=reference.strip(),
                    recorded_by=by,
                    recorded_at=at,
                )
            )
    TrainingRecord.objects.bulk_create(records)
    notifications.trainings_recorded(records, by=by, at=at)
    by_name = sorted(partners, key=lambda partner: partner.user.name)
    return Recorded(records, [partner for partner in by_name if partner.pk in had])


@audited("partners.training.remove")
@transaction.atomic
def remove_training(*, record_id: UUID, by: User, at: datetime) -> None:
    """Take out a training that was recorded by mistake; its history stays.

    Raises RuleBroken once its time has been claimed for: money hangs on it.
    """
    record = TrainingRecord.objects.select_for_update(of=("self",)).select_related("partner").get(pk=record_id)
    permissions.check_can_remove_training(by, record.partner, today=local_date(at))
    try:
        record.delete()
    except ProtectedError:
        raise RuleBroken("The partner has claimed for this time, so the record has to stay.") from None


def warn_of_training(*, at: datetime) -> int:
    """Warn partners and their leads of trainings that run out in 90, 60 and 30 days, once each; return how many.

    After days down only the step that is nearest is sent. Each training is a transaction of its own.
    """
    return warn_of_ends(
        queries.latest_that_expire(today=local_date(at)),
        tell=notifications.training_runs_out,
        by=CLOCK,
        action="partners.training.warn",
        at=at,
    )


# --- what partners ask for --------------------------------------------------------------------
@audited("partners.development.ask")
@transaction.atomic
def ask_for_development(
    *,
    partner_id: UUID,
    kind: DevelopmentKind,
    what: str,
    why: str,
    when: str,
    hours: int | None,
    cost: Decimal | None,
    by: User,
    at: datetime,
) -> DevelopmentRequest:
    """Ask for training or development, as of right; the lead answers by a day that both are told.

    ``hours`` and ``cost`` (pounds) may be unknown. Raises RuleBroken when it does not say what or why.
    """
    partner = Partner.objects.select_related("user", "lead", "organisation").get(pk=partner_id)
    permissions.check_can_ask(by, partner)
    policies.check_request(what=what, why=why, cost=cost, hours=hours)
    today = local_date(at)
    days = queries.settings_of(partner.organisation_id).answer_working_days
    request = DevelopmentRequest.objects.create(
        partner=partner,
        kind=kind,
        what=what.strip(),
        why=why.strip(),
        when=when.strip(),
        hours=hours,
        cost=cost,
        asked_at=at,
        due_on=add_working_days(today, days, bank_holidays([today.year, today.year + 1])),
    )
    notifications.development_asked(request, at=at)
    return request


@audited("partners.development.decide")
@transaction.atomic
def decide_development(
    *, request_id: UUID, agrees: bool, reason: str, agreed_for: date | None, by: User, at: datetime
) -> DevelopmentRequest:
    """Agree to a request, or say no with a reason; both sides are told.

    Raises RuleBroken when it has been answered or withdrawn, or for a no without a reason.
    """
    request = _lock_request(request_id)
    permissions.check_can_act_on_request(by, request, RequestAction.DECIDE, today=local_date(at))
    status = policies.next_status(request.status, RequestMove.AGREE if agrees else RequestMove.REFUSE)
    if not agrees:
        policies.check_refusal(reason)
    request.status, request.reason = status, reason.strip()
    request.agreed_for = agreed_for if agrees else None
    request.decided_by, request.decided_at = by, at
    request.save(update_fields=["status", "reason", "agreed_for", "decided_by", "decided_at"])
    notifications.development_decided(request, by=by, at=at)
    return request


@audited("partners.development.finish")
@transaction.atomic
def finish_development(*, request_id: UUID, done_on: date, by: User, at: datetime) -> DevelopmentRequest:
    """Say that what was agreed has been done, by the partner or their lead; the other side is told.

    Raises RuleBroken when it was not agreed, or the day is still to come.
    """
    request = _lock_request(request_id)
    today = local_date(at)
    permissions.check_can_act_on_request(by, request, RequestAction.FINISH, today=today)
    status = policies.next_status(request.status, RequestMove.FINISH)
    policies.check_done_on(done_on, today=today)
    request.status, request.done_on = status, done_on
    request.save(update_fields=["status", "done_on"])
    notifications.development_closed(request, by=by, at=at)
    return request


@audited("partners.development.withdraw")
@transaction.atomic
def withdraw_development(*, request_id: UUID, by: User, at: datetime) -> DevelopmentRequest:
    """Take one's own request back; the lead is told. Raises TransitionNotAllowed when it has ended."""
    request = _lock_request(request_id)
    permissions.check_can_act_on_request(by, request, RequestAction.WITHDRAW, today=local_date(at))
    request.status = policies.next_status(request.status, RequestMove.WITHDRAW)
    request.save(update_fields=["status"])
    notifications.development_closed(request, by=by, at=at)
    return request


def _lock_request(request_id: UUID) -> DevelopmentRequest:
    return (
        DevelopmentRequest.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__lead", "partner__organisation")
        .get(pk=request_id)
    )
