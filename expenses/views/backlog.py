"""Finance brings in a list of unpaid claims: upload, columns, dry run, and all of it at once or nothing."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property

from expenses import permissions, queries, services
from expenses.forms import backlog as forms
from expenses.policies import backlog
from psp_portal.accounts.current import organisation_where
from psp_portal.accounts.roles import Permission
from psp_portal.dates import local_date
from psp_portal.nhsuk.columns import columns_form_kwargs
from psp_portal.views import Moment, RuleFormView, ScopedListView

ROWS_ON_A_PAGE = 100
# Of a list with thousands of wrong rows nobody reads more than these before they mend it.
MOST_PROBLEMS = 200


class BacklogListView(ScopedListView):
    """The lists that have been brought in."""

    template_name = "expenses/backlog_list.html"
    export_name = "earlier claims brought in"
    export_columns = ("File", "Brought in", "By", "Rows", "Claims", "Total")

    def get_queryset(self) -> Any:
        self.organisation = organisation_where(self.request, Permission.PAY_CLAIMS)
        return queries.backlog_imports_of(self.organisation.pk)

    def export_row(self, row: Any) -> Sequence[object]:
        return row.file_name, local_date(row.at), row.by.get_full_name(), row.rows, row.claims, row.total


class BacklogCreateView(Moment, RuleFormView):
    """Upload a list."""

    form_class = forms.BacklogCreateForm
    template_name = "expenses/backlog_create.html"

    def find(self, **kwargs: Any) -> None:
        self.organisation = organisation_where(self.request, Permission.PAY_CLAIMS)

    def perform(self, data: dict[str, Any]) -> Any:
        file = data["file"]
        return services.upload_backlog(
            organisation_id=self.organisation.pk, upload=file, file_name=file.name, by=self.user, at=self.at
        )

    def get_success_url(self) -> str:
        return reverse("expenses:backlog_columns_edit", kwargs={"list_id": self.result.pk})


class _AboutList(Moment):
    """A page about an uploaded list, for whoever uploaded it."""

    def find(self, **kwargs: Any) -> None:
        self.list = get_object_or_404(queries.backlog_drafts_visible_to(self.user), pk=kwargs["list_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_use_list(request.user, self.list, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"list": self.list}


class BacklogColumnsEditView(_AboutList, RuleFormView):
    """Say which column is what."""

    form_class = forms.BacklogColumnsEditForm
    template_name = "expenses/backlog_columns_edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | columns_form_kwargs(self.list.rows, self.list.heading_row, self.list.columns)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.choose_columns(
            draft_id=self.list.pk, heading_row=data["heading_row"], columns=data["columns"], by=self.user, at=self.at
        )

    def get_success_url(self) -> str:
        is_other_row = self.result.heading_row != self.list.heading_row
        page = "expenses:backlog_columns_edit" if is_other_row else "expenses:backlog_confirm"
        return reverse(page, kwargs={"list_id": self.list.pk})


class BacklogConfirmView(_AboutList, RuleFormView):
    """The dry run: what each row would become, and what is wrong with it. Confirming brings all of it in."""

    form_class = forms.BacklogConfirmForm
    template_name = "expenses/backlog_confirm.html"

    @cached_property
    def plan(self) -> queries.BacklogPlan:
        """What bringing the list in would do."""
        return queries.backlog_plan(self.list, today=self.today)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"known": len(self.plan.known)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if backlog.what_is_missing(queries.columns_of(self.list)):
            return redirect("expenses:backlog_columns_edit", list_id=self.list.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = self.plan
        page = Paginator(plan.rows, ROWS_ON_A_PAGE).get_page(self.request.GET.get("page"))
        problems = [(row.row.number, problem) for row in plan.broken for problem in row.row.problems]
        return super().get_context_data(**kwargs) | {
            "plan": plan,
            "page_obj": page,
            "wrong_cells": problems[:MOST_PROBLEMS],
            "wrong_cells_left_out": max(0, len(problems) - MOST_PROBLEMS),
            "late": sum(bool(claim.steps) for claim in plan.claims),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.import_backlog(draft_id=self.list.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("expenses:backlog_list")
