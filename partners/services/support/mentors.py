"""Pairs a partner with a mentor, once both have said yes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.enums.support import MentoringStatus
from partners.models import Partner
from partners.models.support import Mentoring
from partners.notifications import support as notifications
from partners.permissions import support as permissions
from partners.policies import support as policies
from partners.queries import support as queries
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

OPEN = (MentoringStatus.PROPOSED, MentoringStatus.RUNNING)


@audited("partners.mentor.propose")
@transaction.atomic
def propose_mentor(*, partner_id: UUID, mentor_id: UUID, by: User, at: datetime) -> Mentoring:
    """Propose somebody as a partner's mentor; both are asked.

    Raises RuleBroken for the partner themselves, their lead, somebody of another organisation, or a second mentor.
    """
    partner = (
        Partner.objects.select_for_update(of=("self",))
        .select_related("user", "lead", "organisation")
        .get(pk=partner_id)
    )
    today = local_date(at)
    permissions.check_can_propose_mentor(by, partner, today=today)
    policies.check_mentor(partner_user=partner.user_id, mentor=mentor_id, lead=partner.lead_id)
    mentor = next((person for person in queries.people_to_mentor(partner, today=today) if person.pk == mentor_id), None)
    if mentor is None:
        raise RuleBroken("Select somebody of the organisation", field="mentor_id")
    if Mentoring.objects.filter(partner=partner, status__in=OPEN).exists():
        raise RuleBroken("This partner has a mentor, or has been asked about one.")
    pairing = Mentoring.objects.create(partner=partner, mentor=mentor, proposed_by=by, proposed_at=at)
    notifications.mentor_proposed(pairing, at=at)
    return pairing


@audited("partners.mentor.answer")
@transaction.atomic
def answer_mentoring(*, mentoring_id: UUID, says_yes: bool, by: User, at: datetime) -> Mentoring:
    """Say yes or no to being paired; it begins once both have said yes. Nobody is asked why not."""
    pairing = _lock(mentoring_id)
    permissions.check_can_answer_mentoring(by, pairing)
    policies.check_mentoring_is(pairing.status, [MentoringStatus.PROPOSED])
    if by.pk == pairing.partner.user_id:
        pairing.partner_answer = says_yes
    else:
        pairing.mentor_answer = says_yes
    pairing.status = policies.mentoring_status(pairing.partner_answer, pairing.mentor_answer)
    if pairing.status == MentoringStatus.RUNNING:
        pairing.began_on = local_date(at)
    pairing.save(update_fields=["partner_answer", "mentor_answer", "status", "began_on"])
    if pairing.status != MentoringStatus.PROPOSED:
        notifications.mentoring_settled(pairing, by=by, at=at)
    return pairing


@audited("partners.mentor.end")
@transaction.atomic
def end_mentoring(*, mentoring_id: UUID, by: User, at: datetime) -> Mentoring:
    """End a pairing, or take a proposal back; nobody is asked why."""
    pairing = _lock(mentoring_id)
    permissions.check_can_end_mentoring(by, pairing, today=local_date(at))
    policies.check_mentoring_is(pairing.status, OPEN)
    pairing.status, pairing.ended_on = MentoringStatus.ENDED, local_date(at)
    pairing.save(update_fields=["status", "ended_on"])
    notifications.mentoring_settled(pairing, by=by, at=at)
    return pairing


def _lock(mentoring_id: UUID) -> Mentoring:
    return (
        Mentoring.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__lead", "partner__organisation", "mentor")
        .get(pk=mentoring_id)
    )
