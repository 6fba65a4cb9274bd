"""PDFs are tagged, in English, named, and made from our own files alone."""

import io
import sys

import pytest
from django.template import engines
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from psp_portal import pdf

PAGE = """{% extends "pdf/base.html" %}{% block content %}<h1>Payment {{ reference }}</h1>
<table><caption>What it was for</caption><thead><tr><th scope="col">Claim</th><th scope="col">Amount</th></tr></thead>
<tbody><tr><th scope="row">C000001</th><td>£75.00</td></tr></tbody></table>{% endblock %}
{% block made %}Made by the portal{% endblock %}"""


@pytest.fixture
def draw(monkeypatch):
    """Return a function that draws a PDF from the text of a template."""
    monkeypatch.setattr(
        pdf, "render_to_string", lambda text, context: engines["django"].from_string(text).render(context)
    )
    return lambda text, **context: pdf.render_pdf(text, context, title="Payment R00001")


def tags_of(element, found: list[str]) -> list[str]:
    """Return the names of a PDF's structure in reading order."""
    element = element.get_object()
    if isinstance(element, list):
        for one in element:
            tags_of(one, found)
    elif hasattr(element, "get"):
        if "/S" in element:
            found.append(element["/S"])
        if "/K" in element:
            tags_of(element["/K"], found)
    return found


def test_a_pdf_says_its_language_and_its_name_and_has_tags(draw):
    reader = PdfReader(io.BytesIO(draw(PAGE, reference="R00001")))
    root = reader.trailer["/Root"]
    assert reader.metadata.title == "Payment R00001"
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    tags = tags_of(root["/StructTreeRoot"], [])
    assert [tag for tag in tags if tag in ("/H1", "/Table", "/Caption", "/TH", "/TD")] == [
        "/H1", "/Table", "/Caption", "/TH", "/TH", "/TH", "/TD",
    ]  # fmt: skip


def test_its_words_can_be_read_and_its_fonts_are_in_it(draw):
    reader = PdfReader(io.BytesIO(draw(PAGE, reference="R00001")))
    page = reader.pages[0]
    words = page.extract_text()
    assert "Payment R00001" in words
    assert "£75.00" in words
    assert "Made by the portal" in words
    assert "Page 1 of 1" in words
    for font in page["/Resources"]["/Font"].values():
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_what_is_written_is_not_markup(draw):
    words = PdfReader(io.BytesIO(draw(PAGE, reference="<b>&amp;"))).pages[0].extract_text()
    assert "Payment <b>&amp;" in words


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/picture.png",
        "http://127.0.0.1:6379/",
        "file:///etc/passwd",
        "psp/no-such-file.png",
        "../../../etc/passwd",
        "..%2F..%2Fetc%2Fpasswd",
    ],
)
def test_a_pdf_loads_nothing_but_our_static_files(draw, address):
    text = f'{{% extends "pdf/base.html" %}}{{% block content %}}<img src="{address}" alt="">{{% endblock %}}'
    with pytest.raises(FatalURLFetchingError):
        draw(text)


def test_a_static_picture_is_drawn(draw):
    text = '{% extends "pdf/base.html" %}{% block content %}<img src="psp/favicon.svg" alt="A sign">{% endblock %}'
    assert draw(text).startswith(b"%PDF-1.7")


def test_a_server_without_weasyprint_says_so(monkeypatch, draw):
    assert pdf.is_available()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert not pdf.is_available()
    with pytest.raises(pdf.PdfUnavailableError, match="cannot be loaded"):
        draw(PAGE)
