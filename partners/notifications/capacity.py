"""Who is told what about a partner's time, in which words."""

from datetime import datetime

from django.urls import reverse

from partners.models.capacity import CapacityAgreement
from psp_portal.accounts.models import User
from psp_portal.notifications.outbox import Letter, queue


def time_proposed(agreement: CapacityAgreement, *, at: datetime) -> None:
    """Ask the other one whether they agree: the partner, or the partner's lead."""
    partner = agreement.partner
    asked = partner.lead if agreement.proposed_by_id == partner.user_id else partner.user
    _tell(agreement, asked, "Do you agree to the time a month?", "time_proposed", at=at)


def time_answered(agreement: CapacityAgreement, *, at: datetime) -> None:
    """Tell whoever proposed what the answer is."""
    _tell(agreement, agreement.proposed_by, "Your proposal has an answer", "time_answered", at=at)


def _tell(agreement: CapacityAgreement, person: User, subject: str, template: str, *, at: datetime) -> None:
    pages = {
        "time_proposed": ("agreement_answer", agreement.pk),
        "time_answered": ("capacity_detail", agreement.partner_id),
    }
    page, key = pages[template]
    queue(
        [
            Letter(
                kind=f"partners.capacity.{template}",
                recipient_id=person.pk,
                subject=subject,
                template=f"capacity/email/{template}.txt",
                dedupe_key=f"partners.capacity.{template}:{agreement.pk}:{person.pk}",
                link=reverse(f"capacity:{page}", args=[key]),
                context={"agreement": agreement, "person": person, "partner": agreement.partner},
            )
        ],
        at=at,
    )
