"""Pages about terms, pauses and leaving: HTTP to one service or query."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView

from partners import queries as partners
from partners.enums.leaving import ExitStatus, SuccessionStatus
from partners.forms import leaving as forms
from partners.permissions import leaving as permissions
from partners.queries import leaving as queries
from partners.services import leaving as services
from psp_portal.accounts.current import current_organisation_id
from psp_portal.views import Moment, RuleFormView, ScopedListView


class _AboutPartner(Moment):
    """Finds the partner of the address, or answers 404; a page that changes something is for those who may."""

    def find(self, **kwargs: Any) -> None:
        visible = partners.partners_visible_to(self.user, today=self.today)
        self.partner = get_object_or_404(visible, pk=kwargs["partner_id"])
        self.is_own = self.partner.user_id == self.user.pk

    def get_success_url(self) -> str:
        return reverse("leaving:term_detail", args=[self.partner.pk])


class _MovesPartner(_AboutPartner):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_pause_or_leave(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)


# --- terms -----------------------------------------------------------------------------------
class TermDetailView(_AboutPartner, TemplateView):
    """One partner's term and how it has changed, pauses and leaving: for the partner and for their lead."""

    template_name = "leaving/term_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner, user, today = self.partner, self.user, self.today
        conversation = queries.exit_of(partner)
        return super().get_context_data(**kwargs) | {
            "partner": partner,
            "is_own": self.is_own,
            "changes": queries.term_changes_of(partner),
            "review_on": queries.next_review_on(partner),
            "pauses": queries.pauses_of(partner),
            "pause": queries.open_pause_of(partner),
            "departure": queries.open_departure_of(partner),
            "conversation": conversation,
            "can_read_exit": conversation and permissions.can_read_exit(user, conversation, today=today),
            "pack": queries.pack_of(partner),
            "can_write_pack": permissions.can_write_pack(user, partner),
            "plan": queries.plans_visible_to(user, today=today).filter(partner=partner).order_by("-opened_at").first(),
            "moves": {move.name.lower() for move in permissions.moves_open_to(user, partner, today=today)},
        }


class SuccessionListView(Moment, ScopedListView):
    """The partners of the current organisation whose term ends within six months, with what happens then."""

    template_name = "leaving/succession_list.html"
    context_object_name = "partners"
    export_name = "terms ending"
    export_columns = ("Partner", "Term ends on", "Status", "Decide by", "What happens", "Programme lead")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_see_succession(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        self.only_open = self.request.GET.get("show") == SuccessionStatus.OPEN
        found = queries.terms_to_decide if self.only_open else queries.terms_ending
        return found(self.user, self.organisation_id, today=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"only_open": self.only_open, "today": self.today}

    def export_row(self, row: Any) -> Sequence[object]:
        plan = row.plans_now[0] if row.plans_now else None
        return (
            row.user.name, row.term_ends_on, row.get_status_display(), plan.decide_by if plan else None,
            plan.get_choice_display() if plan else "", row.lead.name,
        )  # fmt: skip


class _AboutPlan(Moment):
    """Finds the succession plan of the address, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        visible = queries.plans_visible_to(self.user, today=self.today)
        self.plan = get_object_or_404(visible, pk=kwargs["plan_id"])

    def get_success_url(self) -> str:
        return reverse("leaving:succession_detail", args=[self.plan.pk])


class SuccessionDetailView(_AboutPlan, TemplateView):
    """One plan: until when what must be decided, its steps, and what was decided."""

    template_name = "leaving/succession_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_open = self.plan.status == SuccessionStatus.OPEN
        return super().get_context_data(**kwargs) | {"plan": self.plan, "is_open": is_open, "today": self.today}


class SuccessionEditView(_AboutPlan, RuleFormView):
    """Write down the next steps."""

    form_class = forms.SuccessionEditForm
    template_name = "leaving/succession_edit.html"
    success_message = "Saved"

    def get_initial(self) -> dict[str, Any]:
        return {"notes": self.plan.notes}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.write_notes(plan_id=self.plan.pk, by=self.user, at=self.at, **data)


class SuccessionDecideView(_AboutPlan, RuleFormView):
    """Decide what happens when the term ends."""

    form_class = forms.SuccessionDecideForm
    template_name = "leaving/succession_decide.html"
    success_message = "Decided. The partner is told"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.decide_succession(plan_id=self.plan.pk, by=self.user, at=self.at, **data)


# --- pauses ----------------------------------------------------------------------------------
class PauseCreateView(_MovesPartner, RuleFormView):
    """Pause an appointment, once it has been read what that means."""

    form_class = forms.PauseCreateForm
    template_name = "leaving/pause_create.html"
    success_message = "The pause is set"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.pause(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class PauseEndView(_MovesPartner, RuleFormView):
    """Come back from a pause, or take back one that is to come."""

    template_name = "leaving/pause_end.html"
    success_message = "The pause is over"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.come_back(partner_id=self.partner.pk, by=self.user, at=self.at)


# --- leaving ---------------------------------------------------------------------------------
class DepartureCreateView(_MovesPartner, RuleFormView):
    """Say when a partner leaves."""

    form_class = forms.DepartureCreateForm
    template_name = "leaving/departure_create.html"
    success_message = "The last day is set"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.announce_leaving(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class DepartureWithdrawView(_MovesPartner, RuleFormView):
    """Stay after all."""

    template_name = "leaving/departure_withdraw.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"departure": queries.open_departure_of(self.partner)}

    def perform(self, data: dict[str, Any]) -> Any:
        self.success_message = "You stay" if self.is_own else "The partner stays"
        return services.stay_after_all(partner_id=self.partner.pk, by=self.user, at=self.at)


# --- the exit conversation -------------------------------------------------------------------
class _AboutExit(Moment):
    """Finds the exit conversation of the partner of the address, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        visible = queries.exits_visible_to(self.user, today=self.today)
        self.conversation = get_object_or_404(visible, partner_id=kwargs["partner_id"])
        self.partner = self.conversation.partner

    def get_success_url(self) -> str:
        return reverse("leaving:exit_detail", args=[self.partner.pk])


class ExitDetailView(_AboutExit, TemplateView):
    """What a leaver said, for themselves and for whom they chose."""

    template_name = "leaving/exit_detail.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.can_read_exit(self.user, self.conversation, today=self.today):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "conversation": self.conversation,
            "is_own": self.partner.user_id == self.user.pk,
            "answers": queries.answers_of(self.conversation),
        }


class _AnswersExit(_AboutExit):
    """A page for the leaver alone, while the conversation is offered."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_answer_exit(self.user, self.conversation)
        if self.conversation.status != ExitStatus.OFFERED:
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)


class ExitAnswerView(_AnswersExit, RuleFormView):
    """Answer the questions, and choose who reads them."""

    form_class = forms.ExitAnswerForm
    template_name = "leaving/exit_answer.html"
    success_message = "Thank you. Your answers are kept"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"questions": queries.answers_of(self.conversation)}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.answer_exit(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class ExitDeclineView(_AnswersExit, RuleFormView):
    """Say that one does not want it."""

    template_name = "leaving/exit_decline.html"
    success_message = "Thank you. We will not ask again"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.decline_exit(partner_id=self.partner.pk, by=self.user, at=self.at)
