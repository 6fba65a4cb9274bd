"""What staff are asked about claims that wait: which to list, and what they reply."""

from datetime import date
from typing import Any, ClassVar

from django import forms

from expenses.forms.claims import text_field
from psp_portal.dates import format_date
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSSelect, NHSTextInput

# Which of an organisation's claims a list shows.
OPEN, OVERDUE, PAID, ALL = "open", "overdue", "paid", "all"
SHOWN = ((OPEN, "Not settled"), (OVERDUE, "Overdue"), (PAID, "Paid"), (ALL, "All that have been sent"))


class ClaimOverviewForm(NHSForm):
    """Which claims to list; an answer that makes no sense lists those that are open."""

    show = forms.ChoiceField(label="Show", choices=SHOWN, required=False, widget=NHSSelect())
    q = forms.CharField(
        label="Reference or partner’s name", required=False, max_length=100, widget=NHSTextInput(), strip=True
    )
    mark_optional = False
    layout_options: ClassVar = {"q": {"width": 20, "spellcheck": False}}

    def clean_show(self) -> str:
        return self.cleaned_data["show"] or OPEN


class EscalationReplyForm(NHSForm):
    """The reply that a step of the ladder requires."""

    layout_options: ClassVar = {"reply": {"label_size": "m"}, "promised_on": {"label_size": "m"}}

    reply = text_field(
        "What will happen?",
        help_text="The partner reads your reply.",
        rows=5,
        error_messages={
            "required": "Write what will happen",
            "max_length": "Your reply must be 500 characters or fewer",
        },
    )
    promised_on = NHSDateField(
        label="By which day?",
        noun="The day you promise",
        error_messages={"required": "Enter the day you promise"},
    )

    def __init__(self, *args: Any, today: date, latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["promised_on"]
        field.earliest, field.latest = today, latest
        field.help_text = (
            f"The partner sees this day. If the claim is not settled when it is over, it goes to the next step. "
            f"It must be on or before {format_date(latest)}."
        )


class UpdateAnswerForm(NHSForm):
    """The answer to a partner who asked how their claim stands."""

    layout_options: ClassVar = {"answer": {"label_size": "m"}}

    answer = text_field(
        "How does the claim stand?",
        help_text="The partner reads your answer. Say what happens next, and on which day.",
        rows=5,
        error_messages={"required": "Write your answer", "max_length": "Your answer must be 500 characters or fewer"},
    )
