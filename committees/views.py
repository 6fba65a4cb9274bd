"""Pages about committees, assignments, meetings and attendance: HTTP to one service or query."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from committees import forms, permissions, queries, services
from committees.enums import AttendanceKind
from partners.permissions.capacity import check_can_manage_capacity
from partners.queries.access import access_flags_for
from partners.queries.capacity import away_between, months_from, to_arrange_for
from partners.queries.leaving import paused_on
from psp_portal.accounts.current import current_organisation_id
from psp_portal.dates import local_date
from psp_portal.views import Moment, RuleFormView, ScopedListView


# --- committees ----------------------------------------------------------------------------
class CommitteeListView(Moment, ScopedListView):
    """The committees of the current organisation that somebody may see, by name."""

    template_name = "committees/committee_list.html"
    context_object_name = "committees"
    export_name = "committees"
    export_columns = ("Name", "Kind", "Patient safety", "Partners", "Seats")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_list_committees(self.user, current_organisation_id(request), today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        visible = queries.committees_visible_to(self.user, today=self.today)
        here = visible.filter(organisation=current_organisation_id(self.request))
        return queries.with_places(here, today=self.today).order_by("name", "pk")

    def export_row(self, row: Any) -> Sequence[object]:
        is_safety = "Yes" if row.is_safety_related else "No"
        return row.name, row.get_kind_display(), is_safety, row.filled, row.seats

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_open = permissions.can_manage_committees(self.user, current_organisation_id(self.request), today=self.today)
        return super().get_context_data(**kwargs) | {"can_open": can_open}


class CommitteeCreateView(Moment, RuleFormView):
    """Open a committee at the current organisation."""

    form_class = forms.CommitteeCreateForm
    template_name = "committees/committee_create.html"
    success_message = "Committee added"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_manage_committees(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.open_committee(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("committees:committee_detail", args=[self.result.pk])


class _AboutCommittee(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.committees_visible_to(self.user, today=self.today)
        self.committee = get_object_or_404(visible, pk=kwargs["committee_id"])

    def get_success_url(self) -> str:
        return reverse("committees:committee_detail", args=[self.committee.pk])


class _ForManagers(_AboutCommittee):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_manage_committees(self.user, self.committee.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class CommitteeDetailView(_AboutCommittee, TemplateView):
    """A committee with its partners and its nearest meetings."""

    template_name = "committees/committee_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, committee, today = self.user, self.committee, self.today
        assignments = list(queries.assignments_on(user, committee, today=today))
        partners = [assignment.partner for assignment in assignments]
        return super().get_context_data(**kwargs) | {
            "committee": committee,
            "places": permissions.assignments_open_to(user, committee, assignments, today=today),
            "flags": access_flags_for(user, partners, today=today),
            "escorted": {each.assignment.pk for each in queries.escorts_on(user, committee.pk, today=today)},
            "ahead": queries.meetings_ahead(user, today=today).filter(committee=committee)[:5],
            "past": queries.meetings_past(user, today=today).filter(committee=committee)[:5],
            "actions": permissions.committee_actions_open_to(user, committee, today=today),
        }


class CapacityListView(Moment, ScopedListView):
    """How much of a month the partners of the current organisation have agreed to, promised, and left.

    ``?month=2027-01`` shows one of the next two months.
    """

    template_name = "committees/capacity_list.html"
    context_object_name = "partners"
    export_name = "partners-time"
    export_columns = ("Partner", "Month", "Agreed (minutes)", "Promised (minutes)", "Left (minutes)", "In words")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_can_manage_capacity(self.user, current_organisation_id(request), today=self.today)
        self.months = months_from(self.today)
        asked = request.GET.get("month")
        self.month = next((month for month in self.months if f"{month:%Y-%m}" == asked), self.months[0])
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return queries.partners_with_time(self.user, current_organisation_id(self.request), today=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"rows": self.as_shown(context["partners"]), "months": self.months, "month": self.month}

    def as_shown(self, rows: Sequence[Any]) -> Sequence[Any]:
        times = queries.months_of_time(rows, [self.month])
        return [(partner, times[partner.pk][0]) for partner in rows]

    def export_row(self, row: Any) -> Sequence[object]:
        partner, time = row
        return partner.user.name, f"{self.month:%B %Y}", time.agreed, time.promised, time.left, time.in_words


# --- assignments ---------------------------------------------------------------------------
class AssignmentCreateView(_ForManagers, RuleFormView):
    """Put a partner on a committee."""

    form_class = forms.AssignmentCreateForm
    template_name = "committees/assignment_create.html"
    success_message = "Partner added"

    def get_form_kwargs(self) -> dict[str, Any]:
        partners = list(queries.partners_to_assign(self.committee))
        flags = access_flags_for(self.user, partners, today=self.today)
        choices = queries.budget_choices(self.user, today=self.today)
        return super().get_form_kwargs() | {
            "partners": [
                (str(partner.pk), f"{partner.user.name}{' (has access needs)' if partner.pk in flags else ''}")
                for partner in partners
            ],
            "payers": choices.payers,
            "approvers": choices.approvers,
            "staff": choices.staff,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"held": queries.partners_not_to_assign(self.committee)}

    def get_initial(self) -> dict[str, Any]:
        return {"payer_id": str(self.committee.organisation_id)}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.assign_partner(committee_id=self.committee.pk, by=self.user, at=self.at, **data)


class _AboutAssignment(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.assignments_visible_to(self.user, today=self.today)
        self.assignment = get_object_or_404(visible, pk=kwargs["assignment_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_change_assignment(self.user, self.assignment, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("committees:committee_detail", args=[self.assignment.committee_id])


class AssignmentEditView(_AboutAssignment, RuleFormView):
    """Change who pays."""

    form_class = forms.AssignmentEditForm
    template_name = "committees/assignment_edit.html"
    success_message = "Changed who pays"

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = queries.budget_choices(self.user, today=self.today, now=self.assignment)
        return super().get_form_kwargs() | {
            "payers": choices.payers,
            "approvers": choices.approvers,
            "staff": choices.staff,
        }

    def get_initial(self) -> dict[str, Any]:
        return {
            name: str(getattr(self.assignment, name) or "")
            for name in ("payer_id", "budget_code", "budget_holder_id", "deputy_id", "dispute_person_id")
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_budget(assignment_id=self.assignment.pk, by=self.user, at=self.at, **data)


class EscortEditView(_AboutAssignment, RuleFormView):
    """Name who goes along to the first meeting."""

    form_class = forms.EscortEditForm
    template_name = "committees/escort_edit.html"
    success_message = "Saved. Those concerned are told"

    def get_form_kwargs(self) -> dict[str, Any]:
        people = queries.escort_choices(self.assignment, today=self.today)
        return super().get_form_kwargs() | {"people": [(str(person.pk), person.name) for person in people]}

    def get_initial(self) -> dict[str, Any]:
        return {"escort_id": str(self.assignment.escort_id or ""), "how_to_meet": self.assignment.how_to_meet}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.set_escort(assignment_id=self.assignment.pk, by=self.user, at=self.at, **data)


class EscortDetailView(Moment, TemplateView):
    """Who goes along with a partner to their first meeting, when it is, and where the two meet."""

    template_name = "committees/escort_detail.html"

    def find(self, **kwargs: Any) -> None:
        visible = queries.assignments_with_escort_visible_to(self.user, today=self.today)
        self.assignment = get_object_or_404(visible, pk=kwargs["assignment_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = queries.assignments_with_escort_visible_to(self.user, today=self.today)
        found = queries.escorts_ahead(visible.filter(pk=self.assignment.pk), today=self.today)
        return super().get_context_data(**kwargs) | {
            "assignment": self.assignment,
            "is_over": not found,
            "meeting": found[0].meeting if found else None,
            "flags": access_flags_for(self.user, [self.assignment.partner], today=self.today),
            "is_own": self.assignment.partner.user_id == self.user.pk,
            "is_escort": self.assignment.escort_id == self.user.pk,
        }


class AssignmentEndView(_AboutAssignment, RuleFormView):
    """Set the last day of an assignment."""

    form_class = forms.AssignmentEndForm
    template_name = "committees/assignment_end.html"
    success_message = "Last day saved"

    def get_initial(self) -> dict[str, Any]:
        return {"ends_on": self.assignment.ends_on}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.end_assignment(assignment_id=self.assignment.pk, by=self.user, at=self.at, **data)


# --- meetings ------------------------------------------------------------------------------
class MeetingListView(Moment, ScopedListView):
    """The meetings of the current organisation that somebody may see: those ahead, or with ``?when=past`` the rest.

    With ``?when=unrecorded``, those before today where a partner's attendance is missing, for staff.
    """

    chosen = {
        "ahead": queries.meetings_ahead, "past": queries.meetings_past, "unrecorded": queries.meetings_unrecorded,
    }  # fmt: skip
    titles = {
        "ahead": "Meetings to come", "past": "Past meetings", "unrecorded": "Meetings with attendance not recorded",
    }  # fmt: skip

    template_name = "committees/meeting_list.html"
    context_object_name = "meetings"
    export_name = "meetings"
    export_columns = ("Date and time", "Committee", "Where", "Status")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_list_committees(self.user, current_organisation_id(request), today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        when = self.request.GET.get("when", "")
        self.when = when if when in self.chosen else "ahead"
        self.title = self.titles[self.when]
        meetings = self.chosen[self.when](self.user, today=self.today)
        return meetings.filter(committee__organisation=current_organisation_id(self.request))

    def export_row(self, row: Any) -> Sequence[object]:
        return row.starts_at, row.committee.name, row.place or "Online", row.get_status_display()


class MeetingCreateView(_ForManagers, RuleFormView):
    """Plan a meeting."""

    form_class = forms.MeetingCreateForm
    template_name = "committees/meeting_create.html"
    success_message = "Meeting added"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assignments = queries.assignments_on(self.user, self.committee, today=self.today)
        partners = {assignment.partner_id: assignment.partner for assignment in assignments}
        people = to_arrange_for(self.user, partners.values(), today=self.today)
        return super().get_context_data(**kwargs) | {"people": people}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.schedule_meeting(committee_id=self.committee.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("committees:meeting_detail", args=[self.result.pk])


class _AboutMeeting(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.meetings_visible_to(self.user, today=self.today)
        self.meeting = get_object_or_404(visible, pk=kwargs["meeting_id"])

    def get_success_url(self) -> str:
        return reverse("committees:meeting_detail", args=[self.meeting.pk])


class MeetingDetailView(_AboutMeeting, TemplateView):
    """A meeting, and who of its partners was there."""

    template_name = "committees/meeting_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, meeting = self.user, self.meeting
        places = permissions.places_open_to(
            user, meeting, queries.places_at(user, meeting, today=self.today), at=self.at
        )
        partners = [each.place.assignment.partner for each in places]
        day = local_date(meeting.starts_at)
        return super().get_context_data(**kwargs) | {
            "meeting": meeting,
            "flags": access_flags_for(user, partners, today=self.today),
            "away": away_between([partner.pk for partner in partners], day, day),
            "paused": paused_on([partner.pk for partner in partners], day),
            "notice": queries.notice_of(meeting),
            "escorts": queries.escorts_to(user, meeting, today=self.today),
            "places": places,
            "own": next((each for each in places if each.place.assignment.partner.user_id == user.pk), None),
            "actions": permissions.actions_open_to(user, meeting, at=self.at),
        }


class _ForMeetingManagers(_AboutMeeting):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        organisation_id = self.meeting.committee.organisation_id
        permissions.check_can_manage_committees(self.user, organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class MeetingCancelView(_ForMeetingManagers, RuleFormView):
    """Cancel a meeting, with the reason."""

    form_class = forms.MeetingCancelForm
    template_name = "committees/meeting_cancel.html"
    success_message = "Meeting cancelled. The partners have been told"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.cancel_meeting(meeting_id=self.meeting.pk, by=self.user, at=self.at, **data)


class WarningEditView(_ForMeetingManagers, RuleFormView):
    """Say what of a meeting may be hard to hear."""

    form_class = forms.WarningEditForm
    template_name = "committees/warning_edit.html"
    success_message = "Saved"

    def get_initial(self) -> dict[str, Any]:
        return {"content_warning": self.meeting.content_warning}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.warn_of_content(meeting_id=self.meeting.pk, by=self.user, at=self.at, **data)


class MeetingHoldView(_ForMeetingManagers, RuleFormView):
    """Record that a meeting was held, and for how long."""

    form_class = forms.MeetingHoldForm
    template_name = "committees/meeting_hold.html"
    success_message = "Meeting recorded"

    def get_initial(self) -> dict[str, Any]:
        return forms.MeetingHoldForm.initial_of(self.meeting.actual_minutes or self.meeting.planned_minutes)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.record_held(meeting_id=self.meeting.pk, by=self.user, at=self.at, **data)


# --- attendance: did you go? if for another time than the meeting's: how long? ----------------
class _AttendanceView(_AboutMeeting, RuleFormView):
    success_message = "Attendance recorded"

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        places = queries.places_at(self.user, self.meeting, today=self.today)
        place = next((each for each in places if each.assignment.pk == kwargs["assignment_id"]), None)
        if place is None:
            raise Http404("This partner was not on the committee on the day of the meeting.")
        self.place = place
        self.is_own = self.place.assignment.partner.user_id == self.user.pk
        self.length = self.meeting.actual_minutes or self.meeting.planned_minutes

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_record_attendance(
            self.user, self.place.assignment, self.place.attendance, today=self.today
        )
        return super().dispatch(request, *args, **kwargs)

    def record(self, kind: AttendanceKind, minutes: int) -> Any:
        return services.record_attendance(
            meeting_id=self.meeting.pk,
            assignment_id=self.place.assignment.pk,
            kind=kind,
            minutes=minutes,
            by=self.user,
            at=self.at,
        )


class AttendanceRecordView(_AttendanceView):
    """Did you go?"""

    form_class = forms.AttendanceRecordForm
    template_name = "committees/attendance_record.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        name = "" if self.is_own else self.place.assignment.partner.user.name
        return super().get_form_kwargs() | {"length": self.length, "name": name}

    def perform(self, data: dict[str, Any]) -> Any:
        if data["answer"] == forms.AttendanceRecordForm.PART:
            self.success_message = ""
            return None
        if data["answer"] == forms.AttendanceRecordForm.APOLOGIES:
            return self.record(AttendanceKind.APOLOGIES, 0)
        return self.record(AttendanceKind.ATTENDED, self.length)

    def get_success_url(self) -> str:
        if self.result is not None:
            return super().get_success_url()
        return reverse("committees:attendance_length_record", args=[self.meeting.pk, self.place.assignment.pk])


class AttendanceLengthRecordView(_AttendanceView):
    """How long were you there?"""

    form_class = forms.AttendanceLengthRecordForm
    template_name = "committees/attendance_length_record.html"

    def get_initial(self) -> dict[str, Any]:
        recorded = self.place.attendance.minutes if self.place.attendance else 0
        return forms.AttendanceLengthRecordForm.initial_of(recorded or self.length)

    def perform(self, data: dict[str, Any]) -> Any:
        return self.record(AttendanceKind.ATTENDED, data["minutes_there"])
