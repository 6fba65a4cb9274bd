"""What accounts ask."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from psp_portal.accounts.enums import Format
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSPasswordInput, NHSRadioSelect


class OrganisationChooseForm(NHSForm):
    """Which of somebody's organisations the pages are about. ``choices`` are (id, name)."""

    organisation_id = forms.ChoiceField(
        label="Which organisation do you want to work in?",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select an organisation"},
    )
    heading_field = "organisation_id"

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation_id"].choices = list(choices)


class InvitationAcceptForm(NHSForm):
    """A new account's name and, if they want one, its password."""

    name = forms.CharField(
        label="Your full name",
        max_length=150,
        help_text="As colleagues and partners should see it",
        error_messages={"required": "Enter your full name"},
    )
    password = forms.CharField(
        label="Password",
        required=False,
        strip=False,
        max_length=200,
        help_text="12 characters or more. Leave it empty if you would rather sign in with a code that we email you.",
        widget=NHSPasswordInput(attrs={"autocomplete": "new-password"}),
    )
    layout_options = {"name": {"autocomplete": "name", "spellcheck": False, "width": 30}, "password": {"width": 20}}

    def clean_password(self) -> str:
        """Refuse a password that is too easy to guess."""
        password = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password


class PreferencesEditForm(NHSForm):
    """How somebody wants pages and e-mails to reach them."""

    formats = forms.MultipleChoiceField(
        label="How should pages and emails reach you?",
        choices=Format.choices,
        required=False,
        help_text="Select all that help you. You can change this whenever you like.",
        widget=NHSCheckboxes(
            hints={
                Format.LARGE_TEXT: "Every page in larger type",
                Format.PLAIN_EMAIL: "Plain characters, all that there is to say in the email itself, and no long links",
                Format.NO_PDF: "You get a page that you can read or print, and no PDF is offered",
            }
        ),
    )
    heading_field = "formats"
    layout_options = {"formats": {"optional": False}}
