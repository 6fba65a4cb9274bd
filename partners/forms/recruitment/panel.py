"""What the panel is asked: points, times, letters, the offer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms

from partners.enums.recruitment import TalkMode
from partners.forms.appointments import Choices, PartnerCreateForm
from partners.forms.recruitment.vacancies import text
from psp_portal.dates import LONDON
from psp_portal.nhsuk.fields import NHSDateField, TimeField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect

POINTS = [("0", "0: nothing"), ("1", "1: a little"), ("2", "2: enough"), ("3", "3: very much")]


class ApplicationScoreForm(NHSForm):
    """Points and a note for each criterion. ``criteria`` are (id, words)."""

    def __init__(self, *args: Any, criteria: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for pk, words in self.criteria:
            self.fields[f"points_{pk}"] = forms.TypedChoiceField(
                label=words,
                choices=POINTS,
                coerce=int,
                widget=NHSRadioSelect(),
                error_messages={"required": f"Select points for: {words}"},
            )
            self.fields[f"note_{pk}"] = text(f"Note on: {words}", "the note", 500, required=False)

    def points(self) -> dict[UUID, tuple[int, str]]:
        """Return (points, note) by criterion, from a sound form."""
        return {
            pk: (self.cleaned_data[f"points_{pk}"], self.cleaned_data[f"note_{pk}"]) for pk, _words in self.criteria
        }


class TimeCreateForm(NHSForm):
    """A time for a chat or an interview."""

    on = NHSDateField(noun="Date", label="Date", help_text="For example, 31 3 2027")
    begins = TimeField(
        label="Time",
        help_text="For example, 2:30pm or 14:30",
        error_messages={"required": "Enter the time"},
    )
    mode = forms.ChoiceField(
        label="How do you meet?",
        choices=TalkMode.choices,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select how you meet"},
    )
    place = text(
        "Where", "where you meet", 300, help_text="The room and how to get there, or the link for a video call."
    )
    layout_options: ClassVar = {"begins": {"width": 5}}

    def starts_at(self) -> datetime:
        """Return the moment, from a sound form."""
        return datetime.combine(self.cleaned_data["on"], self.cleaned_data["begins"], tzinfo=LONDON)


class ApplicationDecideForm(NHSForm):
    """The letter that goes with a decision."""

    words = text(
        "Letter", "the letter", 4000, rows=14,
        help_text="Change it as you like. {name}, {role} and {organisation} are filled in when you send it.",
    )  # fmt: skip


class OfferCreateForm(PartnerCreateForm):
    """What is offered, and the letter. ``leads`` are (id, name)."""

    user_id = None
    words = text(
        "Letter", "the letter", 4000, rows=14,
        help_text="Change it as you like. {name}, {role} and {organisation} are filled in when you send it.",
    )  # fmt: skip

    def __init__(self, *args: Any, leads: Choices, **kwargs: Any) -> None:
        NHSForm.__init__(self, *args, **kwargs)
        cast(forms.ChoiceField, self.fields["lead_id"]).choices = [("", "Select a programme lead"), *leads]
