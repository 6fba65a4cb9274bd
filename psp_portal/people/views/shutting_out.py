"""Pages about shutting somebody out: asking for it, and the second person's decision."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from psp_portal.accounts import current
from psp_portal.accounts.enums import ShutOutStatus
from psp_portal.accounts.roles import Permission
from psp_portal.dates import local_date
from psp_portal.people import forms, services
from psp_portal.people.queries import shutting_out as queries
from psp_portal.people.views.roles import AboutPerson
from psp_portal.views import Moment, RuleFormView, ScopedListView


class ShutOutCreateView(AboutPerson, RuleFormView):
    """Ask that somebody loses their access."""

    form_class = forms.ShutOutCreateForm
    template_name = "people/shut_out_create.html"
    success_message = "Asked. Nothing changes until a second person agrees"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.ask_to_shut_out(
            user_id=self.person.pk,
            organisation_id=self.organisation.pk,
            by=self.request.user,
            at=timezone.now(),
            **data,
        )

    def get_success_url(self) -> str:
        return reverse("people:shut_out_detail", args=[self.result.pk])


class ShutOutListView(Moment, ScopedListView):
    """What was asked at the current organisation: what waits first."""

    template_name = "people/shut_out_list.html"
    context_object_name = "shut_outs"
    export_name = "ending of access"
    export_columns = ("Who", "Asked by", "Asked on", "Status")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation = current.organisation_where(request, Permission.CONFIRM_SHUT_OUTS)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        visible = queries.shut_outs_visible_to(self.user, today=self.today)
        return visible.filter(organisation=self.organisation)

    def export_row(self, row: Any) -> Sequence[object]:
        return row.user.name, row.asked_by.name, local_date(row.asked_at), row.get_status_display()


class _AboutShutOut(Moment):
    """Finds what was asked, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        visible = queries.shut_outs_visible_to(self.user, today=self.today)
        self.shut_out = get_object_or_404(visible, pk=kwargs["shut_out_id"])
        self.is_asker = self.shut_out.asked_by_id == self.user.pk

    def get_success_url(self) -> str:
        return reverse("people:shut_out_list")


class ShutOutDetailView(_AboutShutOut, TemplateView):
    """What was asked and why, what it would mean, and what was decided."""

    template_name = "people/shut_out_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shut_out = self.shut_out
        return super().get_context_data(**kwargs) | {
            "shut_out": shut_out,
            "is_asked": shut_out.status == ShutOutStatus.ASKED,
            "is_asker": self.is_asker,
            "is_owed": queries.is_owed_or_asks(shut_out.user_id, shut_out.organisation_id),
        }


class ShutOutConfirmView(_AboutShutOut, RuleFormView):
    """Agree as the second person."""

    template_name = "people/shut_out_confirm.html"
    success_message = "Their access has ended, and they have been told"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.is_asker:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.confirm_shut_out(shut_out_id=self.shut_out.pk, by=self.user, at=self.at)


class ShutOutRefuseView(_AboutShutOut, RuleFormView):
    """Say no, or take back what one asked."""

    form_class = forms.ShutOutRefuseForm
    template_name = "people/shut_out_refuse.html"
    success_message = "They keep their access"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.refuse_shut_out(shut_out_id=self.shut_out.pk, by=self.user, at=self.at, **data)
