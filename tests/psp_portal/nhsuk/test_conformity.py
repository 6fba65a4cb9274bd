"""Our markup is the NHS design system's: each component beside the official macro and the package's own examples."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from jinja2 import ChainableUndefined, Environment, PackageLoader

from psp_portal.nhsuk import widgets
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.tags import components
from psp_portal.nhsuk.tags.controls import nhs_field
from tests.psp_portal.nhsuk.markup import Element, read

FIXTURES = Path(settings.BASE_DIR) / "node_modules" / "nhsuk-frontend" / "dist" / "nhsuk" / "components"


# --- what may differ ------------------------------------------------------------------------
@dataclass(frozen=True)
class Difference:
    """An attribute that one side has and the other may lack: it is taken away from ``side`` before comparing."""

    component: str
    tag: str
    attribute: str
    side: str
    reason: str


ALLOWED_DIFFERENCES = (
    Difference(
        "*", "*", "aria-invalid", "ours", "Django says to screen readers which box is wrong; the macros leave it out."
    ),
    Difference(
        "file-upload",
        "div",
        "data-module",
        "official",
        "The enhanced upload fails axe's label-content-name-mismatch and traps users of speech recognition, so the "
        "browser's own control is left as it is.",
    ),
    Difference(
        "pagination",
        "path",
        "d",
        "both",
        "The arrows are drawn by ourselves: no third-party code is copied into this project.",
    ),
    Difference(
        "header", "header", "role", "official", "<header> outside <main> is a banner already; the role adds nothing."
    ),
    Difference(
        "back-link", "a", "data-module", "both", "A link needs no script; the macro names a module only for buttons."
    ),
)


def without_allowed_differences(page: Element, component: str, side: str) -> Element:
    """Take away what ``ALLOWED_DIFFERENCES`` lets one side have."""
    for allowed in ALLOWED_DIFFERENCES:
        if allowed.component in {"*", component} and allowed.side in {side, "both"}:
            for element in page.walk():
                if allowed.tag in {"*", element.tag}:
                    element.attributes.pop(allowed.attribute, None)
    return page


def assert_same(ours: str | Element, official: str | Element, component: str) -> None:
    """Compare two renderings element by element: tags, classes, ids and what they refer to, texts, attributes."""
    pages = []
    for markup, side in ((ours, "ours"), (official, "official")):
        page = read(markup) if isinstance(markup, str) else markup
        pages.append(without_allowed_differences(page.with_neutral_ids(), component, side).lines())
    assert pages[0] == pages[1]


# Classes of the official markup that the style sheet has nothing to say about: the NHS script looks for them, or they
# only name what they stand on.
UNSTYLED = {
    "nhsuk-file-upload",
    "nhsuk-header__account-form",
    "nhsuk-header__navigation-item--current",
    "nhsuk-icon--arrow-left",
    "nhsuk-icon--arrow-right",
    "nhsuk-js-character-count",
    "nhsuk-js-password-input-input",
    "nhsuk-js-password-input-toggle",
    "nhsuk-password-input",
}


# --- the official side ----------------------------------------------------------------------
_JINJA = Environment(undefined=ChainableUndefined, loader=PackageLoader("nhsuk_frontend_jinja"), autoescape=True)


def macro(component: str, params: dict[str, Any]) -> str:
    """Return what the official macro of a component renders for these parameters."""
    first, *rest = component.split("-")
    name = {"tables": "table"}.get(component, first + "".join(word.capitalize() for word in rest))
    template = _JINJA.from_string(
        f'{{% from "nhsuk/components/{component}/macro.jinja" import {name} %}}{{{{ {name}(params) }}}}'
    )
    return template.render(params=params)


def examples(component: str) -> list[dict[str, Any]]:
    """Return the examples of a component that nhsuk-frontend ships with."""
    return json.loads((FIXTURES / component / "fixtures.json").read_text(encoding="utf-8"))["fixtures"]


# --- our side: a field made from the parameters of a macro --------------------------------------
class NotOurs(Exception):
    """The example uses something that our forms do not offer."""


def _only(params: dict[str, Any], *allowed: str) -> None:
    left = {name for name, value in params.items() if value is not None} - set(allowed)
    if left:
        raise NotOurs(", ".join(sorted(left)))


def _words(value: Any) -> str:
    """Return a macro's text, marked as markup when the macro takes it as such."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise NotOurs("an error without a message")
    _only(value, "text", "html")
    return mark_safe(value["html"]) if "html" in value else value["text"]  # noqa: S308  the package's own example


