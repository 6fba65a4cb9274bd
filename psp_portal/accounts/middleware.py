"""Staff do not pass without a second factor."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from psp_portal.accounts import current
from psp_portal.accounts.enums import STAFF_ROLES

_HAS_FACTOR = "has_second_factor"
_SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# What somebody needs to set a second factor up, to leave, and to read what the law lets everybody read.
_OPEN_PREFIXES = ("mfa_", "account_reauthenticate", "account_logout", "account_email")
_OPEN_PAGES = frozenset({"home:accessibility_detail", "home:privacy_detail", "home:cookies_detail"})
_OPEN_NAMESPACES = frozenset({"health"})


class SecondFactorMiddleware:
    """Sends staff without a second factor to set one up (product.md X1).

    The answer "has one" is kept in the session, so that it costs a query once; "has none" is asked again each time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name.startswith("mfa_"):
            # A factor may be taken away here: ask again at the next page.
            request.session.pop(_HAS_FACTOR, None)
        if name.startswith(_OPEN_PREFIXES) or name in _OPEN_PAGES or (match and match.namespace in _OPEN_NAMESPACES):
            return None
        if not any(held.role in STAFF_ROLES for held in current.memberships(request)) or _has_factor(request):
            return None
        messages.warning(request, "Before you go on, set up a second way to prove that it is you: staff need one.")
        return HttpResponseRedirect(reverse("mfa_index"))


def _has_factor(request: HttpRequest) -> bool:
    if not request.session.get(_HAS_FACTOR):
        if not get_adapter().is_mfa_enabled(request.user, types=_SECOND_FACTORS):
            return False
        request.session[_HAS_FACTOR] = True
    return True
