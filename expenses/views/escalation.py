"""Staff follow claims: the organisation's list, the reply that a step requires, and answers to partners who ask."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from expenses import permissions, queries, services
from expenses.enums import ClaimStatus
from expenses.forms import escalation as forms
from expenses.policies import escalation as ladder
from expenses.views.presenting import Link, bodies_words, claim_title, ladder_of
from psp_portal.accounts.current import may, organisation_where
from psp_portal.accounts.roles import Permission
from psp_portal.dates import local_date
from psp_portal.views import CappedPaginator, RuleFormView, ScopedListView

# C000123, c123, 123
REFERENCE = re.compile(r"c?0*(\d{1,9})", re.IGNORECASE)


# --- the organisation's claims -------------------------------------------------------------
@dataclass(frozen=True)
class ClaimFollowed:
    """A claim in the staff list. ``days`` are those since it was sent, or from then until it was settled."""

    claim: Any
    title: str
    bodies: str
    waiting_on: str
    is_overdue: bool
    days: int
    step: str


def followed(claim, *, today: date) -> ClaimFollowed:
    """Return a claim as the staff list shows it."""
    until = local_date(claim.closed_at) if claim.closed_at else today
    return ClaimFollowed(
        claim=claim,
        title=claim_title(claim),
        bodies=bodies_words(claim),
        waiting_on=claim.waiting_on.get_full_name() if claim.is_open else "",
        is_overdue=claim.is_open and (claim.waiting_due_on < today or claim.payment_due_on < today),
        days=(until - local_date(claim.submitted_at)).days,
        step=_step_reached(claim),
    )


def _step_reached(claim) -> str:
    if not claim.steps_written:
        return ""
    step = ladder.step(claim.ladder, claim.steps_written)
    return f"{step.number}: {step.kind.label}"


def shown(claims: Any, which: str, *, today: date) -> Any:
    """Return the claims that a list shows under one of the choices of ``forms.SHOWN``."""
    if which == forms.PAID:
        return claims.filter(status=ClaimStatus.PAID)
    if which == forms.OVERDUE:
        late = claims.open()
        return late.filter(waiting_due_on__lt=today) | late.filter(payment_due_on__lt=today)
    return claims if which == forms.ALL else claims.open()


def found(claims: Any, words: str) -> Any:
    """Return the claims with this reference, or of partners whose names hold these words."""
    reference = REFERENCE.fullmatch(words)
    if reference:
        return claims.filter(number=int(reference[1]))
    return claims.filter(claimant__name__icontains=words) if words else claims


class ClaimOverviewView(ScopedListView):
    """The claims of the current organisation, the longest waiting first."""

    template_name = "expenses/claim_overview.html"
    paginator_class = CappedPaginator
    export_name = "claims"
    export_columns = (
        "Claim", "Partner", "For", "Made at and paid by", "Status", "Overdue", "Waiting on", "Since", "Due",
        "Settled on", "Days since sent", "Step reached",
    )  # fmt: skip

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.organisation = organisation_where(request, Permission.SEE_CLAIMS)
        self.search = forms.ClaimOverviewForm({"show": forms.OPEN, **request.GET.dict()})

    def get_queryset(self) -> Any:
        claims = queries.claims_of_organisation(self.user, today=self.today, organisation_id=self.organisation.pk)
        if not self.search.is_valid():
            return shown(claims, forms.OPEN, today=self.today)
        chosen = self.search.cleaned_data
        return found(shown(claims, chosen["show"], today=self.today), chosen["q"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = self.as_shown(context["object_list"])
        return context | {"form": self.search, "rows": rows, "links": related_lists(self.request)}

    def as_shown(self, rows: Sequence[Any]) -> Sequence[ClaimFollowed]:
        return [followed(claim, today=self.today) for claim in rows]

    def export_row(self, row: ClaimFollowed) -> Sequence[object]:
        claim, is_open = row.claim, bool(row.waiting_on)
        return (
            claim.reference, claim.claimant.get_full_name(), row.title, row.bodies, claim.get_status_display(),
            "Overdue" if row.is_overdue else "", row.waiting_on,
            local_date(claim.waiting_since) if is_open else None, claim.waiting_due_on if is_open else None,
            local_date(claim.closed_at) if claim.closed_at else None, row.days, row.step,
        )  # fmt: skip


def related_lists(request: HttpRequest) -> list[Link]:
    """Return the other lists of an organisation's claims that somebody may open."""
    offers = (
        (Permission.SEE_CLAIMS, "Claims that have gone up a step", "expenses:overdue_list"),
        (Permission.SEE_REPORTS, "Late claims for the board", "expenses:board_report_detail"),
        (Permission.PAY_CLAIMS, "Bring in earlier claims", "expenses:backlog_list"),
    )
    return [Link(text, reverse(page)) for permission, text, page in offers if may(request, permission)]


# --- replies and answers ---------------------------------------------------------------------
class _ReplyView(RuleFormView):
    """A page on which staff reply about a claim: 404 when they may not see it, 403 when it is not theirs to reply."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.about = self.load()
        claims = queries.claim_in_full(request.user, self.about.claim_id, today=self.today)
        self.claim = get_object_or_404(claims)

    def load(self) -> Any:
        """Return what is replied to as it is now."""
        raise NotImplementedError(f"{type(self).__name__} must say what it replies to.")

    def form_invalid(self, form: Any) -> HttpResponse:
        # Somebody may have been quicker: the page shows their reply.
        self.about = self.load()
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "about": self.about,
            "claim": self.claim,
            "title": claim_title(self.claim),
            "row": followed(self.claim, today=self.today),
            "ladder": ladder_of(self.claim, today=self.today),
        }

    def get_success_url(self) -> str:
        return reverse("expenses:claim_detail", kwargs={"claim_id": self.claim.pk})


class EscalationReplyView(_ReplyView):
    """Reply to a step of an overdue claim's ladder."""

    form_class = forms.EscalationReplyForm
    template_name = "expenses/escalation_reply.html"
    success_message = "Reply sent to the partner"

    def load(self) -> Any:
        steps = queries.escalations_visible_to(self.request.user, today=self.today)
        return get_object_or_404(steps.select_related("replied_by"), pk=self.kwargs["escalation_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_reply_to_step(request.user, self.about, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        latest = queries.latest_promise(self.claim, today=self.today)
        return super().get_form_kwargs() | {"today": self.today, "latest": latest}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_open = permissions.can_reply_to_step(self.request.user, self.about, today=self.today)
        return super().get_context_data(**kwargs) | {"is_open": is_open}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.reply_to_escalation(
            escalation_id=self.about.pk, by=self.request.user, at=timezone.now(), **data
        )


class UpdateAnswerView(_ReplyView):
    """Answer a partner who asked how their claim stands."""

    form_class = forms.UpdateAnswerForm
    template_name = "expenses/update_answer.html"
    success_message = "Answer sent to the partner"

    def load(self) -> Any:
        requests = queries.update_requests_visible_to(self.request.user, today=self.today)
        return get_object_or_404(requests.select_related("answered_by"), pk=self.kwargs["update_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_answer_update(request.user, self.about, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.answer_update(update_id=self.about.pk, by=self.request.user, at=timezone.now(), **data)
