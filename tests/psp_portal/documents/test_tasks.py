import io
import os
from datetime import UTC, datetime

from django.core.files.storage import default_storage

from psp_portal.documents import tasks
from psp_portal.documents.enums import DocumentStatus
from tests.psp_portal.documents import samples
from tests.psp_portal.documents.fake_clamd import Manner


def test_scan_waiting_documents_decides_once_however_often_it_runs(store, clamd):
    clamd.manner = Manner.BREAKS_OFF
    document = store(samples.jpeg())
    clamd.manner = Manner.WORKS

    for _ in range(3):
        tasks.scan_waiting_documents()

    document.refresh_from_db()
    assert document.status == DocumentStatus.CLEAN
    context = document.events.order_by("pgh_id").last().pgh_context.metadata
    assert document.events.count() == 2
    assert (context["actor"], context["action"]) == ("system:documents.scan", "documents.document.scan")


def test_remove_orphaned_files_clears_what_no_row_names(storage_root, db):
    path = storage_root / default_storage.save("documents/ab/abandoned.jpg", io.BytesIO(b"x"))
    long_ago = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    os.utime(path, (long_ago, long_ago))

    tasks.remove_orphaned_files()

    assert not path.exists()


def test_the_tasks_have_the_names_that_the_schedule_calls():
    assert tasks.scan_waiting_documents.name == "psp_portal.documents.tasks.scan_waiting_documents"
    assert tasks.remove_orphaned_files.name == "psp_portal.documents.tasks.remove_orphaned_files"
