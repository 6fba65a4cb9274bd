"""The page around the content, forms in it, and components with logic of their own."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.contrib.messages.constants import ERROR, SUCCESS
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from psp_portal.nhsuk import widgets
from psp_portal.nhsuk.anatomy import check_options, problems_in
from psp_portal.nhsuk.fields import MilesField, MoneyField, NHSDateField, ReceiptField, TokenField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.layout import F
from tests.psp_portal.nhsuk.markup import read

KINDS = [("bus", "Bus"), ("taxi", "Taxi")]


class EveryControlForm(NHSForm):
    """One field of each kind."""

    layout_options = {"name": {"autocomplete": "name", "width": 20}}

    day = NHSDateField(noun="Date of the journey", label="When was the journey?", help_text="For example, 31 3 2026")
    amount = MoneyField(label="Amount in pounds")
    miles = MilesField(label="Miles driven")
    name = forms.CharField(label="Your name", max_length=50)
    email = forms.EmailField(label="Email address")
    people = forms.IntegerField(label="How many people?", min_value=1)
    password = forms.CharField(label="Password", widget=widgets.NHSPasswordInput)
    kind = forms.ChoiceField(
        label="Kind", choices=KINDS, widget=widgets.NHSRadioSelect(hints={"taxi": "Ask before you take one"})
    )
    days = forms.MultipleChoiceField(label="Days", choices=KINDS, widget=widgets.NHSCheckboxes)
    place = forms.ChoiceField(label="Place", choices=[("", "Choose"), *KINDS])
    reason = forms.CharField(label="Reason", widget=widgets.NHSTextarea(count=300))
    receipt = ReceiptField(label="Receipt")
    agreed = forms.BooleanField(label="I agree")
    token = TokenField()


def rendered(source: str, **context: Any) -> str:
    return Template("{% load nhsuk crispy_forms_tags %}" + source).render(Context(context))


def ids_of(html: str) -> list[str]:
    return [element.attributes["id"] for element in read(html).walk() if "id" in element.attributes]


# --- forms ----------------------------------------------------------------------------------
def test_error_summary_links_to_a_control_of_every_kind() -> None:
    form = EveryControlForm({"day_0": "6", "day_1": "", "day_2": "2026"})
    problems = problems_in(form)
    ids = set(ids_of(rendered("{% crispy form %}", form=form)))
    assert [problem["text"] for problem in problems] == [
        "Date of the journey must include a month",
        "Enter the amount",
        "Enter the miles",
        "Enter your name",
        "Enter email address",
        "Enter an answer to “How many people?”",
        "Enter password",
        "Select kind",
        "Select days",
        "Select place",
        "Enter reason",
        "Select a receipt",
        "Tick “I agree” to go on",
        "This page was out of date. Check your answers and send it again",
    ]
    assert problems[0]["href"] == "#id_day_1"
    assert problems[7]["href"] == "#id_kind_0"
    assert problems[-1]["href"] == ""
    assert {problem["href"].removeprefix("#") for problem in problems[:-1]} <= ids


@pytest.mark.parametrize("source", ["{% crispy form %}", "{{ form|crispy }}"])
def test_form_is_rendered_in_one_tag(source: str) -> None:
    """Both of crispy-forms' ways give every field once, with nothing outside the fields and no <form> tag."""
    html = rendered(source, form=EveryControlForm())
    ids = ids_of(html)
    assert len(ids) == len(set(ids))
    posted = {element.attributes["name"] for element in read(html).walk() if "name" in element.attributes}
    assert posted == {*EveryControlForm().fields} - {"day"} | {"day_0", "day_1", "day_2"}
    assert "<form" not in html
    assert "csrfmiddlewaretoken" not in html


def test_form_rendered_twice_is_the_same() -> None:
    form = EveryControlForm({"amount": "x", "day_0": "6"})
    assert rendered("{{ form|crispy }}", form=form) == rendered("{{ form|crispy }}", form=form)
    assert rendered("{% crispy form %}", form=form) == rendered("{% crispy form %}", form=form)


