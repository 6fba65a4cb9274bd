"""Pages about what leavers hand on: written by the partner, read by whoever follows."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView

from partners.enums.leaving import PackSection, PackStatus
from partners.permissions import leaving as permissions
from partners.queries import appointments_of
from partners.queries import leaving as packs
from partners.services import leaving as services
from psp_portal.dates import local_date
from psp_portal.people import forms
from psp_portal.people.queries import handover as queries
from psp_portal.views import Moment, RuleFormView, ScopedListView


class HandoverListView(Moment, ScopedListView):
    """The packs of others that somebody may read."""

    template_name = "people/handover_list.html"
    context_object_name = "packs"
    export_name = "handover packs"
    export_columns = ("From", "Organisation", "Published on")

    def get_queryset(self) -> Any:
        return queries.packs_to_read(self.user, today=self.today)

    def export_row(self, row: Any) -> Sequence[object]:
        return row.partner.user.name, row.partner.organisation.name, local_date(row.published_at)


class HandoverDetailView(Moment, TemplateView):
    """One pack, for whoever may read it; for its partner also before they have begun it."""

    template_name = "people/handover_detail.html"

    def find(self, **kwargs: Any) -> None:
        partner_id = kwargs["partner_id"]
        self.pack = queries.packs_visible_to(self.user, today=self.today).filter(partner_id=partner_id).first()
        self.partner = self.pack.partner if self.pack else get_object_or_404(appointments_of(self.user), pk=partner_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "pack": self.pack,
            "is_own": self.partner.user_id == self.user.pk,
            "is_published": self.pack is not None and self.pack.status == PackStatus.PUBLISHED,
            "can_write": permissions.can_write_pack(self.user, self.partner),
            "texts": packs.texts_of(self.pack) if self.pack else [],
        }


class _OwnPack(Moment):
    """Finds one's own appointment, and its pack when it has been begun; 404 for anybody else's."""

    def find(self, **kwargs: Any) -> None:
        self.partner = get_object_or_404(appointments_of(self.user), pk=kwargs["partner_id"])
        self.pack = packs.pack_of(self.partner)

    def get_success_url(self) -> str:
        return reverse("people:handover_detail", args=[self.partner.pk])


class HandoverCreateView(_OwnPack, RuleFormView):
    """Begin one's pack with what the portal knows."""

    template_name = "people/handover_create.html"
    success_message = "We have filled in what we know. Change it as you like"

    def perform(self, data: dict[str, Any]) -> Any:
        texts = queries.what_the_portal_knows(self.partner, at=self.at)
        return services.start_pack(partner_id=self.partner.pk, texts=texts, by=self.user, at=self.at)

    def get_success_url(self) -> str:
        return reverse("people:handover_edit", args=[self.partner.pk])


class _PackBegun(_OwnPack):
    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        if self.pack is None:
            raise Http404("No handover pack has been begun.")


class HandoverEditView(_PackBegun, RuleFormView):
    """Write one's pack."""

    form_class = forms.HandoverEditForm
    template_name = "people/handover_edit.html"
    success_message = "Saved"

    def get_initial(self) -> dict[str, Any]:
        return {section.value: text for section, text in packs.texts_of(self.pack)}

    def perform(self, data: dict[str, Any]) -> Any:
        texts = {PackSection(name): text for name, text in data.items()}
        return services.save_pack(partner_id=self.partner.pk, texts=texts, by=self.user, at=self.at)


class HandoverPublishView(_PackBegun, RuleFormView):
    """Let others read one's pack."""

    form_class = forms.HandoverPublishForm
    template_name = "people/handover_publish.html"
    success_message = "Published. Whoever follows you can read it"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.pack.status == PackStatus.PUBLISHED:
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        found = packs.successors_for(self.partner)
        successors = [(str(each.pk), each.user.name) for each in found]
        return super().get_form_kwargs() | {"successors": successors}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.publish_pack(partner_id=self.partner.pk, by=self.user, at=self.at, **data)
