import io

import pghistory
from django.core.files.uploadedfile import SimpleUploadedFile

from psp_portal.documents import queries, services
from tests.psp_portal.documents import samples
from tests.psp_portal.documents.conftest import AT


def test_fingerprint_of_finds_the_same_receipt_twice(storage_root, user):
    first, again = (SimpleUploadedFile(name, samples.jpeg()) for name in ("a.jpg", "b.jpg"))
    with pghistory.context(actor=str(user.pk)):
        document = services.store(upload=first, by=user, at=AT)

    assert queries.fingerprint_of(again) == document.fingerprint
    assert queries.fingerprint_of(io.BytesIO(samples.png())) != document.fingerprint


def test_fingerprint_of_leaves_the_upload_ready_to_be_stored():
    upload = io.BytesIO(b"x" * 200_000)
    upload.seek(100)

    assert queries.fingerprint_of(upload) == queries.fingerprint_of(io.BytesIO(b"x" * 200_000))
    assert upload.tell() == 0
