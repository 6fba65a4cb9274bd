"""Who is told what about needs. That there are any is private: an e-mail names neither the need nor the partner."""

from datetime import datetime

from django.urls import reverse

from partners.models import Partner
from partners.models.access import AccessNeed, NeedMet
from psp_portal.accounts.models import User
from psp_portal.notifications.outbox import Letter, queue


def needs_identified(need: AccessNeed, *, at: datetime) -> None:
    """Ask partner and lead to write down what was mentioned."""
    queue(
        [
            _letter("identify", need.partner, person, "Please tell us a little more", "identified", str(need.pk))
            for person in (need.partner.user, need.partner.lead)
        ],
        at=at,
    )


def need_to_confirm(need: AccessNeed, *, at: datetime) -> None:
    """Ask the partner whether what their lead wrote down is right."""
    about = f"{need.pk}:{at.isoformat()}"
    queue([_letter("confirm", need.partner, need.partner.user, "Is this right?", "to_confirm", about)], at=at)


def need_changed(need: AccessNeed, *, at: datetime) -> None:
    """Tell the lead that something about a partner has changed which they should read."""
    about = f"{need.pk}:{at.isoformat()}"
    subject = "A partner has told you something new"
    queue([_letter("change", need.partner, need.partner.lead, subject, "changed", about)], at=at)


def need_not_met(met: NeedMet, *, by: User, at: datetime) -> None:
    """Tell partner and lead that something was not in place, unless it was they who said so."""
    partner = met.need.partner
    queue(
        [
            _letter("miss", partner, person, "Something was not in place", "not_met", str(met.pk))
            for person in (partner.user, partner.lead)
            if person.pk != by.pk
        ],
        at=at,
    )


def review_due(partner: Partner, *, at: datetime) -> None:
    """Ask partner and lead to go through what is needed again."""
    queue(
        [
            _letter("review", partner, person, "Please check what we know about you", "review_due", at.isoformat())
            if person == partner.user
            else _letter(
                "review", partner, person, "Please go through this with a partner", "review_due", at.isoformat()
            )
            for person in (partner.user, partner.lead)
        ],
        at=at,
    )


def _letter(verb: str, partner: Partner, person: User, subject: str, template: str, about: str) -> Letter:
    kind = f"partners.access_needs.{verb}"
    return Letter(
        kind=kind,
        recipient_id=person.pk,
        subject=subject,
        template=f"access/email/{template}.txt",
        dedupe_key=f"{kind}:{partner.pk}:{about}:{person.pk}",
        link=reverse("access:needs_detail", args=[partner.pk]),
        context={"person": person, "is_own": person.pk == partner.user_id, "lead": partner.lead},
    )
