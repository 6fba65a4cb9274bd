"""Pages about how long records are kept, for whoever sets it, holds records back, or checks that it was done."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.views.generic import FormView, TemplateView, View

from psp_portal.accounts import current
from psp_portal.accounts.roles import Permission
from psp_portal.retention import forms, permissions, queries, services
from psp_portal.retention.kinds import KINDS
from psp_portal.views import Moment, RuleFormView, ScopedListView

# So many of what a period would remove are shown as examples.
EXAMPLES = 10


class _SeesRetention(Moment, View):
    """The current organisation, for somebody who may see what is kept there; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation = current.organisation_where(request, Permission.SEE_RETENTION)
        self.look_up(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def look_up(self, **kwargs: Any) -> None:
        """Find what the page is about at this organisation, or answer 404; refuse with 403."""

    def can_manage(self) -> bool:
        return permissions.can_manage_rules(self.user, self.organisation.pk, today=self.today)

    def run_here(self, run_id: Any) -> Any:
        runs = queries.runs_visible_to(self.user, today=self.today)
        return get_object_or_404(runs, pk=run_id, organisation=self.organisation)

    def scheduled_here(self, key: str) -> Any:
        schedule = queries.schedule_visible_to(self.user, self.organisation.pk, today=self.today)
        found = next((each for each in schedule if each.kind.key == key), None)
        if found is None:
            raise Http404("There is no such kind of record.")
        return found


# --- the schedule ----------------------------------------------------------------------------
class RuleListView(_SeesRetention, ScopedListView):
    """How long the current organisation keeps what."""

    template_name = "retention/rule_list.html"
    context_object_name = "schedule"
    paginate_by = None
    export_name = "how long records are kept"
    export_columns = ("Kind", "Kept for", "Counted from", "Based on", "Confirmed by", "Confirmed on")

    def get_queryset(self) -> Any:
        return queries.schedule_visible_to(self.user, self.organisation.pk, today=self.today)

    def export_row(self, row: Any) -> Any:
        rule = row.rule
        return (
            row.kind.label,
            str(row.period),
            row.kind.runs_from,
            row.source,
            rule.changed_by.name if rule else "Nobody yet",
            rule.changed_at if rule else None,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "can_manage": self.can_manage(),
            "notice_days": queries.notice_days(self.organisation.pk),
            "unconfirmed": sum(each.rule is None for each in self.object_list),
        }


class _ManagesRule(_SeesRetention):
    """A kind of record of the current organisation, for whoever may say how long it is kept."""

    def look_up(self, **kwargs: Any) -> None:
        permissions.check_can_manage_rules(self.user, self.organisation.pk, today=self.today)
        self.scheduled = self.scheduled_here(kwargs["kind"])


class RuleEditView(_ManagesRule, FormView):
    """Say for how long; the next page shows what that would remove, and saves it."""

    form_class = forms.RuleEditForm
    template_name = "retention/rule_edit.html"

    def get_initial(self) -> dict[str, Any]:
        period = self.scheduled.period
        source = self.scheduled.rule.source if self.scheduled.rule else self.scheduled.kind.source
        return {"length": period.length, "unit": period.unit, "source": source}

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        address = reverse("retention:rule_confirm", args=[self.scheduled.kind.key])
        return HttpResponseRedirect(f"{address}?{urlencode(form.cleaned_data)}")


class RuleConfirmView(_ManagesRule, RuleFormView):
    """What the next run would remove under a period; saving it."""

    template_name = "retention/rule_confirm.html"
    success_message = "Saved"
    success_url = reverse_lazy("retention:rule_list")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.entered = forms.RuleEditForm(request.GET)
        return super().dispatch(request, *args, **kwargs)

    def look_up(self, **kwargs: Any) -> None:
        super().look_up(**kwargs)
        if not self.entered.is_valid():
            raise Http404("There is no such period.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = queries.removed_by(self.scheduled, self.organisation.pk, self.entered.period, today=self.today)
        now = queries.removed_by(self.scheduled, self.organisation.pk, self.scheduled.period, today=self.today)
        return super().get_context_data(**kwargs) | {
            "period": self.entered.period,
            "source": self.entered.cleaned_data["source"],
            "removes": len(rows),
            "removed_now": len(now) if self.scheduled.rule else 0,
            "examples": [(str(row.row_id)[:8].upper(), row.began_on) for row in rows[:EXAMPLES]],
        }

    def perform(self, data: dict[str, Any]) -> Any:
        seen = self.request.POST.get("seen", "")
        return services.set_rule(
            organisation_id=self.organisation.pk,
            kind=self.scheduled.kind.key,
            period=self.entered.period,
            source=self.entered.cleaned_data["source"],
            seen=int(seen) if seen.isdecimal() else 0,
            by=self.user,
            at=self.at,
        )


class NoticeEditView(_SeesRetention, RuleFormView):
    """Say how many days beforehand a lead is shown what will be removed."""

    form_class = forms.NoticeEditForm
    template_name = "retention/notice_edit.html"
    success_message = "Saved"
    success_url = reverse_lazy("retention:rule_list")

    def look_up(self, **kwargs: Any) -> None:
        permissions.check_can_manage_rules(self.user, self.organisation.pk, today=self.today)

    def get_initial(self) -> dict[str, Any]:
        return {"notice_days": queries.notice_days(self.organisation.pk)}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_notice(organisation_id=self.organisation.pk, by=self.user, at=self.at, **data)


# --- what will be, and was, removed ----------------------------------------------------------
class RunListView(_SeesRetention, ScopedListView):
    """The runs of the current organisation, the latest first."""

    template_name = "retention/run_list.html"
    context_object_name = "runs"
    export_name = "removals"
    export_columns = ("Day", "Planned", "Done")

    def get_queryset(self) -> Any:
        return queries.runs_visible_to(self.user, today=self.today).filter(organisation=self.organisation)

    def export_row(self, row: Any) -> Any:
        return (row.runs_on, row.planned_at, row.done_at)


class RunDetailView(_SeesRetention, TemplateView):
    """What a run removes, or removed, by kind."""

    template_name = "retention/run_detail.html"

    def look_up(self, **kwargs: Any) -> None:
        self.run = self.run_here(kwargs["run_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "run": self.run,
            "counts": queries.counts_of(self.run),
            "can_hold": permissions.can_hold(self.user, self.organisation.pk, today=self.today),
        }


class RowListView(_SeesRetention, ScopedListView):
    """The records of one kind that a planned run is about, by references that say nothing of anybody."""

    template_name = "retention/row_list.html"
    context_object_name = "rows"
    export_name = "records to remove"
    export_columns = ("Reference", "Counted since", "What will happen")

    def look_up(self, **kwargs: Any) -> None:
        self.run = self.run_here(kwargs["run_id"])
        self.kind = KINDS.get(kwargs["kind"])
        if self.kind is None:
            raise Http404("There is no such kind of record.")

    def get_queryset(self) -> Any:
        return queries.planned_rows(self.run, self.kind)

    def export_row(self, row: Any) -> Any:
        return (row.reference, row.began_on, row.get_kept_display())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_hold = permissions.can_hold(self.user, self.organisation.pk, today=self.today)
        return super().get_context_data(**kwargs) | {"run": self.run, "kind": self.kind, "can_hold": can_hold}


class LogListView(_SeesRetention, ScopedListView):
    """What was removed at the current organisation, the latest first."""

    template_name = "retention/log_list.html"
    context_object_name = "entries"
    export_name = "disposal log"
    export_columns = ("Done", "Kind", "Removed", "Held back", "Not confirmed", "Kept for", "Run")

    def get_queryset(self) -> Any:
        log = queries.log_visible_to(self.user, today=self.today)
        return log.filter(run__organisation=self.organisation)

    def export_row(self, row: Any) -> Any:
        return (
            row.done_at, queries.label_of(row.kind), row.removed, row.held, row.not_confirmed,
            queries.period_of(row), str(row.run_id),
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = super().get_context_data(**kwargs)
        for entry in shown["entries"]:
            entry.label, entry.period = queries.label_of(entry.kind), queries.period_of(entry)
        return shown


# --- holds -----------------------------------------------------------------------------------
class HoldListView(_SeesRetention, ScopedListView):
    """What the current organisation holds back, and what it has let go."""

    template_name = "retention/hold_list.html"
    context_object_name = "holds"
    export_name = "records held back"
    export_columns = ("Who", "Why", "Since", "Set by", "Let go on", "Let go by", "Why let go")

    def get_queryset(self) -> Any:
        return queries.holds_visible_to(self.user, today=self.today).filter(organisation=self.organisation)

    def export_row(self, row: Any) -> Any:
        return (
            row.person.name if row.person else "The whole organisation", row.reason, row.set_at, row.set_by.name,
            row.lifted_at, row.lifted_by.name if row.lifted_by else "", row.lift_reason,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_hold = permissions.can_hold(self.user, self.organisation.pk, today=self.today)
        return super().get_context_data(**kwargs) | {"can_hold": can_hold}


class HoldCreateView(_SeesRetention, RuleFormView):
    """Keep everything of a person, or of the organisation."""

    form_class = forms.HoldCreateForm
    template_name = "retention/hold_create.html"
    success_message = "These records are kept until somebody lets them go"
    success_url = reverse_lazy("retention:hold_list")

    def look_up(self, **kwargs: Any) -> None:
        permissions.check_can_hold(self.user, self.organisation.pk, today=self.today)

    def get_form_kwargs(self) -> dict[str, Any]:
        people = queries.people_to_hold(self.organisation.pk)
        return super().get_form_kwargs() | {"people": [each for each in people if each[0] != str(self.user.pk)]}

    def get_initial(self) -> dict[str, Any]:
        return {"person_id": self.request.GET.get("person", "")}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.set_hold(organisation_id=self.organisation.pk, by=self.user, at=self.at, **data)


class HoldLiftView(_SeesRetention, RuleFormView):
    """Let records go that were held back."""

    form_class = forms.HoldLiftForm
    template_name = "retention/hold_lift.html"
    success_message = "These records are removed when their time is over"
    success_url = reverse_lazy("retention:hold_list")

    def look_up(self, **kwargs: Any) -> None:
        holds = queries.holds_visible_to(self.user, today=self.today)
        self.hold = get_object_or_404(holds, pk=kwargs["hold_id"], organisation=self.organisation)
        permissions.check_can_hold(self.user, self.organisation.pk, today=self.today, person_id=self.hold.person_id)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.lift_hold(hold_id=self.hold.pk, by=self.user, at=self.at, **data)
