"""What the panel does: it scores, decides, writes and offers."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from partners.enums.recruitment import ApplicationMove, ApplicationStatus, LetterKind
from partners.models.recruitment import Application, Letter, Offer, Score, TalkTime
from partners.policies import appointments as appointment_policies
from partners.policies.recruitment import applications as policies
from partners.queries import recruitment as queries
from partners.queries.appointments import leads_of
from partners.services.recruitment.moving import lock_for_staff, move, tell
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


@audited("partners.application.score")
@transaction.atomic
def score_application(
    *, application_id: UUID, points: Mapping[UUID, tuple[int, str]], by: User, at: datetime
) -> Application:
    """Keep what a member of the panel gives an application: points and a note for each criterion, by its key.

    Scoring again replaces their own. Raises RuleBroken when shortlisting is over, points are off the scale, or a
    criterion is left out.
    """
    application = lock_for_staff(application_id, by=by, at=at)
    if application.status != ApplicationStatus.SENT:
        raise RuleBroken("Shortlisting is decided for this application, so it cannot be scored any more.")
    criteria = {criterion.pk for criterion in queries.criteria_of(application.vacancy)}
    policies.check_scored_all(points, criteria)
    for criterion_id, (given, note) in points.items():
        policies.check_score(given)
        Score.objects.update_or_create(
            application=application,
            criterion_id=criterion_id,
            scorer=by,
            defaults={"points": given, "note": note.strip(), "given_at": at},
        )
    return application


@audited("partners.application.decide")
@transaction.atomic
def decide(*, application_id: UUID, step: ApplicationMove, words: str, by: User, at: datetime) -> Letter:
    """Decide what comes next and write it to the applicant; the e-mail says only that there is something to read.

    ``step`` is any of the staff's decisions but the offer. Raises TransitionNotAllowed when it cannot be made now.
    """
    application = lock_for_staff(application_id, by=by, at=at)
    return _decide(application, step, words, by=by, at=at)


@audited("partners.application.offer")
@transaction.atomic
def offer_role(
    *,
    application_id: UUID,
    role_category: int,
    is_paid: bool,
    starts_on: date,
    term_ends_on: date,
    lead_id: UUID,
    words: str,
    by: User,
    at: datetime,
) -> Offer:
    """Offer the role: what the appointment will be, and the letter. The applicant accepts on their own page.

    Raises RuleBroken when the term ends before it starts, the lead is none here, the applicant has no e-mail address
    to make an account with, or the offer cannot be made now.
    """
    application = lock_for_staff(application_id, by=by, at=at)
    appointment_policies.check_term(starts_on, term_ends_on)
    if not application.email:
        raise RuleBroken("Add the applicant's email address first: they accept the role by a link.")
    leads = leads_of(application.vacancy.organisation_id, today=local_date(at))
    if not leads.filter(pk=lead_id).exclude(email__iexact=application.email).exists():
        raise RuleBroken("The lead must be a programme lead of this organisation", field="lead_id")
    _decide(application, ApplicationMove.OFFER, words, by=by, at=at)
    return Offer.objects.create(
        application=application,
        role_category=role_category,
        is_paid=is_paid,
        starts_on=starts_on,
        term_ends_on=term_ends_on,
        lead_id=lead_id,
        offered_by=by,
        offered_at=at,
    )


def _decide(application: Application, step: ApplicationMove, words: str, *, by: User, at: datetime) -> Letter:
    move(application, step, at=at, times_note="", times_asked_at=None)
    # Times for what they were invited to before are no longer to be had.
    TalkTime.objects.filter(application=application, chosen_at__isnull=True, dropped_at__isnull=True).update(
        dropped_at=at
    )
    letter = Letter.objects.create(
        application=application,
        kind=LetterKind(step),
        words=policies.fill_in(
            words.strip(),
            name=application.name,
            role=application.vacancy.title,
            organisation=application.vacancy.organisation.name,
        ),
        sent_by=by,
        sent_at=at,
    )
    tell(application, "news", at=at)
    return letter
