"""Asks for the days of a letter, and for the limits that a partner sets for themselves."""

from datetime import date
from typing import Any, ClassVar, cast

from django import forms

from psp_portal.nhsuk.fields import MoneyField, NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSSelect

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class LetterCreateForm(NHSForm):
    """The first and last day that a letter is about."""

    first = NHSDateField(noun="First day", label="First day", help_text="For example, 6 4 2026")
    last = NHSDateField(noun="Last day", label="Last day", help_text="Today or earlier")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(NHSDateField, self.fields["last"]).latest = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "Last day must be on or after the first day")
        return data


class PlanEditForm(NHSForm):
    """The limits, and on which day a week begins."""

    weekly = MoneyField(
        noun="Limit for a week",
        label="Limit for one week",
        required=False,
        help_text="For example, the limit of a benefit that you get",
    )
    four_weekly = MoneyField(noun="Limit for 4 weeks", label="Limit for 4 weeks", required=False)
    week_starts = forms.TypedChoiceField(
        label="Your week starts on",
        choices=list(enumerate(DAYS)),
        coerce=int,
        widget=NHSSelect(),
        help_text="A benefit may count weeks from a day of its own. Letters about it say which.",
    )


class PlanWeekEditForm(NHSForm):
    """What somebody earns elsewhere in one week."""

    on = NHSDateField(noun="Day in the week", label="Any day in the week", help_text="For example, 14 9 2026")
    pounds = MoneyField(
        noun="Other earnings",
        label="What you earn elsewhere in that week",
        help_text="Enter 0 to take it out again",
        min_value="0",
    )
    layout_options: ClassVar = {}
