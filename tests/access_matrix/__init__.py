"""Who may open which address: role × URL → status, as one table, and the things that the addresses name.

To add a page, add its line to ``MATRIX`` of its part's module here (statuses in the order of ``WHO``); when its address
names a thing that is not here yet, make one in the part's ``add`` and name it in ``World.things`` by the address's
keyword. What only POST opens has ``POST`` before its statuses; what opens without signing in is in ``PUBLIC``.
``test_access_matrix.py`` fails on an address that is missing here.
"""

from tests.access_matrix import (
    access,
    agreements,
    capacity,
    checks,
    core,
    diversity,
    imports,
    induction,
    interests,
    joining,
    leaving,
    questions,
    recruitment,
    retention,
    subject_access,
    support,
    training,
)
from tests.access_matrix.world import PRIVATE_FIGURES, PRIVATE_WORDS, WHO, World

PARTS = (
    access,
    agreements,
    capacity,
    checks,
    diversity,
    imports,
    induction,
    interests,
    joining,
    leaving,
    questions,
    recruitment,
    retention,
    subject_access,
    support,
    training,
)
MATRIX = core.MATRIX | {name: row for part in PARTS for name, row in part.MATRIX.items()}
PUBLIC = core.PUBLIC.union(*(part.PUBLIC for part in PARTS))


def build_world() -> World:
    """Make one of everything that addresses name."""
    world = World.build()
    for part in PARTS:
        part.add(world)
    return world


__all__ = ["MATRIX", "PRIVATE_FIGURES", "PRIVATE_WORDS", "PUBLIC", "WHO", "World", "build_world"]
