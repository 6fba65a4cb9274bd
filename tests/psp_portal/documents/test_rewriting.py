import io
import struct
import zlib

import pillow_heif
import pytest
from PIL import ExifTags, Image
from pypdf import PdfReader
from pypdf.annotations import Link
from pypdf.generic import Fit, NameObject, NumberObject

from psp_portal.documents import policies, rewriting
from psp_portal.documents.enums import DocumentKind
from psp_portal.exceptions import RuleBroken
from tests.psp_portal.documents import samples

NEARLY = 40  # JPEG shifts colours a little


def opened(stored: rewriting.Rewritten) -> Image.Image:
    image = Image.open(io.BytesIO(stored.content))
    image.load()
    return image


def position_in(content: bytes) -> dict:
    """Return what a picture says of where it was taken."""
    if policies.kind_of(content) == DocumentKind.HEIC:
        data = pillow_heif.open_heif(io.BytesIO(content)).to_pillow().getexif()
    else:
        data = Image.open(io.BytesIO(content)).getexif()
    return dict(data.get_ifd(ExifTags.IFD.GPSInfo))


def is_colour(pixel, red, green, blue) -> bool:
    return all(abs(one - other) < NEARLY for one, other in zip(pixel, (red, green, blue), strict=True))


def rewrite(kind, content, longest_side=2400) -> rewriting.Rewritten:
    return rewriting.rewrite(kind, content, longest_side=longest_side)


def refusal_of(kind, content) -> str:
    with pytest.raises(RuleBroken) as refusal:
        rewrite(kind, content)
    return refusal.value.message


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (DocumentKind.JPEG, samples.jpeg()),
        (DocumentKind.PNG, samples.png()),
        (DocumentKind.WEBP, samples.webp()),
        (DocumentKind.HEIC, samples.heic()),
    ],
)
def test_rewrite_makes_every_picture_a_jpeg_without_metadata(kind, content):
    assert b"Jane Example" in content
    assert policies.kind_of(content) == kind
    assert position_in(content)[ExifTags.GPS.GPSLatitude] == (51.0, 30.0, 2.5)

    stored = rewrite(kind, content)

    image = opened(stored)
    assert (stored.kind, stored.pages, image.format, image.size) == (DocumentKind.JPEG, None, "JPEG", (600, 400))
    assert is_colour(image.getpixel((50, 50)), 255, 0, 0)
    assert is_colour(image.getpixel((550, 350)), 0, 0, 255)
    assert b"Jane Example" not in stored.content
    assert b"Exif" not in stored.content
    assert dict(image.getexif()) == {}
    assert position_in(stored.content) == {}
    assert set(image.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


# Where the red upper left quarter of what the camera saw must stand once the picture is upright (Exif 2.32, 4.6.4).
@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (600, 400), (50, 50)),
        (2, (600, 400), (550, 50)),
        (3, (600, 400), (550, 350)),
        (4, (600, 400), (50, 350)),
        (5, (400, 600), (50, 50)),
        (6, (400, 600), (350, 50)),
        (7, (400, 600), (350, 550)),
        (8, (400, 600), (50, 550)),
    ],
)
@pytest.mark.parametrize("make", [samples.jpeg, samples.png, samples.webp, samples.heic])
def test_rewrite_turns_a_photo_upright(make, orientation, size, red_at):
    content = make(exif=samples.exif(orientation))

    image = opened(rewrite(policies.kind_of(content), content))

    corners = {(x, y) for x in (50, size[0] - 50) for y in (50, size[1] - 50)}
    assert image.size == size
    assert {corner for corner in corners if is_colour(image.getpixel(corner), 255, 0, 0)} == {red_at}


def test_rewrite_shrinks_the_longest_side():
    large = rewrite(DocumentKind.JPEG, samples.jpeg(samples.picture((3000, 5000))))
    wide = rewrite(DocumentKind.PNG, samples.png(samples.picture((4800, 100))))

    assert opened(rewrite(DocumentKind.HEIC, samples.heic((900, 1200)), longest_side=600)).size == (450, 600)
    assert opened(large).size == (1440, 2400)
    assert opened(wide).size == (2400, 50)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK"])
