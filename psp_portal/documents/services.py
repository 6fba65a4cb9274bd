"""Writes of private files: the bytes in the storage, the row in the database, and both or neither."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.fields.files import FieldFile

from psp_portal.documents import policies, previewing, rewriting, scanning
from psp_portal.documents.enums import DocumentKind, DocumentStatus
from psp_portal.documents.models import ORIGINALS, ROOT, Document
from psp_portal.exceptions import RuleBroken

logger = structlog.get_logger(__name__)

CHUNK = 64 * 1024
FOLDERS = {"file": ROOT, "original": ORIGINALS}
# No transaction lives this long (a task is ended after ten minutes), so an older file without a row has none to come.
ORPHAN_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class ScanCount:
    """What became of the documents that waited."""

    clean: int = 0
    infected: int = 0
    waiting: int = 0


def store(*, upload: IO[bytes], by: Any, at: datetime, field: str = "file", keeps_original: bool = False) -> Document:
    """Check an upload, rewrite it and keep it, with the bytes that came where ``keeps_original``; return its Document.

    ``upload`` is an uploaded file or anything else that can be read, with a ``name``; ``by`` is the user who gives it.
    The document is clean, or waits when a scanner is set up and gives no verdict: then it is not served yet.
    Raises RuleBroken beside ``field``, with nothing kept, when the file is not taken. The caller names the action in
    the audit, and does not hold locks: the virus check may take seconds.
    """
    name = policies.clean_name(getattr(upload, "name", None) or "")
    try:
        content = _read(upload, limit=settings.DOCUMENT_MAX_BYTES)
        status, checked_at = _scan_upload(content, by=by, at=at)
        kind = policies.check_kind(name, content)
        rewritten = rewriting.rewrite(kind, content, longest_side=settings.DOCUMENT_LONGEST_SIDE)
        if rewritten.kind == DocumentKind.PDF:
            previewing.check_pages_can_be_drawn(rewritten.content)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.message, field=field) from refusal
    except previewing.PreviewFailedError as error:
        logger.warning("document_cannot_be_drawn", reason=str(error))
        raise RuleBroken(policies.UNREADABLE, field=field) from error
    document = Document(
        original_name=name,
        content_type=rewritten.kind,
        size=len(rewritten.content),
        pages=rewritten.pages,
        fingerprint=hashlib.sha256(content).hexdigest(),
        stored_sha256=hashlib.sha256(rewritten.content).hexdigest(),
        status=status,
        uploaded_by=by,
        uploaded_at=at,
        checked_at=checked_at,
    )
    path = policies.path_to_store(document.pk, rewritten.kind)
    try:
        document.file.save(path, ContentFile(rewritten.content), save=False)
        if keeps_original:
            document.original.save(policies.path_to_keep(document.pk), ContentFile(content), save=False)
        with transaction.atomic():
            document.save(force_insert=True)
    except BaseException:
        for stored in (document.file, document.original):
            stored.delete(save=False)
        raise
    return document


def _read(upload: IO[bytes], *, limit: int) -> bytes:
    """Return the upload's bytes, reading no further than just beyond the limit. Raises RuleBroken on its size."""
    upload.seek(0)
    content = bytearray()
    while len(content) <= limit and (chunk := upload.read(CHUNK)):
        content += chunk
    policies.check_size(len(content), limit=limit)
    return bytes(content)


def _scan_upload(content: bytes, *, by: Any, at: datetime) -> tuple[DocumentStatus, datetime | None]:
    """Return the status to store under and when the scanner decided it. Raises RuleBroken for a virus."""
    if not settings.CLAMD_ADDRESS:
        return DocumentStatus.CLEAN, None
    try:
        virus = scanning.find_virus(content, address=settings.CLAMD_ADDRESS)
    except scanning.ScanFailedError as error:
        logger.warning("document_scan_failed", reason=str(error))
        return DocumentStatus.WAITING, None
    if virus:
        logger.warning("document_virus_refused", user_id=str(by.pk), virus=virus)
        raise RuleBroken(policies.VIRUS)
    return DocumentStatus.CLEAN, at


