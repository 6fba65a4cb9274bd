"""The template library ``nhsuk``: form fields and components of the NHS design system. Markup only, no rules.

Every component has either a tag here or a template in ``templates/components/`` (whose first lines say what it
takes); where a component holds other markup it is a block tag, so that a page never builds HTML in Python.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.messages.constants import SUCCESS
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from psp_portal.nhsuk import allauth_words, anatomy

register = template.Library()

_TEMPLATES = {"radios": "choices", "checkboxes": "choices"}
_BUTTON_VARIANTS = frozenset({"", "secondary", "warning", "reverse", "login"})
_TAG_COLOURS = frozenset(
    {"white", "grey", "green", "aqua-green", "blue", "purple", "pink", "red", "orange", "yellow", "no-colour"}
)


# --- forms ----------------------------------------------------------------------------------
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
            "variant": _one_of(variant, _BUTTON_VARIANTS),
            "name": name,
            "value": value,
            "type": button_type,
            "small": small,
            "form": form,
            "id": button_id,
        },
    )


# --- small components -----------------------------------------------------------------------
@register.simple_tag
def nhs_tag(text: str, colour: str = "", *, plain: bool = False) -> SafeString:
    """Render a tag. For a status use ``{% status_tag %}`` of the library ``psp``, which knows the colours.

    ``plain`` is the tag without colour or border that a task list uses for "Completed".
    """
    classes = " nhsuk-tag--no-colour nhsuk-tag--no-border nhsuk-u-font-weight-normal" if plain else ""
    if colour:
        classes += f" nhsuk-tag--{_one_of(colour, _TAG_COLOURS)}"
    return format_html('<strong class="nhsuk-tag{}">{}</strong>', classes, text)


@register.simple_block_tag
def inset_text(content: str) -> SafeString:
    """``{% inset_text %}<p>…</p>{% endinset_text %}``: something that stands out from the text around it."""
    return format_html(
        '<div class="nhsuk-inset-text"><span class="nhsuk-u-visually-hidden">Information: </span>{}</div>', content
    )


@register.simple_block_tag
def warning_callout(content: str, heading: str = "Important", level: int = 2) -> SafeString:
    """``{% warning_callout heading="Important" %}<p>…</p>{% endwarning_callout %}``: use it sparingly."""
    return format_html(
        '<div class="nhsuk-card nhsuk-card--warning"><div class="nhsuk-card__content">'
        '<h{level} class="nhsuk-card__heading">{heading}</h{level}>{content}</div></div>',
        level=int(level),
        heading=heading if "important" in heading.lower() else _important(heading),
        content=content,
    )


def _important(heading: str) -> SafeString:
    """Say "Important" to those who do not see the yellow."""
    return format_html('<span role="text"><span class="nhsuk-u-visually-hidden">Important: </span>{}</span>', heading)


@register.simple_block_tag
def details(content: str, summary: str, *, is_open: bool = False) -> SafeString:
    """``{% details summary="How this was worked out" %}…{% enddetails %}``: help that most people can skip."""
    return format_html(
        '<details class="nhsuk-details"{}><summary class="nhsuk-details__summary">'
        '<span class="nhsuk-details__summary-text">{}</span></summary>'
        '<div class="nhsuk-details__text">{}</div></details>',
        mark_safe(" open") if is_open else "",
        summary,
        content,
    )


@register.simple_block_tag
def panel(content: str, heading: str) -> SafeString:
    """``{% panel heading="Claim sent" %}Your reference…{% endpanel %}``: the top of a confirmation page."""
    return format_html(
        '<div class="nhsuk-panel"><h1 class="nhsuk-panel__heading">{}</h1>'
        '<div class="nhsuk-panel__body">{}</div></div>',
        heading,
        content,
    )


@register.simple_block_tag
def interruption(content: str, heading: str) -> SafeString:
    """``{% interruption heading="This is £450 for one taxi" %}…{% endinterruption %}``: is that really so?"""
    return format_html(
        '<div class="nhsuk-panel nhsuk-panel--interruption"><h1 class="nhsuk-panel__heading">{}</h1>'
        '<div class="nhsuk-panel__body">{}</div></div>',
        heading,
        content,
    )


# --- summary list ---------------------------------------------------------------------------
@register.simple_block_tag
def summary_list(content: str, *, border: bool = True) -> SafeString:
    """``{% summary_list %}{% summary_row "Date" %}…{% endsummary_row %}…{% endsummary_list %}``."""
    return format_html(
        '<dl class="nhsuk-summary-list{}">{}</dl>', "" if border else " nhsuk-summary-list--no-border", content
    )


@register.simple_block_tag
def summary_row(
    content: str, key: str, change_url: str = "", *, change_what: str = "", change_text: str = "Change"
) -> SafeString:
    """One row of a summary list; an empty answer reads "Not provided".

    ``change_url`` adds the link "Change"; ``change_what`` finishes it for those who only hear the link
    (the key in small letters unless given).
    """
    value = content if content.strip() else mark_safe("Not provided")
    if not change_url:
        return format_html(
            '<div class="nhsuk-summary-list__row nhsuk-summary-list__row--no-actions">'
            '<dt class="nhsuk-summary-list__key">{}</dt><dd class="nhsuk-summary-list__value">{}</dd></div>',
            key,
            value,
        )
    return format_html(
        '<div class="nhsuk-summary-list__row">'
        '<dt class="nhsuk-summary-list__key">{}</dt><dd class="nhsuk-summary-list__value">{}</dd>'
        '<dd class="nhsuk-summary-list__actions"><a class="nhsuk-link" href="{}">{}'
        '<span class="nhsuk-u-visually-hidden"> {}</span></a></dd></div>',
        key,
        value,
        change_url,
        change_text,
        change_what or key.lower(),
    )


# --- tables ---------------------------------------------------------------------------------
@register.tag("nhs_table")
def nhs_table(parser: Parser, token: Token) -> Node:
    """A table that becomes a list of labelled rows on a phone; each cell repeats its column's name there.

    ::

        {% nhs_table caption="Claims" columns="Reference|Date|Amount#|Status" %}
          {% for claim in claims %}{% nhs_row %}
            {% cell header=True %}<a href="…">…</a>{% endcell %}{% cell %}…{% endcell %}…
          {% endnhs_row %}{% endfor %}
        {% endnhs_table %}

    ``columns``: names parted by ``|``, or a list; ``#`` at the end of a name sets the column's numbers to the right.
    ``caption_size``: "s", "m" (unless given), "l"; ``hide_caption=True`` where a heading says the same already.
    ``cell`` takes ``header=True`` for the cell that names its row.
    """
    options = _keyword_arguments(token, parser)
    body = parser.parse(("endnhs_table",))
    parser.delete_first_token()
    return _TableNode(body, options)


@register.tag("nhs_row")
def nhs_row(parser: Parser, token: Token) -> Node:
    """One row of ``nhs_table``."""
    body = parser.parse(("endnhs_row",))
    parser.delete_first_token()
    return _RowNode(body)


@register.tag("cell")
def cell(parser: Parser, token: Token) -> Node:
    """One cell of ``nhs_row``; ``header=True`` for the one that names the row."""
    options = _keyword_arguments(token, parser)
    body = parser.parse(("endcell",))
    parser.delete_first_token()
    return _CellNode(body, options)


class _Columns:
    """The columns of the table that is being drawn, and which of them comes next."""

    def __init__(self, columns: str | Iterable[str]) -> None:
        names = columns.split("|") if isinstance(columns, str) else list(columns)
        self.names = [(conditional_escape(name.rstrip("#").strip()), name.endswith("#")) for name in names]
        self.next = 0


_COLUMNS = "nhs_table_columns"


class _TableNode(Node):
    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, options: dict[str, FilterExpression]) -> None:
        self.nodelist, self.options = nodelist, options

    def render(self, context: Context) -> SafeString:
        options = {name: value.resolve(context) for name, value in self.options.items()}
        columns = _Columns(options["columns"])
        with context.push(**{_COLUMNS: columns}):
            body = self.nodelist.render(context)
        heads = "".join(
            f'<th class="nhsuk-table__header{" nhsuk-table__header--numeric" if numeric else ""}" scope="col" '
            f'role="columnheader">{name or _NO_NAME}</th>'
            for name, numeric in columns.names
        )
        hidden = " nhsuk-u-visually-hidden" if options.get("hide_caption") else ""
        size = options.get("caption_size", "m")
        return mark_safe(  # noqa: S308  every part is escaped above or rendered by the template engine
            f'<table class="nhsuk-table nhsuk-table--responsive" role="table">'
            f'<caption class="nhsuk-table__caption nhsuk-table__caption--{conditional_escape(size)}{hidden}">'
            f"{conditional_escape(options['caption'])}</caption>"
            f'<thead class="nhsuk-table__head" role="rowgroup"><tr class="nhsuk-table__row" role="row">{heads}</tr>'
            f'</thead><tbody class="nhsuk-table__body">{body}</tbody></table>'
        )


# A column of buttons has no name to see, and an empty heading is skipped by some screen readers.
_NO_NAME = '<span class="nhsuk-u-visually-hidden">Actions</span>'


class _RowNode(Node):
    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        context[_COLUMNS].next = 0
        return mark_safe(  # noqa: S308  rendered by the template engine
            f'<tr class="nhsuk-table__row" role="row">{self.nodelist.render(context)}</tr>'
        )


class _CellNode(Node):
    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, options: dict[str, FilterExpression]) -> None:
        self.nodelist, self.options = nodelist, options

    def render(self, context: Context) -> SafeString:
        columns = context[_COLUMNS]
        name, numeric = columns.names[columns.next]
        columns.next += 1
        heading = f'<span class="nhsuk-table__heading" aria-hidden="true">{name} </span>' if name else ""
        content = _held_together(self.nodelist.render(context).strip())
        if "header" in self.options and self.options["header"].resolve(context):
            opening, closing = '<th class="nhsuk-table__header" scope="row" role="rowheader">', "</th>"
        else:
            classes = "nhsuk-table__cell nhsuk-table__cell--numeric" if numeric else "nhsuk-table__cell"
            if not content:
                classes += " psp-table__cell--empty"
            opening, closing = f'<td class="{classes}" role="cell">', "</td>"
        return mark_safe(f"{opening}{heading}{content}{closing}")  # noqa: S308  rendered by the template engine


_BLOCKS = ("<div", "<dl", "<form", "<ol", "<p", "<ul")


def _held_together(content: str) -> str:
    """Wrap markup in one element: on a phone a cell sets the column's name and each thing in the cell side by side."""
    if "<" not in content:
        return content
    wrapper = "div" if any(block in content for block in _BLOCKS) else "span"
    return f"<{wrapper}>{content}</{wrapper}>"


