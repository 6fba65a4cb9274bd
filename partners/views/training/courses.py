"""The catalogue of an organisation, its own times, and what trusts offer each other."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from partners.forms import training as forms
from partners.permissions import training as permissions
from partners.queries import training as queries
from partners.services import training as services
from partners.views.training.beginnings import ForManagers
from psp_portal.views import Moment, RuleFormView, ScopedListView


class CourseListView(ForManagers, ScopedListView):
    """The current organisation's courses by name, closed ones last."""

    template_name = "training/course_list.html"
    context_object_name = "courses"
    export_name = "courses"
    export_columns = (
        "Course", "Level", "Provider", "Minutes", "Renewal in months", "Required of", "In the Network's directory",
        "Closed on",
    )  # fmt: skip

    def get_queryset(self) -> Any:
        visible = queries.courses_visible_to(self.user, today=self.today)
        return visible.filter(organisation=self.organisation_id)

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.title, row.get_level_display() if row.level else "", row.provider, row.minutes, row.renewal_months,
            row.required_words, "Yes" if row.is_published else "No", row.closed_on,
        )  # fmt: skip


class CourseCreateView(ForManagers, RuleFormView):
    """Put a course in the catalogue."""

    form_class = forms.CourseCreateForm
    template_name = "training/course_create.html"
    success_message = "Course added"

    def perform(self, data: dict[str, Any]) -> Any:
        facts = services.CourseFacts(**data)
        return services.create_course(organisation_id=self.organisation_id, facts=facts, by=self.user, at=self.at)

    def get_success_url(self) -> str:
        return reverse("training:course_list")


class _AboutCourse(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.courses_visible_to(self.user, today=self.today)
        self.course = get_object_or_404(visible, pk=kwargs["course_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_manage_training(self.user, self.course.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("training:course_list")


class CourseEditView(_AboutCourse, RuleFormView):
    """Change a course."""

    form_class = forms.CourseEditForm
    template_name = "training/course_edit.html"
    success_message = "Course changed"

    def get_initial(self) -> dict[str, Any]:
        names = services.CourseFacts.__dataclass_fields__
        return {name: getattr(self.course, name) for name in names} | {
            "is_published": "yes" if self.course.is_published else "no"
        }

    def perform(self, data: dict[str, Any]) -> Any:
        facts = services.CourseFacts(**data)
        return services.change_course(course_id=self.course.pk, facts=facts, by=self.user, at=self.at)


class CourseCloseView(_AboutCourse, RuleFormView):
    """Take a course out of the catalogue."""

    template_name = "training/course_close.html"
    success_message = "Course closed"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.close_course(course_id=self.course.pk, by=self.user, at=self.at)


class SettingsEditView(ForManagers, RuleFormView):
    """Set the organisation's own times."""

    form_class = forms.SettingsEditForm
    template_name = "training/settings_edit.html"
    success_message = "Settings saved"

    def get_initial(self) -> dict[str, Any]:
        times = queries.settings_of(self.organisation_id)
        return {"first_due_days": times.first_due_days, "answer_working_days": times.answer_working_days}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_training_settings(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("training:course_list")


# --- across trusts ----------------------------------------------------------------------------
class DirectoryListView(Moment, ScopedListView):
    """What trusts offer, for anybody who is a partner."""

    template_name = "training/directory_list.html"
    context_object_name = "offers"
    export_name = "training directory"
    export_columns = ("Course", "Level", "Provider", "Minutes", "Organisation")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_read_directory(self.user, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return queries.directory()

    def export_row(self, row: Any) -> Sequence[object]:
        return tuple(asdict(row).values())
