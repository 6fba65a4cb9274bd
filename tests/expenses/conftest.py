"""What tests of claims share."""

import copy
from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.expenses.world import World, make_world


class Kept:
    """A trust made once for a module's tests, in a transaction around theirs.

    Making one takes longer than most tests do. What a test writes is rolled back to where the trust was made.
    """

    # Whose turn it is, and the trust that is there: a worker runs one test at a time.
    item: pytest.Item | None = None
    now: "Kept | None" = None

    def __init__(self) -> None:
        self.around = transaction.atomic()
        self.around.__enter__()
        self.world: World | None = make_world()
        Kept.now = self

    def leave(self) -> None:
        """Take the trust away, and let the connection out of its transaction."""
        if self.world is not None:
            transaction.set_rollback(True)
            self.around.__exit__(None, None, None)
            self.world = Kept.now = None


def _commits(item: pytest.Item) -> bool:
    """Say whether a test commits for real: nothing may be kept around it."""
    marker = item.get_closest_marker("django_db")
    names = getattr(item, "fixturenames", ())
    return bool(marker and marker.kwargs.get("transaction")) or bool({"transactional_db", "live_server"} & set(names))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    Kept.item = item


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker) -> Iterator[Kept | None]:
    """Keep a trust for a module's tests, begun before the first one's own transaction."""
    if _commits(Kept.item):
        yield None
        return
    with django_db_blocker.unblock():
        found = Kept()
    yield found
    with django_db_blocker.unblock():
        found.leave()


@pytest.fixture(autouse=True)
def nothing_kept_around_a_test_that_commits(request, django_db_blocker) -> None:
    """Take a kept trust away before a test that commits; pytest-django runs these last."""
    if Kept.now is not None and _commits(request.node):
        with django_db_blocker.unblock():
            Kept.now.leave()


@pytest.fixture
def world(request, kept, db) -> World:
    """A trust in which a claim can be made: a copy of the module's, for this test to change."""
    if kept is None or kept.world is None:
        return make_world()
    return copy.deepcopy(kept.world)
