"""The first page, and the pages that every service has."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from psp_portal.accounts import current
from psp_portal.home import queries


class HomeDetailView(TemplateView):
    """What waits for the person, oldest first; or a welcome and the next useful thing."""

    template_name = "home/home_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = queries.first_page(self.request.user, current.current_roles(self.request), today=timezone.localdate())
        return super().get_context_data(**kwargs) | {"page": page}


@method_decorator(login_not_required, name="dispatch")
class AccessibilityDetailView(TemplateView):
    """The accessibility statement."""

    template_name = "home/accessibility_detail.html"


@method_decorator(login_not_required, name="dispatch")
class PrivacyDetailView(TemplateView):
    """The privacy notice."""

    template_name = "home/privacy_detail.html"


@method_decorator(login_not_required, name="dispatch")
class CookiesDetailView(TemplateView):
    """The cookies the portal sets."""

    template_name = "home/cookies_detail.html"
