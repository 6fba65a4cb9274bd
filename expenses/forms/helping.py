"""What a partner says of a helper."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect


class HelperCreateForm(NHSForm):
    """Who helps. ``options`` are (id, organisation) of the partner's roles; with only one it is not asked."""

    name = forms.CharField(
        label="Their full name", max_length=150, error_messages={"required": "Enter your helper’s full name"}
    )
    email = forms.EmailField(
        label="Their email address",
        help_text="We send them an email with a link, unless they are a helper here already.",
        error_messages={
            "required": "Enter your helper’s email address",
            "invalid": "Enter an email address in the right form, like name@example.com",
        },
    )
    relation = forms.CharField(
        label="How do they help you?",
        help_text="In your own words, like “my sister” or “my support worker”.",
        max_length=100,
        error_messages={"required": "Enter how they help you"},
    )
    partner = forms.TypedChoiceField(
        label="Which organisation’s claims do they help you with?",
        coerce=UUID,
        widget=NHSRadioSelect(),
        error_messages={
            "required": "Select the organisation",
            "invalid_choice": "Select one of your organisations",
        },
    )
    layout_options: ClassVar = {
        "name": {"width": 30, "autocomplete": "off", "spellcheck": False},
        "email": {"width": 30, "autocomplete": "off", "spellcheck": False},
        "relation": {"width": 30},
    }

    def __init__(self, *args: Any, options: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].choices = options
        if len(options) == 1:
            self.fields["partner"].initial = options[0][0]
            self.fields["partner"].widget = forms.HiddenInput()
