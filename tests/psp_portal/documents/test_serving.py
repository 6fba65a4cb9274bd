import io

import pytest
from django.http import Http404
from PIL import Image
from pypdf import PdfReader

from psp_portal.documents.enums import DocumentStatus
from psp_portal.documents.serving import serve
from tests.psp_portal.documents import samples


def body(response) -> bytes:
    content = b"".join(response.streaming_content)
    response.close()
    return content


def test_serve_sends_a_picture_privately(store):
    document = store(samples.heic(), "IMG_1.HEIC")

    response = serve(document)

    assert response.headers == {
        "Content-Type": "image/jpeg",
        "Content-Length": str(document.size),
        "Content-Disposition": 'inline; filename="IMG_1.jpg"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert Image.open(io.BytesIO(body(response))).size == (600, 400)


def test_serve_sends_a_pdf_under_the_name_it_is_given(store):
    response = serve(store(samples.pdf(2), "ticket.pdf"), as_name='Claim "7" ticket')

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="Claim \\"7\\" ticket.pdf"'
    assert response["Content-Security-Policy"].endswith("; sandbox")
    assert response["Cache-Control"] == "private, no-store"
    assert len(PdfReader(io.BytesIO(body(response))).pages) == 2


@pytest.mark.parametrize("status", [DocumentStatus.WAITING, DocumentStatus.INFECTED])
def test_serve_refuses_what_has_not_passed_the_virus_check(store, status):
    document = store(samples.jpeg())
    document.status = status

    with pytest.raises(Http404):
        serve(document)


def test_serve_finds_nothing_when_the_file_is_missing(store, stored_files):
    document = store(samples.jpeg())
    stored_files()[0].unlink()

    with pytest.raises(Http404):
        serve(document)
