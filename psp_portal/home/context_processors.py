"""What the header of every page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from psp_portal.accounts import current
from psp_portal.home.navigation import menu_for
from psp_portal.notifications import queries as notifications


def header(request: HttpRequest) -> dict[str, Any]:
    """Return the header's context; two queries for somebody signed in, none for anybody else."""
    shown: dict[str, Any] = {"service_name": settings.SITE_NAME, "frutiger": settings.NHS_FRUTIGER_LICENSED}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return shown
    roles = current.current_roles(request)
    # A page for an address that there is not was resolved to nothing.
    namespace = request.resolver_match.namespace if request.resolver_match else ""
    return shown | {
        "current_organisation": current.current_organisation(request),
        "current_roles": roles,
        "organisation_choices": current.organisation_choices(request),
        "navigation": menu_for(request.path, namespace, roles),
        "unread_count": notifications.unread_count(user),
    }
