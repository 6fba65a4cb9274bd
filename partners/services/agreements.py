"""Writes about agreements; one function for each thing a person can do."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.enums.agreements import AgreementKind
from partners.models import Partner
from partners.models.agreements import AgreementVersion, Signature
from partners.notifications import agreements as notifications
from partners.permissions import agreements as permissions
from partners.policies import agreements as policies
from partners.queries import agreements as queries
from partners.services.moving import lock_partner
from psp_portal.accounts.models import Organisation, User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


class OutdatedVersion(RuleBroken):
    """Somebody would sign a text that has been replaced meanwhile. They are shown the new one."""


# --- the texts --------------------------------------------------------------------------------
@audited("partners.agreement.draft")
@transaction.atomic
def save_draft(*, organisation_id: UUID, kind: str, text: str, by: User, at: datetime) -> AgreementVersion:
    """Write the draft of an organisation's agreement, in the place of the draft before; nobody else sees it.

    Raises RuleBroken for an empty text or one that is too long.
    """
    permissions.check_can_manage_agreements(by, organisation_id, today=local_date(at))
    cleaned = policies.clean_text(text)
    known = _lock_versions(organisation_id, kind)
    draft = next((each for each in known if each.published_at is None), None) or AgreementVersion(
        organisation_id=organisation_id, kind=kind, number=max((each.number for each in known), default=0) + 1
    )
    draft.text, draft.fingerprint = cleaned, policies.fingerprint(cleaned)
    draft.save()
    return draft


@audited("partners.agreement.discard")
@transaction.atomic
def discard_draft(*, version_id: UUID, by: User, at: datetime) -> None:
    """Throw a draft away. Raises RuleBroken for what is published: that never goes."""
    draft = _lock_draft(version_id, by=by, at=at)
    draft.delete()


@audited("partners.agreement.publish")
@transaction.atomic
def publish_draft(*, version_id: UUID, by: User, at: datetime) -> AgreementVersion:
    """Put a draft in force; it never changes again. Those who have to sign it are told.

    Who signed the version before has to sign again; who refused consent to pictures is not asked again. Raises
    RuleBroken when it is published already, or says the same as what is in force.
    """
    draft = _lock_draft(version_id, by=by, at=at)
    before = queries.version_before(draft)
    policies.check_is_new(draft.text, published=before.text if before else None)
    draft.published_at, draft.published_by = at, by
    draft.save(update_fields=["published_at", "published_by"])
    serving = Partner.objects.serving().select_related("user")
    asked = queries.rows_of(serving, [draft], states=queries.UNSIGNED)
    partners = serving.filter(pk__in=[row["pk"] for row in asked])
    notifications.version_published(draft, partners, again=before is not None, at=at)
    return draft


def _lock_draft(version_id: UUID, *, by: User, at: datetime) -> AgreementVersion:
    found = AgreementVersion.objects.get(pk=version_id)
    permissions.check_can_manage_agreements(by, found.organisation_id, today=local_date(at))
    known = _lock_versions(found.organisation_id, found.kind)
    draft = next((each for each in known if each.pk == version_id), None)
    if draft is None or draft.published_at is not None:
        raise RuleBroken("This version is published. It stays as it is; write a new draft instead.")
    return draft


def _lock_versions(organisation_id: UUID, kind: str) -> list[AgreementVersion]:
    """Return all versions of an agreement, locked: whoever signs and whoever publishes wait for each other.

    The organisation too, so that two people do not begin the first draft at once.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    return list(
        AgreementVersion.objects.select_for_update(of=("self",))
        .filter(organisation_id=organisation_id, kind=kind)
        .order_by("number")
    )


# --- signing ----------------------------------------------------------------------------------
@audited("partners.agreement.sign")
@transaction.atomic
def sign_agreement(
    *, partner_id: UUID, version_id: UUID, name: str, agrees: bool = True, by: User, at: datetime
) -> Signature:
    """Sign a version with one's own name, or say no to pictures; where the organisation signs too, the lead is told.

    Signing the same again changes nothing. Raises OutdatedVersion when the text has been replaced, and RuleBroken for a
    draft, another organisation's text, a name that is not the person's, or a no where there is none.
    """
    partner = lock_partner(partner_id)
    permissions.check_can_sign(by, partner)
    # The lock holds back whoever publishes the next version, until this one is signed.
    version = AgreementVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    if version.organisation_id != partner.organisation_id or version.published_at is None:
        raise RuleBroken("This is no agreement of your organisation.")
    if not queries.is_in_force(version):
        raise OutdatedVersion("This text was replaced while you read it. Read what has changed, then sign the new text")
    policies.check_may_decline(version.kind, agrees=agrees)
    policies.check_name(name, name=partner.user.name)
    stands = Signature.objects.select_for_update(of=("self",)).filter(
        partner=partner, kind=version.kind, ended_at__isnull=True
    )
    same = stands.filter(version=version, agrees=agrees).first()
    if same is not None:
        return same
    is_consent = version.kind == AgreementKind.IMAGES
    if is_consent:
        # What was answered before, to this or an older text, is answered anew.
        stands.update(ended_at=at)
    signature = Signature.objects.create(
        partner=partner, version=version, kind=version.kind, agrees=agrees, name=" ".join(name.split()), signed_at=at,
        fingerprint=version.fingerprint,
    )  # fmt: skip
    (notifications.consent_changed if is_consent else notifications.agreement_signed)(signature, at=at)
    return signature


@audited("partners.agreement.withdraw")
@transaction.atomic
def withdraw_consent(*, signature_id: UUID, by: User, at: datetime) -> Signature:
    """Take back consent to pictures, at any time; the lead is told. Raises TransitionNotAllowed for anything else."""
    signature = _lock_signature(signature_id)
    permissions.check_can_withdraw(by, signature.partner)
    policies.check_may_withdraw(signature.kind, is_given=signature.agrees and signature.ended_at is None)
    signature.ended_at = at
    signature.save(update_fields=["ended_at"])
    notifications.consent_changed(signature, at=at)
    return signature


@audited("partners.agreement.countersign")
@transaction.atomic
def countersign(*, signature_id: UUID, by: User, at: datetime) -> Signature:
    """Sign for the organisation what a partner has signed, never one's own; the partner is told.

    Raises TransitionNotAllowed when it is signed by both, needs no second signature, or was replaced by a newer text.
    """
    signature = _lock_signature(signature_id)
    permissions.check_can_countersign(by, signature.partner, today=local_date(at))
    policies.check_may_countersign(
        signature.kind,
        is_countersigned=signature.countersigned_at is not None,
        is_in_force=queries.is_in_force(signature.version),
    )
    signature.countersigned_by, signature.countersigned_at = by, at
    signature.save(update_fields=["countersigned_by", "countersigned_at"])
    notifications.agreement_countersigned(signature, at=at)
    return signature


def _lock_signature(signature_id: UUID) -> Signature:
    return (
        Signature.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__lead", "partner__organisation", "version")
        .get(pk=signature_id)
    )
