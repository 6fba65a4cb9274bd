"""The partner gives what is missing on a line whose money is held: HTTP to one service."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from expenses import queries, services
from expenses.enums import ClaimAction
from expenses.forms.holding import HoldAnswerForm
from expenses.views import presenting
from expenses.views.following import SentLineFormView
from psp_portal.dates import format_date


class HoldAnswerView(SentLineFormView):
    """Add the receipt, or say why there is none, or who agreed to it."""

    template_name = "expenses/hold_answer.html"
    action = ClaimAction.ANSWER_HOLD
    form_class = HoldAnswerForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not presenting.can_be_given(self.line):
            messages.info(request, "Nothing is missing on this line any more")
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = {"problems": self.line.problems, "max_bytes": settings.DOCUMENT_MAX_BYTES}
        return super().get_form_kwargs() | asked

    def get_initial(self) -> dict[str, Any]:
        return {"no_receipt_reason": self.line.no_receipt_reason, "answer": self.line.answer}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        due = format_date(self.line.hold_due_on) if self.line.hold_asked_at else ""
        return super().get_context_data(**kwargs) | {"question": queries.hold_question(self.line), "due_on": due}

    def perform(self, data: dict[str, Any]) -> Any:
        services.answer_hold(
            claim_id=self.claim.pk,
            line_id=self.line.pk,
            upload=data.get("receipt"),
            no_receipt_reason=data.get("no_receipt_reason", ""),
            answer=data.get("answer", ""),
            by=self.request.user,
            at=timezone.now(),
        )
        said = "Receipt added" if data.get("receipt") else "Answer sent. Somebody decides on it."
        messages.success(self.request, said)