# --- pages, charts, messages ----------------------------------------------------------------
@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page) -> str:
    """Render the links to a list's other pages, keeping the rest of the address; nothing for a single page."""
    if page.paginator.num_pages < 2:
        return ""
    query = context["request"].GET.copy() if "request" in context else None

    def href(number: int) -> str:
        if query is None:
            return f"?page={number}"
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    items = [
        {"number": number, "href": href(number), "current": number == page.number}
        if isinstance(number, int)
        else {"ellipsis": True}
        for number in numbers
    ]
    return render_to_string(
        "components/pagination.html",
        {
            "items": items,
            "previous": href(page.previous_page_number()) if page.has_previous() else "",
            "next": href(page.next_page_number()) if page.has_next() else "",
        },
    )


@register.simple_tag(takes_context=True)
def export_links(context: Context) -> str:
    """Render the links to a list's files (``ScopedListView.export_columns``), keeping the rest of the address."""

    def href(form: str) -> str:
        query = context["request"].GET.copy()
        query.pop("page", None)
        query["export"] = form
        return f"?{query.urlencode()}"

    return render_to_string("components/export_links.html", {"csv": href("csv"), "xlsx": href("xlsx")})


@register.simple_tag
def link_cards(sections: Iterable[Any]) -> str:
    """Render cards with links: sections with ``heading`` and ``entries``, each with ``label``, ``url``, ``about``."""
    return render_to_string("components/link_cards.html", {"sections": sections})


