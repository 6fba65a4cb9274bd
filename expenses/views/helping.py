"""A partner names helpers, and a helper prepares claims: HTTP to one service or query."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from expenses import queries, services
from expenses.forms import helping as forms
from expenses.views import presenting
from expenses.views.claims import MOST_SHOWN, ClaimStartView
from partners.queries import appointments_of
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.views import Moment, RuleFormView


# --- the partner's pages ------------------------------------------------------------------
class HelperListView(Moment, TemplateView):
    """Who may prepare one's claims, and who might once."""

    template_name = "expenses/helper_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "helpers": list(queries.helpers_of(self.user)),
            "is_partner": appointments_of(self.user).serving().exists(),
        }


class HelperCreateView(RuleFormView):
    """Name a carer or helper."""

    template_name = "expenses/helper_create.html"
    form_class = forms.HelperCreateForm

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = appointments_of(self.request.user).serving()
        return super().get_form_kwargs() | {"options": [(str(each.pk), each.organisation.name) for each in mine]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"is_partner": bool(context["form"].fields["partner"].choices)}

    def perform(self, data: dict[str, Any]) -> Any:
        helper = services.name_helper(partner_id=data.pop("partner"), by=self.request.user, at=timezone.now(), **data)
        done = "can prepare claims for you now" if helper.user else "has been invited, and can help once they have come"
        messages.success(self.request, f"{helper.name} {done}.")
        return helper

    def get_success_url(self) -> str:
        return reverse("expenses:helper_list")


class HelperEndView(RuleFormView):
    """End what a helper may do."""

    template_name = "expenses/helper_end.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.helper = get_object_or_404(queries.helpers_of(request.user), pk=kwargs["helper_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"helper": self.helper}

    def perform(self, data: dict[str, Any]) -> Any:
        ended = services.end_helper(helper_id=self.helper.pk, by=self.request.user, at=timezone.now())
        messages.success(self.request, f"{ended.name} can no longer prepare claims for you.")

    def get_success_url(self) -> str:
        return reverse("expenses:helper_list")


# --- the helper's pages -------------------------------------------------------------------
class HelpingListView(Moment, TemplateView):
    """For whom one prepares claims, and those that are not sent yet."""

    template_name = "expenses/helping_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: Any = queries.helping_with_drafts(self.user, today=self.today)
        helping = [
            {
                "helper": helper,
                "person": helper.partner.user.get_full_name(),
                "drafts": [(draft, presenting.claim_title(draft)) for draft in helper.partner.drafts],
            }
            for helper in found
        ]
        return super().get_context_data(**kwargs) | {"helping": helping}


class HelpingStartView(ClaimStartView):
    """Choose what to prepare a claim for: one of the partner's meetings, or something else."""

    template_name = "expenses/helping_start.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        helping = queries.helping(request.user, today=timezone.localdate())
        self.helper = get_object_or_404(helping.select_related("partner__user"), pk=kwargs["helper_id"])

    def whose(self) -> tuple[Any, Any]:
        person = self.helper.partner.user
        return person, appointments_of(person).filter(pk=self.helper.partner_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, _ = self.whose()
        attended = queries.meetings_to_claim(person, today=timezone.localdate())
        # Past the parent's: what else a partner is asked on the page is not the helper's.
        context = super(ClaimStartView, self).get_context_data(**kwargs)
        return context | {
            "person": person.get_full_name(),
            "attended": attended.filter(assignment__partner_id=self.helper.partner_id)[:MOST_SHOWN],
        }


class DraftHandOverView(View):
    """Tell the partner that a claim is ready for them to check and send."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        user: Any = request.user
        claim = get_object_or_404(queries.claims_visible_to(user, today=timezone.localdate()), pk=claim_id)
        try:
            services.hand_over_draft(claim_id=claim.pk, by=user, at=timezone.now())
        except (RuleBroken, TransitionNotAllowed) as refusal:
            messages.error(request, refusal.message)
            return redirect("expenses:claim_check", claim_id=claim.pk)
        messages.success(request, f"{claim.claimant.get_full_name()} has been told that the claim is ready.")
        return redirect("expenses:helping_list")
