"""Shows the whole portal with a demonstration trust: prepares it, runs its three programs, stops them together."""

import fcntl
import http.client
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, CommandParser, call_command
from django.core.management.base import BaseCommand
from django.db import connection

from psp_portal.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from psp_portal.demo.supervisor import ProgramEnded, Stopped, Supervisor, stop_on_signals

SECONDS_TO_ANSWER = 60


class Command(BaseCommand):
    help = "Run the portal with a demonstration trust until Ctrl-C."
    # The tables the checks would look at are made by this command.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="throw the demonstration's data away first")

    def handle(self, *args: object, fresh: bool, **options: object) -> None:
        if not settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR or settings.DEBUG:
            self.stderr.write("Note: the demonstration is meant to run with the local settings as they come.")
        port = settings.PORT
        with self._only_one():
            _check_port_is_free(port)
            stop_on_signals()
            supervisor = Supervisor(log_dir=settings.VAR_DIR / "log", environment=_environment())
            try:
                self._prepare(fresh=fresh)
                self._start(supervisor, port)
                self._tell(port)
                supervisor.watch()
            except Stopped:
                self.stdout.write("\nStopping…")
            except ProgramEnded as error:
                raise CommandError(f"{error}\nThe demonstration has stopped.") from None
            finally:
                supervisor.stop()
        self.stdout.write("Stopped. Your data is kept: make demo goes on with it, make demo-reset starts again.")

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with (settings.VAR_DIR / "demo.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandError("The demonstration runs already. Stop that one first.") from None
            yield

    def _prepare(self, *, fresh: bool) -> None:
        if fresh:
            self._throw_away()
        self.stdout.write("Preparing the database and the pages…")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_demo")

    def _throw_away(self) -> None:
        if not settings.DATABASE_IS_EMBEDDED:
            raise CommandError("DATABASE_URL names a database of yours: empty it yourself, then run make demo.")
        self.stdout.write("Throwing the demonstration's data away…")
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        cache.clear()
        for folder in ("files", "mail", "beat"):
            shutil.rmtree(settings.VAR_DIR / folder, ignore_errors=True)

    def _start(self, supervisor: Supervisor, port: int) -> None:
        beat_dir: Path = settings.VAR_DIR / "beat"
        beat_dir.mkdir(exist_ok=True)
        celery = [sys.executable, "-m", "celery", "--app", "psp_portal"]
        supervisor.start(
            "web",
            [
                sys.executable, "-m", "gunicorn", "psp_portal.wsgi", "--bind", f"127.0.0.1:{port}",
                "--workers", "2", "--threads", "4", "--no-control-socket",
            ],
        )  # fmt: skip
        supervisor.start("worker", [*celery, "worker", "--concurrency", "1", "--loglevel", "INFO"])
        supervisor.start("beat", [*celery, "beat", "--schedule", str(beat_dir / "schedule"), "--pidfile", ""])
        if not supervisor.wait_until(lambda: _is_ready(port), seconds=SECONDS_TO_ANSWER):
            raise CommandError(f"The portal does not answer. See {supervisor.log_dir}.")

    def _tell(self, port: int) -> None:
        width = max(len(account.email) for account in DEMO_ACCOUNTS)
        roles = max(len(account.role) for account in DEMO_ACCOUNTS)
        lines = [
            "",
            f"The portal is at http://localhost:{port}",
            "",
            f"Sign in as any of these, with the password  {DEMO_PASSWORD}",
            *(f"  {account.email:{width}}  {account.role:{roles}}  {account.who}" for account in DEMO_ACCOUNTS),
            "",
            f"E-mails are written to {settings.EMAIL_FILE_PATH}, logs to {settings.VAR_DIR / 'log'}.",
            "Ctrl-C stops everything.",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _environment() -> dict[str, str]:
    """Return what the programs need to know: these settings, these servers, this address."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "DATABASE_URL": settings.DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
        "PUBLIC_URL": settings.PUBLIC_URL,
        "PYTHONUNBUFFERED": "1",
    }


def _check_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        # As gunicorn does: a connection of an earlier run that still closes is not in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(f"Port {port} is taken. Choose another: PORT={port + 1} make demo") from None


def _is_ready(port: int) -> bool:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        web.request("GET", "/health/ready")
        return web.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()
