"""The container's health check asks the web server as the proxy would."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from psp_portal.health import probe


@pytest.fixture
def web():
    """A web server that is ready only for its own name, over HTTPS, at one address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = (self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"])
            self.send_response(200 if asked == ("/health/ready", "psp.example.nhs.uk", "https") else 503)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_probe_succeeds_when_the_server_is_ready(web, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", ".psp.example.nhs.uk, other.example")
    assert probe.main("ready", web) == 0


def test_probe_fails_when_the_server_is_not_ready(web, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "other.example")
    assert probe.main("ready", web) == 1


def test_probe_fails_when_no_server_answers():
    assert probe.main("ready", 1) == 1
