"""Pages about time and interests: HTTP to one service or query."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners.forms import capacity as forms
from partners.permissions import capacity as permissions
from partners.queries import capacity as queries
from partners.queries import partners_visible_to
from partners.services import capacity as services
from psp_portal.accounts.current import current_organisation_id
from psp_portal.views import Moment, RuleFormView


class _AboutPartner(Moment):
    """Finds the partner of the address, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        self.partner = get_object_or_404(partners_visible_to(self.user, today=self.today), pk=kwargs["partner_id"])
        self.is_own = self.partner.user_id == self.user.pk

    def get_success_url(self) -> str:
        return reverse("capacity:capacity_detail", args=[self.partner.pk])


class CapacityDetailView(_AboutPartner, TemplateView):
    """How much time a partner has, when, and for what."""

    template_name = "capacity/capacity_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        profile = queries.profile_of(self.partner)
        agreements = queries.agreements_visible_to(self.user, today=self.today).filter(partner=self.partner)
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "is_own": self.is_own,
            "months": queries.months_from(self.today),
            "agreements": [
                (each, each.answered_at is None and permissions.can_answer(self.user, each, today=self.today))
                for each in agreements[:10]
            ],
            "away": queries.away_periods_visible_to(self.user, today=self.today).filter(partner=self.partner),
            "profile": profile,
            "reads_experience": queries.may_read_experience(self.user, profile, today=self.today),
            "can_change_time": permissions.can_change_time(self.user, self.partner, today=self.today),
            "can_change_profile": permissions.can_change_profile(self.user, self.partner),
        }


# --- how much time ------------------------------------------------------------------------------
class _TimeView(_AboutPartner, RuleFormView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_change_time(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class AgreementCreateView(_TimeView):
    """Propose how much time a month."""

    form_class = forms.AgreementCreateForm
    template_name = "capacity/agreement_create.html"
    success_message = "Proposed. The other person has been asked"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"months": queries.months_from(self.today)}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.propose_time(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class AgreementAnswerView(Moment, RuleFormView):
    """Yes or no to what the other one proposed."""

    form_class = forms.AgreementAnswerForm
    template_name = "capacity/agreement_answer.html"
    success_message = "Answered"

    def find(self, **kwargs: Any) -> None:
        visible = queries.agreements_visible_to(self.user, today=self.today)
        self.agreement = get_object_or_404(visible, pk=kwargs["agreement_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_answer(self.user, self.agreement, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"question": f"Do you agree to {self.agreement.in_words}?"}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.answer_time(agreement_id=self.agreement.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("capacity:capacity_detail", args=[self.agreement.partner_id])


# --- when -----------------------------------------------------------------------------------------
class AwayCreateView(_TimeView):
    """Note the days on which a partner is away."""

    form_class = forms.AwayCreateForm
    template_name = "capacity/away_create.html"
    success_message = "Days away saved"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.record_away(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class AwayRemoveView(Moment, RuleFormView):
    """Take back that a partner is away."""

    template_name = "capacity/away_remove.html"
    success_message = "Days away removed"

    def find(self, **kwargs: Any) -> None:
        visible = queries.away_periods_visible_to(self.user, today=self.today)
        self.away = get_object_or_404(visible, pk=kwargs["away_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_change_time(self.user, self.away.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.remove_away(away_id=self.away.pk, by=self.user, at=self.at)

    def get_success_url(self) -> str:
        return reverse("capacity:capacity_detail", args=[self.away.partner_id])


# --- for what: the partner's own words ------------------------------------------------------------
class _ProfileView(_AboutPartner, RuleFormView):
    """One question about what a partner offers."""

    success_message = "Saved"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_change_profile(self.user, self.partner)
        self.profile = queries.profile_of(self.partner)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.profile, name) for name in self.form_class.base_fields}


class AvailabilityEditView(_ProfileView):
    """When in a week?"""

    form_class = forms.AvailabilityEditForm
    template_name = "capacity/availability_edit.html"

    def get_initial(self) -> dict[str, Any]:
        return forms.AvailabilityEditForm.initial_of(self.profile.slots)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.save_availability(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class SkillsEditView(_ProfileView):
    """What are you good at?"""

    form_class = forms.SkillsEditForm
    template_name = "capacity/skills_edit.html"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.save_skills(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class InterestsEditView(_ProfileView):
    """What do you care about?"""

    form_class = forms.InterestsEditForm
    template_name = "capacity/interests_edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        offered = queries.settings_of(self.partner.organisation_id).tags
        own = [tag for tag in self.profile.tags if tag not in offered]
        return super().get_form_kwargs() | {"offered": [*offered, *own]}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.save_interests(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class ExperienceEditView(_ProfileView):
    """What have you lived through, and who may read it?"""

    form_class = forms.ExperienceEditForm
    template_name = "capacity/experience_edit.html"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.save_experience(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


# --- the organisation's own numbers ---------------------------------------------------------------
class SettingsEditView(Moment, RuleFormView):
    """What a day is, how long a meeting is prepared for, and which interests can be chosen."""

    form_class = forms.SettingsEditForm
    template_name = "capacity/settings_edit.html"
    success_message = "Saved"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_manage_capacity(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        held = queries.settings_of(self.organisation_id)
        return {
            "day_minutes": held.day_minutes,
            "preparation_minutes": held.preparation_minutes,
            "tags": "\n".join(held.tags),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_capacity_settings(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("committees:capacity_list")
