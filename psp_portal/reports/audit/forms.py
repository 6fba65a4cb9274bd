"""What one may look for in the audit trail."""

from collections.abc import Iterable
from typing import Any

from django import forms

from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSSelect


class EventListForm(NHSForm):
    """Filters. ``people`` and ``kinds`` are (value, label)."""

    mark_optional = False
    person = forms.ChoiceField(label="Who did it", required=False, widget=NHSSelect())
    kind = forms.ChoiceField(label="Kind of thing", required=False, widget=NHSSelect())
    from_on = NHSDateField(label="From", noun="First day", required=False)
    to_on = NHSDateField(label="To", noun="Last day", required=False)

    def __init__(
        self, *args: Any, people: Iterable[tuple[str, str]], kinds: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Anybody"), *people]
        self.fields["kind"].choices = [("", "Everything"), *kinds]

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first."""
        data = super().clean()
        if data.get("from_on") and data.get("to_on") and data["to_on"] < data["from_on"]:
            self.add_error("to_on", "The last day must be the first day or later")
        return data
