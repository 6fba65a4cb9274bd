"""The worker's part: each task is one call of a service."""

import pghistory
from celery import shared_task
from django.utils import timezone

from psp_portal.documents import services


@shared_task
def scan_waiting_documents() -> None:
    """Check what waits for the virus scanner. Run by beat; safe to run twice or late."""
    # psp_portal.audit is a sibling that this package does not import: the same words, said to pghistory directly.
    with pghistory.context(actor="system:documents.scan", actor_name="The portal", action="documents.document.scan"):
        services.scan_waiting(at=timezone.now())


@shared_task
def remove_orphaned_files() -> None:
    """Clear away files that no row names. Run by beat; writes no row."""
    services.remove_orphaned_files(at=timezone.now())
