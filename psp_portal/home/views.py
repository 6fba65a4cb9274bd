"""The first page, the figures of a programme, and the pages that every service has."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from partners.queries import questions
from psp_portal.accounts import current
from psp_portal.accounts.roles import Permission
from psp_portal.home import queries
from psp_portal.home.navigation import area_called, held_by
from psp_portal.views import Moment, ScopedListView


class HomeDetailView(Moment, TemplateView):
    """What waits for the person, oldest first, and whom they wait for; or a welcome and the next useful thing."""

    template_name = "home/home_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = queries.first_page(self.user, current.current_roles(self.request), today=self.today)
        return super().get_context_data(**kwargs) | {"page": page}


class WaitingListView(Moment, ScopedListView):
    """All that waits for the person, oldest first."""

    template_name = "home/waiting_list.html"
    context_object_name = "items"
    export_name = "what waits for me"
    export_columns = ("What", "About", "Kind", "Since", "Days", "Due", "Late")

    def get_queryset(self) -> Any:
        return queries.waiting_for(self.user, today=self.today)

    def export_row(self, row: Any) -> Any:
        return (row.label, row.detail, row.heading, row.since, row.days, row.due_on, "Late" if row.is_late else "")


class AwaitedListView(Moment, ScopedListView):
    """All that the person waits for, with who has it, oldest first."""

    template_name = "home/awaited_list.html"
    context_object_name = "items"
    export_name = "what I am waiting for"
    export_columns = ("What", "Who has it", "Since", "Days", "Due", "Late")

    def get_queryset(self) -> Any:
        return queries.awaited_by(self.user, today=self.today)

    def export_row(self, row: Any) -> Any:
        return (row.label, row.who, row.since, row.days, row.due_on, "Late" if row.is_late else "")


class ProgrammeDetailView(Moment, TemplateView):
    """The figures of the current organisation's programme; each opens the rows that it counts."""

    template_name = "home/programme_detail.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation = current.organisation_where(request, Permission.SEE_PROGRAMME)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation_id = self.organisation.pk
        figures = queries.figures_of(self.user, organisation_id=organisation_id, today=self.today)
        asked = questions.questions_counted_for(self.user, organisation_id, today=self.today)
        return super().get_context_data(**kwargs) | {
            "figures": figures,
            "answering": questions.figures_of(asked),
            "sees_retention": current.may(self.request, Permission.SEE_RETENTION),
        }


class AreaDetailView(TemplateView):
    """What there is in one area of the portal, as far as somebody may open it."""

    template_name = "home/area_detail.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        area = area_called(kwargs["area"])
        if area is None:
            raise Http404("There is no such area.")
        self.area = area
        self.sections = area.sections_for(held_by(current.current_roles(request)))
        if not self.sections:
            raise PermissionDenied("Nothing in this area is for you.")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"area": self.area, "sections": self.sections}


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
