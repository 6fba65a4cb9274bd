import hashlib
import io
import threading
from datetime import UTC, datetime, timedelta

import pghistory
import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from PIL import Image

from psp_portal.documents import services
from psp_portal.documents.enums import DocumentStatus
from psp_portal.documents.models import Document
from psp_portal.documents.services import ScanCount
from psp_portal.exceptions import RuleBroken
from tests.psp_portal.documents import samples
from tests.psp_portal.documents.conftest import AT
from tests.psp_portal.documents.fake_clamd import Manner

LATER = AT + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def actor():
    with pghistory.context(actor="system:tests", action="tests.document"):
        yield


def scan_waiting(capture) -> ScanCount:
    with capture(execute=True):
        return services.scan_waiting(at=LATER)


# --- store --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "content_type", "pages"),
    [
        (samples.jpeg(), "IMG_1.JPG", "image/jpeg", None),
        (samples.png(), "shot.png", "image/jpeg", None),
        (samples.webp(), "shot.webp", "image/jpeg", None),
        (samples.heic(), "IMG_2.HEIC", "image/jpeg", None),
        (samples.pdf(3), "ticket.pdf", "application/pdf", 3),
    ],
)
def test_store_keeps_a_rewritten_file_and_what_is_known_of_it(
    store, user, stored_files, content, name, content_type, pages
):
    document = store(content, name)

    document.refresh_from_db()
    with document.file.open() as file:
        stored = file.read()
    assert document.original_name == name
    assert (document.content_type, document.pages, document.size) == (content_type, pages, len(stored))
    assert document.fingerprint == hashlib.sha256(content).hexdigest()
    assert document.stored_sha256 == hashlib.sha256(stored).hexdigest()
    assert (document.status, document.checked_at) == (DocumentStatus.CLEAN, None)
    assert (document.uploaded_by, document.uploaded_at) == (user, AT)
    assert samples.SECRET.encode() not in stored
    assert [path.name for path in stored_files()] == [f"{document.pk.hex}{'.pdf' if pages else '.jpg'}"]


def test_store_takes_any_open_file_from_its_start(user, storage_root):
    upload = io.BytesIO(samples.jpeg())
    upload.read()

    document = services.store(upload=upload, by=user, at=AT)

    assert document.original_name == "document"
    with document.file.open() as file:
        assert Image.open(file).size == (600, 400)


def test_store_writes_who_did_it_into_the_history(store, user):
    document = store(samples.jpeg())

    (event,) = document.events.select_related("pgh_context")
    assert event.pgh_label == "insert"
    assert event.pgh_context.metadata == {"actor": str(user.pk), "action": "tests.document.store"}


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "receipt.jpg", "The selected file is empty"),
        (samples.photo_of_40_mb(), "IMG_1.JPG", "The selected file must be smaller than 20MB"),
        (samples.pdf(), "receipt.jpg", "The file is named .jpg but is a PDF: rename it or choose another"),
        (
            samples.jpeg()[:2000],
            "receipt.jpg",
            "The selected file could not be read: take the photo again or choose another",
        ),
        pytest.param(
            samples.EICAR, "receipt.jpg", "The selected file must be a JPG, PNG, WebP, HEIC or PDF", id="eicar"
        ),
        (samples.pdf(user_password="x", algorithm="AES-256"), "a.pdf", "The selected file is password protected"),
    ],
)
def test_store_refuses_a_bad_file_beside_its_field_and_keeps_nothing(store, stored_files, content, name, message):
    with pytest.raises(RuleBroken) as refusal:
        store(content, name, field="receipt")

    assert (refusal.value.message, refusal.value.field) == (message, "receipt")
    assert stored_files() == []
    assert not Document.objects.exists()


def test_store_stops_reading_just_beyond_the_limit(user, storage_root, settings):
    settings.DOCUMENT_MAX_BYTES = 1024 * 1024
    upload = io.BytesIO(b"\xff" * 5 * 1024 * 1024)

    with pytest.raises(RuleBroken, match="smaller than 1MB"):
        services.store(upload=upload, by=user, at=AT)

    assert upload.tell() == 1024 * 1024 + services.CHUNK


def test_store_leaves_no_file_when_its_row_is_refused(user, stored_files):
    with pytest.raises(IntegrityError, match="uploaded_at"), transaction.atomic():
        services.store(upload=io.BytesIO(samples.jpeg()), by=user, at=None)

    assert stored_files() == []
    assert not Document.objects.exists()


def test_store_with_a_scanner_asks_it_first(store, clamd):
    content = samples.jpeg()

    document = store(content)

    assert (document.status, document.checked_at) == (DocumentStatus.CLEAN, AT)
    assert clamd.received == [content]


@pytest.mark.parametrize(
    ("content", "name"),
    [(samples.EICAR, "receipt.jpg"), (samples.pdf() + samples.EICAR, "receipt.pdf")],
    ids=["alone", "behind a PDF"],
)
def test_store_refuses_a_virus_and_keeps_nothing(store, clamd, stored_files, content, name):
    with pytest.raises(RuleBroken) as refusal:
        store(content, name, field="receipt")

    assert (refusal.value.message, refusal.value.field) == ("The selected file contains a virus", "receipt")
    assert stored_files() == []
    assert not Document.objects.exists()


@pytest.mark.parametrize("manner", [Manner.SILENT, Manner.BREAKS_OFF, Manner.REFUSES])
def test_store_lets_an_upload_wait_when_the_scanner_gives_no_verdict(store, clamd, manner):
    clamd.manner = manner

    document = store(samples.jpeg())

    assert (document.status, document.checked_at, document.is_ready) == (DocumentStatus.WAITING, None, False)


