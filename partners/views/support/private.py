"""What is a partner's own: wellbeing plan, check-ins, and the quiet question after hard material.

What others may open of it (a shared plan, shared answers) is logged when they do.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from partners import queries as partners
from partners.enums.support import PlanItem
from partners.forms import support as forms
from partners.queries import support as queries
from partners.services import support as services
from partners.views.support.overview import AboutOwn, AboutPartner
from psp_portal.views import Moment, RuleFormView


# --- the plan -----------------------------------------------------------------------------
class PlanDetailView(AboutPartner, TemplateView):
    """The partner's wellbeing plan; 404 to their lead unless it is shared."""

    template_name = "support/plan_detail.html"

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        self.plan = queries.wellbeing_plan_for(self.user, self.partner, today=self.today)
        self.is_own = self.partner.user_id == self.user.pk
        if self.plan is None and not self.is_own:
            raise Http404("There is no plan for them to read.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        services.note_reading(partner=self.partner, what="partners.wellbeing_plan.read", by=self.user, at=self.at)
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "is_own": self.is_own,
            "plan": self.plan,
        }


class PlanEditView(AboutOwn, RuleFormView):
    """Write one's own wellbeing plan."""

    form_class = forms.PlanEditForm
    template_name = "support/plan_edit.html"
    success_message = "Your plan is saved"

    def get_initial(self) -> dict[str, Any]:
        plan = queries.wellbeing_plan_for(self.user, self.partner, today=self.today)
        if plan is None:
            return {}
        items = {item.value: plan.items.get(item.value, "") for item in PlanItem}
        return items | {"is_shared": "yes" if plan.is_shared else "no"}

    def perform(self, data: dict[str, Any]) -> Any:
        services.save_wellbeing_plan(partner_id=self.partner.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("support:plan_detail", args=[self.partner.pk])


# --- check-ins ----------------------------------------------------------------------------
class CheckInListView(AboutPartner, TemplateView):
    """A partner's check-ins: all to the partner, what is shared to whoever looks after them."""

    template_name = "support/check_in_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = queries.check_ins_for(self.user, self.partner, today=self.today)
        if shown:
            services.note_reading(partner=self.partner, what="partners.check_in.read", by=self.user, at=self.at)
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "is_own": self.partner.user_id == self.user.pk,
            "check_ins": shown,
            "has_plan": queries.wellbeing_plan_for(self.user, self.partner, today=self.today) is not None,
        }


class CheckInCreateView(AboutOwn, RuleFormView):
    """Write down how one is, and choose what of it to share."""

    form_class = forms.CheckInCreateForm
    template_name = "support/check_in_create.html"
    success_message = "Your check-in is saved"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.make_check_in(partner_id=self.partner.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("support:check_in_list", args=[self.partner.pk])


class _AboutOwnCheckIn(Moment):
    def find(self, **kwargs: Any) -> None:
        found = queries.own_check_in(self.user, kwargs["check_in_id"], today=self.today)
        if found is None:
            raise Http404("There is no such check-in of theirs.")
        self.partner, self.shown = found

    def get_success_url(self) -> str:
        return reverse("support:check_in_list", args=[self.partner.pk])


class CheckInShareView(_AboutOwnCheckIn, RuleFormView):
    """Choose anew what of a check-in to share."""

    form_class = forms.CheckInShareForm
    template_name = "support/check_in_share.html"
    success_message = "Your choice is saved"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"items": [answer.item for answer in self.shown.answers]}

    def get_initial(self) -> dict[str, Any]:
        return {"shared": [answer.item.value for answer in self.shown.answers if answer.is_shared]}

    def perform(self, data: dict[str, Any]) -> Any:
        services.share_check_in(check_in_id=self.shown.check_in.pk, by=self.user, **data)


class CheckInRemoveView(_AboutOwnCheckIn, RuleFormView):
    """Delete one's own check-in for good."""

    template_name = "support/check_in_remove.html"
    success_message = "Your check-in is deleted"

    def perform(self, data: dict[str, Any]) -> Any:
        services.remove_check_in(check_in_id=self.shown.check_in.pk, by=self.user)


# --- after hard material ---------------------------------------------------------------------
class FollowUpListView(Moment, TemplateView):
    """What was hard for oneself, and the switch that turns the question off."""

    template_name = "support/follow_up_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "shown": queries.follow_ups_of(self.user),
            "is_off": queries.wants_no_follow_up(self.user),
            "appointments": partners.appointments_of(self.user).serving(),
        }


class FollowUpSwitchView(View):
    """Turn the question on or off for oneself."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        services.switch_follow_ups(is_on=request.POST.get("turn") == "on", by=request.user)
        return redirect("support:follow_up_list")


class FollowUpCreateView(AboutOwn, RuleFormView):
    """Mark that something was hard for oneself."""

    form_class = forms.FollowUpCreateForm
    template_name = "support/follow_up_create.html"
    success_message = "Saved. Only you can see it"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_initial(self) -> dict[str, Any]:
        return {"happened_on": self.today}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.mark_hard(partner_id=self.partner.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("support:follow_up_list")


class _AboutFollowUp(Moment):
    def find(self, **kwargs: Any) -> None:
        found = queries.follow_up_of(self.user, kwargs["follow_up_id"])
        if found is None:
            raise Http404("There is no such page of theirs.")
        self.shown = found

    def get_success_url(self) -> str:
        return reverse("support:follow_up_list")


class FollowUpAnswerView(_AboutFollowUp, RuleFormView):
    """How are you? With whom there is to talk to."""

    form_class = forms.FollowUpAnswerForm
    template_name = "support/follow_up_answer.html"
    success_message = "Saved. Only you can see it"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.shown.follow_up.asked_at is None:
            return redirect("support:follow_up_list")
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"answer": self.shown.answer}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = self.shown.follow_up.partner.organisation
        return super().get_context_data(**kwargs) | {
            "shown": self.shown,
            "organisation": organisation,
            "who_to_talk_to": queries.settings_of(organisation.pk).who_to_talk_to,
        }

    def perform(self, data: dict[str, Any]) -> Any:
        services.answer_follow_up(follow_up_id=self.shown.follow_up.pk, by=self.user, at=self.at, **data)


class FollowUpRemoveView(_AboutFollowUp, RuleFormView):
    """Delete it for good."""

    template_name = "support/follow_up_remove.html"
    success_message = "Deleted"

    def perform(self, data: dict[str, Any]) -> Any:
        services.remove_follow_up(follow_up_id=self.shown.follow_up.pk, by=self.user)
