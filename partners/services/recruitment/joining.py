"""The applicant accepts, and becomes a partner with an account: nothing is typed again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.enums.recruitment import ApplicationMove, ApplicationStatus
from partners.models.recruitment import Application, Offer
from partners.notifications import recruitment as notifications
from partners.queries.appointments import leads_of
from partners.services.access import take_over_needs
from partners.services.appointments import keep_telephone, make_appointment
from partners.services.recruitment.moving import lock, move
from psp_portal.accounts import queries as accounts
from psp_portal.accounts.models import User
from psp_portal.accounts.services import register_user
from psp_portal.audit.context import Actor, SystemActor, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


@audited("partners.application.accept")
@transaction.atomic
def accept_offer(*, application_id: UUID, password: str | None, by: SystemActor, at: datetime) -> Application:
    """Accept the role that is offered: make the account, or find it, and the appointment; the second time nothing.

    Only whoever holds the applicant's key comes here, so their e-mail address is proved. ``password`` None means that
    they sign in by a code; an account that is there already keeps its own. The telephone number, and what they need to
    take part, go over to the partner. Raises RuleBroken when no offer stands, or the account is closed.
    """
    application = lock(application_id)
    if application.status == ApplicationStatus.APPOINTED:
        return application
    offer = Offer.objects.select_related("lead", "offered_by").filter(application=application).first()
    if application.status != ApplicationStatus.OFFERED or offer is None:
        raise RuleBroken("This role is not offered to you any more.")
    user = _account_of(application, password=password, by=by, at=at)
    partner = make_appointment(
        user_id=user.pk,
        organisation_id=application.vacancy.organisation_id,
        role_category=offer.role_category,
        is_paid=offer.is_paid,
        starts_on=offer.starts_on,
        term_ends_on=offer.term_ends_on,
        lead_id=_lead_id(offer, user, at),
        by=by,
        at=at,
    )
    if application.telephone:
        keep_telephone(partner, application.telephone, given_by=offer.offered_by, at=at)
    if application.needs:
        take_over_needs(partner_id=partner.pk, wanted=application.needs, by=offer.offered_by, at=at)
    move(application, ApplicationMove.ACCEPT, at=at, partner=partner)
    notifications.staff_told(application, "accepted", {partner.lead, offer.offered_by}, at=at)
    return application


def _account_of(application: Application, *, password: str | None, by: Actor, at: datetime) -> User:
    known = accounts.user_with_email(application.email)
    if known is not None:
        return known
    return register_user(email=application.email, name=application.name, password=password, by=by, at=at)


def _lead_id(offer: Offer, user: User, at: datetime) -> UUID:
    """Return the lead whom the offer names, or another where that one has gone meanwhile: an offer is a promise."""
    leads = leads_of(offer.application.vacancy.organisation_id, today=local_date(at)).exclude(pk=user.pk)
    lead = leads.filter(pk=offer.lead_id).first() or leads.first()
    if lead is None:
        raise RuleBroken("There is nobody at the organisation now who could look after you. Please get in touch.")
    return lead.pk
