"""What the header of every page shows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from psp_portal.accounts import current
from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.accounts.roles import ROLE_PERMISSIONS, Permission
from psp_portal.notifications import queries as notifications


@dataclass(frozen=True)
class _Entry:
    """A link of the menu, for whoever holds any of its permissions or roles; for everybody without one."""

    label: str
    url_name: str
    permissions: frozenset[Permission] = frozenset()
    roles: frozenset[Role] = frozenset()

    def is_for(self, roles: Collection[Role], permissions: Collection[Permission]) -> bool:
        """Say whether somebody with these roles and what they allow is shown the link."""
        if not self.permissions and not self.roles:
            return True
        return not self.permissions.isdisjoint(permissions) or not self.roles.isdisjoint(roles)


MENU = (
    _Entry("Home", "home:home_detail"),
    _Entry("Programme", "home:programme_detail", frozenset({Permission.SEE_PROGRAMME})),
    _Entry("My claims", "expenses:claim_list", frozenset({Permission.CLAIM})),
    _Entry("My questions", "questions:own_list", frozenset({Permission.CLAIM})),
    _Entry("Prepare a claim", "expenses:helping_list", roles=frozenset({Role.HELPER})),
    _Entry("Claims to decide", "expenses:decision_list", frozenset({Permission.DECIDE_CLAIMS})),
    _Entry(
        "Asked beforehand",
        "expenses:approval_request_list",
        frozenset({Permission.DECIDE_CLAIMS, Permission.MANAGE_PARTNERS}),
    ),
    _Entry("Claims", "expenses:claim_overview", frozenset({Permission.SEE_CLAIMS})),
    _Entry("Payment runs", "expenses:run_list", frozenset({Permission.SEE_RUNS})),
    _Entry("Bank checks", "expenses:bank_check_list", frozenset({Permission.SEE_BANK_CHECKS})),
    _Entry("Rates", "expenses:rate_card_detail", frozenset({Permission.SEE_RATES})),
    _Entry("Committees", "committees:committee_list", frozenset({Permission.SEE_COMMITTEES, Permission.CLAIM})),
    _Entry("Partners", "partners:partner_list", frozenset({Permission.SEE_PARTNERS})),
    _Entry("Questions", "questions:question_list", roles=STAFF_ROLES),
    _Entry("People", "people:person_list", frozenset({Permission.MANAGE_PEOPLE})),
    _Entry("Reports", "payments:summary_detail", frozenset({Permission.SEE_REPORTS})),
    _Entry("Audit", "audit:event_list", frozenset({Permission.SEE_AUDIT})),
)


def header(request: HttpRequest) -> dict[str, Any]:
    """Return the header's context; two queries for somebody signed in, none for anybody else."""
    shown: dict[str, Any] = {"service_name": settings.SITE_NAME, "frutiger": settings.NHS_FRUTIGER_LICENSED}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return shown
    roles = current.current_roles(request)
    return shown | {
        "current_organisation": current.current_organisation(request),
        "current_roles": roles,
        "organisation_choices": current.organisation_choices(request),
        "navigation": _navigation(request.path, roles),
        "unread_count": notifications.unread_count(user),
    }


def _navigation(path: str, roles: Collection[Role]) -> list[dict[str, Any]]:
    """Return the menu's links; the one with the longest address that the page's begins with is the current one."""
    permissions = {held for role in roles for held in ROLE_PERMISSIONS[role]}
    links = [
        {"label": entry.label, "url": reverse(entry.url_name)} for entry in MENU if entry.is_for(roles, permissions)
    ]
    home = reverse("home:home_detail")
    within = [
        link["url"] for link in links if path == link["url"] or (link["url"] != home and path.startswith(link["url"]))
    ]
    here = max(within, key=len, default=None)
    return [{**link, "current": link["url"] == here} for link in links]
