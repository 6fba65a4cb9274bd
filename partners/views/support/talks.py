"""Talks, the notes that both agree, and each side's own."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners.enums.support import TalkAction, TalkStatus
from partners.forms import support as forms
from partners.permissions import support as permissions
from partners.queries import support as queries
from partners.services import support as services
from partners.views.support.overview import AboutPartner
from psp_portal.views import Moment, RuleFormView, ScopedListView


class TalkListView(Moment, ScopedListView):
    """The talks somebody may know of, the latest first: with whom and when, never what was said."""

    template_name = "support/talk_list.html"
    context_object_name = "talks"
    export_name = "talks"
    export_columns = ("Partner", "With", "Kind", "Starts at", "Minutes", "Status", "Cancelled by")

    def get_queryset(self) -> Any:
        return queries.talks_visible_to(self.user, today=self.today)

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.partner.user.name, row.with_user.name, row.get_kind_display(), row.starts_at, row.minutes,
            row.get_status_display(), row.cancelled_by.name if row.cancelled_by else "",
        )  # fmt: skip


class TalkCreateView(AboutPartner, RuleFormView):
    """Plan a talk."""

    form_class = forms.TalkCreateForm
    template_name = "support/talk_create.html"
    success_message = "Talk planned"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_plan_talk(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        people = queries.people_to_talk_to(self.partner, today=self.today)
        return super().get_form_kwargs() | {
            "people": [(str(person.pk), f"{person.name}{' (you)' if person == self.user else ''}") for person in people]
        }

    def get_initial(self) -> dict[str, Any]:
        is_own = permissions.is_own(self.user, self.partner)
        return {"with_id": str(self.partner.lead_id if is_own else self.user.pk)}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.plan_talk(partner_id=self.partner.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("support:talk_detail", args=[self.result.pk])


class _AboutTalk(Moment):
    action: TalkAction | None = None

    def find(self, **kwargs: Any) -> None:
        visible = queries.talks_visible_to(self.user, today=self.today)
        self.talk = get_object_or_404(visible, pk=kwargs["talk_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.action:
            permissions.check_can_act_on_talk(self.user, self.talk, self.action, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("support:talk_detail", args=[self.talk.pk])


class TalkDetailView(_AboutTalk, TemplateView):
    """When and where; for the two also what they wrote down."""

    template_name = "support/talk_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        talk, user = self.talk, self.user
        is_in = permissions.is_in_talk(user, talk)
        is_partner = user.pk == talk.partner.user_id
        own_agreed = talk.partner_agreed_at if is_partner else talk.other_agreed_at
        return super().get_context_data(**kwargs) | {
            "talk": talk,
            "is_in": is_in,
            "is_partner": is_partner,
            "can_read": permissions.can_read_notes(user, talk, today=self.today),
            "private_note": queries.private_note_of(user, talk) if is_in else "",
            "can_agree": is_in and talk.shared_notes and own_agreed is None and talk.status != TalkStatus.CANCELLED,
            "is_over": talk.starts_at <= self.at,
            "actions": permissions.talk_actions_open_to(user, talk, today=self.today),
        }


class TalkHoldView(_AboutTalk, RuleFormView):
    """Say that it took place."""

    action = TalkAction.HOLD
    template_name = "support/talk_hold.html"
    success_message = "Recorded as held"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.hold_talk(talk_id=self.talk.pk, by=self.user, at=self.at)


class TalkCancelView(_AboutTalk, RuleFormView):
    """Cancel it, and say why."""

    action = TalkAction.CANCEL
    form_class = forms.TalkCancelForm
    template_name = "support/talk_cancel.html"
    success_message = "Talk cancelled"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.cancel_talk(talk_id=self.talk.pk, by=self.user, at=self.at, **data)


class NotesEditView(_AboutTalk, RuleFormView):
    """Write the notes that both read."""

    action = TalkAction.EDIT_NOTES
    form_class = forms.NotesEditForm
    template_name = "support/notes_edit.html"
    success_message = "Notes saved"

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.talk.shared_notes, "seen": self.talk.notes_revision}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.write_shared_notes(talk_id=self.talk.pk, by=self.user, at=self.at, **data)


class NotesAgreeView(_AboutTalk, RuleFormView):
    """Agree to the notes as they stood on the page."""

    action = TalkAction.EDIT_NOTES
    form_class = forms.NotesAgreeForm
    template_name = "support/notes_agree.html"
    success_message = "You have agreed to the notes"

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.talk.notes_revision}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.agree_notes(talk_id=self.talk.pk, by=self.user, at=self.at, **data)


class NoteEditView(_AboutTalk, RuleFormView):
    """Write a note for oneself."""

    action = TalkAction.EDIT_PRIVATE_NOTE
    form_class = forms.NoteEditForm
    template_name = "support/note_edit.html"
    success_message = "Your own note is saved"

    def get_initial(self) -> dict[str, Any]:
        return {"text": queries.private_note_of(self.user, self.talk)}

    def perform(self, data: dict[str, Any]) -> Any:
        services.write_private_note(talk_id=self.talk.pk, by=self.user, at=self.at, **data)
