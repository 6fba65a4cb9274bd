"""Asks each server the portal needs whether it answers. Reads nobody's data."""

from collections.abc import Callable

import redis
import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

logger = structlog.get_logger(__name__)

SECONDS_TO_ANSWER = 2


def readiness() -> dict[str, bool]:
    """Say for each thing the portal needs whether it is there: database, migrations, redis."""
    return {
        "database": _works("database", _ask_database),
        "migrations": _works("migrations", _check_migrations),
        "redis": _works("redis", _ask_redis),
    }


def _works(name: str, ask: Callable[[], None]) -> bool:
    try:
        ask()
    # Whatever goes wrong, the answer is "no": the probe reports, and must not fail itself.
    except Exception:
        logger.exception("not_ready", need=name)
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_migrations() -> None:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _backwards in missing)
        raise RuntimeError(f"Not applied yet: {names}")


def _ask_redis() -> None:
    with redis.from_url(
        settings.REDIS_URL, socket_timeout=SECONDS_TO_ANSWER, socket_connect_timeout=SECONDS_TO_ANSWER
    ) as client:
        client.ping()
