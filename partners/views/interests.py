"""Pages about declared interests: HTTP to one service or query."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from partners import queries as partners
from partners.forms import interests as forms
from partners.permissions import interests as permissions
from partners.queries import interests as queries
from partners.services import interests as services
from psp_portal.accounts.current import current_organisation_id
from psp_portal.dates import local_date
from psp_portal.views import Moment, RuleFormView, ScopedListView


# --- the organisation's -------------------------------------------------------------------------
class _ForManagers(Moment):
    """A page about the current organisation, for those who read its register; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_read_register(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class DeclarationListView(_ForManagers, ScopedListView):
    """Who has declared when, and who has to."""

    template_name = "interests/declaration_list.html"
    context_object_name = "partners"
    export_name = "declarations of interests"
    export_columns = ("Partner", "State", "Declared on", "Nothing to declare", "Interests", "Due again on", "Lead")

    def get_queryset(self) -> Any:
        self.form = forms.DeclarationListForm(self.request.GET or None)
        shown = self.form.cleaned_data["shown"] if self.form.is_valid() else ""
        return queries.declarations_found(self.user, self.organisation_id, today=self.today, shown=shown)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = [(partner, queries.state_of(partner, today=self.today)) for partner in context["partners"]]
        asks = queries.asks_for_interests(self.organisation_id)
        return context | {"filters": self.form, "rows": rows, "asks": asks}

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.user.name, queries.state_of(row, today=self.today).label,
            local_date(row.declared_at) if row.declared_at else None,
            {True: "Yes", False: "No", None: ""}[row.has_nothing], row.count, row.due_on, row.lead.name,
        )  # fmt: skip


class RegisterListView(_ForManagers, ScopedListView):
    """What the organisation's partners have declared and has not ended."""

    template_name = "interests/register_list.html"
    context_object_name = "interests"
    export_name = "register of interests"
    export_columns = ("Partner", "Kind", "Organisation or person", "Interest", "Since", "Until")

    def get_queryset(self) -> Any:
        return queries.interests_found(self.user, self.organisation_id, today=self.today)

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.partner.user.name, row.get_kind_display(), row.organisation, row.description, row.starts_on,
            row.ends_on,
        )  # fmt: skip


# --- a partner's ------------------------------------------------------------------------------
class _AboutPartner(Moment):
    """Finds the partner of the address, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        visible = partners.partners_visible_to(self.user, today=self.today)
        self.partner = get_object_or_404(visible, pk=kwargs["partner_id"])


class InterestListView(_AboutPartner, ScopedListView):
    """What one partner has declared, for the partner to change and their lead to read."""

    template_name = "interests/interest_list.html"
    context_object_name = "interests"
    export_name = "declared interests"
    export_columns = ("Kind", "Organisation or person", "Interest", "Since", "Until")

    def get_queryset(self) -> Any:
        return queries.interests_visible_to(self.user, today=self.today).filter(partner=self.partner)

    def export_row(self, row: Any) -> Sequence[object]:
        return row.get_kind_display(), row.organisation, row.description, row.starts_on, row.ends_on

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        declarations = queries.declarations_visible_to(self.user, today=self.today).filter(partner=self.partner)
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "is_own": self.partner.user_id == self.user.pk,
            "declarations": declarations,
            "today": self.today,
            "can_declare": permissions.can_declare(self.user, self.partner),
        }


class _Declaring(Moment):
    """For the partner alone; ``partner`` is found by whoever inherits."""

    partner: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_declare(self.user, self.partner)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("interests:interest_list", args=[self.partner.pk])


class InterestCreateView(_Declaring, _AboutPartner, RuleFormView):
    """Put an interest of one's own in the list."""

    form_class = forms.InterestCreateForm
    template_name = "interests/interest_create.html"
    success_message = "Interest added"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def perform(self, data: dict[str, Any]) -> Any:
        facts = services.InterestFacts(**data)
        return services.add_interest(partner_id=self.partner.pk, facts=facts, by=self.user, at=self.at)


class InterestEditView(_Declaring, RuleFormView):
    """Change an interest of one's own, or say when it ended."""

    form_class = forms.InterestEditForm
    template_name = "interests/interest_edit.html"
    success_message = "Interest changed"

    def find(self, **kwargs: Any) -> None:
        visible = queries.interests_visible_to(self.user, today=self.today)
        self.interest = get_object_or_404(visible, pk=kwargs["interest_id"])
        self.partner = self.interest.partner

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_initial(self) -> dict[str, Any]:
        return {each.name: getattr(self.interest, each.name) for each in fields(services.InterestFacts)}

    def perform(self, data: dict[str, Any]) -> Any:
        facts = services.InterestFacts(**data)
        return services.change_interest(interest_id=self.interest.pk, facts=facts, by=self.user, at=self.at)


class DeclarationCreateView(_Declaring, _AboutPartner, RuleFormView):
    """Say that one's list is complete, or that there is nothing to declare."""

    form_class = forms.DeclarationCreateForm
    template_name = "interests/declaration_create.html"
    success_message = "Thank you. Your declaration is saved"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = queries.interests_visible_to(self.user, today=self.today)
        mine = visible.filter(partner=self.partner).on(self.today)
        return super().get_context_data(**kwargs) | {"interests": mine}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.declare_interests(
            partner_id=self.partner.pk, has_nothing=not data["is_all"], by=self.user, at=self.at
        )
