"""What tests of the staff's pages about claims share: signing in, addresses, and reading a page as a person does."""

import html
import re

from django.test import Client
from django.urls import reverse


def signed_in(user) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def page(name: str, **kwargs) -> str:
    """Return the address of a page of expenses."""
    return reverse(f"expenses:{name}", kwargs=kwargs)


def words_of(response) -> str:
    """Return the text of a page's main part: blocks apart, single spaces, no tags, no column's name in each cell."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    main = re.sub(r'<span class="nhsuk-table__heading".*?</span>', "", main.partition(">")[2])
    apart = re.sub(r"</?(?:br|button|dd|div|dl|dt|form|h\d|label|legend|li|p|td|th|tr|ul)\b[^>]*>", " ", main)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", apart)).split())


def errors_of(response) -> list[tuple[str, str]]:
    """Return the error summary: where each error leads, and its words."""
    text = response.content.decode()
    summary = text.partition("nhsuk-error-summary__list")[2].partition("</ul>")[0]
    found = re.findall(r'<li>(?:<a href="([^"]*)">)?(.*?)(?:</a>)?</li>', summary, re.DOTALL)
    assert summary.count("<li>") == len(found)
    return [(href, html.unescape(words).strip()) for href, words in found]


def ids_of(response) -> set[str]:
    """Return every id on a page."""
    return set(re.findall(r'\bid="([^"]+)"', response.content.decode()))


def sent_by(response) -> dict[str, list[str]]:
    """Return what a browser would send from a page's form as it stands: hidden fields, ticks, chosen radios, text."""
    text = response.content.decode().partition("<main")[2].partition("</main>")[0]
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", text):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if attributes.get("name") and attributes["name"] != "csrfmiddlewaretoken":
            data.setdefault(attributes["name"], []).append(html.unescape(attributes.get("value", "")))
    for name, typed in re.findall(r'<textarea\b[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', text, re.DOTALL):
        data.setdefault(name, []).append(html.unescape(typed).strip())
    return data
