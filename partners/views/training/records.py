"""Who has done what, and who needs what."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners.forms import training as forms
from partners.permissions import training as permissions
from partners.queries import training as queries
from partners.services import training as services
from partners.views.training.beginnings import AboutPartner, ForManagers, with_age
from psp_portal.views import Moment, RuleFormView, ScopedListView


class NeedListView(ForManagers, ScopedListView):
    """Who lacks or soon loses which training."""

    template_name = "training/need_list.html"
    context_object_name = "rows"
    export_name = "training"
    export_columns = ("Partner", "Course", "State", "By", "Last done on", "Reference", "Programme lead")

    def get_queryset(self) -> Any:
        courses = queries.open_courses_of(self.organisation_id)
        self.form = forms.NeedListForm(
            self.request.GET or None, courses=[(str(course.pk), course.title) for course in courses]
        )
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        return queries.needs_visible_to(
            self.user,
            self.organisation_id,
            today=self.today,
            state=chosen.get("state", ""),
            course_id=chosen.get("course"),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"filters": self.form}

    def export_row(self, row: Any) -> Sequence[object]:
        latest = row.latest
        return (
            row.partner.user.name, row.course.title, row.state.label, row.by, latest.done_on if latest else None,
            latest.reference if latest else "", row.partner.lead.name,
        )  # fmt: skip


class SessionRecordView(ForManagers, RuleFormView):
    """Record who was at a session, all in one go."""

    form_class = forms.SessionRecordForm
    template_name = "training/session_record.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        self.courses = {course.pk: course for course in queries.open_courses_of(self.organisation_id)}
        there = queries.partners_to_record(self.organisation_id).exclude(user=self.user)
        return super().get_form_kwargs() | {
            "today": self.today,
            "courses": [(str(course.pk), course.title) for course in self.courses.values()],
            "partners": [(str(partner.pk), partner.user.name) for partner in there],
        }

    def get_initial(self) -> dict[str, Any]:
        return {"course_id": self.request.GET.get("course", "")}

    def perform(self, data: dict[str, Any]) -> Any:
        data["minutes"] = data["minutes"] or self.courses[data["course_id"]].minutes
        recorded = services.record_session(by=self.user, at=self.at, **data)
        count = len(recorded.records)
        messages.success(self.request, f"Recorded for {count} partner{'' if count == 1 else 's'}")
        if recorded.had_it:
            names = ", ".join(partner.user.name for partner in recorded.had_it)
            messages.info(self.request, f"Left out, because it was recorded for that day already: {names}")
        return recorded

    def get_success_url(self) -> str:
        return reverse("training:need_list")


class TrainingDetailView(AboutPartner, TemplateView):
    """One partner's training and what they have asked for, for the partner and for their lead."""

    template_name = "training/training_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner, user, today = self.partner, self.user, self.today
        requests = queries.requests_visible_to(user, today=today).filter(partner=partner)
        return super().get_context_data(**kwargs) | {
            "partner": partner,
            "today": today,
            "is_own": partner.user_id == user.pk,
            "standings": queries.standings_of([partner], today=today),
            "records": queries.trainings_visible_to(user, today=today).filter(partner=partner),
            "requests": [with_age(request, today) for request in requests],
            "can_ask": permissions.can_ask(user, partner),
            "can_remove": permissions.can_remove_training(user, partner, today=today),
        }


class TrainingRemoveView(Moment, RuleFormView):
    """Take out a training that was recorded by mistake."""

    template_name = "training/training_remove.html"
    success_message = "Training removed"

    def find(self, **kwargs: Any) -> None:
        visible = queries.trainings_visible_to(self.user, today=self.today)
        self.record = get_object_or_404(visible, pk=kwargs["record_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_remove_training(self.user, self.record.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        services.remove_training(record_id=self.record.pk, by=self.user, at=self.at)

    def get_success_url(self) -> str:
        return reverse("training:training_detail", args=[self.record.partner_id])
