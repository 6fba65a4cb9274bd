"""What is asked when a trust brings in its own list of unpaid claims: the file, and which column is what."""

from typing import Any, ClassVar

from django import forms

from expenses.enums import BacklogColumn
from expenses.policies.backlog import NEEDED, WHO, what_is_missing
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSFileInput, NHSSelect, NHSTextInput

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST_SHOWN = 40


class BacklogCreateForm(NHSForm):
    """The list itself."""

    file = forms.FileField(
        label="Your list of unpaid claims",
        help_text="A spreadsheet (.xlsx) or a CSV file, with one row for each thing claimed",
        widget=NHSFileInput(),
        error_messages={"required": "Select your list", "empty": "The file has nothing in it"},
    )


class BacklogColumnsEditForm(NHSForm):
    """Which row has the headings, and which column is what: ``columns``, by what they hold, from 0."""

    # The list must say these, so none is marked as optional: what is missing is said after a look at all of them.
    layout_options: ClassVar = {
        "heading_row": {"width": 4},
        **{column.value: {"optional": False} for column in (*WHO, *NEEDED)},
    }

    heading_row = forms.IntegerField(
        label="Row with the headings",
        min_value=1,
        help_text="Change it if the columns below are not the headings of your list, then continue",
        widget=NHSTextInput(),
        error_messages={
            "required": "Enter the row with the headings", "invalid": "The row must be a number, like 1",
            "min_value": "The row must be 1 or more",
        },
    )  # fmt: skip

    def __init__(self, *args: Any, headings: list[str], example: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Not in this list"), *column_choices(headings, example)]
        for column in BacklogColumn:
            self.fields[column.value] = forms.ChoiceField(
                label=column.label, choices=choices, required=False, widget=NHSSelect()
            )
        self.shown_row = self.initial["heading_row"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        columns = {column: int(data[column.value]) for column in BacklogColumn if data.get(column.value)}
        # Another row has other headings: which column is what is asked again.
        if data.get("heading_row") == self.shown_row and not self.errors:
            for column, words in what_is_missing(columns).items():
                self.add_error(column.value, words)
        return {"heading_row": data.get("heading_row"), "columns": columns}


class BacklogConfirmForm(NHSForm):
    """That rows which came in before are owed as well; not asked where there are none (``known``: how many)."""

    is_confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, known: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not known:
            del self.fields["is_confirmed"]
            return
        these = "1 row says" if known == 1 else f"{known} rows say"
        self.fields[
            "is_confirmed"
        ].label = f"{these} the same as something that came in before. I have checked that it is owed as well"


def column_choices(headings: list[str], example: list[str]) -> list[tuple[str, str]]:
    """Return the columns of a list as choices: its letter, its heading, and what stands in the row below."""
    choices = []
    for place in range(max(len(headings), len(example))):
        heading = headings[place] if place < len(headings) else ""
        below = example[place] if place < len(example) else ""
        words = f"Column {column_letter(place)}: {_short(heading) or 'no heading'}"
        choices.append((str(place), f"{words}, such as “{_short(below)}”" if below else words))
    return choices


def column_letter(place: int) -> str:
    """Return what a spreadsheet calls a column: A for 0, AA for 26."""
    letter = LETTERS[place % 26]
    return letter if place < 26 else column_letter(place // 26 - 1) + letter


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
