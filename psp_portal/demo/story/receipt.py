"""Draws receipts that look like receipts, of shops that do not exist."""

import io
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from psp_portal.dates import format_date
from psp_portal.money import to_pence

WIDTH, HEIGHT, MARGIN = 380, 460, 28
PAPER, TABLE, INK, FAINT = (252, 251, 246), (176, 160, 140), (45, 45, 52), (130, 130, 136)


def draw_receipt(
    *, shop: str, what: str, amount: Decimal, on: date, number: int, is_pdf: bool = False
) -> SimpleUploadedFile:
    """Return an upload: a photo of a slip of paper on a table, or a PDF of it. ``number`` makes it unlike any other."""
    photo = Image.new("RGB", (WIDTH + 60, HEIGHT + 60), TABLE)
    slip = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    _write(ImageDraw.Draw(slip), shop, what, amount, on, number)
    turned = slip.rotate(
        0 if is_pdf else number % 5 - 2, expand=True, fillcolor=TABLE, resample=Image.Resampling.BICUBIC
    )
    photo.paste(turned, ((photo.width - turned.width) // 2, (photo.height - turned.height) // 2))
    content = io.BytesIO()
    photo.save(content, "PDF" if is_pdf else "JPEG")
    ending, kind = ("pdf", "application/pdf") if is_pdf else ("jpg", "image/jpeg")
    name = f"{shop.lower().replace(' ', '-')}-{on:%d-%m}.{ending}"
    return SimpleUploadedFile(name, content.getvalue(), content_type=kind)


def _write(pen: ImageDraw.ImageDraw, shop: str, what: str, amount: Decimal, on: date, number: int) -> None:
    middle, right = WIDTH // 2, WIDTH - MARGIN
    # As card slips write it: Pillow's own font has no pound sign.
    price = f"GBP {to_pence(amount)}"
    pen.text((middle, 44), shop, INK, ImageFont.load_default(30), anchor="mm")
    pen.text((middle, 82), f"Thank you. Receipt {number:05d}", FAINT, ImageFont.load_default(15), anchor="mm")
    pen.line((MARGIN, 110, right, 110), FAINT)
    pen.text((MARGIN, 138), format_date(on), INK, ImageFont.load_default(18), anchor="lm")
    pen.text((MARGIN, 184), what, INK, ImageFont.load_default(20), anchor="lm")
    pen.text((right, 184), price, INK, ImageFont.load_default(20), anchor="rm")
    pen.line((MARGIN, 220, right, 220), FAINT)
    pen.text((MARGIN, 256), "TOTAL", INK, ImageFont.load_default(26), anchor="lm")
    pen.text((right, 256), price, INK, ImageFont.load_default(26), anchor="rm")
    pen.text((MARGIN, 298), "Paid by card", FAINT, ImageFont.load_default(16), anchor="lm")
    for bar in range(60):
        if (number * 31 + bar * 17) % 5 < 3:
            pen.rectangle((40 + bar * 5, 350, 42 + bar * 5, 410), INK)
