"""Money offered because a rate went up for days gone by: HTTP to one service or query."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from expenses import permissions, queries, services
from expenses.enums import TopUpStatus
from expenses.forms import topups as forms
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.money import total
from psp_portal.views import Moment, RuleFormView, ScopedListView


# --- the partner --------------------------------------------------------------------------
class TopUpAnswerView(RuleFormView):
    """What is offered to whoever looks: ask for it, or say no. What they claimed stays as it was decided."""

    form_class = forms.TopUpAnswerForm
    template_name = "expenses/top_up_answer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        offered = list(queries.top_ups_offered_to(self.request.user))
        form = context["form"]
        # At first all are ticked; after an error, what was.
        ticked = set(form.data.getlist("top_ups")) if form.is_bound else {str(top_up.pk) for top_up in offered}
        rows = [{"top_up": top_up, "is_ticked": str(top_up.pk) in ticked} for top_up in offered]
        return context | {"rows": rows, "sum": total(top_up.amount for top_up in offered)}

    def perform(self, data: dict[str, Any]) -> Any:
        asked: dict[str, Any] = {"top_up_ids": data["top_ups"], "by": self.request.user, "at": timezone.now()}
        mine = {top_up.pk for top_up in queries.top_ups_offered_to(self.request.user)}
        if not mine.issuperset(data["top_ups"]):
            raise RuleBroken("Some of these amounts have been answered or taken back. Look again.")
        if data["answer"] == forms.DECLINE:
            services.decline_top_ups(**asked)
            messages.success(self.request, "Thank you. These amounts are not offered to you again.")
            return []
        claims = services.accept_top_ups(**asked)
        sent = " and ".join(claim.reference for claim in claims)
        messages.success(self.request, f"Sent as {'claim' if len(claims) == 1 else 'claims'} {sent}")
        return claims

    def get_success_url(self) -> str:
        if len(self.result) == 1:
            return reverse("expenses:claim_detail", kwargs={"claim_id": self.result[0].pk})
        return reverse("expenses:claim_list")


# --- finance ------------------------------------------------------------------------------
class TopUpListView(ScopedListView):
    """What a rate card has offered for days gone by: by partner, what it was, what it would be, the difference."""

    template_name = "expenses/top_up_list.html"
    context_object_name = "top_ups"
    export_name = "top-ups"
    export_columns = (
        "Partner", "Claim", "Line", "Kind", "Date", "Why", "Was", "Now", "Difference", "Where it is", "New claim",
        "Taken back because",
    )  # fmt: skip

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.card = get_object_or_404(
            queries.rate_cards_visible_to(request.user, today=self.today), pk=kwargs["card_id"]
        )

    def get_queryset(self) -> Any:
        return queries.top_ups_visible_to(self.user, today=self.today).filter(card=self.card)

    def export_row(self, row: Any) -> Sequence[object]:
        line = row.line
        return (
            line.claimant.get_full_name(), line.claim.reference, line.position, line.get_kind_display(), line.date,
            row.rule, row.was, row.now, row.amount, row.get_status_display(),
            row.claim_line.claim.reference if row.claim_line else "", row.withdrawal_reason,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        sums = [(TopUpStatus(status).label, *sums) for status, sums in queries.totals_of(self.get_queryset()).items()]
        can_manage = permissions.can_manage_rates(self.user, self.card.organisation_id, today=self.today)
        return context | {"card": self.card, "sums": sums, "can_manage": can_manage}


class TopUpWithdrawView(Moment, RuleFormView):
    """Take one offer back, with a reason that its partner reads."""

    form_class = forms.TopUpWithdrawForm
    template_name = "expenses/top_up_withdraw.html"
    success_message = "Offer taken back"
    top_up: Any

    def find(self, **kwargs: Any) -> None:
        visible = queries.top_ups_visible_to(self.user, today=self.today)
        self.top_up = get_object_or_404(visible, pk=kwargs["top_up_id"], card_id=kwargs["card_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        permissions.check_can_withdraw_top_up(self.user, self.top_up, today=local_date(self.at))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"top_up": self.top_up}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.withdraw_top_up(top_up_id=self.top_up.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("expenses:top_up_list", kwargs={"card_id": self.top_up.card_id})
