"""Makes real files of every kind that people send, and of the kinds that they should not."""

import io

import pillow_heif
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    Fit,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

# The anti-virus industry's harmless test file, in two halves so that no scanner takes this module for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
SECRET = "51.5007 Flat 9, Jane Example"


def picture(size=(600, 400), mode="RGB") -> Image.Image:
    """Return a picture whose upper left quarter is red, and the rest blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def exif(orientation=1) -> Image.Exif:
    """Return Exif data with a place, a maker and a way the camera was held."""
    data = Image.Exif()
    data[ExifTags.Base.Orientation] = orientation
    data[ExifTags.Base.ImageDescription] = SECRET
    position = data.get_ifd(ExifTags.IFD.GPSInfo)
    position[ExifTags.GPS.GPSLatitudeRef] = "N"
    position[ExifTags.GPS.GPSLatitude] = (51.0, 30.0, 2.5)
    return data


_exif = exif  # the name that an argument takes


def jpeg(image=None, **options) -> bytes:
    return _saved(image or picture(), "JPEG", **{"exif": exif(), "comment": SECRET, **options})


def png(image=None, **options) -> bytes:
    words = PngInfo()
    words.add_text("Author", SECRET)
    return _saved(image or picture(), "PNG", **{"pnginfo": words, "exif": exif(), **options})


def webp(**options) -> bytes:
    return _saved(picture(), "WEBP", **{"exif": exif(), "xmp": SECRET.encode(), "quality": 90, **options})


def heic(size=(600, 400), exif=None) -> bytes:
    """Return a HEIC as an iPhone makes it: how it was held stands in its boxes, and in its Exif data once more."""
    stored = io.BytesIO()
    pillow_heif.from_pillow(picture(size)).save(stored, exif=(exif or _exif()).tobytes(), quality=90)
    return stored.getvalue()


def photo_of_40_mb() -> bytes:
    """Return a good JPEG with enough behind its picture to be 40 MB."""
    return jpeg() + b"\0" * (40 * 1024 * 1024)


def pdf(pages=1, prepare=None, **encryption) -> bytes:
    """Return a PDF with an author in it; ``prepare`` is given its writer before it is written."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": SECRET})
    if prepare:
        prepare(writer)
    if encryption:
        writer.encrypt(**encryption)
    stored = io.BytesIO()
    writer.write(stored)
    return stored.getvalue()


def pdf_with_photo(width=600, height=400) -> bytes:
    """Return a PDF that shows a JPEG whose Exif data tells where it was taken, and has XMP metadata."""

    def prepare(writer: PdfWriter) -> None:
        photo = _stream(
            jpeg(),
            {
                "/Type": NameObject("/XObject"),
                "/Subtype": NameObject("/Image"),
                "/Width": NumberObject(width),
                "/Height": NumberObject(height),
                "/ColorSpace": NameObject("/DeviceRGB"),
                "/BitsPerComponent": NumberObject(8),
                "/Filter": NameObject("/DCTDecode"),
            },
        )
        page = writer.pages[0]
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/Im0"): writer._add_object(photo)})}
        )
        page[NameObject("/Contents")] = writer._add_object(_stream(b"q 200 0 0 133 0 0 cm /Im0 Do Q", {}))
        page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/Maker"): TextStringObject(SECRET)})
        writer.root_object[NameObject("/Metadata")] = writer._add_object(_stream(SECRET.encode(), {}))
        writer.root_object[NameObject("/Lang")] = TextStringObject("en-GB")

    return pdf(prepare=prepare)


def action(kind: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("cmd.exe")})


def with_script(writer: PdfWriter) -> None:
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    names = ArrayObject([TextStringObject("greet"), writer._add_object(script)])
    tree = DictionaryObject({NameObject("/Names"): names})
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): tree})


def with_attachment(writer: PdfWriter) -> None:
    writer.add_attachment("invoice.xml", b"<a/>")


def with_launch_on_opening(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = action("/Launch")


def with_web_page_on_opening(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action("/URI"))


def annotation(kind: str, **entries) -> DictionaryObject:
    given = {NameObject(f"/{key}"): value for key, value in entries.items()}
    return DictionaryObject(
        {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(kind)} | given
    )


def link_to(kind: str) -> DictionaryObject:
    return annotation("/Link", A=action(kind))


def field_with_script() -> DictionaryObject:
    script = DictionaryObject({NameObject("/JS"): TextStringObject("app.alert(1)")})
    return annotation("/Widget", FT=NameObject("/Tx"), MK=DictionaryObject({NameObject("/Next"): script}))


def with_files_to_choose_from(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/Collection")] = DictionaryObject({NameObject("/View"): NameObject("/D")})


def with_dynamic_form(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): TextStringObject("<x/>")})


def with_harmless_opening_and_links(writer: PdfWriter) -> None:
    """As word processors make them: open at page 1, an action on leaving the page, a web link."""
    writer.root_object[NameObject("/OpenAction")] = ArrayObject(
        [writer.pages[0].indirect_reference, NameObject("/Fit")]
    )
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/C"): action("/URI")})
    writer.add_annotation(0, Link(rect=(0, 0, 50, 50), url="https://www.nhs.uk/"))
    writer.add_annotation(0, Link(rect=(0, 50, 50, 99), target_page_index=0, fit=Fit.fit()))


def _stream(data: bytes, entries: dict) -> StreamObject:
    stream = StreamObject()
    stream.set_data(data)
    stream.update({NameObject(key): value for key, value in entries.items()})
    return stream


def _saved(image: Image.Image, kind: str, **options) -> bytes:
    stored = io.BytesIO()
    image.save(stored, kind, **options)
    return stored.getvalue()
