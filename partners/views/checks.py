"""Pages about checks: HTTP to one service or query."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners import queries as partners
from partners.enums.checks import CheckOutcome
from partners.forms import checks as forms
from partners.permissions import checks as permissions
from partners.queries import checks as queries
from partners.services import checks as services
from psp_portal.accounts.current import current_organisation_id
from psp_portal.views import Moment, RuleFormView, ScopedListView


class _ForManagers(Moment):
    """A page about the current organisation, for those who say what it checks; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_manage_requirements(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


# --- what is asked for ------------------------------------------------------------------------
class RequirementListView(_ForManagers, ScopedListView):
    """What the current organisation checks, by role category."""

    template_name = "checks/requirement_list.html"
    context_object_name = "requirements"
    export_name = "required checks"
    export_columns = ("Role category", "Check", "Renewal in months", "DBS level", "Why the role may be checked")

    def get_queryset(self) -> Any:
        visible = queries.requirements_visible_to(self.user, today=self.today)
        return visible.filter(organisation=self.organisation_id)

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.get_role_category_display(), row.get_kind_display(), row.renewal_months, row.get_dbs_level_display(),
            row.get_dbs_reason_display(),
        )  # fmt: skip


class RequirementCreateView(_ForManagers, RuleFormView):
    """Ask for a check of some role categories."""

    form_class = forms.RequirementCreateForm
    template_name = "checks/requirement_create.html"
    success_message = "Required check saved"

    def perform(self, data: dict[str, Any]) -> Any:
        kind, categories = data.pop("kind"), data.pop("role_categories")
        return services.require_check(
            organisation_id=self.organisation_id, kind=kind, role_categories=categories,
            facts=services.RequirementFacts(**data), by=self.user, at=self.at,
        )  # fmt: skip

    def get_success_url(self) -> str:
        return reverse("checks:requirement_list")


class _AboutRequirement(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.requirements_visible_to(self.user, today=self.today)
        self.requirement = get_object_or_404(visible, pk=kwargs["requirement_id"])

    def get_success_url(self) -> str:
        return reverse("checks:requirement_list")


class RequirementEditView(_AboutRequirement, RuleFormView):
    """Change how a check is asked for."""

    form_class = forms.RequirementEditForm
    template_name = "checks/requirement_edit.html"
    success_message = "Required check changed"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.requirement, name) for name in ("renewal_months", "dbs_level", "dbs_reason")}

    def perform(self, data: dict[str, Any]) -> Any:
        facts = services.RequirementFacts(**data)
        return services.change_requirement(requirement_id=self.requirement.pk, facts=facts, by=self.user, at=self.at)


class RequirementRemoveView(_AboutRequirement, RuleFormView):
    """Ask for a check no longer."""

    template_name = "checks/requirement_remove.html"
    success_message = "Required check removed"

    def perform(self, data: dict[str, Any]) -> Any:
        services.remove_requirement(requirement_id=self.requirement.pk, by=self.user, at=self.at)


# --- what came of it --------------------------------------------------------------------------
class CheckListView(_ForManagers, ScopedListView):
    """The checks of the current organisation's partners."""

    template_name = "checks/check_list.html"
    context_object_name = "checks"
    export_name = "checks"
    export_columns = (
        "Partner", "Check", "DBS level", "Why the role may be checked", "Outcome", "Asked for on", "Done on",
        "Reference", "Counts until", "Seen by", "Programme lead",
    )  # fmt: skip

    def get_queryset(self) -> Any:
        self.form = forms.CheckListForm(self.request.GET or None)
        shown = self.form.cleaned_data["shown"] if self.form.is_valid() else ""
        return queries.checks_found(self.user, self.organisation_id, today=self.today, shown=shown)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"filters": self.form, "today": self.today}

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.partner.user.name, row.get_kind_display(), row.get_dbs_level_display(), row.get_dbs_reason_display(),
            row.get_outcome_display(), row.asked_at, row.done_on, row.reference, row.expires_on,
            row.seen_by.name if row.seen_by else "", row.partner.lead.name,
        )  # fmt: skip


class _AboutPartner(Moment):
    """Finds the partner of the address, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        visible = partners.partners_visible_to(self.user, today=self.today)
        self.partner = get_object_or_404(visible, pk=kwargs["partner_id"])


class PartnerDetailView(_AboutPartner, TemplateView):
    """One partner's checks, for the partner to read and for their lead to record."""

    template_name = "checks/partner_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        checks = queries.checks_visible_to(self.user, today=self.today).filter(partner=self.partner)
        current = set(checks.current().values_list("pk", flat=True))
        can_record = permissions.can_record_checks(self.user, self.partner, today=self.today)
        missing = [str(kind.label) for kind, is_missing in queries.kinds_to_ask_for(self.partner) if is_missing]
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "is_own": self.partner.user_id == self.user.pk,
            "today": self.today,
            "checks": [check for check in checks if check.pk in current],
            "earlier": [check for check in checks if check.pk not in current],
            "missing": missing if can_record else [],
            "can_record": can_record,
        }


class CheckCreateView(_AboutPartner, RuleFormView):
    """Ask for checks of a partner, for the first time or again."""

    form_class = forms.CheckCreateForm
    template_name = "checks/check_create.html"
    success_message = "Checks asked for"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_record_checks(self.user, self.partner, today=self.today)
        self.kinds = queries.kinds_to_ask_for(self.partner)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kinds": [(kind.value, kind.label) for kind, _missing in self.kinds]}

    def get_initial(self) -> dict[str, Any]:
        return {"kinds": [kind.value for kind, is_missing in self.kinds if is_missing]}

    def perform(self, data: dict[str, Any]) -> Any:
        services.ask_for_checks(partner_id=self.partner.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("checks:partner_detail", args=[self.partner.pk])


class _AboutCheck(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.checks_visible_to(self.user, today=self.today)
        self.check = get_object_or_404(visible, pk=kwargs["check_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_record_checks(self.user, self.check.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waits = self.check.outcome == CheckOutcome.WAITING
        return super().get_context_data(**kwargs) | {"check": self.check, "waits": waits}

    def get_success_url(self) -> str:
        return reverse("checks:partner_detail", args=[self.check.partner_id])


class CheckRecordView(_AboutCheck, RuleFormView):
    """Record what came of a check that waits."""

    form_class = forms.CheckRecordForm
    template_name = "checks/check_record.html"
    success_message = "Check recorded"

    def get_form_kwargs(self) -> dict[str, Any]:
        organisation_id, person = self.check.partner.organisation_id, self.check.partner.user_id
        staff = queries.staff_who_may_see_papers(organisation_id, today=self.today).exclude(pk=person)
        return super().get_form_kwargs() | {
            "today": self.today,
            "staff": [(str(each.pk), each.name) for each in staff],
        }

    def get_initial(self) -> dict[str, Any]:
        return {"seen_by_id": str(self.user.pk)}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.record_check(check_id=self.check.pk, by=self.user, at=self.at, **data)


class CheckRemoveView(_AboutCheck, RuleFormView):
    """Take off a check that waits and is not required any more."""

    template_name = "checks/check_remove.html"
    success_message = "Check taken off"

    def perform(self, data: dict[str, Any]) -> Any:
        services.remove_check(check_id=self.check.pk, by=self.user, at=self.at)
