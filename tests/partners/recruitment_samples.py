"""Makes vacancies and applications for tests, through the services. Each function makes up what it is not given."""

import itertools
from datetime import date, datetime, timedelta

from partners.enums import RoleCategory
from partners.enums.recruitment import ApplicationMove, ApplicationStep, LetterKind, TalkMode
from partners.models.recruitment import Application, TalkTime, Vacancy
from partners.notifications.recruitment import prefix
from partners.policies.recruitment.words import DEFAULT_LETTERS
from partners.services import recruitment as services
from psp_portal.accounts.models import Organisation, User
from psp_portal.notifications.keys import key_for
from psp_portal.notifications.models import Message
from tests.factories import START, make_lead, make_organisation

# When applications come in: a Tuesday, a fortnight after the vacancy opened.
AT = START + timedelta(days=14)
CLOSES = date(2030, 12, 31)

_numbers = itertools.count(1)


def make_vacancy(
    organisation: Organisation | None = None,
    lead: User | None = None,
    *,
    is_open: bool = True,
    hides_names: bool = True,
    title: str = "Patient Safety Partner",
    closes_on: date = CLOSES,
    criteria: tuple[str, ...] = ("Has used our services", "Listens to others"),
    channels: tuple[tuple[str, str], ...] = (("gp", "GP surgery poster"), ("radio", "Local radio")),
) -> Vacancy:
    """Return a vacancy of an organisation (new unless given), open unless said otherwise."""
    organisation = organisation or make_organisation()
    lead = lead or make_lead(organisation)
    vacancy = services.create_vacancy(
        organisation_id=organisation.pk,
        slug=f"partner-{next(_numbers)}",
        title=title,
        purpose="We want care to be safer.\n\nYou know what it is like.",
        tasks="Sit on a committee\nAsk questions",
        time_asked="1 day a month",
        is_paid=True,
        contact="Ask Joanne on 01632 960001",
        opens_on=date(2025, 4, 1),
        closes_on=closes_on,
        hides_names=hides_names,
        by=lead,
        at=START,
    )
    for words in criteria:
        services.add_criterion(vacancy_id=vacancy.pk, words=words, is_essential=True, by=lead, at=START)
    for code, label in channels:
        services.add_channel(vacancy_id=vacancy.pk, code=code, label=label, by=lead, at=START)
    if is_open:
        vacancy = services.open_vacancy(vacancy_id=vacancy.pk, by=lead, at=START)
    return vacancy


def lead_of(vacancy: Vacancy) -> User:
    """Return the programme lead of a vacancy's organisation who came first."""
    return User.objects.filter(
        memberships__organisation=vacancy.organisation, memberships__role="programme_lead"
    ).earliest("created_at")


def make_started(
    vacancy: Vacancy | None = None,
    *,
    name: str = "Ada Okoro",
    email: str = "",
    code: str = "",
    at: datetime = AT,
) -> Application:
    """Return an application that somebody has begun."""
    vacancy = vacancy or make_vacancy()
    email = email or f"applicant{next(_numbers)}@example.org"
    services.start_application(
        vacancy_id=vacancy.pk, name=name, email=email, channel_code=code, by=services.APPLICANT, at=at
    )
    return Application.objects.get(vacancy=vacancy, email__iexact=email)


def answer(application: Application, step: ApplicationStep, words: str, *, at: datetime = AT, **more) -> Application:
    """Return the application with an answer more."""
    return services.answer_step(
        application_id=application.pk, step=step, words=words, by=services.APPLICANT, at=at, **more
    )


def make_sent(vacancy: Vacancy | None = None, *, at: datetime = AT, **about) -> Application:
    """Return an application that has been sent in."""
    application = make_started(vacancy, at=at, **about)
    answer(application, ApplicationStep.REASONS, "I want care to be safer.", at=at)
    answer(application, ApplicationStep.EXPERIENCE, "I cared for my mother.", at=at)
    answer(application, ApplicationStep.NEEDS, "A ground-floor room.", at=at)
    answer(application, ApplicationStep.TELEPHONE, "01632 960123", at=at)
    answer(application, ApplicationStep.INTERESTS, "Falls and medicines.", at=at)
    return services.send_application(application_id=application.pk, by=services.APPLICANT, at=at)


def decide(application: Application, step: ApplicationMove, lead: User | None = None, *, at: datetime = AT):
    """Return the application after a decision of its lead's, with the portal's own letter."""
    services.decide(
        application_id=application.pk,
        step=step,
        words=DEFAULT_LETTERS[LetterKind(step)],
        by=lead or lead_of(application.vacancy),
        at=at,
    )
    return Application.objects.get(pk=application.pk)


def make_invited(
    vacancy: Vacancy | None = None,
    lead: User | None = None,
    *,
    to: ApplicationMove = ApplicationMove.CHAT,
    at: datetime = AT,
    **about,
) -> Application:
    """Return an application whose applicant is invited to a chat unless said otherwise."""
    return decide(make_sent(vacancy, at=at, **about), to, lead, at=at)


def make_time(
    application: Application,
    lead: User | None = None,
    *,
    starts_at: datetime | None = None,
    mode: TalkMode = TalkMode.IN_PERSON,
    at: datetime = AT,
) -> TalkTime:
    """Return a time that is offered, one of its own in the year 2030 unless said otherwise."""
    return services.offer_time(
        application_id=application.pk,
        starts_at=starts_at or datetime(2030, 1, 1, 10, tzinfo=AT.tzinfo) + timedelta(hours=next(_numbers)),
        mode=mode,
        place="Room 4, Willow House",
        by=lead or lead_of(application.vacancy),
        at=at,
    )


def make_offered(
    vacancy: Vacancy | None = None, lead: User | None = None, *, at: datetime = AT, **about
) -> Application:
    """Return an application whose applicant is offered the role."""
    application = make_invited(vacancy, lead, to=ApplicationMove.INTERVIEW, at=at, **about)
    offer(application, lead, at=at)
    return Application.objects.get(pk=application.pk)


def offer(application: Application, lead: User | None = None, *, at: datetime = AT, **more):
    """Return the offer to an applicant, by their organisation's lead."""
    lead = lead or lead_of(application.vacancy)
    terms = {
        "role_category": RoleCategory.SENIOR,
        "is_paid": True,
        "starts_on": date(2025, 5, 1),
        "term_ends_on": date(2027, 4, 30),
        "lead_id": lead.pk,
        "words": DEFAULT_LETTERS[LetterKind.OFFER],
    }
    return services.offer_role(application_id=application.pk, by=lead, at=at, **(terms | more))


def token_of(application: Application) -> str:
    """Return the key in the latest e-mail to an applicant."""
    letters = Message.objects.filter(dedupe_key__startswith=prefix(application))
    return key_for(letters.latest("created_at").dedupe_key)


def subjects_to(application: Application) -> list[str]:
    """Return the subjects of all e-mails to an applicant, in the order they were written."""
    letters = Message.objects.filter(dedupe_key__startswith=prefix(application))
    return list(letters.order_by("created_at", "pk").values_list("subject", flat=True))