def test_rewrite_takes_other_colour_modes(mode):
    content = samples.jpeg(samples.picture(mode=mode)) if mode == "CMYK" else samples.png(samples.picture(mode=mode))

    image = opened(rewrite(policies.kind_of(content), content))

    assert (image.mode, image.size) == ("RGB", (600, 400))


def test_rewrite_puts_a_transparent_picture_on_white():
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 50, 100))

    stored = opened(rewrite(DocumentKind.PNG, samples.png(image)))

    assert is_colour(stored.getpixel((90, 50)), 255, 255, 255)
    assert is_colour(stored.getpixel((10, 50)), 255, 0, 0)


def test_rewrite_keeps_the_shades_of_a_16_bit_scan():
    stored = opened(rewrite(DocumentKind.PNG, samples.png(Image.new("I;16", (50, 50), 40_000))))

    assert is_colour(stored.getpixel((25, 25)), 156, 156, 156)


@pytest.mark.filterwarnings("ignore:Tag data larger than file", "ignore:Corrupt EXIF data")
def test_rewrite_takes_a_photo_with_broken_exif():
    broken = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x09\xff\xff\xff\xff\0\x06\0\0"

    assert opened(rewrite(DocumentKind.JPEG, samples.jpeg(exif=broken))).size == (600, 400)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (DocumentKind.JPEG, samples.jpeg(samples.picture((2000, 2000)))[:4000]),
        (DocumentKind.JPEG, b"\xff\xd8\xff\xe0 and nothing more"),
        (DocumentKind.PNG, samples.png()[:200]),
        (DocumentKind.WEBP, samples.webp()[:60]),
        (DocumentKind.HEIC, samples.heic()[:200]),
        (DocumentKind.PDF, b"%PDF-1.7\nand nothing more"),
        (DocumentKind.PDF, samples.pdf(pages=0)),
        (DocumentKind.PDF, samples.pdf_with_photo().replace(b"\xff\xd8\xff", b"\0\0\0")),
    ],
)
def test_rewrite_refuses_a_broken_file(kind, content):
    assert refusal_of(kind, content) == ("The selected file could not be read: take the photo again or choose another")


