"""Which files are taken. Pure: bytes, names and numbers in; a value or RuleBroken out.

The words of the messages are those of the NHS service manual's file upload component where it has them.
"""

import unicodedata
from pathlib import PurePosixPath
from uuid import UUID

from psp_portal.documents.enums import DocumentKind
from psp_portal.exceptions import RuleBroken

MEGABYTE = 1024 * 1024
# A name cut to this length still fits every file system beside an ending of ours.
LONGEST_NAME = 150
# Phones of today take up to 50 million pixels; a small file that unpacks to more is a trap.
MOST_PIXELS = 50_000_000
MOST_PAGES = 50
# In points, 72 to the inch: a little over the longer side of A0. A page beyond it is a drawing, not a receipt.
LONGEST_PAGE_SIDE = 3400

EMPTY = "The selected file is empty"
WRONG_KIND = "The selected file must be a JPG, PNG, WebP, HEIC or PDF"
UNREADABLE = "The selected file could not be read: take the photo again or choose another"
PASSWORD_PROTECTED = "The selected file is password protected"  # noqa: S105  a message
VIRUS = "The selected file contains a virus"
ACTIVE_CONTENT = "has a program or another file inside it: print it to a new PDF, or take a photo of it"
PAGE_TOO_LARGE = "is larger than A0: print it to a new PDF on A4 paper, or take a photo of it"
TOO_MANY_PIXELS = (
    f"The selected photo must have fewer than {MOST_PIXELS // 1_000_000} million pixels: "
    "take it again with a smaller photo size"
)
TOO_MANY_PAGES = f"The selected file must have {MOST_PAGES} pages or fewer"

EXTENSIONS = {
    ".jpg": DocumentKind.JPEG,
    ".jpeg": DocumentKind.JPEG,
    ".jpe": DocumentKind.JPEG,
    ".jfif": DocumentKind.JPEG,
    ".png": DocumentKind.PNG,
    ".webp": DocumentKind.WEBP,
    ".heic": DocumentKind.HEIC,
    ".heif": DocumentKind.HEIC,
    ".pdf": DocumentKind.PDF,
}
EXTENSION_OF_STORED = {DocumentKind.JPEG: ".jpg", DocumentKind.PDF: ".pdf"}

# The brands of ISO/IEC 23008-12 for pictures packed with HEVC; AVIF pictures carry none of these.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}


def check_size(size: int, *, limit: int) -> None:
    """Check a file's size against the limit, both in bytes. Raises RuleBroken when it is empty or too large."""
    if size == 0:
        raise RuleBroken(EMPTY)
    if size > limit:
        raise RuleBroken(f"The selected file must be smaller than {limit // MEGABYTE}MB")


def kind_of(content: bytes) -> DocumentKind | None:
    """Say what a file is by its first bytes, whatever its name; None when it is nothing that is taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return DocumentKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return DocumentKind.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return DocumentKind.WEBP
    if content.startswith(b"%PDF-"):
        return DocumentKind.PDF
    if content[4:8] == b"ftyp" and _HEIC_BRANDS & _brands(content):
        return DocumentKind.HEIC
    return None


def _brands(content: bytes) -> set[bytes]:
    """Return the brands that the first box of an ISO media file names: the major one, then the compatible ones."""
    box = content[: int.from_bytes(content[:4], "big")]
    return {box[8:12], *(box[start : start + 4] for start in range(16, len(box), 4))}


def check_kind(name: str, content: bytes) -> DocumentKind:
    """Return what a file is. Raises RuleBroken when it is of no kind that is taken, or its name says another.

    A name without an ending, or with one that stands for none of the kinds ("Train 22.11"), claims nothing.
    """
    kind = kind_of(content)
    if kind is None:
        raise RuleBroken(WRONG_KIND)
    extension = PurePosixPath(name).suffix.lower()
    if EXTENSIONS.get(extension, kind) != kind:
        raise RuleBroken(f"The file is named {extension} but is a {kind.label}: rename it or choose another")
    return kind


def check_pixels(width: int, height: int) -> None:
    """Check a picture's size before it is unpacked. Raises RuleBroken when it is over the limit or nothing."""
    if width * height > MOST_PIXELS:
        raise RuleBroken(TOO_MANY_PIXELS)
    if width * height <= 0:
        raise RuleBroken(UNREADABLE)


def check_pages(pages: int) -> None:
    """Check the number of a PDF's pages. Raises RuleBroken when there are none or too many."""
    if pages > MOST_PAGES:
        raise RuleBroken(TOO_MANY_PAGES)
    if pages <= 0:
        raise RuleBroken(UNREADABLE)


def check_page_size(width: float, height: float, *, page: int) -> None:
    """Check the size of a PDF's page, in points. Raises RuleBroken when it has none or is too large."""
    if not (width > 0 and height > 0):
        raise RuleBroken(UNREADABLE)
    if max(width, height) > LONGEST_PAGE_SIDE:
        raise RuleBroken(on_page(page, PAGE_TOO_LARGE))


def on_page(page: int | None, what: str) -> str:
    """Return a sentence that says what is wrong with a page of the file, or with the file."""
    return f"Page {page} of the selected file {what}" if page else f"The selected file {what}"


def clean_name(name: str) -> str:
    """Return a file's name as it is shown: no folders, no control or direction marks, at most LONGEST_NAME long."""
    # Control, format (which turn the reading direction), unassigned, private and surrogate characters.
    visible = "".join(c for c in unicodedata.normalize("NFC", name) if not unicodedata.category(c).startswith("C"))
    path = PurePosixPath(" ".join(visible.replace("\\", "/").split()))
    suffix = path.suffix if len(path.suffix) <= 10 else ""
    stem = path.name.removesuffix(suffix)[: LONGEST_NAME - len(suffix)].strip()
    return stem + suffix if stem.strip(". ") else "document" + suffix


def path_to_store(document_id: UUID, kind: DocumentKind) -> str:
    """Return where a file lies: by its id alone, so that a name can neither lead anywhere nor tell anything."""
    return f"{document_id.hex[:2]}/{document_id.hex}{EXTENSION_OF_STORED[kind]}"


def path_to_keep(document_id: UUID) -> str:
    """Return where the bytes that came lie, when they are kept: apart, and with no ending that would open them."""
    return f"{document_id.hex[:2]}/{document_id.hex}"


def name_to_serve(name: str, content_type: str) -> str:
    """Return the name under which a stored file is sent: the given one, with the ending of what it is now."""
    path = PurePosixPath(name)
    stem = path.stem if path.suffix.lower() in EXTENSIONS else path.name
    return stem + EXTENSION_OF_STORED[DocumentKind(content_type)]
