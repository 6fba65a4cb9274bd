"""What the pages about training ask; writes nothing."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms

from partners.enums import RoleCategory
from partners.enums.training import DevelopmentKind, SyllabusLevel, TrainingState
from psp_portal.nhsuk.fields import MoneyField, NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSRadioSelect, NHSSelect, NHSTextarea

Choices = Iterable[tuple[str, str]]

YES_NO = [("yes", "Yes"), ("no", "No")]


def whole_number(label: str, *, lowest: int, highest: int, noun: str, **options: Any) -> forms.IntegerField:
    """Return a box for a whole number that says its limits in words."""
    limits = f"{noun} must be from {lowest:,} to {highest:,}"
    messages = {
        "required": f"Enter the {noun[:1].lower()}{noun[1:]}",
        "invalid": f"{noun} must be a whole number, like 30",
        "min_value": limits,
        "max_value": limits,
    }
    return forms.IntegerField(label=label, min_value=lowest, max_value=highest, error_messages=messages, **options)


def long_text(label: str, *, longest: int, required: str = "", rows: int = 4, **options: Any) -> forms.CharField:
    """Return a box of several lines that counts down; ``required`` is what to say when it is empty."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=bool(required),
        widget=NHSTextarea(rows=rows, count=longest),
        error_messages={
            "required": required,
            "max_length": f"Your answer must be {longest:,} characters or fewer",
        },
        **options,
    )


# --- the catalogue --------------------------------------------------------------------------
class CourseCreateForm(NHSForm):
    """A course: what it is, how long it takes, of whom it is asked, and how long it counts."""

    title = forms.CharField(
        label="Name of the course",
        max_length=150,
        error_messages={
            "required": "Enter the name of the course",
            "max_length": "The name must be 150 characters or fewer",
        },
    )
    level = forms.TypedChoiceField(
        label="Level of the national patient safety syllabus",
        choices=[("", "None: it is another course"), *SyllabusLevel.choices],
        coerce=int,
        empty_value=None,
        required=False,
        widget=NHSSelect(),
    )
    provider = forms.CharField(
        label="Who gives it",
        max_length=100,
        required=False,
        help_text="For example, e-learning for healthcare",
        error_messages={"max_length": "Who gives it must be 100 characters or fewer"},
    )
    minutes = whole_number(
        "How many minutes does it take?",
        lowest=1,
        highest=1440,
        noun="Minutes",
        required=False,
        help_text="If it takes more than one day, enter the minutes of one day.",
    )
    renewal_months = whole_number(
        "After how many months must it be done again?",
        lowest=1,
        highest=120,
        noun="Months",
        required=False,
        help_text="Leave empty if once is enough. There is no national rule for partners: your trust must confirm it.",
    )
    required_of = forms.TypedMultipleChoiceField(
        label="Which partners must do it?",
        choices=RoleCategory.choices,
        coerce=int,
        required=False,
        help_text="Leave all empty if it is only offered.",
        widget=NHSCheckboxes(),
    )
    is_published = forms.TypedChoiceField(
        label="Show it in the Network’s training directory?",
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        initial="no",
        help_text="Partners of other trusts then see its name, level, length, who gives it, and your trust’s name. "
        "They do not see who has done it.",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if it is to be shown to partners of other trusts"},
    )
    layout_options: ClassVar = {
        "minutes": {"width": 4, "suffix": "minutes"},
        "renewal_months": {"width": 3, "suffix": "months"},
    }


class CourseEditForm(CourseCreateForm):
    """The same, of a course that is there."""


class SettingsEditForm(NHSForm):
    """An organisation's own times."""

    first_due_days = whole_number(
        "How many days after the first day must required training be done?",
        lowest=0,
        highest=730,
        noun="Days",
    )
    answer_working_days = whole_number(
        "In how many working days is a partner’s request answered?",
        lowest=1,
        highest=60,
        noun="Working days",
    )
    layout_options: ClassVar = {
        "first_due_days": {"width": 3, "suffix": "days"},
        "answer_working_days": {"width": 3, "suffix": "working days"},
    }


