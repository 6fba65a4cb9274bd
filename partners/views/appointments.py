"""Pages about partners: HTTP to one service or query."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView

from partners import permissions, queries, services
from partners.forms import appointments as forms
from partners.queries.access import access_flags_for
from partners.views.record import sections_for
from psp_portal.accounts.current import current_organisation_id
from psp_portal.views import Moment, RuleFormView, ScopedListView


class PartnerListView(Moment, ScopedListView):
    """The partners of the current organisation whom somebody may see, by name, narrowed by the page's form."""

    template_name = "partners/partner_list.html"
    context_object_name = "partners"
    export_name = "partners"
    export_columns = ("Name", "Status", "First day", "Term ends", "Programme lead")
    _filters = frozenset({"status", "ends_before_0", "ends_before_1", "ends_before_2", "lead"})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_list_partners(self.user, current_organisation_id(request), today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        visible = queries.partners_visible_to(self.user, today=self.today)
        organisation_id: Any = current_organisation_id(self.request)
        here = visible.filter(organisation=organisation_id)
        self.form = forms.PartnerListForm(self.request.GET if set(self.request.GET) & self._filters else None)
        if self.form.is_valid():
            here = queries.partners_found(
                here, organisation_id=organisation_id, today=self.today, **self.form.cleaned_data
            )
        return here.order_by("user__name", "-starts_on", "pk")

    def export_row(self, row: Any) -> Sequence[object]:
        return row.user.name, row.get_status_display(), row.starts_on, row.term_ends_on, row.lead.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_appoint = permissions.can_appoint_partner(
            self.user, current_organisation_id(self.request), today=self.today
        )
        return super().get_context_data(**kwargs) | {"can_appoint": can_appoint, "form": self.form}


class PartnerCreateView(Moment, RuleFormView):
    """Appoint somebody who has accepted an invitation, at the current organisation."""

    form_class = forms.PartnerCreateForm
    template_name = "partners/partner_create.html"
    success_message = "Partner appointed"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_appoint_partner(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        people = queries.people_to_appoint_at(self.organisation_id, today=self.today)
        leads = queries.leads_of(self.organisation_id, today=self.today)
        return super().get_form_kwargs() | {
            "people": [(str(person.pk), f"{person.name} ({person.email})") for person in people],
            "leads": [(str(lead.pk), lead.name) for lead in leads],
        }

    def get_initial(self) -> dict[str, Any]:
        return {"lead_id": str(self.user.pk)}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.appoint_partner(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("partners:partner_detail", args=[self.result.pk])


class _AboutPartner(Moment):
    """Finds the partner of the address, or answers 404."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        visible = queries.partners_visible_to(self.user, today=self.today)
        self.partner = get_object_or_404(visible, pk=kwargs["partner_id"])

    def get_success_url(self) -> str:
        return reverse("partners:partner_detail", args=[self.partner.pk])


class PartnerDetailView(_AboutPartner, TemplateView):
    """One appointment, for the partner and for the staff who look after it."""

    template_name = "partners/partner_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "is_own": self.partner.user_id == self.user.pk,
            "telephone": queries.telephone_of(self.partner),
            "actions": permissions.actions_open_to(self.user, self.partner, today=self.today),
            "sections": sections_for(self.user, self.partner, today=self.today),
            "has_access_needs": bool(access_flags_for(self.user, [self.partner], today=self.today)),
        }


class PartnerTermEditView(_AboutPartner, RuleFormView):
    """Change the last day of a term."""

    form_class = forms.PartnerTermEditForm
    template_name = "partners/partner_term_edit.html"
    success_message = "Term changed"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_change_partner(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"term_ends_on": self.partner.term_ends_on}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_term(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class TelephoneEditView(_AboutPartner, RuleFormView):
    """Record the number on which a partner is called."""

    form_class = forms.TelephoneEditForm
    template_name = "partners/telephone_edit.html"
    success_message = "Telephone number saved"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_change_partner(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        held = queries.telephone_of(self.partner)
        return {"number": held.number if held else ""}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.record_telephone(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class PartnerEndView(_AboutPartner, RuleFormView):
    """Record that a partner has left."""

    form_class = forms.PartnerEndForm
    template_name = "partners/partner_end.html"
    success_message = "Appointment ended"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_change_partner(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.end_appointment(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


# --- the usual journey: one question a page, saved at the last one ---------------------------
class _JourneyView(_AboutPartner, RuleFormView):
    """One question about the usual journey. Answers wait in the session until the last is given."""

    next_page = ""
    needs: tuple[str, ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_save_journey(self.user, self.partner, today=self.today)
        if any(name not in self.answers for name in self.needs):
            return redirect("partners:journey_edit", self.partner.pk)
        return super().dispatch(request, *args, **kwargs)

    @property
    def key(self) -> str:
        return f"journey:{self.partner.pk}"

    @property
    def answers(self) -> dict[str, Any]:
        return self.request.session.get(self.key, {})

    def get_initial(self) -> dict[str, Any]:
        saved = getattr(self.partner, "usual_journey", None)
        stored = {name: getattr(saved, name) for name in self.form_class.base_fields} if saved else {}
        return stored | {name: self.answers[name] for name in self.form_class.base_fields if name in self.answers}

    def perform(self, data: dict[str, Any]) -> None:
        self.request.session[self.key] = self.answers | {name: str(answer) for name, answer in data.items()}

    def get_success_url(self) -> str:
        return reverse(self.next_page, args=[self.partner.pk])


class JourneyEditView(_JourneyView):
    """From where to where?"""

    form_class = forms.JourneyEditForm
    template_name = "partners/journey_edit.html"
    next_page = "partners:journey_distance_edit"


class JourneyDistanceEditView(_JourneyView):
    """How far?"""

    form_class = forms.JourneyDistanceEditForm
    template_name = "partners/journey_distance_edit.html"
    needs = ("from_place", "to_place")
    next_page = "partners:journey_vehicle_edit"


class JourneyVehicleEditView(_JourneyView):
    """In what? Then the journey is saved."""

    form_class = forms.JourneyVehicleEditForm
    template_name = "partners/journey_vehicle_edit.html"
    needs = ("from_place", "to_place", "miles")
    next_page = "partners:partner_detail"
    success_message = "Usual journey saved"

    def perform(self, data: dict[str, Any]) -> None:
        services.save_usual_journey(
            partner_id=self.partner.pk,
            from_place=self.answers["from_place"],
            to_place=self.answers["to_place"],
            miles=Decimal(self.answers["miles"]),
            vehicle=data["vehicle"],
            by=self.user,
            at=self.at,
        )
        del self.request.session[self.key]
