"""Claiming for the time of a training: HTTP to one service or query."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from expenses import queries, services
from psp_portal.views import Moment, RuleFormView


class TrainingClaimCreateView(Moment, RuleFormView):
    """Claim for the time of a training of one's own, or see the claim that there is."""

    template_name = "expenses/training_claim_create.html"

    def find(self, **kwargs: Any) -> None:
        self.found = queries.training_time_of(self.user, kwargs["record_id"], today=self.today)
        if self.found is None:
            raise Http404("This is not a training of theirs.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"found": self.found}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.claim_training(record_id=self.kwargs["record_id"], by=self.user, at=self.at)

    def get_success_url(self) -> str:
        return reverse("expenses:claim_check", args=[self.result.pk])
