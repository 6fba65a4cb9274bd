"""A PostgreSQL, a Redis and a mail server that a test may break, and the processes that work on them.

They are this run's own, whatever servers the other tests were given: nobody else is there when they are stopped.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from psp_portal import embedded
from tests.faults import child
from tests.faults.child import Child
from tests.mail_sink import Sink

ROOT = Path(__file__).parents[2]
PATIENCE = 90


@dataclass
class Stack:
    """The servers of one test run, and how to start things beside them."""

    var_dir: Path
    sink: Sink

    def __post_init__(self) -> None:
        self.servers = embedded._Services(self.var_dir)
        self.servers._make_folders()
        self.servers._start_postgres()
        self.servers._start_redis()
        sockets = self.servers.sockets
        self.database = f"postgresql://postgres@/postgres?host={sockets}"
        self.redis = f"unix://{sockets / embedded.REDIS_SOCKET}?db=0"
        self.worker_log = self.var_dir / "worker.log"
        child.load_portal(self.environment())

    def close(self) -> None:
        self.servers._stop_redis()
        self.servers._stop_postgres()

    # --- breaking ------------------------------------------------------------------------------
    def stop_redis(self) -> None:
        """Stop Redis; what was in it is gone, for it keeps nothing."""
        self.servers._stop_redis()

    def start_redis(self) -> None:
        self.servers._start_redis()

    def restart_postgres(self) -> None:
        """Stop PostgreSQL as a crash would, and start it again."""
        self.servers._run(
            self.servers._postgres_programs() / "pg_ctl", "stop", "-w", "-s", "-m", "immediate",
            "-D", self.servers.postgres_data,
        )  # fmt: skip
        self.servers._start_postgres()

    # --- looking -------------------------------------------------------------------------------
    def value(self, query: str) -> Any:
        """Return the one value of a query."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(query).fetchone()[0]

    def wait_for(self, query: str, enough: Callable[[Any], bool]) -> None:
        """Wait until a query's value is enough; tell what the worker wrote when it never is."""
        deadline = time.monotonic() + PATIENCE
        while not enough(found := self.value(query)):
            if time.monotonic() > deadline:
                log = self.worker_log.read_text()[-6000:] if self.worker_log.exists() else ""
                raise AssertionError(f"{query} is still {found}\n{log}")
            time.sleep(0.05)

    # --- doing ---------------------------------------------------------------------------------
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": self.database,
            "REDIS_URL": self.redis,
            "PSP_VAR_DIR": str(self.var_dir),
            "EMAIL_PORT": str(self.sink.port),
            "PYTHONPATH": str(ROOT),
        }

    def start(self, act: str, **arguments: Any) -> Child:
        """Start an act of ``acts`` in a process of its own."""
        return child.start(act, arguments)

    def do(self, act: str, **arguments: Any) -> Any:
        """Do an act and return what it says."""
        return self.start(act, **arguments).said()

    @contextmanager
    def worker(self, *, slow: bool = False) -> Iterator[subprocess.Popen]:
        """Run a Celery worker; ``slow`` ones take small batches and their time, so that they can be caught at work."""
        program = ["-m", "tests.faults.slow_worker"] if slow else ["-m", "celery"]
        command = [
            sys.executable, *program, "-A", "psp_portal", "worker", "--pool", "solo", "--loglevel", "INFO",
        ]  # fmt: skip
        with self.worker_log.open("ab") as log:
            process = subprocess.Popen(command, env=self.environment(), cwd=ROOT, stdout=log, stderr=log)
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.terminate()
                process.wait(30)


def kill(process: subprocess.Popen) -> None:
    """Kill a worker as the kernel does when memory runs out: it gets no word in."""
    process.send_signal(signal.SIGKILL)
    process.wait(30)
