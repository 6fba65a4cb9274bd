"""A gunicorn with one worker for as long as it is measured, and a browser without a screen that asks it."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode, urljoin

SECONDS_TO_START = 60
SECONDS_TO_STOP = 10
# Whatever is sent in the cookie and in the form alike passes the check; it is as long as Django's own.
CSRF = "b" * 32


@dataclass(frozen=True)
class Answer:
    """What the server sent. ``ms`` and ``queries`` are the server's own count; nought where it keeps none."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ms(self) -> float:
        return float(self.headers.get("X-Bench-Ms", 0))

    @property
    def queries(self) -> int:
        return int(self.headers.get("X-Bench-Queries", 0))


@dataclass(frozen=True)
class Server:
    """Where a measured server listens. Every request has a connection of its own, as with a sync worker."""

    port: int

    def ask(
        self,
        path: str,
        *,
        session: str = "",
        data: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        plain: bool = False,
        compressed: bool = False,
    ) -> Answer:
        """Send one request: with ``data`` a form; ``plain`` without the portal's middleware."""
        headers = {"Cookie": f"csrftoken={CSRF}" + (f"; sessionid={session}" if session else "")}
        if plain:
            headers["X-Bench-Plain"] = "yes"
        if compressed:
            headers["Accept-Encoding"] = "br, gzip"
        body = None
        if data is not None:
            typed = data.items() if isinstance(data, Mapping) else data
            body = urlencode([("csrfmiddlewaretoken", CSRF), *typed])
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            web.request("GET" if body is None else "POST", path, body, headers)
            answer = web.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            web.close()

    def weigh(self, path: str, *, session: str = "") -> dict[str, int]:
        """Return the bytes of everything that a first visit of a page loads, as sent, by address.

        The fonts are not ours to send, and a picture that a style sheet names is loaded only where it is used: on
        none of these pages but counted all the same.
        """
        weights: dict[str, int] = {}
        waiting = [path]
        while waiting:
            address = waiting.pop()
            if address in weights:
                continue
            answer = self.ask(address, session=session, compressed=True)
            if answer.status != HTTPStatus.OK:
                raise RuntimeError(f"{address} answers {answer.status}.")
            weights[address] = len(answer.body)
            text = self.ask(address, session=session).body.decode(errors="replace")
            waiting += [
                found for name in _named_in(answer.headers["Content-Type"], text)
                if (found := urljoin(address, name)).startswith("/")
            ]  # fmt: skip
        return weights


def _named_in(content_type: str, text: str) -> Iterator[str]:
    """Return the addresses that a page, a style sheet or a module loads."""
    if content_type.startswith("text/html"):
        for tag in re.findall(r"<(?:script|img|link)\b[^>]*>", text):
            yield from re.findall(r'\b(?:src|href)="([^"]+)"', tag)
    elif content_type.startswith("text/css"):
        yield from re.findall(r"url\([\"']?([^)\"']+)", text)
    elif "javascript" in content_type:
        yield from re.findall(r"^import\b[^;]*?[\"']([^\"']+)[\"'];", text, re.MULTILINE)


@contextmanager
def serving(database: str, log: Path) -> Iterator[Server]:
    """Run a server on a database for as long as the block lasts, and always stop it."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "tests.bench.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
        "--worker-class", "sync", "--no-control-socket",
    ]  # fmt: skip
    # Two servers of one run must differ in their data alone.
    environment = {**os.environ, "PSP_BENCH_DATABASE": database, "PYTHONHASHSEED": "0"}
    with log.open("wb") as words:
        # In a group of its own: Ctrl-C is for this process, which then stops the server in order.
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True
        )
    try:
        server = Server(port)
        _wait_for(server, process, log)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if server.ask("/health/alive").status == HTTPStatus.OK:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    raise RuntimeError(f"The measured server does not answer:\n{log.read_text(errors='replace')[-3000:]}")