def _name(label: Any) -> tuple[str, dict[str, Any]]:
    """Return the text of a label or legend and the layout options that draw it alike."""
    if isinstance(label, str):
        return label, {"label_size": ""}
    _only(label, "text", "size", "heading", "headingLevel", "isPageHeading")
    if label.get("headingLevel", 1) != 1 or isinstance(label.get("heading"), dict):
        raise NotOurs("a heading of another level")
    heading = label.get("heading") or bool(label.get("isPageHeading"))
    text = heading if isinstance(heading, str) else label["text"]
    return text, {"label_size": label.get("size") or "", **({"heading": True} if heading else {})}


def render_ours(field: forms.Field, params: dict[str, Any], label: Any, value: Any = None, **options: Any) -> str:
    """Render a field with a macro's label, hint, error and value in our own templates."""
    field.label, name_options = _name(label)
    field.help_text = _words(params.get("hint"))
    field.disabled = params.get("disabled", False)
    name = params.get("name", "example")
    if not name.isidentifier():
        name = "example"
    form = type("ExampleForm", (forms.Form,), {name: field})(initial={name: value} if value is not None else {})
    error = _words(params.get("errorMessage"))
    if error:
        form._errors = forms.utils.ErrorDict({name: forms.utils.ErrorList([error])})
    return nhs_field(form[name], **name_options, **options)


COMMON = ("label", "hint", "errorMessage", "id", "name", "value", "disabled")


def our_input(params: dict[str, Any]) -> str:
    _only(params, *COMMON, "prefix", "suffix", "width", "inputmode", "autocomplete", "spellcheck", "type")
    kinds = {"text": forms.TextInput, "email": forms.EmailInput}
    if params.get("type", "text") not in kinds:
        raise NotOurs(params["type"])
    field = forms.CharField(widget=kinds[params.get("type", "text")]())
    options = {name: params[name] for name in ("width", "inputmode", "autocomplete", "spellcheck") if name in params}
    if params.get("width") and int(params["width"]) not in (2, 3, 4, 5, 10, 20, 30):
        raise NotOurs("width")
    if "width" in options:
        options["width"] = int(options["width"])
    for unit in ("prefix", "suffix"):
        if unit in params:
            options[unit] = _words(params[unit])
    return render_ours(field, params, params["label"], params.get("value"), **options)


def our_textarea(params: dict[str, Any]) -> str:
    _only(params, *COMMON, "autocomplete", "rows")
    options = {name: params[name] for name in ("autocomplete", "rows") if name in params}
    field = forms.CharField(widget=widgets.NHSTextarea())
    return render_ours(field, params, params["label"], params.get("value"), **options)


def our_character_count(params: dict[str, Any]) -> str:
    _only(params, *COMMON, "maxlength", "threshold", "rows")
    if not params.get("maxlength"):
        raise NotOurs("no limit")
    options = {name: params[name] for name in ("rows", "threshold") if name in params}
    field = forms.CharField(widget=widgets.NHSTextarea(count=params["maxlength"]))
    return render_ours(field, params, params["label"], params.get("value"), **options)


def our_select(params: dict[str, Any]) -> str:
    _only(params, *COMMON, "items")
    choices = []
    for item in params["items"]:
        _only(item, "value", "text", "selected")
        choices.append((item["value"], item["text"]))
    chosen = [item["value"] for item in params["items"] if item.get("selected")]
    value = params.get("value", chosen[0] if chosen else None)
    return render_ours(forms.ChoiceField(choices=choices), params, params["label"], value)


