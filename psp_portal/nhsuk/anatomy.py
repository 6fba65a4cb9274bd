"""What a form field is made of in the NHS design system: its kind, its options, its errors and where they link."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.widgets import Input
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from psp_portal.nhsuk.allauth_words import plain
from psp_portal.nhsuk.widgets import NHSDateWidget

# The order matters: checkboxes are radios to Django, and a password box is a text box.
_KINDS: tuple[tuple[str, type[forms.Widget]], ...] = (
    ("date", NHSDateWidget),
    ("password", forms.PasswordInput),
    ("checkboxes", forms.CheckboxSelectMultiple),
    ("radios", forms.RadioSelect),
    ("checkbox", forms.CheckboxInput),
    ("select", forms.Select),
    ("textarea", forms.Textarea),
    ("file", forms.FileInput),
    ("input", Input),
)
_OPTIONS = frozenset(
    {"heading", "label_size", "prefix", "suffix", "width", "inputmode", "autocomplete", "spellcheck"}
    | {"hints", "divider", "inline", "small", "rows", "count", "threshold", "optional"}
)
_WIDTHS = frozenset({2, 3, 4, 5, 10, 20, 30})
_LABEL_SIZES = frozenset({"", "xs", "s", "m", "l", "xl"})
_DJANGO_REQUIRED = forms.Field.default_error_messages["required"]


def kind_of(field: BoundField) -> str:
    """Return which component a field is; raise TypeError for a control that the design system does not have."""
    if field.is_hidden:
        return "hidden"
    for kind, widget in _KINDS:
        if isinstance(field.field.widget, widget):
            return kind
    raise TypeError(f"No NHS component for {type(field.field.widget).__name__} of the field {field.name}.")


def check_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a field as they are; raise TypeError or ValueError for one that would do nothing."""
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        raise TypeError(f"Unknown layout options: {', '.join(unknown)}.")
    if options.get("width") is not None and options["width"] not in _WIDTHS:
        raise ValueError(f"width must be one of {sorted(_WIDTHS)}.")
    if options.get("label_size", "") not in _LABEL_SIZES:
        raise ValueError(f"label_size must be one of {sorted(_LABEL_SIZES)}.")
    return dict(options)


def options_of(field: BoundField, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a field's options: those given here win over the form's, the form's over the field's and its widget's."""
    form_options = getattr(field.form, "layout_options", {}).get(field.name, {})
    options = {
        **getattr(field.field.widget, "nhs_options", {}),
        **getattr(field.field, "nhs_options", {}),
        **form_options,
        **given,
    }
    if getattr(field.form, "heading_field", "") == field.name:
        options.setdefault("heading", True)
    options.setdefault("label_size", "l" if options.get("heading") else "s")
    return check_options(options)


def label_of(field: BoundField, options: Mapping[str, Any], *, kind: str) -> str:
    """Return the label, with "(optional)" where the form marks what needs no answer."""
    label = _written_label(field)
    marks = getattr(field.form, "mark_optional", False) and options.get("optional", True)
    if marks and not field.field.required and kind != "checkbox" and "optional" not in label.lower():
        return f"{label} (optional)"
    return label


def sentence_case(text: str) -> str:
    """Write "Reset My Password" as "Reset my password": for the words of packages, which we do not write ourselves."""
    first, *rest = str(text).strip().split(" ")
    return " ".join(_without_capitals(word, starts=not index) for index, word in enumerate([first, *rest]))


def _without_capitals(word: str, *, starts: bool) -> str:
    """Take the capitals of a title from a word: "Two-Factor" starts as "Two-factor"; "IP" and addresses stay."""
    if not re.fullmatch(r"[A-Z][a-z']+(-[A-Z][a-z]+)*[.:?!]?", word):
        return word
    return word[0] + word[1:].lower() if starts else word.lower()


def _written_label(field: BoundField) -> str:
    """Return a field's label; the labels of allauth's forms are titles, ours are sentences."""
    label = str(field.label)
    return sentence_case(plain(label)) if _is_allauths(field) else label


def hint_of(field: BoundField) -> Any:
    """Return a field's hint, which may be markup; allauth's in our words."""
    return plain(field.help_text) if _is_allauths(field) else field.help_text


def _is_allauths(field: BoundField) -> bool:
    return type(field.form).__module__.startswith("allauth.")


def required_message(field: forms.Field, label: Any) -> str:
    """Return what to say instead of Django's "This field is required.", or an empty string for a field's own words."""
    if field.error_messages.get("required") != _DJANGO_REQUIRED:
        return ""
    chosen = isinstance(field.widget, forms.CheckboxInput | forms.Select | forms.RadioSelect | forms.FileInput)
    verb = "Select" if chosen else "Enter"
    name = str(label).rstrip(":").strip()
    if name.endswith("?"):
        return f"{verb} an answer to “{name}”"
    if isinstance(field.widget, forms.CheckboxInput):
        return f"Tick “{name}” to go on"
    return f"{verb} {name if name[:2].isupper() else name[:1].lower() + name[1:]}"


def errors_of(field: BoundField) -> list[str]:
    """Return a field's messages in plain words, for the field and for the summary alike."""
    plain = required_message(field.field, _written_label(field))
    return [plain if plain and error == str(_DJANGO_REQUIRED) else str(error) for error in field.errors]


def error_text(field: BoundField) -> SafeString:
    """Return a field's messages as one text, a line each."""
    return format_html_join(SafeString("<br>"), "{}", ((text,) for text in errors_of(field)))


def wrong_parts(field: BoundField) -> frozenset[int]:
    """Return the numbers of a date's boxes that are wrong: all three where the error names none."""
    if not field.errors:
        return frozenset()
    named = {part for error in field.errors.as_data() for part in (error.params or {}).get("parts", ())}
    return frozenset(named or range(len(NHSDateWidget.parts)))


def anchor_of(field: BoundField) -> str:
    """Return the id of the control that an error should lead to; empty when there is none to go to."""
    kind = kind_of(field)
    if kind == "hidden" or not field.auto_id:
        return ""
    if kind == "date":
        return f"{field.auto_id}_{min(wrong_parts(field), default=0)}"
    if kind in {"radios", "checkboxes"}:
        return f"{field.auto_id}_0"
    return field.id_for_label


def problems_in(*forms_on_page: Any) -> list[dict[str, str]]:
    """Return every error of the forms and formsets on a page, as ``text`` and ``href``, in the order of the page.

    Anything that is not a form is left out, so that a page may name forms it does not always have; so is a form
    that the page knows by two names.
    """
    once = {id(form): form for form in forms_on_page}
    return [problem for form in once.values() for problem in _problems(form)]


def _problems(form: Any) -> Iterable[dict[str, str]]:
    if isinstance(form, forms.BaseFormSet):
        if form.is_bound:
            yield from ({"text": str(error), "href": ""} for error in form.non_form_errors())
            for member in form.forms:
                yield from _problems(member)
    elif isinstance(form, forms.BaseForm) and form.errors:
        yield from ({"text": str(error), "href": ""} for error in form.non_field_errors())
        for field in form:
            anchor = anchor_of(field) if field.errors else ""
            yield from ({"text": text, "href": f"#{anchor}" if anchor else ""} for text in errors_of(field))


def one_of(value: str, allowed: frozenset[str]) -> str:
    """Return a value; raise ValueError, for whoever writes the page, when it is not an allowed one."""
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(sorted(filter(None, allowed)))}.")
    return value
