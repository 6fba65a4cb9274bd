"""Who is told what about declared interests, in which words. What was declared stands in no message."""

from datetime import datetime

from django.urls import reverse

from partners.models.interests import Declaration
from psp_portal.accounts.models import User
from psp_portal.notifications.outbox import Letter, queue


def interests_declared(declaration: Declaration, *, at: datetime) -> None:
    """Tell the lead that a partner has declared."""
    lead = declaration.partner.lead
    _tell(declaration, lead, "declare", "A partner has declared their interests", "interests_declared", at=at)


def review_due(declaration: Declaration, *, at: datetime) -> None:
    """Remind the partner that a year has gone since they declared."""
    person = declaration.partner.user
    _tell(declaration, person, "remind", "Please look at your declared interests again", "review_due", at=at)


def _tell(declaration: Declaration, person: User, what: str, subject: str, template: str, *, at: datetime) -> None:
    partner = declaration.partner
    queue(
        [
            Letter(
                kind=f"partners.interests.{what}",
                recipient_id=person.pk,
                subject=subject,
                template=f"interests/email/{template}.txt",
                dedupe_key=f"partners.interests.{what}:{declaration.pk}:{person.pk}",
                link=reverse("interests:interest_list", args=[partner.pk]),
                context={"declaration": declaration, "partner": partner, "person": person},
            )
        ],
        at=at,
    )
