"""What partners ask for to grow in the role, and the answers."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners.enums.training import DevelopmentKind, RequestAction, RequestStatus
from partners.forms import training as forms
from partners.permissions import training as permissions
from partners.queries import training as queries
from partners.services import training as services
from partners.views.training.beginnings import AboutPartner, with_age
from psp_portal.accounts.current import current_organisation_id
from psp_portal.dates import local_date
from psp_portal.views import Moment, RuleFormView, ScopedListView


class RequestListView(Moment, ScopedListView):
    """What the partners of the current organisation whom somebody may see have asked for."""

    template_name = "training/request_list.html"
    context_object_name = "requests"
    export_name = "development requests"
    export_columns = (
        "Partner", "Kind", "What", "Why", "When", "Hours", "Cost in pounds", "Asked on", "Answer due on", "Status",
        "Answered by", "Answered on", "Reason", "Done on",
    )  # fmt: skip

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_list_requests(self.user, current_organisation_id(request), today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        visible = queries.requests_visible_to(self.user, today=self.today)
        here = visible.filter(partner__organisation=current_organisation_id(self.request))
        status = self.request.GET.get("status", "")
        return here.filter(status=status) if status in RequestStatus.values else here

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "rows": [with_age(request, self.today) for request in context["page_obj"]],
            "statuses": RequestStatus.choices,
            "chosen": self.request.GET.get("status", ""),
        }

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.partner.user.name, row.get_kind_display(), row.what, row.why, row.when, row.hours, row.cost,
            local_date(row.asked_at), row.due_on, row.get_status_display(),
            row.decided_by.name if row.decided_by else "", local_date(row.decided_at) if row.decided_at else None,
            row.reason, row.done_on,
        )  # fmt: skip


class _Asking(AboutPartner):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_ask(self.user, self.partner)
        return super().dispatch(request, *args, **kwargs)


class RequestKindChooseView(_Asking, RuleFormView):
    """What would you like?"""

    form_class = forms.RequestKindChooseForm
    template_name = "training/request_kind_choose.html"

    def perform(self, data: dict[str, Any]) -> Any:
        return data["kind"]

    def get_success_url(self) -> str:
        return reverse("training:request_create", args=[self.partner.pk, self.result])


class RequestCreateView(_Asking, RuleFormView):
    """What exactly, and why?"""

    form_class = forms.RequestCreateForm
    template_name = "training/request_create.html"
    success_message = "Request sent"

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        if kwargs["kind"] not in DevelopmentKind.values:
            raise Http404("There is no such kind of request.")
        self.kind = DevelopmentKind(kwargs["kind"])

    def perform(self, data: dict[str, Any]) -> Any:
        return services.ask_for_development(
            partner_id=self.partner.pk, kind=self.kind, by=self.user, at=self.at, **data
        )

    def get_success_url(self) -> str:
        return reverse("training:request_detail", args=[self.result.pk])


class _AboutRequest(Moment):
    action: RequestAction | None = None

    def find(self, **kwargs: Any) -> None:
        visible = queries.requests_visible_to(self.user, today=self.today)
        self.development = get_object_or_404(visible, pk=kwargs["request_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.action:
            permissions.check_can_act_on_request(self.user, self.development, self.action, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("training:request_detail", args=[self.development.pk])


class RequestDetailView(_AboutRequest, TemplateView):
    """One request: what, why, where it stands and who has it."""

    template_name = "training/request_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return (
            super().get_context_data(**kwargs)
            | with_age(self.development, self.today)
            | {
                "is_own": self.development.partner.user_id == self.user.pk,
                "actions": permissions.actions_open_to(self.user, self.development, today=self.today),
            }
        )


class RequestDecideView(_AboutRequest, RuleFormView):
    """Agree, or say why not."""

    action = RequestAction.DECIDE
    form_class = forms.RequestDecideForm
    template_name = "training/request_decide.html"
    success_message = "Answer sent"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.decide_development(request_id=self.development.pk, by=self.user, at=self.at, **data)


class RequestFinishView(_AboutRequest, RuleFormView):
    """Say when it was done."""

    action = RequestAction.FINISH
    form_class = forms.RequestFinishForm
    template_name = "training/request_finish.html"
    success_message = "Recorded as done"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.finish_development(request_id=self.development.pk, by=self.user, at=self.at, **data)


class RequestWithdrawView(_AboutRequest, RuleFormView):
    """Take one's own request back."""

    action = RequestAction.WITHDRAW
    template_name = "training/request_withdraw.html"
    success_message = "Request withdrawn"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.withdraw_development(request_id=self.development.pk, by=self.user, at=self.at)
