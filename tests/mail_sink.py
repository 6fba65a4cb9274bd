"""A mail server of the tests' own: it takes messages, and can be made slow, rude or silent at a given moment."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Sink:
    """What the server has seen. ``taken`` are the Message-IDs it answered for, in order.

    ``before_answer`` is called with the Message-ID once a whole message has come, before the server answers: it may
    wait. ``answer`` is what the server then says; None closes the line without a word.
    """

    port: int = 0
    taken: list[str] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    whole: threading.Event = field(default_factory=threading.Event)
    before_data: Callable[[], None] = lambda: None
    before_answer: Callable[[str], None] = lambda _: None
    answer: bytes | None = b"250 OK"
    goodbye: bytes = b"221 Bye"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        sink: Sink = self.server.sink
        self._say(b"220 sink")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                sink.begun.set()
                sink.before_data()
                self._say(b"354 Go on")
                message = self._message()
                if message is None:
                    return
                sink.whole.set()
                sink.before_answer(message)
                if sink.answer is None:
                    return
                if sink.answer.startswith(b"2"):
                    sink.taken.append(message)
                self._say(sink.answer)
            elif word == b"QUIT":
                self._say(sink.goodbye)
                return
            else:
                self._say(b"250 sink")

    def _message(self) -> str | None:
        """Return the Message-ID of a message that came whole, or None when the line went dead."""
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return next(
                    found.split(b":", 1)[1].strip().decode() for found in lines if found.startswith(b"Message-ID:")
                )
            lines.append(line)
        return None

    def _say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    address_family = socket.AF_INET

    def handle_error(self, request, client_address) -> None:
        """Say nothing: whoever spoke to us was killed, as the test wanted."""


@contextmanager
def mail_sink() -> Iterator[Sink]:
    """Run a mail server for as long as the block."""
    sink = Sink()
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.sink = sink
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield sink
        server.shutdown()
