"""What came, kept beside the rewritten file only where it is wanted, and dropped without touching that."""

from datetime import UTC, datetime, timedelta

import pghistory
import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from psp_portal.documents import services
from psp_portal.documents.enums import DocumentStatus
from psp_portal.documents.models import Document
from psp_portal.documents.serving import serve, serve_original
from tests.psp_portal.documents import samples
from tests.psp_portal.documents.conftest import AT
from tests.psp_portal.documents.fake_clamd import Manner

LATER = AT + timedelta(days=1)


@pytest.fixture(autouse=True)
def actor():
    with pghistory.context(actor="system:tests", action="tests.document"):
        yield


def body(response) -> bytes:
    content = b"".join(response.streaming_content)
    response.close()
    return content


def test_original_is_kept_only_where_it_is_wanted(store, stored_files):
    content = samples.jpeg()
    plain, with_original = store(content, "a.jpg"), store(samples.jpeg() + b"\0", "b.jpg", keeps_original=True)

    assert not plain.original
    with with_original.original.open() as kept:
        assert kept.read() == content + b"\0"
    names = {path.parent.parent.name: path.name for path in stored_files() if path.stem == with_original.pk.hex}
    assert names == {"documents": f"{with_original.pk.hex}.jpg", "originals": with_original.pk.hex}


def test_original_is_downloaded_and_never_shown(store):
    document = store(samples.heic(), "IMG_1.HEIC", keeps_original=True)

    response = serve_original(document)

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="IMG_1.HEIC"'
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert body(response) == samples.heic()


def test_original_that_is_not_there_is_not_found(store, stored_files):
    document = store(samples.jpeg(), keeps_original=True)
    document.status = DocumentStatus.WAITING
    for other in (store(samples.png()), document):
        with pytest.raises(Http404):
            serve_original(other)
    document.status = DocumentStatus.CLEAN
    next(path for path in stored_files() if path.name == document.pk.hex).unlink()
    with pytest.raises(Http404):
        serve_original(document)


def test_dropping_an_original_leaves_the_rewritten_file(store, stored_files, django_capture_on_commit_callbacks):
    document = store(samples.jpeg(), keeps_original=True)

    with django_capture_on_commit_callbacks(execute=True):
        assert services.drop_original(document_id=document.pk, at=LATER) is True
    assert services.drop_original(document_id=document.pk, at=LATER + timedelta(days=1)) is False

    document.refresh_from_db()
    assert (document.original.name, document.original_dropped_at) == ("", LATER)
    assert [path.name for path in stored_files()] == [f"{document.pk.hex}.jpg"]
    assert body(serve(document)) != b""


def test_document_is_removed_with_its_original(store, stored_files, django_capture_on_commit_callbacks):
    document = store(samples.jpeg(), keeps_original=True)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove(document_id=document.pk)

    assert (Document.objects.count(), stored_files()) == (0, [])


def test_virus_in_the_original_alone_takes_both_files(store, clamd, stored_files, django_capture_on_commit_callbacks):
    clamd.manner = Manner.SILENT
    document = store(samples.jpeg() + samples.EICAR, "a.jpg", keeps_original=True)
    assert document.status == DocumentStatus.WAITING
    clamd.manner = Manner.WORKS

    with django_capture_on_commit_callbacks(execute=True):
        counts = services.scan_waiting(at=LATER)

    assert counts == services.ScanCount(infected=1)
    document.refresh_from_db()
    assert (document.file.name, document.original.name, stored_files()) == ("", "", [])


def test_original_whose_transaction_was_undone_is_cleared_away(store, stored_files):
    kept = store(samples.jpeg(), keeps_original=True)
    with transaction.atomic():
        store(samples.png(), keeps_original=True)
        transaction.set_rollback(True)
    assert len(stored_files()) == 4

    assert services.remove_orphaned_files(at=datetime.now(UTC) + timedelta(minutes=70)) == 2
    assert {path.stem for path in stored_files()} == {kept.pk.hex}
    assert len(stored_files()) == 2


def test_nothing_is_kept_when_the_row_cannot_be_written(store, stored_files, monkeypatch):
    def fail(*args, **kwargs):
        raise IntegrityError("no")

    monkeypatch.setattr(Document, "save", fail)
    with pytest.raises(IntegrityError):
        store(samples.jpeg(), keeps_original=True)

    assert stored_files() == []
