"""What the pages about access needs ask; writes nothing."""

from typing import Any, ClassVar

from django import forms

from partners.enums.access import NeedKind, Sharing
from partners.policies import access as policies
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSTextarea

# What the second page asks, by what was chosen on the first; where nothing stands, the words are optional.
_QUESTIONS = {
    NeedKind.LANGUAGE: ("Which language?", "For example, Polish. Say whether you need it spoken, written or both."),
    NeedKind.CONTACT: ("How should people contact you?", "For example, by text message, or by telephone after 4pm."),
    NeedKind.SUPPORT: (
        "Who supports you, and what do they need?",
        "For example, my sister comes with me and takes notes.",
    ),
    NeedKind.ENVIRONMENT: (
        "What do you need of the room and what is around it?",
        "For example, a hearing loop, a ramp, a break every hour, or a quiet place.",
    ),
    NeedKind.OTHER: ("What do you need?", ""),
}
_ANYTHING_ELSE = (
    "Is there anything people should know about it?",
    "For example, when you need it, and what does not work.",
)


class NeedKindChooseForm(NHSForm):
    """What kind of thing somebody needs. ``name`` is empty for the person themself."""

    kind = forms.ChoiceField(
        choices=NeedKind.choices,
        widget=NHSRadioSelect(
            hints={
                NeedKind.EASY_READ: "Short sentences with pictures",
                NeedKind.LIP_SPEAKER: "Someone who repeats without voice what is said",
                NeedKind.SPEECH_TO_TEXT: "Someone who types what is said, for you to read at once",
                NeedKind.ENVIRONMENT: "For example, a ramp, a hearing loop, or breaks",
            }
        ),
        error_messages={"required": "Select what is needed"},
    )
    heading_field = "kind"

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = f"What does {name} need?" if name else "What do you need?"


class _NeedForm(NHSForm):
    """The details of one kind of need: the size of large print, and words."""

    point_size = forms.IntegerField(
        label="How large should the print be?",
        help_text="Most large print is 16 to 22 point.",
        min_value=policies.SMALLEST_PRINT,
        max_value=policies.LARGEST_PRINT,
        initial=18,
        error_messages={
            "required": "Enter the size of the print",
            "invalid": "The size must be a whole number, like 18",
            "min_value": f"Enter a size from {policies.SMALLEST_PRINT} to {policies.LARGEST_PRINT}",
            "max_value": f"Enter a size from {policies.SMALLEST_PRINT} to {policies.LARGEST_PRINT}",
        },
    )
    detail = forms.CharField(
        max_length=policies.LONGEST,
        widget=NHSTextarea(rows=4, count=policies.LONGEST),
        error_messages={
            "required": "Enter what is needed",
            "max_length": f"What is needed must be {policies.LONGEST} characters or fewer",
        },
    )
    layout_options: ClassVar = {"point_size": {"width": 2, "suffix": "point"}}

    def __init__(self, *args: Any, kind: NeedKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != NeedKind.LARGE_PRINT:
            del self.fields["point_size"]
        detail = self.fields["detail"]
        detail.label, detail.help_text = _QUESTIONS.get(kind, _ANYTHING_ELSE)
        detail.required = kind not in policies.SPEAKS_FOR_ITSELF

    def clean(self) -> dict[str, Any]:
        """Give no size to what has none."""
        return {"point_size": None} | (super().clean() or {})


class NeedCreateForm(_NeedForm):
    """The details of a need that is written down."""


class NeedEditForm(_NeedForm):
    """The details of a need that is changed."""


class NeedConfirmForm(NHSForm):
    """Whether what the lead wrote down is right."""

    is_right = forms.TypedChoiceField(
        label="Is this right?",
        choices=[("yes", "Yes"), ("no", "No, I want to change it")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select yes if it is right"},
    )


class SharingEditForm(NHSForm):
    """Who may know of a need."""

    sharing = forms.ChoiceField(
        label="Who may know about it?",
        # In the words of the partner, who alone is asked.
        choices=[
            (Sharing.LEAD, "Only my programme lead"),
            (Sharing.ARRANGERS, "The people who arrange things for me"),
        ],
        widget=NHSRadioSelect(
            hints={
                Sharing.LEAD: "Nobody else sees that you need anything",
                Sharing.ARRANGERS: "Programme leads here, and staff who see the committees that you are on. "
                "You can see who has read it.",
            }
        ),
        error_messages={"required": "Select who may know about it"},
    )


class MetRecordForm(NHSForm):
    """Whether a need was met on an occasion."""

    occasion = forms.CharField(
        label="What was it for?",
        max_length=150,
        help_text="For example, the safety committee in March",
        error_messages={
            "required": "Enter what it was for",
            "max_length": "What it was for must be 150 characters or fewer",
        },
    )
    on = NHSDateField(noun="Date", label="When was it?", help_text="For example, 31 3 2027")
    was_met = forms.TypedChoiceField(
        label="Was it in place?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if it was in place"},
    )
    how = forms.CharField(
        label="How was it done, or why was it not in place?",
        required=False,
        max_length=500,
        widget=NHSTextarea(rows=3, count=500),
        error_messages={"max_length": "Your answer must be 500 characters or fewer"},
    )
    layout_options: ClassVar = {"how": {"optional": False}}


class SettingsEditForm(NHSForm):
    """After how many months needs are gone through again."""

    review_months = forms.IntegerField(
        label="After how many months do you go through access needs again?",
        min_value=1,
        max_value=36,
        help_text="12 is usual. There is no national rule for partners: your trust must confirm it.",
        error_messages={
            "required": "Enter after how many months",
            "invalid": "Months must be a whole number, like 12",
            "min_value": "Months must be from 1 to 36",
            "max_value": "Months must be from 1 to 36",
        },
    )
    heading_field = "review_months"
    layout_options: ClassVar = {"review_months": {"width": 2, "suffix": "months"}}
