"""Asks where somebody wants to be paid. What is typed is never shown again."""

from typing import ClassVar

from django import forms

from psp_portal.nhsuk.fields import AccountNumberField, SortCodeField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSTextInput


class BankDetailsEditForm(NHSForm):
    """A UK bank or building society account."""

    account_name = forms.CharField(
        label="Name on the account",
        max_length=100,
        widget=NHSTextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the name on the account"},
    )
    sort_code = SortCodeField(label="Sort code", help_text="6 numbers, like 30-94-30")
    account_number = AccountNumberField(label="Account number", help_text="6 to 8 numbers, like 00733445")
    layout_options: ClassVar = {"account_name": {"width": 20}}
