"""The approver's pages: the queue, a claim's lines, many claims at once, and appeals."""

from dataclasses import dataclass
from datetime import date
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
from expenses.views.presenting import (
    LineShown,
    Link,
    claim_title,
    line_title,
    lines_in_order,
    show_line,
)
from psp_portal.accounts.current import organisation_where
from psp_portal.accounts.roles import Permission
from psp_portal.money import format_pounds, total
from psp_portal.views import RuleFormView, ScopedListView

# What a problem means to whoever decides. {pays} is what approving the line pays, {off} what a rule took off it.
MEANINGS = {
    Problem.NO_RECEIPT: "There is no receipt. If you approve the line, {pays} is paid without one.",
    Problem.NEEDS_APPROVAL: "Nobody is named who agreed to this beforehand. If you approve it, you agree to it now.",
    Problem.OVER_CAP: "It is over the limit of the rate card. {off} has been taken off.",
    Problem.FIRST_CLASS: "First class was not agreed beforehand. {off} above the standard fare has been taken off.",
    Problem.DUPLICATE_RECEIPT: "The same receipt is on another line. {off} has been taken off.",
    Problem.OUTSIDE_CLAIM_WINDOW: "It was claimed after the time for claims had passed. You may still approve it.",
    Problem.ROLE_NOT_PAID: "The rate card does not pay this role for time. {off} has been taken off.",
}


def meaning_of(problem: str, line) -> str:
    """Return what one of a line's problems means to whoever decides it."""
    return MEANINGS[Problem(problem)].format(
        pays=format_pounds(line.pay + line.held), off=format_pounds(line.disallowed)
    )


# --- the queue ----------------------------------------------------------------------------
@dataclass(frozen=True)
class LineInQueue:
    """A line that waits for a decision, in short: what it is, and in small letters what is odd about it."""

    title: str
    odd: str
    pays: Decimal


@dataclass
class ClaimInQueue:
    """A claim in the approver's queue. ``tick`` is what its checkbox sends; empty when it has nothing to approve."""

    claim: Any
    title: str
    is_mine: bool
    is_overdue: bool
    lines: list[LineInQueue]
    pays: Decimal
    tick: str
    links: list[Link]
    note: str
    tick_number: int = 0


def in_queue(claim, user, *, today: date) -> ClaimInQueue:
    """Return a claim as the queue shows it; its lines must be loaded."""
    lines = lines_in_order(claim)
    pending = [line for line in lines if line.status == LineStatus.PENDING]
    appealed = [line for line in lines if line.status == LineStatus.APPEALED]
    return ClaimInQueue(
        claim=claim,
        title=claim_title(claim),
        is_mine=claim.waiting_on_id == user.pk,
        is_overdue=claim.waiting_due_on < today,
        lines=[_line_in_queue(line) for line in [*pending, *appealed]],
        pays=total(line.pay + line.held for line in [*pending, *appealed]),
        tick=f"{claim.pk}@{version_of(claim)}" if pending else "",
        links=_links(claim, pending, appealed, user),
        note="You decided a line that is appealed. A second person must decide the appeal."
        if any(line.decided_by_id == user.pk for line in appealed)
        else "",
    )


def _line_in_queue(line) -> LineInQueue:
    odd = [Problem(problem).label.lower() for problem in line.problems]
    if line.status == LineStatus.APPEALED:
        odd.append("appealed")
    return LineInQueue(line_title(line), ", ".join(odd), line.pay + line.held)


def _links(claim, pending: list, appealed: list, user) -> list[Link]:
    decide = reverse("expenses:claim_decide", kwargs={"claim_id": claim.pk})
    return [
        *([Link("Decide line by line", decide, f"claim {claim.reference}")] if pending else []),
        *(
            Link(
                "Decide the appeal",
                reverse("expenses:appeal_decide", kwargs={"claim_id": claim.pk, "line_id": line.pk}),
                f"on line {line.position} of claim {claim.reference}",
            )
            for line in appealed
            if line.decided_by_id != user.pk
        ),
    ]


def version_of(claim) -> str:
    """Return what changes when a claim is taken back, altered and sent again."""
    return str(claim.submitted_at.timestamp())


class DecisionListView(ScopedListView):
    """The claims that wait for a decision at the current organisation, oldest first."""

    template_name = "expenses/decision_list.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.organisation = organisation_where(request, Permission.DECIDE_CLAIMS)

    def get_queryset(self) -> Any:
        return queries.claims_to_decide(self.user, today=self.today).filter(payer=self.organisation)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = [in_queue(claim, self.user, today=self.today) for claim in context["object_list"]]
        # Numbered from 0 because an error leads to the first of them.
        for number, row in enumerate(row for row in rows if row.tick):
            row.tick_number = number
        return context | {"rows": rows, "can_tick": any(row.tick for row in rows)}


