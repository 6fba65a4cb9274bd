"""What the pages about support ask; writes nothing."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms

from partners.enums.support import CheckInItem, PlanItem, ReviewSide, TalkKind
from partners.forms.training import YES_NO, long_text, whole_number
from psp_portal.dates import LONDON
from psp_portal.nhsuk.fields import NHSDateField, TimeField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSRadioSelect, NHSSelect, NHSTextarea

Choices = Iterable[tuple[str, str]]

LONGEST = 3000


class SettingsEditForm(NHSForm):
    """An organisation's own times, and whom partners can talk to."""

    ask_after_days = whole_number(
        "How many days after something hard does the portal ask a partner how they are?",
        lowest=0,
        highest=30,
        noun="Days",
    )
    review_months = whole_number("Every how many months is there a review?", lowest=1, highest=36, noun="Months")
    who_to_talk_to = long_text(
        "Whom can partners talk to, apart from their lead?",
        longest=1000,
        help_text="Names, telephone numbers and times: for example your staff wellbeing service or chaplaincy, "
        "if partners may use them.",
    )
    layout_options: ClassVar = {
        "ask_after_days": {"width": 3, "suffix": "days"},
        "review_months": {"width": 3, "suffix": "months"},
    }


# --- talks --------------------------------------------------------------------------------
class TalkCreateForm(NHSForm):
    """With whom, when and where. ``people`` are (id, name)."""

    with_id = forms.TypedChoiceField(
        label="Who is it with?",
        coerce=UUID,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select who it is with"},
    )
    kind = forms.ChoiceField(
        label="What is it?",
        choices=TalkKind.choices,
        initial=TalkKind.ONE_TO_ONE,
        widget=NHSRadioSelect(
            hints={
                TalkKind.ONE_TO_ONE: "How it is going, what is next",
                TalkKind.CHECK_IN: "A short look at how somebody is",
                TalkKind.DEBRIEF: "After something difficult",
            }
        ),
    )
    starts_on = NHSDateField(noun="Date", label="Date", help_text="For example, 31 3 2027")
    starts_time = TimeField(
        label="Start time",
        help_text="For example, 2:30pm or 14:30",
        error_messages={"required": "Enter the start time"},
    )
    minutes = whole_number("How many minutes?", lowest=5, highest=480, noun="Minutes", initial=60)
    place = forms.CharField(
        label="Place",
        max_length=200,
        required=False,
        error_messages={"max_length": "The place must be 200 characters or fewer"},
    )
    online_link = forms.URLField(
        label="Link for joining online",
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Enter a link like https://teams.example/abc"},
    )
    layout_options: ClassVar = {
        "starts_time": {"width": 10},
        "minutes": {"width": 3, "suffix": "minutes"},
        "place": {"optional": False},
        "online_link": {"optional": False},
    }

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["with_id"]).choices = list(people)

    def clean(self) -> dict[str, Any]:
        """Put the moment in the place of date and time; say early when it is nowhere."""
        data = super().clean() or {}
        if data.get("starts_on") and data.get("starts_time") is not None:
            data["starts_at"] = datetime.combine(data.pop("starts_on"), data.pop("starts_time"), tzinfo=LONDON)
        if not self.errors.keys() & {"place", "online_link"} and not (data.get("place") or data.get("online_link")):
            self.add_error("place", "Enter a place or a link, so that both know where")
        return data


class TalkCancelForm(NHSForm):
    """Why it is cancelled."""

    reason = forms.CharField(
        label="Why is it cancelled?",
        max_length=300,
        help_text="The other person reads this.",
        widget=NHSTextarea(rows=3, count=300),
        error_messages={
            "required": "Enter the reason. The other person reads it",
            "max_length": "The reason must be 300 characters or fewer",
        },
    )
    heading_field = "reason"


