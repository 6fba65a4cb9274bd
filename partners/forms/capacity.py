"""What the pages about time and interests ask; writes nothing."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, cast

from django import forms

from partners.enums.capacity import Audience, CapacityUnit, PartOfDay
from partners.policies import capacity as policies
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSRadioSelect, NHSTextarea


def long_text(label: str, *, longest: int, rows: int = 5, **options: Any) -> forms.CharField:
    """Return a box of several lines that counts down, and may stay empty."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=False,
        widget=NHSTextarea(rows=rows, count=longest),
        error_messages={"max_length": f"Your answer must be {longest:,} characters or fewer"},
        **options,
    )


# --- how much time ------------------------------------------------------------------------------
class AgreementCreateForm(NHSForm):
    """How much time a month, and from which month on; ``months`` are first days."""

    amount = forms.DecimalField(
        label="How much time",
        max_digits=4,
        decimal_places=1,
        help_text="With preparation. For example, 8 hours or 1.5 days",
        error_messages={
            "required": "Enter how much time",
            "invalid": "The time must be a number, like 8 or 1.5",
            "max_digits": "The time must be a number, like 8 or 1.5",
            "max_whole_digits": "The time must be a number, like 8 or 1.5",
            "max_decimal_places": "The time must have no more than 1 decimal place, like 1.5",
        },
    )
    unit = forms.ChoiceField(
        label="Hours or days",
        choices=CapacityUnit.choices,
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select hours or days"},
    )
    starts_on = forms.TypedChoiceField(
        label="From which month on?",
        coerce=date.fromisoformat,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select from which month on"},
    )
    layout_options: ClassVar = {"amount": {"width": 4}}

    def __init__(self, *args: Any, months: Iterable[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(month.isoformat(), f"{month:%B %Y}") for month in months]
        cast(forms.ChoiceField, self.fields["starts_on"]).choices = choices


class AgreementAnswerForm(NHSForm):
    """Yes or no to what the other one proposed."""

    agrees = forms.TypedChoiceField(
        choices=[("yes", "Yes, I agree"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select yes if you agree"},
    )
    reason = long_text(
        "What would you like to say about it?", longest=500, rows=3, help_text="The other person reads this."
    )

    def __init__(self, *args: Any, question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agrees"].label = question


# --- when -----------------------------------------------------------------------------------------
class AvailabilityEditForm(NHSForm):
    """When in a week somebody can usually take part; gives the slots under ``slots``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, name in enumerate(policies.WEEKDAYS):
            self.fields[f"day_{weekday}"] = forms.MultipleChoiceField(
                label=name, choices=PartOfDay.choices, required=False, widget=NHSCheckboxes()
            )

    layout_options: ClassVar = {
        f"day_{weekday}": {"optional": False, "label_size": "s", "small": True} for weekday in range(7)
    }

    @staticmethod
    def initial_of(slots: Iterable[str]) -> dict[str, list[str]]:
        """Return what the boxes show for the slots that somebody has."""
        pairs = [slot.split(":") for slot in slots]
        return {f"day_{weekday}": [part for day, part in pairs if day == str(weekday)] for weekday in range(7)}

    def clean(self) -> dict[str, Any]:
        """Put the slots in the place of the seven answers."""
        data = super().clean() or {}
        parts = {weekday: data.pop(f"day_{weekday}", []) for weekday in range(7)}
        return data | {"slots": [f"{weekday}:{part}" for weekday, chosen in parts.items() for part in chosen]}


class AwayCreateForm(NHSForm):
    """The days on which somebody is away."""

    starts_on = NHSDateField(noun="First day away", label="First day away", help_text="For example, 31 3 2027")
    ends_on = NHSDateField(noun="Last day away", label="Last day away", help_text="The same day if it is only one")


# --- for what -------------------------------------------------------------------------------------
class SkillsEditForm(NHSForm):
    """What a partner is good at."""

    skills = long_text(
        "What are you good at?",
        longest=1000,
        help_text="In your own words. For example: listening, reading figures, chairing a meeting, speaking Polish.",
    )
    heading_field = "skills"
    layout_options: ClassVar = {"skills": {"optional": False}}


class InterestsEditForm(NHSForm):
    """What a partner cares about; ``offered`` are the words that can be chosen."""

    tags = forms.MultipleChoiceField(label="Choose what interests you", required=False, widget=NHSCheckboxes())
    interests = long_text(
        "Tell us more in your own words", longest=1000, help_text="What would you most like to see made better?"
    )
    layout_options: ClassVar = {"tags": {"optional": False}, "interests": {"optional": False}}

    def __init__(self, *args: Any, offered: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(tag, tag) for tag in offered]
        if choices:
            cast(forms.ChoiceField, self.fields["tags"]).choices = choices
        else:
            del self.fields["tags"]

    def clean(self) -> dict[str, Any]:
        """Choose nothing where there is nothing to choose from."""
        return {"tags": []} | (super().clean() or {})


class ExperienceEditForm(NHSForm):
    """What a partner has lived through, and who may read it."""

    experience = long_text(
        "What have you, or someone close to you, lived through?",
        longest=2000,
        rows=8,
        help_text="Only what you want to tell. For example: “My mother fell twice on a ward.”",
    )
    experience_for = forms.ChoiceField(
        label="Who may read it?",
        # In the words of the partner, who alone is asked.
        choices=[(Audience.LEAD, "Only my programme lead"), (Audience.MATCHING, Audience.MATCHING.label)],
        widget=NHSRadioSelect(
            hints={
                Audience.LEAD: "The person who looks after you",
                Audience.MATCHING: "They look for partners who know what a piece of work is about",
            }
        ),
        error_messages={"required": "Select who may read it"},
    )
    layout_options: ClassVar = {"experience": {"optional": False}}


class SettingsEditForm(NHSForm):
    """An organisation's own numbers, and the interests its partners can choose from."""

    day_minutes = forms.IntegerField(
        label="How many minutes is a day?",
        min_value=60,
        max_value=720,
        help_text="450 minutes is 7 hours 30 minutes. There is no national rule: your trust must confirm it.",
        error_messages={
            "required": "Enter how many minutes a day is",
            "invalid": "Minutes must be a whole number, like 450",
            "min_value": "Minutes must be from 60 to 720, which is 12 hours",
            "max_value": "Minutes must be from 60 to 720, which is 12 hours",
        },
    )
    preparation_minutes = forms.IntegerField(
        label="How many minutes does a partner need to prepare for a meeting?",
        min_value=0,
        max_value=720,
        help_text="They are counted with the meeting. There is no national rule: your trust must confirm it.",
        error_messages={
            "required": "Enter how many minutes a partner needs to prepare",
            "invalid": "Minutes must be a whole number, like 60",
            "min_value": "Minutes must be from 0 to 720, which is 12 hours",
            "max_value": "Minutes must be from 0 to 720, which is 12 hours",
        },
    )
    tags = forms.CharField(
        label="Interests that partners can choose from",
        required=False,
        max_length=4000,
        help_text="One on each line. What a partner has chosen stays theirs when you take it away here.",
        widget=NHSTextarea(rows=10),
    )
    layout_options: ClassVar = {
        "day_minutes": {"width": 4, "suffix": "minutes"},
        "preparation_minutes": {"width": 4, "suffix": "minutes"},
        "tags": {"optional": False},
    }

    def clean_tags(self) -> list[str]:
        """Return the lines."""
        return self.cleaned_data["tags"].splitlines()
