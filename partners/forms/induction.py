"""What the pages about inductions ask; writes nothing."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms

from partners.enums import RoleCategory
from partners.enums.induction import ItemKind, ItemOwner
from partners.forms.appointments import Choices
from partners.forms.training import YES_NO, long_text, whole_number
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSRadioSelect, NHSSelect


# --- the template ---------------------------------------------------------------------------
class TemplateItemCreateForm(NHSForm):
    """One line of the template: what, who, by when. ``colleagues`` are (id, name)."""

    title = forms.CharField(
        label="What has to be done?",
        max_length=150,
        help_text="In a few words, as it stands in the list. For example, read the welcome pack",
        error_messages={
            "required": "Enter what has to be done",
            "max_length": "What has to be done must be 150 characters or fewer",
        },
    )
    explanation = long_text("What does it mean?", longest=1000, help_text="In plain words: the new partner reads it.")
    kind = forms.ChoiceField(
        label="What kind of thing is it?",
        choices=ItemKind.choices,
        initial=ItemKind.TASK,
        widget=NHSRadioSelect(
            hints={
                ItemKind.AGREEMENT: "Both sides write it here, and it is done when both have agreed",
                ItemKind.FIRST_MEETING: "The page shows who goes along, and where they meet",
            }
        ),
        error_messages={"required": "Select what kind of thing it is"},
    )
    owner = forms.ChoiceField(
        label="Who does it?",
        choices=ItemOwner.choices,
        widget=NHSRadioSelect(hints={ItemOwner.COLLEAGUE: "Say who below"}),
        error_messages={"required": "Select who does it"},
    )
    colleague_id = forms.TypedChoiceField(
        label="If it is somebody else: who?",
        coerce=UUID,
        empty_value=None,
        required=False,
        help_text="They are told and reminded, and can say that it is done.",
        widget=NHSSelect(),
    )
    colleague_title = forms.CharField(
        label="If it is somebody else: what is their job?",
        max_length=100,
        required=False,
        help_text="For example, head of volunteering. Without a person above, the partner’s lead asks them.",
        error_messages={"max_length": "Their job must be 100 characters or fewer"},
    )
    due_days = whole_number(
        "Within how many days of the start?",
        lowest=0,
        highest=365,
        noun="Days",
        help_text="Days of the calendar. If the day is not a working day, it is due on the next one.",
    )
    is_required = forms.TypedChoiceField(
        label="Must it be done before the induction is finished?",
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        initial="yes",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if it must be done before the induction is finished"},
    )
    asked_of = forms.TypedMultipleChoiceField(
        label="For which partners is it?",
        choices=RoleCategory.choices,
        coerce=int,
        required=False,
        help_text="Leave all empty if it is for every new partner.",
        widget=NHSCheckboxes(),
    )
    layout_options: ClassVar = {
        "due_days": {"width": 3, "suffix": "days"},
        "colleague_id": {"optional": False},
        "colleague_title": {"optional": False},
    }

    def __init__(self, *args: Any, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Nobody with an account"), *colleagues]
        cast(forms.ChoiceField, self.fields["colleague_id"]).choices = choices


class TemplateItemEditForm(TemplateItemCreateForm):
    """The same, of a line that is there."""


# --- a partner's list -----------------------------------------------------------------------
class ItemSkipForm(NHSForm):
    """Why something is not needed."""

    reason = long_text(
        "Why is it not needed?",
        longest=500,
        required="Enter the reason. The partner reads it",
        help_text="The partner reads this. For example, they have done it already in another role.",
    )
    heading_field = "reason"


class _SeenForm(NHSForm):
    """Carries which version of the agreement was on the page."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class AgreementEditForm(_SeenForm):
    """What both sides agree on."""

    text = long_text(
        "What do you agree on?",
        longest=5000,
        required="Enter what you agree on",
        rows=15,
        help_text="For example: when papers come, how quickly you answer each other, what you need to take part, what "
        "you do when something goes wrong.",
    )


class AgreementAgreeForm(_SeenForm):
    """Nothing but which version was read."""


# --- notes for those who come next ------------------------------------------------------------
class NoteCreateForm(NHSForm):
    """What somebody wishes they had known."""

    text = long_text(
        "What do you wish you had known?",
        longest=2000,
        required="Enter what you wish you had known",
        rows=8,
        help_text="Do not name anybody, and nothing about patients.",
    )
    about = forms.CharField(
        label="Is it about one committee or project? Which?",
        max_length=150,
        required=False,
        help_text="Leave empty if it is about the whole organisation.",
        error_messages={"max_length": "The name of the committee or project must be 150 characters or fewer"},
    )
    shows_name = forms.TypedChoiceField(
        label="Do you want your name to be shown with it?",
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        help_text="If not, programme leads do not see your name with it either. People may still guess from what you "
        "write.",
        error_messages={"required": "Select yes if you want your name to be shown"},
    )


class NoteEditForm(NoteCreateForm):
    """The same, of a note that is there."""


class NoteHideForm(NHSForm):
    """Why a note is hidden from new partners."""

    reason = long_text(
        "Why do you hide this note?",
        longest=500,
        required="Enter the reason. The partner reads it",
        help_text="The partner who wrote it is told, and reads this.",
    )
