"""The servers of these tests, and a clean database for each."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.faults.stack import Stack
from tests.mail_sink import Sink, mail_sink

EMPTY = """
    DO $$ DECLARE name text; BEGIN
        SET session_replication_role = replica;
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
                AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission') LOOP
            EXECUTE format('TRUNCATE TABLE %I CASCADE', name);
        END LOOP;
    END $$
"""


@pytest.fixture(scope="session")
def servers(tmp_path_factory) -> Iterator[Stack]:
    """Start a PostgreSQL, a Redis and a mail server, and make the tables."""
    with mail_sink() as sink:
        stack = Stack(tmp_path_factory.mktemp("faults"), sink)
        try:
            stack.do("migrate")
            yield stack
        finally:
            stack.close()


@pytest.fixture
def stack(servers) -> Iterator[Stack]:
    """Give a test the servers with nothing in them, and a mail server in good order; after it all sums must agree."""
    with psycopg.connect(servers.database, autocommit=True) as connection:
        connection.execute(EMPTY)
    servers.stop_redis()
    servers.start_redis()
    fresh = Sink(port=servers.sink.port)
    servers.sink.__dict__.update(fresh.__dict__)
    yield servers
    servers.start_redis()
    assert servers.do("reconcile") == 0