# --- who was there --------------------------------------------------------------------------
class SessionRecordForm(NHSForm):
    """Which course, when, and who was there. ``courses`` and ``partners`` are (id, name)."""

    course_id = forms.TypedChoiceField(
        label="Which course was it?",
        coerce=UUID,
        widget=NHSSelect(),
        error_messages={"required": "Select the course"},
    )
    done_on = NHSDateField(noun="Day", label="On which day?", help_text="For example, 31 3 2027")
    minutes = whole_number(
        "How many minutes did it take?",
        lowest=1,
        highest=1440,
        noun="Minutes",
        required=False,
        help_text="Leave empty to use the course’s own length. Partners who are paid can claim for this time.",
    )
    reference = forms.CharField(
        label="Certificate number or other reference",
        max_length=100,
        required=False,
        help_text="It is kept for everybody you tick.",
        error_messages={"max_length": "The reference must be 100 characters or fewer"},
    )
    partner_ids = forms.TypedMultipleChoiceField(
        label="Who was there?",
        coerce=UUID,
        widget=NHSCheckboxes(),
        error_messages={"required": "Select who was there"},
    )
    layout_options: ClassVar = {"minutes": {"width": 4, "suffix": "minutes"}, "reference": {"width": 20}}

    def __init__(self, *args: Any, today: date, courses: Choices, partners: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(NHSDateField, self.fields["done_on"]).latest = today
        cast(forms.ChoiceField, self.fields["course_id"]).choices = [("", "Select a course"), *courses]
        cast(forms.ChoiceField, self.fields["partner_ids"]).choices = list(partners)


class NeedListForm(NHSForm):
    """Filters of who lacks what. ``courses`` are (id, name)."""

    mark_optional = False
    state = forms.ChoiceField(
        label="State",
        choices=[("", "All that need something"), *TrainingState.choices],
        required=False,
        widget=NHSSelect(),
    )
    course = forms.TypedChoiceField(label="Course", coerce=UUID, empty_value=None, required=False, widget=NHSSelect())

    def __init__(self, *args: Any, courses: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["course"]).choices = [("", "All courses"), *courses]


# --- what partners ask for --------------------------------------------------------------------
class RequestKindChooseForm(NHSForm):
    """What kind of thing a partner would like."""

    kind = forms.ChoiceField(
        label="What would you like?",
        choices=DevelopmentKind.choices,
        widget=NHSRadioSelect(
            hints={
                DevelopmentKind.COURSE: "At your trust or anywhere else",
                DevelopmentKind.SHADOWING: "Being beside somebody while they work",
                DevelopmentKind.VISIT: "To a ward, a service or another trust",
                DevelopmentKind.COACHING: "Somebody who helps you with something you find hard",
            }
        ),
        error_messages={"required": "Select what you would like"},
    )
    heading_field = "kind"


class RequestCreateForm(NHSForm):
    """What exactly, why, when, and what it takes: a small group of questions, as for a line of a claim."""

    what = forms.CharField(
        label="What is it?",
        max_length=200,
        help_text="For example, the name of the course or the place",
        error_messages={
            "required": "Enter what you would like to do",
            "max_length": "What it is must be 200 characters or fewer",
        },
    )
    why = long_text(
        "How would it help you in your role?", longest=1000, required="Enter how it would help you in your role"
    )
    when = forms.CharField(
        label="When would suit you?",
        max_length=200,
        required=False,
        error_messages={"max_length": "When it would suit you must be 200 characters or fewer"},
    )
    hours = whole_number("About how many hours would it take?", lowest=1, highest=500, noun="Hours", required=False)
    cost = MoneyField(
        label="What would it cost, in pounds?",
        noun="Cost",
        required=False,
        min_value="0",
        help_text="Leave empty if you do not know.",
    )
    layout_options: ClassVar = {"hours": {"width": 3, "suffix": "hours"}}


class RequestDecideForm(NHSForm):
    """Yes or no, with a reason."""

    agrees = forms.TypedChoiceField(
        label="Do you agree to it?",
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if you agree to it"},
    )
    agreed_for = NHSDateField(
        noun="Day", label="By which day will it happen?", required=False, help_text="If you agree and know it."
    )
    reason = long_text("What do you want to say to the partner?", longest=1000, help_text="If not agreed, say why.")


class RequestFinishForm(NHSForm):
    """The day it was done."""

    done_on = NHSDateField(noun="Day", label="When was it done?", help_text="For example, 31 3 2027")
    heading_field = "done_on"
