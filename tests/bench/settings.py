"""Settings of the measured server: the tests' servers, and what makes a page fast or slow as in production."""

import os
from pathlib import Path

from psp_portal.settings.base import SESSION_ENGINE as PRODUCTIONS_SESSION_ENGINE
from psp_portal.settings.base import STORAGES as PRODUCTIONS_STORAGES
from psp_portal.settings.test import *  # noqa: F403  the bench's settings are the tests' and these
from psp_portal.settings.test import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, STORAGES, TEMPLATES, VAR_DIR

# The run's own name, so that nothing of it is left in a server that others use.
RUN = os.environ.setdefault("PSP_BENCH_RUN", f"bench-{os.getpid()}")
SCRATCH_DIR = VAR_DIR / RUN

if "PSP_BENCH_DATABASE" in os.environ:
    DATABASES["default"]["NAME"] = os.environ["PSP_BENCH_DATABASE"]
CACHES["default"]["KEY_PREFIX"] = f"{RUN}:{DATABASES['default']['NAME']}"
SESSION_ENGINE = PRODUCTIONS_SESSION_ENGINE

ROOT_URLCONF = "tests.bench.urls"
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")

STATIC_ROOT = SCRATCH_DIR / "static"
STORAGES = {**STORAGES, "staticfiles": PRODUCTIONS_STORAGES["staticfiles"]}
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False

# Messages go to the queue, as they do with a worker; nobody takes them from this one, and the run deletes it.
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": f"{RUN}:"}
