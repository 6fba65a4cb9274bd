"""Writes about partners; one function for each thing a person can do."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from partners import permissions, queries
from partners.enums import PartnerStatus
from partners.enums.leaving import SuccessionChoice
from partners.models import Partner, TelephoneNumber, UsualJourney
from partners.models.leaving import TermChange
from partners.notifications import appointments as notifications
from partners.policies import appointments as policies
from partners.policies.leaving import check_no_overlap, check_reason
from partners.queries.checks import first_status
from partners.queries.leaving import other_terms
from partners.services.checks import begin_checks
from partners.services.closing import let_leave, settle_succession
from partners.services.induction import begin_induction
from partners.services.moving import lock_partner
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_role
from psp_portal.audit.context import Actor, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


@audited("partners.partner.appoint")
@transaction.atomic
def appoint_partner(
    *,
    user_id: UUID,
    organisation_id: UUID,
    role_category: int,
    is_paid: bool,
    starts_on: date,
    term_ends_on: date,
    lead_id: UUID,
    by: User,
    at: datetime,
    serves_already: bool = False,
) -> Partner:
    """Appoint somebody as a partner at an organisation and give them the role; they and their lead are told.

    Raises RuleBroken when the account is closed, they are a partner there already, they would appoint themselves,
    the lead is not a programme lead there or is the same person, or the term ends before it starts.
    """
    today = local_date(at)
    permissions.check_can_appoint_partner(by, organisation_id, today=today)
    if user_id == by.pk:
        raise RuleBroken("You cannot appoint yourself. Ask another programme lead.")
    return make_appointment(
        user_id=user_id,
        organisation_id=organisation_id,
        role_category=role_category,
        is_paid=is_paid,
        starts_on=starts_on,
        term_ends_on=term_ends_on,
        lead_id=lead_id,
        by=by,
        at=at,
        serves_already=serves_already,
    )


def make_appointment(
    *,
    user_id: UUID,
    organisation_id: UUID,
    role_category: int,
    is_paid: bool,
    starts_on: date,
    term_ends_on: date,
    lead_id: UUID,
    by: Actor,
    at: datetime,
    serves_already: bool = False,
) -> Partner:
    """Write the appointment after its rules; the caller has asked who may. ``by`` gives the role where it is not held.

    It begins with the checks that the organisation asks for of the role; where there are none, with the induction; or
    else the partner is active at once, as somebody is who ``serves_already`` and whom a list brings with them.

    Raises RuleBroken as ``appoint_partner`` does.
    """
    today = local_date(at)
    # The lock makes two appointments of one person wait for each other.
    person = get_user_model().objects.select_for_update(no_key=True).get(pk=user_id)
    if not person.is_active:
        raise RuleBroken("This person's account is closed.")
    if queries.partners_of(organisation_id).serving().filter(user_id=user_id).exists():
        raise RuleBroken(f"{person.name} is a partner here already.")
    policies.check_term(starts_on, term_ends_on)
    check_no_overlap(starts_on, None, others=other_terms(user_id, organisation_id))
    _check_lead(lead_id, user_id=user_id, organisation_id=organisation_id, today=today)
    partner = Partner.objects.create(
        user=person,
        organisation_id=organisation_id,
        role_category=role_category,
        is_paid=is_paid,
        starts_on=starts_on,
        term_ends_on=term_ends_on,
        lead_id=lead_id,
        status=PartnerStatus.ACTIVE if serves_already else first_status(organisation_id, role_category),
    )
    # Somebody who comes back after leaving may still hold the role, for the claims of their first time. The role
    # begins today at the latest, so that a new partner can look around before the first day.
    if not has_role(person, organisation_id, [Role.PARTNER], today):
        accounts.grant_role(
            user_id=user_id,
            organisation_id=organisation_id,
            role=Role.PARTNER,
            starts_on=min(starts_on, today),
            by=by,
            at=at,
        )
    notifications.partner_appointed(partner, by=by, at=at)
    if partner.status == PartnerStatus.CHECKS:
        begin_checks(partner, at=at)
    elif partner.status == PartnerStatus.INDUCTION:
        begin_induction(partner, by=by, at=at)
    return partner


@audited("partners.term.change")
@transaction.atomic
def change_term(*, partner_id: UUID, term_ends_on: date, reason: str, by: User, at: datetime) -> Partner:
    """Change the last day of a partner's term, with a reason, and tell them; the same day again changes nothing.

    Raises RuleBroken when the partner has left, the term would end before it starts, or no reason is given.
    """
    partner = lock_partner(partner_id)
    permissions.check_can_change_partner(by, partner, today=local_date(at))
    policies.check_is_serving(partner.status)
    policies.check_term(partner.starts_on, term_ends_on)
    check_reason(reason, message="Enter why the term changes")
    if partner.term_ends_on != term_ends_on:
        write_term(partner, term_ends_on, reason=reason, by=by, at=at)
    return partner


def write_term(partner: Partner, term_ends_on: date, *, reason: str, by: User, at: datetime) -> None:
    """Write another last day of a locked partner's term, and tell them; the caller has asked who may and the rules.

    A plan for the day that was is settled: the term has been changed.
    """
    TermChange.objects.create(
        partner=partner,
        ended_on=partner.term_ends_on,
        ends_on=term_ends_on,
        reason=reason.strip(),
        changed_by=by,
        changed_at=at,
    )
    partner.term_ends_on = term_ends_on
    partner.save(update_fields=["term_ends_on"])
    settle_succession(partner, SuccessionChoice.EXTEND, by=by, at=at)
    notifications.term_changed(partner, reason=reason.strip(), at=at)


@audited("partners.appointment.end")
@transaction.atomic
def end_appointment(*, partner_id: UUID, left_on: date, by: User, at: datetime) -> Partner:
    """Record that a partner has left, and tell them.

    The role PARTNER stays: a leaver keeps access to their own claims until the last is settled (product.md, P8).
    What being assigned opened to them ends by itself: committees ask whether the appointment still runs.

    Raises RuleBroken when they have left already, or the day is before the first or still to come.
    """
    partner = lock_partner(partner_id)
    today = local_date(at)
    permissions.check_can_change_partner(by, partner, today=today)
    policies.check_is_serving(partner.status)
    policies.check_last_day(left_on, starts_on=partner.starts_on, today=today)
    let_leave(partner, left_on, at=at)
    notifications.appointment_ended(partner, at=at)
    return partner


@audited("partners.journey.save")
@transaction.atomic
def save_usual_journey(
    *, partner_id: UUID, from_place: str, to_place: str, miles: Decimal, vehicle: str, by: User, at: datetime
) -> UsualJourney:
    """Save the journey that a partner usually makes (``miles`` there and back), in place of the one before.

    Raises RuleBroken when a place is missing or the miles are none or too many.
    """
    partner = lock_partner(partner_id)
    permissions.check_can_save_journey(by, partner, today=local_date(at))
    policies.check_journey(from_place=from_place, to_place=to_place, miles=miles)
    journey, _created = UsualJourney.objects.update_or_create(
        partner=partner,
        defaults={
            "from_place": from_place.strip(),
            "to_place": to_place.strip(),
            "miles": miles,
            "vehicle": vehicle,
        },
    )
    return journey


@audited("partners.telephone.record")
@transaction.atomic
def record_telephone(*, partner_id: UUID, number: str, by: User, at: datetime) -> TelephoneNumber:
    """Record the number on which a partner is called, in place of the one before, which is kept; the partner is told.

    The same number again changes nothing: since when it has been held is what makes it worth calling.
    Raises RuleBroken when the partner has left or nobody could call the number.
    """
    partner = lock_partner(partner_id)
    permissions.check_can_change_partner(by, partner, today=local_date(at))
    policies.check_is_serving(partner.status)
    return keep_telephone(partner, policies.clean_telephone(number), given_by=by, at=at)


def keep_telephone(partner: Partner, number: str, *, given_by: User, at: datetime) -> TelephoneNumber:
    """Write a clean number in the place of the one before, and tell the partner; the caller has asked who may."""
    held = queries.telephone_of(partner)
    if held and held.number == number:
        return held
    if held:
        held.replaced_at = at
        held.save(update_fields=["replaced_at"])
    recorded = TelephoneNumber.objects.create(partner=partner, number=number, given_at=at, given_by=given_by)
    notifications.telephone_recorded(recorded, is_first=held is None, at=at)
    return recorded


def _check_lead(lead_id: UUID, *, user_id: UUID, organisation_id: UUID, today: date) -> None:
    if lead_id == user_id:
        raise RuleBroken("A partner's lead must be another person", field="lead_id")
    if not queries.leads_of(organisation_id, today=today).filter(pk=lead_id).exists():
        raise RuleBroken("The lead must be a programme lead of this organisation", field="lead_id")
