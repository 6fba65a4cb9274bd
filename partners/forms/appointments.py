"""What the pages about partners ask; writes nothing."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms

from partners.enums import LeadShown, PartnerShown, PartnerStatus, RoleCategory, Vehicle
from psp_portal.nhsuk.fields import MilesField, NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSSelect, NHSTextarea

Choices = Iterable[tuple[str, str]]


class PartnerListForm(NHSForm):
    """Which partners to list."""

    mark_optional = False
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "All, and those who have left"), *PartnerShown.choices, *PartnerStatus.choices],
        widget=NHSSelect(),
    )
    ends_before = NHSDateField(label="Term ends before", noun="Day", required=False)
    lead = forms.ChoiceField(
        label="Programme lead", required=False, choices=[("", "Anybody"), *LeadShown.choices], widget=NHSSelect()
    )


class PartnerCreateForm(NHSForm):
    """Who is appointed, to what, and for how long. ``people`` and ``leads`` are (id, name)."""

    user_id = forms.TypedChoiceField(
        coerce=UUID,
        label="Who are you appointing?",
        help_text="People who have accepted an invitation to be a partner here.",
        widget=NHSSelect(),
        error_messages={"required": "Select who you are appointing"},
    )
    role_category = forms.TypedChoiceField(
        label="Role category",
        choices=RoleCategory.choices,
        coerce=int,
        initial=RoleCategory.SENIOR,
        widget=NHSRadioSelect(hints={RoleCategory.SENIOR: "Most Patient Safety Partners who sit on committees"}),
    )
    is_paid = forms.TypedChoiceField(
        label="Is the partner paid for their time?",
        help_text="Expenses are paid either way.",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if the partner is paid for their time"},
    )
    starts_on = NHSDateField(noun="First day", label="First day", help_text="For example, 31 3 2027")
    term_ends_on = NHSDateField(noun="Last day of the term", label="Last day of the term")
    lead_id = forms.TypedChoiceField(
        coerce=UUID,
        label="Programme lead who looks after them",
        widget=NHSSelect(),
        error_messages={"required": "Select the programme lead"},
    )

    def __init__(self, *args: Any, people: Choices, leads: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["user_id"]).choices = [("", "Select a person"), *people]
        cast(forms.ChoiceField, self.fields["lead_id"]).choices = [("", "Select a programme lead"), *leads]


class PartnerTermEditForm(NHSForm):
    """The last day of a term."""

    term_ends_on = NHSDateField(
        noun="Last day of the term", label="When does the term end?", help_text="For example, 31 3 2027"
    )
    reason = forms.CharField(
        label="Why does it change?",
        max_length=500,
        help_text="The partner reads this.",
        widget=NHSTextarea(rows=3, count=500),
        error_messages={
            "required": "Enter why the term changes",
            "max_length": "The reason must be 500 characters or fewer",
        },
    )


class TelephoneEditForm(NHSForm):
    """The number on which a partner is called."""

    number = forms.CharField(
        label="On which number can they be called?",
        max_length=30,
        help_text="Ask the partner in person or at a meeting, not by email. Finance calls this number to check a "
        "change of bank details.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter a telephone number",
            "max_length": "The telephone number must be 30 characters or fewer",
        },
    )
    heading_field = "number"
    layout_options: ClassVar = {"number": {"width": 20}}


class PartnerEndForm(NHSForm):
    """The day on which a partner left."""

    left_on = NHSDateField(noun="Last day", label="What was their last day?", help_text="For example, 31 3 2027")


class JourneyEditForm(NHSForm):
    """From where to where a partner usually travels: the first question about their journey."""

    from_place = forms.CharField(
        label="From",
        max_length=100,
        help_text="A town or postcode is enough, for example Leeds or LS1 4AP",
        error_messages={
            "required": "Enter where you travel from",
            "max_length": "Where you travel from must be 100 characters or fewer",
        },
    )
    to_place = forms.CharField(
        label="To",
        max_length=100,
        help_text="For example, St James’s Hospital",
        error_messages={
            "required": "Enter where you travel to",
            "max_length": "Where you travel to must be 100 characters or fewer",
        },
    )


class JourneyDistanceEditForm(NHSForm):
    """How far the usual journey is: the second question."""

    miles = MilesField(
        label="How many miles is it, there and back?",
        help_text="Use the shortest sensible route, for example 24.6",
        error_messages={"required": "Enter the miles, there and back"},
    )
    heading_field = "miles"


class JourneyVehicleEditForm(NHSForm):
    """What a partner travels by: the last question."""

    vehicle = forms.ChoiceField(
        label="What do you travel in or on?",
        choices=Vehicle.choices,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select what you travel in or on"},
    )
    heading_field = "vehicle"
