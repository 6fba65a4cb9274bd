"""What the pages about questions ask; writes nothing."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms

from partners.enums.questions import AskedRole, QuestionStatus
from partners.forms.appointments import Choices
from partners.forms.training import YES_NO, long_text, whole_number
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSRadioSelect, NHSSelect

LONGEST = 4000


def _days(label: str, **options: Any) -> forms.IntegerField:
    return whole_number(label, lowest=1, highest=60, noun="Working days", **options)


class QuestionCreateForm(NHSForm):
    """To which role, about what, and the question. ``roles`` are those that somebody holds there."""

    to_role = forms.ChoiceField(
        label="Who should answer?",
        widget=NHSRadioSelect(
            hints={
                AskedRole.PROGRAMME_LEAD: "Your role, your term, meetings, anything you are not sure about",
                AskedRole.FINANCE: "Payments and bank details",
                AskedRole.REQUESTER: "The committees and teams that you work with",
                AskedRole.EXECUTIVE: "The senior leader who answers for partners",
            }
        ),
        error_messages={"required": "Select who should answer"},
    )
    subject = forms.CharField(
        label="What is it about?",
        max_length=150,
        help_text="A few words. For example, parking at the Northside site",
        error_messages={
            "required": "Enter what your question is about",
            "max_length": "What it is about must be 150 characters or fewer",
        },
    )
    text = long_text("Your question", longest=LONGEST, required="Enter your question", rows=6)

    def __init__(self, *args: Any, roles: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["to_role"]).choices = list(roles)


class AdditionCreateForm(NHSForm):
    """What the asker adds."""

    text = long_text("What would you like to add?", longest=LONGEST, required="Enter what you want to add", rows=6)


class QuestionReopenForm(NHSForm):
    """What is still not answered."""

    text = long_text(
        "What do you still need to know?", longest=LONGEST, required="Enter what you still need to know", rows=6
    )


class ReplyCreateForm(NHSForm):
    """A reply, and whether it answers the question."""

    text = long_text("Your reply", longest=LONGEST, required="Enter your reply", rows=8)
    answers = forms.TypedChoiceField(
        label="Does this answer the question?",
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(
            hints={
                "yes": "The partner says whether it is settled.",
                "no": "You say how it stands. It still waits, and its reminders go on.",
            }
        ),
        error_messages={"required": "Select yes if this answers the question"},
    )


class QuestionPassForm(NHSForm):
    """To whom it goes, and why. ``people`` are (id, name)."""

    to_id = forms.TypedChoiceField(
        label="Who should answer it?",
        coerce=UUID,
        widget=NHSSelect(),
        error_messages={"required": "Select who should answer it"},
    )
    reason = long_text(
        "Why do you hand it over?",
        longest=LONGEST,
        required="Enter why you hand it over. The partner reads it",
        help_text="The partner reads this.",
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["to_id"]).choices = [("", "Select somebody"), *people]


class NoReplyCreateForm(NHSForm):
    """Why no reply is needed."""

    reason = long_text(
        "Why does it need no reply?",
        longest=LONGEST,
        required="Enter why no reply is needed. The partner reads it",
        help_text="The partner reads this and can say that they still want a reply.",
    )


class QuestionListForm(NHSForm):
    """Filters of the list of questions."""

    mark_optional = False
    status = forms.ChoiceField(
        label="Status", choices=[("", "All"), *QuestionStatus.choices], required=False, widget=NHSSelect()
    )
    to_role = forms.ChoiceField(
        label="Asked of", choices=[("", "Anybody"), *AskedRole.choices], required=False, widget=NHSSelect()
    )
    answered = forms.ChoiceField(
        label="Answered",
        choices=[("", "With and without an answer"), ("yes", "With an answer")],
        required=False,
        widget=NHSSelect(),
    )
    mine = forms.MultipleChoiceField(
        label="Whose", choices=[("yes", "Only those that are with me")], required=False, widget=NHSCheckboxes()
    )


class SettingsEditForm(NHSForm):
    """An organisation's own times."""

    reply_days = _days("In how many working days is a question answered?")
    first_days = _days("After how many working days is whoever has it reminded?")
    second_days = _days("After how many are they and their deputy reminded?")
    manager_days = _days("After how many is the lead’s manager told?")
    executive_days = _days("After how many is the executive told?")
    confirm_days = _days("After how many is the partner asked whether an answer settles it?")
    reopen_days = _days("How many does a partner have to object when somebody says that no reply is needed?")
    layout_options: ClassVar = {
        name: {"width": 3, "suffix": "working days"}
        for name in (
            "reply_days", "first_days", "second_days", "manager_days", "executive_days", "confirm_days", "reopen_days",
        )
    }  # fmt: skip
