"""Mentors: proposed by the lead, asked of both, ended by either."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from partners.forms import support as forms
from partners.permissions import support as permissions
from partners.queries import support as queries
from partners.services import support as services
from partners.views.support.overview import AboutPartner
from psp_portal.views import Moment, RuleFormView


class MentorCreateView(AboutPartner, RuleFormView):
    """Propose a mentor."""

    form_class = forms.MentorCreateForm
    template_name = "support/mentor_create.html"
    success_message = "Both have been asked"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_propose_mentor(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        people = queries.people_to_mentor(self.partner, today=self.today)
        return super().get_form_kwargs() | {"people": [(str(person.pk), person.name) for person in people]}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.propose_mentor(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class _AboutMentoring(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.mentorings_visible_to(self.user, today=self.today)
        self.pairing = get_object_or_404(visible, pk=kwargs["mentoring_id"])

    def get_success_url(self) -> str:
        # A mentor who is no lead has no page about the partner.
        if self.pairing.mentor_id == self.user.pk:
            return reverse("home:home_detail")
        return reverse("support:overview_detail", args=[self.pairing.partner_id])


class MentorAnswerView(_AboutMentoring, RuleFormView):
    """Say yes or no."""

    form_class = forms.MentorAnswerForm
    template_name = "support/mentor_answer.html"
    success_message = "Your answer is saved"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_answer_mentoring(self.user, self.pairing)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_partner = self.pairing.partner.user_id == self.user.pk
        return super().get_context_data(**kwargs) | {"pairing": self.pairing, "is_partner": is_partner}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.answer_mentoring(mentoring_id=self.pairing.pk, by=self.user, at=self.at, **data)


class MentorEndView(_AboutMentoring, RuleFormView):
    """End it; nobody is asked why."""

    template_name = "support/mentor_end.html"
    success_message = "The mentoring has ended"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_end_mentoring(self.user, self.pairing, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.end_mentoring(mentoring_id=self.pairing.pk, by=self.user, at=self.at)
