"""Pages about the rate card: HTTP to one service or query."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from expenses import permissions, queries, services
from expenses.enums import CardTemplate, LineKind, PaymentBasis, RoleCategory, Vehicle
from expenses.forms import rates as forms
from psp_portal.accounts.current import current_organisation
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.views import RuleFormView


class _AboutCard:
    """Finds the card of the address among those that somebody may see, or answers 404; without one in the address it is
    the current organisation's, and None where it has none yet."""

    request: Any
    card: Any

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.at = timezone.now()
        self.today = local_date(self.at)
        user: Any = request.user
        visible = queries.with_rows(queries.rate_cards_visible_to(user, today=self.today))
        if "card_id" in kwargs:
            self.card = get_object_or_404(visible, pk=kwargs["card_id"])
            self.organisation = self.card.organisation
            return
        current = current_organisation(request)
        may_see = queries.organisations_with_rates_visible_to(user, today=self.today)
        self.organisation = get_object_or_404(may_see, pk=current.pk if current else None)
        self.card = visible.filter(organisation=self.organisation).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "card": self.card,
            "organisation": self.organisation,
        }


class RateCardDetailView(_AboutCard, TemplateView):
    """An organisation's rate card: every row, and where its figures come from."""

    template_name = "expenses/rate_card_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_manage = permissions.can_manage_rates(self.request.user, self.organisation.pk, today=self.today)
        figures = queries.figures_of(self.card, today=self.today) if self.card else None
        return super().get_context_data(**kwargs) | {"can_manage": can_manage, "figures": figures}


