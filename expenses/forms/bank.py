"""Asks where somebody wants to be paid, and what came of a call about it. What is typed of an account is not shown."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms

from expenses.enums import CallOutcome
from psp_portal.dates import format_date, local_date
from psp_portal.nhsuk.fields import AccountNumberField, SortCodeField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSTextarea, NHSTextInput


class BankDetailsEditForm(NHSForm):
    """A UK bank or building society account."""

    account_name = forms.CharField(
        label="Name on the account",
        max_length=100,
        widget=NHSTextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the name on the account"},
    )
    sort_code = SortCodeField(label="Sort code", help_text="6 numbers, like 30-94-30")
    account_number = AccountNumberField(
        label="Account number",
        help_text="6 to 8 numbers, like 00733445. If yours has 9 or 10, ask your bank for the one with 8.",
    )
    reference = forms.CharField(
        label="Building society roll number",
        required=False,
        max_length=18,
        help_text="You only need this if your building society gave you one. It is on your card or passbook.",
        widget=NHSTextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": "The roll number must be 18 characters or fewer"},
    )
    layout_options: ClassVar = {"account_name": {"width": 20}, "reference": {"width": 10}}


class BankCallCreateForm(NHSForm):
    """Which number was called, and what came of it. ``numbers`` are those held before the details were given."""

    number_id = forms.TypedChoiceField(
        coerce=UUID,
        label="Which number did you call?",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select the number you called"},
    )
    outcome = forms.TypedChoiceField(
        choices=CallOutcome.choices,
        coerce=CallOutcome,
        label="What came of the call?",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select what came of the call"},
    )
    note = forms.CharField(
        label="What was said",
        required=False,
        max_length=300,
        help_text="Say why when they did not confirm the details. Do not write down any bank details.",
        widget=NHSTextarea(),
        error_messages={"max_length": "What was said must be 300 characters or fewer"},
    )
    layout_options: ClassVar = {"note": {"rows": 3}}

    def __init__(self, *args: Any, numbers: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                str(number.pk),
                f"{number.number}, held by {number.partner.organisation.name} since "
                f"{format_date(local_date(number.given_at))}",
            )
            for number in numbers
        ]
        cast(forms.ChoiceField, self.fields["number_id"]).choices = choices
        if len(choices) == 1:
            self.fields["number_id"].initial = choices[0][0]
