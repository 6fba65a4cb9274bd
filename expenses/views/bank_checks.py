"""Finance checks bank details by a call, and who may see it sees what changed: HTTP to one service or query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from expenses import permissions, queries, services
from expenses.enums import BankCheckStatus, CallOutcome
from expenses.forms import bank as forms
from psp_portal.accounts.current import may
from psp_portal.accounts.roles import Permission
from psp_portal.dates import local_date
from psp_portal.views import Moment, RuleFormView, ScopedListView


@dataclass(frozen=True)
class CheckRow:
    """Bank details that wait, with their age in days, how often somebody called, and whether there is a number."""

    details: Any
    days: int
    calls: int
    has_number: bool
    may_call: bool

    @property
    def what_next(self) -> str:
        """What has to be done so that the details can be used."""
        if not self.has_number:
            return "No number was held before. Ask their lead to record one."
        return "Call them" if self.may_call else "Finance calls them"


class BankCheckListView(Moment, ScopedListView):
    """Whose bank details wait for a call, the oldest first."""

    template_name = "expenses/bank_check_list.html"
    context_object_name = "checks"
    export_name = "bank details to check"
    export_columns = ("Partner", "Given", "Days waiting", "Calls so far", "What next")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request, Permission.SEE_BANK_CHECKS):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return queries.bank_checks_waiting(self.user, today=self.today)

    def as_shown(self, rows: Sequence[Any]) -> Sequence[CheckRow]:
        numbers = queries.numbers_to_call(rows, at=self.at)
        may_call = may(self.request, Permission.PAY_CLAIMS)
        return [
            CheckRow(
                details=details,
                days=max((self.today - local_date(details.given_at)).days, 0),
                calls=len(details.calls.all()),
                has_number=bool(numbers[details.pk]),
                may_call=may_call,
            )
            for details in rows
        ]

    def export_row(self, row: CheckRow) -> Sequence[object]:
        given_on = local_date(row.details.given_at)
        return row.details.user.name, given_on, row.days, row.calls, row.what_next

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"rows": self.as_shown(list(context["page_obj"]))}


class BankCallCreateView(Moment, RuleFormView):
    """Record a call about bank details: the number to call, what to ask, and what came of it."""

    template_name = "expenses/bank_call_create.html"
    form_class = forms.BankCallCreateForm

    def find(self, **kwargs: Any) -> None:
        visible = queries.bank_details_visible_to(self.user, today=self.today)
        self.details = get_object_or_404(visible, pk=kwargs["details_id"])
        found = queries.numbers_to_call([self.details], at=self.at)[self.details.pk]
        self.numbers = [number for number in found if self.may_call(number)]
        self.has_numbers_elsewhere = len(found) > len(self.numbers)

    def may_call(self, number: Any) -> bool:
        """Say whether somebody checks bank details where a number was recorded."""
        organisation_id = number.partner.organisation_id
        return permissions.can_check_bank_details(self.user, self.details.user_id, organisation_id, today=self.today)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.user.pk == self.details.user_id or not may(request, Permission.PAY_CLAIMS):
            raise PermissionDenied("Only finance can do this, and nobody checks their own bank details.")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"numbers": self.numbers}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "details": self.details,
            "numbers": self.numbers,
            "has_numbers_elsewhere": self.has_numbers_elsewhere,
            "is_first": self.details.pk in queries.are_first([self.details]),
            "is_waiting": self.details.check_status == BankCheckStatus.WAITING and self.details.replaced_at is None,
        }

    def perform(self, data: dict[str, Any]) -> Any:
        self.success_message = {
            CallOutcome.CONFIRMED: "Call recorded. These bank details are used from now on.",
            CallOutcome.NOT_CONFIRMED: "Call recorded. These bank details are not used, and everybody has been told.",
            CallOutcome.NO_ANSWER: "Call recorded. Try again another time.",
        }[data["outcome"]]
        return services.record_bank_call(details_id=self.details.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("expenses:bank_check_list")


class BankHistoryDetailView(Moment, TemplateView):
    """When a person's bank details were given, changed and checked, by whom and how; never the numbers."""

    template_name = "expenses/bank_history_detail.html"

    def find(self, **kwargs: Any) -> None:
        self.history = list(queries.bank_history_of(self.user, kwargs["user_id"], today=self.today))
        if not self.history:
            raise Http404("There are no bank details to see.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "person": self.history[0].user,
            "is_own": self.history[0].user_id == self.user.pk,
            "history": self.history,
            "may_call": may(self.request, Permission.PAY_CLAIMS),
        }
