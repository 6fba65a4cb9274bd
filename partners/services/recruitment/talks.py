"""Times for a chat or an interview: offered by the staff, chosen by the applicant."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.enums.recruitment import ApplicationStatus, TalkKind
from partners.models.recruitment import Application, TalkTime
from partners.notifications import recruitment as notifications
from partners.policies.recruitment import vacancies as rules
from partners.queries import recruitment as queries
from partners.services.recruitment.moving import lock, lock_for_staff, next_step_due, tell
from psp_portal.accounts.models import User
from psp_portal.audit.context import Actor, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


@audited("partners.talk_time.offer")
@transaction.atomic
def offer_time(*, application_id: UUID, starts_at: datetime, mode: str, place: str, by: User, at: datetime) -> TalkTime:
    """Offer an applicant a time for what they are invited to; ``place`` is the address, number or video link.

    Raises RuleBroken when they are invited to nothing, have chosen already, or the time is offered or past.
    """
    application = lock_for_staff(application_id, by=by, at=at)
    if application.status not in (ApplicationStatus.CHAT, ApplicationStatus.INTERVIEW):
        raise RuleBroken("Invite the applicant to a chat or an interview first.")
    rules.check_time(starts_at, at=at)
    kind = TalkKind(application.status)
    standing = queries.times_of(application).filter(kind=kind)
    if standing.filter(chosen_at__isnull=False).exists():
        raise RuleBroken("The applicant has chosen a time already.")
    if standing.filter(starts_at=starts_at).exists():
        raise RuleBroken("This time is offered already", field="on")
    time = TalkTime.objects.create(
        application=application,
        kind=kind,
        starts_at=starts_at,
        mode=mode,
        place=place.strip(),
        offered_by=by,
        offered_at=at,
    )
    if application.times_asked_at is not None:
        application.times_note, application.times_asked_at = "", None
        application.save(update_fields=["times_note", "times_asked_at"])
    tell(application, "times", at=at)
    return time


@audited("partners.talk_time.drop")
@transaction.atomic
def drop_time(*, time_id: UUID, by: User, at: datetime) -> TalkTime:
    """Take a time back, chosen or not; the applicant is told. Taken back a second time, nothing changes."""
    time = TalkTime.objects.get(pk=time_id)
    application = lock_for_staff(time.application_id, by=by, at=at)
    time.refresh_from_db()
    if time.dropped_at is None:
        time.dropped_at = at
        time.save(update_fields=["dropped_at"])
        tell(application, "dropped", at=at)
    return time


@audited("partners.talk_time.choose")
@transaction.atomic
def choose_time(*, application_id: UUID, time_id: UUID, by: Actor, at: datetime) -> TalkTime:
    """Choose one of the times that are offered; whoever offered it is told. The same time again changes nothing.

    Raises RuleBroken when the time is not to be had any more.
    """
    application = lock(application_id)
    chosen = queries.times_of(application).filter(pk=time_id, chosen_at__isnull=False).first()
    if chosen is not None:
        return chosen
    time = queries.times_open(application, at=at).filter(pk=time_id).select_related("offered_by").first()
    if time is None:
        raise RuleBroken("This time is not to be had any more. Choose another", field="time_id")
    time.chosen_at = at
    time.save(update_fields=["chosen_at"])
    others = queries.times_of(application).filter(kind=time.kind, chosen_at__isnull=True)
    others.update(dropped_at=at)
    # They hear from the staff once they have talked.
    application.next_by = next_step_due(application, local_date(time.starts_at))
    application.save(update_fields=["next_by"])
    tell(application, "chosen", at=at)
    notifications.staff_told(application, "time_chosen", [time.offered_by], at=at)
    return time


@audited("partners.talk_time.refuse")
@transaction.atomic
def refuse_times(*, application_id: UUID, note: str, by: Actor, at: datetime) -> Application:
    """Say that none of the times is good, and which would be; whoever offered them is told, and offers others.

    Raises RuleBroken when no time is open.
    """
    application = lock(application_id)
    times = list(queries.times_open(application, at=at).select_related("offered_by"))
    if not times:
        raise RuleBroken("There is no time to answer now.")
    queries.times_open(application, at=at).update(dropped_at=at)
    application.times_note, application.times_asked_at = note.strip(), at
    application.save(update_fields=["times_note", "times_asked_at"])
    notifications.staff_told(application, "times_refused", {time.offered_by for time in times}, at=at)
    return application
