"""What every change of an application shares: the lock, the move, the letter with its key."""

from datetime import date, datetime
from uuid import UUID

from partners.enums.recruitment import ApplicationMove
from partners.models.recruitment import Application, ApplicationKey
from partners.notifications import recruitment as notifications
from partners.permissions import recruitment as permissions
from partners.policies.recruitment import applications as policies
from partners.policies.recruitment import states
from partners.queries import recruitment as queries
from partners.services.diversity import note_stage
from psp_portal.accounts.models import User
from psp_portal.accounts.policies.terms import hash_of
from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import local_date
from psp_portal.notifications.keys import key_for


def lock(application_id: UUID) -> Application:
    """Lock an application; what somebody may do with it, the caller asks."""
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("vacancy__organisation", "channel")
        .get(pk=application_id)
    )


def lock_for_staff(application_id: UUID, *, by: User, at: datetime) -> Application:
    """Lock an application for one of its organisation's staff. Raises PermissionDenied for anybody else."""
    application = lock(application_id)
    permissions.check_can_handle(by, application, today=local_date(at))
    return application


def next_step_due(application: Application, since: date) -> date | None:
    """Return the day by which an applicant hears the next step, counted from a day; None once nothing comes."""
    return policies.next_step_due(
        application.status,
        today=since,
        periods=queries.settings_of(application.vacancy.organisation_id).periods,
        holidays=bank_holidays(range(since.year, since.year + 2)),
    )


def move(application: Application, step: ApplicationMove, *, at: datetime, **fields: object) -> None:
    """Move an application on, with what else changes, and set by when the applicant hears of the next step.

    Raises TransitionNotAllowed when the move cannot be made from its status.
    """
    application.status = states.next_status(application.status, step)
    application.furthest = states.furthest(application.furthest, step)
    application.status_since = at
    application.next_by = next_step_due(application, local_date(at))
    for name, value in fields.items():
        setattr(application, name, value)
    application.save(update_fields=["status", "furthest", "status_since", "next_by", *fields])
    note_stage(
        organisation_id=application.vacancy.organisation_id,
        subject_id=application.pk,
        stage=application.status,
        at=at,
    )


def tell(application: Application, what: str, *, at: datetime) -> None:
    """E-mail an applicant a link of their own, of which the hash is kept; nothing for one without an address."""
    if not application.email:
        return
    key = key_for(notifications.dedupe_key(application, what, at))
    ApplicationKey.objects.get_or_create(key_hash=hash_of(key), defaults={"application": application, "made_at": at})
    notifications.applicant_told(application, what, at=at)
