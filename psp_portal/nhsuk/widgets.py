"""Form controls that know what the NHS design system wants of them. They hold no rules about values."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms


class NHSRadioSelect(forms.RadioSelect):
    """Radios. ``hints`` maps a choice's value to its hint; ``divider`` stands before the last choice."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Iterable[Any] = (),
        *,
        hints: Mapping[Any, str] | None = None,
        divider: str = "",
        inline: bool = False,
    ) -> None:
        super().__init__(attrs, choices)
        self.nhs_options = {"hints": dict(hints or {}), "divider": divider, "inline": inline}


class NHSCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes, several of which may be ticked. ``hints`` maps a choice's value to its hint."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Iterable[Any] = (),
        *,
        hints: Mapping[Any, str] | None = None,
        divider: str = "",
    ) -> None:
        super().__init__(attrs, choices)
        self.nhs_options = {"hints": dict(hints or {}), "divider": divider}


class NHSSelect(forms.Select):
    """A drop-down list. Prefer radios below about ten choices."""


class NHSTextInput(forms.TextInput):
    """A one-line box."""


class NHSTextarea(forms.Textarea):
    """A box of several lines. ``count`` is the number of characters that the box counts down from."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, rows: int = 5, count: int | None = None) -> None:
        super().__init__(attrs)
        self.nhs_options = {"rows": rows, "count": count}


class NHSPasswordInput(forms.PasswordInput):
    """A password box with a "Show" button."""


class NHSFileInput(forms.FileInput):
    """The browser's own file control, one file at a time. ``accept`` lists the media types to offer."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, accept: Iterable[str] = ()) -> None:
        accepted = {"accept": ",".join(accept)} if accept else {}
        super().__init__({**accepted, **(attrs or {})})


class NHSDateWidget(forms.MultiWidget):
    """Day, month and year in three boxes, posted as ``name_0``, ``name_1`` and ``name_2``."""

    use_fieldset = True
    parts = ("Day", "Month", "Year")
    widths = (2, 2, 4)

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([forms.TextInput(), forms.TextInput(), forms.TextInput()], attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        """Split a date into what the three boxes show."""
        return [value.day, value.month, value.year] if value else [None, None, None]
