"""The approver's pages: a claim's lines, decided one by one, and appeals. The queue is in ``queue``."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from expenses import permissions, queries, services
from expenses.enums import ClaimAction, LineAction, LineStatus, Preference, Problem
from expenses.forms import deciding as forms
from expenses.views.agreeing import Beside, beside_lines
from expenses.views.presenting import (
    LineShown,
    bodies_words,
    claim_title,
    lines_in_order,
    show_line,
)
from psp_portal.money import format_pounds
from psp_portal.views import RuleFormView

# What a problem means to whoever decides. {pays} is what approving the line pays, {off} what a rule took off it.
MEANINGS = {
    Problem.NO_RECEIPT: "There is no receipt. If you approve the line, {pays} is paid without one.",
    Problem.NEEDS_APPROVAL: "Nobody is named who agreed to this beforehand. If you approve it, you agree to it now.",
    Problem.OVER_CAP: "It is over the limit of the rate card. {off} has been taken off.",
    Problem.FIRST_CLASS: "First class was not agreed beforehand. {off} above the standard fare has been taken off.",
    Problem.DUPLICATE_RECEIPT: "The same receipt is on another line. {off} has been taken off.",
    Problem.OUTSIDE_CLAIM_WINDOW: "It was claimed after the time for claims had passed. You may still approve it.",
    Problem.ROLE_NOT_PAID: "The rate card does not pay this role for time. {off} has been taken off.",
    Problem.LIKELY_DUPLICATE: (
        "It looks like something claimed already. Say why it is not the same, or do not approve it. "
        "If you approve it, your reason is taken for that."
    ),
    Problem.AGREED_ELSEWHERE: (
        "It needed to be agreed beforehand, and the portal does not know of it. The partner says: “{word}”. "
        "If you approve it, say how you know."
    ),
}


def meaning_of(problem: str, line) -> str:
    """Return what one of a line's problems means to whoever decides it."""
    return MEANINGS[Problem(problem)].format(
        pays=format_pounds(line.pay + line.held), off=format_pounds(line.disallowed), word=line.approval
    )


# --- one claim ----------------------------------------------------------------------------
@dataclass(frozen=True)
class LineToRead:
    """A line with all that its decider needs; ``action`` and ``reason`` are its fields while it can be decided."""

    shown: LineShown
    problems: list[tuple[str, str]]
    pays: Decimal
    action: Any = None
    reason: Any = None
    seen: tuple[str, str] = ("", "")


class _ClaimView(RuleFormView):
    """A page about one claim that an approver acts on: 404 when they may not see it, 403 when they may not act."""

    action: ClaimAction

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.claim = self.load()

    def load(self) -> Any:
        """Return the claim as it is now."""
        return get_object_or_404(queries.claim_in_full(self.request.user, self.kwargs["claim_id"], today=self.today))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_act_on_claim(request.user, self.claim, self.action, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        # Somebody may have been quicker: the page shows the claim as it is now.
        self.claim = self.load()
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "claim": self.claim,
            "title": claim_title(self.claim),
            "is_overdue": self.claim.is_open and self.claim.waiting_due_on < self.today,
            "preference": _preference(self.claim),
            "bodies": bodies_words(self.claim),
        }


def _preference(claim) -> str:
    """Return what a partner has said of being paid less for their time; nothing when they take all of it."""
    if claim.preference == Preference.REDUCED:
        return f"The partner takes no more than {format_pounds(claim.reduced_to)} for their time"
    if claim.preference == Preference.DECLINED:
        return "The partner takes no payment for their time"
    return ""


class ClaimDecideView(_ClaimView):
    """Decide all lines of a claim on one page; a line may be left for later."""

    form_class = forms.ClaimDecideForm
    template_name = "expenses/claim_decide.html"
    action = ClaimAction.DECIDE

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"lines": [self._asked(line) for line in lines_in_order(self.claim)]}

    def _asked(self, line) -> forms.LineAsked:
        return forms.LineAsked(
            pk=line.pk,
            position=line.position,
            version=queries.version_of_line(self.claim, line),
            is_flagged=bool(line.problems),
            is_pending=line.status == LineStatus.PENDING,
        )

    def perform(self, data: dict[str, Any]) -> Any:
        decisions = [
            # Compared once more while the claim is locked: between this page's reading and the lock it may change.
            services.Decision(*decision, seen=self.request.POST.get(forms.ClaimDecideForm.seen_name(decision[0]), ""))
            for decision in data["decisions"]
        ]
        services.decide_lines(claim_id=self.claim.pk, decisions=decisions, by=self.request.user, at=timezone.now())
        messages.success(self.request, _done(self.claim, decisions))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        lines = lines_in_order(self.claim)
        beside = beside_lines(self.claim, lines, self.request.user, today=self.today)
        lines = [self._to_read(line, beside[line.pk], context["form"]) for line in lines]
        return context | {
            "pending": [line for line in lines if line.action],
            "others": [line for line in lines if not line.action],
        }

    def _to_read(self, line, beside: Beside, form: forms.ClaimDecideForm) -> LineToRead:
        read = line_to_read(line, beside)
        name = form.action_name(line.pk)
        if line.status != LineStatus.PENDING or name not in form.fields:
            return read
        seen = (form.seen_name(line.pk), queries.version_of_line(self.claim, line))
        return LineToRead(read.shown, read.problems, read.pays, form[name], form[form.reason_name(line.pk)], seen)

    def get_success_url(self) -> str:
        return reverse("expenses:decision_list")


def line_to_read(line, beside: Beside) -> LineToRead:
    """Return a line as its decider reads it; its receipts and deciders must be loaded."""
    return LineToRead(
        shown=show_line(line, beside=beside),
        problems=[(Problem(problem).label, meaning_of(problem, line)) for problem in line.problems],
        pays=line.pay + line.held,
    )


_DONE = {
    LineAction.APPROVE: "approved",
    LineAction.RETURN: "returned with a question",
    LineAction.REFUSE: "not approved",
}


def _done(claim, decisions: list[services.Decision]) -> str:
    """Return what has been decided: "Claim C000012: 2 lines approved, 1 returned with a question"."""
    counts = {action: sum(decision.action == action for decision in decisions) for action in _DONE}
    words = [f"{count} {_DONE[action]}" for action, count in counts.items() if count]
    return f"Claim {claim.reference}: {', '.join(words)}"


class AppealDecideView(_ClaimView):
    """Decide an appeal as the second person."""

    form_class = forms.AppealDecideForm
    template_name = "expenses/appeal_decide.html"
    action = ClaimAction.DECIDE_APPEAL
    success_message = "Appeal decided"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        lines = queries.lines_visible_to(request.user, today=self.today).filter(claim=self.claim)
        self.line = get_object_or_404(lines.select_related("claim", "decided_by"), pk=kwargs["line_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_decide_appeal(request.user, self.line, today=self.today)
        if request.method == "GET" and self.line.status != LineStatus.APPEALED:
            messages.warning(request, "This line has no appeal to decide")
            return HttpResponseRedirect(reverse("expenses:claim_detail", kwargs={"claim_id": self.claim.pk}))
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.decide_appeal(
            claim_id=self.claim.pk, line_id=self.line.pk, by=self.request.user, at=timezone.now(), **data
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "line": self.line,
            "read": line_to_read(
                self.line, beside_lines(self.claim, [self.line], self.request.user, today=self.today)[self.line.pk]
            ),
        }

    def get_success_url(self) -> str:
        return reverse("expenses:decision_list")