@register.simple_tag
def page_suffix(page: Page | None = None) -> str:
    """Return " (page 2 of 5)" for the page's title; nothing for a single page."""
    if not page or page.paginator.num_pages < 2:
        return ""
    return f" (page {page.number} of {page.paginator.num_pages})"


@register.simple_tag
def message_banner(messages: Iterable[Any]) -> str:
    """Render Django's messages as one banner; it says "Success" unless one of them is a warning or an error."""
    waiting = list(messages)
    if not waiting:
        return ""
    success = all(message.level <= SUCCESS for message in waiting)
    return render_to_string("components/notification_banner.html", {"messages": waiting, "success": success})


_BAR_STEP = 48


@register.simple_tag
def bar_chart(
    rows: Sequence[Mapping[str, Any]],
    *,
    caption: str,
    chart_id: str,
    columns: Sequence[str] | str = "",
    table_id: str = "",
) -> SafeString:
    """Draw bars with the same figures in a table below; ``table_id`` names the page's own table where it has one.

    ``rows``: dicts with ``label``, ``value`` (a number, not below nought) and ``display`` (how the value is written;
    the value itself unless given). ``columns``: the names of the table's two columns, parted by ``|``.
    ``chart_id`` is unique on the page.
    """
    names = (columns.split("|") if isinstance(columns, str) else list(columns)) if columns else ["", ""]
    highest = max((Decimal(row["value"]) for row in rows), default=Decimal(0))
    bars = [
        {
            "label": row["label"],
            "display": row.get("display", row["value"]),
            "width": f"{Decimal(row['value']) / highest * 100:.1f}%" if highest else "0%",
            "text_y": index * _BAR_STEP + 16,
            "bar_y": index * _BAR_STEP + 22,
        }
        for index, row in enumerate(rows)
    ]
    return render_to_string(
        "components/chart.html",
        {
            "bars": bars,
            "height": len(bars) * _BAR_STEP,
            "caption": caption,
            "id": chart_id,
            "columns": names,
            "has_table": not table_id,
            "table_id": table_id or f"{chart_id}-table",
        },
    )


@register.filter
def plain_words(text: str) -> str:
    """Put our words in the place of allauth's: ``{% filter plain_words|sentence_case %}…{% endfilter %}``."""
    return allauth_words.plain(str(text))


@register.filter
def sentence_case(text: str) -> str:
    """Write "Reset My Password" as "Reset my password": for words of packages that we do not write ourselves."""
    return anatomy.sentence_case(text)


def _keyword_arguments(token: Token, parser: Parser) -> dict[str, FilterExpression]:
    tag, *bits = token.split_contents()
    options = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"{tag} takes named options only, not {bits[0]}.")
    return options


def _one_of(value: str, allowed: frozenset[str]) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(sorted(filter(None, allowed)))}.")
    return value
