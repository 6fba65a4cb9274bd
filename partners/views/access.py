"""Pages about access and communication needs: HTTP to one service or query."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView

from partners.enums.access import NeedKind, NeedStatus, Sharing
from partners.forms import access as forms
from partners.permissions import access as permissions
from partners.queries import access as queries
from partners.services import access as services
from psp_portal.accounts.current import current_organisation_id
from psp_portal.views import Moment, RuleFormView, ScopedListView


# --- a partner's page -------------------------------------------------------------------------
class _AboutPartner(Moment):
    """Finds the partner of the address, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        open_to = queries.partners_with_needs_page_for(self.user, today=self.today)
        self.partner = get_object_or_404(open_to, pk=kwargs["partner_id"])
        self.is_own = self.partner.user_id == self.user.pk

    def get_success_url(self) -> str:
        return reverse("access:needs_detail", args=[self.partner.pk])


class NeedsDetailView(_AboutPartner, TemplateView):
    """What a partner needs, for those who may know; each reading is noted, and the partner sees by whom."""

    template_name = "access/needs_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        needs = services.read_needs(partner_id=self.partner.pk, by=self.user, at=self.at)
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "is_own": self.is_own,
            "can_keep": permissions.can_keep_needs(self.user, self.partner, today=self.today),
            "identified": [need for need in needs if need.status == NeedStatus.IDENTIFIED],
            "needs": [need for need in needs if need.status == NeedStatus.RECORDED],
            "readings": queries.readings_of(self.partner) if self.is_own else [],
            "today": self.today,
        }


class _KeepingView(_AboutPartner, RuleFormView):
    """Writes down what a partner needs; ``?mentioned=`` names what was only mentioned until now."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_keep_needs(self.user, self.partner, today=self.today)
        self.mentioned = self.find_mentioned(request.GET.get("mentioned", ""))
        self.query = f"?mentioned={self.mentioned.pk}" if self.mentioned else ""
        return super().dispatch(request, *args, **kwargs)

    def find_mentioned(self, key: str) -> Any:
        if not key:
            return None
        try:
            pk = UUID(key)
        except ValueError:
            raise Http404("No such need.") from None
        need = get_object_or_404(queries.needs_of(self.user, self.partner, today=self.today), pk=pk)
        if self.request.method == "GET":
            services.note_reading(need, by=self.user, at=self.at)
        return need


class NeedKindChooseView(_KeepingView):
    """What is needed? The first of two pages."""

    form_class = forms.NeedKindChooseForm
    template_name = "access/need_kind_choose.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"name": "" if self.is_own else self.partner.user.name}

    def perform(self, data: dict[str, Any]) -> str:
        return data["kind"]

    def get_success_url(self) -> str:
        return reverse("access:need_create", args=[self.partner.pk, self.result]) + self.query


class NeedCreateView(_KeepingView):
    """The details, then it is kept; a partner is asked next who may know."""

    form_class = forms.NeedCreateForm
    template_name = "access/need_create.html"
    success_message = "Written down"

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        if kwargs["kind"] not in NeedKind:
            raise Http404("No such kind of need.")
        self.kind = NeedKind(kwargs["kind"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.kind}

    def get_initial(self) -> dict[str, Any]:
        return {"detail": self.mentioned.detail} if self.mentioned else {}

    def perform(self, data: dict[str, Any]) -> Any:
        identified_id = self.mentioned.pk if self.mentioned else None
        return services.record_need(
            partner_id=self.partner.pk, kind=self.kind, identified_id=identified_id, by=self.user, at=self.at, **data
        )

    def get_success_url(self) -> str:
        return reverse("access:sharing_edit", args=[self.result.pk]) if self.is_own else super().get_success_url()


class NeedsReviewView(_AboutPartner, RuleFormView):
    """What is written down is still right."""

    template_name = "access/needs_review.html"
    success_message = "Thank you. We will ask again when it is time"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_keep_needs(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        needs = services.read_needs(partner_id=self.partner.pk, by=self.user, at=self.at)
        written = [need for need in needs if need.status == NeedStatus.RECORDED]
        return super().get_context_data(**kwargs) | {"needs": written}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.review_needs(partner_id=self.partner.pk, by=self.user, at=self.at)


# --- one need -----------------------------------------------------------------------------------
class _AboutNeed(Moment, RuleFormView):
    """Finds the need of the address among those that somebody may know of, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        visible = queries.needs_visible_to(self.user, today=self.today)
        self.need = get_object_or_404(visible, pk=kwargs["need_id"])
        self.is_own = self.need.partner.user_id == self.user.pk
        # Each of these pages tells what is needed.
        if self.request.method == "GET":
            services.note_reading(self.need, by=self.user, at=self.at)

    def get_success_url(self) -> str:
        return reverse("access:needs_detail", args=[self.need.partner_id])


