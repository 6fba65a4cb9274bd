"""Tags, callouts, panels, summary lists, charts and messages; and filters for words of packages."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.messages.constants import SUCCESS
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from psp_portal.nhsuk import allauth_words, anatomy

register = template.Library()

TAG_COLOURS = frozenset(
    {"white", "grey", "green", "aqua-green", "blue", "purple", "pink", "red", "orange", "yellow", "no-colour"}
)


@register.simple_tag
def nhs_tag(text: str, colour: str = "", *, plain: bool = False) -> SafeString:
    """Render a tag. For a status use ``{% status_tag %}`` of the library ``psp``, which knows the colours.

    ``plain`` is the tag without colour or border that a task list uses for "Completed".
    """
    classes = " nhsuk-tag--no-colour nhsuk-tag--no-border nhsuk-u-font-weight-normal" if plain else ""
    if colour:
        classes += f" nhsuk-tag--{anatomy.one_of(colour, TAG_COLOURS)}"
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


# --- messages and charts --------------------------------------------------------------------
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


# --- words ----------------------------------------------------------------------------------
@register.filter
def plain_words(text: str) -> str:
    """Put our words in the place of allauth's: ``{% filter plain_words|sentence_case %}…{% endfilter %}``."""
    return allauth_words.plain(str(text))


@register.filter
def sentence_case(text: str) -> str:
    """Write "Reset My Password" as "Reset my password": for words of packages that we do not write ourselves."""
    return anatomy.sentence_case(text)
