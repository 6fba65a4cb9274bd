"""What tests of claims share."""

import pytest

from tests.expenses.world import World, make_world


@pytest.fixture
def world(db) -> World:
    """A trust in which a claim can be made."""
    return make_world()
