"""A storage, a user, an upload and a scanner for the tests of documents."""

import functools
import socket
from datetime import UTC, datetime

import pghistory
import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile

from psp_portal.documents import scanning, services
from tests.psp_portal.documents.fake_clamd import FakeClamd

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def storage_root(settings, tmp_path):
    """Give the test a storage of its own, and no virus scanner; return its folder."""
    root = tmp_path / "files"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": root}},
    }
    settings.CLAMD_ADDRESS = ""
    return root


@pytest.fixture
def stored_files(storage_root):
    """Return a function that lists the files in the storage."""
    return lambda: sorted(path for path in storage_root.rglob("*") if path.is_file())


@pytest.fixture
def user(db):
    with pghistory.context(actor="system:tests"):
        return get_user_model().objects.create(email="pat@example.org", name="Pat Example")


@pytest.fixture
def store(storage_root, user):
    """Return a function that stores bytes under a name as the user."""

    def store_bytes(content: bytes, name: str = "receipt", **options):
        with pghistory.context(actor=str(user.pk), action="tests.document.store"):
            return services.store(upload=SimpleUploadedFile(name, content), by=user, at=AT, **options)

    return store_bytes


@pytest.fixture
def clamd(settings, storage_root, monkeypatch):
    """Start a scanner and set it up, with little patience."""
    monkeypatch.setattr(scanning, "find_virus", functools.partial(scanning.find_virus, timeout=0.5))
    server = FakeClamd()
    settings.CLAMD_ADDRESS = server.address
    yield server
    server.stop()


@pytest.fixture
def nobody_listens():
    """Return an address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"127.0.0.1:{port}"
