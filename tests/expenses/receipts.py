"""Receipts to upload: pictures that are each unlike any other."""

import io
import itertools

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

_numbers = itertools.count(1)


def photo(name: str = "receipt.jpg") -> SimpleUploadedFile:
    """Return a small JPEG that no earlier call has made."""
    number = next(_numbers)
    picture = Image.new("RGB", (8, 8), (number % 256, number // 256 % 256, 90))
    content = io.BytesIO()
    picture.save(content, "JPEG", comment=f"receipt {number}".encode())
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")
