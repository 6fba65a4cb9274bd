"""What the pages about agreements ask; writes nothing."""

from typing import Any

from django import forms

from partners.enums.agreements import AgreementKind, AgreementShown, AgreementState
from partners.forms.training import YES_NO, long_text
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSSelect


class DraftEditForm(NHSForm):
    """The text of an agreement."""

    text = long_text(
        "Text of the agreement",
        longest=20_000,
        required="Enter the text of the agreement",
        rows=30,
        help_text="Leave an empty line between paragraphs. Begin a heading with # and a space, and a point of a list "
        "with - and a space.",
    )


class AgreementListForm(NHSForm):
    """Filters of who has signed what."""

    mark_optional = False
    shown = forms.ChoiceField(
        label="State",
        choices=[("", "All"), *AgreementShown.choices, *AgreementState.choices],
        required=False,
        widget=NHSSelect(),
    )
    kind = forms.ChoiceField(
        label="Agreement", choices=[("", "All agreements"), *AgreementKind.choices], required=False, widget=NHSSelect()
    )


class AgreementSignForm(NHSForm):
    """One's own name; for pictures of oneself also yes or no."""

    agrees = forms.TypedChoiceField(
        label="Do you agree to pictures of you?",
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        help_text="You can say no, and you can change your mind at any time. It makes no difference to your role.",
        error_messages={"required": "Select yes if you agree to pictures of you"},
    )
    name = forms.CharField(
        label="Type your name to sign",
        max_length=200,
        error_messages={
            "required": "Type your name to sign",
            "max_length": "Your name must be 200 characters or fewer",
        },
    )

    def __init__(self, *args: Any, asks_consent: bool, person: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = f"As it is here: {person}"
        if not asks_consent:
            del self.fields["agrees"]
