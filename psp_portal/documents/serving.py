"""Sends a private file. Who may have it is decided by the owning app's view before this is called."""

import structlog
from django.http import FileResponse, Http404

from psp_portal.documents import policies
from psp_portal.documents.models import Document

logger = structlog.get_logger(__name__)

# The file may do nothing and stand in no frame; the style is that of the browser's own viewer. Chromium shows pictures
# and PDFs under it (tried with 156, opened as pages of their own, as our links do).
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": FILE_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
}


def serve_original(document: Document) -> FileResponse:
    """Return a response that downloads the bytes that came: never shown, because they may do anything.

    Raises Http404 when they are not kept, have not passed the virus check, or are missing.
    """
    if not (document.is_ready and document.original):
        raise Http404("What came is not kept.")
    try:
        kept = document.original.open("rb")
    except FileNotFoundError:
        logger.error("document_original_missing", document_id=str(document.pk))
        raise Http404("The file is missing.") from None
    return FileResponse(
        kept,
        as_attachment=True,
        filename=document.original_name,
        content_type="application/octet-stream",
        headers=HEADERS,
    )


def serve(document: Document, *, as_name: str | None = None) -> FileResponse:
    """Return a response that streams a checked document, to be shown in the browser and stored nowhere.

    It goes under ``as_name`` or the name it came with, with the ending of what it is now. Raises Http404 when the
    document has not passed the virus check (the page that links to it says so) or its file is missing.
    """
    if not document.is_ready:
        raise Http404("This document has not passed the virus check.")
    try:
        stored = document.file.open("rb")
    except FileNotFoundError:
        logger.error("document_file_missing", document_id=str(document.pk))
        raise Http404("This document's file is missing.") from None
    return FileResponse(
        stored,
        filename=policies.name_to_serve(as_name or document.original_name, document.content_type),
        content_type=document.content_type,
        headers=HEADERS,
    )
