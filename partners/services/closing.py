"""What ends with an appointment or a term, whoever ends it: the one place that closes what was open about it."""

from datetime import date, datetime, timedelta

from partners.enums import PartnerMove
from partners.enums.leaving import SuccessionChoice, SuccessionStatus
from partners.models import Partner
from partners.models.leaving import Departure, ExitAnswer, ExitConversation, Pause, SuccessionPlan
from partners.notifications import leaving as notifications
from partners.policies.leaving import EXIT_QUESTIONS
from partners.policies.states import next_status
from psp_portal.accounts.models import User


def let_leave(partner: Partner, left_on: date, *, at: datetime) -> None:
    """Write that a locked partner has left, end their pause, departure and succession, and offer an exit conversation.

    Claims, questions and the role that opens them stay. Raises TransitionNotAllowed when they have left already.
    """
    partner.status, partner.left_on = next_status(partner.status, PartnerMove.LEAVE), left_on
    partner.save(update_fields=["status", "left_on"])
    end_pause(partner, left_on)
    Departure.objects.filter(partner=partner, closed_at__isnull=True).update(closed_at=at, last_day=left_on)
    settle_succession(partner, SuccessionChoice.END, by=None, at=at)
    if not ExitConversation.objects.filter(partner=partner).exists():
        offer_exit(partner, at=at)


def end_pause(partner: Partner, last_day: date) -> None:
    """End the pause that a partner is in or that is to come; one that never began ends before it starts."""
    for row in Pause.objects.select_for_update().filter(partner=partner, ended_on__isnull=True):
        row.ended_on = max(last_day, row.starts_on - timedelta(days=1))
        row.save(update_fields=["ended_on"])


def settle_succession(partner: Partner, choice: SuccessionChoice, *, by: User | None, at: datetime) -> None:
    """Write into the open plans of a partner what was decided, by somebody or by what happened."""
    for plan in SuccessionPlan.objects.select_for_update().filter(partner=partner, status=SuccessionStatus.OPEN):
        plan.status, plan.choice, plan.decided_by, plan.decided_at = SuccessionStatus.DECIDED, choice, by, at
        plan.save(update_fields=["status", "choice", "decided_by", "decided_at"])


def offer_exit(partner: Partner, *, at: datetime) -> None:
    """Offer a locked partner an exit conversation, with the questions of today."""
    conversation = ExitConversation.objects.create(partner=partner, offered_at=at)
    ExitAnswer.objects.bulk_create(
        ExitAnswer(conversation=conversation, position=position, question=question)
        for position, question in enumerate(EXIT_QUESTIONS, start=1)
    )
    notifications.exit_offered(conversation, at=at)
