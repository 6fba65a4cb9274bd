"""Tables that become lists of labelled rows on a phone."""

from collections.abc import Iterable

from django import template
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


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


def _keyword_arguments(token: Token, parser: Parser) -> dict[str, FilterExpression]:
    tag, *bits = token.split_contents()
    options = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"{tag} takes named options only, not {bits[0]}.")
    return options
