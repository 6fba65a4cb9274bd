"""Somebody says that they will leave, stays after all, or goes; and what they say when they go."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from partners.enums import PartnerMove
from partners.enums.leaving import ExitSharing, ExitStatus, LeavingReason
from partners.models import Partner
from partners.models.leaving import Departure, ExitAnswer, ExitConversation
from partners.notifications import appointments as appointment_notifications
from partners.notifications import leaving as notifications
from partners.permissions import leaving as permissions
from partners.policies import leaving as policies
from partners.queries import leaving as queries
from partners.services.closing import end_pause, let_leave, offer_exit
from partners.services.moving import lock_partner, move_partner
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import local_date
from psp_portal.encryption import encrypt

CLOCK = SystemActor("partners.let_leavers_go")


@audited("partners.departure.announce")
@transaction.atomic
def announce_leaving(*, partner_id: UUID, last_day: date, reason: LeavingReason, by: User, at: datetime) -> Departure:
    """Say when a partner leaves, by the partner or whoever appoints; the others are told, a pause is over.

    An exit conversation is offered once. Raises RuleBroken when they are leaving or have left, or for a day that cannot
    be.
    """
    partner, today = lock_partner(partner_id), local_date(at)
    permissions.check_can_pause_or_leave(by, partner, today=today)
    policies.check_last_day_to_come(last_day, starts_on=partner.starts_on, today=today)
    move_partner(partner, PartnerMove.ANNOUNCE_LEAVING)
    end_pause(partner, today)
    departure = Departure.objects.create(
        partner=partner, last_day=last_day, reason=reason, announced_by=by, announced_at=at
    )
    notifications.leaving_announced(departure, by=by, at=at)
    if queries.exit_of(partner) is None:
        offer_exit(partner, at=at)
    return departure


@audited("partners.departure.take_back")
@transaction.atomic
def stay_after_all(*, partner_id: UUID, by: User, at: datetime) -> Partner:
    """Take back that a partner leaves; the others are told. Raises TransitionNotAllowed unless they are leaving."""
    partner = lock_partner(partner_id)
    permissions.check_can_pause_or_leave(by, partner, today=local_date(at))
    move_partner(partner, PartnerMove.STAY)
    Departure.objects.filter(partner=partner, closed_at__isnull=True).update(closed_at=at)
    # What was offered for the last day is no longer; what was said stays, as they chose.
    ExitConversation.objects.filter(partner=partner, status=ExitStatus.OFFERED).delete()
    notifications.staying(partner, by=by, at=at)
    return partner


def let_leavers_go(*, at: datetime) -> int:
    """Let the partners whose last day is over have left, on that day; return how many. Each by itself."""
    today, count = local_date(at), 0
    for found in queries.departures_due(today=today):
        with acting_as(CLOCK, "partners.appointment.end"), transaction.atomic():
            partner = lock_partner(found.partner_id)
            departure = queries.open_departure_of(partner)
            if departure is None or departure.last_day >= today:
                continue
            let_leave(partner, departure.last_day, at=at)
            appointment_notifications.appointment_ended(partner, at=at)
            count += 1
    return count


# --- the exit conversation -------------------------------------------------------------------
@audited("partners.exit.answer")
@transaction.atomic
def answer_exit(
    *, partner_id: UUID, answers: Mapping[int, str], sharing: ExitSharing, by: User, at: datetime
) -> ExitConversation:
    """Send one's answers, by the questions' positions, to whom one chose; who may read them is told.

    Raises RuleBroken when it was answered or declined, or nothing is said.
    """
    conversation = _lock_exit(partner_id)
    permissions.check_can_answer_exit(by, conversation)
    policies.check_is_offered(conversation.status)
    policies.check_has_answers(answers)
    rows = list(ExitAnswer.objects.filter(conversation=conversation))
    for row in rows:
        text = answers.get(row.position, "").strip()
        row.sealed = encrypt(text) if text else ""
    ExitAnswer.objects.bulk_update(rows, ["sealed"])
    conversation.status, conversation.sharing, conversation.answered_at = ExitStatus.ANSWERED, sharing, at
    conversation.save(update_fields=["status", "sharing", "answered_at"])
    if sharing != ExitSharing.NOBODY:
        notifications.exit_answered(conversation, at=at)
    return conversation


@audited("partners.exit.decline")
@transaction.atomic
def decline_exit(*, partner_id: UUID, by: User, at: datetime) -> ExitConversation:
    """Say that one does not want an exit conversation; nobody asks why. Raises RuleBroken when it was answered."""
    conversation = _lock_exit(partner_id)
    permissions.check_can_answer_exit(by, conversation)
    policies.check_is_offered(conversation.status)
    conversation.status, conversation.answered_at = ExitStatus.DECLINED, at
    conversation.save(update_fields=["status", "answered_at"])
    return conversation


def _lock_exit(partner_id: UUID) -> ExitConversation:
    return (
        ExitConversation.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__lead", "partner__organisation")
        .get(partner_id=partner_id)
    )
