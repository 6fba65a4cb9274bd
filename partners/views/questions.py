"""Pages about questions: HTTP to one service or query."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners import queries as partners
from partners.enums.questions import AskedRole, QuestionAction, QuestionStatus
from partners.forms import questions as forms
from partners.permissions import questions as permissions
from partners.queries import questions as queries
from partners.services import questions as services
from psp_portal.accounts.current import current_organisation_id
from psp_portal.dates import local_date
from psp_portal.views import Moment, RuleFormView, ScopedListView


def with_age(question: Any, today: date) -> dict[str, Any]:
    """Return a question with how many days it has waited, while it does, and whether it is late."""
    waits = question.status == QuestionStatus.WAITING
    return {
        "question": question,
        "days": (today - local_date(question.asked_at)).days if waits else None,
        "is_late": waits and question.due_on < today,
    }


# --- lists ----------------------------------------------------------------------------------
class OwnListView(Moment, ScopedListView):
    """What somebody has asked, with who has each, and how they are answered."""

    template_name = "questions/own_list.html"
    context_object_name = "questions"
    export_name = "my questions"
    export_columns = ("About", "Organisation", "Asked of", "Asked on", "Status", "With", "Due on", "Answered on")

    def get_queryset(self) -> Any:
        return queries.own_questions(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "rows": [with_age(question, self.today) for question in context["page_obj"]],
            "figures": queries.figures_of(queries.own_questions(self.user)),
            "appointments": queries.appointments_to_ask(self.user),
        }

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.subject, row.organisation.name, row.get_to_role_display(), local_date(row.asked_at),
            row.get_status_display(), row.owner.get_full_name(), row.due_on,
            local_date(row.answered_at) if row.answered_at else None,
        )  # fmt: skip


class QuestionListView(Moment, ScopedListView):
    """The questions at the current organisation, the oldest first; words only where they are the reader's."""

    template_name = "questions/question_list.html"
    context_object_name = "questions"
    export_name = "questions"
    export_columns = (
        "Partner", "About", "Asked of", "Asked on", "Status", "With", "Since", "Due on", "Days waiting", "Answered on",
        "Working days to first answer",
    )  # fmt: skip

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_list_questions(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        self.form = forms.QuestionListForm(self.request.GET or None)
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        return queries.found(
            queries.questions_counted_for(self.user, self.organisation_id, today=self.today),
            status=chosen.get("status", ""),
            to_role=chosen.get("to_role", ""),
            owner=self.user.pk if chosen.get("mine") else None,
            answered=chosen.get("answered", ""),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "rows": [with_age(question, self.today) for question in context["page_obj"]],
            "filters": self.form,
            "can_manage": permissions.can_manage_questions(self.user, self.organisation_id, today=self.today),
        }

    def export_row(self, row: Any) -> Sequence[object]:
        aged = with_age(row, self.today)
        words = (row.asker.get_full_name(), row.subject) if row.is_readable else ("A partner", "Not for you to read")
        return (
            *words, row.get_to_role_display(), local_date(row.asked_at), row.get_status_display(),
            row.owner.get_full_name(), local_date(row.owned_since), row.due_on, aged["days"],
            local_date(row.answered_at) if row.answered_at else None, row.first_answer_days,
        )  # fmt: skip


# --- asking ---------------------------------------------------------------------------------
class QuestionCreateView(Moment, RuleFormView):
    """Ask a role something."""

    form_class = forms.QuestionCreateForm
    template_name = "questions/question_create.html"
    success_message = "Question sent"

    def find(self, **kwargs: Any) -> None:
        visible = partners.partners_visible_to(self.user, today=self.today)
        self.partner = get_object_or_404(visible, pk=kwargs["partner_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_ask(self.user, self.partner)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        roles = queries.roles_to_ask(self.partner.organisation_id, asker_id=self.user.pk, today=self.today)
        return super().get_form_kwargs() | {"roles": roles}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.ask_question(
            partner_id=self.partner.pk,
            to_role=AskedRole(data["to_role"]),
            subject=data["subject"],
            text=data["text"],
            by=self.user,
            at=self.at,
        )

    def get_success_url(self) -> str:
        return reverse("questions:question_detail", args=[self.result.pk])


# --- one question -----------------------------------------------------------------------------
class _AboutQuestion(Moment):
    action: QuestionAction | None = None

    def find(self, **kwargs: Any) -> None:
        visible = queries.questions_visible_to(self.user, today=self.today)
        self.question = get_object_or_404(visible, pk=kwargs["question_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.action:
            permissions.check_can_act_on_question(self.user, self.question, self.action, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("questions:question_detail", args=[self.question.pk])

    def told(self) -> dict[str, Any]:
        """Return whose question it is, by whom it is done, and when."""
        return {"question_id": self.question.pk, "by": self.user, "at": self.at}


class QuestionDetailView(_AboutQuestion, TemplateView):
    """One question: who has it since when, what happens next, and everything that was written."""

    template_name = "questions/question_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return (
            super().get_context_data(**kwargs)
            | with_age(self.question, self.today)
            | {
                "is_own": self.question.asker_id == self.user.pk,
                "story": queries.story_of(self.question),
                "next_step": queries.next_step_of(self.question, today=self.today),
                "actions": permissions.actions_open_to(self.user, self.question, today=self.today),
            }
        )


class AdditionCreateView(_AboutQuestion, RuleFormView):
    """Write more while it waits."""

    action = QuestionAction.ADD
    form_class = forms.AdditionCreateForm
    template_name = "questions/addition_create.html"
    success_message = "Added to your question"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.add_to_question(**self.told(), **data)


class QuestionCloseView(_AboutQuestion, RuleFormView):
    """Say that it is settled."""

    action = QuestionAction.CLOSE
    template_name = "questions/question_close.html"
    success_message = "Question closed"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.close_question(**self.told())


class QuestionReopenView(_AboutQuestion, RuleFormView):
    """Say that it is not answered."""

    action = QuestionAction.REOPEN
    form_class = forms.QuestionReopenForm
    template_name = "questions/question_reopen.html"
    success_message = "Your question waits for an answer again"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.reopen_question(**self.told(), **data)


class ReplyCreateView(_AboutQuestion, RuleFormView):
    """Write to the asker."""

    action = QuestionAction.REPLY
    form_class = forms.ReplyCreateForm
    template_name = "questions/reply_create.html"
    success_message = "Reply sent"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.reply_to_question(**self.told(), **data)


class QuestionPassView(_AboutQuestion, RuleFormView):
    """Hand it over to somebody else, who may then be the only one of the two to read it."""

    action = QuestionAction.HAND_OVER
    form_class = forms.QuestionPassForm
    template_name = "questions/question_pass.html"
    success_message = "Question handed over"

    def get_form_kwargs(self) -> dict[str, Any]:
        people = queries.people_to_pass_to(self.question, today=self.today)
        return super().get_form_kwargs() | {"people": people}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.hand_over_question(**self.told(), **data)

    def get_success_url(self) -> str:
        # Whoever gave it away may not read it any more.
        return reverse("questions:question_list")


class NoReplyCreateView(_AboutQuestion, RuleFormView):
    """Say that it needs no reply."""

    action = QuestionAction.NO_REPLY
    form_class = forms.NoReplyCreateForm
    template_name = "questions/no_reply_create.html"
    success_message = "The partner has been told"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.say_no_reply_needed(**self.told(), **data)


# --- times ----------------------------------------------------------------------------------
class SettingsEditView(Moment, RuleFormView):
    """Set the organisation's own times."""

    form_class = forms.SettingsEditForm
    template_name = "questions/settings_edit.html"
    success_message = "Settings saved"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_manage_questions(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        times = queries.times_of(self.organisation_id)
        return {name: getattr(times, name) for name in forms.SettingsEditForm.base_fields}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_question_settings(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("questions:question_list")
