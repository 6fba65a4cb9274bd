"""What finance is asked: which lines go in a run, which have been paid, and why a payment failed."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from expenses.enums import BacsDays, ResultRows, RunPart
from expenses.policies.bank_result import COLUMNS
from psp_portal.nhsuk.fields import AccountNumberField, NHSDateField, SortCodeField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSFileInput, NHSRadioSelect, NHSSelect, NHSTextInput

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
    """The lines to pay of one page: which were ``shown``, which are ticked, and what all pages come to.

    ``step`` is what the pressed button does: ``make`` the run, or save the ticks and show a page by its number.
    """

    lines = TicksField(label="Lines to pay", required=False)
    shown = TicksField(required=False, widget=forms.MultipleHiddenInput)
    seen_lines = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    seen_total = forms.DecimalField(min_value=0, decimal_places=2, widget=forms.HiddenInput)
    step = forms.RegexField(r"make|[0-9]{1,6}", required=False, empty_value="make")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"seen_lines", "seen_total", "shown"} & self.errors.keys():
            self.errors.clear()
            raise ValidationError(OUT_OF_DATE, code="invalid")
        return cleaned


class RunSettleForm(NHSForm):
    """The lines that the bank has paid: those ticked on this page, or by its button all that are left."""

    lines = TicksField(label="Lines that are paid", required=False)
    paid_on = NHSDateField(
        label="When was it paid?",
        noun="Day it was paid",
        help_text="The day the money reached the partners’ accounts. Reports and tax years count by it.",
    )
    scope = forms.ChoiceField(choices=[("ticked", ""), ("all", "")], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "lines" in cleaned and not cleaned["lines"] and cleaned.get("scope") != "all":
            self.add_error("lines", "Tick at least one line that is paid")
        return cleaned


class RunLineFailForm(NHSForm):
    """Why the bank did not pay a line, or sent its payment back."""

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


class RunExportForm(NHSForm):
    """When the bank is to pay, for a BACS file; and why somebody needs a file that is not the one first taken."""

    day = NHSDateField(
        label="When must the bank make the payments?",
        noun="Processing day",
        help_text="BACS takes a file the working day before. A day on which banks are closed becomes the next.",
    )
    reason = forms.CharField(
        label="If the file is no longer the same, why do you need it?",
        help_text="Leave this empty at first. If something has changed, you will be told what.",
        max_length=300,
        required=False,
        widget=NHSTextInput(),
        error_messages={"max_length": "Why you need it must be 300 characters or fewer"},
    )
    layout_options: ClassVar = {"reason": {"optional": False}}

    def __init__(self, *args: Any, has_day: bool, was_taken: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_day:
            del self.fields["day"]
        if not was_taken:
            del self.fields["reason"]


class PaymentSettingsEditForm(NHSForm):
    """The account that pays, what BACS pays, and in which layout. What an account was is never shown."""

    service_user_number = forms.CharField(
        label="Service user number",
        help_text="The 6 numbers that BACS has given your organisation",
        required=False,
        widget=NHSTextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    account_name = forms.CharField(
        label="Name of the account",
        help_text="As your bank holds it. Only 18 characters go into a BACS file.",
        max_length=100,
        required=False,
        widget=NHSTextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    sort_code = SortCodeField(label="Sort code", help_text="6 numbers, like 30-94-30", required=False)
    account_number = AccountNumberField(label="Account number", help_text="8 numbers", required=False)
    bacs_covers = forms.ChoiceField(
        label="What does BACS pay?",
        choices=[
            (RunPart.EXPENSES, "Expenses only: payroll pays for time"),
            (RunPart.BOTH, "Expenses and involvement payments"),
        ],
        widget=NHSRadioSelect(),
    )
    bacs_days = forms.ChoiceField(
        label="Which layout does your bank take?", choices=BacsDays.choices, widget=NHSRadioSelect()
    )
    layout_options: ClassVar = {"service_user_number": {"width": 10}, "account_name": {"width": 20}}
    mark_optional = False
    account_fields: ClassVar = ("service_user_number", "account_name", "sort_code", "account_number")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = {name for name in self.account_fields if cleaned.get(name) or name in self.errors}
        for name in self.account_fields:
            if given and name not in given:
                self.add_error(name, f"Enter the {self.fields[name].label.lower()}")
        return cleaned


class BankResultCreateForm(NHSForm):
    """The bank's file."""

    file = forms.FileField(
        label="The bank's result file",
        help_text="A .csv or .xlsx file with one row for each payment, below a row of headings",
        widget=NHSFileInput(accept=(".csv", ".txt", ".xlsx")),
        error_messages={"required": "Select the bank's file", "empty": "The file has nothing in it"},
    )
    heading_field = "file"


class BankResultEditForm(NHSForm):
    """Which column of the bank's file is what, and what its words mean. ``header`` are its headings."""

    rows = forms.ChoiceField(label="What does the file list?", choices=ResultRows.choices, widget=NHSRadioSelect())
    reference = forms.ChoiceField(label="Payment reference", help_text="Like R00012-003E", widget=NHSSelect())
    amount = forms.ChoiceField(label="Amount in pounds", widget=NHSSelect())
    outcome = forms.ChoiceField(label="Whether it was paid", required=False, widget=NHSSelect())
    paid_on = forms.ChoiceField(
        label="Day it was paid",
        help_text="Without it, it is the day on which your BACS file pays, or else the day you take the file in",
        required=False,
        widget=NHSSelect(),
    )
    code = forms.ChoiceField(label="Reason code (ARUCS)", required=False, widget=NHSSelect())
    reason = forms.ChoiceField(label="Reason in words", required=False, widget=NHSSelect())
    last_four = forms.ChoiceField(
        label="Account number",
        help_text="Only its last 4 numbers are compared, and none are kept",
        required=False,
        widget=NHSSelect(),
    )
    paid_words = forms.CharField(label="Words for a payment that was made", required=False, widget=NHSTextInput())
    failed_words = forms.CharField(
        label="Words for a payment that was sent back", required=False, widget=NHSTextInput()
    )

    def __init__(self, *args: Any, header: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose a column"), *((heading, heading) for heading in header)]
        for name in COLUMNS:
            self.fields[name].choices = choices

    def clean_paid_words(self) -> list[str]:
        return _parted(self.cleaned_data["paid_words"])

    def clean_failed_words(self) -> list[str]:
        return _parted(self.cleaned_data["failed_words"])


def _parted(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
