"""Who is told what about agreements, in which words."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from partners.models import Partner
from partners.models.agreements import AgreementVersion, Signature
from psp_portal.accounts.models import User
from psp_portal.notifications.outbox import Letter, queue


def version_published(version: AgreementVersion, partners: Iterable[Partner], *, again: bool, at: datetime) -> None:
    """Tell partners that there is an agreement to read and sign, for the first time or ``again``."""
    queue(
        [
            Letter(
                kind="partners.agreement.publish",
                recipient_id=partner.user_id,
                subject="An agreement has changed" if again else "There is an agreement for you to read",
                template="agreements/email/version_published.txt",
                dedupe_key=f"partners.agreement.publish:{version.pk}:{partner.pk}",
                link=reverse("agreements:partner_detail", args=[partner.pk]),
                context={"version": version, "partner": partner, "person": partner.user, "again": again},
            )
            for partner in partners
        ],
        at=at,
    )


def agreement_signed(signature: Signature, *, at: datetime) -> None:
    """Tell the lead that a partner has signed, where the organisation has to sign too."""
    lead = signature.partner.lead
    _tell(signature, lead, "sign", "A partner has signed an agreement", "agreement_signed", at=at)


def agreement_countersigned(signature: Signature, *, at: datetime) -> None:
    """Tell the partner that the organisation has signed too."""
    person = signature.partner.user
    _tell(signature, person, "countersign", "Your agreement is signed by both", "agreement_countersigned", at=at)


def consent_changed(signature: Signature, *, at: datetime) -> None:
    """Tell the lead that consent to pictures was given, refused or withdrawn: pictures may have to come down."""
    what = "withdraw" if signature.ended_at else "consent"
    subject = "A partner’s consent to pictures has changed"
    _tell(signature, signature.partner.lead, what, subject, "consent_changed", at=at)


def _tell(signature: Signature, person: User, what: str, subject: str, template: str, *, at: datetime) -> None:
    queue(
        [
            Letter(
                kind=f"partners.agreement.{what}",
                recipient_id=person.pk,
                subject=subject,
                template=f"agreements/email/{template}.txt",
                dedupe_key=f"partners.agreement.{what}:{signature.pk}:{person.pk}",
                link=reverse("agreements:signature_detail", args=[signature.pk]),
                context={"signature": signature, "partner": signature.partner, "person": person},
            )
        ],
        at=at,
    )
