"""What a partner is asked about a line whose money is held."""

from collections.abc import Collection
from typing import Any, ClassVar

from expenses.enums import Problem
from expenses.forms.claims import text_field
from expenses.forms.receipts import ReceiptOrWhyForm


class HoldAnswerForm(ReceiptOrWhyForm):
    """What is missing on a line: a receipt or why there is none, who agreed to it, or both."""

    answer = text_field(
        "Who agreed to it beforehand?",
        help_text="If nobody did, say why nobody was asked. Somebody will then decide whether it can be paid.",
        required=False,
        error_messages={"max_length": "Your answer must be 500 characters or fewer"},
    )
    layout_options: ClassVar = ReceiptOrWhyForm.layout_options | {"answer": {"optional": False}}

    def __init__(self, *args: Any, problems: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
