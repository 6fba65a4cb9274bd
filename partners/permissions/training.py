"""Who may do what about training: role at the organisation, and relation to the partner."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums import PartnerStatus
from partners.enums.training import RequestAction, RequestMove
from partners.models import Partner
from partners.models.training import DevelopmentRequest
from partners.permissions.appointments import can_appoint_partner, can_change_partner, can_list_partners
from partners.policies import training as policies
from partners.queries import training as queries
from psp_portal.accounts.models import User

# Those who appoint partners keep the catalogue and record who was there; whoever sees partners sees their training.
can_manage_training = can_appoint_partner
can_list_requests = can_list_partners


def check_can_manage_training(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may change an organisation's courses and record training."""
    if not can_manage_training(user, organisation_id, today=today):
        raise PermissionDenied


def check_can_list_requests(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied for whoever would only ever find the list empty."""
    if not can_list_requests(user, organisation_id, today=today):
        raise PermissionDenied


def can_remove_training(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody may take out a training that was recorded by mistake: those who record, not their own."""
    return can_change_partner(user, partner, today=today)


def check_can_remove_training(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may take out a training."""
    if not can_remove_training(user, partner, today=today):
        raise PermissionDenied


def can_ask(user: User, partner: Partner) -> bool:
    """Say whether somebody may ask for development: the partner, as of right, while they serve."""
    return user.pk == partner.user_id and partner.status != PartnerStatus.LEFT


def check_can_ask(user: User, partner: Partner) -> None:
    """Raise PermissionDenied unless somebody may ask for development."""
    if not can_ask(user, partner):
        raise PermissionDenied


def actions_open_to(user: User, request: DevelopmentRequest, *, today: date) -> list[RequestAction]:
    """Return what somebody can do about a request now, in the order a page offers it."""
    is_own = user.pk == request.partner.user_id
    manages = can_change_partner(user, request.partner, today=today)
    open_to = {
        RequestAction.DECIDE: manages and policies.can_move(request.status, RequestMove.AGREE),
        RequestAction.FINISH: (is_own or manages) and policies.can_move(request.status, RequestMove.FINISH),
        RequestAction.WITHDRAW: is_own and policies.can_move(request.status, RequestMove.WITHDRAW),
    }
    return [action for action, is_open in open_to.items() if is_open]


def can_act_on_request(user: User, request: DevelopmentRequest, action: RequestAction, *, today: date) -> bool:
    """Say whether an action is somebody's to take, whatever the request's status."""
    if action == RequestAction.WITHDRAW:
        return user.pk == request.partner.user_id
    manages = can_change_partner(user, request.partner, today=today)
    return manages or (action == RequestAction.FINISH and user.pk == request.partner.user_id)


def check_can_act_on_request(user: User, request: DevelopmentRequest, action: RequestAction, *, today: date) -> None:
    """Raise PermissionDenied unless an action is somebody's to take."""
    if not can_act_on_request(user, request, action, today=today):
        raise PermissionDenied


def check_can_read_directory(user: User, *, today: date) -> None:
    """Raise PermissionDenied unless somebody is a partner somewhere."""
    if not queries.is_partner_anywhere(user, today=today):
        raise PermissionDenied