class _KeepingNeed(_AboutNeed):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_keep_needs(self.user, self.need.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class NeedEditView(_KeepingNeed):
    """Change the details."""

    form_class = forms.NeedEditForm
    template_name = "access/need_edit.html"
    success_message = "Changed"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.need.status == NeedStatus.IDENTIFIED:
            first = reverse("access:need_kind_choose", args=[self.need.partner_id])
            return redirect(f"{first}?mentioned={self.need.pk}")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.need.kind}

    def get_initial(self) -> dict[str, Any]:
        return {"detail": self.need.detail, "point_size": self.need.point_size}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_need(need_id=self.need.pk, by=self.user, at=self.at, **data)


class NeedEndView(_KeepingNeed):
    """It is no longer needed."""

    template_name = "access/need_end.html"
    success_message = "Removed"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.end_need(need_id=self.need.pk, by=self.user, at=self.at)


class _OwnNeed(_AboutNeed):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_is_own(self.user, self.need.partner)
        return super().dispatch(request, *args, **kwargs)


class NeedConfirmView(_OwnNeed):
    """Is what the lead wrote down right? Then who may know; else it is changed."""

    form_class = forms.NeedConfirmForm
    template_name = "access/need_confirm.html"

    def perform(self, data: dict[str, Any]) -> bool:
        if data["is_right"]:
            services.confirm_need(need_id=self.need.pk, by=self.user, at=self.at)
        return data["is_right"]

    def get_success_url(self) -> str:
        return reverse("access:sharing_edit" if self.result else "access:need_edit", args=[self.need.pk])


class SharingEditView(_OwnNeed):
    """Who may know?"""

    form_class = forms.SharingEditForm
    template_name = "access/sharing_edit.html"
    success_message = "Saved"

    def get_initial(self) -> dict[str, Any]:
        return {"sharing": self.need.sharing}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.share_need(need_id=self.need.pk, sharing=Sharing(data["sharing"]), by=self.user, at=self.at)


class MetRecordView(_AboutNeed):
    """Was it in place?"""

    form_class = forms.MetRecordForm
    template_name = "access/met_record.html"
    success_message = "Noted"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.record_met(need_id=self.need.pk, by=self.user, at=self.at, **data)


# --- for leads ----------------------------------------------------------------------------------
class _ForLeads(Moment):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_manage_access(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class ReviewListView(_ForLeads, ScopedListView):
    """The partners somebody looks after whose needs are to be written down or gone through; nothing of the needs."""

    template_name = "access/review_list.html"
    context_object_name = "partners"
    export_name = "access-needs-to-review"
    export_columns = ("Partner", "Mentioned, not yet written down", "Go through by")

    def get_queryset(self) -> Any:
        return queries.to_review_by(self.user, today=self.today).filter(organisation=self.organisation_id)

    def export_row(self, row: Any) -> Sequence[object]:
        return row.user.name, row.to_write_down, row.review_due_on

    def exported(self, rows: Sequence[Any]) -> None:
        services.note_export(rows, by=self.user, at=self.at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"today": self.today}


class SettingsEditView(_ForLeads, RuleFormView):
    """After how many months needs are gone through again."""

    form_class = forms.SettingsEditForm
    template_name = "access/settings_edit.html"
    success_message = "Saved"

    def get_initial(self) -> dict[str, Any]:
        return {"review_months": queries.settings_of(self.organisation_id).review_months}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_access_settings(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("access:review_list")
