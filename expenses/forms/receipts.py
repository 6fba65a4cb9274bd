"""Forms about the receipts of a line."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from psp_portal.nhsuk.fields import ReceiptField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSRadioSelect, NHSTextInput


class ReceiptOrWhyForm(NHSForm):
    """A photo or PDF of a line's receipt, or why there is none."""

    receipt = ReceiptField(label="A photo or PDF of your receipt", required=False)
    no_receipt_reason = forms.CharField(
        label="If you have no receipt, say why",
        help_text="For example, the machine gave none. Somebody will then decide whether it can be paid without.",
        max_length=300,
        required=False,
        widget=NHSTextInput(),
    )
    layout_options: ClassVar = {"receipt": {"optional": False}, "no_receipt_reason": {"optional": False}}

    def __init__(self, *args: Any, max_bytes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receipt"].max_bytes = max_bytes
        self.fields["receipt"].help_text = (
            f"A JPG, PNG, WebP, HEIC or PDF smaller than {max_bytes // (1024 * 1024)}MB. "
            "Where a photo was taken is removed from the copy that people see."
        )


class ReceiptCreateForm(ReceiptOrWhyForm):
    """The receipt of a line of a draft."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("receipt") and not cleaned.get("no_receipt_reason"):
            self.add_error("receipt", "Select a receipt, or say why you have none")
        return cleaned


class ReceiptUseForm(NHSForm):
    """Which receipts of the claim prove this line too. ``options`` are (id, name)."""

    receipts = forms.TypedMultipleChoiceField(
        label="Which receipts prove this too?",
        coerce=UUID,
        widget=NHSCheckboxes(),
        error_messages={
            "required": "Select the receipts that prove this too",
            "invalid_choice": "Select receipts that are on this claim",
        },
    )

    def __init__(self, *args: Any, options: Sequence[tuple[str, str]], hints: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receipts"].widget.nhs_options["hints"] = hints
        self.fields["receipts"].choices = options


class ReceiptKeepingEditForm(NHSForm):
    """Whether receipts are kept as they came, and for how many years."""

    keeps_original_receipts = forms.TypedChoiceField(
        label="Do you keep receipts as they came, besides the copies that people see?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if you keep receipts as they came"},
    )
    retention_years = forms.IntegerField(
        label="For how many years after the financial year of payment?",
        min_value=1,
        max_value=30,
        widget=NHSTextInput(),
        error_messages={
            "required": "Enter the years",
            "invalid": "The years must be a whole number",
            "min_value": "The years must be between 1 and 30",
            "max_value": "The years must be between 1 and 30",
        },
    )
    layout_options: ClassVar = {"retention_years": {"width": 3, "inputmode": "numeric"}}
