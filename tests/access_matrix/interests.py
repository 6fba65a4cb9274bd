"""Who may open which address of declared interests."""

from django.utils import timezone

from partners.services import interests as services
from tests.access_matrix.world import PRIVATE_WORDS, World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "interests:register_list":                    "302 403 200 403 403 403 403 403 200",
    "interests:declaration_list":                 "302 403 200 403 403 403 403 403 200",
    "interests:interest_list":                    "302 200 200 404 404 404 404 404 404",
    "interests:interest_create":                  "302 200 403 404 404 404 404 404 404",
    "interests:declaration_create":               "302 200 403 404 404 404 404 404 404",
    "interests:interest_edit":                    "302 200 403 404 404 404 404 404 404",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()

# What a partner declares, for the partner and those who look after partners.
INTEREST = "Quillfeather Devices"
PRIVATE_WORDS[INTEREST] = frozenset({"partner", "programme_lead"})


def add(world: World) -> None:
    """Let the partner have an interest and declare it."""
    now, person, partner_id = timezone.now(), world.people["partner"], world.things["partner_id"]
    facts = services.InterestFacts("financial", INTEREST, "Shares", timezone.localdate(), None)
    interest = services.add_interest(partner_id=partner_id, facts=facts, by=person, at=now)
    services.declare_interests(partner_id=partner_id, has_nothing=False, by=person, at=now)
    world.things["interest_id"] = interest.pk
