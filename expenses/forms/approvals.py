"""What the pages about things agreed beforehand, cancelled meetings and likely duplicates ask."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from expenses.enums import LineKind
from expenses.forms.claims import text_field
from expenses.policies import approvals as policy
from expenses.policies import card as cards
from psp_portal.nhsuk.fields import MoneyField, NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSRadioSelect, NHSSelect, NHSTextInput


class PriorApprovalCreateForm(NHSForm):
    """What a partner asks for before a journey. ``abouts`` and ``subjects`` are (value, label)."""

    about = forms.ChoiceField(
        label="What is the journey for?",
        widget=NHSRadioSelect(),
        error_messages={
            "required": "Select what the journey is for",
            "invalid_choice": "Select one of your committees or organisations",
        },
    )
    subject = forms.ChoiceField(
        label="What do you need?",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select what you need"},
    )
    starts_on = NHSDateField(noun="First day", label="When do you need it?", help_text="For example, 15 9 2026")
    ends_on = NHSDateField(noun="Last day", label="If it is for more than one day, the last day", required=False)
    expected = MoneyField(
        label="How much do you expect it to cost altogether, in pounds?",
        help_text="Your best guess. For several journeys give the sum of them.",
        noun="Amount",
    )
    why = text_field(
        "What is it for?",
        help_text="For example, from where to where, and why not another way. Do not write anything about health.",
        rows=3,
        error_messages={"required": "Enter what it is for"},
    )
    layout_options: ClassVar = {"expected": {"width": 5, "prefix": "£"}}

    def __init__(
        self, *args: Any, abouts: Sequence[tuple[str, str]], subjects: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("about", abouts), ("subject", subjects)):
            self.fields[name].choices = choices
        if len(abouts) == 1:
            self.fields["about"].initial = abouts[0][0]
            self.fields["about"].widget = forms.HiddenInput()


class PriorApprovalAnswerForm(NHSForm):
    """Whether somebody agrees, up to how much, and what they want to say."""

    agrees = forms.TypedChoiceField(
        label="Do you agree to this?",
        choices=[("yes", "Yes, it will be paid"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select yes if you agree to this"},
    )
    limit = MoneyField(
        label="If yes, up to how much altogether, in pounds?",
        help_text="Leave this empty to agree to whatever it costs.",
        noun="Limit",
        required=False,
    )
    note = text_field(
        "What you want to say",
        help_text="If you do not agree, say why. The partner reads it.",
        rows=3,
        required=False,
    )
    layout_options: ClassVar = {
        "limit": {"width": 5, "prefix": "£", "optional": False},
        "note": {"optional": False},
    }


class StandingApprovalCreateForm(NHSForm):
    """What is agreed for one partner until a day."""

    partner_id = forms.ChoiceField(
        label="Who is it for?", widget=NHSSelect(), error_messages={"required": "Select who it is for"}
    )
    kinds = forms.TypedMultipleChoiceField(
        label="What is agreed?",
        choices=[(kind.value, kind.label) for kind in LineKind if kind in cards.AMOUNT_KINDS],
        coerce=LineKind,
        required=False,
        widget=NHSCheckboxes(),
    )
    covers_first_class = forms.BooleanField(label="First-class train travel too", required=False)
    reason = forms.CharField(
        label="Reason, in neutral words",
        help_text="Do not write anything about health or disability.",
        max_length=100,
        initial="Agreed access need",
        widget=NHSTextInput(),
        error_messages={"required": "Enter a reason, in neutral words"},
    )
    starts_on = NHSDateField(noun="First day", label="First day", help_text="For example, 15 9 2026")
    ends_on = NHSDateField(noun="Last day", label="Last day")
    limit = MoneyField(
        label="The most for each item, in pounds",
        help_text="Leave this empty to agree to whatever it costs.",
        noun="Limit",
        required=False,
    )
    layout_options: ClassVar = {
        "limit": {"width": 5, "prefix": "£", "optional": False},
        "kinds": {"optional": False},
        "covers_first_class": {"optional": False},
    }

    def __init__(self, *args: Any, partners: Sequence[tuple[str, str]], most_months: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner_id"].choices = [("", "Select a partner"), *partners]
        months = "1 month" if most_months == 1 else f"{most_months} months"
        self.fields["ends_on"].help_text = f"It lasts {months} at most, and is then looked at again."


class StandingApprovalEndForm(NHSForm):
    """Why a standing approval ends early."""

    reason = text_field(
        "Why does it end?",
        help_text="The partner reads this. Do not write anything about health or disability.",
        longest=300,
        rows=3,
        error_messages={"required": "Enter why it ends"},
    )


class LineExplainForm(NHSForm):
    """Why a line is not the same as another one."""

    reason = text_field(
        "Why is it not the same thing twice?",
        help_text="For example, one was the way there and one the way back. Whoever decides reads it.",
        longest=300,
        rows=3,
        error_messages={"required": "Enter why it is not the same thing twice"},
    )


class DuplicateClearForm(NHSForm):
    """Why whoever decides takes a line for what it is."""

    reason = text_field(
        "Why is this not a duplicate?",
        help_text="The partner sees your reason and your name.",
        rows=3,
        error_messages={"required": "Enter why this is not a duplicate"},
    )


class ClaimChecksEditForm(NHSForm):
    """How long a standing approval may last, and when two lines look like one."""

    standing_approval_months = forms.IntegerField(
        label="How many months may a standing approval last?",
        help_text=f"From 1 to {policy.MOST_MONTHS}. It is then looked at again.",
        error_messages={"invalid": "Months must be a whole number, like 12"},
    )
    duplicate_percent = forms.IntegerField(
        label="Two amounts look the same if they differ by no more than this part of the larger",
        error_messages={"invalid": "Part must be a whole number, like 10"},
    )
    duplicate_pounds = MoneyField(
        label="Or if they differ by no more than these pounds",
        noun="Pounds",
        min_value=Decimal("0.00"),
    )
    layout_options: ClassVar = {
        "standing_approval_months": {"width": 3, "suffix": "months"},
        "duplicate_percent": {"width": 3, "suffix": "%"},
        "duplicate_pounds": {"width": 5, "prefix": "£"},
    }
