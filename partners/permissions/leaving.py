"""Who may do what about terms, pauses and leaving: role at the organisation, and relation to the partner."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums import PartnerMove, PartnerStatus
from partners.enums.leaving import ExitStatus
from partners.models import Partner
from partners.models.leaving import ExitConversation
from partners.permissions.appointments import can_appoint_partner, can_change_partner
from partners.policies import states
from partners.queries import leaving as queries
from psp_portal.accounts.models import User


def check_can_see_succession(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody decides what happens when terms at an organisation end."""
    if not can_appoint_partner(user, organisation_id, today=today):
        raise PermissionDenied


def can_pause_or_leave(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody may pause an appointment or say that it ends: the partner, and those who appoint."""
    return partner.status != PartnerStatus.LEFT and (
        user.pk == partner.user_id or can_change_partner(user, partner, today=today)
    )


def check_can_pause_or_leave(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may pause an appointment, or say that it ends or goes on."""
    if not can_pause_or_leave(user, partner, today=today):
        raise PermissionDenied


def moves_open_to(user: User, partner: Partner, *, today: date) -> list[PartnerMove]:
    """Return which of pausing, coming back, leaving and staying somebody can choose now, in a page's order."""
    if not can_pause_or_leave(user, partner, today=today):
        return []
    offered = (PartnerMove.PAUSE, PartnerMove.RESUME, PartnerMove.ANNOUNCE_LEAVING, PartnerMove.STAY)
    # A pause on the way out changes nothing that the last day does not.
    return [
        move
        for move in offered
        if partner.status in states.TRANSITIONS[move].sources
        and not (move == PartnerMove.PAUSE and partner.status == PartnerStatus.LEAVING)
    ]


def check_can_answer_exit(user: User, conversation: ExitConversation) -> None:
    """Raise PermissionDenied unless it is somebody's own exit conversation."""
    if user.pk != conversation.partner.user_id:
        raise PermissionDenied


def can_read_exit(user: User, conversation: ExitConversation, *, today: date) -> bool:
    """Say whether somebody reads what was said: the partner, and whom they chose."""
    if user.pk == conversation.partner.user_id:
        return True
    return conversation.status == ExitStatus.ANSWERED and queries.is_shared_with(conversation, user, today=today)


def check_can_write_pack(user: User, partner: Partner) -> None:
    """Raise PermissionDenied unless it is somebody's own handover pack."""
    if user.pk != partner.user_id:
        raise PermissionDenied


def can_write_pack(user: User, partner: Partner) -> bool:
    """Say whether somebody can write a handover pack now: a partner who leaves or has left."""
    return user.pk == partner.user_id and partner.status in (PartnerStatus.LEAVING, PartnerStatus.LEFT)
