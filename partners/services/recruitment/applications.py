"""What an applicant does, by their own link or through a member of staff who writes it down for them."""

from datetime import datetime
from random import SystemRandom
from uuid import UUID

from django.db import transaction

from partners.enums.recruitment import ApplicationMove, ApplicationStatus, ApplicationStep
from partners.models.recruitment import Application, Channel, Vacancy
from partners.notifications import recruitment as notifications
from partners.policies import appointments as appointment_policies
from partners.policies.recruitment import applications as policies
from partners.policies.recruitment import vacancies as rules
from partners.queries import recruitment as queries
from partners.queries.appointments import leads_of
from partners.services.diversity import note_stage
from partners.services.recruitment.moving import lock, lock_for_staff, move, tell
from partners.services.recruitment.vacancies import lock_vacancy
from psp_portal.accounts.models import User
from psp_portal.audit.context import Actor, SystemActor, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

# Whoever holds the key of an application. The row itself says whose it is.
APPLICANT = SystemActor("recruitment.applicant")

_CHANCE = SystemRandom()


@audited("partners.application.start")
@transaction.atomic
def start_application(*, vacancy_id: UUID, name: str, email: str, channel_code: str, by: Actor, at: datetime) -> None:
    """Begin an application and e-mail its link; from an address that has one already, e-mail the link to that one.

    Nothing is returned: the page must look the same in both cases. Raises RuleBroken when the role takes none now.
    """
    vacancy = Vacancy.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=vacancy_id)
    email = email.strip().lower()
    held = queries.live_application(vacancy, email)
    if held is not None:
        tell(held, "again", at=at)
        return
    _check_is_taking(vacancy, at)
    application = _create(
        vacancy,
        name=name.strip(),
        email=email,
        channel=queries.channel_with(vacancy, channel_code),
        started_at=at,
        status_since=at,
    )
    tell(application, "start", at=at)


@audited("partners.application.link")
@transaction.atomic
def send_link_again(*, vacancy_id: UUID, email: str, by: Actor, at: datetime) -> None:
    """E-mail the link to the application that there is from an address; for none nothing, and nobody is told which."""
    vacancy = Vacancy.objects.select_related("organisation").get(pk=vacancy_id)
    held = queries.live_application(vacancy, email.strip())
    if held is not None:
        tell(held, "again", at=at)


@audited("partners.application.answer")
@transaction.atomic
def answer_step(
    *,
    application_id: UUID,
    step: ApplicationStep,
    words: str,
    channel_id: UUID | None = None,
    reply_format: str = "",
    by: Actor,
    at: datetime,
) -> Application:
    """Keep the answer to one question. ``channel_id`` goes with "heard", ``reply_format`` with "needs".

    Raises RuleBroken when the application has been sent or has ended, or nobody could call the telephone number.
    """
    application = lock(application_id)
    if application.status != ApplicationStatus.STARTED:
        raise RuleBroken("This application has been sent, so its answers cannot be changed any more.")
    words = words.strip()
    if step == ApplicationStep.TELEPHONE:
        words = _telephone(words, field="telephone")
    setattr(application, step, words)
    fields = [str(step), "steps_done"]
    if step == ApplicationStep.HEARD:
        application.channel = Channel.objects.filter(vacancy=application.vacancy, pk=channel_id).first()
        fields.append("channel")
    if step == ApplicationStep.NEEDS and reply_format:
        application.reply_format = reply_format
        fields.append("reply_format")
    application.steps_done = [each for each in ApplicationStep if each in {*application.steps_done, step}]
    application.save(update_fields=fields)
    return application