@transaction.atomic
def remove(*, document_id: UUID) -> None:
    """Delete a document, and its files once that is committed. Raises Document.DoesNotExist when there is none."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    names = (document.file.name, document.original.name)
    document.delete()
    for name in names:
        _delete_file_on_commit(name)


@transaction.atomic
def drop_original(*, document_id: UUID, at: datetime) -> bool:
    """Delete the bytes that came, and keep the document; return whether there were any. Safe to run twice."""
    document = Document.objects.select_for_update(of=("self",)).exclude(original="").filter(pk=document_id).first()
    if document is None:
        return False
    _delete_file_on_commit(document.original.name)
    document.original, document.original_dropped_at = "", at
    document.save(update_fields=["original", "original_dropped_at"])
    return True


def scan_waiting(*, at: datetime) -> ScanCount:
    """Ask the scanner about every document that waits; return how many were found clean, infected, or wait on.

    Each is decided in a transaction of its own. An infected one loses its file. With the scanner away, or none set up,
    they all wait on: a check once owed is not forgotten because the scanner was taken away.
    """
    waiting = list(Document.objects.waiting().order_by("uploaded_at").values_list("pk", flat=True))
    if waiting and not settings.CLAMD_ADDRESS:
        logger.warning("document_scan_not_set_up", waiting=len(waiting))
        return ScanCount(waiting=len(waiting))
    found = dict.fromkeys(DocumentStatus, 0)
    for number, document_id in enumerate(waiting):
        try:
            found[_scan_stored(document_id, at=at)] += 1
        except scanning.ScannerAwayError as error:
            logger.warning("document_scanner_away", reason=str(error))
            found[DocumentStatus.WAITING] += len(waiting) - number
            break
        except (scanning.ScanFailedError, FileNotFoundError) as error:
            logger.error("document_scan_failed", document_id=str(document_id), reason=str(error))
            found[DocumentStatus.WAITING] += 1
    return ScanCount(**{status.value: count for status, count in found.items()})


@transaction.atomic
def _scan_stored(document_id: UUID, *, at: datetime) -> DocumentStatus:
    """Scan one stored document and return where it stands now; one that another run has in hand is left to it."""
    document = (
        Document.objects.waiting().select_for_update(of=("self",), skip_locked=True).filter(pk=document_id).first()
    )
    if document is None:
        return DocumentStatus.WAITING
    virus = _virus_in(document.file) or (_virus_in(document.original) if document.original else None)
    document.checked_at = at
    document.status = DocumentStatus.INFECTED if virus else DocumentStatus.CLEAN
    if virus:
        logger.warning("document_virus_found", document_id=str(document_id), virus=virus)
        _delete_file_on_commit(document.file.name)
        _delete_file_on_commit(document.original.name)
        document.file = document.original = ""
    document.save(update_fields=["status", "checked_at", "file", "original"])
    return document.status


def _virus_in(file: FieldFile) -> str | None:
    with file.open("rb") as stored:
        return scanning.find_virus(stored.read(), address=settings.CLAMD_ADDRESS)


def remove_orphaned_files(*, at: datetime) -> int:
    """Delete the files that no row names, left by a transaction undone later or a process killed; return how many.

    A file younger than ORPHAN_AGE is left: its row may be about to be committed.
    """
    removed = 0
    folders = [(field, f"{root}/{name}") for field, root in FOLDERS.items() for name in _listed(root)[0]]
    for field, folder in folders:
        paths = [f"{folder}/{name}" for name in _listed(folder)[1]]
        old = [path for path in paths if default_storage.get_modified_time(path) < at - ORPHAN_AGE]
        named = set(Document.objects.filter(**{f"{field}__in": old}).values_list(field, flat=True))
        for path in set(old) - named:
            default_storage.delete(path)
            removed += 1
    if removed:
        logger.warning("document_orphans_removed", files=removed)
    return removed


def _listed(path: str) -> tuple[list[str], list[str]]:
    """Return the folders and files in a folder of the storage; nothing where there is no such folder yet."""
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []


def _delete_file_on_commit(name: str | None) -> None:
    """Delete a file once its row's change is certain; should that fail, remove_orphaned_files finds it later."""
    if name:
        transaction.on_commit(lambda: default_storage.delete(name), robust=True)
