"""Everybody follows a sent claim, and its partner answers, appeals, asks, takes back: HTTP to one service or query."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from expenses import permissions, queries, services
from expenses.enums import ClaimAction
from expenses.forms import claims as forms
from expenses.views import disputes, presenting
from expenses.views.agreeing import beside_lines, shown_elsewhere
from psp_portal import pdf
from psp_portal.accounts.queries import is_offered_pdfs
from psp_portal.views import RuleFormView


class ClaimPageView(TemplateView):
    """A page that shows a sent claim to whoever may see it; a draft leads to the page that sends it."""

    claim: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.today = timezone.localdate()
        self.claim = get_object_or_404(queries.claim_in_full(request.user, kwargs["claim_id"], today=self.today))
        if presenting.is_draft(self.claim):
            return redirect("expenses:claim_check", claim_id=self.claim.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, is_own = self.request.user, self.claim.claimant_id == self.request.user.pk
        return super().get_context_data(**kwargs) | {
            "claim": self.claim,
            "title": presenting.claim_title(self.claim),
            "bodies": presenting.bodies_words(self.claim),
            "disputes": disputes.disputes_of(self.claim),
            "is_own": is_own,
            "waiting": presenting.waiting_words(self.claim, user),
            "next": presenting.next_words(self.claim),
            "is_overdue": presenting.is_overdue(self.claim, today=self.today),
            # Outside help is named to the partner once the claim is overdue (domain.md 11.4); nobody is told of them.
            "show_outside_help": is_own and presenting.is_overdue(self.claim, today=self.today),
        }


class ClaimDetailView(ClaimPageView):
    """A claim with who has it, what it asks, what was decided, and what has happened."""

    template_name = "expenses/claim_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, today = self.request.user, self.today
        actions = permissions.actions_open_to(user, self.claim, today=today)
        lines = presenting.lines_in_order(self.claim)
        beside = beside_lines(self.claim, lines, user, today=today)
        is_own = self.claim.claimant_id == user.pk
        return super().get_context_data(**kwargs) | {
            "lines": [
                presenting.show_line(line, presenting.links_of_line(line, actions), beside[line.pk], is_own=is_own)
                for line in lines
            ],
            "sums": presenting.sums_of(lines),
            "elsewhere": shown_elsewhere(self.claim, lines, user) if self.claim.is_open else [],
            # What was taken back and then given up is not sent any more: nobody has had it for any days.
            "days": presenting.days_of(self.claim, today=today) if self.claim.submitted_at else None,
            "events": presenting.events_of(self.claim),
            "updates": presenting.updates_of(self.claim, user, today=today),
            "links": [
                *presenting.links_of_claim(self.claim, user, actions),
                *disputes.links_of_dispute(self.claim, user, today=today),
            ],
            "replies_owed": presenting.replies_owed(self.claim, user, today=today),
        }


class ClaimLadderView(ClaimPageView):
    """The whole ladder: dates past and to come, whom each step went to, and what they replied."""

    template_name = "expenses/claim_ladder.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {
            "ladder": presenting.ladder_of(self.claim, today=self.today),
            "today": self.today,
            "has_pdf": is_offered_pdfs(self.request.user),
        }
        return super().get_context_data(**kwargs) | shown


class ClaimLadderDownloadView(ClaimLadderView):
    """The same as a PDF, to take to a meeting."""

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        reference = self.claim.reference
        try:
            content = pdf.render_pdf("expenses/pdf/ladder.html", context, title=f"Steps of claim {reference}")
        except pdf.PdfUnavailableError:
            messages.error(self.request, "A PDF cannot be made now. Print this page instead.")
            return redirect("expenses:claim_ladder", claim_id=self.claim.pk)
        return pdf.pdf_response(content, name=f"claim-{reference}-steps.pdf")


class ClaimFormView(RuleFormView):
    """A page on which the partner does ``action`` to a claim of theirs."""

    action: ClaimAction
    claim: Any

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        visible = queries.claims_visible_to(request.user, today=self.today).select_related(
            "payer", "responsible", "meeting__committee", "assignment__committee"
        )
        self.claim = get_object_or_404(visible, pk=kwargs["claim_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check()
        return super().dispatch(request, *args, **kwargs)

    def check(self) -> None:
        """Raise PermissionDenied unless this is theirs to do."""
        permissions.check_can_act_on_claim(self.request.user, self.claim, self.action, today=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"claim": self.claim, "title": presenting.claim_title(self.claim)}
        return super().get_context_data(**kwargs) | context

    def get_success_url(self) -> str:
        return reverse("expenses:claim_detail", kwargs={"claim_id": self.claim.pk})


class ClaimRecallView(ClaimFormView):
    """Take a claim back to change it."""

    template_name = "expenses/claim_recall.html"
    action = ClaimAction.RECALL
    success_message = "You have the claim back. Change what you need to, then send it again."

    def perform(self, data: dict[str, Any]) -> Any:
        return services.recall_claim(claim_id=self.claim.pk, by=self.request.user, at=timezone.now())


class ClaimWithdrawView(ClaimFormView):
    """Withdraw what has not been agreed."""

    template_name = "expenses/claim_withdraw.html"
    action = ClaimAction.WITHDRAW
    form_class = forms.ClaimWithdrawForm
    success_message = "Claim withdrawn"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.withdraw_claim(claim_id=self.claim.pk, by=self.request.user, at=timezone.now(), **data)


class SentLineFormView(ClaimFormView):
    """A page on which the partner does ``action`` about one line."""

    line: Any

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        lines = queries.lines_visible_to(request.user, today=self.today).prefetch_related(queries.receipts_shown())
        self.line = get_object_or_404(lines, pk=kwargs["line_id"], claim_id=self.claim.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"shown": presenting.show_line(self.line)}


class LineAnswerView(SentLineFormView):
    """Answer an approver's question."""

    template_name = "expenses/line_answer.html"
    action = ClaimAction.ANSWER
    form_class = forms.LineAnswerForm
    success_message = "Answer sent"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"max_bytes": settings.DOCUMENT_MAX_BYTES}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.answer_question(
            claim_id=self.claim.pk,
            line_id=self.line.pk,
            answer=data["answer"],
            upload=data["receipt"],
            by=self.request.user,
            at=timezone.now(),
        )


class LineAppealView(SentLineFormView):
    """Ask a second person to look at a refusal."""

    template_name = "expenses/line_appeal.html"
    action = ClaimAction.APPEAL
    form_class = forms.LineAppealForm
    success_message = "Appeal sent. A second person will decide."

    def perform(self, data: dict[str, Any]) -> Any:
        return services.appeal_line(
            claim_id=self.claim.pk, line_id=self.line.pk, by=self.request.user, at=timezone.now(), **data
        )


class UpdateCreateView(ClaimFormView):
    """Ask how a claim stands."""

    template_name = "expenses/update_create.html"
    form_class = forms.UpdateCreateForm
    success_message = "You have asked for an update. The answer will be on this page."

    def check(self) -> None:
        permissions.check_can_ask_for_update(self.request.user, self.claim)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.ask_for_update(claim_id=self.claim.pk, by=self.request.user, at=timezone.now(), **data)