def _our_choices(params: dict[str, Any], field_class: type, widget: forms.Widget, value: Any) -> str:
    fieldset = params.get("fieldset")
    if not isinstance(fieldset, dict) or not fieldset.get("legend"):
        raise NotOurs("a group without a legend")
    _only(fieldset, "legend")
    choices, hints, divider = [], {}, ""
    for position, item in enumerate(params["items"], start=1):
        if "divider" in item:
            if position != len(params["items"]) - 1:
                raise NotOurs("a divider in the middle")
            divider = item["divider"]
            continue
        _only(item, "value", "text", "hint")
        choices.append((item["value"], item["text"]))
        if "hint" in item:
            hints[item["value"]] = _words(item["hint"])
    options = {name: params[name] for name in ("inline", "small") if name in params}
    return render_ours(
        field_class(choices=choices, widget=widget), params, fieldset["legend"], value, hints=hints,
        divider=divider, **options,
    )  # fmt: skip


def our_radios(params: dict[str, Any]) -> str:
    _only(params, *COMMON, "fieldset", "items", "idPrefix", "inline", "small")
    return _our_choices(params, forms.ChoiceField, widgets.NHSRadioSelect(), params.get("value"))


def our_checkboxes(params: dict[str, Any]) -> str:
    _only(params, *COMMON, "fieldset", "items", "idPrefix", "inline", "small", "values")
    return _our_choices(params, forms.MultipleChoiceField, widgets.NHSCheckboxes(), params.get("values"))


def our_single_checkbox(params: dict[str, Any]) -> str:
    return render_ours(forms.BooleanField(), params, params["items"][0]["text"])


def our_file_upload(params: dict[str, Any]) -> str:
    _only(params, *COMMON)
    return render_ours(forms.FileField(widget=widgets.NHSFileInput()), params, params["label"])


def our_password_input(params: dict[str, Any]) -> str:
    _only(params, *COMMON, "autocomplete")
    if params.get("disabled"):
        raise NotOurs("a password that cannot be typed")
    options = {"autocomplete": params["autocomplete"]} if "autocomplete" in params else {}
    return render_ours(forms.CharField(widget=widgets.NHSPasswordInput()), params, params["label"], **options)


def our_date_input(params: dict[str, Any]) -> str:
    """Our boxes are called date_0, date_1 and date_2: the official names are put in their place."""
    _only(params, *COMMON, "fieldset", "items", "values")
    items = params.get("items") or [{"name": "day"}, {"name": "month"}, {"name": "year"}]
    if [item.get("name") for item in items if isinstance(item, dict)] != ["day", "month", "year"]:
        raise NotOurs("another set of boxes")
    values = dict(params.get("values") or {})
    wrong = []
    for index, item in enumerate(items):
        _only(item, "name", "width", "value", "error")
        if item.get("error") is False:
            raise NotOurs("a box without its error")
        values.setdefault(item["name"], item.get("value"))
        wrong += [index] if item.get("error") else []
    fieldset = params["fieldset"]
    _only(fieldset, "legend")
    if params.get("disabled"):
        raise NotOurs("a fixed date")
    value = [values.get(name) for name in ("day", "month", "year")] if any(values.values()) else None
    error = _words(params.get("errorMessage"))
    if wrong and not error:
        raise NotOurs("an error without a message")
    field = NHSDateField()
    field.label, options = _name(fieldset["legend"])
    field.help_text = _words(params.get("hint"))
    form = type("ExampleForm", (forms.Form,), {"date": field})(initial={"date": value} if value else {})
    if error:
        problem = forms.ValidationError(error, params={"parts": tuple(wrong)})
        form._errors = forms.utils.ErrorDict({"date": forms.utils.ErrorList([problem])})
    html = nhs_field(form["date"], **options)
    for index, name in enumerate(("day", "month", "year")):
        html = html.replace(f'name="date_{index}"', f'name="{name}"')
    return html


