"""What the pages about two accounts of one person ask; writes nothing."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSSelect, NHSTextarea


class SecondChooseForm(NHSForm):
    """Which account is the same person's. ``people`` are (key, name and address)."""

    heading_field = "other_id"
    other_id = forms.ChoiceField(
        label="Which other account is theirs?", widget=NHSSelect(), error_messages={"required": "Select an account"}
    )

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other_id"].choices = [("", "Select an account"), *people]

    def clean_other_id(self) -> UUID:
        """Return the account's key."""
        return UUID(self.cleaned_data["other_id"])


class SecondJoinForm(NHSForm):
    """Why they are one person, and whose bank details stay where both have some."""

    reason = forms.CharField(
        label="How do you know that both accounts are one person's?",
        max_length=500,
        widget=NHSTextarea(rows=3),
        help_text="For example: they asked for it, and showed me both email addresses. It is kept in the audit trail.",
        error_messages={"required": "Enter how you know that they are one person"},
    )
    bank = forms.ChoiceField(
        label="Both accounts have bank details. Which stay in use?",
        choices=[("kept", "Those of the account that is kept"), ("gone", "Those of the account that is closed")],
        widget=NHSRadioSelect(),
        help_text="You do not see them. Ask the person.",
        error_messages={"required": "Select which bank details stay in use"},
    )

    def __init__(self, *args: Any, chooses_bank: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not chooses_bank:
            del self.fields["bank"]
