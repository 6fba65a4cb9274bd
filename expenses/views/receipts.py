"""Receipts of a draft's lines, and the file itself: HTTP to one service or query."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView, View

from expenses import permissions, queries, services
from expenses.forms import receipts as forms
from expenses.views import presenting
from expenses.views.lines import LineFormView, OneLineFormView, as_input
from psp_portal.documents.previewing import pages_of, serve_page
from psp_portal.documents.serving import serve


class ReceiptFormView(OneLineFormView):
    """A page about what proves one line of a draft; the form asks nothing about the line itself."""

    def get_form_class(self) -> Any:
        return self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        return super(LineFormView, self).get_form_kwargs()

    def whose(self) -> dict[str, Any]:
        """Return what every service about the line is told."""
        return {"claim_id": self.claim.pk, "line_id": self.line.pk, "by": self.request.user, "at": timezone.now()}

    def receipts_elsewhere(self) -> list[Any]:
        """Return the claim's receipts that do not prove this line, oldest first."""
        return list(queries.receipts_to_use(self.claim, self.line))


class ReceiptCreateView(ReceiptFormView):
    """Add a photo or PDF to a line, or say why there is none."""

    template_name = "expenses/receipt_create.html"
    form_class = forms.ReceiptCreateForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"max_bytes": settings.DOCUMENT_MAX_BYTES}

    def get_initial(self) -> dict[str, Any]:
        return {"no_receipt_reason": self.line.no_receipt_reason}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"has_others": bool(self.receipts_elsewhere())}

    def perform(self, data: dict[str, Any]) -> None:
        if data["receipt"]:
            services.add_receipt(upload=data["receipt"], **self.whose())
        else:
            line = as_input(self.line, no_receipt_reason=data["no_receipt_reason"])
            services.change_line(line=line, **self.whose())
        self.line.refresh_from_db()
        self.told(self.line)


class ReceiptUseView(ReceiptFormView):
    """Let receipts that are on the claim already prove this line too."""

    template_name = "expenses/receipt_use.html"
    form_class = forms.ReceiptUseForm

    def get_form_kwargs(self) -> dict[str, Any]:
        shown = [presenting.show_receipt(receipt) for receipt in self.receipts_elsewhere()]
        return super().get_form_kwargs() | {
            "options": [(str(each.pk), each.document.original_name) for each in shown],
            "hints": {str(each.pk): f"Proves {' and '.join(each.also_proves)}" for each in shown},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"has_others": bool(context["form"].fields["receipts"].choices)}

    def perform(self, data: dict[str, Any]) -> None:
        self.told(services.use_receipts(receipt_ids=data["receipts"], **self.whose()))


class ReceiptRemoveView(ReceiptFormView):
    """Take a receipt off a line of a draft; the other lines that it proves keep it."""

    template_name = "expenses/receipt_remove.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        receipts = queries.receipts_visible_to(request.user, today=timezone.localdate())
        self.receipt = get_object_or_404(receipts, pk=kwargs["receipt_id"], uses__line=self.line)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"receipt": presenting.show_receipt(self.receipt, self.line)}

    def perform(self, data: dict[str, Any]) -> None:
        services.remove_receipt(receipt_id=self.receipt.pk, **self.whose())
        messages.success(self.request, f"Receipt removed: {self.receipt.document.original_name}")


def visible_receipt(request: HttpRequest, receipt_id: UUID) -> Any:
    """Return a receipt of a claim that somebody may see, or answer 404."""
    visible: Any = queries.receipts_visible_to(request.user, today=timezone.localdate())
    return get_object_or_404(visible.prefetch_related("lines"), pk=receipt_id)


class ReceiptDetailView(View):
    """The file itself, for whoever may see the claim."""

    def get(self, request: HttpRequest, receipt_id: UUID) -> HttpResponse:
        return serve(visible_receipt(request, receipt_id).document)


class ReceiptPreviewView(View):
    """A page of a receipt as a picture, for whoever may see the claim."""

    def get(self, request: HttpRequest, receipt_id: UUID, number: int) -> HttpResponse:
        document = visible_receipt(request, receipt_id).document
        if not document.is_ready or not 1 <= number <= pages_of(document):
            raise Http404("There is no such page.")
        return serve_page(document, number)


class ReceiptPageDetailView(TemplateView):
    """A receipt a page at a time, with what it proves."""

    template_name = "expenses/receipt_page_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        receipt, number = visible_receipt(self.request, kwargs["receipt_id"]), kwargs["number"]
        count = pages_of(receipt.document)
        if not 1 <= number <= count:
            raise Http404("There is no such page.")
        can_read_original = permissions.can_read_original(self.request.user, receipt, today=timezone.localdate())
        return super().get_context_data(**kwargs) | {
            "receipt": receipt,
            "shown": presenting.show_receipt(receipt),
            "page": presenting.show_page(receipt, number),
            "page_count": count,
            "previous": number - 1 or None,
            "next": number + 1 if number < count else None,
            "is_draft": presenting.is_draft(receipt.claim),
            "has_original": can_read_original and bool(receipt.document.original),
        }
