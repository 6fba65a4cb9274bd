"""Pages about copies of records: for whoever they are about, and for whoever answers requests."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.views.generic import TemplateView, View

from psp_portal.accounts import current
from psp_portal.accounts.roles import Permission
from psp_portal.exceptions import RuleBroken
from psp_portal.subject_access import forms, permissions, queries, services
from psp_portal.views import Moment, RuleFormView, ScopedListView


class _Answers(Moment, View):
    """The current organisation, for somebody who answers its requests; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation = current.organisation_where(request, Permission.ANSWER_SUBJECT_REQUESTS)
        self.look_up(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def look_up(self, **kwargs: Any) -> None:
        """Find what the page is about at this organisation, or answer 404."""


class RequestListView(_Answers, ScopedListView):
    """The requests to the current organisation, open ones first."""

    template_name = "subject_access/request_list.html"
    context_object_name = "requests"
    export_name = "requests for copies of records"
    export_columns = ("Reference", "Who", "Came in", "Due", "Days left", "Extended", "Where it stands", "Answered")

    def get_queryset(self) -> Any:
        rows = queries.requests_to_answer(self.user, today=self.today).filter(organisation=self.organisation)
        return rows.open() if self.request.GET.get("which") != "all" else rows

    def export_row(self, row: Any) -> Any:
        return (
            row.reference, row.name, row.received_on, row.due_on,
            queries.days_left(row, today=self.today) if row.is_open else "", row.extended_at,
            row.get_status_display(), row.answered_at,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = super().get_context_data(**kwargs)
        for row in shown["requests"]:
            row.days_left = queries.days_left(row, today=self.today)
        return shown | {"shows_all": self.request.GET.get("which") == "all"}


class RequestRecordView(_Answers, RuleFormView):
    """Write down that somebody asked."""

    form_class = forms.RequestRecordForm
    template_name = "subject_access/request_record.html"
    success_message = "The request is recorded, and they have been told"

    def get_form_kwargs(self) -> dict[str, Any]:
        people = queries.people_of(self.organisation.pk).exclude(pk=self.user.pk).values_list("pk", "name")
        return super().get_form_kwargs() | {"people": [(str(pk), name) for pk, name in people]}

    def get_initial(self) -> dict[str, Any]:
        return {"received_on": self.today}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.record_request(organisation_id=self.organisation.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("subject_access:request_detail", args=[self.result.pk])


class RequestDetailView(Moment, TemplateView):
    """One request: by when it is owed an answer, and what can be done; for the person too."""

    template_name = "subject_access/request_detail.html"

    def find(self, **kwargs: Any) -> None:
        self.subject_request = get_object_or_404(
            queries.requests_visible_to(self.user, today=self.today), pk=kwargs["request_id"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.subject_request
        return super().get_context_data(**kwargs) | {
            "row": row,
            "days_left": queries.days_left(row, today=self.today),
            "is_own": row.person_id == self.user.pk,
            "can_answer": permissions.can_answer(
                self.user, row.organisation_id, today=self.today, person_id=row.person_id
            ),
            "is_collectable": queries.is_collectable(row, today=self.today),
            "can_extend": queries.can_still_extend(row, today=self.today),
        }


class _AnswersOne(_Answers, RuleFormView):
    """A form about one request to the current organisation; back to it when it is done."""

    def look_up(self, **kwargs: Any) -> None:
        rows = queries.requests_to_answer(self.user, today=self.today)
        self.subject_request = get_object_or_404(rows, pk=kwargs["request_id"], organisation=self.organisation)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"row": self.subject_request}

    def get_success_url(self) -> str:
        return reverse("subject_access:request_detail", args=[self.subject_request.pk])


class IdentityConfirmView(_AnswersOne):
    """Say how it is known who asks."""

    form_class = forms.IdentityConfirmForm
    template_name = "subject_access/identity_confirm.html"
    success_message = "The file can be collected"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.confirm_identity(request_id=self.subject_request.pk, by=self.user, at=self.at, **data)


class RequestExtendView(_AnswersOne):
    """Take two more months, with a reason."""

    form_class = forms.RequestExtendForm
    template_name = "subject_access/request_extend.html"
    success_message = "The time is extended, and they have been told"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.extend_request(request_id=self.subject_request.pk, by=self.user, at=self.at, **data)


class RequestCloseView(_AnswersOne):
    """Close a request without a file."""

    form_class = forms.RequestCloseForm
    template_name = "subject_access/request_close.html"
    success_message = "The request is closed, and they have been told"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.close_request(request_id=self.subject_request.pk, by=self.user, at=self.at, **data)


# --- everybody: their own ---------------------------------------------------------------------
class FileAskView(Moment, RuleFormView):
    """Ask for a copy of all that is held about oneself, and collect it."""

    template_name = "subject_access/file_ask.html"
    success_url = reverse_lazy("subject_access:file_ask")
    success_message = "Your copy is ready"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.ask_for_own(by=self.user, at=self.at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = queries.own_requests(self.user)[:25]
        return super().get_context_data(**kwargs) | {
            "rows": [(row, queries.is_collectable(row, today=self.today)) for row in rows],
            "has_waiting": queries.collectable_of(self.user, today=self.today) is not None,
        }


class FileDownloadView(Moment, View):
    """The file itself. Only a button leads here: whoever opens it changes something, and is on record."""

    http_method_names = ("post",)

    def find(self, **kwargs: Any) -> None:
        self.subject_request = get_object_or_404(
            queries.requests_visible_to(self.user, today=self.today), pk=kwargs["request_id"]
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            row, packed = services.collect_file(request_id=self.subject_request.pk, by=self.user, at=self.at)
        except RuleBroken as broken:
            messages.error(request, broken.message)
            return HttpResponseRedirect(reverse("subject_access:request_detail", args=[self.subject_request.pk]))
        return FileResponse(
            packed,
            as_attachment=True,
            filename=f"records-{row.reference}.zip",
            content_type="application/zip",
            headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
        )
