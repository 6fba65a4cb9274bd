"""Where somebody is paid, and what they have been paid: HTTP to one service or query."""

from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from expenses import queries, services
from expenses.forms import bank as forms
from expenses.views import presenting
from psp_portal.money import total
from psp_portal.views import Moment, RuleFormView, ScopedListView


class BankDetailsDetailView(Moment, TemplateView):
    """The last four digits of one's own account, since when it is used, and what it waits for."""

    template_name = "expenses/bank_details_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        details = queries.bank_details_of(self.user)
        numbers = queries.numbers_to_call([details], at=self.at)[details.pk] if details else []
        return super().get_context_data(**kwargs) | {
            "details": details,
            "numbers": [number.number[-4:] for number in numbers],
            "has_history": queries.bank_history_of(self.user, self.user.pk, today=self.today).exists(),
        }


# Whoever sits down at an open screen must not be able to send the money elsewhere.
@method_decorator(reauthentication_required, name="dispatch")
class BankDetailsEditView(RuleFormView):
    """Say where one wants to be paid, after showing once more that it is oneself."""

    template_name = "expenses/bank_details_edit.html"
    form_class = forms.BankDetailsEditForm
    success_message = "Bank details saved"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_bank_details(by=self.request.user, at=timezone.now(), **data)

    def get_success_url(self) -> str:
        return reverse("expenses:bank_details_detail")


class RemittanceListView(ScopedListView):
    """What has been paid to one, a payment run at a time."""

    template_name = "expenses/remittance_list.html"
    context_object_name = "remittances"

    def get_queryset(self) -> Any:
        return queries.remittances_of(self.user)


class RemittanceDetailView(TemplateView):
    """What one payment was for: claims and lines, to print and keep."""

    template_name = "expenses/remittance_detail.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.payments = list(paid_in(request, kwargs["run_id"]))
        if not self.payments:
            raise Http404("This run has paid you nothing.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "run": self.payments[0].run,
            "paid_at": max(payment.settled_at for payment in self.payments),
            "payments": [
                {"payment": payment, "title": presenting.line_title(payment.line)} for payment in self.payments
            ],
            "time": total(payment.amount for payment in self.payments if payment.is_for_time),
            "expenses": total(payment.amount for payment in self.payments if not payment.is_for_time),
            "amount": total(payment.amount for payment in self.payments),
        }


def paid_in(request: HttpRequest, run_id: UUID) -> Any:
    """Return the lines that a run has paid to whoever asks, claim by claim."""
    return queries.payments_of(request.user).filter(run_id=run_id).order_by("line__claim__number", "line__position")
