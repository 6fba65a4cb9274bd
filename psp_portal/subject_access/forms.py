"""What the pages about copies of records ask; writes nothing."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSSelect, NHSTextarea


class RequestRecordForm(NHSForm):
    """Who asked, and when it came in. ``people`` are (key, name) of the organisation."""

    person_id = forms.ChoiceField(label="Who asks for their records?", required=False, widget=NHSSelect())
    email = forms.EmailField(
        label="If they are not in the list: their email address",
        required=False,
        help_text="For example of somebody who applied and has no account.",
        error_messages={"invalid": "Enter an email address in the correct format, like name@example.com"},
    )
    name = forms.CharField(label="And their name", required=False, max_length=150)
    received_on = NHSDateField(
        label="When did the request come in?",
        help_text="The month for the answer begins on this day. A request by word of mouth counts too.",
    )

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", "Somebody who is not in the list"), *people]

    def clean_person_id(self) -> UUID | None:
        """Return the person's key, None for somebody without an account."""
        chosen = self.cleaned_data["person_id"]
        return UUID(chosen) if chosen else None


class IdentityConfirmForm(NHSForm):
    """How it is known who asks."""

    heading_field = "how"
    how = forms.CharField(
        label="How do you know that they are who they say?",
        max_length=200,
        help_text="For example: they came to the office and showed a passport. Keep no copy of it.",
        error_messages={"required": "Enter how you know who they are"},
    )


class RequestExtendForm(NHSForm):
    """Why an answer needs more time."""

    heading_field = "reason"
    reason = forms.CharField(
        label="Why is more time needed?",
        max_length=500,
        widget=NHSTextarea(rows=3),
        help_text="Only a complex request, or many by the same person, is a reason. They can read what you write.",
        error_messages={"required": "Enter the reason"},
    )


class RequestCloseForm(NHSForm):
    """Why there is no file."""

    heading_field = "reason"
    reason = forms.CharField(
        label="Why is the request closed without a file?",
        max_length=500,
        widget=NHSTextarea(rows=3),
        help_text="For example because they took it back. They can read what you write.",
        error_messages={"required": "Enter the reason"},
    )
