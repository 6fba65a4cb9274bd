"""Who can sign in to the demonstration."""

from dataclasses import dataclass

from psp_portal.demo.story.cast import HELPERS, ORGANISATIONS, PARTNERS, STAFF

# Everybody's, and told to everybody: it opens made-up data on whoever's machine the demonstration runs.
DEMO_PASSWORD = "demonstration only"  # noqa: S105  a password that is meant to be known


@dataclass(frozen=True)
class DemoAccount:
    """An account worth trying: its address, its role and where, and what there is to see."""

    email: str
    role: str
    who: str


def _accounts() -> list[DemoAccount]:
    places = {place.key: place.short_name for place in ORGANISATIONS}
    staff = [(each.email, f"{each.role.label}, {places[each.at]}", each.name, each.shows) for each in STAFF]
    partners = [(each.email, f"Partner, {places[each.at]}", each.name, each.shows) for each in PARTNERS]
    helpers = [(each.email, f"Helper, {places[each.at]}", each.name, each.shows) for each in HELPERS]
    everybody = [*partners, *helpers, *staff]
    return [DemoAccount(email, role, f"{name}: {shows}") for email, role, name, shows in everybody if shows]


DEMO_ACCOUNTS = _accounts()
