"""Reads of files. Who may see a document is the owning app's matter, so nothing here lists them."""

import hashlib
from typing import IO

CHUNK = 64 * 1024


def fingerprint_of(upload: IO[bytes]) -> str:
    """Return the SHA-256 of an upload's bytes in hex, and leave the upload at its start, ready to be stored.

    ``Document.fingerprint`` of a file that came before with the same bytes is the same.
    """
    digest = hashlib.sha256()
    upload.seek(0)
    while chunk := upload.read(CHUNK):
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
