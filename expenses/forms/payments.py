"""What finance is asked: which lines go in a run, which have been paid, and why a payment failed."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSTextInput

OUT_OF_DATE = "This page was out of date. Look again, then send it"


class TicksField(forms.MultipleChoiceField):
    """Rows ticked in a table, by id: returns UUIDs, each once. Whether they can be chosen the service says."""

    widget = NHSCheckboxes

    def valid_value(self, value: str) -> bool:
        """Accept any row: the service finds those that it may not take."""
        return True

    def clean(self, value: Any) -> list[UUID]:
        """Return the ids; raise ValidationError for what no page of ours sends."""
        try:
            return list(dict.fromkeys(UUID(ticked) for ticked in super().clean(value)))
        except ValueError:
            raise ValidationError(OUT_OF_DATE, code="invalid") from None


class RunCreateForm(NHSForm):
    """The lines to pay."""

    lines = TicksField(label="Lines to pay", error_messages={"required": "Tick at least one line to pay"})


class RunSettleForm(NHSForm):
    """The lines that the bank has paid."""

    lines = TicksField(label="Lines that are paid", error_messages={"required": "Tick at least one line that is paid"})


class RunLineFailForm(NHSForm):
    """Why the bank did not pay a line."""

    reason = forms.CharField(
        label="Why did the payment fail?",
        help_text="For example, “account closed”. The partner reads this. Do not write any bank details here.",
        max_length=200,
        widget=NHSTextInput(),
        error_messages={
            "required": "Say why the payment failed",
            "max_length": "Why the payment failed must be 200 characters or fewer",
        },
    )
    heading_field = "reason"