class BulkApproveView(RuleFormView):
    """Approve the ticked claims' plain lines; then say what was approved and what was left out, and why."""

    form_class = forms.BulkApproveForm
    template_name = "expenses/bulk_approve.html"
    session_key = "expenses.bulk_approve"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.organisation = organisation_where(request, Permission.DECIDE_CLAIMS)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # What was done is kept in the session, so that loading the page again approves nothing again.
        done = request.session.get(self.session_key)
        if not done or done["organisation"] != str(self.organisation.pk):
            return HttpResponseRedirect(reverse("expenses:decision_list"))
        return self.render_to_response(self.get_context_data(done=done))

    def form_invalid(self, form: forms.BulkApproveForm) -> HttpResponse:
        queue = DecisionListView(extra_context={"form": form})
        queue.setup(self.request)
        return queue.get(self.request)

    def perform(self, data: dict[str, Any]) -> None:
        seen, at = data["claims"], timezone.now()
        waiting = queries.claims_to_decide(self.request.user, today=timezone.localdate())
        found = {claim.pk: claim for claim in waiting.filter(pk__in=seen, payer=self.organisation)}
        same = [pk for pk in seen if pk in found and seen[pk] == version_of(found[pk])]
        result = services.approve_in_bulk(claim_ids=same, by=self.request.user, at=at)
        changed = [claim for pk, claim in found.items() if pk not in same]
        self.request.session[self.session_key] = {
            "organisation": str(self.organisation.pk),
            "approved": [_named(found[claim.pk]) for claim in result.approved],
            "lines": result.lines_approved,
            "left_out": [
                *_left_out(result.left_out, {claim.reference: claim for claim in found.values()}),
                *({**_named(claim), "line": "", "why": CHANGED} for claim in changed),
                *self._gone([pk for pk in seen if pk not in found]),
            ],
        }

    def _gone(self, ids: list) -> list[dict[str, str]]:
        visible = queries.claims_visible_to(self.request.user, today=timezone.localdate()).filter(pk__in=ids)
        named = [
            {**_named(claim, page="expenses:claim_detail"), "line": "", "why": DECIDED}
            for claim in visible.filter(payer=self.organisation).select_related("claimant").order_by("number")
        ]
        # A claim that its partner has taken back is the partner's alone again: it cannot be named.
        return named + [{"reference": "", "line": "", "why": TAKEN_BACK}] * (len(ids) - len(named))

    def get_success_url(self) -> str:
        return reverse("expenses:bulk_approve")


CHANGED = "The partner changed it after you opened the page. Look at it again."
DECIDED = "Somebody else decided it after you opened the page, or it was withdrawn."
TAKEN_BACK = "The partner has taken it back."


def _named(claim, *, page: str = "expenses:claim_decide") -> dict[str, str]:
    return {
        "reference": claim.reference,
        "partner": claim.claimant.get_full_name(),
        "url": reverse(page, kwargs={"claim_id": claim.pk}),
        "detail_url": reverse("expenses:claim_detail", kwargs={"claim_id": claim.pk}),
    }


def _left_out(rows: list[services.LeftOut], claims: dict[str, Any]) -> list[dict[str, str]]:
    """Return what a bulk approval left out, as the page and the session hold it."""
    left_out = []
    for row in rows:
        claim = claims[row.claim_reference]
        titles = {line.position: line_title(line) for line in lines_in_order(claim)}
        line = f"Line {row.line_position}, {titles[row.line_position]}" if row.line_position else ""
        left_out.append({**_named(claim), "line": line, "why": row.why[:1].upper() + row.why[1:]})
    return left_out


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
            version=self._version(line),
            is_flagged=bool(line.problems),
            is_pending=line.status == LineStatus.PENDING,
        )

    def _version(self, line) -> str:
        """Return when a line last changed: the claim was sent, or something was done to the line itself."""
        return max(
            event.at
            for event in self.claim.timeline.all()
            if event.line_id == line.pk or (event.line_id is None and event.action == ClaimAction.SUBMIT)
        ).isoformat()

    def perform(self, data: dict[str, Any]) -> Any:
        decisions = [services.Decision(*decision) for decision in data["decisions"]]
        services.decide_lines(claim_id=self.claim.pk, decisions=decisions, by=self.request.user, at=timezone.now())
        messages.success(self.request, _done(self.claim, decisions))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        lines = [self._to_read(line, context["form"]) for line in lines_in_order(self.claim)]
        return context | {
            "pending": [line for line in lines if line.action],
            "others": [line for line in lines if not line.action],
        }

    def _to_read(self, line, form: forms.ClaimDecideForm) -> LineToRead:
        read = line_to_read(line)
        name = form.action_name(line.pk)
        if line.status != LineStatus.PENDING or name not in form.fields:
            return read
        seen = (form.seen_name(line.pk), self._version(line))
        return LineToRead(read.shown, read.problems, read.pays, form[name], form[form.reason_name(line.pk)], seen)

    def get_success_url(self) -> str:
        return reverse("expenses:decision_list")


def line_to_read(line) -> LineToRead:
    """Return a line as its decider reads it; its receipts and deciders must be loaded."""
    return LineToRead(
        shown=show_line(line),
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
            "read": line_to_read(self.line),
        }

    def get_success_url(self) -> str:
        return reverse("expenses:decision_list")
