"""What partners wish they had known: written for those who come next, read by them and by the leads."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners.forms import induction as forms
from partners.permissions import induction as permissions
from partners.queries import induction as queries
from partners.services import induction as services
from partners.views.induction.beginnings import AboutPartner, ForManagers
from psp_portal.views import Moment, RuleFormView, ScopedListView


class _AboutOwn(AboutPartner):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_is_own(self.user, self.partner)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("induction:note_list", args=[self.partner.pk])


class NoteListView(_AboutOwn, TemplateView):
    """What earlier partners wrote, while one is new; and what one has written oneself."""

    template_name = "induction/note_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "others": queries.notes_for(self.partner),
            "own": queries.notes_of(self.partner),
            "can_write": queries.can_write_note(self.partner),
        }


class NoteCreateView(_AboutOwn, RuleFormView):
    """Write a note."""

    form_class = forms.NoteCreateForm
    template_name = "induction/note_create.html"
    success_message = "Saved. New partners can read it now"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.write_note(partner_id=self.partner.pk, by=self.user, at=self.at, **data)


class _AboutNote(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.notes_visible_to(self.user, today=self.today)
        self.note = get_object_or_404(visible, pk=kwargs["note_id"])


class _AboutOwnNote(_AboutNote):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_is_own(self.user, self.note.partner)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("induction:note_list", args=[self.note.partner_id])


class NoteEditView(_AboutOwnNote, RuleFormView):
    """Change a note of one's own."""

    form_class = forms.NoteEditForm
    template_name = "induction/note_edit.html"
    success_message = "Note changed"

    def get_initial(self) -> dict[str, Any]:
        note = self.note
        return {"text": note.text, "about": note.about, "shows_name": "yes" if note.shows_name else "no"}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_note(note_id=self.note.pk, by=self.user, at=self.at, **data)


class NoteWithdrawView(_AboutOwnNote, RuleFormView):
    """Take a note of one's own back."""

    template_name = "induction/note_withdraw.html"
    success_message = "Note withdrawn. Nothing of it is kept"

    def perform(self, data: dict[str, Any]) -> Any:
        services.withdraw_note(note_id=self.note.pk, by=self.user, at=self.at)


# --- for leads ------------------------------------------------------------------------------
class NoteOverviewView(ForManagers, ScopedListView):
    """All notes of the current organisation, hidden ones too. There is no file of it: the words are for newcomers."""

    template_name = "induction/note_overview.html"
    context_object_name = "notes"

    def get_queryset(self) -> Any:
        visible = queries.notes_visible_to(self.user, today=self.today)
        return visible.filter(partner__organisation=self.organisation_id)


class _ForNoteHiders(_AboutNote):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_hide_note(self.user, self.note, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("induction:note_overview")


class NoteHideView(_ForNoteHiders, RuleFormView):
    """Hide a note from newcomers, with a reason."""

    form_class = forms.NoteHideForm
    template_name = "induction/note_hide.html"
    success_message = "Note hidden. Its writer is told"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.hide_note(note_id=self.note.pk, by=self.user, at=self.at, **data)


class NoteShowView(_ForNoteHiders, RuleFormView):
    """Show a hidden note again."""

    template_name = "induction/note_show.html"
    success_message = "Note shown again. Its writer is told"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.show_note(note_id=self.note.pk, by=self.user, at=self.at)
