"""Settings for the tests: the same servers as everywhere, a fast hasher, mail kept in memory."""

import hashlib
import os
import tempfile
from pathlib import Path

from psp_portal.embedded import ensure_services
from psp_portal.settings import env
from psp_portal.settings.base import *  # noqa: F403  the environment's settings are the base's and these
from psp_portal.settings.base import BASE_DIR, STORAGES, VAR_DIR
from psp_portal.settings.databases import broker_from_url, cache_from_url, database_from_url

DEBUG = False
SECRET_KEY = "test-only-not-a-secret-0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
FIELD_ENCRYPTION_KEYS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]

_urls = ensure_services(VAR_DIR)
DATABASE_URL, REDIS_URL = _urls.database, _urls.redis
DATABASES = {"default": database_from_url(DATABASE_URL)}
# Two clones, or two runs of one clone, may share a server: each run has a database of its own.
_run = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:8]
DATABASES["default"]["TEST"] = {"NAME": env.text("PSP_TEST_DATABASE", f"test_psp_{_run}_{os.getpid()}")}
CACHES = {"default": {**cache_from_url(REDIS_URL), "KEY_PREFIX": f"test-{os.getpid()}"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": Path(tempfile.gettempdir()) / f"psp-test-files-{os.getpid()}"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Pages and browsers get the static files from where they lie: nothing has to be collected first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Tests that are not about the worker run its tasks in place; the worker has tests of its own.
CELERY_BROKER_URL = broker_from_url(REDIS_URL)
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
