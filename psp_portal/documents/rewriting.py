"""Makes the file that is stored from the file that came: the same to look at, with nothing else inside.

A picture is drawn afresh; a PDF keeps its pages, words and tags, and loses its metadata. Bytes in, bytes out. What
comes is hostile until shown otherwise, so whatever a decoder stumbles over counts as a file that cannot be read.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, ImageFile
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from psp_portal.documents import policies
from psp_portal.documents.enums import DocumentKind
from psp_portal.exceptions import RuleBroken

JPEG_QUALITY = 85

# How to turn a picture upright, by what its Exif data says of how the camera was held.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# What a PDF may not do or carry (ISO 32000-2, sections 7.11.4, 12.6.4 and 12.7.8).
_REFUSED_ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ResetForm", "/ImportData", "/GoToE", "/GoToR", "/GoTo3DView", "/GoToDp",
    "/Hide", "/Movie", "/Rendition", "/RichMediaExecute", "/SetOCGState", "/Sound", "/Thread", "/Trans",
}  # fmt: skip
_REFUSED_KEYS = {"/JS", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/Collection"}
_REFUSED_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
# What would be done unasked, and what tells of whoever made the file.
_DROPPED_KEYS = ("/AA", "/Metadata", "/PieceInfo", "/LastModified")

# JPEG segments without a length, and those that hold Exif and XMP, Photoshop's data, and comments.
_BARE_MARKERS = {0x01, *range(0xD0, 0xD9)}
_START_OF_SCAN = 0xDA
_METADATA_MARKERS = {0xE1, 0xED, 0xFE}


@dataclass(frozen=True)
class Rewritten:
    """What is stored: the bytes, what they are, and how many pages a PDF has."""

    content: bytes
    kind: DocumentKind
    pages: int | None = None


def rewrite(kind: DocumentKind, content: bytes, *, longest_side: int) -> Rewritten:
    """Return the file to store, a picture at most ``longest_side`` pixels wide or high.

    Raises RuleBroken, with the reason, for a file that is not taken.
    """
    try:
        if kind == DocumentKind.PDF:
            return _rewrite_pdf(content)
        return Rewritten(_rewrite_picture(kind, content, longest_side), DocumentKind.JPEG)
    except RuleBroken:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RuleBroken(policies.TOO_MANY_PIXELS) from error
    except Exception as error:
        raise RuleBroken(policies.UNREADABLE) from error


def _rewrite_picture(kind: DocumentKind, content: bytes, longest_side: int) -> bytes:
    """Return a JPEG of the picture: upright, on white, its longest side in bounds, and no metadata at all."""
    with _open_picture(kind, content) as picture:
        policies.check_pixels(*picture.size)
        longest = (longest_side, longest_side)
        if kind == DocumentKind.JPEG:
            picture.thumbnail(longest)  # first, because a JPEG can be unpacked at the smaller size
        turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
        upright = picture if turn is None else picture.transpose(turn)
        if upright.mode.startswith("I"):
            upright = upright.point(lambda level: level * (1 / 256)).convert("L")  # 16 bits of grey to 8
        # A new sheet carries nothing over: no Exif, no position, no colour profile, no comment.
        sheet = Image.new("RGB", upright.size, "white")
        layer = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        sheet.paste(layer, mask=layer if layer.mode == "RGBA" else None)
    sheet.thumbnail(longest)
    stored = io.BytesIO()
    sheet.save(stored, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return stored.getvalue()


def _open_picture(kind: DocumentKind, content: bytes) -> Image.Image:
    """Open a picture by the one decoder for its kind; nothing is unpacked but the size of all but a HEIC.

    A HEIC comes upright: it is turned by its own boxes, and its Exif data, which says the same again, is set straight.
    """
    if kind == DocumentKind.HEIC:
        import pillow_heif  # 26 MB of libraries that few requests need

        heic = pillow_heif.open_heif(io.BytesIO(content))
        policies.check_pixels(*heic.size)
        return heic.to_pillow()
    # A library that draws PDFs lets the whole process read half a picture; a receipt must be whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return Image.open(io.BytesIO(content), formats=[kind.value.removeprefix("image/").upper()])


def _rewrite_pdf(content: bytes) -> Rewritten:
    """Return the PDF without metadata, or refuse one that is locked, too long, or does more than show pages."""
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise RuleBroken(policies.PASSWORD_PROTECTED)
    pages = len(reader.pages)
    policies.check_pages(pages)
    _clean_pages(reader)
    # Only what can still be reached from the root is copied: older versions and loose objects stay behind.
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    stored = io.BytesIO()
    writer.write(stored)
    return Rewritten(stored.getvalue(), DocumentKind.PDF, pages)


def _clean_pages(reader: PdfReader) -> None:
    """Check and clean a PDF page by page, then what belongs to no page. Raises RuleBroken naming the page."""
    root = reader.root_object
    tree = _page_tree(root)
    # A page leads to the others through its parent and its links: each is looked at in its own turn.
    seen = set(tree)
    for number, page in enumerate(reader.pages, start=1):
        unit = float(_resolved(page.get("/UserUnit")) or 1)
        policies.check_page_size(page.mediabox.width * unit, page.mediabox.height * unit, page=number)
        # pypdf hands out copies of its pages; what is written is the page as it was read.
        as_read = _resolved(page.indirect_reference) or page
        seen.discard(id(as_read))
        for dictionary in _dictionaries(as_read, seen):
            _clean(dictionary, page=number)
    _check_opening(root)
    for node in (node for node in tree.values() if "/Kids" in node):
        seen.discard(id(node))
    for dictionary in _dictionaries(root, seen):
        _clean(dictionary, page=None)


def _page_tree(root: DictionaryObject) -> dict[int, DictionaryObject]:
    """Return a PDF's pages and the nodes that lead to them, by identity."""
    nodes: dict[int, DictionaryObject] = {}
    waiting = [root.get("/Pages")]
    while waiting:
        node = _resolved(waiting.pop())
        if isinstance(node, DictionaryObject) and id(node) not in nodes:
            nodes[id(node)] = node
            waiting.extend(_resolved(node.get("/Kids")) or [])
    return nodes


