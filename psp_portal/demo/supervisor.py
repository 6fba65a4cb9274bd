"""Runs a few programs side by side and stops them all together. Knows nothing of the portal."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

# A worker may finish what it is doing; then it is killed.
SECONDS_TO_STOP = 15


class Stopped(Exception):
    """Somebody asked for an end: Ctrl-C, or a signal from outside."""


class ProgramEnded(Exception):
    """A program ended that should have gone on; the message says which, and what it said last."""


@dataclass
class Supervisor:
    """The programs of one run. ``log_dir`` receives one file for each."""

    log_dir: Path
    environment: Mapping[str, str]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a program; what it says goes to ``<name>.log``."""
        self.log_dir.mkdir(parents=True, exist_ok=True)
        with self._log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                # Ctrl-C reaches this process only, which then stops the others in order.
                start_new_session=True,
            )

    def wait_until(self, is_true: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until something holds, and say whether it came to that. Raises ProgramEnded when a program ends."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._check()
            if is_true():
                return True
            time.sleep(0.1)
        return False

    def watch(self) -> None:
        """Wait for ever. Raises ProgramEnded when a program ends, Stopped when the end is asked for."""
        while True:
            self._check()
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop what was started, the newest first, and whatever those programs have started themselves."""
        for process in reversed(self._running.values()):
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for process in reversed(self._running.values()):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        self._running.clear()

    def _check(self) -> None:
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                last = self._log(name).read_text(errors="replace")[-2000:].strip()
                raise ProgramEnded(f"{name} ended by itself (code {code}). It said last:\n{last}")

    def _log(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"


def stop_on_signals() -> None:
    """Make Ctrl-C, a request to end, and a closed terminal raise Stopped; a second one is not heard.

    A signal that whoever started us wants ignored, as nohup does, stays ignored.
    """
    heard = [
        each for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(each) != signal.SIG_IGN
    ]

    def ask_to_stop(number: int, _frame: FrameType | None) -> None:
        for each in heard:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(signal.Signals(number).name)

    for each in heard:
        signal.signal(each, ask_to_stop)
