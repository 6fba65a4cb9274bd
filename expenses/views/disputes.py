"""Which of two organisations pays a claim: what pages say of it, and the pages of those who dispute and decide."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from expenses import permissions, queries, services
from expenses.forms import disputes as forms
from expenses.views.presenting import Link, bodies_words, claim_title, lines_in_order
from psp_portal.dates import format_date, local_date
from psp_portal.views import RuleFormView


@dataclass(frozen=True)
class DisputeShown:
    """A disagreement about who pays: what was said and by whom, who decides since when and by when, and what."""

    raised: str
    reason: str
    decider: str
    decided: str
    decision_reason: str
    is_open: bool


def disputes_of(claim) -> list[DisputeShown]:
    """Return the disagreements about who pays a claim, oldest first; they must be loaded."""
    return [_shown(dispute) for dispute in sorted(claim.disputes.all(), key=lambda dispute: dispute.raised_at)]


def _shown(dispute) -> DisputeShown:
    on = format_date(local_date(dispute.raised_at))
    raised = f"{dispute.raised_by.get_full_name()} of {dispute.payer.name}, {on}"
    if dispute.closed_at is None:
        since = format_date(local_date(dispute.arbiter_since))
        decider = f"{dispute.arbiter.get_full_name()} since {since}, due {format_date(dispute.reply_due_on)}"
        return DisputeShown(raised, dispute.reason, decider, "", "", is_open=True)
    ended = format_date(local_date(dispute.closed_at))
    if dispute.decided_by is None:
        return DisputeShown(raised, dispute.reason, "", f"It ended undecided on {ended}", "", is_open=False)
    decided = f"{dispute.decided_payer.name} pays. {dispute.decided_by.get_full_name()}, {ended}"
    return DisputeShown(raised, dispute.reason, "", decided, dispute.decision_reason, is_open=False)


def links_of_dispute(claim, user, *, today: date) -> list[Link]:
    """Return what somebody may do about who pays a claim; its lines and disputes must be loaded."""
    kwargs = {"claim_id": claim.pk}
    if permissions.can_decide_dispute(user, claim):
        return [Link("Decide which organisation pays", reverse("expenses:dispute_decide", kwargs=kwargs))]
    if queries.why_not_disputable(claim, claim.lines.all()) or not permissions.can_raise_dispute(
        user, claim, today=today
    ):
        return []
    return [Link("We should not pay this", reverse("expenses:dispute_create", kwargs=kwargs))]


class _DisputeView(RuleFormView):
    """A page about who pays a claim: 404 when they may not see it, 403 when it is not theirs to say."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.claim = get_object_or_404(queries.claim_in_full(request.user, kwargs["claim_id"], today=self.today))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "claim": self.claim,
            "title": claim_title(self.claim),
            "bodies": bodies_words(self.claim),
            "disputes": disputes_of(self.claim),
            "lines": lines_in_order(self.claim),
        }

    def get_success_url(self) -> str:
        return reverse("expenses:claim_detail", kwargs={"claim_id": self.claim.pk})


class DisputeCreateView(_DisputeView):
    """Say that one's organisation should not pay."""

    form_class = forms.DisputeCreateForm
    template_name = "expenses/dispute_create.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_raise_dispute(request.user, self.claim, today=self.today)
        why_not = queries.why_not_disputable(self.claim, self.claim.lines.all())
        if request.method == "GET" and why_not:
            messages.warning(request, why_not)
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        made = services.raise_dispute(claim_id=self.claim.pk, by=self.request.user, at=timezone.now(), **data)
        messages.success(self.request, f"{made.arbiter.get_full_name()} decides which organisation pays")


class DisputeDecideView(_DisputeView):
    """Decide which of the two organisations pays."""

    form_class = forms.DisputeDecideForm
    template_name = "expenses/dispute_decide.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_decide_dispute(request.user, self.claim)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        both = [self.claim.payer, self.claim.organisation]
        return super().get_form_kwargs() | {"organisations": [(str(each.pk), each.name) for each in both]}

    def perform(self, data: dict[str, Any]) -> Any:
        made = services.decide_dispute(claim_id=self.claim.pk, by=self.request.user, at=timezone.now(), **data)
        messages.success(self.request, f"{made.decided_payer.name} pays claim {self.claim.reference}")

    def get_success_url(self) -> str:
        # Whoever has decided may see nothing more of the claim.
        return reverse("home:home_detail")
