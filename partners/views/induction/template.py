"""The template of an organisation: what every new partner's list is made from."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from partners.enums.induction import ItemMove
from partners.forms import induction as forms
from partners.permissions import induction as permissions
from partners.queries import induction as queries
from partners.services import induction as services
from partners.views.induction.beginnings import ForManagers
from psp_portal.views import Moment, RuleFormView


class _BackToTemplate:
    def get_success_url(self) -> str:
        return reverse("induction:template_detail")


class TemplateDetailView(ForManagers, TemplateView):
    """The lines of the current organisation's template, in their order."""

    template_name = "induction/template_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        items = list(queries.template_items_of(self.organisation_id))
        return super().get_context_data(**kwargs) | {
            "items": items,
            "has_required": any(item.is_required for item in items),
        }


class TemplateBeginView(ForManagers, _BackToTemplate, RuleFormView):
    """Start from the lines that are offered."""

    template_name = "induction/template_begin.html"
    success_message = "Template added. Change it until it fits"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"lines": services.DEFAULT_LINES}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.add_default_template(organisation_id=self.organisation_id, by=self.user, at=self.at)


class TemplateItemCreateView(ForManagers, _BackToTemplate, RuleFormView):
    """Add a line."""

    form_class = forms.TemplateItemCreateForm
    template_name = "induction/template_item_create.html"
    success_message = "Line added"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"colleagues": _colleagues(self.organisation_id, self.today)}

    def perform(self, data: dict[str, Any]) -> Any:
        line = services.Line(**data)
        return services.add_template_item(organisation_id=self.organisation_id, line=line, by=self.user, at=self.at)


class _AboutItem(_BackToTemplate, Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.template_items_visible_to(self.user, today=self.today)
        self.item = get_object_or_404(visible, pk=kwargs["template_item_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_manage_inductions(self.user, self.item.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class TemplateItemEditView(_AboutItem, RuleFormView):
    """Change a line."""

    form_class = forms.TemplateItemEditForm
    template_name = "induction/template_item_edit.html"
    success_message = "Line changed"

    def get_form_kwargs(self) -> dict[str, Any]:
        colleagues = dict(_colleagues(self.item.organisation_id, self.today))
        if self.item.colleague:
            # Whoever is named stays to be seen, though they may have gone: saving then says so.
            colleagues.setdefault(str(self.item.colleague_id), self.item.colleague.name)
        return super().get_form_kwargs() | {"colleagues": list(colleagues.items())}

    def get_initial(self) -> dict[str, Any]:
        names = services.Line.__dataclass_fields__
        return {name: getattr(self.item, name) for name in names} | {
            "is_required": "yes" if self.item.is_required else "no",
            "colleague_id": str(self.item.colleague_id or ""),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        line = services.Line(**data)
        return services.change_template_item(item_id=self.item.pk, line=line, by=self.user, at=self.at)


class TemplateItemMoveView(_AboutItem, View):
    """Let a line change places with the one above or below."""

    http_method_names = ["post"]

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        if kwargs["move"] not in ItemMove.values:
            raise Http404("A line goes up or down.")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        services.move_template_item(item_id=self.item.pk, move=ItemMove(kwargs["move"]), by=self.user, at=self.at)
        return redirect(f"{self.get_success_url()}#line-{self.item.pk}")


class TemplateItemRemoveView(_AboutItem, RuleFormView):
    """Take a line out."""

    template_name = "induction/template_item_remove.html"
    success_message = "Line removed"

    def perform(self, data: dict[str, Any]) -> Any:
        services.remove_template_item(item_id=self.item.pk, by=self.user, at=self.at)


def _colleagues(organisation_id: Any, today: Any) -> list[tuple[str, str]]:
    return [(str(person.pk), person.name) for person in queries.colleagues_of(organisation_id, today=today)]
