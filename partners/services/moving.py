"""The row lock of an appointment, and its one way from status to status: what every part's services begin with."""

from uuid import UUID

from partners.enums import PartnerMove
from partners.models import Partner
from partners.policies.states import next_status


def lock_partner(partner_id: UUID) -> Partner:
    """Return an appointment with its person, organisation and lead, locked until the transaction ends."""
    return (
        Partner.objects.select_for_update(of=("self",))
        .select_related("user", "organisation", "lead")
        .get(pk=partner_id)
    )


def move_partner(partner: Partner, move: PartnerMove) -> None:
    """Let a locked appointment make a move. Raises TransitionNotAllowed when it cannot be made from its status."""
    partner.status = next_status(partner.status, move)
    partner.save(update_fields=["status"])
