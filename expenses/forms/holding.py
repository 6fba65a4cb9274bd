"""What a partner is asked about a line whose money is held."""

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms

from expenses.enums import Problem
from expenses.forms.claims import text_field
from psp_portal.nhsuk.fields import ReceiptField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSTextInput


class HoldAnswerForm(NHSForm):
    """What is missing on a line: a receipt or why there is none, who agreed to it, or both."""

    receipt = ReceiptField(label="A photo or PDF of your receipt", required=False)
    no_receipt_reason = forms.CharField(
        label="If you have no receipt, say why",
        help_text="For example, the machine gave none. Somebody will then decide whether it can be paid without.",
        max_length=300,
        required=False,
        widget=NHSTextInput(),
    )
    answer = text_field(
        "Who agreed to it beforehand?",
        help_text="If nobody did, say why nobody was asked. Somebody will then decide whether it can be paid.",
        required=False,
        error_messages={"max_length": "Your answer must be 500 characters or fewer"},
    )
    layout_options: ClassVar = {
        "receipt": {"optional": False},
        "no_receipt_reason": {"optional": False},
        "answer": {"optional": False},
    }

    def __init__(self, *args: Any, problems: Collection[str], max_bytes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receipt"].max_bytes = max_bytes
        self.fields["receipt"].help_text = (
            f"A JPG, PNG, WebP, HEIC or PDF smaller than {max_bytes // (1024 * 1024)}MB. "
            "Where a photo was taken is removed from it."
        )
        if Problem.NO_RECEIPT not in problems:
            del self.fields["receipt"], self.fields["no_receipt_reason"]
        if Problem.NEEDS_APPROVAL not in problems:
            del self.fields["answer"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            asked = {
                "receipt": "Select a receipt, or say why you have none",
                "answer": "Say who agreed to it, or why nobody was asked",
            }
            first = next(name for name in asked if name in self.fields)
            self.add_error(first, asked[first])
        return cleaned