def test_form_keeps_what_was_typed() -> None:
    typed = {"day_0": "30", "day_1": "feb", "day_2": "2026", "amount": "£12,50", "miles": "9,999", "name": "Amara"}
    html = rendered("{% crispy form %}", form=EveryControlForm(typed | {"kind": "taxi", "reason": "Rain & hail"}))
    page = read(html)
    shown = {element.attributes.get("name"): element.attributes.get("value") for element in page.walk()}
    assert {name: shown[name] for name in typed} == typed
    assert [element.attributes["value"] for element in page.walk() if "checked" in element.attributes] == ["taxi"]
    assert page.find("nhsuk-textarea").text == "Rain & hail"


def test_form_never_shows_a_password_again() -> None:
    assert "hunter2" not in rendered("{% crispy form %}", form=EveryControlForm({"password": "hunter2"}))


def test_form_leaves_checking_to_the_server() -> None:
    """No control stops the browser from sending, or cuts off what is pasted in."""
    html = rendered("{% crispy form %}", form=EveryControlForm())
    for attribute in ("required", "maxlength", "minlength", "min", "max", "step", "placeholder"):
        assert not re.search(rf"\s{attribute}[=\s>]", html), attribute
    assert 'type="number"' not in html


def test_group_is_described_on_its_fieldset() -> None:
    page = read(rendered("{% nhs_field form.day %}", form=EveryControlForm({"amount": "1"})))
    assert page.find("nhsuk-fieldset").attributes["aria-describedby"] == "id_day_helptext id_day_error"
    assert not [
        element for element in page.walk() if element.tag == "input" and "aria-describedby" in element.attributes
    ]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"day_0": "30", "day_1": "2", "day_2": "2026"}, ["day_0"]),
        ({"day_0": "6"}, ["day_1", "day_2"]),
        ({}, ["day_0", "day_1", "day_2"]),
    ],
)
def test_only_the_wrong_boxes_of_a_date_are_red(typed: dict[str, str], wrong: list[str]) -> None:
    page = read(rendered("{% nhs_field form.day %}", form=EveryControlForm({"amount": "1", **typed})))
    red = [e.attributes["name"] for e in page.walk() if "nhsuk-input--error" in e.attributes.get("class", "")]
    assert red == wrong


def test_date_starts_with_the_date_it_is_given() -> None:
    html = rendered("{% nhs_field form.day %}", form=EveryControlForm(initial={"day": date(2026, 8, 6)}))
    assert re.findall(r'value="(\d+)"', html) == ["6", "8", "2026"]


def test_optional_fields_say_so_once() -> None:
    class ExampleForm(NHSForm):
        note = forms.CharField(label="Note", required=False)
        other = forms.CharField(label="Other (optional)", required=False)
        hidden_choice = forms.BooleanField(label="Tell me more", required=False)

    html = rendered("{% crispy form %}", form=ExampleForm())
    labels = [element.text for element in read(html).walk() if element.tag == "label"]
    assert labels == ["Note (optional)", "Other (optional)", "Tell me more"]
    ExampleForm.mark_optional = False
    assert "Note (optional)" not in rendered("{% crispy form %}", form=ExampleForm())


def test_heading_field_makes_its_label_the_heading_of_the_page() -> None:
    class ExampleForm(NHSForm):
        heading_field = "kind"
        kind = forms.ChoiceField(label="How did you travel?", choices=KINDS, widget=widgets.NHSRadioSelect)

    page = read(rendered("{% crispy form %}", form=ExampleForm()))
    (heading,) = [element for element in page.walk() if element.tag == "h1"]
    assert heading.text == "How did you travel?"
    assert page.find("nhsuk-fieldset__legend").attributes["class"].split() == [
        "nhsuk-fieldset__legend",
        "nhsuk-fieldset__legend--l",
    ]


