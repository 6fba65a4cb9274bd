"""What the pages about keeping and removing ask; writes nothing."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from psp_portal.exceptions import RuleBroken
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSSelect, NHSTextarea
from psp_portal.retention.enums import PeriodUnit
from psp_portal.retention.policies import Period, check_period

WHOLE_ORGANISATION = "all"


class RuleEditForm(NHSForm):
    """For how long, and what says so."""

    length = forms.IntegerField(label="How long?", min_value=1, error_messages={"required": "Enter a number"})
    unit = forms.ChoiceField(
        label="Days or months?", choices=PeriodUnit.choices, widget=NHSRadioSelect(),
        error_messages={"required": "Select days or months"},
    )  # fmt: skip
    source = forms.CharField(
        label="What is this period based on?",
        max_length=300,
        widget=NHSTextarea(rows=3),
        help_text="For example your trust's records policy, with its date.",
        error_messages={"required": "Enter what this period is based on"},
    )
    layout_options = {"length": {"width": 5}}

    def clean(self) -> dict[str, Any]:
        """Refuse a period that cannot be, before the next page shows what it would remove."""
        data = super().clean()
        if "length" in data and "unit" in data:
            try:
                check_period(self.period)
            except RuleBroken as broken:
                self.add_error(broken.field, broken.message)
        return data

    @property
    def period(self) -> Period:
        """The period that was entered."""
        return Period(self.cleaned_data["length"], PeriodUnit(self.cleaned_data["unit"]))


class NoticeEditForm(NHSForm):
    """How long beforehand a lead is shown what will be removed."""

    heading_field = "notice_days"
    notice_days = forms.IntegerField(
        label="How many days before anything is removed do you want to see it?",
        help_text="At least 1. You get a message, and can hold records back until then.",
        error_messages={"required": "Enter the number of days"},
    )
    layout_options = {"notice_days": {"width": 2, "suffix": "days"}}


class HoldCreateForm(NHSForm):
    """Whose records are kept, and why. ``people`` are (key, name)."""

    person_id = forms.ChoiceField(
        label="Whose records must be kept?", widget=NHSSelect(), error_messages={"required": "Select whose records"}
    )
    reason = forms.CharField(
        label="Why must they be kept?",
        max_length=500,
        widget=NHSTextarea(rows=3),
        help_text="For example a complaint, a claim in law or an inquiry. Auditors and executives can read it.",
        error_messages={"required": "Enter the reason"},
    )

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [
            ("", "Select a person"),
            (WHOLE_ORGANISATION, "Everybody: the whole organisation"),
            *people,
        ]

    def clean_person_id(self) -> UUID | None:
        """Return the person's key, None for the whole organisation."""
        chosen = self.cleaned_data["person_id"]
        return None if chosen == WHOLE_ORGANISATION else UUID(chosen)


class HoldLiftForm(NHSForm):
    """Why records need not be kept any more."""

    heading_field = "reason"
    reason = forms.CharField(
        label="Why may these records be removed again?",
        max_length=500,
        widget=NHSTextarea(rows=3),
        error_messages={"required": "Enter the reason"},
    )
