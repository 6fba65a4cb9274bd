"""What a leaver hands on: begun from what the portal knows, edited and published by the partner."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.enums.leaving import PackSection, PackStatus
from partners.models.leaving import HandoverPack, PackText
from partners.notifications import leaving as notifications
from partners.permissions import leaving as permissions
from partners.policies import leaving as policies
from partners.queries import leaving as queries
from partners.services.moving import lock_partner
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.exceptions import RuleBroken


@audited("partners.handover.start")
@transaction.atomic
def start_pack(*, partner_id: UUID, texts: Mapping[PackSection, str], by: User, at: datetime) -> HandoverPack:
    """Begin one's handover pack with what the portal knows (``texts``); one that is there stays as it is.

    Raises TransitionNotAllowed before somebody is leaving.
    """
    partner = lock_partner(partner_id)
    permissions.check_can_write_pack(by, partner)
    policies.check_can_write_pack(partner.status)
    pack = queries.pack_of(partner)
    if pack is None:
        pack = HandoverPack.objects.create(partner=partner, opened_at=at)
        PackText.objects.bulk_create(
            PackText(pack=pack, section=section, text=texts.get(section, "")) for section in PackSection
        )
    return pack


@audited("partners.handover.save")
@transaction.atomic
def save_pack(*, partner_id: UUID, texts: Mapping[PackSection, str], by: User, at: datetime) -> HandoverPack:
    """Keep one's handover pack as it is written now, also after it was published: readers see the latest."""
    pack = _lock_pack(partner_id)
    permissions.check_can_write_pack(by, pack.partner)
    rows = list(PackText.objects.filter(pack=pack))
    for row in rows:
        row.text = texts.get(PackSection(row.section), row.text).strip()
    PackText.objects.bulk_update(rows, ["text"])
    return pack


@audited("partners.handover.publish")
@transaction.atomic
def publish_pack(*, partner_id: UUID, successor_id: UUID | None, by: User, at: datetime) -> HandoverPack:
    """Let a successor (another partner here, or for nobody yet None), the leads and who comes onto the committees read.

    The successor and the lead are told. Raises RuleBroken when it is empty or published already, or for a successor who
    does not serve at this organisation.
    """
    pack = _lock_pack(partner_id)
    permissions.check_can_write_pack(by, pack.partner)
    policies.check_can_publish(pack.status, [text for _section, text in queries.texts_of(pack)])
    if successor_id is not None and not queries.successors_for(pack.partner).filter(pk=successor_id).exists():
        raise RuleBroken("Select a partner of this organisation", field="successor_id")
    pack.status, pack.successor_id, pack.published_at = PackStatus.PUBLISHED, successor_id, at
    pack.save(update_fields=["status", "successor", "published_at"])
    notifications.pack_published(pack, at=at)
    return pack


def _lock_pack(partner_id: UUID) -> HandoverPack:
    return (
        HandoverPack.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__lead", "partner__organisation")
        .get(partner_id=partner_id)
    )
