"""What the pages about committees ask; writes nothing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from crispy_forms.layout import Fieldset, Layout
from django import forms

from committees import policies
from committees.enums import CommitteeKind
from psp_portal.dates import LONDON, format_minutes
from psp_portal.exceptions import RuleBroken
from psp_portal.nhsuk.fields import NHSDateField, TimeField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.layout import F
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSSelect, NHSTextarea

Choices = Iterable[tuple[str, str]]


class _LengthForm(NHSForm):
    """Asks a length of time as hours and minutes; gives it in minutes under ``length_name``."""

    length_name: ClassVar[str]

    hours = forms.IntegerField(
        label="Hours",
        required=False,
        min_value=0,
        max_value=24,
        error_messages={
            "invalid": "Hours must be a whole number, like 2",
            "min_value": "Hours must be from 0 to 24",
            "max_value": "Hours must be from 0 to 24",
        },
    )
    minutes = forms.IntegerField(
        label="Minutes",
        required=False,
        min_value=0,
        max_value=59,
        error_messages={
            "invalid": "Minutes must be a whole number, like 30",
            "min_value": "Minutes must be from 0 to 59",
            "max_value": "Minutes must be from 0 to 59",
        },
    )
    layout_options = {"hours": {"width": 2, "optional": False}, "minutes": {"width": 2, "optional": False}}

    @classmethod
    def initial_of(cls, minutes: int) -> dict[str, int]:
        """Return what the boxes show for a length in minutes."""
        return {"hours": minutes // 60, "minutes": minutes % 60}

    def clean(self) -> dict[str, Any]:
        """Put the length in minutes in the place of the two boxes."""
        data = super().clean() or {}
        if "hours" not in data or "minutes" not in data:
            return data
        hours, minutes = data.pop("hours"), data.pop("minutes")
        if hours is None and minutes is None:
            self.add_error("hours", "Enter how long, in hours and minutes")
            return data
        length = (hours or 0) * 60 + (minutes or 0)
        try:
            policies.check_minutes(length)
        except RuleBroken as broken:
            self.add_error("hours", broken.message)
        data[self.length_name] = length
        return data


# --- committees ----------------------------------------------------------------------------
class CommitteeCreateForm(NHSForm):
    """What a committee is and does."""

    name = forms.CharField(
        label="Name",
        max_length=150,
        error_messages={
            "required": "Enter the name of the committee",
            "max_length": "The name must be 150 characters or fewer",
        },
    )
    kind = forms.ChoiceField(
        label="What kind is it?",
        choices=CommitteeKind.choices,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select what kind of committee it is"},
    )
    purpose = forms.CharField(
        label="What is it for?",
        help_text="In plain words, as you would tell someone who has never been to one of its meetings.",
        max_length=1000,
        widget=NHSTextarea(rows=4, count=1000),
        error_messages={
            "required": "Enter what the committee is for",
            "max_length": "What the committee is for must be 1,000 characters or fewer",
        },
    )
    is_safety_related = forms.TypedChoiceField(
        label="Is it about patient safety?",
        help_text="A safety committee should have 2 partners.",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if the committee is about patient safety"},
    )
    seats = forms.IntegerField(
        label="How many partners should be on it?",
        min_value=1,
        max_value=20,
        initial=2,
        error_messages={
            "required": "Enter how many partners should be on the committee",
            "invalid": "The number of partners must be a whole number, like 2",
            "min_value": "The number of partners must be from 1 to 20",
            "max_value": "The number of partners must be from 1 to 20",
        },
    )
    layout_options = {"seats": {"width": 2}}


# --- assignments ---------------------------------------------------------------------------
class AssignmentEditForm(NHSForm):
    """Who pays, agreed before the first meeting. ``payers`` and ``approvers`` are (id, name)."""

    payer_id = forms.TypedChoiceField(
        coerce=UUID,
        label="Which organisation pays?",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select who pays. A partner cannot start until this is agreed"},
    )
    budget_code = forms.CharField(
        label="Budget code",
        max_length=30,
        error_messages={
            "required": "Enter the budget code. A partner cannot start until this is agreed",
            "max_length": "The budget code must be 30 characters or fewer",
        },
    )
    budget_holder_id = forms.TypedChoiceField(
        coerce=UUID,
        label="Budget holder",
        help_text="Decides the partner’s claims. Must be an approver at the organisation that pays.",
        widget=NHSSelect(),
        error_messages={"required": "Select the budget holder. A partner cannot start until this is agreed"},
    )
    deputy_id = forms.TypedChoiceField(
        coerce=UUID,
        label="Deputy",
        help_text="Decides when the budget holder is away.",
        widget=NHSSelect(),
        error_messages={"required": "Select a deputy. A partner cannot start until this is agreed"},
    )
    dispute_person_id = forms.TypedChoiceField(
        coerce=UUID,
        empty_value=None,
        required=False,
        label="Who decides if the two organisations disagree about who pays?",
        help_text=(
            "Needed when another organisation than the committee’s pays. A third person: not the budget holder, the "
            "deputy or the partner."
        ),
        widget=NHSSelect(),
    )
    layout_options = {
        "budget_code": {"width": 20, "spellcheck": False},
        "dispute_person_id": {"optional": False},
    }

    def __init__(self, *args: Any, payers: Choices, approvers: Choices, staff: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [("", "Select a person"), *approvers]
        cast(forms.ChoiceField, self.fields["payer_id"]).choices = list(payers)
        cast(forms.ChoiceField, self.fields["budget_holder_id"]).choices = people
        cast(forms.ChoiceField, self.fields["deputy_id"]).choices = people
        cast(forms.ChoiceField, self.fields["dispute_person_id"]).choices = [("", "Nobody is named"), *staff]


class AssignmentCreateForm(AssignmentEditForm):
    """Which partner, from when until when, and who pays. ``partners`` are (id, name)."""

    partner_id = forms.TypedChoiceField(
        coerce=UUID,
        label="Partner",
        widget=NHSSelect(),
        error_messages={
            "required": "Select the partner",
            "invalid_choice": "Select a partner from the list. Somebody before the end of their checks, in a pause or "
            "leaving is not in it",
        },
    )
    starts_on = NHSDateField(noun="First day", label="First day", help_text="For example, 31 3 2027")
    ends_on = NHSDateField(
        noun="Last day", label="Last day", required=False, help_text="Leave empty if no end is planned."
    )
    field_order = ["partner_id", "starts_on", "ends_on"]

    def __init__(self, *args: Any, partners: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["partner_id"]).choices = [("", "Select a partner"), *partners]


class EscortEditForm(NHSForm):
    """Who goes along to the first meeting, and where the two meet. ``people`` are (id, name)."""

    escort_id = forms.TypedChoiceField(
        coerce=UUID,
        empty_value=None,
        required=False,
        label="Who goes along?",
        help_text="Somebody who works here, or another partner.",
        widget=NHSSelect(),
    )
    how_to_meet = forms.CharField(
        label="Where and when do they meet?",
        required=False,
        max_length=300,
        help_text="For example, at the main reception at 1:45pm. The partner and whoever goes along read this.",
        widget=NHSTextarea(rows=3, count=300),
        error_messages={"max_length": "Where and when they meet must be 300 characters or fewer"},
    )
    layout_options = {"escort_id": {"optional": False}, "how_to_meet": {"optional": False}}

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["escort_id"]).choices = [("", "Nobody goes along"), *people]


class AssignmentEndForm(NHSForm):
    """The last day of an assignment."""

    ends_on = NHSDateField(
        noun="Last day", label="What is their last day?", help_text="For example, 31 3 2027. It may be in the future."
    )


# --- meetings ------------------------------------------------------------------------------
class MeetingCreateForm(_LengthForm):
    """When, how long and where a committee meets."""

    length_name = "planned_minutes"
    # The error summary lists problems in the order of the page.
    field_order = ["starts_on", "starts_time", "hours", "minutes", "place", "online_link"]

    starts_on = NHSDateField(noun="Date", label="Date", help_text="For example, 31 3 2027")
    starts_time = TimeField(
        label="Start time",
        help_text="For example, 2:30pm or 14:30",
        error_messages={"required": "Enter the start time"},
    )
    place = forms.CharField(
        label="Place",
        required=False,
        max_length=150,
        help_text="Enter a place, a link to join online, or both.",
        error_messages={"max_length": "The place must be 150 characters or fewer"},
    )
    online_link = forms.URLField(
        label="Link to join online",
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput(),
        error_messages={
            "invalid": "Enter a link like https://meet.example.nhs.uk/123",
            "max_length": "The link must be 200 characters or fewer",
        },
    )
    layout = Layout(
        F("starts_on"),
        F("starts_time", width=10),
        Fieldset("How long is it planned to last?", F("hours"), F("minutes")),
        F("place", optional=False),
        F("online_link", optional=False, inputmode="url", spellcheck=False),
    )

    def clean(self) -> dict[str, Any]:
        """Put the moment in the place of date and time; say early when there is neither place nor link."""
        data = super().clean()
        if data.get("starts_on") and data.get("starts_time") is not None:
            data["starts_at"] = datetime.combine(data.pop("starts_on"), data.pop("starts_time"), tzinfo=LONDON)
        if "place" in data and "online_link" in data:
            try:
                policies.check_venue(place=data["place"], online_link=data["online_link"])
            except RuleBroken as broken:
                self.add_error(broken.field, broken.message)
        return data


class MeetingCancelForm(NHSForm):
    """Why a meeting is cancelled."""

    reason = forms.CharField(
        label="Why is it cancelled?",
        help_text="The partners of the committee can read this. Do not name anybody.",
        max_length=300,
        widget=NHSTextarea(rows=3, count=300),
        error_messages={
            "required": "Enter why the meeting is cancelled",
            "max_length": "The reason must be 300 characters or fewer",
        },
    )


class WarningEditForm(NHSForm):
    """What of a meeting may be hard to hear."""

    content_warning = forms.CharField(
        label="What may be hard to hear?",
        required=False,
        help_text="For example, deaths of babies. Leave it empty if nothing is. Do not name anybody.",
        max_length=300,
        widget=NHSTextarea(rows=3, count=300),
        error_messages={"max_length": "What may be hard to hear must be 300 characters or fewer"},
    )
    layout_options = {"content_warning": {"optional": False}}


class MeetingHoldForm(_LengthForm):
    """How long a meeting was."""

    length_name = "actual_minutes"
    layout = Layout(Fieldset("How long was it?", F("hours"), F("minutes")))


# --- attendance ----------------------------------------------------------------------------
class AttendanceRecordForm(NHSForm):
    """Was the partner there? ``length`` is the meeting's in minutes; ``name`` is empty for the partner themself."""

    WHOLE, PART, APOLOGIES = "whole", "part", "apologies"

    answer = forms.ChoiceField(widget=NHSRadioSelect())
    heading_field = "answer"

    def __init__(self, *args: Any, length: int, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].label = f"Was {name} at the meeting?" if name else "Did you go to the meeting?"
        cast(forms.ChoiceField, self.fields["answer"]).choices = [
            (self.WHOLE, f"Yes, for the whole meeting ({format_minutes(length)})"),
            (self.PART, "Yes, for a different length of time"),
            (self.APOLOGIES, "No, they sent apologies" if name else "No, I sent apologies"),
        ]
        who = f"{name} was" if name else "you were"
        self.fields["answer"].error_messages["required"] = f"Select whether {who} at the meeting"


class AttendanceLengthRecordForm(_LengthForm):
    """How long the partner was there."""

    length_name = "minutes_there"
    layout = Layout(Fieldset("Time at the meeting", F("hours"), F("minutes")))
