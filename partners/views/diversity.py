"""Pages of equality monitoring: HTTP to one service or query.

Whoever answers comes to a page of their own. No page shows an answer to anybody else.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from partners.enums.diversity import DiversityStage
from partners.forms import diversity as forms
from partners.permissions import diversity as permissions
from partners.policies import diversity as policies
from partners.queries import diversity as queries
from partners.queries.recruitment import application_with
from partners.services import diversity as services
from partners.services.recruitment import APPLICANT
from psp_portal.accounts import current
from psp_portal.views import Moment, RuleFormView, ScopedListView

# What somebody says here stands in no report of an error and in no cache.
unseen = method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")


# --- whoever answers --------------------------------------------------------------------------
class _ByLink(Moment):
    """Finds the application that the key in the address opens; 404 for an unknown key."""

    def find(self, **kwargs: Any) -> None:
        self.token = kwargs["token"]
        self.application = application_with(self.token)
        if self.application is None:
            raise Http404("This link is not right.")
        self.organisation = self.application.vacancy.organisation
        self.subject_id = self.application.pk
        self.may_answer = policies.can_be_asked(self.application.status)
        self.back_url = reverse("recruitment:progress_detail", args=[self.token])
        self.withdraw_url = reverse("diversity:answers_withdraw", args=[self.token])

    def get_success_url(self) -> str:
        return self.back_url


class _Own(Moment):
    """Finds the partner's own appointment; 404 for everybody else's."""

    def find(self, **kwargs: Any) -> None:
        self.partner = get_object_or_404(queries.own_appointments(self.user), pk=kwargs["partner_id"])
        self.organisation = self.partner.organisation
        self.subject_id = queries.subject_of(self.partner)
        self.may_answer = True
        self.back_url = reverse("partners:partner_detail", args=[self.partner.pk])
        self.withdraw_url = reverse("diversity:own_answers_withdraw", args=[self.partner.pk])

    def get_success_url(self) -> str:
        return self.back_url


class _Answers(RuleFormView):
    """The questions with what was answered before."""

    success_message = "Your answers are saved. You can come back and change or withdraw them"

    organisation: Any
    subject_id: UUID
    may_answer: bool
    back_url: str
    withdraw_url: str

    @cached_property
    def questions(self) -> Sequence[policies.Question]:
        """What is asked of them."""
        return queries.questions_asked(self.organisation.pk) if self.may_answer else ()

    @cached_property
    def held(self) -> dict[str, str]:
        """What was answered before, by question."""
        answers = queries.answers_under(self.organisation.pk, self.subject_id)
        return dict(answers.values_list("question", "choice"))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"questions": self.questions}

    def get_initial(self) -> dict[str, Any]:
        return self.held

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "organisation": self.organisation,
            "is_asked": bool(self.questions),
            "has_answered": bool(self.held),
            "back_url": self.back_url,
            "withdraw_url": self.withdraw_url,
        }


class _Withdraw(RuleFormView):
    """Withdraw all answers."""

    back_url: str

    success_message = "Your answers are withdrawn. We have deleted them"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"back_url": self.back_url}


@method_decorator(login_not_required, name="dispatch")
@unseen
class AnswersEditView(_ByLink, _Answers):
    """An applicant's questions, by their own link."""

    form_class = forms.AnswersEditForm
    template_name = "diversity/answers_edit.html"

    def perform(self, data: dict[str, Any]) -> Any:
        services.answer_as_applicant(application_id=self.subject_id, by=APPLICANT, at=self.at, **data)


@method_decorator(login_not_required, name="dispatch")
@unseen
class AnswersWithdrawView(_ByLink, _Withdraw):
    """An applicant withdraws their answers."""

    template_name = "diversity/answers_withdraw.html"

    def perform(self, data: dict[str, Any]) -> Any:
        services.withdraw_as_applicant(application_id=self.subject_id, by=APPLICANT, at=self.at)


@unseen
class OwnAnswersEditView(_Own, _Answers):
    """A partner's own questions."""

    form_class = forms.OwnAnswersEditForm
    template_name = "diversity/own_answers_edit.html"

    def perform(self, data: dict[str, Any]) -> Any:
        services.answer_as_partner(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


@unseen
class OwnAnswersWithdrawView(_Own, _Withdraw):
    """A partner withdraws their answers."""

    template_name = "diversity/own_answers_withdraw.html"

    def perform(self, data: dict[str, Any]) -> Any:
        services.withdraw_as_partner(partner_id=self.partner.pk, by=self.user, at=self.at)


# --- those who run the programme --------------------------------------------------------------
class SettingsEditView(Moment, RuleFormView):
    """Whether the questions are asked; all of them are shown, with where each comes from."""

    form_class = forms.SettingsEditForm
    template_name = "diversity/settings_edit.html"
    success_message = "Saved"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current.current_organisation_id(request)
        permissions.check_can_decide_asking(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        held = queries.settings_of(self.organisation_id)
        return {"is_asked": "yes" if held.is_asked else "no"} if held else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        questions = policies.QUESTION_SETS[policies.newest_version()]
        return super().get_context_data(**kwargs) | {"questions": questions, "unsourced": policies.UNSOURCED}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.decide_asking(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("diversity:total_list")


class TotalListView(Moment, ScopedListView):
    """The tables of totals, as they were printed at the end of each quarter."""

    template_name = "diversity/total_list.html"
    context_object_name = "rows"
    # A table is read whole: it is short, and its totals say nothing on another page.
    paginate_by = None
    export_name = "equality-totals"
    export_columns = ("Quarter", "Set of questions", "Question", "Answer", *DiversityStage.labels, "All")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation: Any = current.current_organisation(request)
        organisation_id = self.organisation.pk if self.organisation else None
        permissions.check_can_see_totals(self.user, organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        visible = queries.totals_visible_to(self.user, today=self.today).filter(organisation=self.organisation)
        quarters = queries.quarters_of(visible)
        self.form = forms.TotalListForm(self.request.GET or None, quarters=quarters)
        chosen = self.form.cleaned_data.get("quarter") if self.form.is_valid() else None
        return queries.rows_of(visible.filter(quarter=chosen) if chosen else visible)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.object_list
        return super().get_context_data(**kwargs) | {
            "filters": self.form,
            "tables": [
                (f"{question} {policies.quarter_words(quarter)}, question set {version}", list(members))
                for (quarter, version, question), members in groupby(
                    rows, key=lambda row: (row.quarter, row.version, row.question)
                )
            ],
            "may_decide": permissions.can_decide_asking(self.user, self.organisation.pk, today=self.today),
            "is_asked": queries.version_asked(self.organisation.pk) is not None,
        }

    def export_row(self, row: Any) -> Sequence[object]:
        counts = ("Left out" if count is None else count for count in (*row.counts, row.total))
        return (policies.quarter_words(row.quarter), row.version, row.question, row.label, *counts)

    def exported(self, rows: Sequence[Any]) -> None:
        services.note_export(
            organisation_id=self.organisation.pk, organisation_name=self.organisation.name, by=self.user, at=self.at
        )
