"""Likely duplicates and cancelled meetings: HTTP to one service or query."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from expenses import permissions, queries, services
from expenses.enums import ClaimAction
from expenses.forms import approvals as forms
from expenses.policies import cancellations as policy
from expenses.views import presenting
from expenses.views.agreeing import beside_lines
from expenses.views.claims import DraftFormView
from psp_portal.exceptions import RuleBroken
from psp_portal.views import Moment, RuleFormView


class LineExplainView(Moment, DraftFormView):
    """The partner says, before sending, why a line is not the same thing twice."""

    form_class = forms.LineExplainForm
    template_name = "expenses/line_explain.html"
    success_message = "Saved. Whoever decides reads it."

    def find(self, **kwargs: Any) -> None:
        lines = queries.lines_visible_to(self.user, today=self.today)
        self.line = get_object_or_404(lines, pk=kwargs["line_id"], claim_id=kwargs["claim_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"reason": self.line.not_duplicate_reason}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "line_title": presenting.line_title(self.line),
            "beside": beside_lines(self.claim, [self.line], self.user, today=self.today)[self.line.pk],
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.explain_duplicate(
            claim_id=self.claim.pk, line_id=self.line.pk, by=self.user, at=self.at, **data
        )


class DuplicateClearView(Moment, RuleFormView):
    """Whoever may decide says why a line is no duplicate."""

    form_class = forms.DuplicateClearForm
    template_name = "expenses/duplicate_clear.html"
    success_message = "The line is not flagged as this duplicate any more"

    def find(self, **kwargs: Any) -> None:
        visible = queries.duplicates_visible_to(self.user, today=self.today)
        self.duplicate = get_object_or_404(visible, pk=kwargs["duplicate_id"])
        self.claim = self.duplicate.line.claim

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_act_on_claim(self.user, self.claim, ClaimAction.DECIDE, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line = self.duplicate.line
        return super().get_context_data(**kwargs) | {
            "claim": self.claim,
            "line": line,
            "line_title": presenting.line_title(line),
            "beside": beside_lines(self.claim, [line], self.user, today=self.today)[line.pk],
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.clear_duplicate(duplicate_id=self.duplicate.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("expenses:claim_decide", kwargs={"claim_id": self.claim.pk})


# --- cancelled meetings -------------------------------------------------------------------
class CancellationDetailView(Moment, TemplateView):
    """Whether a cancelled meeting of one's own can be claimed for, and if not, why."""

    template_name = "expenses/cancellation_detail.html"

    def find(self, **kwargs: Any) -> None:
        self.found = queries.cancellation_of(self.user, kwargs["meeting_id"], today=self.today)
        if self.found is None:
            raise Http404("This is not a cancelled meeting of theirs, or its day has not come.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "found": self.found,
            "meeting": self.found.cancelled.meeting,
            "payer": self.found.cancelled.assignment.payer,
            "notice": policy.notice_in_words(self.found.cancelled.notice_hours),
        }


class CancellationCreateView(Moment, View):
    """One tap: start a claim for a meeting that was cancelled late. A second tap leads to the claim that is there."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, meeting_id: UUID) -> HttpResponse:
        if queries.cancellation_of(self.user, meeting_id, today=self.today) is None:
            raise Http404("This is not a cancelled meeting of theirs, or its day has not come.")
        try:
            claim = services.claim_cancellation(meeting_id=meeting_id, by=self.user, at=self.at)
        except RuleBroken as broken:
            messages.warning(request, broken.message)
            there = queries.cancellation_of(self.user, meeting_id, today=self.today)
            if there and there.claim_id:
                return redirect("expenses:claim_detail", claim_id=there.claim_id)
            return redirect("expenses:cancellation_detail", meeting_id=meeting_id)
        return redirect("expenses:claim_check", claim_id=claim.pk)
