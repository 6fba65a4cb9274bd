"""What the pages of equality monitoring ask; writes nothing."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, ClassVar, cast

from crispy_forms.layout import Fieldset, Layout
from django import forms

from partners.policies.diversity import Question, quarter_words
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.layout import F
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSSelect


class AnswersEditForm(NHSForm):
    """All questions of a set, in their groups; each may be left out."""

    # The page says once that no question need be answered.
    mark_optional = False

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.code] = forms.ChoiceField(
                label=question.label,
                help_text=question.hint,
                choices=list(question.answers.items()),
                required=False,
                widget=NHSRadioSelect(),
                error_messages={"invalid_choice": "Choose one of the answers"},
            )
        self.layout = Layout(  # type: ignore[misc]  # each set of questions has its own groups
            *(
                Fieldset(group, *(F(question.code, label_size="s") for question in members))
                for group, members in groupby(questions, key=lambda question: question.group)
            )
        )

    def clean(self) -> dict[str, Any]:
        """Return the questions that were answered."""
        return {"answers": {code: choice for code, choice in self.cleaned_data.items() if choice}}


class OwnAnswersEditForm(AnswersEditForm):
    """The same, for a partner."""


class SettingsEditForm(NHSForm):
    """Whether the questions are asked."""

    is_asked = forms.TypedChoiceField(
        label="Do you want to ask these questions?",
        choices=[
            ("yes", "Yes: I confirm the questions, and we have the policy document that the law asks for"),
            ("no", "No"),
        ],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select yes if you want to ask these questions"},
    )


class TotalListForm(NHSForm):
    """Which quarter is shown. ``quarters`` are their first days, the latest first."""

    mark_optional: ClassVar[bool] = False
    quarter = forms.TypedChoiceField(
        label="Quarter", coerce=date.fromisoformat, empty_value=None, required=False, widget=NHSSelect()
    )

    def __init__(self, *args: Any, quarters: Iterable[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "All quarters"), *((day.isoformat(), quarter_words(day)) for day in quarters)]
        cast(forms.ChoiceField, self.fields["quarter"]).choices = choices