class _SeenForm(NHSForm):
    """Carries which version of a text was on the page."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class NotesEditForm(_SeenForm):
    """The notes that both read."""

    text = long_text("Shared notes", longest=5000, rows=12, help_text="Both of you read this, and say that you agree.")


class NotesAgreeForm(_SeenForm):
    """Nothing but which version was read."""


class NoteEditForm(NHSForm):
    """A note for oneself."""

    text = long_text(
        "A note only for you",
        longest=5000,
        rows=12,
        help_text="Nobody else can read it: not the other person, not anybody at the organisation.",
    )
    heading_field = "text"
    layout_options: ClassVar = {"text": {"optional": False}}


# --- wellbeing ----------------------------------------------------------------------------
class PlanEditForm(NHSForm):
    """A partner's own wellbeing plan; each part may stay empty."""

    is_shared = forms.TypedChoiceField(
        label="May your lead read this plan?",
        choices=[("no", "No, only I can read it"), ("yes", "Yes, my lead may read all of it")],
        coerce=lambda answer: answer == "yes",
        initial="no",
        help_text="You can change this at any time.",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select whether your lead may read this plan"},
    )
    field_order = [*PlanItem.values, "is_shared"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in PlanItem:
            self.fields[item.value] = long_text(item.label, longest=LONGEST)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Gather the parts of the plan under ``items``."""
        data = super().clean() or {}
        data["items"] = {item: data.pop(item.value, "") for item in PlanItem}
        return data


class CheckInCreateForm(NHSForm):
    """How a partner is, item by item, and which of it the lead may read."""

    shared = forms.TypedMultipleChoiceField(
        label="What may your lead read?",
        choices=CheckInItem.choices,
        coerce=CheckInItem,
        required=False,
        help_text="Tick only what you want to share. Everything else stays with you.",
        widget=NHSCheckboxes(),
    )
    field_order = [*CheckInItem.values, "shared"]
    layout_options: ClassVar = {"shared": {"optional": False}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in CheckInItem:
            self.fields[item.value] = long_text(item.label, longest=LONGEST, rows=3)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Gather the answers under ``items``."""
        data = super().clean() or {}
        data["items"] = {item: data.pop(item.value, "") for item in CheckInItem}
        return data


class CheckInShareForm(NHSForm):
    """What of a check-in the lead may read; ``items`` are those that were answered."""

    shared = forms.TypedMultipleChoiceField(
        label="What may your lead read?",
        coerce=CheckInItem,
        required=False,
        help_text="Tick only what you want to share. Untick something, and your lead cannot open it any more.",
        widget=NHSCheckboxes(),
    )
    heading_field = "shared"
    layout_options: ClassVar = {"shared": {"optional": False}}

    def __init__(self, *args: Any, items: Iterable[CheckInItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["shared"]).choices = [(item.value, item.label) for item in items]


class FollowUpCreateForm(NHSForm):
    """When something was hard, and what; only the partner ever reads it."""

    happened_on = NHSDateField(noun="Day", label="When was it?", help_text="For example, 31 3 2027")
    about = long_text("What was hard?", longest=LONGEST, help_text="You need not say. Only you can read it.")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(NHSDateField, self.fields["happened_on"]).latest = today


class FollowUpAnswerForm(NHSForm):
    """How are you?"""

    answer = long_text(
        "What would you like to write down?",
        longest=LONGEST,
        rows=8,
        help_text="Only you can read this. You can leave it empty.",
    )
    layout_options: ClassVar = {"answer": {"optional": False}}


# --- mentors ------------------------------------------------------------------------------
class MentorCreateForm(NHSForm):
    """Who could be the mentor. ``people`` are (id, name)."""

    mentor_id = forms.TypedChoiceField(
        label="Who could be the mentor?",
        coerce=UUID,
        help_text="Another partner, or a member of staff. Both are asked whether they want it.",
        widget=NHSSelect(),
        error_messages={"required": "Select who could be the mentor"},
    )
    heading_field = "mentor_id"

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["mentor_id"]).choices = [("", "Select a person"), *people]


class MentorAnswerForm(NHSForm):
    """Yes or no."""

    says_yes = forms.TypedChoiceField(
        label="Would you like this?",
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        help_text="You need not say why. You can end it at any time.",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if you would like this"},
    )


# --- the annual review ----------------------------------------------------------------------
class QuestionCreateForm(NHSForm):
    """A question, and whom it is for."""

    side = forms.ChoiceField(
        label="Who answers it?",
        choices=ReviewSide.choices,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select who answers it"},
    )
    text = forms.CharField(
        label="Question",
        max_length=300,
        error_messages={"required": "Enter the question", "max_length": "The question must be 300 characters or fewer"},
    )


class QuestionEditForm(NHSForm):
    """Other words for a question, or leaving it out."""

    text = forms.CharField(
        label="Question",
        max_length=300,
        error_messages={"required": "Enter the question", "max_length": "The question must be 300 characters or fewer"},
    )
    is_in_use = forms.TypedChoiceField(
        label="Is it asked in new reviews?",
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if it is asked in new reviews"},
    )


class ReviewAnswerForm(NHSForm):
    """One side's answers. ``texts`` are the questions with what was saved; each field is named after its position."""

    def __init__(self, *args: Any, texts: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for text in texts:
            field = long_text(text.question, longest=LONGEST)
            field.initial = text.answer
            self.fields[f"answer_{text.position}"] = field

    def clean(self) -> dict[str, Any]:
        """Gather the answers by position, and say whether they are sent or only saved."""
        data = super().clean() or {}
        answers = {int(name.removeprefix("answer_")): text for name, text in data.items()}
        return {"answers": answers, "is_sending": "send" in self.data}


class PointsEditForm(_SeenForm):
    """What both agree, and the plan for the next year."""

    agreed_points = long_text("What you agree", longest=LONGEST, rows=8)
    development_plan = long_text("Plan for the next year: what to do and learn", longest=LONGEST, rows=6)
    layout_options: ClassVar = {"agreed_points": {"optional": False}, "development_plan": {"optional": False}}


class PointsAgreeForm(_SeenForm):
    """Nothing but which version was read."""
