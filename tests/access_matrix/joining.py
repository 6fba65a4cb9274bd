"""Who may open the pages that make two accounts of one person into one."""

from psp_portal.accounts.enums import Role
from tests import factories
from tests.access_matrix.world import World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "people:second_choose":                        "302 403 200 403 403 403 403 403 404",
    "people:second_join":                          "302 403 200 403 403 403 403 403 404",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Let somebody have two accounts."""
    world.things["other_id"] = factories.make_member(Role.REQUESTER, world.trust).pk
