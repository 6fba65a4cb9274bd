"""How a partner is looked after: the lead's list, one partner's page, and the organisation's own times."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners import queries as partners
from partners.enums.support import MentoringStatus, ReviewStatus
from partners.forms import support as forms
from partners.permissions import support as permissions
from partners.queries import support as queries
from partners.services import support as services
from psp_portal.accounts.current import current_organisation_id
from psp_portal.dates import local_date
from psp_portal.views import Moment, RuleFormView, ScopedListView

TALKS_SHOWN = 10


class ForManagers(Moment):
    """A page about the current organisation, for those who set how it looks after partners; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_manage_support(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class AboutPartner(Moment):
    """Finds the partner of the address, or answers 404; back to how they are looked after."""

    def find(self, **kwargs: Any) -> None:
        visible = partners.partners_visible_to(self.user, today=self.today)
        self.partner = get_object_or_404(visible, pk=kwargs["partner_id"])

    def get_success_url(self) -> str:
        return reverse("support:overview_detail", args=[self.partner.pk])


class AboutOwn(AboutPartner):
    """A page about one's own appointment; 403 for whoever sees it otherwise."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_is_own(self.user, self.partner)
        return super().dispatch(request, *args, **kwargs)


class OverviewListView(ForManagers, ScopedListView):
    """When each partner last had a talk, when the next is, and how they stand with mentor and review."""

    template_name = "support/overview_list.html"
    context_object_name = "partners"
    export_name = "support"
    export_columns = ("Partner", "Programme lead", "Last talk", "Next talk", "Mentor", "Last review", "Review")

    def get_queryset(self) -> Any:
        here = partners.partners_visible_to(self.user, today=self.today).filter(organisation=self.organisation_id)
        return queries.with_support(here.serving()).order_by("user__name", "pk")

    def export_row(self, row: Any) -> Sequence[object]:
        days = [local_date(at) if at else None for at in (row.last_talk, row.next_talk, row.last_review)]
        status = ReviewStatus(row.review_status).label if row.review_status else ""
        return row.user.name, row.lead.name, days[0], days[1], row.mentor_name or "", days[2], status


class OverviewDetailView(AboutPartner, TemplateView):
    """One partner's talks, mentor and reviews, for the partner and for their lead."""

    template_name = "support/overview_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner, user, today = self.partner, self.user, self.today
        pairings = queries.mentorings_visible_to(user, today=today).filter(partner=partner)
        open_pairing = pairings.filter(status__in=[MentoringStatus.PROPOSED, MentoringStatus.RUNNING]).first()
        reviews = list(queries.reviews_visible_to(user, today=today).filter(partner=partner))
        has_side = permissions.can_review(user, partner, today=today)
        return super().get_context_data(**kwargs) | {
            "partner": partner,
            "is_own": permissions.is_own(user, partner),
            "talks": queries.talks_visible_to(user, today=today).filter(partner=partner)[:TALKS_SHOWN],
            "can_plan": permissions.can_plan_talk(user, partner, today=today),
            "pairing": open_pairing,
            "can_propose": not open_pairing and permissions.can_propose_mentor(user, partner, today=today),
            "reviews": reviews,
            "can_open_review": has_side and all(review.status == ReviewStatus.CLOSED for review in reviews),
            # Their words are on pages of their own, whose opening by staff is logged.
            "has_side": has_side,
        }


class SettingsEditView(ForManagers, RuleFormView):
    """Set the organisation's own times, and whom partners can talk to."""

    form_class = forms.SettingsEditForm
    template_name = "support/settings_edit.html"
    success_message = "Settings saved"

    def get_initial(self) -> dict[str, Any]:
        found = queries.settings_of(self.organisation_id)
        return {name: getattr(found, name) for name in ("ask_after_days", "review_months", "who_to_talk_to")}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_support_settings(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("support:overview_list")
