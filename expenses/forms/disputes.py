"""What is asked when an organisation says that it should not pay, and of whoever decides which one does."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django import forms

from expenses.forms.claims import text_field
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect


class DisputeCreateForm(NHSForm):
    """Why one's organisation should not pay."""

    reason = text_field(
        "Why should your organisation not pay this claim?",
        help_text="The partner, both organisations and whoever decides can read this.",
        error_messages={
            "required": "Say why your organisation should not pay",
            "max_length": "Your reason must be 500 characters or fewer",
        },
    )


class DisputeDecideForm(NHSForm):
    """Which of the two organisations pays, and why. ``organisations`` are (id, name)."""

    payer_id = forms.TypedChoiceField(
        label="Which organisation pays this claim?",
        coerce=UUID,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select which organisation pays"},
    )
    reason = text_field(
        "Why?",
        help_text="The partner and both organisations can read this.",
        error_messages={
            "required": "Say why you decide this way",
            "max_length": "Your reason must be 500 characters or fewer",
        },
    )

    def __init__(self, *args: Any, organisations: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["payer_id"]).choices = list(organisations)
