"""Who somebody is on this page: the roles they hold today, and the organisation they have chosen."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from psp_portal.accounts import queries
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership, Organisation
from psp_portal.accounts.roles import ROLE_PERMISSIONS, Permission

_CHOSEN = "organisation_id"


def memberships(request: HttpRequest) -> list[Membership]:
    """Return the roles in force of whoever is signed in, by organisation; one query, however often a page asks."""
    held: list[Membership] | None = getattr(request, "_memberships", None)
    if held is None:
        today = timezone.localdate()  # noqa: TID251  a request happens today; nothing below this line reads the clock
        held = []
        if request.user.is_authenticated:
            rows = queries.memberships_on(request.user, today).select_related("organisation")
            held = list(rows.order_by("organisation__name", "organisation_id", "starts_on", "pk"))
        request._memberships = held  # type: ignore[attr-defined]  # the page's own note
    return held


def organisation_choices(request: HttpRequest) -> list[Organisation]:
    """Return the organisations where somebody holds a role today, by name."""
    return list({held.organisation_id: held.organisation for held in memberships(request)}.values())


def current_organisation(request: HttpRequest) -> Organisation | None:
    """Return the organisation that somebody has chosen, the first of theirs by name, or None without a role."""
    choices = organisation_choices(request)
    chosen = request.session.get(_CHOSEN) if len(choices) > 1 else None
    return next((each for each in choices if str(each.pk) == chosen), choices[0] if choices else None)


def current_roles(request: HttpRequest) -> frozenset[Role]:
    """Return the roles that somebody holds today at their current organisation."""
    organisation = current_organisation(request)
    return frozenset(Role(held.role) for held in memberships(request) if held.organisation == organisation)


def choose_organisation(request: HttpRequest, organisation_id: UUID) -> None:
    """Keep the choice for this session; one that is no longer theirs is passed over by ``current_organisation``."""
    request.session[_CHOSEN] = str(organisation_id)


def may(request: HttpRequest, permission: Permission) -> bool:
    """Say whether somebody may do something at their current organisation, without a query of its own."""
    return any(permission in ROLE_PERMISSIONS[role] for role in current_roles(request))


def organisation_where(request: HttpRequest, permission: Permission) -> Organisation:
    """Return the current organisation; raise PermissionDenied when it does not allow them this."""
    organisation = current_organisation(request)
    if organisation is None or not may(request, permission):
        raise PermissionDenied
    return organisation


def current_organisation_id(request: HttpRequest) -> UUID | None:
    """Return the key of the organisation somebody is working for, or None when they belong to none."""
    organisation = current_organisation(request)
    return organisation.pk if organisation else None
