"""Makes PDFs from templates: tagged for screen readers (PDF/UA-1), and without a look at any network.

WeasyPrint needs libraries of the operating system (Pango), so it is loaded with the first PDF and not with the portal:
without it every page still works, and the PDFs alone say that they cannot be made.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpResponse
from django.template.loader import render_to_string

# Where a PDF's files seem to lie: a template writes href="psp/pdf.css". No such host exists (RFC 2606), none is asked.
STATIC = "https://static.invalid/"


class PdfUnavailableError(Exception):
    """This server cannot make PDFs: WeasyPrint, or a library that it needs, is not installed."""


def is_available() -> bool:
    """Say whether this server can make PDFs."""
    try:
        _weasyprint()
    except PdfUnavailableError:
        return False
    return True


def render_pdf(template: str, context: dict[str, Any], *, title: str) -> bytes:
    """Return a PDF drawn from a template that extends ``pdf/base.html``.

    ``title`` is the document's name, which a screen reader says first and a reader shows in its title bar. Raises
    PdfUnavailableError where PDFs cannot be made, and WeasyPrint's FatalURLFetchingError when the template names
    a file that is not one of our static files.
    """
    weasyprint = _weasyprint()
    text = render_to_string(template, context | {"pdf_title": title})
    document = weasyprint.HTML(string=text, base_url=STATIC, url_fetcher=_fetcher())
    return document.write_pdf(pdf_variant="pdf/ua-1")


def pdf_response(content: bytes, *, name: str) -> HttpResponse:
    """Return a response that downloads a PDF under a name; no browser and nothing on the way keeps it."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


def _weasyprint() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as missing:
        raise PdfUnavailableError("WeasyPrint cannot be loaded on this server.") from missing
    return weasyprint


@lru_cache(maxsize=1)
def _fetcher() -> Any:
    """Return what WeasyPrint loads style sheets and pictures with: our static files, and nothing else anywhere."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticFilesOnly(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            found = _static_file(url)
            content_type = "text/css" if found.suffix == ".css" else ""
            return URLFetcherResponse(url, found.read_bytes(), {"Content-Type": content_type} if content_type else {})

    return StaticFilesOnly(fail_on_errors=True)


def _static_file(url: str) -> Path:
    """Return the path of one of our static files. Raises ValueError for any other address."""
    try:
        found = finders.find(unquote(url.removeprefix(STATIC))) if url.startswith(STATIC) else None
    except SuspiciousFileOperation:
        found = None
    if not found:
        raise ValueError(f"A PDF loads nothing but our own static files: {url}")
    return Path(found)
