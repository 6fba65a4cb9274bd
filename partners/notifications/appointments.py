"""Who is told what about an appointment, in which words."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from partners.models import Partner, TelephoneNumber
from psp_portal.accounts.models import User
from psp_portal.audit.context import Actor
from psp_portal.notifications.outbox import Letter, queue


def partner_appointed(partner: Partner, *, by: Actor, at: datetime) -> None:
    """Tell the partner, and their lead unless the lead did it, of a new appointment."""
    told = [(partner.user, "You have been appointed as a Patient Safety Partner", "partners/email/appointed.txt")]
    if partner.lead_id != by.pk:
        told.append((partner.lead, "You look after a new partner", "partners/email/lead_of_appointed.txt"))
    queue(_letters("partners.partner.appoint", partner, told, at=at), at=at)


def term_changed(partner: Partner, *, reason: str, at: datetime) -> None:
    """Tell the partner that the last day of their term has changed, and why."""
    told = [(partner.user, "Your term has changed", "partners/email/term_changed.txt")]
    queue(_letters("partners.term.change", partner, told, at=at, reason=reason), at=at)


def appointment_ended(partner: Partner, *, at: datetime) -> None:
    """Tell the partner that the appointment has ended and that their claims stay open to them."""
    told = [(partner.user, "Your appointment has ended", "partners/email/appointment_ended.txt")]
    queue(_letters("partners.appointment.end", partner, told, at=at), at=at)


def telephone_recorded(number: TelephoneNumber, *, is_first: bool, at: datetime) -> None:
    """Tell the partner that the number on which they are called was recorded or changed; only its end is named."""
    partner = number.partner
    subject = "Your telephone number was added" if is_first else "Your telephone number was changed"
    queue(
        [
            Letter(
                kind="partners.telephone.record",
                recipient_id=partner.user_id,
                subject=subject,
                template="partners/email/telephone_recorded.txt",
                dedupe_key=f"partners.telephone.record:{number.pk}",
                link=reverse("partners:partner_detail", args=[partner.pk]),
                context={"number_ending": number.number[-4:], "is_first": is_first, "partner": partner},
            )
        ],
        at=at,
    )


def _letters(
    kind: str, partner: Partner, told: Iterable[tuple[User, str, str]], *, at: datetime, **words: str
) -> list[Letter]:
    """Return a letter for each person; the moment is in the key, because a term may change more than once."""
    return [
        Letter(
            kind=kind,
            recipient_id=person.pk,
            subject=subject,
            template=template,
            dedupe_key=f"{kind}:{partner.pk}:{at.isoformat()}:{person.pk}",
            link=reverse("partners:partner_detail", args=[partner.pk]),
            context={"partner": partner, "person": person, **words},
        )
        for person, subject, template in told
    ]
