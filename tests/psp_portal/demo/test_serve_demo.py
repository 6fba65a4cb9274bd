"""`make demo` shows the portal, says how to get in, and leaves nothing running."""

import fcntl
import http.client
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from django.core.management import CommandError, call_command

from psp_portal import embedded
from psp_portal.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

ROOT = Path(__file__).parents[3]


@pytest.fixture
def demo_settings(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.DATABASE_IS_EMBEDDED = False
    settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = True
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.PORT = probe.getsockname()[1]
    return settings


@pytest.fixture
def signals_put_back():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_a_taken_port_is_named_with_the_way_to_another(demo_settings):
    with socket.socket() as other:
        other.bind(("127.0.0.1", demo_settings.PORT))
        other.listen()
        with pytest.raises(CommandError) as refusal:
            call_command("serve_demo")
    port = demo_settings.PORT
    assert str(refusal.value) == f"Port {port} is taken. Choose another: PORT={port + 1} make demo"


def test_a_second_demonstration_is_refused(demo_settings):
    with (demo_settings.VAR_DIR / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match=r"^The demonstration runs already\. Stop that one first\.$"):
            call_command("serve_demo")


def test_a_database_given_by_url_is_never_thrown_away(demo_settings, signals_put_back):
    with pytest.raises(CommandError, match=r"^DATABASE_URL names a database of yours: empty it yourself"):
        call_command("serve_demo", fresh=True, stdout=io.StringIO())


@pytest.mark.slow
def test_the_demonstration_runs_until_ctrl_c(demo_settings, tmp_path):
    var_dir, port = tmp_path / "var", demo_settings.PORT
    given = {"DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "PSP_VAR_DIR"}
    environment = {name: value for name, value in os.environ.items() if name not in given} | {
        "DJANGO_SETTINGS_MODULE": "psp_portal.settings.local",
        "PSP_VAR_DIR": str(var_dir),
        "PORT": str(port),
    }
    command = [sys.executable, "manage.py", "serve_demo"]
    try:
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as demo:
            said = []
            for line in demo.stdout:
                said.append(line.rstrip("\n"))
                if line.startswith("Ctrl-C"):
                    break
            everything = {child.pid for child in psutil.Process(demo.pid).children(recursive=True)}
            web = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            web.request("GET", "/account/login/")
            page = web.getresponse()
            assert page.status == 200
            assert "/assets/" in page.read().decode()
            web.close()
            demo.send_signal(signal.SIGINT)
            rest, _nothing = demo.communicate(timeout=60)
    finally:
        places = embedded._Places.below(var_dir)
        shutil.rmtree(places.home, ignore_errors=True)
        shutil.rmtree(places.sockets, ignore_errors=True)
    assert f"The portal is at http://localhost:{port}" in said
    assert any(DEMO_PASSWORD in line for line in said)
    assert [account.email for account in DEMO_ACCOUNTS if not any(account.email in line for line in said)] == []
    assert "Stopped." in rest
    assert demo.returncode == 0
    assert len(everything) >= 3
    assert [pid for pid in everything if psutil.pid_exists(pid)] == []
    assert str(places.sockets) not in " ".join(
        " ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])
    )
