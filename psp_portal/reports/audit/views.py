"""The audit trail: everything at one organisation, and the whole story of one thing."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.generic import TemplateView, View

from psp_portal.accounts import current
from psp_portal.accounts.roles import Permission
from psp_portal.reports.audit import forms, presenters, queries
from psp_portal.reports.audit.kinds import KINDS, PAGES
from psp_portal.views import MOST_EXPORTED, ScopedListView


def _written(places: list[queries.Place]) -> list[presenters.Entry]:
    events = queries.events_at(places)
    names = queries.names_of(presenters.keys_in(events))
    return [presenters.entry_for(event, names) for event in events]


class _ReadsAudit(View):
    """The current organisation, for somebody who may read its audit trail; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.organisation = current.organisation_where(request, Permission.SEE_AUDIT)
        return super().dispatch(request, *args, **kwargs)


class EventListView(_ReadsAudit, ScopedListView):
    """All changes and readings, newest first, narrowed by person, kind and dates."""

    template_name = "audit/event_list.html"
    context_object_name = "places"
    export_name = "audit trail"
    export_columns = ("When", "What", "Doing", "Reason", "What changed")

    def get_queryset(self) -> list[queries.Place]:
        kinds = [(key, kind.label) for key, kind in KINDS.items()]
        self.form = forms.EventListForm(
            self.request.GET if set(self.request.GET) - {self.page_kwarg, "export"} else None,
            people=queries.people_to_choose(self.organisation),
            kinds=sorted([*kinds, (queries.READING, "Reading of something private")], key=lambda choice: choice[1]),
        )
        filters = queries.Filters()
        if self.form.is_bound:
            if not self.form.is_valid():
                return []
            data = self.form.cleaned_data
            filters = queries.Filters(data["person"] or None, data["kind"], data["from_on"], data["to_on"])
        # A file holds what nobody would leaf through.
        most = MOST_EXPORTED + 1 if self.export_form else queries.MOST
        return queries.audit_events_visible_to(
            self.user, self.organisation, filters, today=timezone.localdate(), most=most
        )

    def as_shown(self, rows: Sequence[queries.Place]) -> Sequence[presenters.Entry]:
        return _written(list(rows))

    def export_row(self, row: presenters.Entry) -> Sequence[object]:
        changes = [
            f"{change.field}: {change.before} → {change.after}" if change.before else f"{change.field}: {change.after}"
            for change in row.changes
        ]
        return row.at, row.sentence, row.doing, row.reason, "; ".join(changes)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        is_cut = context["page_obj"].paginator.count == queries.MOST
        return context | {"form": self.form, "entries": self.as_shown(context["places"]), "is_cut": is_cut}


class ObjectDetailView(_ReadsAudit, TemplateView):
    """All that happened to one thing and to what belongs to it, oldest first: who knew, and when."""

    template_name = "audit/object_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if kwargs["kind"] not in PAGES:
            raise Http404("There is no such kind of thing.")
        places = queries.audit_events_of(
            self.request.user, self.organisation, kwargs["kind"], kwargs["object_id"], today=timezone.localdate()
        )
        if not places:
            raise Http404("Nothing is known of it here.")
        return super().get_context_data(**kwargs) | {"entries": _written(places), "kind": PAGES[kwargs["kind"]]}
