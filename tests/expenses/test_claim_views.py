import pytest
def test_world(world):
    assert world.draft()
