"""A private file and what is known of it. No workflow: services write, serving sends."""

import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from psp_portal.documents import policies
from psp_portal.documents.enums import DocumentKind, DocumentStatus

# The folders of the private storage that hold documents, and what came where that is kept, and nothing else.
ROOT = "documents"
ORIGINALS = "originals"
STORED_KINDS = [kind.value for kind in policies.EXTENSION_OF_STORED]


class DocumentQuerySet(models.QuerySet["Document"]):
    """Filters that read as people speak of documents."""

    def waiting(self) -> "DocumentQuerySet":
        return self.filter(status=DocumentStatus.WAITING)


@pghistory.track()
class Document(models.Model):
    """One file that somebody gave. ``file`` is our rewriting of it, which people see.

    ``original`` is the bytes that came, only where the owning app keeps them and until it drops them: with all that
    they carry, so it is no proof to look at but evidence for those who must have it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to=ROOT, blank=True)
    original = models.FileField(upload_to=ORIGINALS, blank=True)
    original_dropped_at = models.DateTimeField(null=True)
    original_name = models.CharField(max_length=policies.LONGEST_NAME, help_text="For people to read; no path.")
    content_type = models.CharField(max_length=40, help_text="Of what is stored.")
    size = models.PositiveIntegerField(help_text="Bytes stored.")
    pages = models.PositiveSmallIntegerField(null=True, help_text="Of a PDF.")
    fingerprint = models.CharField(
        max_length=64, help_text="SHA-256 of the bytes that came: finds the same file twice."
    )
    stored_sha256 = models.CharField(max_length=64, help_text="SHA-256 of the bytes stored: finds damage.")
    status = models.CharField(max_length=10, choices=DocumentStatus)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(
        null=True, help_text="When the virus scanner gave its verdict; empty without one."
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="document_size_above_nought"),
            models.CheckConstraint(condition=Q(fingerprint__regex=r"^[0-9a-f]{64}$"), name="document_fingerprint_hex"),
            models.CheckConstraint(
                condition=Q(stored_sha256__regex=r"^[0-9a-f]{64}$"), name="document_stored_sha256_hex"
            ),
            models.CheckConstraint(condition=Q(status__in=DocumentStatus.values), name="document_status_known"),
            models.CheckConstraint(condition=Q(content_type__in=STORED_KINDS), name="document_content_type_known"),
            models.CheckConstraint(
                condition=Q(content_type=DocumentKind.PDF, pages__isnull=False, pages__gt=0)
                | (~Q(content_type=DocumentKind.PDF) & Q(pages__isnull=True)),
                name="document_pages_of_a_pdf_only",
            ),
            # An infected file is deleted; every other row has its file.
            models.CheckConstraint(
                condition=(Q(status=DocumentStatus.INFECTED) & Q(file=""))
                | (~Q(status=DocumentStatus.INFECTED) & ~Q(file="")),
                name="document_file_unless_infected",
            ),
            models.CheckConstraint(
                condition=Q(original="") | ~Q(status=DocumentStatus.INFECTED) & Q(original_dropped_at__isnull=True),
                name="document_original_unless_infected_or_dropped",
            ),
            models.CheckConstraint(
                condition=~Q(status=DocumentStatus.WAITING, checked_at__isnull=False)
                & ~Q(status=DocumentStatus.INFECTED, checked_at__isnull=True),
                name="document_checked_when_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["fingerprint"], name="document_by_fingerprint"),
            models.Index(fields=["uploaded_at"], name="document_waiting", condition=Q(status=DocumentStatus.WAITING)),
        ]

    def __str__(self) -> str:
        return f"{self.original_name} ({self.pk})"

    @property
    def is_ready(self) -> bool:
        """Whether the file may be sent to those allowed to see it."""
        return self.status == DocumentStatus.CLEAN