def test_store_lets_an_upload_wait_when_the_scanner_is_away(store, settings, nobody_listens):
    settings.CLAMD_ADDRESS = nobody_listens

    assert store(samples.jpeg()).status == DocumentStatus.WAITING


# --- remove -------------------------------------------------------------------------------


def test_remove_deletes_the_row_and_after_commit_the_file(store, stored_files, django_capture_on_commit_callbacks):
    document = store(samples.jpeg())
    other = store(samples.pdf())

    with django_capture_on_commit_callbacks(execute=True):
        services.remove(document_id=document.pk)
        assert len(stored_files()) == 2

    assert list(Document.objects.all()) == [other]
    assert [path.stem for path in stored_files()] == [other.pk.hex]


def test_remove_undone_leaves_the_row_and_the_file(store, stored_files):
    document = store(samples.jpeg())

    with transaction.atomic():
        services.remove(document_id=document.pk)
        transaction.set_rollback(True)  # as when something later in it fails

    assert Document.objects.filter(pk=document.pk).exists()
    assert len(stored_files()) == 1


# --- scan_waiting -------------------------------------------------------------------------


@pytest.fixture
def waiting(store, clamd):
    """Return a document that came while the scanner was silent; the scanner works again."""
    clamd.manner = Manner.BREAKS_OFF
    document = store(samples.jpeg())
    clamd.manner = Manner.WORKS
    clamd.received.clear()
    return document


def test_scan_waiting_clears_a_clean_document_once(waiting, clamd, stored_files, django_capture_on_commit_callbacks):
    assert scan_waiting(django_capture_on_commit_callbacks) == ScanCount(clean=1)
    assert scan_waiting(django_capture_on_commit_callbacks) == ScanCount()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.checked_at) == (DocumentStatus.CLEAN, LATER)
    assert clamd.received == [stored_files()[0].read_bytes()]


def test_scan_waiting_takes_the_file_of_an_infected_document(waiting, stored_files, django_capture_on_commit_callbacks):
    stored_files()[0].write_bytes(samples.EICAR)

    assert scan_waiting(django_capture_on_commit_callbacks) == ScanCount(infected=1)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.checked_at, waiting.file.name) == (DocumentStatus.INFECTED, LATER, "")
    assert stored_files() == []
    assert scan_waiting(django_capture_on_commit_callbacks) == ScanCount()


def test_remove_takes_an_infected_document_that_has_no_file(waiting, stored_files, django_capture_on_commit_callbacks):
    stored_files()[0].write_bytes(samples.EICAR)
    scan_waiting(django_capture_on_commit_callbacks)

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        services.remove(document_id=waiting.pk)

    assert callbacks == []
    assert not Document.objects.exists()


def test_scan_waiting_leaves_documents_waiting_while_the_scanner_is_away(
    store, settings, nobody_listens, django_capture_on_commit_callbacks
):
    settings.CLAMD_ADDRESS = nobody_listens
    store(samples.jpeg())
    store(samples.pdf())

    assert scan_waiting(django_capture_on_commit_callbacks) == ScanCount(waiting=2)
    assert Document.objects.waiting().count() == 2


def test_scan_waiting_leaves_documents_waiting_when_the_scanner_was_taken_away(
    waiting, settings, django_capture_on_commit_callbacks
):
    settings.CLAMD_ADDRESS = ""

    assert scan_waiting(django_capture_on_commit_callbacks) == ScanCount(waiting=1)
    assert Document.objects.waiting().get() == waiting


def test_scan_waiting_goes_on_after_a_document_it_cannot_decide(
    waiting, store, clamd, stored_files, django_capture_on_commit_callbacks
):
    stored_files()[0].unlink()
    clamd.manner = Manner.BREAKS_OFF
    second = store(samples.pdf())
    clamd.manner = Manner.WORKS

    assert scan_waiting(django_capture_on_commit_callbacks) == ScanCount(clean=1, waiting=1)

    second.refresh_from_db()
    assert second.status == DocumentStatus.CLEAN
    assert Document.objects.waiting().get() == waiting


@pytest.mark.django_db(transaction=True)
def test_scan_waiting_leaves_alone_what_another_run_has_in_hand(waiting):
    counts = []

    def run_beside() -> None:
        try:
            with pghistory.context(actor="system:tests"):
                counts.append(services.scan_waiting(at=LATER))
        finally:
            connection.close()

    with transaction.atomic():
        Document.objects.select_for_update().get(pk=waiting.pk)
        beside = threading.Thread(target=run_beside)
        beside.start()
        beside.join(timeout=10)

    assert counts == [ScanCount(waiting=1)]
    assert services.scan_waiting(at=LATER) == ScanCount(clean=1)


# --- remove_orphaned_files ----------------------------------------------------------------


def test_a_file_whose_transaction_was_undone_is_cleared_away_after_an_hour(store, stored_files):
    kept = store(samples.jpeg())
    with transaction.atomic():
        store(samples.pdf())
        transaction.set_rollback(True)  # as when something later in it fails
    assert len(stored_files()) == 2
    now = datetime.now(UTC)

    assert services.remove_orphaned_files(at=now + timedelta(minutes=50)) == 0
    assert len(stored_files()) == 2
    assert services.remove_orphaned_files(at=now + timedelta(minutes=70)) == 1
    assert [path.stem for path in stored_files()] == [kept.pk.hex]
    assert services.remove_orphaned_files(at=now + timedelta(minutes=70)) == 0


def test_remove_orphaned_files_touches_nothing_outside_the_documents(storage_root, db):
    default_storage.save("other/report.csv", io.BytesIO(b"a,b"))

    assert services.remove_orphaned_files(at=datetime.now(UTC) + timedelta(days=1)) == 0
    assert default_storage.exists("other/report.csv")
