"""Pages on which staff prepare a vacancy, its channels and criteria, the letters and the settings."""

import io
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView, View

from partners.enums.recruitment import LetterKind, Stage
from partners.forms.recruitment import vacancies as forms
from partners.permissions import recruitment as permissions
from partners.policies.recruitment.applications import ChannelRates, rates_over_all
from partners.queries import recruitment as queries
from partners.services import recruitment as services
from psp_portal.accounts.current import current_organisation_id
from psp_portal.views import Moment, RuleFormView, ScopedListView


class _Recruits(Moment):
    """The current organisation, for somebody who recruits there; 403 for anybody else."""

    organisation_id: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id = current_organisation_id(request)
        permissions.check_can_recruit(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class VacancyListView(_Recruits, ScopedListView):
    """The vacancies of the current organisation, the latest first."""

    template_name = "recruitment/vacancy_list.html"
    context_object_name = "vacancies"
    export_name = "vacancies"
    export_columns = ("Role", "Status", "First day", "Last day", "Applications sent in", "Still to decide")

    def get_queryset(self) -> Any:
        visible = queries.vacancies_visible_to(self.user, today=self.today)
        here = visible.filter(organisation=current_organisation_id(self.request))
        return queries.with_counts(here).order_by("-opens_on", "title", "pk")

    def export_row(self, row: Any) -> tuple[object, ...]:
        return (row.title, row.get_status_display(), row.opens_on, row.closes_on, row.sent_in, row.undecided)


class VacancyCreateView(_Recruits, RuleFormView):
    """Write a vacancy down."""

    form_class = forms.VacancyCreateForm
    template_name = "recruitment/vacancy_create.html"
    success_message = "Role saved as a draft"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.create_vacancy(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("recruitment:vacancy_detail", args=[self.result.pk])


class _AboutVacancy(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.vacancies_visible_to(self.user, today=self.today)
        self.vacancy = get_object_or_404(visible, pk=kwargs["vacancy_id"])

    def get_success_url(self) -> str:
        return reverse("recruitment:vacancy_detail", args=[self.vacancy.pk])


class VacancyDetailView(_AboutVacancy, TemplateView):
    """One vacancy, with its channels and criteria."""

    template_name = "recruitment/vacancy_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = public_address(reverse("recruitment:advert_detail", args=[self.vacancy.slug]))
        return super().get_context_data(**kwargs) | {
            "vacancy": self.vacancy,
            "address": page,
            "channels": [
                {"channel": channel, "address": f"{page}?from={channel.code}"}
                for channel in queries.channels_of(self.vacancy)
            ],
            "criteria": queries.criteria_of(self.vacancy),
        }


class VacancyEditView(_AboutVacancy, RuleFormView):
    """Change what a vacancy says."""

    form_class = forms.VacancyEditForm
    template_name = "recruitment/vacancy_edit.html"
    success_message = "Role changed"

    def get_initial(self) -> dict[str, Any]:
        initial = {name: getattr(self.vacancy, name) for name in self.form_class.base_fields}
        answers = {True: "yes", False: "no"}
        return initial | {name: answers[initial[name]] for name in ("is_paid", "hides_names")}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_vacancy(vacancy_id=self.vacancy.pk, by=self.user, at=self.at, **data)


class VacancyOpenView(_AboutVacancy, RuleFormView):
    """Publish a vacancy."""

    template_name = "recruitment/vacancy_open.html"
    success_message = "The public page is open"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.open_vacancy(vacancy_id=self.vacancy.pk, by=self.user, at=self.at)


class VacancyCloseView(_AboutVacancy, RuleFormView):
    """Take no more applications."""

    template_name = "recruitment/vacancy_close.html"
    success_message = "The role takes no more applications"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.close_vacancy(vacancy_id=self.vacancy.pk, by=self.user, at=self.at)


class ChannelCreateView(_AboutVacancy, RuleFormView):
    """Add a way by which people hear of a vacancy."""

    form_class = forms.ChannelCreateForm
    template_name = "recruitment/channel_create.html"
    success_message = "Channel added"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.add_channel(vacancy_id=self.vacancy.pk, by=self.user, at=self.at, **data)


class CriterionCreateView(_AboutVacancy, RuleFormView):
    """Add what applications are measured by."""

    form_class = forms.CriterionCreateForm
    template_name = "recruitment/criterion_create.html"
    success_message = "Criterion added"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.add_criterion(vacancy_id=self.vacancy.pk, by=self.user, at=self.at, **data)


class CriterionRemoveView(Moment, RuleFormView):
    """Remove what applications would be measured by."""

    template_name = "recruitment/criterion_remove.html"
    success_message = "Criterion removed"

    def find(self, **kwargs: Any) -> None:
        visible = queries.criteria_visible_to(self.user, today=self.today)
        self.criterion = get_object_or_404(visible, pk=kwargs["criterion_id"])

    def perform(self, data: dict[str, Any]) -> Any:
        return services.remove_criterion(criterion_id=self.criterion.pk, by=self.user, at=self.at)

    def get_success_url(self) -> str:
        return reverse("recruitment:vacancy_detail", args=[self.criterion.vacancy_id])


class CodeDownloadView(Moment, View):
    """A channel's address as a QR code, an SVG to print."""

    def find(self, **kwargs: Any) -> None:
        visible = queries.channels_visible_to(self.user, today=self.today)
        self.channel = get_object_or_404(visible, pk=kwargs["channel_id"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        page = reverse("recruitment:advert_detail", args=[self.channel.vacancy.slug])
        drawn = io.BytesIO()
        # The highest correction that still reads when a corner of a poster is torn off.
        segno.make(f"{public_address(page)}?from={self.channel.code}", error="q", micro=False).save(
            drawn, kind="svg", scale=8, title=f"QR code: {self.channel.label}", light="#fff"
        )
        return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def public_address(path: str) -> str:
    """Return the whole address of a page, as it stands on paper."""
    return settings.PUBLIC_URL.rstrip("/") + path


# --- letters and settings -------------------------------------------------------------------
class LetterListView(_Recruits, TemplateView):
    """The letters to applicants, each with whose words it has."""

    template_name = "recruitment/letter_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = queries.kinds_of_own_words(self.organisation_id)
        letters = [{"kind": kind, "is_own": kind in own} for kind in LetterKind]
        return super().get_context_data(**kwargs) | {"letters": letters}


class LetterEditView(_Recruits, RuleFormView):
    """The organisation's own words for a letter."""

    form_class = forms.LetterEditForm
    template_name = "recruitment/letter_edit.html"
    success_message = "Letter saved"

    def find(self, **kwargs: Any) -> None:
        if kwargs["kind"] not in LetterKind:
            raise Http404("There is no such letter.")
        self.kind = LetterKind(kwargs["kind"])

    def get_initial(self) -> dict[str, Any]:
        return {"words": queries.letter_words(self.organisation_id, self.kind)}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_letter(
            organisation_id=self.organisation_id, kind=self.kind, by=self.user, at=self.at, **data
        )

    def get_success_url(self) -> str:
        return reverse("recruitment:letter_list")


class SettingsEditView(_Recruits, RuleFormView):
    """How long the organisation takes to answer and keeps applications."""

    form_class = forms.SettingsEditForm
    template_name = "recruitment/settings_edit.html"
    success_message = "Settings saved"

    def get_initial(self) -> dict[str, Any]:
        held = queries.settings_of(self.organisation_id)
        return {name: getattr(held, name) for name in self.form_class.base_fields}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_settings(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("recruitment:vacancy_list")


class RateListView(_Recruits, ScopedListView):
    """How many came how far by each channel: for each vacancy, and over all. Small counts are left out."""

    template_name = "recruitment/rate_list.html"
    context_object_name = "tables"
    paginate_by = None
    export_name = "applications-by-channel"
    export_columns = ("Role", "Channel", *Stage.labels)

    def get_queryset(self) -> Any:
        visible = queries.vacancies_visible_to(self.user, today=self.today)
        here = visible.filter(organisation=self.organisation_id)
        found = queries.rates_of(list(here.order_by("-opens_on", "title", "pk")))
        tables = [(each.vacancy.title, each.rates) for each in found]
        if len(tables) > 1:
            tables.insert(0, ("All roles together", rates_over_all(rates for _title, rates in tables)))
        if self.export_form:
            return [(title, row) for title, rates in tables for row in rates]
        return [(title, [_shown(row) for row in rates]) for title, rates in tables]

    def export_row(self, row: Any) -> tuple[object, ...]:
        title, rates = row
        return (title, rates.label, *("" if rates.reached[stage] is None else rates.reached[stage] for stage in Stage))


def _shown(row: ChannelRates) -> dict[str, Any]:
    return {"label": row.label, "cells": [{"number": row.reached[s], "share": row.share(s)} for s in Stage]}
