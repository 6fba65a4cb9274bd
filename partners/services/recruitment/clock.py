"""What time does to applications: one reminder, and what is no longer needed goes (domain.md 11.6)."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from partners.enums.recruitment import ApplicationMove, ApplicationStatus
from partners.models.recruitment import PERSONAL, Application, Letter, Score, TalkTime
from partners.notifications import recruitment as notifications
from partners.policies.recruitment import applications as policies
from partners.queries import recruitment as queries
from partners.services.recruitment.moving import lock, move, tell
from psp_portal.audit.context import SystemActor, acting_as
from psp_portal.dates import local_date
from psp_portal.notifications.services import remove_letters

CLOCK = SystemActor("recruitment.clock")


def remind_unsent(*, at: datetime) -> int:
    """Remind each applicant once of what they have begun and not sent, before it goes; return how many."""
    today, reminded = local_date(at), 0
    begun = Application.objects.filter(status=ApplicationStatus.STARTED, reminded_at__isnull=True)
    for application in begun.select_related("vacancy").order_by("started_at"):
        periods = queries.settings_of(application.vacancy.organisation_id).periods
        if (
            policies.reminds_on(application.started_at, periods)
            <= today
            <= policies.unsent_until(application.started_at, periods)
        ):
            reminded += _remind(application, at=at)
    return reminded


@transaction.atomic
def _remind(begun: Application, *, at: datetime) -> bool:
    with acting_as(CLOCK, "partners.application.remind"):
        application = lock(begun.pk)
        if application.status != ApplicationStatus.STARTED or application.reminded_at is not None:
            return False
        application.reminded_at = at
        application.save(update_fields=["reminded_at"])
        tell(application, "remind", at=at)
    return True


def expire_applications(*, at: datetime, held: Collection[UUID] = ()) -> int:
    """Remove the personal data of applications that were not sent in time, or came to nothing long enough ago.

    The row stays as a number: its vacancy, channel, furthest stage and days. ``held`` are the organisations whose
    records must be kept now, whatever their time. Returns how many were emptied.
    """
    today, emptied = local_date(at), 0
    ended = (ApplicationStatus.STARTED, ApplicationStatus.NOT_THIS_TIME, ApplicationStatus.WITHDRAWN)
    kept = Application.objects.filter(status__in=ended, erased_at__isnull=True)
    kept = kept.exclude(vacancy__organisation_id__in=held)
    for application in kept.select_related("vacancy").order_by("status_since"):
        periods = queries.settings_of(application.vacancy.organisation_id).periods
        if _is_over(application, periods, today):
            _empty(application, at=at)
            emptied += 1
    return emptied


def _is_over(application: Application, periods: policies.Periods, today: date) -> bool:
    if application.status == ApplicationStatus.STARTED or application.sent_at is None:
        return policies.unsent_until(application.started_at, periods) < today
    return policies.erased_on(application.status_since, periods) <= today


@transaction.atomic
def _empty(kept: Application, *, at: datetime) -> None:
    with acting_as(CLOCK, "partners.application.expire"):
        application = lock(kept.pk)
        # An applicant who sends it at this very moment is first.
        if application.status != kept.status or application.erased_at is not None:
            return
        if application.status == ApplicationStatus.STARTED:
            move(application, ApplicationMove.EXPIRE, at=at)
        for rows in (Score, TalkTime, Letter):
            rows.objects.filter(application=application).delete()
        application.keys.all().delete()
        for name in PERSONAL:
            setattr(application, name, "")
        application.entered_by, application.erased_at = None, at
        application.save(update_fields=[*PERSONAL, "entered_by", "erased_at"])
        remove_letters(notifications.prefix(application))