@audited("partners.application.send")
@transaction.atomic
def send_application(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """Send an application in; sent a second time, nothing changes. Staff and applicant are told once.

    What was begun in time can be sent after the role has closed: the page that was open must not be for nothing.
    Raises RuleBroken when an answer that every application needs is missing, or the application has ended.
    """
    application = lock(application_id)
    if application.sent_at is not None:
        return application
    policies.check_can_send({step: getattr(application, step) for step in ApplicationStep})
    move(application, ApplicationMove.SEND, at=at, sent_at=at)
    tell(application, "sent", at=at)
    _tell_leads(application, "came_in", at)
    return application


@audited("partners.application.enter")
@transaction.atomic
def enter_application(
    *,
    vacancy_id: UUID,
    name: str,
    email: str,
    telephone: str,
    reasons: str,
    experience: str,
    interests: str,
    needs: str,
    reply_format: str,
    channel_id: UUID | None,
    by: User,
    at: datetime,
) -> Application:
    """Write down and send in what somebody said on the telephone or sent on paper. ``email`` may be empty.

    Raises RuleBroken when the role takes none now, somebody could not be reached at all, or has applied already.
    """
    vacancy = lock_vacancy(vacancy_id, by=by, at=at)
    _check_is_taking(vacancy, at)
    email = email.strip().lower()
    telephone = _telephone(telephone, field="telephone")
    if not email and not telephone:
        raise RuleBroken("Enter an email address or a telephone number, so that they can be reached", field="telephone")
    if email and queries.live_application(vacancy, email):
        raise RuleBroken("Somebody with this email address has an application for this role already", field="email")
    application = _create(
        vacancy,
        name=name.strip(),
        email=email,
        telephone=telephone,
        reasons=reasons.strip(),
        experience=experience.strip(),
        interests=interests.strip(),
        needs=needs.strip(),
        reply_format=reply_format,
        channel=Channel.objects.filter(vacancy=vacancy, pk=channel_id).first(),
        steps_done=list(ApplicationStep),
        entered_by=by,
        started_at=at,
        status_since=at,
    )
    return send_application(application_id=application.pk, by=by, at=at)


@audited("partners.application.contact")
@transaction.atomic
def change_contact(*, application_id: UUID, email: str, telephone: str, by: User, at: datetime) -> Application:
    """Change how an applicant is reached, as they asked; at a new address their earlier links stop working.

    Raises RuleBroken when they could not be reached at all, or somebody else has applied from that address.
    """
    application = lock_for_staff(application_id, by=by, at=at)
    if application.hides_name:
        raise RuleBroken("You can change this once shortlisting is decided.")
    email, telephone = email.strip().lower(), _telephone(telephone, field="telephone")
    if not email and not telephone:
        raise RuleBroken("Enter an email address or a telephone number, so that they can be reached", field="telephone")
    other = queries.live_application(application.vacancy, email) if email else None
    if other is not None and other.pk != application.pk:
        raise RuleBroken("Somebody with this email address has an application for this role already", field="email")
    is_new_address = email != application.email
    application.email, application.telephone = email, telephone
    application.save(update_fields=["email", "telephone"])
    if is_new_address:
        application.keys.all().delete()
        tell(application, "again", at=at)
    return application


@audited("partners.application.withdraw")
@transaction.atomic
def withdraw_application(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """Withdraw an application, begun or sent; a second time nothing changes. The staff are told of one they had.

    Raises TransitionNotAllowed when it has been decided.
    """
    application = lock(application_id)
    if application.status == ApplicationStatus.WITHDRAWN:
        return application
    move(application, ApplicationMove.WITHDRAW, at=at)
    tell(application, "withdrawn", at=at)
    if application.sent_at:
        _tell_leads(application, "gone", at)
    return application


def _tell_leads(application: Application, what: str, at: datetime) -> None:
    leads = leads_of(application.vacancy.organisation_id, today=local_date(at))
    notifications.staff_told(application, what, leads.exclude(email__iexact=application.email), at=at)


def _create(vacancy: Vacancy, **fields: object) -> Application:
    taken = set(Application.objects.filter(vacancy=vacancy).values_list("reference", flat=True))
    reference = policies.reference_of(_CHANCE.getrandbits(64))
    while reference in taken:
        reference = policies.reference_of(_CHANCE.getrandbits(64))
    application = Application.objects.create(vacancy=vacancy, reference=reference, **fields)
    note_stage(
        organisation_id=vacancy.organisation_id,
        subject_id=application.pk,
        stage=application.status,
        at=application.started_at,
    )
    return application


def _check_is_taking(vacancy: Vacancy, at: datetime) -> None:
    rules.check_is_taking(vacancy.status, opens_on=vacancy.opens_on, closes_on=vacancy.closes_on, today=local_date(at))


def _telephone(typed: str, *, field: str) -> str:
    """Return a telephone number with single spaces, or nothing; an error stands beside the box it was typed in."""
    if not typed.strip():
        return ""
    try:
        return appointment_policies.clean_telephone(typed)
    except RuleBroken as broken:
        raise RuleBroken(broken.message, field=field) from None