def test_layout_gives_order_and_look() -> None:
    class ExampleForm(NHSForm):
        layout = Layout(Fieldset("Your journey", F("miles", width=4), F("place")), Submit("go", "Continue"))
        place = forms.CharField(label="Place")
        miles = MilesField(label="Miles driven")
        token = TokenField()

    page = read(rendered("{% crispy form %}", form=ExampleForm()))
    names = [element.attributes["name"] for element in page.walk() if "name" in element.attributes]
    assert names == ["miles", "place", "go", "token"]
    assert "nhsuk-input--width-4" in page.find("nhsuk-input").attributes["class"]
    assert page.find("nhsuk-fieldset__legend").text == "Your journey"


def test_unknown_look_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        F("amount", colour="red")
    with pytest.raises(ValueError, match="width"):
        check_options({"width": 6})
    with pytest.raises(ValueError, match="label_size"):
        check_options({"label_size": "huge"})


def test_control_that_the_design_system_lacks_is_refused() -> None:
    form = type("ExampleForm", (forms.Form,), {"at": forms.SplitDateTimeField()})()
    with pytest.raises(TypeError, match="SplitDateTimeWidget"):
        rendered("{% nhs_field form.at %}", form=form)


def test_formset_is_rendered_with_its_errors_in_the_summary() -> None:
    formset_class = forms.formset_factory(EveryControlForm, extra=0)
    formset = formset_class({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-amount": "x"})
    html = rendered("{{ formset|crispy }}", formset=formset)
    problems = problems_in(formset)
    assert problems[1] == {"text": "Amount must be a number, like 12.50", "href": "#id_form-0-amount"}
    assert {problem["href"].removeprefix("#") for problem in problems[:-1]} <= set(ids_of(html))


def test_help_and_errors_are_escaped() -> None:
    form = type("ExampleForm", (NHSForm,), {"x": forms.CharField(label="<b>", help_text="<i>")})({"x": ""})
    form.add_error("x", "<script>alert(1)</script>")
    html = rendered("{% crispy form %}{% error_summary form %}", form=form)
    assert "<script" not in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_too_large_a_file_is_refused_beside_its_control() -> None:
    class ExampleForm(NHSForm):
        receipt = ReceiptField(label="Receipt", max_bytes=1024 * 1024)

    form = ExampleForm({}, {"receipt": SimpleUploadedFile("a.jpg", b"x" * 1024 * 1025)})
    assert problems_in(form) == [{"text": "The selected file must be smaller than 1MB", "href": "#id_receipt"}]
    page = read(rendered("{% crispy form %}", form=form))
    assert page.find("nhsuk-error-message").text == "Error: The selected file must be smaller than 1MB"


# --- the page -------------------------------------------------------------------------------
def page_of(template: str = "base.html", **context: Any):
    return read(render_to_string(template, context).replace("<!DOCTYPE html>", ""))


def title_of(page: Any) -> str:
    return next(element.text for element in page.walk() if element.tag == "title")


def test_title_starts_with_error_when_the_form_has_one() -> None:
    assert title_of(page_of("404.html", form=EveryControlForm())) == "Page not found – Patient Safety Partners"
    with_errors = page_of("404.html", form=EveryControlForm({"amount": "1"}))
    assert title_of(with_errors) == "Error: Page not found – Patient Safety Partners"
    assert with_errors.find("nhsuk-error-summary")


def test_errors_of_the_whole_form_are_in_the_summary() -> None:
    form = NHSForm({})
    form.add_error(None, "Too many failed attempts")
    page = page_of(form=form)
    assert page.find("nhsuk-error-summary__list").text == "Too many failed attempts"


def test_form_that_a_page_knows_by_two_names_is_told_of_once() -> None:
    form = NHSForm({})
    form.add_error(None, "Incorrect code")
    assert page_of(form=form, verify_form=form).find("nhsuk-error-summary__list").text == "Incorrect code"


def test_messages_are_one_banner_and_wait_while_there_are_errors() -> None:
    messages = [SimpleNamespace(level=SUCCESS, message="Saved", __str__=lambda: "Saved")]
    page = page_of(messages=messages)
    assert page.find("nhsuk-notification-banner--success").find("nhsuk-notification-banner__title").text == "Success"
    with pytest.raises(LookupError):
        page_of(messages=messages, form=EveryControlForm({"x": "y"})).find("nhsuk-notification-banner")
    mixed = page_of(messages=[*messages, SimpleNamespace(level=ERROR)])
    banners = [e for e in mixed.walk() if "nhsuk-notification-banner" in e.attributes.get("class", "").split()]
    assert len(banners) == 1
    assert banners[0].find("nhsuk-notification-banner__title").text == "Important"


def test_header_names_the_organisation_and_the_person() -> None:
    user = SimpleNamespace(is_authenticated=True, get_full_name="Amara Bello")
    page = page_of(
        user=user,
        current_organisation=SimpleNamespace(name="Northbridge NHS Foundation Trust"),
        service_name="Patient Safety Partners",
        unread_count=3,
        csrf_token="t0ken",
    )
    header = page.find("nhsuk-header")
    assert header.find("nhsuk-header__organisation-name").text == "Northbridge NHS Foundation Trust"
    assert header.find("nhsuk-header__account-list").children[0].text == "Amara Bello"
    assert "svg" not in {element.tag for element in header.walk()}, "the NHS logo must not stand alone"


def test_header_of_a_stranger_has_no_account_list() -> None:
    with pytest.raises(LookupError):
        page_of().find("nhsuk-header__account")


def test_arial_is_used_unless_the_trust_has_a_licence() -> None:
    def sheets(**context: Any) -> list[str]:
        return [e.attributes["href"] for e in page_of(**context).walk() if e.attributes.get("rel") == "stylesheet"]

    assert "/assets/psp/arial.css" in sheets()
    assert "/assets/psp/arial.css" not in sheets(frutiger=True)


def test_page_has_nothing_that_the_content_security_policy_forbids() -> None:
    page = page_of(messages=[SimpleNamespace(level=SUCCESS)])
    for element in page.walk():
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        assert element.tag != "script" or "src" in element.attributes
    scripts = [element.attributes["src"] for element in page.walk() if element.tag == "script"]
    assert scripts == ["/assets/psp/support.js", "/assets/psp/portal.js", "/assets/psp/psp.js"]


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_page_needs_no_context_and_no_database(name: str) -> None:
    """There is no database mark here: a query would fail the test."""
    page = page_of(name)
    (heading,) = [element for element in page.walk() if element.tag == "h1"]
    assert title_of(page) == f"{heading.text} – Patient Safety Partners"


@pytest.mark.parametrize("name", ["accessibility", "privacy", "cookies"])
def test_legal_page_has_one_heading_and_real_words(name: str) -> None:
    page = page_of(f"home/{name}_detail.html")
    assert len([element for element in page.walk() if element.tag == "h1"]) == 1
    assert len(page.text) > 500


def test_templates_have_no_inline_style() -> None:
    templates = Path(__file__).parents[3] / "templates"
    assert not [path for path in templates.rglob("*.html") if re.search(r"\sstyle=", path.read_text(encoding="utf-8"))]


def test_no_block_of_a_template_uses_an_address_that_another_block_has_made() -> None:
    """A block forgets its names when it ends: a link to one of them would lead nowhere, and nothing would say so."""
    made, lost = re.compile(r"{% url [^%]* as (\w+) %}"), []
    for path in (Path(__file__).parents[3] / "templates").rglob("*.html"):
        blocks = re.findall(r"{% block \w+ %}(.*?){% endblock", path.read_text(encoding="utf-8"), re.DOTALL)
        for name in {name for block in blocks for name in made.findall(block)}:
            users = [block for block in blocks if re.search(rf"\b{name}\b", block)]
            lost += [(path.name, name) for block in users if name not in made.findall(block)]
    assert lost == []


# --- components with logic --------------------------------------------------------------------
def test_pagination_of_one_page_is_nothing() -> None:
    only = Paginator([1, 2], 10).page(1)
    assert rendered("{% pagination page %}{% page_suffix page %}", page=only) == ""
    assert rendered("{% page_suffix page %}") == ""


def test_pagination_keeps_the_filter_and_the_title_says_which_page() -> None:
    second = Paginator(list(range(30)), 10).page(2)
    request = RequestFactory().get("/claims/", {"status": "paid"})
    html = rendered("{% pagination page %}", page=second, request=request)
    assert re.findall(r'href="([^"]+)"', html) == [
        "?status=paid&amp;page=1",
        "?status=paid&amp;page=1",
        "?status=paid&amp;page=2",
        "?status=paid&amp;page=3",
        "?status=paid&amp;page=3",
    ]
    assert rendered("{% page_suffix page %}", page=second) == " (page 2 of 3)"


def test_chart_has_the_same_figures_in_its_table() -> None:
    rows = [{"label": "Falls", "value": 4, "display": "4 meetings"}, {"label": "Sepsis", "value": 1}]
    page = read(
        rendered('{% bar_chart rows caption="Meetings" chart_id="c" columns="Committee|Meetings" %}', rows=rows)
    )
    bars = [element.attributes["width"] for element in page.walk() if element.tag == "rect"]
    assert bars == ["100.0%", "25.0%"]
    assert page.find("nhsuk-table__body").text == "Falls 4 meetings Sepsis 1"
    drawing = page.find("psp-chart__bars").attributes
    assert (drawing["role"], drawing["aria-labelledby"], drawing["aria-describedby"]) == ("img", "c-caption", "c-table")


def test_chart_of_nothing_is_drawn() -> None:
    nought = [{"label": "Falls", "value": 0}]
    assert 'width="0%"' in rendered('{% bar_chart rows caption="M" chart_id="c" columns="A|B" %}', rows=nought)
    assert "<rect" not in rendered('{% bar_chart rows caption="M" chart_id="c" columns="A|B" %}', rows=[])


def test_timeline_says_in_words_where_it_stands() -> None:
    steps = [
        {"title": "Sent", "when": "1 June 2026", "state": "past"},
        {"title": "Lead reminded", "when": "9 July 2026", "state": "now", "who": "Jo Marsh"},
        {"title": "Chief executive", "when": "on 1 August 2026", "state": "future"},
    ]
    page = read(render_to_string("components/timeline.html", {"label": "Your claim", "steps": steps}))
    assert page.text == (
        "Sent Done 1 June 2026 Lead reminded Now 9 July 2026, Jo Marsh Chief executive To come on 1 August 2026"
    )


def test_table_cells_escape_what_they_show() -> None:
    html = rendered(
        '{% nhs_table caption=name columns="A|" %}{% nhs_row %}{% cell %}{{ name }}{% endcell %}'
        "{% cell %}<b>x</b>{% endcell %}{% endnhs_row %}{% endnhs_table %}",
        name="<script>",
    )
    assert "<script>" not in html
    assert read(html).find("nhsuk-u-visually-hidden").text == "Actions"


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Sign In", "Sign in"),
        ("Two-Factor Authentication", "Two-factor authentication"),
        ("IP Address", "IP address"),
        ("Trust this Browser?", "Trust this browser?"),
        ("Don't Trust", "Don't trust"),
        ("Re-send Verification", "Re-send verification"),
        ("Use a security key", "Use a security key"),
        ("", ""),
    ],
)
def test_sentence_case(title: str, sentence: str) -> None:
    assert rendered("{{ title|sentence_case }}", title=title) == sentence.replace("'", "&#x27;")