class _ManageCard(_AboutCard):
    """Lets in those who may change the card."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_manage_rates(self.request.user, self.organisation.pk, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("expenses:rate_card_detail", args=[self.card.pk])


class _PreviewFirst(_ManageCard):
    """Shows what a change does to five worked examples, and makes it only once that has been seen.

    The form is sent three ways. As typed: the page shows the preview, and keeps what was typed in hidden fields. With
    the preview's mark (``seen``): the change is made, unless the card has become another meanwhile, so that it would
    do something else; then the page shows that. With ``change``: the form is there again, as typed.
    """

    request: HttpRequest

    def preview(self, data: dict[str, Any]) -> services.Preview:
        """Return what the change would do; raise RuleBroken for one that cannot be made."""
        raise NotImplementedError(f"{type(self).__name__} must say what it would do.")

    def form_valid(self, form: Any) -> HttpResponse:
        page: Any = self
        if "change" in self.request.POST:
            return page.render_to_response(page.get_context_data(form=form))
        try:
            shown = self.preview(dict(form.cleaned_data))
        except RuleBroken as broken:
            form.add_error(broken.field if broken.field in form.fields else None, broken.message)
            return page.form_invalid(form)
        seen = self.request.POST.get("seen")
        if seen == shown.mark:
            return super().form_valid(form)
        typed = [(name, value) for name, values in self.request.POST.lists() for value in values]
        context = {"preview": shown, "has_changed": seen is not None, "entered": form.entered()}
        context["typed"] = [pair for pair in typed if pair[0] not in ("csrfmiddlewaretoken", "seen")]
        return page.render_to_response(page.get_context_data(form=form, **context))

    def preview_of(self, change: Any, about: dict[str, Any], seen_from: Any = None) -> services.Preview:
        """Return what a service would do to the card; ``about`` says what the examples are about."""
        return services.preview_change(
            change, card_id=self.card.pk, today=self.today, at=self.at, seen_from=seen_from, about=about
        )


class RateCardCreateView(_PreviewFirst, RuleFormView):
    """Make the current organisation's rate card from a template, having seen each template's figures."""

    form_class = forms.RateCardCreateForm
    template_name = "expenses/rate_card_create.html"
    success_message = "Rate card made. Check each figure before anybody claims."

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.card is not None:
            return redirect("expenses:rate_card_detail", card_id=self.card.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        templates = [
            (template.label, queries.figures_of_template(template, today=self.today)) for template in CardTemplate
        ]
        return super().get_context_data(**kwargs) | {"templates": templates}

    def preview(self, data: dict[str, Any]) -> services.Preview:
        return services.preview_template(data["template"], today=self.today)

    def perform(self, data: dict[str, Any]) -> Any:
        self.card = services.make_rate_card(
            organisation_id=self.organisation.pk, by=self.request.user, at=self.at, **data
        )


class RateCardRulesEditView(_PreviewFirst, RuleFormView):
    """Change the rules of a card that are not dated rows."""

    form_class = forms.RateCardRulesEditForm
    template_name = "expenses/rate_card_rules_edit.html"
    success_message = "Rules changed"

    def get_initial(self) -> dict[str, Any]:
        initial = {name: getattr(self.card, name) for name in self.form_class.base_fields}
        return initial | {
            name: "yes" if getattr(self.card, name) else "no"
            for name in ("first_class_needs_approval", "verifies_first_bank_details")
        }

    def preview(self, data: dict[str, Any]) -> services.Preview:
        return self.preview_of(lambda: self.perform(data), {})

    def perform(self, data: dict[str, Any]) -> Any:
        services.change_rules(card_id=self.card.pk, rules=services.CardRules(**data), by=self.request.user, at=self.at)


# --- new rows -----------------------------------------------------------------------------
class TimeRateChooseView(_ManageCard, RuleFormView):
    """Whose time the new rate is for, and how it is paid: the next page asks for the figures."""

    form_class = forms.TimeRateChooseForm
    template_name = "expenses/time_rate_choose.html"

    def get_initial(self) -> dict[str, Any]:
        return _known(self.request.GET, role_category=RoleCategory, basis=PaymentBasis)

    def perform(self, data: dict[str, Any]) -> Any:
        return data

    def get_success_url(self) -> str:
        query = {name: str(value) for name, value in self.result.items()}
        return reverse("expenses:time_rate_create", args=[self.card.pk], query=query)


class TimeRateCreateView(_PreviewFirst, RuleFormView):
    """A new rate for time; the one in force ends the day before it."""

    form_class = forms.TimeRateCreateForm
    template_name = "expenses/time_rate_create.html"
    success_message = "New rate added"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.chosen = _known(request.GET, role_category=RoleCategory, basis=PaymentBasis)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if len(self.chosen) == 2 else self._choose()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if len(self.chosen) == 2 else self._choose()

    def _choose(self) -> HttpResponse:
        return redirect("expenses:time_rate_choose", card_id=self.card.pk)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"basis": self.chosen["basis"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label = self.chosen["role_category"].label
        live = queries.figures_of(self.card, today=self.today).time.live
        return super().get_context_data(**kwargs) | {
            "role_category": label,
            "basis": self.chosen["basis"].label,
            "rows": [row for row in live if row.what == label],
        }

    def preview(self, data: dict[str, Any]) -> services.Preview:
        about = {"role_category": self.chosen["role_category"]}
        return self.preview_of(lambda: self.perform(data), about, data["valid_from"])

    def perform(self, data: dict[str, Any]) -> Any:
        services.follow_time_rate(
            card_id=self.card.pk,
            role_category=self.chosen["role_category"],
            by=self.request.user,
            at=self.at,
            **data,
        )


class MileageRateCreateView(_PreviewFirst, RuleFormView):
    """A new mileage rate; the one in force ends the day before it."""

    form_class = forms.MileageRateCreateForm
    template_name = "expenses/mileage_rate_create.html"
    success_message = "New mileage rate added"

    def get_initial(self) -> dict[str, Any]:
        return _known(self.request.GET, vehicle=Vehicle)

    def preview(self, data: dict[str, Any]) -> services.Preview:
        return self.preview_of(lambda: self.perform(data), {"vehicle": data["vehicle"]}, data["valid_from"])

    def perform(self, data: dict[str, Any]) -> Any:
        services.follow_mileage_rate(card_id=self.card.pk, by=self.request.user, at=self.at, **data)


class CapCreateView(_PreviewFirst, RuleFormView):
    """A new limit; the one in force ends the day before it."""

    form_class = forms.CapCreateForm
    template_name = "expenses/cap_create.html"
    success_message = "New limit added"

    def get_initial(self) -> dict[str, Any]:
        return _known(self.request.GET, kind=LineKind)

    def preview(self, data: dict[str, Any]) -> services.Preview:
        return self.preview_of(lambda: self.perform(data), {"kind": data["kind"]}, data["valid_from"])

    def perform(self, data: dict[str, Any]) -> Any:
        services.follow_cap(card_id=self.card.pk, by=self.request.user, at=self.at, **data)


# What a row is for, by its field: the examples are about the same.
_ABOUT: dict[str, Any] = {"role_category": RoleCategory, "vehicle": Vehicle, "kind": LineKind}
ONE_DAY = timedelta(days=1)


# --- rows that are there ------------------------------------------------------------------
class _ManageRow(_PreviewFirst):
    """Finds the row of the address on the card, or answers 404. ``relation``: the kind of row, where only one fits."""

    relation = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.row: Any = queries.row_of(self.card, kwargs["row_id"])
        if self.row is None or (self.relation and self.row not in getattr(self.card, self.relation).all()):
            raise Http404

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        figures = queries.figures_of_row(self.card, self.row, today=self.today)
        return super().get_context_data(**kwargs) | {"figures": figures}

    def preview(self, data: dict[str, Any]) -> services.Preview:
        page: Any = self
        about: dict[str, Any] = {
            name: enum(getattr(self.row, name)) for name, enum in _ABOUT.items() if hasattr(self.row, name)
        }
        return self.preview_of(lambda: page.perform(data), about, self.seen_from(data))

    def seen_from(self, data: dict[str, Any]) -> Any:
        """Return the first day that the change touches: the row's own, or the one it is to start on if it is sooner."""
        return min(self.row.valid_from, data.get("valid_from", self.row.valid_from))

    def _row(self) -> dict[str, Any]:
        return {"card_id": self.card.pk, "row_id": self.row.pk, "by": self.request.user, "at": self.at}