def bomb(side: int) -> bytes:
    """Return a PNG of a few kilobytes that unpacks to a black square of ``side`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# Under Pillow's own limits, over the one at which it warns, and over the one at which it refuses.
@pytest.mark.parametrize("side", [8_000, 10_000, 20_000])
def test_rewrite_refuses_a_decompression_bomb(side):
    content = bomb(side)
    assert len(content) < 100_000

    assert refusal_of(DocumentKind.PNG, content) == (
        "The selected photo must have fewer than 50 million pixels: take it again with a smaller photo size"
    )


def test_rewrite_refuses_a_heic_bomb_before_unpacking_it(monkeypatch):
    monkeypatch.setattr(policies, "MOST_PIXELS", 600 * 400 - 1)
    monkeypatch.setattr("pillow_heif.HeifFile.to_pillow", lambda heic: pytest.fail("unpacked"))

    assert refusal_of(DocumentKind.HEIC, samples.heic()) == policies.TOO_MANY_PIXELS


def test_rewrite_keeps_the_pages_of_a_pdf_and_drops_its_metadata():
    content = samples.pdf_with_photo()
    assert content.count(b"Jane Example") == 5

    stored = rewrite(DocumentKind.PDF, content)

    reader = PdfReader(io.BytesIO(stored.content))
    assert (stored.kind, stored.pages, len(reader.pages)) == (DocumentKind.PDF, 1, 1)
    assert b"Jane Example" not in stored.content
    assert b"Exif" not in stored.content
    assert reader.metadata is None
    assert reader.root_object["/Lang"] == "en-GB"
    photo = reader.pages[0].images[0].image
    assert is_colour(photo.getpixel((50, 50)), 255, 0, 0)


def test_rewrite_gives_the_same_bytes_for_the_same_pdf():
    content = samples.pdf_with_photo()

    assert rewrite(DocumentKind.PDF, content) == rewrite(DocumentKind.PDF, content)


def test_rewrite_takes_a_pdf_that_opens_at_a_page_and_has_links():
    stored = rewrite(DocumentKind.PDF, samples.pdf(2, samples.with_harmless_opening_and_links))

    page = PdfReader(io.BytesIO(stored.content)).pages[0]
    assert stored.pages == 2
    assert len(page["/Annots"]) == 2
    assert "/AA" not in page


ACTIVE = "has a program or another file inside it: print it to a new PDF, or take a photo of it"


@pytest.mark.parametrize(
    "prepare",
    [
        samples.with_script,
        samples.with_attachment,
        samples.with_launch_on_opening,
        samples.with_web_page_on_opening,
        samples.with_dynamic_form,
        samples.with_files_to_choose_from,
    ],
)
def test_rewrite_refuses_a_pdf_that_does_more_than_show_pages(prepare):
    assert refusal_of(DocumentKind.PDF, samples.pdf(prepare=prepare)) == f"The selected file {ACTIVE}"


@pytest.mark.parametrize(
    "annotation",
    [
        *(
            samples.link_to(kind)
            for kind in ("/Launch", "/JavaScript", "/SubmitForm", "/ImportData", "/GoToR", "/Hide")
        ),
        *(samples.annotation(kind) for kind in ("/RichMedia", "/FileAttachment", "/Movie", "/Sound", "/Screen", "/3D")),
        samples.field_with_script(),
    ],
)
def test_rewrite_names_the_page_that_does_more_than_show_itself(annotation):
    def prepare(writer):
        # Every page links to the others: a page is blamed for what is its own alone.
        for number in range(3):
            writer.add_annotation(number, Link(rect=(0, 0, 9, 9), target_page_index=(number + 1) % 3, fit=Fit.fit()))
        writer.pages[1]["/Annots"].append(writer._add_object(annotation))

    assert refusal_of(DocumentKind.PDF, samples.pdf(3, prepare)) == f"Page 2 of the selected file {ACTIVE}"


def test_rewrite_checks_the_size_of_every_page():
    def prepare(size, unit=1):
        def make(writer):
            writer.add_blank_page(*size)[NameObject("/UserUnit")] = NumberObject(unit)

        return samples.pdf(1, make)

    large = "Page 2 of the selected file is larger than A0: print it to a new PDF on A4 paper, or take a photo of it"
    assert refusal_of(DocumentKind.PDF, prepare((200, 3401))) == large
    assert refusal_of(DocumentKind.PDF, prepare((200, 600), unit=6)) == large
    assert refusal_of(DocumentKind.PDF, prepare((0, 600))) == policies.UNREADABLE
    assert rewrite(DocumentKind.PDF, prepare((200, 3400))).pages == 2


def test_rewrite_refuses_a_pdf_with_a_picture_that_unpacks_to_too_much():
    content = samples.pdf_with_photo(width=8_000, height=8_000)

    assert refusal_of(DocumentKind.PDF, content) == policies.TOO_MANY_PIXELS


@pytest.mark.parametrize("password", ["opensesame", ""])
def test_rewrite_refuses_an_encrypted_pdf(password):
    content = samples.pdf(user_password=password, owner_password="owner", algorithm="AES-256")

    assert refusal_of(DocumentKind.PDF, content) == "The selected file is password protected"


def test_rewrite_counts_the_pages_of_a_pdf():
    assert rewrite(DocumentKind.PDF, samples.pdf(50)).pages == 50
    assert refusal_of(DocumentKind.PDF, samples.pdf(51)) == "The selected file must have 50 pages or fewer"


def test_without_metadata_leaves_the_picture_as_it_was():
    content = samples.jpeg()

    bare = rewriting.without_metadata(content)

    assert b"Jane Example" not in bare
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(content)).tobytes()
    assert rewriting.without_metadata(bare) == bare


def test_without_metadata_steps_over_markers_without_a_length():
    assert rewriting.without_metadata(b"\xff\xd8\xff\xd0\xff\xe1\0\x04ab\xff\xda\0\x02picture") == (
        b"\xff\xd8\xff\xd0\xff\xda\0\x02picture"
    )
