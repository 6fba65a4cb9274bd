"""Asks which row of an uploaded list has the headings, and which column is what."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms

from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSSelect, NHSTextInput

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST_SHOWN = 40


class ColumnsForm(NHSForm):
    """``columns``, by what they hold, from 0. ``kinds`` are the choices there are, ``always`` those not optional."""

    kinds: ClassVar[Any] = ()
    always: ClassVar[Collection[str]] = ()

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
        # The list must say these, so none is marked as optional: what is missing is said after a look at all of them.
        self.layout_options = {  # type: ignore[misc]  # of this form alone
            "heading_row": {"width": 4},
            **{column: {"optional": False} for column in self.always},
            **self.layout_options,
        }
        choices = [("", "Not in this list"), *column_choices(headings, example)]
        for column in self.kinds:
            self.fields[column.value] = forms.ChoiceField(
                label=column.label, choices=choices, required=False, widget=NHSSelect()
            )
        self.shown_row = self.initial["heading_row"]

    def what_is_missing(self, columns: Mapping[Any, int]) -> Mapping[Any, str]:
        """Return the columns that are needed and not chosen, each with its words."""
        raise NotImplementedError(f"{type(self).__name__} must say what a list needs.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        columns = {column: int(data[column.value]) for column in self.kinds if data.get(column.value)}
        # Another row has other headings: which column is what is asked again.
        if data.get("heading_row") == self.shown_row and not self.errors:
            for column, words in self.what_is_missing(columns).items():
                self.add_error(column.value, words)
        return {name: value for name, value in data.items() if name not in set(self.kinds)} | {"columns": columns}


def columns_form_kwargs(rows: list[list[str]], heading_row: int, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form takes of a list: its headings, the first row below them, and what is chosen so far."""
    return {
        "headings": rows[heading_row - 1],
        "example": next((cells for cells in rows[heading_row:] if cells), []),
        "initial": {"heading_row": heading_row, **chosen},
    }


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
