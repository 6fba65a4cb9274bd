"""Pages as pictures: drawn apart, bounded, and in words where that fails."""

import io
import subprocess
import sys

import pytest
from PIL import Image

from psp_portal.documents import previewing
from psp_portal.documents.enums import DocumentStatus
from tests.psp_portal.documents import samples


def picture_of(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def test_page_of_a_pdf_is_drawn_as_a_picture_of_a_bounded_size(store):
    document = store(samples.pdf_with_photo(), "ticket.pdf")

    page = picture_of(previewing.page_of(document, 1))

    assert (page.format, page.size) == ("JPEG", (1600, 1600))
    red, blue = page.getpixel((100, 700)), page.getpixel((1500, 1500))
    assert red[0] > 200 > red[2]
    assert blue[2] > 200 > blue[0]


def test_photo_is_shown_as_it_is_stored(store, stored_files):
    document = store(samples.heic(), "IMG_1.HEIC")

    shown = previewing.page_of(document, 1)

    assert shown == stored_files()[0].read_bytes()
    assert previewing.pages_of(document) == 1


@pytest.mark.parametrize("number", [0, 3, -1])
def test_page_that_is_not_there_is_not_drawn(store, number):
    document = store(samples.pdf(2), "ticket.pdf")

    assert previewing.pages_of(document) == 2
    with pytest.raises(previewing.PreviewFailedError, match="no such page"):
        previewing.page_of(document, number)


def test_document_that_waits_for_the_virus_check_is_not_shown(store):
    document = store(samples.jpeg())
    document.status = DocumentStatus.WAITING

    with pytest.raises(previewing.PreviewFailedError):
        previewing.page_of(document, 1)


def test_document_without_its_file_is_not_shown(store, stored_files):
    document = store(samples.jpeg())
    stored_files()[0].unlink()

    with pytest.raises(previewing.PreviewFailedError, match="missing"):
        previewing.page_of(document, 1)


def test_page_is_served_to_one_browser_and_does_nothing(store):
    response = previewing.serve_page(store(samples.pdf_with_photo(), "ticket.pdf"), 1)

    assert response.status_code == 200
    assert {name: response[name] for name in ("Content-Type", "Cache-Control", "X-Content-Type-Options")} == {
        "Content-Type": "image/jpeg",
        "Cache-Control": "private, max-age=600",
        "X-Content-Type-Options": "nosniff",
    }
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert picture_of(response.content).size == (1600, 1600)


def test_page_that_cannot_be_drawn_is_words_and_is_asked_for_again(store, stored_files):
    document = store(samples.pdf(), "ticket.pdf")
    stored_files()[0].write_bytes(b"%PDF-1.7\nand nothing more")

    response = previewing.serve_page(document, 1)

    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    words = picture_of(response.content)
    assert words.size == (640, 200)
    assert len(words.convert("L").getcolors(maxcolors=1000)) > 2


def test_drawing_ends_when_it_takes_too_long(store, monkeypatch):
    document = store(samples.pdf(), "ticket.pdf")
    monkeypatch.setattr(previewing, "SECONDS", 0.001)

    with pytest.raises(previewing.PreviewFailedError, match="too long"):
        previewing.page_of(document, 1)


# Each is what a limit is for: code that would do it stands in for a decoder that has been taken over.
@pytest.mark.parametrize(
    "does",
    [
        "bytearray(2 * 1024 ** 3)",
        "import os; os.write(os.open('file', os.O_CREAT | os.O_WRONLY), b'x')",
        "while True: 1",
    ],
)
def test_renderer_is_held_within_its_limits(does, tmp_path):
    code = (
        f"import runpy\nrenderer = runpy.run_path({str(previewing.RENDERER)!r})\n"
        f"renderer['limit'].__globals__['CPU_SECONDS'] = 1\nrenderer['limit']()\n{does}\nprint('done')"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, timeout=20, check=False, cwd=tmp_path
    )

    assert ended.returncode != 0
    assert b"done" not in ended.stdout


def test_pdf_whose_pages_cannot_be_drawn_is_refused_and_nothing_kept(store, stored_files, monkeypatch):
    def fail(pdf):
        raise previewing.PreviewFailedError("It took too long.")

    monkeypatch.setattr(previewing, "check_pages_can_be_drawn", fail)

    with pytest.raises(Exception, match="could not be read"):
        store(samples.pdf(), "ticket.pdf")
    assert stored_files() == []


def test_every_page_is_drawn_once_to_see_that_it_can_be():
    previewing.check_pages_can_be_drawn(samples.pdf(3))
    with pytest.raises(previewing.PreviewFailedError, match="PdfiumError"):
        previewing.check_pages_can_be_drawn(b"%PDF-1.7\nand nothing more")