OURS: dict[str, Callable[[dict[str, Any]], str]] = {
    "input": our_input,
    "textarea": our_textarea,
    "character-count": our_character_count,
    "select": our_select,
    "radios": our_radios,
    "checkboxes": our_checkboxes,
    "date-input": our_date_input,
    "file-upload": our_file_upload,
    "password-input": our_password_input,
}


def _matching_examples() -> list[Any]:
    cases, seen = [], set()
    for component, ours in OURS.items():
        for example in examples(component):
            key = json.dumps([component, example["context"]], sort_keys=True)
            try:
                ours(example["context"])
            except (NotOurs, KeyError):
                continue
            if key not in seen:
                seen.add(key)
                cases.append(pytest.param(component, example, id=f"{component}: {example['name']} {len(seen)}"))
    return cases


MATCHING = _matching_examples()


@pytest.mark.parametrize(("component", "example"), MATCHING)
def test_field_is_the_packages_own_example(component: str, example: dict[str, Any]) -> None:
    """Every example that needs nothing beyond what our forms offer is drawn alike by ours and by the macro."""
    ours = OURS[component](example["context"])
    if "name" in example["context"] and component != "date-input":
        assert_same(ours.replace('name="example"', f'name="{example["context"]["name"]}"'), example["html"], component)
        assert_same(ours, macro(component, {**example["context"], "name": read_name(ours)}), component)
    else:
        assert_same(ours, example["html"], component)
        assert_same(ours, macro(component, example["context"]), component)


def read_name(html: str) -> str:
    """Return the name that the first control of a rendering is posted under."""
    return next(element.attributes["name"] for element in read(html).walk() if "name" in element.attributes)


def test_enough_of_the_packages_examples_match() -> None:
    """A change that quietly takes examples out of the comparison is noticed."""
    counted = dict.fromkeys(OURS, 0)
    for case in MATCHING:
        counted[case.values[0]] += 1
    assert all(count >= 5 for count in counted.values()), counted
    assert len(MATCHING) >= 100


@pytest.mark.parametrize("error", [None, "Tick the box to agree"])
@pytest.mark.parametrize("hint", [None, "You can read it again later"])
def test_single_checkbox_is_the_macros(hint: str | None, error: str | None) -> None:
    params = {
        "name": "example",
        "hint": {"text": hint} if hint else None,
        "errorMessage": {"text": error} if error else None,
        "describedBy": None,
        "items": [{"value": "on", "text": "I agree"}],
    }
    params = {name: value for name, value in params.items() if value is not None}
    assert_same(our_single_checkbox(params), macro("checkboxes", params), "checkboxes")


# --- everything that is not a field -----------------------------------------------------------
def tags(source: str, **context: Any) -> str:
    """Render a piece of a template that loads our library."""
    return Template("{% load nhsuk %}" + source).render(Context(context))


def page(**context: Any) -> Element:
    """Return a whole page drawn by base.html."""
    return read(render_to_string("base.html", context).replace("<!DOCTYPE html>", ""))


