from uuid import UUID

import pytest

from psp_portal.documents import policies
from psp_portal.documents.enums import DocumentKind
from psp_portal.exceptions import RuleBroken

JPEG = b"\xff\xd8\xff\xe0rest"
PNG = b"\x89PNG\r\n\x1a\nrest"
WEBP = b"RIFF\x10\0\0\0WEBPVP8 "
HEIC = b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf"
HEIC_BY_COMPATIBLE_BRAND = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"
AVIF = b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf"
PDF = b"%PDF-1.7\nrest"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPEG, DocumentKind.JPEG),
        (PNG, DocumentKind.PNG),
        (WEBP, DocumentKind.WEBP),
        (HEIC, DocumentKind.HEIC),
        (HEIC_BY_COMPATIBLE_BRAND, DocumentKind.HEIC),
        (PDF, DocumentKind.PDF),
        (AVIF, None),
        # The brand must stand in the first box, not anywhere behind it.
        (b"\0\0\0\x10ftypisom\0\0\0\0heicheic", None),
        (b"RIFF\x10\0\0\0WAVEfmt ", None),
        (b"GIF89a", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"junk %PDF-1.7", None),
        (b"\xff\xd8", None),
        (b"", None),
    ],
)
def test_kind_of_looks_at_the_content(content, kind):
    assert policies.kind_of(content) == kind


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpg", JPEG, DocumentKind.JPEG),
        ("a.JPG", JPEG, DocumentKind.JPEG),
        ("a.jpeg", JPEG, DocumentKind.JPEG),
        ("a.jfif", JPEG, DocumentKind.JPEG),
        ("a.png", PNG, DocumentKind.PNG),
        ("a.webp", WEBP, DocumentKind.WEBP),
        ("a.heic", HEIC, DocumentKind.HEIC),
        ("a.HEIF", HEIC, DocumentKind.HEIC),
        ("a.pdf", PDF, DocumentKind.PDF),
        ("a", PDF, DocumentKind.PDF),
        ("", PDF, DocumentKind.PDF),
        ("Train 22.11", PDF, DocumentKind.PDF),
    ],
)
def test_check_kind_takes_a_name_that_fits_or_claims_nothing(name, content, kind):
    assert policies.check_kind(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("receipt.jpg", PDF, "The file is named .jpg but is a PDF: rename it or choose another"),
        ("RECEIPT.JPG", PDF, "The file is named .jpg but is a PDF: rename it or choose another"),
        ("receipt.pdf", JPEG, "The file is named .pdf but is a JPG: rename it or choose another"),
        ("receipt.png", HEIC, "The file is named .png but is a HEIC: rename it or choose another"),
        ("receipt.jpg", b"MZ\x90\0", "The selected file must be a JPG, PNG, WebP, HEIC or PDF"),
    ],
)
def test_check_kind_refuses_what_is_not_taken_or_named_as_another(name, content, message):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_kind(name, content)
    assert refusal.value.message == message


@pytest.mark.parametrize("size", [1, 20 * policies.MEGABYTE])
def test_check_size_takes_up_to_the_limit(size):
    policies.check_size(size, limit=20 * policies.MEGABYTE)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (0, "The selected file is empty"),
        (20 * policies.MEGABYTE + 1, "The selected file must be smaller than 20MB"),
    ],
)
def test_check_size_refuses_nothing_and_too_much(size, message):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_size(size, limit=20 * policies.MEGABYTE)
    assert refusal.value.message == message


def test_check_pixels_takes_the_largest_phone_picture():
    policies.check_pixels(8160, 6120)


@pytest.mark.parametrize(
    ("width", "height", "message"),
    [
        (
            10_000,
            5_001,
            "The selected photo must have fewer than 50 million pixels: take it again with a smaller photo size",
        ),
        (0, 10, "The selected file could not be read: take the photo again or choose another"),
    ],
)
def test_check_pixels_refuses_a_bomb_and_nothing(width, height, message):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_pixels(width, height)
    assert refusal.value.message == message


@pytest.mark.parametrize("pages", [1, 50])
def test_check_pages_takes_up_to_fifty(pages):
    policies.check_pages(pages)


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        (0, "The selected file could not be read: take the photo again or choose another"),
        (51, "The selected file must have 50 pages or fewer"),
    ],
)
def test_check_pages_refuses_none_and_more_than_fifty(pages, message):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_pages(pages)
    assert refusal.value.message == message


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("Taxi to King's.jpg", "Taxi to King's.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\pat\\Taxi.JPG", "Taxi.JPG"),
        ("two  spaces\tand\na\x00line.pdf", "two spacesandaline.pdf"),
        ("harmless\u202efdp.exe", "harmlessfdp.exe"),
        ("Cafe\u0301.pdf", "Café.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("a." + "y" * 300, "a." + "y" * 148),
        ("", "document"),
        ("  ", "document"),
        ("..", "document"),
        (".pdf", ".pdf"),
        ("/", "document"),
    ],
)
def test_clean_name_leaves_what_can_be_shown(given, cleaned):
    assert policies.clean_name(given) == cleaned


def test_path_to_store_is_made_of_the_id():
    document_id = UUID("0b5e7c1a-3f7c-4c58-9d5e-6a1f2e3d4c5b")

    assert policies.path_to_store(document_id, DocumentKind.PDF) == "0b/0b5e7c1a3f7c4c589d5e6a1f2e3d4c5b.pdf"


@pytest.mark.parametrize(
    ("name", "content_type", "served"),
    [
        ("IMG_1.HEIC", "image/jpeg", "IMG_1.jpg"),
        ("scan.png", "image/jpeg", "scan.jpg"),
        ("ticket.pdf", "application/pdf", "ticket.pdf"),
        ("ticket", "application/pdf", "ticket.pdf"),
        ("Train 22.11", "application/pdf", "Train 22.11.pdf"),
        ("page.html", "image/jpeg", "page.html.jpg"),
    ],
)
def test_name_to_serve_ends_as_what_is_stored(name, content_type, served):
    assert policies.name_to_serve(name, content_type) == served
