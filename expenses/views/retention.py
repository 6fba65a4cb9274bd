"""Receipts as they came: whether they are kept, and who may have one."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.generic import View

from expenses import permissions, queries, services
from expenses.forms import receipts as forms
from expenses.views.rates import _ManageCard
from expenses.views.receipts import visible_receipt
from psp_portal.documents.serving import serve_original
from psp_portal.views import RuleFormView


class ReceiptOriginalView(View):
    """A receipt as it came, to download; that somebody had it is recorded."""

    def get(self, request: HttpRequest, receipt_id: UUID) -> HttpResponse:
        at, user = timezone.now(), request.user
        receipt = visible_receipt(request, receipt_id)
        permissions.check_can_read_original(user, receipt, today=timezone.localdate(at))
        read = services.read_original(receipt_id=receipt.pk, by=user, at=at)
        return serve_original(read.document)


class ReceiptKeepingEditView(_ManageCard, RuleFormView):
    """Say whether receipts are kept as they came, and for how long; the page says what that deletes."""

    form_class = forms.ReceiptKeepingEditForm
    template_name = "expenses/receipt_keeping_edit.html"
    success_message = "Saved. What is no longer kept is deleted tonight."

    def get_initial(self) -> dict[str, Any]:
        return {
            "keeps_original_receipts": "yes" if self.card.keeps_original_receipts else "no",
            "retention_years": self.card.retention_years,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "kept": queries.originals_of(self.card).count(),
            "tonight": queries.originals_to_drop(self.card, today=self.today).count(),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_keeping(card_id=self.card.pk, by=self.request.user, at=self.at, **data)