COMPONENTS = {
    "button": (
        lambda: tags('{% nhs_button "Save and continue" %}'),
        {"text": "Save and continue", "preventDoubleClick": True},
    ),
    "button: secondary, named, small": (
        lambda: tags('{% nhs_button "Find" variant="secondary" name="find" value="1" small=True %}'),
        {
            "text": "Find",
            "variant": "secondary",
            "name": "find",
            "value": "1",
            "small": True,
            "preventDoubleClick": True,
        },
    ),
    "button: warning": (
        lambda: tags('{% nhs_button "Withdraw" variant="warning" %}'),
        {"text": "Withdraw", "variant": "warning", "preventDoubleClick": True},
    ),
    "button: a link": (
        lambda: tags('{% nhs_button "Start" href="/start/" %}'),
        {"text": "Start", "href": "/start/"},
    ),
    "error-summary": (
        lambda: render_to_string(
            "components/error_summary.html",
            {"problems": [{"text": "Too many attempts", "href": ""}, {"text": "Enter an amount", "href": "#id_a"}]},
        ),
        {
            "heading": {"text": "There is a problem"},
            "errorList": [{"text": "Too many attempts"}, {"text": "Enter an amount", "href": "#id_a"}],
        },
    ),
    "tag": (lambda: tags('{% nhs_tag "Active" %}'), {"text": "Active"}),
    "tag: colour": (lambda: tags('{% nhs_tag "Paid" "green" %}'), {"text": "Paid", "colour": "green"}),
    "tag: plain": (
        lambda: tags('{% nhs_tag "Completed" plain=True %}'),
        {"text": "Completed", "border": False, "colour": False, "classes": "nhsuk-u-font-weight-normal"},
    ),
    "inset-text": (
        lambda: tags("{% inset_text %}<p>Keep your receipt</p>{% endinset_text %}"),
        {"text": "Keep your receipt"},
    ),
    "warning-callout": (
        lambda: tags('{% warning_callout heading="Important" level=3 %}<p>No.</p>{% endwarning_callout %}'),
        {"heading": "Important", "html": "<p>No.</p>"},
    ),
    "warning-callout: own heading": (
        lambda: tags('{% warning_callout heading="Late claims" %}<p>No.</p>{% endwarning_callout %}'),
        {"heading": {"text": "Late claims", "level": 2}, "html": "<p>No.</p>"},
    ),
    "details": (
        lambda: tags('{% details summary="How it was worked out" %}By the mile.{% enddetails %}'),
        {"summary": {"text": "How it was worked out"}, "text": "By the mile."},
    ),
    "details: open": (
        lambda: tags('{% details summary="How" is_open=True %}<p>By the mile.</p>{% enddetails %}'),
        {"summary": {"text": "How"}, "html": "<p>By the mile.</p>", "open": True},
    ),
    "panel": (
        lambda: tags('{% panel heading="Claim sent" %}Your reference{% endpanel %}'),
        {"heading": {"text": "Claim sent"}, "text": "Your reference"},
    ),
    "panel: interruption": (
        lambda: tags('{% interruption heading="Is it right?" %}<p>£450 for one taxi</p>{% endinterruption %}'),
        {"heading": {"text": "Is it right?"}, "variant": "interruption", "html": "<p>£450 for one taxi</p>"},
    ),
    "summary-list": (
        lambda: tags(
            '{% summary_list %}{% summary_row "Name" change_url="/n/" %}Karen{% endsummary_row %}'
            '{% summary_row "Date" %}6 August 2026{% endsummary_row %}{% endsummary_list %}'
        ),
        {
            "rows": [
                {
                    "key": {"text": "Name"},
                    "value": {"text": "Karen"},
                    "actions": {"items": [{"href": "/n/", "text": "Change", "visuallyHiddenText": "name"}]},
                },
                {"key": {"text": "Date"}, "value": {"text": "6 August 2026"}},
            ]
        },
    ),
    "summary-list: from rows": (
        lambda: render_to_string(
            "components/summary_list.html",
            {
                "rows": [
                    {"key": "Name", "value": "Karen", "change_url": "/n/", "change_what": "the name"},
                    {"key": "Phone", "value": ""},
                ]
            },
        ),
        {
            "rows": [
                {
                    "key": {"text": "Name"},
                    "value": {"text": "Karen"},
                    "actions": {"items": [{"href": "/n/", "text": "Change", "visuallyHiddenText": "the name"}]},
                },
                {"key": {"text": "Phone"}, "value": {"text": "Not provided"}},
            ]
        },
    ),
    "tables": (
        lambda: tags(
            '{% nhs_table caption="Claims" columns="Reference|Amount#" %}{% nhs_row %}{% cell header=True %}'
            '<a href="/c/">C1</a>{% endcell %}{% cell %}£5.00{% endcell %}{% endnhs_row %}{% endnhs_table %}'
        ),
        {
            "caption": {"text": "Claims", "size": "m"},
            "responsive": True,
            "firstCellIsHeader": True,
            "head": [{"text": "Reference"}, {"text": "Amount", "format": "numeric"}],
            "rows": [[{"html": '<a href="/c/">C1</a>'}, {"text": "£5.00"}]],
        },
    ),
    "tables: from rows": (
        lambda: render_to_string(
            "components/table.html",
            {
                "caption": "Claims",
                "head": [{"text": "Reference"}, {"text": "Amount", "numeric": True}],
                "rows": [[{"text": "C1", "href": "/c/", "header": True}, {"text": "£5.00", "numeric": True}]],
            },
        ),
        {
            "caption": {"text": "Claims", "size": "m"},
            "responsive": True,
            "firstCellIsHeader": True,
            "head": [{"text": "Reference"}, {"text": "Amount", "format": "numeric"}],
            "rows": [[{"html": '<a href="/c/">C1</a>'}, {"text": "£5.00"}]],
        },
    ),
    "task-list": (
        lambda: render_to_string(
            "components/task_list.html",
            {
                "id": "claim",
                "tasks": [
                    {"text": "Your time", "href": "/t/", "status": "Completed", "state": "done"},
                    {"text": "Travel", "hint": "Miles", "href": "/v/", "status": "Incomplete", "state": "todo"},
                    {"text": "Check", "href": "/k/", "status": "Cannot start yet", "state": "later"},
                ],
            },
        ),
        {
            "idPrefix": "claim",
            "items": [
                {
                    "heading": {"text": "Your time"},
                    "href": "/t/",
                    "status": {
                        "tag": {
                            "text": "Completed",
                            "border": False,
                            "colour": False,
                            "classes": "nhsuk-u-font-weight-normal",
                        }
                    },
                },
                {
                    "heading": {"text": "Travel"},
                    "hint": {"text": "Miles"},
                    "href": "/v/",
                    "status": {"tag": {"text": "Incomplete", "colour": "blue"}},
                },
                {
                    "heading": {"text": "Check"},
                    "status": {
                        "tag": {
                            "text": "Cannot start yet",
                            "border": False,
                            "colour": False,
                            "classes": "nhsuk-u-font-weight-normal nhsuk-u-secondary-text-colour",
                        }
                    },
                },
            ],
        },
    ),
    "notification-banner": (
        lambda: render_to_string("components/notification_banner.html", {"messages": ["Claim sent"], "success": True}),
        {"text": "Claim sent", "variant": "success"},
    ),
    "notification-banner: important": (
        lambda: render_to_string("components/notification_banner.html", {"messages": ["Claims close on Friday"]}),
        {"text": "Claims close on Friday"},
    ),
    "back-link": (
        lambda: read(render_to_string("components/back_link.html", {"href": "/b/"})).find("nhsuk-back-link"),
        {"text": "Back", "href": "/b/"},
    ),
    "breadcrumb": (
        lambda: render_to_string(
            "components/breadcrumbs.html", {"items": [{"text": "Home", "href": "/"}, {"text": "Claims", "href": "/c/"}]}
        ),
        {"items": [{"text": "Home", "href": "/"}, {"text": "Claims", "href": "/c/"}]},
    ),
    "skip-link": (
        lambda: page().find("nhsuk-skip-link"),
        {"href": "#maincontent", "text": "Skip to main content"},
    ),
    "pagination": (
        lambda: tags(
            "{% pagination page %}",
            page=Paginator(list(range(60)), 10).page(2),
            request=RequestFactory().get("/claims/", {"status": "paid", "page": "2"}),
        ),
        {
            "previous": {"href": "?status=paid&page=1"},
            "next": {"href": "?status=paid&page=3"},
            "items": [
                {"number": 1, "href": "?status=paid&page=1"},
                {"number": 2, "href": "?status=paid&page=2", "current": True},
                {"number": 3, "href": "?status=paid&page=3"},
                {"ellipsis": True},
                {"number": 6, "href": "?status=paid&page=6"},
            ],
        },
    ),
}


