"""What the pages about declared interests ask; writes nothing."""

from datetime import date
from typing import Any, cast

from django import forms

from partners.enums.interests import DeclarationShown, DeclarationState, InterestKind
from partners.forms.training import long_text
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSSelect


class InterestCreateForm(NHSForm):
    """An interest: of which kind, with whom, what, and since when."""

    kind = forms.ChoiceField(
        label="What kind of interest is it?",
        choices=InterestKind.choices,
        widget=NHSRadioSelect(
            hints={
                InterestKind.FINANCIAL: "You may gain or lose money, for example shares or paid work",
                InterestKind.PROFESSIONAL: "It may help your standing at work, for example a place on a board",
                InterestKind.PERSONAL: "It matters to you in private, for example a charity that you help to run",
                InterestKind.INDIRECT: "It is that of somebody close to you",
            }
        ),
        error_messages={"required": "Select what kind of interest it is"},
    )
    organisation = forms.CharField(
        label="Which organisation or person is it about?",
        max_length=150,
        error_messages={
            "required": "Enter the organisation or person",
            "max_length": "The organisation or person must be 150 characters or fewer",
        },
    )
    description = long_text("What is the interest?", longest=500, required="Enter what the interest is", rows=3)
    starts_on = NHSDateField(noun="First day", label="Since when?", help_text="For example, 31 3 2024")
    ends_on = NHSDateField(
        noun="Last day", label="Until when?", required=False, help_text="Leave empty while it lasts."
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(NHSDateField, self.fields["starts_on"]).latest = today


class InterestEditForm(InterestCreateForm):
    """The same, of an interest that is there."""


class DeclarationCreateForm(NHSForm):
    """Is the list complete, or is there nothing to declare?"""

    is_all = forms.TypedChoiceField(
        label="What do you declare?",
        choices=[("yes", "My list is complete"), ("no", "I have nothing to declare")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select what you declare"},
    )


class DeclarationListForm(NHSForm):
    """What a list of declarations is narrowed to."""

    mark_optional = False
    shown = forms.ChoiceField(
        label="Show",
        choices=[("", "All partners"), *DeclarationShown.choices, *DeclarationState.choices],
        required=False,
        widget=NHSSelect(),
    )
