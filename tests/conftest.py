"""What every test stands on."""

import itertools
import os
import shutil
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.db import connection

hypothesis.settings.register_profile("local", deadline=None)
# CI draws the same examples each time: a failure there is the change's, not the dice's.
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
# A mutant (make mutants) that nobody notices goes through every test there is for it: a few examples each must do. And
# that the machine is busy must not look as if a test had noticed.
hypothesis.settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    max_examples=10,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
if "MUTANT_UNDER_TEST" in os.environ:
    hypothesis.settings.load_profile("mutants")
else:
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def own_cache(settings):
    """Give each test a cache of its own: limits on signing in must not add up from test to test."""
    default = settings.CACHES["default"]
    settings.CACHES = {"default": {**default, "KEY_PREFIX": f"test-{os.getpid()}-{next(_numbers)}"}}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """End what still talks to the database before it goes: a request that a browser left half-way, a thread's last."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session", autouse=True)
def files_go_with_the_run() -> Iterator[None]:
    """Delete the files that tests have uploaded."""
    yield
    shutil.rmtree(django_settings.STORAGES["default"]["OPTIONS"]["location"], ignore_errors=True)
