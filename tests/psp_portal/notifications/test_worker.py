"""A real Celery worker, in a process of its own, takes a message from Redis and writes its e-mail to a file."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from psp_portal.celery import app
from psp_portal.notifications import outbox, tasks
from psp_portal.notifications.models import Message
from tests import factories
from tests.psp_portal.notifications.letters import AT, letter_to

SETTINGS = """
from psp_portal.settings.test import *
DATABASES["default"]["NAME"] = {database!r}
CELERY_TASK_ALWAYS_EAGER = False
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = {folder!r}
"""


@pytest.fixture
def worker(tmp_path, transactional_db):
    """Start a worker on this run's database, with a queue of its own; stop it after the test."""
    queue, folder = f"test-{os.getpid()}", tmp_path / "mail"
    (tmp_path / "worker_settings.py").write_text(
        SETTINGS.format(database=connection.settings_dict["NAME"], folder=str(folder))
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "worker_settings",
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{settings.BASE_DIR}",
        "DATABASE_URL": settings.DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
    }
    command = [sys.executable, "-m", "celery", "-A", "psp_portal", "worker", "--pool", "solo", "--queues", queue]
    app.conf.task_always_eager = False
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log)
        yield queue, folder, tmp_path / "worker.log"
        process.terminate()
        process.wait(20)
    app.conf.task_always_eager = True


def wait_until(there, log: Path, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(0.1)


@pytest.mark.slow
def test_worker_sends_what_is_queued(worker, monkeypatch):
    queue, folder, log = worker
    pat = factories.make_user("Pat", email="pat@example.org")
    send = tasks.deliver_messages.apply_async
    monkeypatch.setattr(tasks.deliver_messages, "delay", lambda ids: send([ids], queue=queue))
    with transaction.atomic():
        outbox.queue([letter_to(pat)], at=AT)
    wait_until(lambda: Message.objects.filter(sent_at__isnull=False).exists(), log)
    letters = [path.read_text() for path in folder.iterdir()]
    assert len(letters) == 1
    assert "To: pat@example.org" in letters[0]
