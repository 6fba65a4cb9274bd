"""What is asked about money offered because a rate went up."""

from typing import ClassVar

from django import forms

from expenses.forms.claims import text_field
from expenses.forms.payments import TicksField
from psp_portal.nhsuk.forms import NHSForm

ACCEPT, DECLINE = "accept", "decline"


class TopUpAnswerForm(NHSForm):
    """Which amounts the partner answers; the button pressed says whether they want them."""

    top_ups = TicksField(label="Amounts", error_messages={"required": "Tick at least one amount"})
    answer = forms.ChoiceField(choices=[(ACCEPT, "Ask"), (DECLINE, "Do not ask")], widget=forms.HiddenInput())


class TopUpWithdrawForm(NHSForm):
    """Why an offer is taken back."""

    layout_options: ClassVar = {"reason": {"label_size": "m"}}

    reason = text_field("Why do you take it back?", help_text="The partner reads your reason.", longest=300, rows=3)