@pytest.mark.parametrize("name", COMPONENTS)
def test_component_is_the_macros(name: str) -> None:
    component = name.split(":")[0]
    ours, params = COMPONENTS[name]
    drawn = ours()
    official: str | Element = macro(component, params)
    if isinstance(drawn, Element):
        official = read(official).children[0]
    assert_same(drawn, official, component)


def test_fieldset_of_a_layout_is_the_macros() -> None:
    """A group of fields in a crispy layout has the official fieldset and legend."""
    ours = render_to_string(
        "nhsuk/layout/fieldset.html", {"legend": "Your bank", "fieldset": {}, "fields": mark_safe("<p>x</p>")}
    )
    official = macro("fieldset", {"legend": {"text": "Your bank", "size": "m"}, "html": "<p>x</p>"})
    assert_same(ours, official, "fieldset")


def test_menu_of_the_header_is_the_macros() -> None:
    """The menu, with its button "More" for the links that do not fit."""
    menu = [{"label": "Home", "url": "/", "current": False}, {"label": "Claims", "url": "/claims/", "current": True}]
    official = macro(
        "header",
        {
            "navigation": {
                "items": [{"text": "Home", "href": "/"}, {"text": "Claims", "href": "/claims/", "active": True}]
            }
        },
    )
    assert_same(
        page(navigation=menu).find("nhsuk-header__navigation"),
        read(official).find("nhsuk-header__navigation"),
        "header",
    )


