"""Pages about training: HTTP to one service or query."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners import queries as partners
from partners.enums.training import DevelopmentKind, RequestAction, RequestStatus
from partners.forms import training as forms
from partners.permissions import training as permissions
from partners.queries import training as queries
from partners.services import training as services
from psp_portal.accounts.current import current_organisation_id
from psp_portal.dates import local_date
from psp_portal.views import Moment, RuleFormView, ScopedListView


class _ForManagers(Moment):
    """A page about the current organisation, for those who keep its training; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_manage_training(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


# --- the catalogue --------------------------------------------------------------------------
class CourseListView(_ForManagers, ScopedListView):
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


class CourseCreateView(_ForManagers, RuleFormView):
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


class SettingsEditView(_ForManagers, RuleFormView):
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


# --- who has done what ----------------------------------------------------------------------
class NeedListView(_ForManagers, ScopedListView):
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


class SessionRecordView(_ForManagers, RuleFormView):
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


class _AboutPartner(Moment):
    """Finds the partner of the address, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        visible = partners.partners_visible_to(self.user, today=self.today)
        self.partner = get_object_or_404(visible, pk=kwargs["partner_id"])


class TrainingDetailView(_AboutPartner, TemplateView):
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
            "requests": [_with_age(request, today) for request in requests],
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


# --- what partners ask for --------------------------------------------------------------------
def _with_age(request: Any, today: Any) -> dict[str, Any]:
    """Return a request with how many days it has waited, while it does."""
    waits = request.status == RequestStatus.ASKED
    return {
        "asked": request,
        "days": (today - local_date(request.asked_at)).days if waits else None,
        "is_late": waits and request.due_on < today,
    }


class RequestListView(Moment, ScopedListView):
    """What the partners of the current organisation whom somebody may see have asked for."""

    template_name = "training/request_list.html"
    context_object_name = "requests"
    export_name = "development requests"
    export_columns = (
        "Partner", "Kind", "What", "Why", "When", "Hours", "Cost in pounds", "Asked on", "Answer due on", "Status",
        "Answered by", "Answered on", "Reason", "Done on",
    )  # fmt: skip

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_list_requests(self.user, current_organisation_id(request), today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        visible = queries.requests_visible_to(self.user, today=self.today)
        here = visible.filter(partner__organisation=current_organisation_id(self.request))
        status = self.request.GET.get("status", "")
        return here.filter(status=status) if status in RequestStatus.values else here

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "rows": [_with_age(request, self.today) for request in context["page_obj"]],
            "statuses": RequestStatus.choices,
            "chosen": self.request.GET.get("status", ""),
        }

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.partner.user.name, row.get_kind_display(), row.what, row.why, row.when, row.hours, row.cost,
            local_date(row.asked_at), row.due_on, row.get_status_display(),
            row.decided_by.name if row.decided_by else "", local_date(row.decided_at) if row.decided_at else None,
            row.reason, row.done_on,
        )  # fmt: skip


class _Asking(_AboutPartner):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_ask(self.user, self.partner)
        return super().dispatch(request, *args, **kwargs)


class RequestKindChooseView(_Asking, RuleFormView):
    """What would you like?"""

    form_class = forms.RequestKindChooseForm
    template_name = "training/request_kind_choose.html"

    def perform(self, data: dict[str, Any]) -> Any:
        return data["kind"]

    def get_success_url(self) -> str:
        return reverse("training:request_create", args=[self.partner.pk, self.result])


class RequestCreateView(_Asking, RuleFormView):
    """What exactly, and why?"""

    form_class = forms.RequestCreateForm
    template_name = "training/request_create.html"
    success_message = "Request sent"

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        if kwargs["kind"] not in DevelopmentKind.values:
            raise Http404("There is no such kind of request.")
        self.kind = DevelopmentKind(kwargs["kind"])

    def perform(self, data: dict[str, Any]) -> Any:
        return services.ask_for_development(
            partner_id=self.partner.pk, kind=self.kind, by=self.user, at=self.at, **data
        )

    def get_success_url(self) -> str:
        return reverse("training:request_detail", args=[self.result.pk])


class _AboutRequest(Moment):
    action: RequestAction | None = None

    def find(self, **kwargs: Any) -> None:
        visible = queries.requests_visible_to(self.user, today=self.today)
        self.development = get_object_or_404(visible, pk=kwargs["request_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.action:
            permissions.check_can_act_on_request(self.user, self.development, self.action, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("training:request_detail", args=[self.development.pk])


class RequestDetailView(_AboutRequest, TemplateView):
    """One request: what, why, where it stands and who has it."""

    template_name = "training/request_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return (
            super().get_context_data(**kwargs)
            | _with_age(self.development, self.today)
            | {
                "is_own": self.development.partner.user_id == self.user.pk,
                "actions": permissions.actions_open_to(self.user, self.development, today=self.today),
            }
        )


class RequestDecideView(_AboutRequest, RuleFormView):
    """Agree, or say why not."""

    action = RequestAction.DECIDE
    form_class = forms.RequestDecideForm
    template_name = "training/request_decide.html"
    success_message = "Answer sent"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.decide_development(request_id=self.development.pk, by=self.user, at=self.at, **data)


class RequestFinishView(_AboutRequest, RuleFormView):
    """Say when it was done."""

    action = RequestAction.FINISH
    form_class = forms.RequestFinishForm
    template_name = "training/request_finish.html"
    success_message = "Recorded as done"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.finish_development(request_id=self.development.pk, by=self.user, at=self.at, **data)


class RequestWithdrawView(_AboutRequest, RuleFormView):
    """Take one's own request back."""

    action = RequestAction.WITHDRAW
    template_name = "training/request_withdraw.html"
    success_message = "Request withdrawn"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.withdraw_development(request_id=self.development.pk, by=self.user, at=self.at)


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
