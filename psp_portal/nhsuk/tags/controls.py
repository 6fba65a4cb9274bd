"""Form fields, their errors, and buttons."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from psp_portal.nhsuk import anatomy

register = template.Library()

_TEMPLATES = {"radios": "choices", "checkboxes": "choices"}
BUTTON_VARIANTS = frozenset({"", "secondary", "warning", "reverse", "login"})


@register.simple_tag
def nhs_field(field: BoundField, options: Mapping[str, Any] | None = None, **more: Any) -> SafeString:
    """Render one field with its label, hint, error and control: ``{% nhs_field form.amount prefix="£" %}``.

    ``options`` is a dict of the same options (see ``psp_portal.nhsuk.layout.F``).
    """
    kind = anatomy.kind_of(field)
    if kind == "hidden":
        return field.as_hidden()
    # A browser's own messages would come before ours and are not read out well.
    field.form.use_required_attribute = False
    chosen = anatomy.options_of(field, {**(options or {}), **more})
    context = {
        "field": field,
        "kind": kind,
        "options": chosen,
        "label": anatomy.label_of(field, chosen, kind=kind),
        "hint": anatomy.hint_of(field),
        "error": anatomy.error_text(field) if field.errors else "",
        **_control(field, kind, chosen),
    }
    return render_to_string(f"nhsuk/layout/{_TEMPLATES.get(kind, kind)}.html", context)


def _control(field: BoundField, kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a kind's template needs beyond the label: the control itself, or its parts."""
    if kind in {"radios", "checkboxes"}:
        return {"choices": _choices(field, options)}
    if kind == "date":
        return {"parts": _date_parts(field)}
    return {"control": field.as_widget(attrs=_attributes(field, kind, options))}


def _attributes(field: BoundField, kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a control's attributes; False takes one away that Django or another package has put there."""
    base = {
        "checkbox": "nhsuk-checkboxes__input",
        "file": "nhsuk-file-upload__input",
        "password": "nhsuk-input",
    }.get(kind, f"nhsuk-{kind}")
    classes = [base]
    if field.errors and kind not in {"checkbox", "file"}:
        classes.append(f"{base}--error")
    if options.get("width"):
        classes.append(f"nhsuk-input--width-{options['width']}")
    own = field.field.widget.attrs
    if own.get("class"):
        classes.append(own["class"])
    # A box that cuts off what is pasted into it loses words unseen: say what is too long instead.
    attributes: dict[str, Any] = {"placeholder": False, "maxlength": False, "minlength": False}
    for name in ("inputmode", "autocomplete"):
        if options.get(name):
            attributes[name] = options[name]
    if "spellcheck" in options:
        attributes["spellcheck"] = "true" if options["spellcheck"] else "false"
    if kind == "password":
        classes += ["nhsuk-password-input__input", "nhsuk-js-password-input-input"]
        attributes |= {"spellcheck": "false", "autocapitalize": "none"}
        attributes.setdefault("autocomplete", own.get("autocomplete", "current-password"))
    elif kind == "checkbox":
        attributes["value"] = "on"
    elif kind == "textarea":
        attributes |= {"rows": options.get("rows", 5), "cols": False}
        if options.get("count"):
            classes.append("nhsuk-js-character-count")
            attributes["aria-describedby"] = f"{field.auto_id}-info {field.aria_describedby or ''}".strip()
    return {**attributes, "class": " ".join(classes)}


def _choices(field: BoundField, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the radios or checkboxes of a field; the divider comes before the last."""
    hints = {str(value): hint for value, hint in (options.get("hints") or {}).items()}
    drawn = [
        {
            "id": choice.id_for_label,
            "name": choice.data["name"],
            "value": str(choice.data["value"]),
            "label": choice.data["label"],
            "checked": choice.data["selected"],
            "disabled": choice.data["attrs"].get("disabled", False),
            "hint": hints.get(str(choice.data["value"]), ""),
        }
        for choice in field.subwidgets
    ]
    if options.get("divider") and len(drawn) > 1:
        drawn.insert(-1, {"divider": options["divider"]})
    return drawn


def _date_parts(field: BoundField) -> list[dict[str, Any]]:
    """Return the three boxes of a date with what was typed in them and which are wrong."""
    widget = field.field.widget
    drawn = widget.get_context(field.html_name, field.value(), {"id": field.auto_id})["widget"]["subwidgets"]
    wrong = anatomy.wrong_parts(field)
    return [
        {
            "label": name,
            "width": width,
            "id": f"{field.auto_id}_{index}",
            "name": part["name"],
            "value": "" if part["value"] is None else part["value"],
            "wrong": index in wrong,
            "disabled": field.field.disabled,
        }
        for index, (name, width, part) in enumerate(zip(widget.parts, widget.widths, drawn, strict=True))
    ]


@register.simple_tag
def problems_in(*forms_on_page: Any) -> list[dict[str, str]]:
    """List the errors of all forms on a page: ``{% problems_in form formset as problems %}``. Others are left out."""
    return anatomy.problems_in(*forms_on_page)


@register.simple_tag
def error_summary(*forms_on_page: Any) -> str:
    """Render the error summary of the forms on a page; nothing when there is no error. ``base.html`` has it already."""
    problems = anatomy.problems_in(*forms_on_page)
    return render_to_string("components/error_summary.html", {"problems": problems}) if problems else ""


@register.simple_tag
def nhs_button(
    text: str,
    *,
    href: str = "",
    variant: str = "",
    name: str = "",
    value: str = "",
    button_type: str = "submit",
    small: bool = False,
    form: str = "",
    button_id: str = "",
) -> SafeString:
    """Render a button, or a link that looks like one when it has ``href``.

    ``variant``: "", "secondary", "warning", "reverse" or "login". A submit button ignores a second click within a
    second; what must not happen twice is still refused by the service.
    """
    return render_to_string(
        "components/button.html",
        {
            "text": text,
            "href": href,
            "variant": anatomy.one_of(variant, BUTTON_VARIANTS),
            "name": name,
            "value": value,
            "type": button_type,
            "small": small,
            "form": form,
            "id": button_id,
        },
    )
