"""What stands around a list: its other pages, its files, cards with links."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context
from django.template.loader import render_to_string

register = template.Library()


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
