"""Who is told what came of a trust's own list of partners."""

from datetime import datetime

from django.urls import reverse

from partners.models import Partner
from psp_portal.notifications.outbox import Letter, queue


def record_changed(partner: Partner, *, at: datetime) -> None:
    """Tell a partner that their record was changed to what their organisation's list says."""
    _tell(partner, "changed", "Your record was changed", at=at)


def earlier_term_recorded(partner: Partner, *, at: datetime) -> None:
    """Tell somebody who has left that their time as a partner is on record, and their claims of it open to them."""
    _tell(partner, "earlier", "Your time as a partner was recorded", at=at)


def _tell(partner: Partner, what: str, subject: str, *, at: datetime) -> None:
    letter = Letter(
        kind=f"partners.list.{what}",
        recipient_id=partner.user_id,
        subject=subject,
        template=f"imports/email/{what}.txt",
        dedupe_key=f"partners.list.{what}:{partner.pk}:{at.isoformat()}",
        link=reverse("partners:partner_detail", args=[partner.pk]),
        context={"partner": partner},
    )
    queue([letter], at=at)
