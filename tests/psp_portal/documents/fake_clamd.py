"""A virus scanner for the tests: a real server on a real socket that speaks clamd's INSTREAM."""

import socketserver
import threading
import time
from enum import Enum

from tests.psp_portal.documents.samples import EICAR


class Manner(Enum):
    """How the scanner behaves."""

    WORKS = "answers, a byte at a time"
    SILENT = "takes the bytes and never answers"
    BREAKS_OFF = "closes the connection before the answer"
    REFUSES = "answers that the bytes are too many"


class FakeClamd(socketserver.ThreadingTCPServer):
    """Finds the EICAR test file and nothing else. ``received`` holds what it was sent, scan by scan."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.manner = Manner.WORKS
        self.received: list[bytes] = []
        self.done = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def address(self) -> str:
        return "{}:{}".format(*self.server_address)

    def stop(self) -> None:
        self.done.set()
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    server: FakeClamd

    def handle(self) -> None:
        command = self.rfile.read(len(b"zINSTREAM\0"))
        assert command == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(length)
        self.server.received.append(content)
        if self.server.manner is Manner.SILENT:
            self.server.done.wait(5)
        elif self.server.manner is Manner.REFUSES:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        elif self.server.manner is Manner.WORKS:
            for byte in b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0":
                self.wfile.write(bytes([byte]))
                time.sleep(0.001)
