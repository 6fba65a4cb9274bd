"""The words of documents."""

from django.db import models


class DocumentStatus(models.TextChoices):
    """Where a document stands with the virus check. Only a checked one is served."""

    WAITING = "waiting", "Waiting for the virus check"
    CLEAN = "clean", "Checked"
    INFECTED = "infected", "Refused: virus"


class DocumentKind(models.TextChoices):
    """What a file is by its content. The value is its content type, the label what people call it."""

    JPEG = "image/jpeg", "JPG"
    PNG = "image/png", "PNG"
    WEBP = "image/webp", "WebP"
    HEIC = "image/heic", "HEIC"
    PDF = "application/pdf", "PDF"
