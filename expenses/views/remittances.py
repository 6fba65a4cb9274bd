"""What has been paid to a partner, a payment run at a time: on a page, and as a PDF to keep or send on."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from expenses import queries
from expenses.enums import RunPart
from expenses.policies.exports.references import payment_reference
from expenses.views import presenting
from psp_portal import pdf
from psp_portal.accounts.queries import is_offered_pdfs
from psp_portal.dates import local_date
from psp_portal.money import total
from psp_portal.views import ScopedListView


class RemittanceListView(ScopedListView):
    """What has been paid to one, a payment run at a time."""

    template_name = "expenses/remittance_list.html"
    context_object_name = "remittances"
    export_name = "payments to me"
    export_columns = ("Paid", "By", "Amount")

    def get_queryset(self) -> Any:
        return queries.remittances_of(self.user)

    def export_row(self, row: Any) -> Sequence[object]:
        return local_date(row["paid_at"]), row["organisation"], row["amount"]


class _AboutRemittance:
    """Finds what a run has paid to whoever asks, claim by claim, or answers 404."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        paid = queries.payments_of(request.user).filter(run_id=kwargs["run_id"])
        self.payments = list(paid.order_by("line__claim__number", "line__position"))
        self.sent_back = list(queries.sent_back_of(request.user).filter(run_id=kwargs["run_id"]))
        if not self.payments and not self.sent_back:
            raise Http404("This run has paid you nothing.")

    def facts(self) -> dict[str, Any]:
        """Return what a remittance advice says."""
        ever = [*self.payments, *self.sent_back]
        run, payee = ever[0].run, ever[0].payee
        return {
            "run": run,
            "paid_on": max(payment.paid_on for payment in self.payments or self.sent_back),
            "payments": _titled(self.payments),
            "sent_back": _titled(self.sent_back),
            "time": total(payment.amount for payment in self.payments if payment.is_for_time),
            "expenses": total(payment.amount for payment in self.payments if not payment.is_for_time),
            "amount": total(payment.amount for payment in self.payments),
            "reference": payment_reference(run.reference, payee, RunPart.BOTH),
        }


def _titled(payments: list[Any]) -> list[dict[str, Any]]:
    return [{"payment": payment, "title": presenting.line_title(payment.line)} for payment in payments]


class RemittanceDetailView(_AboutRemittance, TemplateView):
    """What one payment was for: claims and lines, to print and keep."""

    template_name = "expenses/remittance_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.facts() | {"has_pdf": is_offered_pdfs(self.request.user)}


class RemittanceDownloadView(_AboutRemittance, View):
    """The same as a PDF that a screen reader can read."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        facts = self.facts()
        reference = facts["run"].reference
        facts |= {"person": request.user, "made_at": timezone.now()}
        try:
            content = pdf.render_pdf("expenses/pdf/remittance.html", facts, title=f"Remittance advice {reference}")
        except pdf.PdfUnavailableError:
            messages.error(request, "A PDF cannot be made now. Print this page instead.")
            return HttpResponseRedirect(reverse("expenses:remittance_detail", kwargs=self.kwargs))
        return pdf.pdf_response(content, name=f"remittance-{reference}.pdf")
