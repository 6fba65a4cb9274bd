"""What the pages about terms, pauses and leaving ask; writes nothing."""

from collections.abc import Iterable
from typing import Any

from django import forms

from partners.enums.leaving import ExitSharing, LeavingReason, PauseReason, SuccessionChoice
from partners.forms.training import long_text
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect


class SuccessionEditForm(NHSForm):
    """The steps and notes of a plan."""

    notes = long_text("What are the next steps?", longest=3000, rows=8, help_text="Who does what by when.")
    heading_field = "notes"


class SuccessionDecideForm(NHSForm):
    """What happens when the term ends."""

    choice = forms.ChoiceField(
        label="What happens when the term ends?",
        choices=SuccessionChoice.choices,
        widget=NHSRadioSelect(
            hints={
                SuccessionChoice.RECRUIT: "The partner hands over to whoever follows",
                SuccessionChoice.END: "Nobody follows",
            }
        ),
        error_messages={"required": "Select what happens when the term ends"},
    )
    term_ends_on = NHSDateField(noun="New last day", label="If the term is extended: the new last day", required=False)


class PauseCreateForm(NHSForm):
    """From when, until about when, and why in one of a few kinds."""

    starts_on = NHSDateField(noun="First day", label="First day of the pause", help_text="For example, 31 3 2027")
    expected_back_on = NHSDateField(
        noun="Day", label="When do they expect to be back?", required=False, help_text="Leave empty if nobody knows."
    )
    reason = forms.ChoiceField(
        label="Why?",
        choices=PauseReason.choices,
        help_text="Only the kind of reason is kept. You need not say more to anybody.",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select the kind of reason"},
    )


class DepartureCreateForm(NHSForm):
    """The last day, and why in one of a few kinds."""

    last_day = NHSDateField(noun="Last day", label="Last day in the role", help_text="For example, 31 3 2027")
    reason = forms.ChoiceField(
        label="Why?",
        choices=LeavingReason.choices,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select the kind of reason"},
    )


class ExitAnswerForm(NHSForm):
    """The questions of an exit conversation (``questions``: answers to be), and who reads what is said."""

    def __init__(self, *args: Any, questions: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in questions:
            self.fields[f"answer_{each.position}"] = long_text(each.question, longest=3000)
        self.fields["sharing"] = forms.ChoiceField(
            label="Who may read it?",
            choices=ExitSharing.choices,
            widget=NHSRadioSelect(hints={ExitSharing.NOBODY: "It is kept for you alone"}),
            error_messages={"required": "Select who may read it"},
        )

    def clean(self) -> dict[str, Any]:
        """Gather the answers by position beside who reads them."""
        data = super().clean() or {}
        answers = {int(name.removeprefix("answer_")): text for name, text in data.items() if name != "sharing"}
        return {"answers": answers, "sharing": data.get("sharing")}
