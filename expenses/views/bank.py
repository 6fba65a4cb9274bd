"""Where somebody is paid: HTTP to one service or query."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from expenses import queries, services
from expenses.forms import bank as forms
from psp_portal.views import Moment, RuleFormView


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
