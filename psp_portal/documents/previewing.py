"""Shows a stored document page by page, as pictures: a photo as it is, a PDF's page drawn by a process of its own.

Whether somebody may see it is decided by the owning app's view before this is called.
"""

import io
import subprocess
import sys
from pathlib import Path

import structlog
from django.http import HttpResponse
from PIL import Image, ImageDraw, ImageFont

from psp_portal.documents.enums import DocumentKind
from psp_portal.documents.models import Document

logger = structlog.get_logger(__name__)

RENDERER = Path(__file__).with_name("page_renderer.py")
# As wide as the widest page of the portal on a screen with two dots to the pixel.
PREVIEW_SIDE = 1600
CHECK_SIDE = 40
SECONDS = 20
# Whoever has seen a page may see it again for as long as a decision takes, from their own browser and no other.
CACHE = "private, max-age=600"
CANNOT_SHOW = "This page cannot be shown here.\nOpen the file to see it."


class PreviewFailedError(Exception):
    """A page could not be drawn."""


def pages_of(document: Document) -> int:
    """Return how many pages a document has to show; a photo is one."""
    return document.pages or 1


def check_pages_can_be_drawn(pdf: bytes) -> None:
    """Draw every page of a PDF once and throw it away. Raises PreviewFailedError when one cannot be drawn."""
    _render(pdf, "all", CHECK_SIDE)


def page_of(document: Document, number: int) -> bytes:
    """Return one page of a document as a JPEG. Raises PreviewFailedError when it is not there or cannot be drawn."""
    if not document.is_ready or not 1 <= number <= pages_of(document):
        raise PreviewFailedError("There is no such page to show.")
    try:
        with document.file.open("rb") as stored:
            content = stored.read()
    except FileNotFoundError as error:
        raise PreviewFailedError("This document's file is missing.") from error
    if document.content_type != DocumentKind.PDF:
        return content
    return _render(content, str(number), PREVIEW_SIDE)


def serve_page(document: Document, number: int) -> HttpResponse:
    """Return a page as a picture for the page that shows it; one that cannot be drawn says so in words."""
    try:
        picture, cache = page_of(document, number), CACHE
    except PreviewFailedError as error:
        logger.warning("document_preview_failed", document_id=str(document.pk), page=number, reason=str(error))
        picture, cache = _words(CANNOT_SHOW), "private, no-store"
    return HttpResponse(
        picture,
        content_type=DocumentKind.JPEG.value,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": cache,
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def _render(pdf: bytes, which: str, side: int) -> bytes:
    """Run the renderer. It has no environment and no way to the portal; time and output are bounded here as well."""
    command = [sys.executable, "-I", str(RENDERER), which, str(side)]
    try:
        ended = subprocess.run(command, input=pdf, capture_output=True, timeout=SECONDS, env={}, check=True)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise PreviewFailedError("It took too long.") from error
    except subprocess.CalledProcessError as error:
        last_line = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise PreviewFailedError(f"The renderer ended with {error.returncode}: {last_line}") from error
    return ended.stdout


def _words(words: str) -> bytes:
    """Return a small picture of a sentence, for where a page should stand."""
    sheet = Image.new("RGB", (640, 200), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, 639, 199), outline="#4c6272", width=2)
    pen.multiline_text((24, 60), words, fill="#212b32", font=ImageFont.load_default(26), spacing=10)
    stored = io.BytesIO()
    sheet.save(stored, "JPEG", quality=90)
    return stored.getvalue()