def test_account_list_of_the_header_is_the_macros() -> None:
    """Name first, "Log out" last and sent as a form, so that a link cannot sign anybody out."""
    user = SimpleNamespace(is_authenticated=True, get_full_name="Amara Bello")
    ours = page(user=user, csrf_token="t0ken").find("nhsuk-header__account")
    official = read(
        macro(
            "header",
            {"account": {"items": [{"text": "Amara Bello"}, {"action": "/accounts/logout/", "text": "Log out"}]}},
        )
    ).find("nhsuk-header__account")
    ours_list, official_list = ours.find("nhsuk-header__account-list"), official.find("nhsuk-header__account-list")
    ours_list.children = [ours_list.children[0], ours_list.children[-1]]
    form = ours_list.find("nhsuk-header__account-form")
    token, *form.children = form.children
    assert token.attributes == {"type": "hidden", "name": "csrfmiddlewaretoken", "value": "t0ken"}
    assert form.attributes["action"]
    form.attributes["action"] = "/accounts/logout/"
    assert_same(ours_list, official_list, "header")


def test_footer_is_the_macros() -> None:
    ours = page().find("nhsuk-footer")
    links = [element for element in ours.walk() if element.tag == "a"]
    official = macro(
        "footer",
        {
            "meta": {"items": [{"href": link.attributes["href"], "text": link.text} for link in links]},
            "copyright": {"text": "Patient Safety Partners"},
        },
    )
    assert_same(ours, read(official).find("nhsuk-footer"), "footer")


def test_every_class_of_our_templates_is_in_the_style_sheet() -> None:
    """A class that nhsuk-frontend or our own sheet does not have is a spelling mistake, or one that has gone."""
    sheets = (FIXTURES.parent / "nhsuk-frontend.css").read_text(encoding="utf-8")
    sheets += "".join(path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "static").rglob("*.css"))
    known = set(re.findall(r"\.((?:nhsuk|psp)-[a-zA-Z0-9_-]+)", sheets)) | UNSTYLED
    tags = Path(components.__file__).parent.glob("*.py")
    templates = [*(settings.BASE_DIR / "templates").rglob("*.html"), *tags]
    used = {
        name
        for path in templates
        for text in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8"))
        for name in re.sub(r"\{[%{].*?[%}]\}", " ", text).split()
        if re.fullmatch(r"(nhsuk|psp)-[a-z0-9_-]*[a-z0-9]", name) and f"{name}--{{" not in text
    }
    assert used - known == set()
