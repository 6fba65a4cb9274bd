"""A partner's private limits: their own pages, which nobody else has. HTTP to one service or query."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView

from expenses import queries, services
from expenses.forms import money as forms
from expenses.policies import planner
from psp_portal.views import Moment, RuleFormView


def limits_passed_by(claim: Any, lines: Iterable[Any], user: Any) -> list[planner.Passed]:
    """Return the limits of ``user`` that sending their own draft would pass; none for anybody else's claim."""
    if claim.claimant_id != user.pk or (plan := queries.plan_of(user)) is None:
        return []
    return planner.limits_passed(plan, queries.earnings_of(user, besides=claim.pk), queries.earnings_in(lines))


class PlanDetailView(Moment, TemplateView):
    """One's limits, and each week's earnings against them: sent, and to come."""

    template_name = "expenses/plan_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = queries.plan_of(self.user)
        context = super().get_context_data(**kwargs) | {"plan": plan}
        if plan is None:
            return context
        sent, ahead = queries.earnings_of(self.user), queries.earnings_ahead(self.user, today=self.today)
        this_week = planner.week_of(self.today, plan.week_starts)
        return context | {
            "week_starts": forms.DAYS[plan.week_starts],
            "weeks": planner.weeks_in_view(plan, sent, ahead, first=this_week - 4 * planner.WEEK),
            "passed": planner.limits_passed(plan, sent, ahead),
        }


class PlanEditView(Moment, RuleFormView):
    """Set one's limits."""

    template_name = "expenses/plan_edit.html"
    form_class = forms.PlanEditForm
    success_message = "Your limits are saved. Only you can see them."

    def get_initial(self) -> dict[str, Any]:
        plan = queries.plan_of(self.user) or planner.Plan()
        return {"weekly": plan.weekly, "four_weekly": plan.four_weekly, "week_starts": plan.week_starts}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.save_plan(by=self.user, **data)

    def get_success_url(self) -> str:
        return reverse("expenses:plan_detail")


class PlanWeekEditView(Moment, RuleFormView):
    """Say what one earns elsewhere in a week."""

    template_name = "expenses/plan_week_edit.html"
    form_class = forms.PlanWeekEditForm
    success_message = "Saved. Only you can see it."

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if queries.plan_of(self.user) is None:
            return redirect("expenses:plan_edit")
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.save_other_earnings(by=self.user, **data)

    def get_success_url(self) -> str:
        return reverse("expenses:plan_detail")


class PlanRemoveView(Moment, RuleFormView):
    """Forget one's limits."""

    template_name = "expenses/plan_remove.html"
    success_message = "Your limits are gone."

    def perform(self, data: dict[str, Any]) -> Any:
        return services.remove_plan(by=self.user)

    def get_success_url(self) -> str:
        return reverse("expenses:plan_detail")
