"""Asks a ClamAV daemon (clamd) about some bytes, by its INSTREAM command. Knows nothing of documents."""

import socket
from urllib.parse import urlsplit

CHUNK = 64 * 1024
DEFAULT_PORT = 3310
# Seconds that any one step (connecting, sending a chunk, waiting for the answer) may take: a person is waiting too.
TIMEOUT = 10.0


class ScanFailedError(Exception):
    """The scanner gave no verdict on these bytes."""


class ScannerAwayError(ScanFailedError):
    """The scanner could not be reached at all."""


def find_virus(content: bytes, *, address: str, timeout: float = TIMEOUT) -> str:
    """Return the name of the virus that the scanner at ``host:port`` finds in the bytes, or "" when they are clean.

    Raises ScannerAwayError when nothing listens there, and ScanFailedError when it breaks off, takes longer than
    ``timeout`` seconds over a step, or answers with an error (as when the bytes are over its StreamMaxLength).
    """
    place = urlsplit(f"//{address}")
    try:
        connection = socket.create_connection((place.hostname, place.port or DEFAULT_PORT), timeout)
    except OSError as error:
        raise ScannerAwayError(str(error)) from error
    with connection:
        try:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                chunk = content[start : start + CHUNK]
                connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
            connection.sendall(bytes(4))
            answer = b""
            while part := connection.recv(1024):
                answer += part
                if answer.endswith(b"\0"):
                    break
        except OSError as error:
            raise ScanFailedError(str(error)) from error
    verdict = answer.rstrip(b"\0").decode(errors="replace").removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise ScanFailedError(verdict or "The scanner broke off.")
