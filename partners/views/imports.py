"""A lead brings in a list of partners: upload, columns, choices, dry run, and all of it at once or nothing."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property

from partners import permissions
from partners.enums.imports import ImportOutcome
from partners.forms import imports as forms
from partners.permissions.imports import check_can_use_list
from partners.policies.imports import what_is_missing
from partners.queries import import_plan as plans
from partners.queries import imports as queries
from partners.queries import leads_of
from partners.services import imports as services
from psp_portal.accounts.current import organisation_where
from psp_portal.accounts.roles import Permission
from psp_portal.nhsuk.columns import columns_form_kwargs
from psp_portal.views import Moment, RuleFormView, ScopedListView

ROWS_ON_A_PAGE = 100
QUESTIONS_ON_A_PAGE = 50
# Of a list with thousands of wrong rows nobody reads more than these before they mend it.
MOST_PROBLEMS = 200


class ImportListView(Moment, ScopedListView):
    """The lists that have been brought in."""

    template_name = "imports/import_list.html"
    export_name = "lists-brought-in"
    export_columns = ("File", "Brought in", "By", "Rows", "Invited", "Appointed", "Changed")

    def get_queryset(self) -> Any:
        organisation = organisation_where(self.request, Permission.MANAGE_PARTNERS)
        return queries.imports_visible_to(self.user, today=self.today).filter(organisation=organisation)

    def export_row(self, row: Any) -> tuple[object, ...]:
        return (row.file_name, row.at, row.by.get_full_name(), row.rows, row.invited, row.appointed, row.changed)


class ImportCreateView(Moment, RuleFormView):
    """Upload a list."""

    form_class = forms.ImportCreateForm
    template_name = "imports/import_create.html"

    def find(self, **kwargs: Any) -> None:
        self.organisation = organisation_where(self.request, Permission.MANAGE_PARTNERS)

    def perform(self, data: dict[str, Any]) -> Any:
        file = data["file"]
        return services.upload_list(
            organisation_id=self.organisation.pk, upload=file, file_name=file.name, by=self.user, at=self.at
        )

    def get_success_url(self) -> str:
        return reverse("imports:columns_edit", kwargs={"partner_list_id": self.result.pk})


class _AboutList(Moment):
    """A page about an uploaded list, for whoever uploaded it."""

    def find(self, **kwargs: Any) -> None:
        self.list = get_object_or_404(queries.lists_visible_to(self.user), pk=kwargs["partner_list_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_can_use_list(request.user, self.list, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def plan(self) -> plans.ImportPlan:
        """What bringing the list in would do."""
        return plans.import_plan(self.list, today=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"list": self.list}

    def page(self, name: str) -> str:
        return reverse(name, kwargs={"partner_list_id": self.list.pk})


class ColumnsEditView(_AboutList, RuleFormView):
    """Say which column is what, and what holds for rows that say nothing."""

    form_class = forms.ColumnsEditForm
    template_name = "imports/columns_edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        otherwise = self.list.otherwise
        leads = leads_of(self.list.organisation_id, today=self.today)
        kwargs = columns_form_kwargs(self.list.rows, self.list.heading_row, self.list.columns)
        kwargs["initial"] |= {
            "otherwise_term_ends_on": plans.otherwise_of(self.list).get(plans.ImportColumn.TERM_ENDS_ON),
            "otherwise_is_paid": "yes" if otherwise.get("is_paid", True) else "no",
            "otherwise_role_category": plans.otherwise_of(self.list)[plans.ImportColumn.CATEGORY],
            "otherwise_lead_id": otherwise.get("lead_id") or str(self.user.pk),
        }
        return super().get_form_kwargs() | kwargs | {"leads": [(str(lead.pk), lead.name) for lead in leads]}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.choose_columns(list_id=self.list.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        if self.result.heading_row != self.list.heading_row:
            return self.page("imports:columns_edit")
        has_questions = bool(plans.import_plan(self.result, today=self.today).to_choose)
        return self.page("imports:choices_edit" if has_questions else "imports:import_confirm")


class ChoicesEditView(_AboutList, RuleFormView):
    """Say what rows are that could be two things, a page of them at a time."""

    form_class = forms.ChoicesEditForm
    template_name = "imports/choices_edit.html"

    @cached_property
    def page_obj(self) -> Any:
        rows = [(planned, question) for planned in self.plan.to_choose for question in planned.questions]
        return Paginator(rows, QUESTIONS_ON_A_PAGE).get_page(self.request.GET.get("page"))

    def get_form_kwargs(self) -> dict[str, Any]:
        has_matches = any(planned.partner or planned.awaited for planned in self.plan.to_choose)
        return super().get_form_kwargs() | {
            "questions": [question for _planned, question in self.page_obj.object_list],
            "has_matches": has_matches,
            "initial": {"here": self.list.choices.get("here", "")},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        asked = [(form[question.key], planned) for planned, question in self.page_obj.object_list]
        return context | {"asked": asked, "page_obj": self.page_obj, "plan": self.plan}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.choose_rows(list_id=self.list.pk, choices=data, by=self.user, at=self.at)

    def get_success_url(self) -> str:
        if self.page_obj.has_next():
            return f"{self.page('imports:choices_edit')}?page={self.page_obj.next_page_number()}"
        return self.page("imports:import_confirm")


class ImportConfirmView(_AboutList, RuleFormView):
    """The dry run: what each row would become, and what is wrong with it. Confirming brings all of it in."""

    template_name = "imports/import_confirm.html"
    success_url = reverse_lazy("imports:import_list")
    success_message = "The list is brought in"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if what_is_missing(plans.columns_of(self.list)):
            return redirect("imports:columns_edit", partner_list_id=self.list.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        problems = [(row.row.number, problem) for row in self.plan.broken for problem in row.row.problems]
        return super().get_context_data(**kwargs) | {
            "plan": self.plan,
            "page_obj": Paginator(self.plan.rows, ROWS_ON_A_PAGE).get_page(self.request.GET.get("page")),
            "wrong_cells": problems[:MOST_PROBLEMS],
            "wrong_cells_left_out": max(0, len(problems) - MOST_PROBLEMS),
            "invited": self.plan.counts[ImportOutcome.INVITE],
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.bring_in_list(list_id=self.list.pk, by=self.user, at=self.at)


# --- who has not answered ---------------------------------------------------------------------------
class AwaitedListView(Moment, ScopedListView):
    """The people of lists who have not accepted their invitation yet."""

    template_name = "imports/awaited_list.html"
    export_name = "partners-not-answered"
    export_columns = ("Name", "Email address", "First day", "Term ends", "Status", "Lead", "In a list since", "Invited")

    def get_queryset(self) -> Any:
        organisation = organisation_where(self.request, Permission.MANAGE_PARTNERS)
        return queries.awaited_visible_to(self.user, today=self.today).filter(organisation=organisation)

    def export_row(self, row: Any) -> tuple[object, ...]:
        return (
            row.name, row.email, row.starts_on, row.term_ends_on, row.get_status_display(), row.lead.name, row.at,
            "Yes" if row.is_invited else "Ran out",
        )  # fmt: skip


class _AboutAwaited(Moment):
    """Somebody of a list who has not answered, for those who manage partners there."""

    success_url = reverse_lazy("imports:awaited_list")

    def find(self, awaited_id: UUID, **kwargs: Any) -> None:
        self.awaited = get_object_or_404(queries.awaited_visible_to(self.user, today=self.today), pk=awaited_id)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_appoint_partner(request.user, self.awaited.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"awaited": self.awaited}


class AwaitedInviteView(_AboutAwaited, RuleFormView):
    """Send a new invitation."""

    template_name = "imports/awaited_invite.html"
    success_message = "The invitation is on its way"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.invite_again(awaited_id=self.awaited.pk, by=self.user, at=self.at)


class AwaitedRemoveView(_AboutAwaited, RuleFormView):
    """Let somebody go who will not answer."""

    template_name = "imports/awaited_remove.html"
    success_message = "They are no longer awaited"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.remove_awaited(awaited_id=self.awaited.pk, by=self.user, at=self.at)
