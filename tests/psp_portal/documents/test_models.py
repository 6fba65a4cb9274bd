import pytest
from django.db import IntegrityError, transaction

from psp_portal.documents.enums import DocumentStatus
from psp_portal.documents.models import Document
from tests.psp_portal.documents import samples
from tests.psp_portal.documents.conftest import AT


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"size": 0}, "document_size_above_nought"),
        ({"fingerprint": "A" * 64}, "document_fingerprint_hex"),
        ({"fingerprint": "a" * 63}, "document_fingerprint_hex"),
        ({"stored_sha256": "g" * 64}, "document_stored_sha256_hex"),
        ({"status": "perhaps"}, "document_status_known"),
        ({"content_type": "text/html"}, "document_content_type_known"),
        ({"content_type": "image/heic"}, "document_content_type_known"),
        ({"pages": 1}, "document_pages_of_a_pdf_only"),
        ({"content_type": "application/pdf"}, "document_pages_of_a_pdf_only"),
        ({"file": ""}, "document_file_unless_infected"),
        ({"status": DocumentStatus.INFECTED, "checked_at": AT}, "document_file_unless_infected"),
        ({"status": DocumentStatus.INFECTED, "file": ""}, "document_checked_when_decided"),
        ({"status": DocumentStatus.WAITING, "checked_at": AT}, "document_checked_when_decided"),
    ],
)
def test_the_database_refuses_a_document_that_cannot_be(store, change, constraint):
    document = store(samples.jpeg())

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**change)


def test_a_document_is_named_by_its_name_and_id(store):
    document = store(samples.jpeg(), "taxi.jpg")

    assert str(document) == f"taxi.jpg ({document.pk})"


def test_every_change_of_a_document_is_in_its_history(store):
    document = store(samples.jpeg())
    Document.objects.filter(pk=document.pk).update(status=DocumentStatus.WAITING)
    Document.objects.filter(pk=document.pk).delete()

    events = Document.pgh_event_model.objects.filter(pgh_obj_id=document.pk).order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "update", "delete"]
