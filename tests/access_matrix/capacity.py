"""Who may open which address of capacity."""

from tests.access_matrix.world import World

MATRIX: dict[str, str] = {}

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Make what the addresses name."""