def _resolved(item: PdfObject | None) -> Any:
    return item.get_object() if isinstance(item, IndirectObject) else item


def _clean(dictionary: DictionaryObject, *, page: int | None) -> None:
    """Take metadata out of one dictionary. Raises RuleBroken when it does something, or unpacks to too much."""
    if (
        _REFUSED_KEYS & dictionary.keys()
        or _resolved(dictionary.get("/S")) in _REFUSED_ACTIONS
        or _resolved(dictionary.get("/Subtype")) in _REFUSED_ANNOTATIONS
    ):
        raise RuleBroken(policies.on_page(page, policies.ACTIVE_CONTENT))
    for key in _DROPPED_KEYS:
        dictionary.pop(key, None)
    if not isinstance(dictionary, StreamObject):
        return
    if _resolved(dictionary.get("/Subtype")) == "/Image":
        policies.check_pixels(*(int(_resolved(dictionary.get(side)) or 0) for side in ("/Width", "/Height")))
    if _resolved(dictionary.get("/Filter")) in ("/DCTDecode", ["/DCTDecode"]):
        # A photo put into a PDF keeps its Exif data, position included. pypdf packs streams only its own way,
        # so the packed bytes are exchanged as they stand.
        dictionary._data = without_metadata(dictionary._data)


def _check_opening(root: DictionaryObject) -> None:
    """Refuse a PDF that does something when opened; one that opens at a certain page is common and harmless."""
    opening = _resolved(root.get("/OpenAction"))
    if isinstance(opening, DictionaryObject) and _resolved(opening.get("/S")) != "/GoTo":
        raise RuleBroken(policies.on_page(None, policies.ACTIVE_CONTENT))


def _dictionaries(root: PdfObject, seen: set[int]) -> Iterator[DictionaryObject]:
    """Yield every dictionary that can be reached from ``root`` and is not in ``seen``, and put it there.

    What a caller removes is not followed.
    """
    waiting: list[PdfObject | None] = [root]
    while waiting:
        item = _resolved(waiting.pop())
        if id(item) in seen:
            continue
        if isinstance(item, DictionaryObject):
            seen.add(id(item))
            yield item
            waiting.extend(item.values())
        elif isinstance(item, ArrayObject):
            seen.add(id(item))
            waiting.extend(item)


def without_metadata(jpeg: bytes) -> bytes:
    """Return a JPEG without its Exif, XMP, Photoshop and comment segments; its picture is not touched.

    Raises ValueError when the bytes are no JPEG.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        raise ValueError("not a JPEG")
    kept = [jpeg[:2]]
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != _START_OF_SCAN:
        marker = jpeg[at + 1]
        length = 2 if marker in _BARE_MARKERS else 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker not in _METADATA_MARKERS:
            kept.append(jpeg[at : at + length])
        at += length
    return b"".join([*kept, jpeg[at:]])
