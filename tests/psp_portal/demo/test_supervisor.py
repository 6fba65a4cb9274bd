"""Programs run side by side and end together."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from psp_portal.demo.supervisor import ProgramEnded, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(log_dir=tmp_path / "log", environment=os.environ)
    yield supervisor
    supervisor.stop()


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_stop_ends_every_program_and_its_children(supervisor, tmp_path):
    # A parent that dies at once when asked, and leaves its child to us.
    parent = f"import subprocess, time; print(subprocess.Popen({SLEEPER!r}).pid, flush=True); time.sleep(60)"
    supervisor.start("parent", [sys.executable, "-c", parent])
    supervisor.start("other", SLEEPER)
    log = tmp_path / "log" / "parent.log"
    assert supervisor.wait_until(lambda: log.read_text().strip() != "", seconds=20)
    child = int(log.read_text())
    running = [process.pid for process in supervisor._running.values()]
    supervisor.stop()
    deadline = time.monotonic() + 5
    while not is_gone(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in [*running, child] if not is_gone(pid)] == []


def test_a_program_that_ends_is_reported_with_its_last_words(supervisor):
    supervisor.start("other", SLEEPER)
    supervisor.start("web", [sys.executable, "-c", "print('port is taken'); raise SystemExit(3)"])
    with pytest.raises(ProgramEnded) as report:
        supervisor.watch()
    assert str(report.value) == "web ended by itself (code 3). It said last:\nport is taken"


def test_wait_until_gives_up(supervisor):
    supervisor.start("other", SLEEPER)
    assert supervisor.wait_until(lambda: False, seconds=0.2) is False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_the_run_in_order(number, tmp_path):
    program = f"""
        import os, pathlib
        from psp_portal.demo.supervisor import Stopped, Supervisor, stop_on_signals
        stop_on_signals()
        supervisor = Supervisor(log_dir=pathlib.Path({str(tmp_path)!r}), environment=os.environ)
        try:
            supervisor.start("sleeper", {SLEEPER!r})
            print(supervisor._running["sleeper"].pid, flush=True)
            supervisor.watch()
        except Stopped as asked:
            print(asked)
        finally:
            supervisor.stop()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    ) as process:
        sleeper = int(process.stdout.readline())
        process.send_signal(number)
        said, _nothing = process.communicate(timeout=20)
    assert (said, process.returncode) == (f"{signal.Signals(number).name}\n", 0)
    assert is_gone(sleeper)
