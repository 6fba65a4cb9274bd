"""Which days, committee and budget code a report is about."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from expenses.enums import ReportPeriod
from psp_portal.dates import format_date
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSSelect

OTHER_DAYS = "days"


class ReportForm(NHSForm):
    """Filters of every report. ``committees`` are (value, label), ``codes`` are budget codes."""

    mark_optional = False
    period = forms.ChoiceField(
        label="Period",
        choices=[*ReportPeriod.choices, (OTHER_DAYS, "Other dates, below")],
        required=False,
        widget=NHSSelect(),
    )
    first = NHSDateField(label="From", noun="First day", required=False)
    last = NHSDateField(label="To", noun="Last day", required=False)
    committee = forms.ChoiceField(label="Committee", required=False, widget=NHSSelect())
    code = forms.ChoiceField(label="Budget code", required=False, widget=NHSSelect())

    def __init__(self, *args: Any, committees: Iterable[tuple[str, str]], codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.committees = dict([("", "All committees"), *committees])
        self.fields["committee"].choices = list(self.committees.items())
        self.fields["code"].choices = [("", "All budget codes"), *((code, code) for code in codes)]

    def clean(self) -> dict[str, Any]:
        """Ask for both days where other dates are meant."""
        data = super().clean()
        if data.get("period") == OTHER_DAYS:
            for name in ("first", "last"):
                if name in data and data[name] is None:
                    self.add_error(name, f"Enter the {self.fields[name].noun.lower()}")
        return data


class YearEndForm(NHSForm):
    """Which year's end. ``days`` are the year ends that can be chosen."""

    mark_optional = False
    year = forms.TypedChoiceField(
        label="Year end", required=False, coerce=date.fromisoformat, empty_value=None, widget=NHSSelect()
    )

    def __init__(self, *args: Any, days: Iterable[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(day.isoformat(), format_date(day)) for day in days]