class TimeRateEditView(_ManageRow, RuleFormView):
    """Correct a rate for time that no claim has used."""

    form_class = forms.TimeRateEditForm
    template_name = "expenses/time_rate_edit.html"
    success_message = "Rate corrected"
    relation = "time_rates"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"basis": PaymentBasis(self.row.basis)}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in self.form_class.base_fields}

    def perform(self, data: dict[str, Any]) -> Any:
        services.correct_time_rate(**self._row(), **data)


class MileageRateEditView(_ManageRow, RuleFormView):
    """Correct a mileage rate that no claim has used."""

    form_class = forms.MileageRateEditForm
    template_name = "expenses/mileage_rate_edit.html"
    success_message = "Mileage rate corrected"
    relation = "mileage_rates"

    def get_initial(self) -> dict[str, Any]:
        initial = {name: getattr(self.row, name) for name in ("valid_from", "passenger", "source")}
        for place, band in enumerate(self.row.bands.all()):
            initial |= {f"rate_{place}": band.rate, f"up_to_{place}": band.up_to}
        return initial

    def perform(self, data: dict[str, Any]) -> Any:
        services.correct_mileage_rate(**self._row(), **data)


class CapEditView(_ManageRow, RuleFormView):
    """Correct a limit that no claim has used."""

    form_class = forms.CapEditForm
    template_name = "expenses/cap_edit.html"
    success_message = "Limit corrected"
    relation = "caps"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in self.form_class.base_fields}

    def perform(self, data: dict[str, Any]) -> Any:
        services.correct_cap(**self._row(), **data)


class RowCloseView(_ManageRow, RuleFormView):
    """Give a row a last day, with nothing after it."""

    form_class = forms.RowCloseForm
    template_name = "expenses/row_close.html"
    success_message = "Last day set"

    def get_initial(self) -> dict[str, Any]:
        return {"valid_to": self.row.valid_to}

    def seen_from(self, data: dict[str, Any]) -> Any:
        return min(data["valid_to"], self.row.valid_to or data["valid_to"]) + ONE_DAY

    def perform(self, data: dict[str, Any]) -> Any:
        services.close_row(**self._row(), **data)


class RowRemoveView(_ManageRow, RuleFormView):
    """Take out a row that no claim has used."""

    template_name = "expenses/row_remove.html"
    success_message = "Removed"

    def perform(self, data: dict[str, Any]) -> Any:
        services.remove_row(**self._row())


def _known(query: Mapping[str, str], **choices: Any) -> dict[str, Any]:
    """Return those of the address's parameters that are values of their enum."""
    known = {}
    for name, enum in choices.items():
        values = {str(member.value): member for member in enum}
        if query.get(name) in values:
            known[name] = values[query[name]]
    return known
