"""What applicants are asked, one question a page."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib.auth.password_validation import validate_password

from partners.enums.recruitment import ApplicationStep, ReplyFormat
from partners.forms.appointments import Choices
from partners.forms.recruitment.vacancies import text
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSPasswordInput, NHSRadioSelect, NHSTextarea

NO_TIME = "none"
FORMAT_LABELS = [
    (ReplyFormat.EMAIL, "Email"),
    (ReplyFormat.LARGE_PRINT, "Large print"),
    (ReplyFormat.EASY_READ, "Easy Read"),
    (ReplyFormat.TELEPHONE, "By telephone"),
]


class ApplicationStartForm(NHSForm):
    """Who applies, and where the link goes."""

    name = text("Your name", "your name", 150)
    email = forms.EmailField(
        label="Your email address",
        help_text="We send you a link, so that you can stop and come back.",
        max_length=254,
        error_messages={
            "required": "Enter your email address",
            "invalid": "Enter an email address in the correct format, like name@example.com",
        },
    )
    layout_options: ClassVar = {
        "name": {"autocomplete": "name", "spellcheck": False, "width": 20},
        "email": {"autocomplete": "email", "spellcheck": False, "width": 20},
    }


class LinkSendForm(NHSForm):
    """Where the link to an application goes once more."""

    email = forms.EmailField(
        label="Which email address did you apply from?",
        max_length=254,
        error_messages={
            "required": "Enter your email address",
            "invalid": "Enter an email address in the correct format, like name@example.com",
        },
    )
    heading_field = "email"
    layout_options: ClassVar = {"email": {"autocomplete": "email", "spellcheck": False, "width": 20}}


class AnswerEditForm(NHSForm):
    """One question of an application; each kind of question has its own below."""

    heading_field = "words"
    words = text("", "your answer", 3000, rows=8)

    def __init__(self, *args: Any, channels: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class _ReasonsForm(AnswerEditForm):
    words = text(
        "Why would you like to be a Patient Safety Partner?", "why you would like to be a partner", 3000, rows=8,
        help_text="A few sentences are enough. We do not mind about spelling.",
    )  # fmt: skip


class _ExperienceForm(AnswerEditForm):
    words = text(
        "What would you bring to the role?", "what you would bring", 3000, rows=8,
        help_text="For example, what you or somebody close to you has lived through, your work, your community.",
    )  # fmt: skip


class _InterestsForm(AnswerEditForm):
    words = text(
        "Is there something you are most interested in?", "what you are interested in", 2000, rows=5, required=False,
        help_text="For example, medicines, falls, mental health, maternity. You do not need to answer.",
    )  # fmt: skip


class _NeedsForm(AnswerEditForm):
    words = text(
        "What would you need for a chat or an interview?", "what you would need", 2000, rows=5, required=False,
        help_text="For example, a ground-floor room, an interpreter, breaks, somebody with you, the questions in "
        "advance. It has no bearing on our decision.",
    )  # fmt: skip
    reply_format = forms.ChoiceField(
        label="How would you like to hear from us?",
        choices=FORMAT_LABELS,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select how you would like to hear from us"},
    )
    heading_field = ""


class _TelephoneForm(AnswerEditForm):
    words = forms.CharField(
        label="What is your telephone number?",
        help_text="So that we can call you if something changes. You do not need to answer.",
        required=False,
        max_length=30,
        error_messages={"max_length": "The telephone number must be 30 characters or fewer"},
    )
    layout_options: ClassVar = {"words": {"inputmode": "tel", "autocomplete": "tel", "width": 20}}


class _HeardForm(AnswerEditForm):
    channel_id = forms.ChoiceField(
        label="Where did you hear of this role?", required=False, widget=NHSRadioSelect(divider="or")
    )
    words = text(
        "If it was somewhere else, where?", "where you heard of it", 200, required=False,
        help_text="You do not need to answer.",
    )  # fmt: skip
    field_order = ("channel_id", "words")
    heading_field = ""

    def __init__(self, *args: Any, channels: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, channels=channels, **kwargs)
        cast(forms.ChoiceField, self.fields["channel_id"]).choices = [*channels, ("", "Somewhere else")]


ANSWER_FORMS: Mapping[ApplicationStep, type[AnswerEditForm]] = {
    ApplicationStep.REASONS: _ReasonsForm,
    ApplicationStep.EXPERIENCE: _ExperienceForm,
    ApplicationStep.INTERESTS: _InterestsForm,
    ApplicationStep.NEEDS: _NeedsForm,
    ApplicationStep.TELEPHONE: _TelephoneForm,
    ApplicationStep.HEARD: _HeardForm,
}


class TimeChooseForm(NHSForm):
    """Which of the times that are offered. ``times`` are (id, words)."""

    time_id = forms.ChoiceField(
        label="When would you like to talk to us?",
        widget=NHSRadioSelect(divider="or"),
        error_messages={"required": "Select a time, or say that none of them is good for you"},
    )
    note = forms.CharField(
        label="If none is good for you, when would be?",
        required=False,
        max_length=500,
        widget=NHSTextarea(rows=3, count=500),
        error_messages={"max_length": "What you say must be 500 characters or fewer"},
    )

    def __init__(self, *args: Any, times: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["time_id"]).choices = [*times, (NO_TIME, "None of these")]


class OfferAcceptForm(NHSForm):
    """How a new partner wants to sign in."""

    password = forms.CharField(
        label="Choose a password",
        required=False,
        strip=False,
        max_length=200,
        help_text="12 characters or more. Leave it empty if you would rather sign in with a code that we email you.",
        widget=NHSPasswordInput(attrs={"autocomplete": "new-password"}),
    )
    layout_options: ClassVar = {"password": {"width": 20}}

    def clean_password(self) -> str:
        """Refuse a password that is too easy to guess."""
        password = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password


# --- for the staff --------------------------------------------------------------------------
class ContactEditForm(NHSForm):
    """How an applicant is reached."""

    email = forms.EmailField(
        label="Email address",
        required=False,
        max_length=254,
        error_messages={"invalid": "Enter an email address in the correct format, like name@example.com"},
    )
    telephone = forms.CharField(
        label="Telephone number",
        required=False,
        max_length=30,
        error_messages={"max_length": "The telephone number must be 30 characters or fewer"},
    )
    layout_options: ClassVar = {
        "email": {"autocomplete": "off", "spellcheck": False, "width": 20},
        "telephone": {"autocomplete": "off", "inputmode": "tel", "width": 20},
    }


class ApplicationCreateForm(ContactEditForm):
    """An application that somebody gave on the telephone or on paper. ``channels`` are (id, words)."""

    name = text("Name", "their name", 150)
    reasons = text("Why would they like to do it?", "why they would like to do it", 3000, rows=5)
    experience = text("What would they bring?", "what they would bring", 3000, rows=5)
    interests = text("What are they most interested in?", "their interests", 2000, rows=3, required=False)
    needs = text("What do they need for a chat or an interview?", "what they need", 2000, rows=3, required=False)
    reply_format = forms.ChoiceField(
        label="How would they like to hear from you?",
        choices=FORMAT_LABELS,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select how they would like to hear from you"},
    )
    channel_id = forms.TypedChoiceField(
        label="Where did they hear of it?", required=False, coerce=UUID, empty_value=None, widget=NHSRadioSelect()
    )
    field_order = ("name", "email", "telephone")

    def __init__(self, *args: Any, channels: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["channel_id"]).choices = [*channels, ("", "Somewhere else, or not said")]
