"""What the pages about handover packs ask."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django import forms

from partners.enums.leaving import PackSection
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSSelect, NHSTextarea

LONGEST = 5000
HINTS = {
    PackSection.COMMITTEES: "Where you sit, when it meets, and how it works.",
    PackSection.DONE: "What you said or did, and what came of it. Name no patient.",
    PackSection.CONTACTS: "Who helps, and how to reach them at work.",
    PackSection.PROMISES: "What was promised to you or by you and has not happened yet.",
    PackSection.ADVICE: "What nobody told you at the start.",
}


class HandoverEditForm(NHSForm):
    """The parts of a pack; none has to be filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section, hint in HINTS.items():
            self.fields[section.value] = forms.CharField(
                label=section.label,
                required=False,
                max_length=LONGEST,
                help_text=hint,
                widget=NHSTextarea(rows=6, count=LONGEST),
                error_messages={"max_length": f"Your text must be {LONGEST:,} characters or fewer"},
            )


class HandoverPublishForm(NHSForm):
    """Who follows. ``successors`` are (id, name)."""

    successor_id = forms.TypedChoiceField(
        label="Who follows you?",
        coerce=UUID,
        empty_value=None,
        required=False,
        help_text="They can read the pack. So can your programme leads, and partners who join your committees.",
        widget=NHSSelect(),
    )

    def __init__(self, *args: Any, successors: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = cast(forms.ChoiceField, self.fields["successor_id"])
        chosen.choices = [("", "Nobody yet, or I do not know"), *successors]
